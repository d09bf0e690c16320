use super::super::name::type_name;
use super::super::source::Source;
use super::super::split::Range;
use super::super::token::Kind;
use super::setting::search_path;
use super::{Function, Part, Replay};

impl Replay<'_> {
    pub(super) fn create_function(&mut self, part: Part, at: usize, replace: bool) {
        let source = &self.sources[part.source];
        let end = part.range.1;
        let Some((name, open)) = source.qualified(at) else {
            return;
        };
        if source.kind(open) != Some(Kind::Open) {
            return;
        }
        let close = source.closing((open, end));
        let (arguments, names) = arguments(source, ((open + 1).min(close), close));
        let mut function = Function {
            at: part,
            arguments,
            names,
            returns: String::new(),
            language: "sql".to_owned(),
            body: None,
            search_path: None,
            former: Vec::new(),
        };
        clauses(source, part.source, (close + 1, end), &mut function);
        let name = self.state.new_name(name);
        let overloads = self.state.functions.entry(name).or_default();
        let same = overloads
            .iter_mut()
            .find(|old| old.arguments == function.arguments);
        match same {
            Some(old) if replace => {
                function.former.append(&mut old.former);
                *old = function;
            }
            Some(_) => {}
            None => overloads.push(function),
        }
    }
}

/// What follows the arguments, in any order.
fn clauses(source: &Source<'_>, index: usize, (at, end): Range, function: &mut Function) {
    let mut at = at;
    let part = |from: usize, to: usize| {
        Some(Part {
            source: index,
            range: (from.min(to), to),
        })
    };
    while at < end {
        if source.is(at, "returns") {
            let (returns, next) = type_at(source, at + 1, end);
            function.returns = returns;
            at = next.max(at + 1);
            continue;
        } else if source.is(at, "language") {
            function.language = source
                .literal(at + 1)
                .or_else(|| source.name(at + 1))
                .unwrap_or_default()
                .to_ascii_lowercase();
            at += 1;
        } else if source.is(at, "set") {
            function.search_path =
                search_path(source, (at + 1, end)).or(function.search_path.take());
        } else if source.is(at, "as") && source.kind(at + 1).is_some_and(Kind::is_text) {
            function.body = part(at + 1, at + 2);
            at += 1;
        } else if source.is(at, "return") {
            function.body = part(at, end);
            return;
        } else if source.is(at, "begin") && source.is(at + 1, "atomic") {
            function.body = part(at + 2, end);
            return;
        }
        at += 1;
    }
}

/// The types and names of the input arguments.
pub(super) fn arguments(source: &Source<'_>, range: Range) -> (Vec<String>, Vec<String>) {
    let mut types = Vec::new();
    let mut names = Vec::new();
    for (mut at, end) in commas(source, range) {
        if source.is(at, "out") && end > at + 1 {
            continue;
        }
        if end > at + 1 && source.is_any(at, &["in", "inout", "variadic"]) {
            at += 1;
        }
        let (direct, next) = type_at(source, at, end);
        let over = |at: usize| at >= end || source.is(at, "default") || source.raw(at) == "=";
        if over(next) || source.kind(next) == Some(Kind::Assign) {
            types.push(direct);
            names.push(String::new());
        } else {
            types.push(type_at(source, at + 1, end).0);
            names.push(source.name(at).unwrap_or_default());
        }
    }
    (types, names)
}

/// The parts between commas that stand in no brackets.
pub(super) fn commas(source: &Source<'_>, (start, end): Range) -> Vec<Range> {
    let mut found = Vec::new();
    let mut from = start;
    let mut depth = 0_usize;
    for at in start..end {
        match source.kind(at) {
            Some(Kind::Open | Kind::OpenSquare) => depth += 1,
            Some(Kind::Close | Kind::CloseSquare) => depth = depth.saturating_sub(1),
            Some(Kind::Comma) if depth == 0 => {
                found.push((from, at));
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push((from, end));
    found.retain(|(from, to)| from < to);
    found
}

/// The type written here, normalised, and the token behind.
pub(crate) fn type_at(source: &Source<'_>, at: usize, end: usize) -> (String, usize) {
    let setof = usize::from(source.is(at, "setof"));
    let Some((name, mut next)) = source.qualified(at + setof) else {
        return (String::new(), at);
    };
    let mut text = match name.schema {
        Some(schema) if schema != "pg_catalog" => format!("{schema}.{}", name.name),
        _ => name.name,
    };
    if text == "double" && source.is(next, "precision") {
        next += 1;
        text.push_str(" precision");
    } else if matches!(&*text, "character" | "bit" | "char") && source.is(next, "varying") {
        next += 1;
        text.push_str(" varying");
    }
    if source.kind(next) == Some(Kind::Open) && text != "table" {
        next = source.closing((next, end)) + 1;
    }
    if matches!(&*text, "time" | "timestamp") && source.is_any(next, &["with", "without"]) {
        text = format!("{text} {} time zone", source.raw(next).to_ascii_lowercase());
        next += 3;
    }
    let mut array = source.is(next, "array");
    next += usize::from(array);
    while next < end && source.kind(next) == Some(Kind::OpenSquare) {
        array = true;
        next += if source.kind(next + 1) == Some(Kind::CloseSquare) {
            2
        } else {
            3
        };
    }
    if array {
        text.push_str("[]");
    }
    (type_name(&text), next.min(end))
}

use super::super::name::QualifiedName;
use super::super::source::Source;
use super::super::statements::{TokenRange, commas};
use super::super::token::TokenKind;
use super::super::type_name::{type_at, type_identity_at};
use super::name_bindings::NameBindings;
use super::search_path::search_path;
use super::{Replay, SourceRange};

/// A function or procedure.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: QualifiedName,
    pub(crate) at: SourceRange,
    /// The types of the input parameters, in the spelling of signatures.
    pub(crate) arguments: Vec<String>,
    /// The names of the input parameters; empty for an unnamed one.
    pub(crate) names: Vec<String>,
    /// The defaults of the input parameters.
    pub(crate) defaults: Vec<Option<SourceRange>>,
    /// Whether the last parameter takes all arguments that follow.
    pub(crate) variadic: bool,
    /// The OUT parameters, or the columns of RETURNS TABLE, with their types.
    pub(crate) out: Vec<(String, String)>,
    pub(crate) returns: String,
    pub(crate) language: String,
    /// The token of the string that is the body, or the body itself.
    pub(crate) body: Option<SourceRange>,
    /// The objects that the names denote in a body that is not a string.
    pub(crate) bound: Option<NameBindings>,
    pub(crate) search_path: Option<Vec<String>>,
    /// The functions that a conditional statement may have put in its place.
    pub(super) instead: Vec<usize>,
    /// Whether it may not exist, or may have another definition.
    pub(crate) uncertain: bool,
    pub(crate) gone: bool,
}

/// The parameters of a function.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) types: Vec<String>,
    names: Vec<String>,
    defaults: Vec<Option<SourceRange>>,
    variadic: bool,
    out: Vec<(String, String)>,
}

impl Function {
    /// Whether a call may have this number of arguments.
    pub(crate) fn takes(&self, count: usize) -> bool {
        let all = self.arguments.len();
        let left_out = self
            .defaults
            .iter()
            .filter(|default| default.is_some())
            .count();
        count + left_out + usize::from(self.variadic) >= all && (count <= all || self.variadic)
    }
}

impl Replay<'_> {
    pub(super) fn create_function(&mut self, part: SourceRange, at: usize, replace: bool) {
        let source = &self.sources[part.source];
        let end = part.range.1;
        let Some((name, open)) = source.qualified(at) else {
            return;
        };
        if source.kind(open) != Some(TokenKind::Open) {
            return;
        }
        let close = source.closing((open, end));
        let parameters = self.parameters(part.source, ((open + 1).min(close), close));
        let source = &self.sources[part.source];
        let name = self.catalog.new_name(name);
        let mut function = Function {
            name: name.clone(),
            at: part,
            arguments: parameters.types,
            names: parameters.names,
            defaults: parameters.defaults,
            variadic: parameters.variadic,
            out: parameters.out,
            returns: String::new(),
            language: "sql".to_owned(),
            body: None,
            bound: None,
            search_path: None,
            instead: Vec::new(),
            uncertain: self.unsure,
            gone: false,
        };
        clauses(source, part.source, (close + 1, end), &mut function);
        if let Some(body) = function.body
            && !self.sources[body.source]
                .kind(body.range.0)
                .is_some_and(TokenKind::is_text)
        {
            function.bound = Some(self.body_bound(body));
        }
        self.catalog.function_words.insert(name.name.clone());
        let known = self.catalog.function_names.entry(name).or_default();
        let same = known
            .iter()
            .find(|id| self.catalog.functions[**id].arguments == function.arguments);
        match same.copied() {
            // If the branch may not run, the function may have either body.
            Some(id) if replace && self.unsure => {
                let new = self.catalog.functions.len();
                self.catalog.functions[id].uncertain = true;
                self.catalog.functions[id].instead.push(new);
                self.catalog.functions.push(function);
            }
            Some(id) if replace => self.catalog.functions[id] = function,
            Some(_) => {}
            None => {
                known.push(self.catalog.functions.len());
                self.catalog.functions.push(function);
            }
        }
    }

    /// Parses the parameters in the brackets after the name of a function.
    pub(super) fn parameters(&self, index: usize, range: TokenRange) -> Parameters {
        let source = &self.sources[index];
        let mut found = Parameters::default();
        for (mut at, end) in commas(source, range) {
            let out = source.is(at, "out") && end > at + 1;
            let both = source.is(at, "inout") || source.is(at, "in") && source.is(at + 1, "out");
            let variadic = source.is(at, "variadic");
            while end > at + 1 && source.is_any(at, &["in", "out", "inout", "variadic"]) {
                at += 1;
            }
            let (direct, next) = type_identity_at(source, at, end);
            let over = |at: usize| {
                at >= end
                    || source.is(at, "default")
                    || source.raw(at) == "="
                    || source.kind(at) == Some(TokenKind::Assign)
            };
            let (name, kind, base, next) = if over(next) {
                (String::new(), direct, type_at(source, at, end).0, next)
            } else {
                let (kind, next) = type_identity_at(source, at + 1, end);
                let base = type_at(source, at + 1, end).0;
                (source.name(at).unwrap_or_default(), kind, base, next)
            };
            if out || both {
                found.out.push((name.clone(), base));
            }
            if !out {
                found.types.push(self.catalog.type_identity(&kind));
                found.names.push(name);
                let part = SourceRange {
                    source: index,
                    range: ((next + 1).min(end), end),
                };
                found.defaults.push((next < end).then_some(part));
                found.variadic |= variadic;
            }
        }
        found
    }

    pub(super) fn alter_function(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, mut at)) = source.qualified(at) else {
            return;
        };
        let mut types = None;
        if source.kind(at) == Some(TokenKind::Open) {
            let close = source.closing((at, part.range.1));
            types = Some(
                self.parameters(part.source, ((at + 1).min(close), close))
                    .types,
            );
            at = close + 1;
        }
        let source = &self.sources[part.source];
        let old = self.catalog.function_name(name);
        let fits = |function: &Function| {
            types
                .as_ref()
                .is_none_or(|types| *types == function.arguments)
        };
        let known = self
            .catalog
            .function_names
            .get(&old)
            .cloned()
            .unwrap_or_default();
        let meant: Vec<usize> = known
            .into_iter()
            .filter(|id| fits(&self.catalog.functions[*id]))
            .collect();
        for from in at..part.range.1 {
            if source.is(from, "set")
                && let Some(path) = search_path(source, (from + 1, part.range.1))
            {
                for id in meant {
                    self.catalog.functions[id].search_path = Some(path.clone());
                }
                return;
            }
        }
        let new = match source.name(at + 2) {
            Some(name) if source.is(at, "rename") => QualifiedName::new(&old.schema, &name),
            Some(schema) if source.is(at, "set") && source.is(at + 1, "schema") => {
                QualifiedName::new(&schema, &old.name)
            }
            _ => return,
        };
        for id in meant {
            self.rename_function(id, new.clone());
        }
    }

    /// Expressions that were parsed before keep calling it.
    pub(super) fn rename_function(&mut self, id: usize, new: QualifiedName) {
        let old = self.catalog.functions[id].name.clone();
        let names = &mut self.catalog.function_names;
        // If the branch may not run, the function may have either name.
        if !self.unsure {
            if let Some(ids) = names.get_mut(&old) {
                ids.retain(|known| *known != id);
                if ids.is_empty() {
                    names.remove(&old);
                }
            }
            self.catalog.functions[id].name = new.clone();
        }
        self.catalog.function_words.insert(new.name.clone());
        names.entry(new).or_default().push(id);
    }
}

/// Parses the clauses after the parameters, which may be in any order.
fn clauses(source: &Source<'_>, index: usize, (at, end): TokenRange, function: &mut Function) {
    let mut at = at;
    let part = |from: usize, to: usize| {
        Some(SourceRange {
            source: index,
            range: (from.min(to), to),
        })
    };
    while at < end {
        if source.is(at, "returns") {
            if source.is(at + 1, "table") && source.kind(at + 2) == Some(TokenKind::Open) {
                let close = source.closing((at + 2, end));
                let columns = commas(source, ((at + 3).min(close), close));
                let columns = columns.into_iter().filter_map(|(at, end)| {
                    Some((source.name(at)?, type_at(source, at + 1, end).0))
                });
                function.out = columns.collect();
                "table".clone_into(&mut function.returns);
                at = close + 1;
                continue;
            }
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
        } else if source.is(at, "as") && source.kind(at + 1).is_some_and(TokenKind::is_text) {
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

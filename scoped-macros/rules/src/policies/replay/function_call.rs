//! Calls of functions that create, change or drop objects.

use super::super::statements::{TokenRange, commas, statements};
use super::super::token::TokenKind;
use super::Replay;
use super::dynamic_sql::Variables;

/// The most calls in one statement that are applied.
const MAX_CALLS: usize = 16;

impl Replay<'_> {
    /// Applies the functions that `SELECT f(..)`, `PERFORM f(..)` and `CALL f(..)` call.
    pub(super) fn invoke(
        &mut self,
        index: usize,
        (start, end): TokenRange,
        variables: &mut Variables,
    ) {
        let source = &self.sources[index];
        let mut calls = Vec::new();
        let mut at = start + 1;
        while at < end && calls.len() < MAX_CALLS {
            match source.qualified(at) {
                Some((name, next)) if source.kind(next) == Some(TokenKind::Open) => {
                    let close = source.closing((next, end));
                    calls.push((name, ((next + 1).min(close), close)));
                    at = next + 1;
                }
                _ => at += 1,
            }
        }
        // `from unnest(array['a', 'b']) t` calls the function once for each element.
        self.rows(index, (start, end), variables);
        for (name, range) in calls {
            let path = self.catalog.search_path.clone();
            let arguments = commas(&self.sources[index], range);
            let meant = self.catalog.functions_meant(&name, &path);
            let fitting = meant.into_iter().filter(|id| {
                let function = &self.catalog.functions[*id];
                function.takes(arguments.len()) && !function.gone
            });
            for id in fitting.collect::<Vec<_>>() {
                self.invoke_one(id, index, &arguments, variables);
            }
        }
    }

    /// Binds the alias of `FROM unnest(array[..]) alias`.
    fn rows(&self, index: usize, (start, end): TokenRange, variables: &mut Variables) {
        let source = &self.sources[index];
        let Some(from) = (start..end).find(|at| source.is(*at, "from")) else {
            return;
        };
        let mut at = source.closing((from + 2, end)) + 1;
        at += usize::from(source.is(at, "as"));
        if let Some(name) = source.name(at).filter(|_| at < end) {
            self.bind_elements(index, &name, (from + 1, end), variables);
        }
    }

    /// The argument at this position, or with this name.
    fn argument(
        &self,
        index: usize,
        arguments: &[TokenRange],
        number: usize,
        name: &str,
    ) -> Option<TokenRange> {
        let source = &self.sources[index];
        let is_named = |at: usize| {
            source.kind(at + 1) == Some(TokenKind::Assign) || source.raw(at + 1) == "=>"
        };
        let mut named = arguments.iter().filter(|(at, _)| is_named(*at));
        let by_name = named.find(|(at, _)| source.name(*at).as_deref() == Some(name));
        if let Some((at, end)) = by_name {
            return Some((at + 2, *end));
        }
        arguments
            .get(number)
            .copied()
            .filter(|(at, _)| !is_named(*at))
    }

    fn invoke_one(
        &mut self,
        id: usize,
        index: usize,
        arguments: &[TokenRange],
        variables: &Variables,
    ) {
        let function = &self.catalog.functions[id];
        let Some(body) = function.body else { return };
        let source = &self.sources[body.source];
        if !source.kind(body.range.0).is_some_and(TokenKind::is_text) {
            return;
        }
        let Some(pieces) = source.decoded(body.range.0) else {
            return;
        };
        if !acts(&pieces.text)
            || self.depth >= super::MAX_DEPTH
            || self.invoked >= super::MAX_INVOKED
        {
            return;
        }
        self.invoked += 1;
        let names = function.names.clone();
        let procedural = function.language == "plpgsql";
        let mut own = Variables::default();
        for (number, name) in names.iter().enumerate() {
            let texts = match self.argument(index, arguments, number, name) {
                Some(range) => self.texts((index, range), variables),
                None => Vec::new(),
            };
            own.set(&format!("${}", number + 1), texts.clone());
            own.set(name, texts);
        }
        // The call creates the objects, but their text is in the function.
        let nested = self.sources[body.source].nested(pieces, true);
        if procedural {
            self.run(nested, own);
        } else {
            self.depth += 1;
            let all = statements(&nested);
            self.apply(nested, all);
            self.depth -= 1;
        }
    }
}

/// Whether a body may create, change or drop objects.
fn acts(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    ["create", "alter", "drop", "execute"]
        .iter()
        .any(|word| lower.contains(word))
}

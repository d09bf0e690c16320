use super::super::claim::{Code, Helpers, Place, Setting};
use super::super::replay::{Function, Replay, dynamic_texts};
use super::super::source::Source;
use super::super::split::Range;
use super::super::token::Kind;
use super::live::Live;

/// A text that a string of a function says, or a range of its own statement.
pub(super) struct Body<'r> {
    main: Main<'r>,
    /// What it executes as text.
    texts: Vec<Source<'static>>,
    place: Place,
    search_path: &'r [String],
}

enum Main<'r> {
    Text(Box<Source<'static>>),
    Part(&'r Source<'r>, Range),
}

/// The bodies of the live functions; none for other objects.
pub(super) fn bodies<'r>(replay: &'r Replay<'_>, live: &[Live<'r>]) -> Vec<Option<Body<'r>>> {
    live.iter()
        .map(|live| Some(body(replay, live.function?)))
        .collect()
}

fn body<'r>(replay: &'r Replay<'_>, function: &'r Function) -> Body<'r> {
    let place = if function.language == "sql" {
        Place::Sql
    } else {
        Place::Procedural
    };
    let part = function.body.unwrap_or(function.at);
    let source = &replay.sources[part.source];
    let text = (function.body.is_some() && source.kind(part.range.0).is_some_and(Kind::is_text))
        .then(|| source.decoded(part.range.0))
        .flatten();
    let main = match text {
        Some(pieces) => Main::Text(Box::new(source.nested(pieces, false))),
        None if function.body.is_some() => Main::Part(source, part.range),
        // Without a body there is nothing to read: code in C, or damage.
        None => Main::Part(source, (0, 0)),
    };
    let texts = match &main {
        Main::Text(main) if place == Place::Procedural => texts(main),
        _ => Vec::new(),
    };
    let own = function.search_path.as_deref();
    Body {
        main,
        texts,
        place,
        search_path: own.unwrap_or_else(|| replay.search_path(function.at)),
    }
}

/// The SQL that a body puts together and executes.
fn texts(source: &Source<'_>) -> Vec<Source<'static>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < source.tokens.len() {
        let execute = source.is(at, "execute") && !source.is_any(at + 1, &["on", "function"]);
        let assign = source.kind(at) == Some(Kind::Assign)
            && (source.kind(at + 1).is_some_and(Kind::is_text) || source.is(at + 1, "format"));
        if execute || assign {
            let mut end = at + 1;
            while end < source.tokens.len() && source.kind(end) != Some(Kind::Semicolon) {
                end += 1;
            }
            for pieces in dynamic_texts(source, (at + 1, end)) {
                let lower = pieces.text.to_ascii_lowercase();
                if execute || lower.contains("auth.") || lower.contains("request.jwt") {
                    found.push(source.nested(pieces, true));
                }
            }
            at = end;
        }
        at += 1;
    }
    found
}

impl Body<'_> {
    pub(super) fn codes(&self) -> Vec<Code<'_>> {
        let main = match &self.main {
            Main::Text(source) => Code::new(source, (0, source.tokens.len())),
            Main::Part(source, range) => Code::new(source, *range),
        };
        let texts = self.texts.iter();
        let texts = texts.map(|source| Code::new(source, (0, source.tokens.len())));
        std::iter::once(main).chain(texts).collect()
    }

    pub(super) fn setting<'e>(
        &'e self,
        live: &Live<'e>,
        helpers: &'e Helpers,
        code: &Code<'_>,
    ) -> Setting<'e> {
        let function = live.function;
        Setting {
            place: if code.source.dynamic {
                Place::Query
            } else {
                self.place
            },
            helpers,
            arguments: function.map_or(&[], |function| &function.names),
            returns: function.map_or("", |function| &function.returns),
            search_path: self.search_path,
        }
    }
}

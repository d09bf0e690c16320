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

fn body<'r>(replay: &'r Replay<'_>, function: &Function) -> Body<'r> {
    let place = if function.language == "sql" {
        Place::Sql
    } else {
        Place::Procedural
    };
    let part = function.body.unwrap_or(function.at);
    let source = &replay.sources[part.source];
    let Some(pieces) = source
        .decoded(part.range.0)
        .filter(|_| function.body.is_some())
    else {
        // Without a body there is nothing to read: code in C, or damage.
        let range = if function.body.is_some() {
            part.range
        } else {
            (0, 0)
        };
        return Body {
            main: Main::Part(source, range),
            texts: Vec::new(),
            place,
        };
    };
    if !source.kind(part.range.0).is_some_and(Kind::is_text) {
        return Body {
            main: Main::Part(source, part.range),
            texts: Vec::new(),
            place,
        };
    }
    let main = source.nested(pieces, false);
    let texts = if place == Place::Sql {
        Vec::new()
    } else {
        texts(&main)
    };
    Body {
        main: Main::Text(Box::new(main)),
        texts,
        place,
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
        &self,
        live: &Live<'e>,
        helpers: &'e Helpers,
        code: &Code<'_>,
    ) -> Setting<'e> {
        let function = live.function;
        let path = function.and_then(|function| function.search_path.as_ref());
        Setting {
            place: if code.source.dynamic {
                Place::Query
            } else {
                self.place
            },
            helpers,
            arguments: function.map_or(&[], |function| &function.names),
            returns: function.map_or("", |function| &function.returns),
            auth_on_path: path.is_some_and(|path| path.iter().any(|schema| schema == "auth")),
        }
    }
}

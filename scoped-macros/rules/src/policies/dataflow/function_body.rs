//! The bodies of functions. Each body is evaluated once for equal arguments.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::replay::{Function, Replay};
use super::super::syntax::{Node, Parser, Statement, TokenView, statements_of};
use super::super::token::TokenKind;
use super::claim_use::RawFindingKind;
use super::frame::{CodeKind, EvaluationContext, Frame, Output, Scope};
use super::query::Columns;
use super::value::Value;

/// The most calls of one function with different arguments that are evaluated separately.
const MAX_CALLS: usize = 64;

/// The arguments of a call, and the result of evaluating it.
type CachedCall = (Vec<Value>, Rc<Output>);

/// The evaluator of code, with the functions and views that are evaluated already.
pub(crate) struct Dataflow<'r> {
    pub(super) replay: &'r Replay<'r>,
    bodies: HashMap<usize, Rc<Body>>,
    /// The evaluated calls, by the number of the function.
    known: HashMap<usize, Vec<CachedCall>>,
    pub(super) views: HashMap<usize, Rc<(Columns, Output)>>,
    pub(super) active: Vec<usize>,
    /// The values that `set_config` gives to settings.
    pub(super) settings: HashMap<String, Value>,
    /// Whether a setting got a value that code which is evaluated already may have read.
    pub(super) unsettled: bool,
    pub(super) depth: usize,
    pub(super) dynamic: usize,
}

/// The parsed body of a function.
struct Body {
    statements: Vec<Statement>,
    language: Language,
    /// The offset in the file where it begins.
    at: u32,
}

#[derive(PartialEq, Eq)]
enum Language {
    Sql,
    Procedural,
    /// Another language, in which only calls are recognised.
    Unknown,
}

impl<'r> Dataflow<'r> {
    pub(crate) fn new(replay: &'r Replay<'r>) -> Self {
        Self {
            replay,
            bodies: HashMap::new(),
            known: HashMap::new(),
            views: HashMap::new(),
            active: Vec::new(),
            settings: HashMap::new(),
            unsettled: false,
            depth: 0,
            dynamic: 0,
        }
    }

    /// Whether everything must be evaluated again, because a setting got another value.
    pub(crate) fn settle(&mut self) -> bool {
        let again = std::mem::take(&mut self.unsettled);
        if again {
            self.known.clear();
            self.views.clear();
        }
        again
    }

    /// Evaluates an expression, for example a policy's `USING` clause or the default of a parameter.
    pub(crate) fn expression(&mut self, node: &Node, context: EvaluationContext<'_>) -> Output {
        let mut frame = Frame::new(context);
        self.decide(&mut frame, node);
        frame.into_output()
    }

    /// Evaluates a function for unknown arguments.
    pub(crate) fn function_alone(&mut self, id: usize) -> Rc<Output> {
        let count = self.replay.catalog.functions[id].names.len();
        let argument = Value {
            argument: true,
            ..Value::default()
        };
        self.function(id, &vec![argument; count])
            .unwrap_or_default()
    }

    /// Evaluates a function for these arguments. Returns `None` for a recursive call.
    pub(super) fn function(&mut self, id: usize, arguments: &[Value]) -> Option<Rc<Output>> {
        let calls = self.known.entry(id).or_default();
        if let Some((_, known)) = calls.iter().find(|(known, _)| known == arguments) {
            return Some(Rc::clone(known));
        }
        let mut arguments = arguments.to_vec();
        let full = calls.len() >= MAX_CALLS;
        if full {
            // The arguments differ in unknown keys only.
            for argument in &mut arguments {
                *argument = Value {
                    other: true,
                    parts: std::mem::take(&mut argument.parts),
                    ..Value::default()
                };
            }
            if let Some((_, known)) = calls.iter().find(|(known, _)| *known == arguments) {
                return Some(Rc::clone(known));
            }
            if calls.len() >= 2 * MAX_CALLS {
                return None;
            }
        }
        if self.active.contains(&id) {
            return None;
        }
        self.active.push(id);
        let output = Rc::new(self.evaluate(id, &arguments));
        self.active.pop();
        self.known
            .entry(id)
            .or_default()
            .push((arguments, Rc::clone(&output)));
        Some(output)
    }

    fn evaluate(&mut self, id: usize, arguments: &[Value]) -> Output {
        let replay = self.replay;
        let function = &replay.catalog.functions[id];
        let body = self.body(id, function);
        let path = function.search_path.as_deref();
        let mut frame = Frame::new(EvaluationContext {
            code: CodeKind::Other,
            search_path: path.unwrap_or_else(|| replay.search_path(function.at)),
            bound: function.bound.as_ref(),
            function: Some(id),
        });
        let names = function.names.iter().cloned();
        frame.arguments = names.zip(arguments.iter().cloned()).collect();
        frame.out.clone_from(&function.out);
        frame.returns.clone_from(&function.returns);
        frame.procedural = body.language == Language::Procedural;
        frame.dynamic = replay.sources[function.at.source].dynamic;
        match body.language {
            Language::Sql => self.sql(&mut frame, &body.statements),
            Language::Procedural => {
                frame.scopes.push(Scope::default());
                for (name, kind) in &function.out {
                    frame.declare(name, kind, Value::default());
                }
                if !self.statements(&mut frame, &body.statements) {
                    self.returned(&mut frame, None);
                }
            }
            Language::Unknown => {
                for statement in &body.statements {
                    if let Statement::Unparsed(nodes) = statement {
                        for node in nodes {
                            let value = self.value(&mut frame, node);
                            frame.lose(&value);
                        }
                    }
                }
                for argument in arguments {
                    let argument = argument.clone().seen_at(body.at);
                    frame.lose(&argument);
                }
                if self.text_reads(function) && frame.output.found.is_empty() {
                    frame.note(body.at, None, RawFindingKind::Lost(Vec::new()));
                }
            }
        }
        frame.into_output()
    }

    /// Evaluates the statements of a body in SQL, of which the last one returns.
    fn sql(&mut self, frame: &mut Frame<'_>, statements: &[Statement]) {
        for (index, statement) in statements.iter().enumerate() {
            let last = statements[index + 1..]
                .iter()
                .all(|rest| matches!(rest, Statement::Unparsed(nodes) if nodes.is_empty()));
            match statement {
                Statement::Query(query) if last => {
                    let row = self.query(frame, query);
                    self.returned_row(frame, row);
                }
                other => {
                    self.statements(frame, std::slice::from_ref(other));
                }
            }
        }
    }

    fn body(&mut self, id: usize, function: &Function) -> Rc<Body> {
        if let Some(body) = self.bodies.get(&id) {
            return Rc::clone(body);
        }
        let body = Rc::new(parse(self.replay, function));
        self.bodies.insert(id, Rc::clone(&body));
        body
    }

    /// Whether the text of a body in another language mentions the token.
    fn text_reads(&self, function: &Function) -> bool {
        let source = &self.replay.sources[function.at.source];
        let text = function.body.and_then(|body| source.literal(body.range.0));
        text.is_some_and(|text| {
            let text = text.to_ascii_lowercase();
            ["auth.jwt", "auth.uid", "request.jwt"]
                .iter()
                .any(|name| text.contains(name))
        })
    }
}

fn parse(replay: &Replay<'_>, function: &Function) -> Body {
    let part = function.body.unwrap_or(function.at);
    let source = &replay.sources[part.source];
    let language = match &*function.language {
        "sql" => Language::Sql,
        "plpgsql" => Language::Procedural,
        _ => Language::Unknown,
    };
    let at = source
        .tokens
        .get(part.range.0)
        .map_or(0, |token| token.start);
    let at = source.file_offset(at);
    let body = |statements| Body {
        statements,
        language: Language::Sql,
        at,
    };
    if function.body.is_none() {
        // Damaged SQL: the function has no body.
        return Body {
            language,
            ..body(Vec::new())
        };
    }
    let text = source.kind(part.range.0).is_some_and(TokenKind::is_text);
    let text = text.then(|| source.decoded(part.range.0)).flatten();
    let Some(pieces) = text else {
        // RETURN and BEGIN ATOMIC, which only functions in SQL have.
        let code = TokenView::new(source, part.range);
        return body(Parser::new(&code).statements());
    };
    let nested = source.nested(pieces, false);
    let code = TokenView::new(&nested, (0, nested.tokens.len()));
    let mut parser = Parser::new(&code);
    let statements = match language {
        Language::Sql => statements_of(&nested),
        Language::Procedural => parser.all(),
        Language::Unknown => vec![Statement::Unparsed(vec![parser.calls()])],
    };
    Body {
        language,
        ..body(statements)
    }
}

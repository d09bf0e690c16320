//! EXECUTE: texts that run as SQL.

use super::super::source::Source;
use super::super::syntax::{Node, Statement, statements_of};
use super::Dataflow;
use super::frame::{Frame, Scope};
use super::query::{Columns, either};
use super::value::Value;

/// The deepest nesting of EXECUTE that is followed.
const MAX_DYNAMIC: usize = 4;

impl Dataflow<'_> {
    /// Evaluates every text that EXECUTE may run. Returns the columns of the last statement.
    pub(super) fn execute(
        &mut self,
        frame: &mut Frame<'_>,
        text: &Node,
        using: &[Node],
    ) -> Columns {
        let text = self.value(frame, text);
        frame.finish(&text);
        let using = using
            .iter()
            .map(|node| (String::new(), self.value(frame, node)));
        let using: Vec<(String, Value)> = using.collect();
        let known = text.texts.iter().any(|text| text.text.contains(' '));
        if !known {
            for (_, value) in &using {
                frame.lose(value);
            }
        }
        let mut row = Columns::new();
        for text in &text.texts {
            row = either(row, self.dynamic(frame, text, using.clone()));
        }
        row
    }

    pub(super) fn dynamic(
        &mut self,
        frame: &mut Frame<'_>,
        text: &super::super::source::MappedText,
        using: Vec<(String, Value)>,
    ) -> Columns {
        if self.dynamic >= MAX_DYNAMIC {
            return Columns::new();
        }
        self.dynamic += 1;
        let source = Source::of_pieces(text.clone());
        let statements = statements_of(&source);
        let scopes = std::mem::replace(&mut frame.scopes, vec![Scope::default()]);
        let arguments = std::mem::replace(&mut frame.arguments, using);
        let (dynamic, procedural) = (frame.dynamic, frame.procedural);
        (frame.dynamic, frame.procedural) = (true, false);
        let mut row = Columns::new();
        for statement in &statements {
            if let Statement::Query(query) = statement {
                row = self.query(frame, query);
            } else {
                self.statement(frame, statement);
            }
        }
        (frame.dynamic, frame.procedural) = (dynamic, procedural);
        frame.scopes = scopes;
        frame.arguments = arguments;
        self.dynamic -= 1;
        row
    }

    /// A text that reads the token runs somewhere, so its reads are reported even if no EXECUTE is seen.
    pub(super) fn texts_that_read(&mut self, frame: &mut Frame<'_>, value: &Value) {
        for text in &value.texts {
            let lower = text.text.to_ascii_lowercase();
            let reads = lower.contains("auth.") || lower.contains("request.jwt.");
            if reads && lower.contains(' ') && frame.procedural {
                for (_, value) in self.dynamic(frame, text, Vec::new()) {
                    frame.finish(&value);
                }
            }
        }
    }
}

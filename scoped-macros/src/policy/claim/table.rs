use super::super::token::Kind;
use super::binding::{Binding, Qualifier};
use super::code::NONE;
use super::matcher::Matcher;
use super::model::{Step, Test, Value};
use super::walk::Next;

impl Matcher<'_> {
    /// A function or a subquery in FROM.
    pub(super) fn listed(&mut self, value: &Value) -> Next {
        let (alias, columns) = self.alias(value.end);
        let function = self.default_name(value);
        self.emit_handed_on(value);
        let table = alias.or(function);
        let Some(table) = table else {
            return self.finish(value, Test::None);
        };
        let named = self.column(columns, 0);
        let elements = value.path.last() == Some(&Step::Element);
        let column = named.unwrap_or_else(|| {
            if elements {
                "value".to_owned()
            } else {
                table.clone()
            }
        });
        self.bind_value(column, Qualifier::Table(table.clone()), value);
        self.bind_value(table, Qualifier::Never, value);
        Next::Done
    }

    /// `name [(columns)] AS [NOT] [MATERIALIZED] (select ..)`.
    pub(super) fn common_table(
        &mut self,
        value: &Value,
        word: usize,
        index: usize,
        name: Option<String>,
    ) -> Next {
        let code = self.code;
        let mut at = word;
        while code.is_any(at, &["materialized", "not"]) {
            at = at.wrapping_sub(1);
        }
        let before = code.before(at);
        let column = match code.kind(before) {
            Some(Kind::Open) => self.column(before, index).or(name),
            _ => name,
        };
        self.emit_handed_on(value);
        if let Some(column) = column {
            self.bind_value(column, Qualifier::Any, value);
        }
        Next::Done
    }

    /// The column with this number in the list that opens here.
    pub(super) fn column(&self, open: usize, index: usize) -> Option<String> {
        let code = self.code;
        if code.kind(open) != Some(Kind::Open) || code.pair(open) == NONE {
            return None;
        }
        let mut at = open + 1;
        let mut left = index;
        while left > 0 && at < code.pair(open) {
            left -= usize::from(code.kind(at) == Some(Kind::Comma));
            at += 1;
        }
        code.name(at)
    }

    /// How Postgres names a column that is only a call.
    pub(super) fn default_name(&self, value: &Value) -> Option<String> {
        let code = self.code;
        let open = (value.start..value.end).find(|at| code.kind(*at) == Some(Kind::Open))?;
        code.name(open.checked_sub(1).filter(|at| *at >= value.start)?)
    }

    pub(crate) fn bind_value(&mut self, name: String, qualifier: Qualifier, value: &Value) {
        let value = value.clone();
        self.bind(Binding {
            name,
            qualifier,
            value,
        });
    }
}

use super::super::token::Kind;
use super::binding::Qualifier;
use super::code::NONE;
use super::matcher::{Matcher, Place};
use super::model::{Returned, Step, Test, Value};
use super::walk::Next;

/// How far one looks back for the head of a list.
const MAX_BACK: usize = 128;

/// Where in a query an item stands.
enum Clause {
    /// The item with this number behind this SELECT.
    Select(usize, usize),
    From,
    Other,
}

impl Matcher<'_> {
    /// No operator, call or bracket takes the value: a statement or query does.
    pub(crate) fn context(&mut self, value: Value) -> Next {
        let code = self.code;
        let before = value.start.wrapping_sub(1);
        let procedural = self.setting.place == Place::Procedural;
        let assigns = matches!(code.kind(before), Some(Kind::Assign))
            || procedural && (code.is(before, "default") || code.raw(before) == "=");
        if assigns && code.parent(value.start) == NONE {
            return self.assigned(value, before);
        }
        let ends = matches!(code.kind(value.end), None | Some(Kind::Semicolon));
        if code.is(before, "return") && ends {
            return self.returns(&value);
        }
        let into =
            code.is(before.wrapping_sub(1), "into") || code.is(before.wrapping_sub(1), "strict");
        let item = code.kind(before) == Some(Kind::Comma)
            || into
            || code.is_any(
                before,
                &["select", "distinct", "all", "from", "join", "lateral"],
            );
        if !item {
            return self.finish(&value, Test::None);
        }
        match self.clause(value.start) {
            Clause::Select(head, index) => self.selected(value, head, index),
            Clause::From => self.listed(&value),
            Clause::Other => self.finish(&value, Test::None),
        }
    }

    fn clause(&self, at: usize) -> Clause {
        let code = self.code;
        let level = code.parent(at);
        let mut index = 0;
        let mut at = at;
        for _ in 0..MAX_BACK {
            at = code.before(at);
            if at >= code.len || code.parent(at) != level {
                return Clause::Other;
            }
            match code.kind(at) {
                Some(Kind::Comma) => index += 1,
                Some(Kind::Semicolon) => return Clause::Other,
                Some(Kind::Word) => {
                    if code.is(at, "select") {
                        return Clause::Select(at, index);
                    }
                    if code.is_any(at, &["from", "join", "lateral"]) {
                        return Clause::From;
                    }
                    if code.is_any(at, &["where", "on", "set", "values", "by", "having"]) {
                        return Clause::Other;
                    }
                }
                _ => {}
            }
        }
        Clause::Other
    }

    /// `[AS] alias` behind a place, and the token behind that.
    pub(super) fn alias(&self, at: usize) -> (Option<String>, usize) {
        let code = self.code;
        if code.is(at, "as") {
            return (code.name(at + 1), at + 2);
        }
        if code.is_plain_name(at) {
            return (code.name(at), at + 1);
        }
        (None, at)
    }

    /// An item behind SELECT.
    fn selected(&mut self, mut value: Value, head: usize, index: usize) -> Next {
        let code = self.code;
        let (alias, behind) = self.alias(value.end);
        let name = alias.or_else(|| self.default_name(&value));
        let open = code.parent(value.start);
        if open == NONE {
            return self.selected_by_statement(value, head, index, name);
        }
        let close = code.pair(open);
        let word = open.wrapping_sub(1);
        if code.is_any(word, &["any", "some", "all", "in"]) {
            return self.member(&value, open);
        }
        if code.is_any(word, &["as", "materialized"]) {
            return self.common_table(&value, word, index, name);
        }
        let listed = code.kind(word) == Some(Kind::Comma);
        let derived = code.is_any(word, &["from", "join", "lateral"])
            || listed && matches!(self.clause(open), Clause::From);
        if derived && close != NONE {
            let (table, columns) = self.alias(close + 1);
            let column = self.column(columns, index).or(name);
            if let (Some(table), Some(column)) = (table, column) {
                self.emit_handed_on(&value);
                self.bind_value(column, Qualifier::Table(table), &value);
                return Next::Done;
            }
            return self.finish(&value, Test::None);
        }
        let last = behind == close || code.is_any(behind, &["from", "where", "limit", "order"]);
        if index > 0 || !last || close == NONE || code.is_any(word, &["exists", "array"]) {
            return self.finish(&value, Test::None);
        }
        value.start = open;
        value.end = close + 1;
        Next::On(value)
    }

    /// An item of a SELECT that is a statement of its own.
    fn selected_by_statement(
        &mut self,
        value: Value,
        head: usize,
        index: usize,
        name: Option<String>,
    ) -> Next {
        let code = self.code;
        if self.setting.place == Place::Procedural {
            if let Some(target) = self.select_target(head, index) {
                return self.assigned_to(value, target, name);
            }
            if code.is(head.wrapping_sub(1), "query") {
                return self.returns(&value);
            }
            // FOR name IN SELECT value LOOP
            if code.is(head.wrapping_sub(1), "in")
                && let Some(row) = code.name(head.wrapping_sub(2))
            {
                self.emit_handed_on(&value);
                if let Some(name) = name {
                    self.bind_value(name, Qualifier::Table(row.clone()), &value);
                }
                self.bind_value(row, Qualifier::Never, &value);
                return Next::Done;
            }
        }
        if self.setting.place == Place::Sql && index == 0 {
            return self.returns(&value);
        }
        self.finish(&value, Test::None)
    }

    /// The variable that gets the item: `SELECT .. INTO a, b`.
    fn select_target(&self, head: usize, index: usize) -> Option<usize> {
        let code = self.code;
        let mut at = head;
        for _ in 0..MAX_BACK {
            at = code.after(at);
            if matches!(code.kind(at), None | Some(Kind::Semicolon)) {
                return None;
            }
            if code.is(at, "into") {
                break;
            }
        }
        at += 1 + usize::from(code.is(at + 1, "strict"));
        let mut left = index;
        while left > 0 {
            if matches!(code.kind(at), None | Some(Kind::Semicolon)) {
                return None;
            }
            left -= usize::from(code.kind(at) == Some(Kind::Comma));
            at = code.after(at);
        }
        code.kind(at)?.is_name().then_some(at)
    }

    /// The value leaves the function.
    pub(crate) fn returns(&mut self, value: &Value) -> Next {
        let mut value = value.clone();
        let returns = self.setting.returns;
        if !matches!(
            returns,
            "" | "record" | "table" | "trigger" | "void" | "anyelement"
        ) {
            value.cast(returns);
        }
        if !value
            .path
            .iter()
            .any(|step| matches!(step, Step::Argument(_)))
        {
            self.emit_handed_on(&value);
        }
        let Value {
            path,
            shape,
            cast,
            parsed,
            ..
        } = value;
        let returned = Returned {
            parsed,
            path,
            shape,
            cast,
        };
        if !self.returned.contains(&returned) {
            self.returned.push(returned);
        }
        Next::Done
    }
}

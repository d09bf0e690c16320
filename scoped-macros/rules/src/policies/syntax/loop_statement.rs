use super::super::name::WrittenName;
use super::super::token::TokenKind;
use super::parser::Parser;
use super::tree::{LoopHead, Node, Query, Select, Statement};

impl Parser<'_> {
    /// Parses FOR, FOREACH, WHILE and LOOP.
    pub(super) fn looped(&mut self) -> Statement {
        let head = if self.eat("while") {
            LoopHead::Plain(self.condition_of_loop())
        } else if self.is_any(&["for", "foreach"]) {
            self.at += 1;
            self.head()
        } else {
            LoopHead::Plain(Vec::new())
        };
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) && !self.is("loop") {
            self.at += 1;
        }
        self.eat("loop");
        let body = self.block();
        self.end_of("loop");
        Statement::Loop(head, body)
    }

    fn head(&mut self) -> LoopHead {
        let targets = self.targets();
        if self.eat("slice") {
            self.at += 1;
        }
        if !self.eat("in") {
            return LoopHead::Plain(self.condition_of_loop());
        }
        self.eat("reverse");
        if self.eat("array") {
            return LoopHead::Array(targets, self.expression());
        }
        if self.eat("execute") {
            return match self.execute(false) {
                Statement::Execute { text, using, .. } => LoopHead::Execute(targets, text, using),
                _ => LoopHead::Plain(Vec::new()),
            };
        }
        if self.begins_query() {
            return LoopHead::Query(targets, self.query());
        }
        LoopHead::Plain(self.condition_of_loop())
    }

    fn condition_of_loop(&mut self) -> Vec<Node> {
        let mut found = Vec::new();
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) && !self.is("loop") {
            let before = self.at;
            found.push(self.expression());
            if self.at == before {
                self.at += 1;
            }
        }
        found
    }

    /// The name of the table in `CREATE [TEMP] TABLE name [..] AS query`, and the index where the query
    /// begins.
    pub(super) fn table_of_query(&self) -> Option<(WrittenName, usize)> {
        let code = self.code;
        let mut at = self.at + 1;
        while at < self.at + 5
            && code.is_any(
                at,
                &["temp", "temporary", "unlogged", "local", "materialized"],
            )
        {
            at += 1;
        }
        if !code.is_any(at, &["table", "view"]) {
            return None;
        }
        at += 1;
        if code.is(at, "if") {
            at += 3;
        }
        let (name, next) = code.qualified(at)?;
        let end = self.end.min(next + 12);
        let at = (next..end).find(|at| code.is(*at, "as"))? + 1;
        code.is_any(at, &["select", "with", "values"])
            .then_some((name, at))
    }

    /// Parses the rest of a query after the word SELECT or PERFORM.
    pub(super) fn query_behind_select(&mut self) -> Query {
        let mut select = Select::default();
        self.items(&mut select.items);
        if self.eat("from") {
            self.from(&mut select);
        }
        self.conditions(&mut select.conditions);
        Query {
            selects: vec![select],
            ..Query::default()
        }
    }
}

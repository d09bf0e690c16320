use super::super::token::TokenKind;
use super::keywords::{CLAUSES, SETS};
use super::parser::Parser;
use super::tree::{Item, Node, Query, Select};

impl Parser<'_> {
    pub(super) fn begins_query(&self) -> bool {
        if self.is_any(&["select", "values", "with"]) {
            // `with check`, `with (..)` and `with time zone` do not begin a query.
            return !self.is("with")
                || self.code.is(self.at + 1, "recursive")
                || self.code.is(self.at + 2, "as")
                || self.code.kind(self.at + 2) == Some(TokenKind::Open);
        }
        if self.is("insert") {
            return self.code.is(self.at + 1, "into");
        }
        if self.is("update") {
            return self.code.kind(self.at + 1).is_some_and(TokenKind::is_name)
                && !self.code.is_any(self.at + 1, &["of", "on", "or", "set"]);
        }
        if self.is("delete") {
            return self.code.is(self.at + 1, "from");
        }
        false
    }

    /// Whether a query in brackets begins here, and not an expression.
    pub(super) fn opens_query(&self) -> bool {
        let mut at = self.at;
        while self.code.kind(at) == Some(TokenKind::Open) && at < self.end.min(self.at + 16) {
            at += 1;
        }
        at > self.at && self.code.is_any(at, &["select", "values", "with"])
    }

    /// Parses SELECT, WITH, VALUES, INSERT, UPDATE or DELETE.
    pub(crate) fn query(&mut self) -> Query {
        let mut query = Query::default();
        if self.is("with") {
            self.common(&mut query);
        }
        loop {
            let before = self.at;
            if self.is("select") {
                let select = self.select();
                query.selects.push(select);
            } else if self.eat("values") {
                self.values(&mut query);
            } else if self.is_any(&["insert", "update", "delete"]) {
                let select = self.write();
                query.selects.push(select);
            } else if self.kind() == Some(TokenKind::Open) {
                let inner = self.nested_query();
                query.selects.push(Select {
                    inner: Some(Box::new(inner)),
                    ..Select::default()
                });
            }
            self.conditions(&mut query.rest);
            if self.is_any(&SETS) {
                self.at += 1;
                if self.is_any(&["all", "distinct"]) {
                    self.at += 1;
                }
            } else {
                return query;
            }
            if self.at == before {
                return query;
            }
        }
    }

    /// Parses a query without brackets around it, or an expression.
    pub(super) fn query_or_expression(&mut self) -> Node {
        if self.begins_query() {
            self.deeper(|parser| Node::Query(Box::new(parser.query())))
        } else {
            self.expression()
        }
    }

    /// Parses the query in the brackets here. Below the deepest level, only its calls are found.
    pub(super) fn nested_query(&mut self) -> Query {
        let mut inner = Query::default();
        let unparsed = self.inside(|parser| {
            parser.deeper(|parser| {
                inner = parser.query();
                Node::Unparsed(parser.unparsed())
            })
        });
        inner.rest.push(unparsed);
        inner
    }

    /// Parses `WITH name (columns) AS (query), ..`.
    fn common(&mut self, query: &mut Query) {
        self.at += 1;
        self.eat("recursive");
        while let Some(name) = self.code.name(self.at).filter(|_| self.at < self.end) {
            self.at += 1;
            let columns = if self.kind() == Some(TokenKind::Open) {
                self.inside(Self::names)
            } else {
                Vec::new()
            };
            self.eat("as");
            self.eat("not");
            self.eat("materialized");
            if self.kind() != Some(TokenKind::Open) {
                return;
            }
            let inner = self.nested_query();
            query.common.push((name, columns, inner));
            if !self.eat_kind(TokenKind::Comma) {
                return;
            }
        }
    }

    /// Parses names that commas separate.
    pub(super) fn names(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        while self.at < self.end {
            found.extend(self.code.name(self.at));
            while self.at < self.end && self.kind() != Some(TokenKind::Comma) {
                self.at += 1;
            }
            self.at += 1;
        }
        found
    }

    fn values(&mut self, query: &mut Query) {
        while self.kind() == Some(TokenKind::Open) {
            let row = self.inside(Self::list).into_iter();
            let items = row.map(|value| Item { value, alias: None });
            query.selects.push(Select {
                items: items.collect(),
                ..Select::default()
            });
            if !self.eat_kind(TokenKind::Comma) {
                return;
            }
        }
    }

    fn select(&mut self) -> Select {
        self.at += 1;
        let mut select = Select::default();
        if self.eat("distinct") && self.eat("on") && self.kind() == Some(TokenKind::Open) {
            let on = self.inside(Self::list);
            select.conditions.extend(on);
        } else {
            self.eat("all");
        }
        self.into(&mut select);
        self.items(&mut select.items);
        self.into(&mut select);
        if self.eat("from") {
            self.from(&mut select);
        }
        self.conditions(&mut select.conditions);
        self.into(&mut select);
        select
    }

    /// Parses the items of SELECT or RETURNING.
    pub(super) fn items(&mut self, items: &mut Vec<Item>) {
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) {
            let before = self.at;
            let star = self.code.raw(self.at) == "*";
            let value = if star {
                self.at += 1;
                Node::Name(vec!["*".to_owned()], self.place())
            } else {
                self.query_or_expression()
            };
            if self.at > before {
                let alias = self.alias();
                items.push(Item { value, alias });
            }
            if !self.eat_kind(TokenKind::Comma) {
                return;
            }
        }
    }

    /// Parses `[AS] name`.
    pub(super) fn alias(&mut self) -> Option<String> {
        let named = self.eat("as");
        if self.at >= self.end || !(named || self.code.is_plain_name(self.at)) {
            return None;
        }
        self.at += 1;
        self.code.name(self.at - 1)
    }

    /// Parses `INTO [STRICT] a, b.c`, which may be in several places of a SELECT.
    pub(super) fn into(&mut self, select: &mut Select) {
        if self.eat("into") {
            self.eat("strict");
            self.eat("temp");
            self.eat("table");
            select.into = self.targets();
        }
    }

    /// Parses variables that commas separate.
    pub(super) fn targets(&mut self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        loop {
            let mut target = Vec::new();
            while let Some(name) = self.code.name(self.at).filter(|_| self.at < self.end) {
                target.push(name);
                self.at += 1;
                if !self.eat_kind(TokenKind::Dot) {
                    break;
                }
            }
            while self.kind() == Some(TokenKind::OpenSquare) {
                self.inside(Self::unparsed);
            }
            if target.is_empty() {
                return found;
            }
            found.push(target);
            if !self.eat_kind(TokenKind::Comma) {
                return found;
            }
        }
    }

    /// Parses the remaining clauses, up to the next query, INTO or the end.
    pub(super) fn conditions(&mut self, found: &mut Vec<Node>) {
        while self.at < self.end
            && self.kind() != Some(TokenKind::Semicolon)
            && !self.is_any(&SETS)
            && !self.is_any(&["into", "loop", "returning"])
        {
            let before = self.at;
            if self.is_any(&CLAUSES) || self.kind() == Some(TokenKind::Comma) {
                self.at += 1;
            }
            let node = self.query_or_expression();
            if !matches!(&node, Node::Unparsed(nodes) if nodes.is_empty()) {
                found.push(node);
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }
}

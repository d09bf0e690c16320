use super::super::token::TokenKind;
use super::keywords::{CLAUSES, JOINS, SETS};
use super::parser::Parser;
use super::tree::{Column, From, Node, Relation, Select};

impl Parser<'_> {
    /// Parses the items after FROM, up to WHERE or another clause.
    pub(super) fn from(&mut self, select: &mut Select) {
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) {
            let before = self.at;
            if self.is_any(&JOINS) || self.kind() == Some(TokenKind::Comma) {
                self.at += 1;
            } else if self.eat("on") {
                let condition = self.expression();
                select.conditions.push(condition);
            } else if self.is("using") && self.code.kind(self.at + 1) == Some(TokenKind::Open) {
                self.at += 1;
                self.inside(Self::names);
            } else if self.is_any(&CLAUSES)
                || self.is_any(&SETS)
                || self.is_any(&["into", "set", "loop", "returning"])
            {
                return;
            } else {
                self.relation(&mut select.from);
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    /// Parses one table, function or query with its alias.
    pub(super) fn relation(&mut self, found: &mut Vec<From>) {
        self.eat("only");
        if self.is("rows") && self.code.is(self.at + 1, "from") {
            self.at += 2;
            if self.kind() == Some(TokenKind::Open) {
                self.inside(|parser| parser.joined_relations(found));
            }
            return;
        }
        let relation = if self.opens_query() && !self.joins() {
            Relation::Query(self.nested_query())
        } else if self.kind() == Some(TokenKind::Open) {
            // Joins in brackets.
            self.inside(|parser| parser.joined_relations(found));
            return;
        } else {
            match self.operand() {
                Node::Name(mut parts, _) => {
                    let name = parts.pop().unwrap_or_default();
                    let schema = parts.pop();
                    Relation::Table(super::super::name::WrittenName { schema, name })
                }
                Node::Unparsed(nodes) if nodes.is_empty() => return,
                node => Relation::Function(node),
            }
        };
        if self.is("with") && self.code.is(self.at + 1, "ordinality") {
            self.at += 2;
        }
        let alias = if self.is("as") && self.code.kind(self.at + 1) == Some(TokenKind::Open) {
            self.at += 1;
            None
        } else {
            self.alias()
        };
        let columns =
            if self.kind() == Some(TokenKind::Open) && (alias.is_some() || !self.opens_query()) {
                self.inside(Self::columns)
            } else {
                Vec::new()
            };
        if self.eat("tablesample") {
            self.operand();
        }
        found.push(From {
            relation,
            alias,
            columns,
        });
    }

    /// Whether the brackets here contain joins whose first item is a query in brackets.
    fn joins(&self) -> bool {
        let inner = self.at + 1;
        if self.code.kind(inner) != Some(TokenKind::Open) {
            return false;
        }
        let close = self.code.pair(inner);
        close < self.end
            && self.code.kind(close + 1) != Some(TokenKind::Close)
            && !self.code.is_any(close + 1, &SETS)
    }

    fn joined_relations(&mut self, found: &mut Vec<From>) {
        let mut select = Select::default();
        if self.depth < 40 {
            self.depth += 1;
            self.from(&mut select);
            self.depth -= 1;
        } else {
            let calls = self.calls();
            select.conditions.push(calls);
        }
        found.append(&mut select.from);
        // The conditions of joins in brackets are kept like a function in FROM.
        if !select.conditions.is_empty() {
            found.push(From {
                relation: Relation::Function(Node::Unparsed(select.conditions)),
                alias: None,
                columns: Vec::new(),
            });
        }
    }

    /// Parses `name [type], ..` in the brackets of an alias.
    fn columns(&mut self) -> Vec<Column> {
        let mut found = Vec::new();
        while self.at < self.end {
            if let Some(name) = self.code.name(self.at) {
                let at = self.place();
                let (kind, _) = self.code.type_at(self.at + 1);
                found.push(Column { name, kind, at });
            }
            let mut depth = 0_usize;
            while self.at < self.end && (depth > 0 || self.kind() != Some(TokenKind::Comma)) {
                match self.kind() {
                    Some(TokenKind::Open | TokenKind::OpenSquare) => depth += 1,
                    Some(TokenKind::Close | TokenKind::CloseSquare) => {
                        depth = depth.saturating_sub(1);
                    }
                    _ => {}
                }
                self.at += 1;
            }
            self.at += 1;
        }
        found
    }
}

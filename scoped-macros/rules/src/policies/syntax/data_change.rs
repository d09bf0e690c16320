use super::super::name::WrittenName;
use super::super::token::TokenKind;
use super::parser::Parser;
use super::tree::{DataChange, Node, Relation, Select};

impl Parser<'_> {
    /// Parses INSERT, UPDATE or DELETE, whose items are those of RETURNING.
    pub(super) fn write(&mut self) -> Select {
        let mut select = Select::default();
        let update = self.is("update");
        self.at += 1;
        if self.is_any(&["into", "from"]) {
            self.at += 1;
        }
        self.relation_of_write(&mut select);
        let name = match select.from.first().map(|from| &from.relation) {
            Some(Relation::Table(name)) => name.clone(),
            _ => WrittenName {
                schema: None,
                name: String::new(),
            },
        };
        let mut write = DataChange {
            table: name,
            columns: Vec::new(),
            rows: None,
            set: Vec::new(),
        };
        if update {
            if self.eat("set") {
                self.set(&mut write.set);
            }
            if self.eat("from") {
                self.from(&mut select);
            }
        } else {
            if self.kind() == Some(TokenKind::Open) && !self.opens_query() {
                write.columns = self.inside(Self::names);
            }
            if self.is("overriding") {
                self.at += 3;
            }
            if self.begins_query() || self.opens_query() {
                let mut rows = None;
                let rest = self.deeper(|parser| {
                    rows = Some(parser.query());
                    Node::Null
                });
                write.rows = rows;
                select.conditions.push(rest);
            }
        }
        // USING of DELETE, and ON CONFLICT.
        if self.eat("using") {
            self.from(&mut select);
        }
        self.conditions_of_write(&mut select.conditions, &mut write.set);
        if self.eat("returning") {
            self.items(&mut select.items);
            self.into(&mut select);
        }
        select.write = Some(Box::new(write));
        select
    }

    /// Parses the table with its alias, without the columns in brackets after it.
    fn relation_of_write(&mut self, select: &mut Select) {
        self.eat("only");
        let Some((name, next)) = self.code.qualified(self.at) else {
            return;
        };
        self.at = next.min(self.end);
        let alias = if self.is("as")
            || self.code.is_plain_name(self.at) && !self.is_any(&["overriding", "values"])
        {
            self.alias()
        } else {
            None
        };
        select.from.push(super::tree::From {
            relation: Relation::Table(name),
            alias,
            columns: Vec::new(),
        });
    }

    /// Parses `column = value, (a, b) = (c, d)`.
    fn set(&mut self, found: &mut Vec<(String, Node)>) {
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) {
            let column = if self.kind() == Some(TokenKind::Open) {
                self.inside(Self::names);
                "*".to_owned()
            } else {
                let mut name = self.code.name(self.at).unwrap_or_default();
                self.at += 1;
                while self.eat_kind(TokenKind::Dot) {
                    name = self.code.name(self.at).unwrap_or_default();
                    self.at += 1;
                }
                name
            };
            if self.code.raw(self.at) == "=" {
                self.at += 1;
            }
            let value = self.expression();
            found.push((column, value));
            if !self.eat_kind(TokenKind::Comma) {
                return;
            }
        }
    }

    fn conditions_of_write(&mut self, found: &mut Vec<Node>, set: &mut Vec<(String, Node)>) {
        while self.at < self.end
            && self.kind() != Some(TokenKind::Semicolon)
            && !self.is("returning")
        {
            let before = self.at;
            if self.eat("set") {
                self.set(set);
            } else if self.eat("into") {
                self.targets();
            } else if self.is_any(&super::keywords::SETS) {
                return;
            } else {
                self.conditions(found);
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }
}

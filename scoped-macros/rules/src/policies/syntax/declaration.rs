//! Parses DECLARE, cursors and FETCH.

use super::super::token::TokenKind;
use super::parser::Parser;
use super::tree::Statement;

impl Parser<'_> {
    pub(super) fn declarations(&mut self, found: &mut Vec<Statement>) {
        while self.at < self.end && !self.is("begin") {
            let before = self.at;
            if let Some(name) = self.code.name(self.at) {
                self.at += 1;
                self.eat("constant");
                if self.is("alias") {
                    self.at += 2;
                    let value = self.operand();
                    found.push(Statement::Declare(name, String::new(), Some(value)));
                } else if self.is_any(&["cursor", "no", "scroll"]) {
                    self.cursor(name, found);
                } else {
                    let (kind, next) = self.code.type_at(self.at);
                    self.at = next.max(self.at);
                    let unknown = self.code.raw(self.at) == "%";
                    while self.at < self.end
                        && !matches!(self.kind(), Some(TokenKind::Semicolon | TokenKind::Assign))
                        && !self.is("default")
                        && self.code.raw(self.at) != "="
                    {
                        self.at += 1;
                    }
                    let kind = if unknown { String::new() } else { kind };
                    let value = (self.kind() != Some(TokenKind::Semicolon)).then(|| {
                        self.at += 1;
                        self.expression()
                    });
                    found.push(Statement::Declare(name, kind, value));
                }
                self.skip_statement(found);
            }
            if self.at == before {
                self.at += 1;
            }
        }
    }

    pub(super) fn cursor(&mut self, name: String, found: &mut Vec<Statement>) {
        while self.at < self.end
            && self.kind() != Some(TokenKind::Semicolon)
            && !self.is_any(&["for", "is"])
        {
            self.at += 1;
        }
        self.at += usize::from(self.is_any(&["for", "is"]));
        if self.begins_query() {
            let query = self.query();
            found.push(Statement::Cursor(name, query));
        }
    }

    pub(super) fn fetch(&mut self) -> Statement {
        let mut cursor = String::new();
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) && !self.is("into") {
            cursor = self.code.name(self.at).unwrap_or(cursor);
            self.at += 1;
        }
        self.eat("into");
        Statement::Fetch(cursor, self.targets())
    }
}

//! Parses the statements of a function's body.

use super::super::token::TokenKind;
use super::parser::Parser;
use super::tree::{ChainLink, Node, Query, Statement};

/// The deepest nesting of statements that is parsed.
const MAX_NESTING: usize = 40;

impl Parser<'_> {
    /// The statements of a body in SQL.
    pub(crate) fn statements(&mut self) -> Vec<Statement> {
        let mut found = Vec::new();
        while self.at < self.end {
            let before = self.at;
            if self.eat("return") {
                let value = self.expression();
                found.push(Statement::Return(Some(value)));
            } else {
                found.push(self.plain());
            }
            self.skip_statement(&mut found);
            if self.at == before {
                self.at += 1;
            }
        }
        found
    }

    /// The statements of a body in PL/pgSQL, also those after a superfluous END.
    pub(crate) fn all(&mut self) -> Vec<Statement> {
        let mut found = Vec::new();
        while self.at < self.end {
            found.append(&mut self.block());
            self.at += 1;
        }
        found
    }

    /// The statements in PL/pgSQL up to a word that ends the block.
    pub(crate) fn block(&mut self) -> Vec<Statement> {
        let mut found = Vec::new();
        while self.at < self.end {
            if self.is_any(&["end", "else", "elsif", "elseif", "when", "exception"]) {
                return found;
            }
            let before = self.at;
            self.statement(&mut found);
            if self.at == before {
                self.at += 1;
            }
        }
        found
    }

    fn statement(&mut self, found: &mut Vec<Statement>) {
        if self.depth >= MAX_NESTING {
            let calls = self.calls();
            found.push(Statement::Unparsed(vec![calls]));
            return;
        }
        self.depth += 1;
        if self.code.raw(self.at) == "<<" {
            // A label.
            self.at += 3;
        } else if self.eat("declare") {
            let mut declared = Vec::new();
            self.declarations(&mut declared);
            if self.eat("begin")
                && let Statement::Block(body, handlers) = self.begin()
            {
                declared.extend(body);
                found.push(Statement::Block(declared, handlers));
            } else {
                found.append(&mut declared);
            }
        } else if self.eat("begin") {
            found.push(self.begin());
        } else if self.is("if") {
            found.push(self.condition());
        } else if self.is("case") && self.is_statement_case() {
            found.push(self.case_statement());
        } else if self.is_any(&["for", "foreach", "while", "loop"]) {
            found.push(self.looped());
        } else if self.eat("return") {
            found.push(self.returned());
            self.skip_statement(found);
        } else if self.eat("execute") {
            found.push(self.execute(false));
            self.skip_statement(found);
        } else if self.eat("fetch") {
            found.push(self.fetch());
            self.skip_statement(found);
        } else if let Some(statement) = self.assignment() {
            found.push(statement);
            self.skip_statement(found);
        } else {
            found.push(self.plain());
            self.skip_statement(found);
        }
        self.depth -= 1;
    }

    /// Whether CASE begins a statement, which ends with END CASE, and not an expression.
    fn is_statement_case(&self) -> bool {
        self.at == 0
            || matches!(
                self.code.kind(self.at - 1),
                Some(TokenKind::Semicolon | TokenKind::Word)
            )
    }

    /// Skips to the token after the semicolon, and parses the expressions before it.
    pub(super) fn skip_statement(&mut self, found: &mut Vec<Statement>) {
        let rest = self.unparsed();
        if !rest.is_empty() {
            found.push(Statement::Unparsed(rest));
        }
        self.eat_kind(TokenKind::Semicolon);
    }

    /// Skips to the token after the word, and parses the expressions before it.
    fn behind(&mut self, word: &str) -> Vec<Node> {
        let mut skipped = Vec::new();
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) && !self.is(word) {
            let before = self.at;
            skipped.push(self.expression());
            if self.at == before {
                self.at += 1;
            }
        }
        self.eat(word);
        skipped
    }

    fn begin(&mut self) -> Statement {
        let body = self.block();
        let mut handlers = Vec::new();
        if self.eat("exception") {
            while self.eat("when") {
                while self.at < self.end && !self.is("then") {
                    self.at += 1;
                }
                self.eat("then");
                handlers.push(self.block());
            }
        }
        self.end_of("");
        Statement::Block(body, handlers)
    }

    /// Skips `END [word];`.
    pub(super) fn end_of(&mut self, word: &str) {
        if self.eat("end") {
            self.eat(word);
            while self.at < self.end && self.kind().is_some_and(TokenKind::is_name) {
                self.at += 1;
            }
            self.eat_kind(TokenKind::Semicolon);
        }
    }

    fn condition(&mut self) -> Statement {
        let mut branches = Vec::new();
        while self.is_any(&["if", "elsif", "elseif"]) {
            self.at += 1;
            let condition = self.behind("then");
            branches.push((Node::Unparsed(condition), self.block()));
        }
        let otherwise = if self.eat("else") {
            self.block()
        } else {
            Vec::new()
        };
        self.end_of("if");
        Statement::If(branches, otherwise)
    }

    fn case_statement(&mut self) -> Statement {
        self.at += 1;
        let operand = (!self.is("when")).then(|| self.expression());
        let mut branches = Vec::new();
        while self.eat("when") {
            let list = self.behind("then");
            let condition = match &operand {
                Some(operand) => {
                    Node::Chain(Box::new(operand.clone()), vec![ChainLink::In(false, list)])
                }
                None => Node::Unparsed(list),
            };
            branches.push((condition, self.block()));
        }
        let otherwise = if self.eat("else") {
            self.block()
        } else {
            Vec::new()
        };
        self.end_of("case");
        Statement::If(branches, otherwise)
    }

    fn returned(&mut self) -> Statement {
        if self.eat("next") {
            let value = (self.kind() != Some(TokenKind::Semicolon)).then(|| self.expression());
            return Statement::ReturnNext(value);
        }
        if self.eat("query") {
            if self.eat("execute") {
                return self.execute(true);
            }
            return Statement::ReturnQuery(self.query());
        }
        let ends = matches!(self.kind(), None | Some(TokenKind::Semicolon));
        Statement::Return((!ends).then(|| self.expression()))
    }

    pub(super) fn execute(&mut self, returns: bool) -> Statement {
        let text = self.expression();
        let mut using = Vec::new();
        let mut into = Vec::new();
        for _ in 0..2 {
            if self.eat("into") {
                self.eat("strict");
                into = self.targets();
            } else if self.eat("using") {
                while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) {
                    using.push(self.expression());
                    if !self.eat_kind(TokenKind::Comma) {
                        break;
                    }
                }
            }
        }
        Statement::Execute {
            text,
            using,
            into,
            returns,
        }
    }

    /// Parses `target := value` or `target = value`.
    fn assignment(&mut self) -> Option<Statement> {
        let start = self.at;
        if !self.code.is_plain_name(start) {
            return None;
        }
        let mut target = self.targets();
        let assigns = self.kind() == Some(TokenKind::Assign) || self.code.raw(self.at) == "=";
        if !assigns || self.at >= self.end || target.len() != 1 {
            self.at = start;
            return None;
        }
        self.at += 1;
        let value = if self.begins_query() {
            Node::Query(Box::new(self.query()))
        } else {
            self.expression()
        };
        Some(Statement::Assign(target.pop()?, value))
    }

    /// Parses an SQL statement.
    pub(super) fn plain(&mut self) -> Statement {
        if self.is("perform") {
            // PERFORM takes the place of SELECT.
            return Statement::Query(self.perform());
        }
        if self.begins_query() || self.opens_query() {
            return Statement::Query(self.query());
        }
        if self.is("create")
            && let Some((name, at)) = self.table_of_query()
        {
            self.at = at;
            return Statement::Store(name, self.query());
        }
        if self.eat("open") {
            let name = self.code.name(self.at);
            let mut found = Vec::new();
            if let Some(name) = name {
                self.at += 1;
                self.cursor(name, &mut found);
            }
            return found.pop().unwrap_or(Statement::Unparsed(Vec::new()));
        }
        Statement::Unparsed(self.unparsed())
    }

    fn perform(&mut self) -> Query {
        self.at += 1;
        self.query_behind_select()
    }
}

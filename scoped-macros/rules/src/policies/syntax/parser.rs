use super::super::source::Source;
use super::super::statements::TokenRange;
use super::super::token::TokenKind;
use super::token_view::{NONE, TokenView};
use super::tree::{Argument, Call, Node};

/// The deepest nesting of expressions that is parsed; deeper ones are only searched for calls.
const MAX_DEPTH: usize = 48;

/// Parses a range of tokens.
pub(crate) struct Parser<'c> {
    pub(crate) code: &'c TokenView<'c>,
    pub(super) at: usize,
    /// The index of the end of the innermost brackets.
    pub(super) end: usize,
    pub(super) depth: usize,
}

impl<'c> Parser<'c> {
    pub(crate) fn new(code: &'c TokenView<'c>) -> Self {
        Self {
            code,
            at: 0,
            end: code.len,
            depth: 0,
        }
    }

    /// Parses the expression of a policy, or the expression after words such as DEFAULT and CHECK.
    pub(crate) fn whole(source: &Source<'_>, range: TokenRange) -> Node {
        let code = TokenView::new(source, range);
        let mut nodes = Parser::new(&code).unparsed();
        match nodes.pop() {
            Some(node) if nodes.is_empty() => node,
            last => {
                nodes.extend(last);
                Node::Unparsed(nodes)
            }
        }
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        (self.at < self.end)
            .then(|| self.code.kind(self.at))
            .flatten()
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.at < self.end && self.code.is(self.at, word)
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        self.at < self.end && self.code.is_any(self.at, words)
    }

    /// Consumes the word, if it is the current token.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let is = self.is(word);
        self.at += usize::from(is);
        is
    }

    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> bool {
        let is = self.kind() == Some(kind);
        self.at += usize::from(is);
        is
    }

    /// Runs `read` on the content of the brackets that open here, and continues after them.
    pub(super) fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let close = match self.code.pair(self.at) {
            NONE => self.end,
            close => close.min(self.end),
        };
        let outer = std::mem::replace(&mut self.end, close);
        self.at += 1;
        let read = read(self);
        self.end = outer;
        self.at = (close + 1).min(outer.max(self.at));
        read
    }

    /// Runs `read` one level deeper. Below the deepest level, everything up to the end is only searched for
    /// calls.
    pub(super) fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Node) -> Node {
        if self.depth >= MAX_DEPTH {
            return self.calls();
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    /// Every call up to the end, without its arguments.
    pub(crate) fn calls(&mut self) -> Node {
        let mut found = Vec::new();
        while self.at < self.end {
            if self.code.kind(self.at + 1) == Some(TokenKind::Open)
                && let Some((name, next)) = self.code.qualified_before(self.at)
            {
                let arguments = self.code.text(next + 1).map(|text| Argument {
                    name: None,
                    value: Node::Text(text),
                });
                found.push(Node::Call(Box::new(Call {
                    name,
                    arguments: arguments.into_iter().collect(),
                    extra: Vec::new(),
                    at: self.code.file_offset(self.at),
                })));
            }
            self.at += 1;
        }
        Node::Unparsed(found)
    }

    /// Every expression up to the end of the brackets or the statement, with any text between them.
    pub(super) fn unparsed(&mut self) -> Vec<Node> {
        let mut found = Vec::new();
        while self.at < self.end && self.kind() != Some(TokenKind::Semicolon) {
            let before = self.at;
            if self.is("execute") && self.code.is_any(self.at + 1, &["function", "procedure"]) {
                // The function that a trigger runs is not part of its condition.
                self.at = self.end;
            } else {
                let node = self.query_or_expression();
                if self.at > before {
                    found.push(node);
                }
            }
            if self.at == before {
                self.at += 1;
            }
        }
        found
    }

    /// Parses expressions that commas separate.
    pub(super) fn list(&mut self) -> Vec<Node> {
        let mut found = Vec::new();
        while self.at < self.end {
            let before = self.at;
            let node = self.query_or_expression();
            if self.at > before {
                found.push(node);
            }
            if !self.eat_kind(TokenKind::Comma) {
                if self.at >= self.end || self.kind() == Some(TokenKind::Semicolon) {
                    break;
                }
                // Damaged SQL, or words of unknown grammar.
                let rest = self.unparsed();
                found.extend(rest);
                break;
            }
        }
        found
    }

    pub(super) fn place(&self) -> u32 {
        self.code.file_offset(self.at)
    }
}

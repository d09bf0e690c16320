use super::super::token::TokenKind;
use super::keywords::{KEYWORDS, NO_FUNCTIONS};
use super::parser::Parser;
use super::tree::{Case, ChainLink, Node};

impl Parser<'_> {
    /// Parses an operand. If none begins here, no token is consumed.
    pub(super) fn operand(&mut self) -> Node {
        let nothing = Node::Unparsed(Vec::new());
        let Some(kind) = self.kind() else {
            return nothing;
        };
        let place = self.place();
        match kind {
            kind if kind.is_text() => {
                let text = self.code.text(self.at);
                self.at += 1;
                text.map_or(nothing, Node::Text)
            }
            TokenKind::Number => {
                self.at += 1;
                Node::Number(self.code.raw(self.at - 1).to_owned())
            }
            TokenKind::Parameter => {
                self.at += 1;
                let number = self.code.raw(self.at - 1).get(1..).unwrap_or("");
                let index = number.parse::<usize>().ok();
                let index = index.and_then(|number| number.checked_sub(1));
                index.map_or(nothing, |index| Node::Parameter(index, place))
            }
            TokenKind::Open => self.brackets(),
            TokenKind::Word | TokenKind::Quoted | TokenKind::UnicodeQuoted => self.named(),
            _ => nothing,
        }
    }

    /// Parses `(expression)`, `(a, b)` or `(select ..)`.
    fn brackets(&mut self) -> Node {
        self.inside(|parser| {
            if parser.begins_query() {
                return parser.deeper(|parser| {
                    let query = Node::Query(Box::new(parser.query()));
                    match parser.unparsed() {
                        rest if rest.is_empty() => query,
                        mut rest => {
                            rest.push(query);
                            Node::Unparsed(rest)
                        }
                    }
                });
            }
            let mut nodes = parser.list();
            match nodes.pop() {
                Some(node) if nodes.is_empty() => node,
                Some(node) => {
                    nodes.push(node);
                    Node::Row(nodes)
                }
                None => Node::Row(nodes),
            }
        })
    }

    /// Parses an operand that begins with a name or a keyword.
    fn named(&mut self) -> Node {
        let code = self.code;
        if code.kind(self.at) == Some(TokenKind::Word) {
            let next = code.kind(self.at + 1);
            for (word, node) in [
                ("true", Node::Boolean(true)),
                ("false", Node::Boolean(false)),
                ("null", Node::Null),
            ] {
                if self.eat(word) {
                    return node;
                }
            }
            if self.is("case") {
                return self.case();
            }
            if self.is("array") && next == Some(TokenKind::OpenSquare) {
                self.at += 1;
                return Node::Array(self.inside(Self::elements));
            }
            if self.is_any(&["array", "exists"]) && next == Some(TokenKind::Open) {
                let array = self.is("array");
                self.at += 1;
                return match self.brackets() {
                    Node::Query(query) if array => Node::ArrayQuery(query),
                    Node::Query(query) => Node::Exists(query),
                    other => other,
                };
            }
            if self.is("row") && next == Some(TokenKind::Open) {
                self.at += 1;
                return Node::Row(self.inside(Self::list));
            }
            if self.is("cast") && next == Some(TokenKind::Open) {
                self.at += 1;
                return self.inside(Self::cast);
            }
            if self.is_any(&KEYWORDS)
                && !(self.is_any(&["left", "right"]) && next == Some(TokenKind::Open))
            {
                return Node::Unparsed(Vec::new());
            }
            // `interval '1 day'`, `jsonb '{}'`.
            if code.kind(self.at + 1).is_some_and(TokenKind::is_text)
                && !self.is_any(&[
                    "when",
                    "perform",
                    "return",
                    "by",
                    "execute",
                    "escape",
                    "exception",
                ])
            {
                let kind = super::super::name::type_name(&code.raw(self.at).to_ascii_lowercase());
                self.at += 1;
                let text = self.operand();
                return Node::Chain(Box::new(text), vec![ChainLink::Cast(kind)]);
            }
            if next == Some(TokenKind::Open) && self.is_any(&NO_FUNCTIONS) {
                return Node::Unparsed(Vec::new());
            }
        }
        self.name()
    }

    /// Parses `a.b.c`, with the arguments after it if it is a call.
    fn name(&mut self) -> Node {
        let place = self.place();
        let mut parts = Vec::new();
        while let Some(part) = self.code.name(self.at).filter(|_| self.at < self.end) {
            parts.push(part);
            self.at += 1;
            if self.kind() != Some(TokenKind::Dot) {
                break;
            }
            let name_follows = self.code.kind(self.at + 1).is_some_and(TokenKind::is_name);
            if name_follows {
                self.at += 1;
            } else if self.code.raw(self.at + 1) == "*" {
                self.at = (self.at + 2).min(self.end);
                parts.push("*".to_owned());
                break;
            } else {
                break;
            }
        }
        if self.kind() == Some(TokenKind::Open) {
            return self.call(parts, place);
        }
        Node::Name(parts, place)
    }

    /// Parses the elements of an array, which may be arrays themselves.
    fn elements(&mut self) -> Vec<Node> {
        let mut found = Vec::new();
        while self.at < self.end {
            if self.kind() == Some(TokenKind::OpenSquare) {
                found.push(self.deeper(|parser| Node::Array(parser.inside(Self::elements))));
            } else {
                found.extend(self.list());
            }
            if !self.eat_kind(TokenKind::Comma) && self.kind() != Some(TokenKind::OpenSquare) {
                break;
            }
        }
        found
    }

    fn case(&mut self) -> Node {
        self.at += 1;
        let operand = (!self.is("when")).then(|| self.expression());
        let mut branches = Vec::new();
        while self.eat("when") {
            let condition = self.expression();
            let value = if self.eat("then") {
                self.expression()
            } else {
                Node::Null
            };
            branches.push((condition, value));
        }
        let otherwise = self.eat("else").then(|| self.expression());
        self.eat("end");
        Node::Case(Box::new(Case {
            operand,
            branches,
            otherwise,
        }))
    }

    /// Parses `value AS type`.
    fn cast(&mut self) -> Node {
        let value = self.expression();
        if !self.eat("as") {
            let mut rest = self.unparsed();
            rest.push(value);
            return Node::Unparsed(rest);
        }
        let (kind, _) = self.code.type_at(self.at);
        Node::Chain(Box::new(value), vec![ChainLink::Cast(kind)])
    }
}

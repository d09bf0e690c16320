use super::super::name::WrittenName;
use super::super::token::TokenKind;
use super::expression::OTHER;
use super::parser::Parser;
use super::tree::{Argument, Call, Node};

/// The words between the arguments of `substring(x from 1)`, `trim(both from x)` and similar functions.
const SEPARATORS: [&str; 12] = [
    "from", "for", "in", "as", "placing", "order", "by", "both", "leading", "trailing", "similar",
    "using",
];

impl Parser<'_> {
    /// Parses the arguments after the name of a function.
    pub(super) fn call(&mut self, mut parts: Vec<String>, at: u32) -> Node {
        let name = parts.pop().unwrap_or_default();
        let schema = parts.pop();
        // `IN` is not a comparison in `position('x' in y)`.
        let least = if name == "position" { OTHER } else { 0 };
        let mut arguments = self.inside(|parser| parser.arguments(least));
        let extra = self.behind_call();
        if name == "position" || name == "overlay" {
            arguments.truncate(16);
        }
        Node::Call(Box::new(Call {
            name: WrittenName { schema, name },
            arguments,
            extra,
            at,
        }))
    }

    fn arguments(&mut self, least: u8) -> Vec<Argument> {
        let mut found = Vec::new();
        while self.at < self.end {
            let before = self.at;
            if self.is_any(&["distinct", "variadic", "all"]) {
                self.at += 1;
            }
            let named = matches!(self.code.kind(self.at + 1), Some(TokenKind::Assign))
                || self.code.is_op(self.at + 1, "=>");
            let name = if named { self.code.name(self.at) } else { None };
            if name.is_some() {
                self.at += 2;
            }
            let value = if self.begins_query() {
                self.deeper(|parser| Node::Query(Box::new(parser.query())))
            } else {
                self.binding(least)
            };
            if !matches!(&value, Node::Unparsed(nodes) if nodes.is_empty()) {
                found.push(Argument { name, value });
            }
            if !self.eat_kind(TokenKind::Comma) && self.is_any(&SEPARATORS) {
                self.at += 1;
            }
            if self.at == before {
                self.at += 1;
            }
        }
        found
    }

    /// Parses WITHIN GROUP, FILTER and OVER.
    fn behind_call(&mut self) -> Vec<Node> {
        let mut extra = Vec::new();
        loop {
            let within = self.is("within") && self.code.is(self.at + 1, "group");
            let open = self.at + 1 + usize::from(within);
            if !(within || self.is_any(&["filter", "over"]))
                || self.code.kind(open) != Some(TokenKind::Open)
            {
                return extra;
            }
            self.at = open;
            extra.extend(self.inside(Parser::unparsed));
        }
    }
}

use super::super::token::TokenKind;
use super::parser::Parser;
use super::tree::{ChainLink, IsPredicate, Node};

const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const IS: u8 = 4;
const COMPARISON: u8 = 5;
const LIKE: u8 = 6;
/// All operators without a precedence of their own, such as `->`, `||` and `@>`.
pub(super) const OTHER: u8 = 7;
const ADD: u8 = 8;
const MULTIPLY: u8 = 9;
const POWER: u8 = 10;
const ZONE: u8 = 11;
const SIGN: u8 = 12;

impl Parser<'_> {
    pub(crate) fn expression(&mut self) -> Node {
        self.binding(0)
    }

    /// Parses an operand and the operators after it whose precedence is at least `least` (PostgreSQL's
    /// manual, section 4.1.6). All of them are treated as left-associative.
    pub(super) fn binding(&mut self, least: u8) -> Node {
        self.deeper(|parser| {
            let first = if parser.eat("not") {
                Node::Not(Box::new(parser.binding(NOT)))
            } else if parser.kind() == Some(TokenKind::Operator) {
                parser.at += 1;
                Node::Prefix(Box::new(parser.binding(SIGN)))
            } else {
                parser.operand()
            };
            let mut links = Vec::new();
            while let Some(link) = parser.link(least) {
                links.push(link);
            }
            if links.is_empty() {
                first
            } else {
                Node::Chain(Box::new(first), links)
            }
        })
    }

    fn link(&mut self, least: u8) -> Option<ChainLink> {
        match self.kind()? {
            TokenKind::Cast => {
                self.at += 1;
                let (kind, next) = self.code.type_at(self.at);
                self.at = next.clamp(self.at, self.end);
                Some(ChainLink::Cast(kind))
            }
            TokenKind::OpenSquare => Some(ChainLink::Index(self.inside(|parser| {
                let mut bounds = parser.unparsed();
                bounds.truncate(2);
                bounds
            }))),
            TokenKind::Dot => {
                self.at += 1;
                let name = self.code.name(self.at);
                self.at = (self.at + 1).min(self.end);
                Some(ChainLink::Field(name.unwrap_or_else(|| "*".to_owned())))
            }
            TokenKind::Operator => {
                let operator = self.code.raw(self.at).to_owned();
                let level = level(&operator);
                (level >= least).then(|| self.operator(operator, level, 1))
            }
            TokenKind::Word => self.word(least),
            _ => None,
        }
    }

    /// Parses the operand after an operator of `width` tokens.
    fn operator(&mut self, operator: String, level: u8, width: usize) -> ChainLink {
        self.at += width;
        if self.is_any(&["any", "some", "all"])
            && self.code.kind(self.at + 1) == Some(TokenKind::Open)
        {
            self.at += 1;
            let mut nodes = self.inside(Parser::list);
            let right = nodes.pop().filter(|_| nodes.is_empty());
            return ChainLink::Quantified(operator, right.unwrap_or(Node::Unparsed(nodes)));
        }
        ChainLink::Operator(operator, self.binding(level + 1))
    }

    fn word(&mut self, least: u8) -> Option<ChainLink> {
        let code = self.code;
        let not = self.is("not");
        let at = self.at + usize::from(not);
        let width = at + 1 - self.at;
        for (word, level) in [("or", OR), ("and", AND)] {
            if self.is(word) {
                return (level >= least).then(|| self.operator(word.to_owned(), level, 1));
            }
        }
        if self.is("is") {
            return (IS >= least).then(|| self.is_what());
        }
        if self.is_any(&["isnull", "notnull"]) && IS >= least {
            let not = self.is("notnull");
            self.at += 1;
            return Some(ChainLink::IsPredicate(not, IsPredicate::Null));
        }
        if self.is("collate") {
            self.at += 1;
            while self.kind().is_some_and(TokenKind::is_name) {
                self.at += 1;
                if !self.eat_kind(TokenKind::Dot) {
                    break;
                }
            }
            return self.link(least);
        }
        if code.is(at, "in") && LIKE >= least {
            self.at += width;
            let list = if self.kind() == Some(TokenKind::Open) {
                self.inside(Parser::list)
            } else {
                Vec::new()
            };
            return Some(ChainLink::In(not, list));
        }
        if code.is(at, "between") && LIKE >= least {
            self.at += width;
            if self.is_any(&["symmetric", "asymmetric"]) {
                self.at += 1;
            }
            let low = self.binding(OTHER);
            self.eat("and");
            let high = self.binding(OTHER);
            return Some(ChainLink::Operator(
                "between".to_owned(),
                Node::Row(vec![low, high]),
            ));
        }
        if code.is_any(at, &["like", "ilike", "similar", "overlaps"]) && LIKE >= least {
            let width = width + usize::from(code.is(at, "similar"));
            return Some(self.operator("like".to_owned(), LIKE, width));
        }
        if self.is("escape") && LIKE >= least {
            return Some(self.operator("like".to_owned(), LIKE, 1));
        }
        if self.is("at") && code.is(self.at + 1, "time") && ZONE >= least {
            return Some(self.operator("at time zone".to_owned(), ZONE, 3));
        }
        // `OPERATOR(pg_catalog.=)`.
        if self.is("operator") && code.kind(self.at + 1) == Some(TokenKind::Open) {
            let close = code.pair(self.at + 1);
            if close < self.end {
                let operator = code.raw(close - 1).to_owned();
                let width = close + 1 - self.at;
                return (OTHER >= least).then(|| self.operator(operator, OTHER, width));
            }
        }
        None
    }

    fn is_what(&mut self) -> ChainLink {
        self.at += 1;
        let not = self.eat("not");
        let what = if self.is("null") {
            IsPredicate::Null
        } else if self.is_any(&["true", "false", "unknown"]) {
            IsPredicate::Truth
        } else if self.is("distinct") {
            self.at += 1 + usize::from(self.code.is(self.at + 1, "from"));
            return ChainLink::IsPredicate(not, IsPredicate::Distinct(self.binding(COMPARISON)));
        } else {
            IsPredicate::Other
        };
        self.at = (self.at + 1).min(self.end);
        ChainLink::IsPredicate(not, what)
    }
}

fn level(operator: &str) -> u8 {
    match operator {
        "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => COMPARISON,
        "+" | "-" => ADD,
        "*" | "/" | "%" => MULTIPLY,
        "^" => POWER,
        // `:=` and `=>` are handled elsewhere.
        _ => OTHER,
    }
}

use super::super::token::Kind;
use super::code::NONE;
use super::key::Key;
use super::literal::is_comparison;
use super::matcher::Matcher;
use super::model::{RemarkKind, Shape, Step, Test, Value};

/// More brackets and operators around one read are not followed.
const MAX_STEPS: usize = 64;

/// Where a step outward leads.
pub(crate) enum Next {
    /// The value is this larger expression.
    On(Value),
    /// It ended, and was reported.
    Done,
}

impl Matcher<'_> {
    /// Follows a value outward over everything that only changes what of the token it is.
    pub(crate) fn walk(&mut self, mut value: Value) {
        for _ in 0..MAX_STEPS {
            match self.step(value) {
                Next::On(larger) => value = larger,
                Next::Done => return,
            }
        }
    }

    pub(crate) fn finish(&mut self, value: &Value, test: Test) -> Next {
        self.emit(value, test);
        Next::Done
    }

    fn step(&mut self, mut value: Value) -> Next {
        let code = self.code;
        let end = value.end;
        match code.kind(end) {
            Some(Kind::Cast) => {
                let (name, next) = code.type_at(end + 1);
                if next <= end + 1 {
                    return self.finish(&value, Test::None);
                }
                value.cast(&name);
                value.end = next;
                Next::On(value)
            }
            Some(Kind::OpenSquare) if code.pair(end) != NONE => {
                if value.shape == Shape::Json && value.cast.is_none() {
                    let (key, next) = self.key(end + 1);
                    let whole = next == code.pair(end);
                    value.step(if whole { key.step() } else { Step::Unknown }, Shape::Json);
                }
                value.end = code.pair(end) + 1;
                Next::On(value)
            }
            Some(Kind::Operator) => self.operator(value),
            Some(Kind::Word) if code.is(end, "collate") => {
                value.end = end + 2;
                if code.kind(value.end) == Some(Kind::Dot) {
                    value.end += 2;
                }
                Next::On(value)
            }
            Some(Kind::Word) if code.is_any(end, &["is", "in", "not"]) => self.predicate(&value),
            Some(Kind::Word)
                if code.is_any(end, &["like", "ilike", "similar", "between", "at"]) =>
            {
                self.finish(&value, Test::None)
            }
            _ => self.left(value),
        }
    }

    /// The value is the left operand of what stands behind it.
    fn operator(&mut self, mut value: Value) -> Next {
        let code = self.code;
        let end = value.end;
        let operator = code.raw(end);
        match operator {
            "->" | "->>" => {
                let (key, next) = self.key(end + 1);
                let step = match key {
                    Key::Text {
                        text,
                        cast: Some(cast),
                    } => {
                        if matches!(&*cast, "integer" | "bigint" | "smallint") {
                            Step::Element
                        } else {
                            let key = text.clone();
                            self.remark(value.root, RemarkKind::KeyCast { key, cast });
                            Step::Key(text)
                        }
                    }
                    key => key.step(),
                };
                value.step(step, shape(operator == "->>"));
                value.end = next.max(end + 1);
                Next::On(value)
            }
            "#>" | "#>>" => {
                let (steps, next) = self.key_path(end + 1);
                for step in steps {
                    value.step(step, shape(operator == "#>>"));
                }
                value.end = next.max(end + 1);
                Next::On(value)
            }
            "?" | "?|" | "?&" => {
                let list = self.operand(end + 1).unwrap_or_default();
                if value.path.is_empty() {
                    return self.has_keys(&value, flat(list));
                }
                self.finish(&value, Test::Has(flat(list)))
            }
            "@>" => {
                let other = self.operand(end + 1).and_then(|mut list| list.pop());
                self.contains(&value, other)
            }
            "<@" => {
                let other = self.operand(end + 1).and_then(|mut list| list.pop());
                self.finish(&value, Test::ContainedBy(other))
            }
            "@?" | "@@" => {
                let path = self.operand(end + 1).and_then(|mut list| list.pop());
                self.asked_by_path(&value, path.as_deref())
            }
            _ if is_comparison(operator) && !self.is_right_operand(&value) => {
                let test = self.comparison(operator, end + 1);
                self.finish(&value, test)
            }
            _ => self.finish(&value, Test::None),
        }
    }

    /// `token ? 'key'`: asks whether a claim is there.
    fn has_keys(&mut self, value: &Value, keys: Vec<String>) -> Next {
        let whole = keys.is_empty();
        for key in keys {
            let mut claim = value.clone();
            claim.step(Step::Key(key), Shape::Json);
            self.emit(&claim, Test::Null);
        }
        self.finish(value, if whole { Test::None } else { Test::Null })
    }

    /// `@> '{"key": value}'`: asks for the keys inside.
    fn contains(&mut self, value: &Value, other: Option<String>) -> Next {
        let leaves = other.as_deref().and_then(super::json::leaves);
        let Some(leaves) = leaves.filter(|_| value.shape == Shape::Json) else {
            return self.finish(value, Test::Contains(other));
        };
        for (keys, leaf) in leaves {
            let mut claim = value.clone();
            for key in keys {
                claim.step(Step::Key(key), Shape::Json);
            }
            let test = if leaf.starts_with('[') {
                Test::Contains(Some(leaf))
            } else {
                Test::Equal(vec![leaf])
            };
            self.emit(&claim, test);
        }
        Next::Done
    }

    /// Whether an operator that binds more than a comparison has taken the value already.
    fn is_right_operand(&self, value: &Value) -> bool {
        let before = value.start.wrapping_sub(1);
        self.code.kind(before) == Some(Kind::Operator) && !is_comparison(self.code.raw(before))
    }

    fn comparison(&self, operator: &str, at: usize) -> Test {
        let code = self.code;
        let list = if code.is_any(at, &["any", "some", "all"]) {
            self.list(at + 1)
        } else {
            self.operand(at)
        };
        equality(operator, list)
    }

    /// `IS ..`, `IN (..)` and their NOT.
    fn predicate(&mut self, value: &Value) -> Next {
        let code = self.code;
        let not = code.is(value.end, "not");
        let at = value.end + usize::from(not);
        if code.is(at, "in") {
            let operator = if not { "<>" } else { "=" };
            let test = equality(operator, self.list(at + 1));
            return self.finish(value, test);
        }
        if !code.is(at, "is") {
            return self.finish(value, Test::None);
        }
        let not = code.is(at + 1, "not");
        let at = at + 1 + usize::from(not);
        let test = if code.is(at, "distinct") {
            let operator = if not { "=" } else { "<>" };
            equality(operator, self.operand(at + 2))
        } else {
            Test::Null
        };
        self.finish(value, test)
    }

    /// Nothing behind the value takes it; what stands before it?
    fn left(&mut self, mut value: Value) -> Next {
        let code = self.code;
        let before = value.start.wrapping_sub(1);
        match code.kind(before) {
            Some(Kind::Operator) => {
                let operator = code.raw(before);
                if operator == "=" && self.is_assigned(before) {
                    return self.context(value);
                }
                let other = self.operand_before(before);
                let one = other.clone().and_then(|mut list| list.pop());
                let test = match operator {
                    "@>" => Test::ContainedBy(one),
                    "<@" => return self.contains(&value, one),
                    _ => equality(operator, other),
                };
                self.finish(&value, test)
            }
            Some(Kind::Open) if code.pair(before) == value.end => {
                if let Some(name) = self.called(before) {
                    return self.call(value, before, &name);
                }
                if code.is_any(before.wrapping_sub(1), &["any", "some", "all", "in"]) {
                    return self.member(&value, before);
                }
                value.start = before;
                value.end += 1;
                Next::On(value)
            }
            Some(Kind::Open | Kind::Comma) => {
                let open = code.parent(value.start);
                let over = code.kind(value.end) == Some(Kind::Comma)
                    || code.pair(open) == value.end
                    || code.is(value.end, "as");
                match self.called(open) {
                    Some(name) if over => self.call(value, open, &name),
                    _ => self.context(value),
                }
            }
            _ => self.context(value),
        }
    }

    /// `x = ANY (value)` and `x IN (value)`.
    pub(crate) fn member(&mut self, value: &Value, open: usize) -> Next {
        let code = self.code;
        let word = open - 1;
        let mut operator = "=";
        let mut end = word;
        if code.is(word, "in") {
            if code.is(word.wrapping_sub(1), "not") {
                operator = "<>";
                end -= 1;
            }
        } else {
            end = word.wrapping_sub(1);
            operator = code.raw(end);
        }
        let array = value
            .cast
            .as_deref()
            .is_some_and(|cast| cast.ends_with("[]"));
        let test = match self.operand_before(end) {
            Some(list) if !array => equality(operator, Some(list)),
            _ => Test::None,
        };
        self.finish(value, test)
    }
}

fn shape(text: bool) -> Shape {
    if text { Shape::Text } else { Shape::Json }
}

/// `?|` takes an array, which may be written as one text.
fn flat(list: Vec<String>) -> Vec<String> {
    match list.as_slice() {
        [array] if array.starts_with('{') => super::key::array_texts(array),
        _ => list,
    }
}

fn equality(operator: &str, literals: Option<Vec<String>>) -> Test {
    match (operator, literals) {
        ("=", Some(literals)) => Test::Equal(literals),
        ("<>" | "!=", Some(literals)) => Test::NotEqual(literals),
        _ => Test::None,
    }
}

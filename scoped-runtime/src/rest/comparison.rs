use std::borrow::Cow;

use super::body::has_nul;
use super::column::{Column, Parts};
use super::encode::{push_encoded, push_value};
use super::literal::sealed::Literal;
use super::mistake::Mistake;
use super::operand::sealed::{Render, RenderedOperand};
use super::operator::{Is, Kind, OPERATORS, configured, is_list, is_operand_of_is};
use super::value::FilterValue;

/// A column, an operator and an operand.
pub(super) struct Comparison<'a> {
    pub(super) column: Parts<'a>,
    pub(super) negated: bool,
    operator: &'static str,
    /// The parentheses after the operator: `(any)`, `(all)` or the configuration of a text search.
    modifier: Cow<'static, str>,
    operand: String,
    /// Whether the operand has its own syntax, such as a list in parentheses, and must not be quoted.
    is_syntax: bool,
    /// The result for every row, if it is the same for all of them.
    constant: Option<bool>,
    /// The result for every row whose column is not null, if it is the same for all of them.
    constant_if_not_null: Option<bool>,
}

/// Whether a condition can exclude rows whose column is not null. An update or a delete needs a filter that
/// can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Restriction {
    pub(super) condition: bool,
    /// The same for the negated condition.
    pub(super) negation: bool,
}

impl Restriction {
    pub(super) fn negated(self) -> Self {
        Self {
            condition: self.negation,
            negation: self.condition,
        }
    }
}

impl<'a> Comparison<'a> {
    fn new(column: Column<'a>, operator: &'static str, operand: String) -> Result<Self, Mistake> {
        let column = column.parts()?;
        if let Some(mistake) = Mistake::if_nul("the value for column", &operand) {
            return Err(mistake);
        }
        Ok(Self {
            column,
            negated: false,
            operator,
            modifier: Cow::Borrowed(""),
            operand,
            is_syntax: false,
            constant: None,
            constant_if_not_null: None,
        })
    }

    pub(super) fn value(
        column: Column<'a>,
        operator: &'static str,
        value: &impl FilterValue,
    ) -> Result<Self, Mistake> {
        let mut operand = String::new();
        value.append_to(&mut operand);
        Self::new(column, operator, operand)
    }

    pub(super) fn operand(
        column: Column<'a>,
        operator: &'static str,
        operand: &impl Render,
    ) -> Result<Self, Mistake> {
        let RenderedOperand {
            quantifier,
            text,
            constant,
        } = operand.render();
        Ok(Self {
            modifier: Cow::Borrowed(quantifier),
            constant,
            ..Self::new(column, operator, text)?
        })
    }

    pub(super) fn literal(
        column: Column<'a>,
        operator: &'static str,
        literal: &impl Literal,
    ) -> Result<Self, Mistake> {
        let operand = literal.literal().map_err(|why| {
            Mistake::new(
                format!("a filter's value cannot be written as JSON: {why}"),
                "check its `Serialize` implementation",
            )
        })?;
        let constant_if_not_null = match operator {
            "cs" => Some(true),
            "cd" => None,
            _ => Some(false),
        };
        if has_nul(operand.as_bytes()) {
            return Err(Mistake::new(
                "the JSON in a filter contains NUL",
                "remove it, since text in PostgreSQL cannot contain NUL",
            ));
        }
        Ok(Self {
            constant_if_not_null: constant_if_not_null.filter(|_| literal.is_empty()),
            ..Self::new(column, operator, operand)?
        })
    }

    pub(super) fn is(column: Column<'a>, is: Is) -> Result<Self, Mistake> {
        Ok(Self {
            is_syntax: true,
            ..Self::new(column, "is", is.text().to_owned())?
        })
    }

    /// One of these values. PostgREST reads a list of one empty text as an empty list, so the text is sent
    /// twice.
    pub(super) fn in_<V: FilterValue>(
        column: Column<'a>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, Mistake> {
        let mut list = String::from("(");
        let mut value = String::new();
        let mut count = 0;
        for item in values {
            if count > 0 {
                list.push(',');
            }
            value.clear();
            item.append_to(&mut value);
            push_value(&mut list, &value);
            count += 1;
        }
        if count == 1 && value.is_empty() {
            list.push_str(",\"\"");
        }
        list.push(')');
        Ok(Self {
            is_syntax: true,
            constant: (count == 0).then_some(false),
            ..Self::new(column, "in", list)?
        })
    }

    /// A full-text search, with an optional configuration such as `english`.
    pub(super) fn search(
        column: Column<'a>,
        operator: &'static str,
        query: &str,
        configuration: Option<&str>,
    ) -> Result<Self, Mistake> {
        let modifier = configuration.map(configured).transpose()?;
        Ok(Self {
            modifier: modifier.unwrap_or_default().into(),
            ..Self::new(column, operator, query.to_owned())?
        })
    }

    /// A literal substring search: a regular expression in which every special character is escaped. `like`
    /// cannot express it, since PostgREST replaces each `*` of a pattern by `%`.
    pub(super) fn contains_text(
        column: Column<'a>,
        operator: &'static str,
        text: &str,
    ) -> Result<Self, Mistake> {
        if text.is_empty() {
            return Err(Mistake::new(
                "a search for an empty text matches every row",
                "leave the filter out",
            ));
        }
        let mut pattern = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_ascii_punctuation() && letter != '_' {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        Self::new(column, operator, pattern)
    }

    /// An operator and an operand in PostgREST's notation.
    pub(super) fn raw(
        column: Column<'a>,
        operator: &str,
        operand: &impl FilterValue,
    ) -> Result<Self, Mistake> {
        let (negated, name) = match operator.strip_prefix("not.") {
            Some(name) => (true, name),
            None => (false, operator),
        };
        let (name, modifier) = match name.split_once('(') {
            Some((name, modifier)) => (name, Some(modifier.strip_suffix(')').unwrap_or("("))),
            None => (name, None),
        };
        let unknown = || {
            Mistake::named(
                "operator",
                operator,
                "is not an operator of PostgREST",
                "use an operator such as `eq`, `like(any)`, `fts(english)` or `not.in`",
            )
        };
        let known = OPERATORS.iter().find(|(known, _)| *known == name);
        let (operator, kind) = *known.ok_or_else(unknown)?;
        let modifier = match (kind, modifier) {
            (_, None) => String::new(),
            (Kind::Quantifiable, Some(quantifier @ ("any" | "all"))) => format!("({quantifier})"),
            (Kind::Search, Some(configuration)) => configured(configuration)?,
            _ => return Err(unknown()),
        };
        let comparison = Self::value(column, operator, operand)?;
        let is_well_formed = match kind {
            Kind::List => is_list(&comparison.operand),
            Kind::Is => is_operand_of_is(&comparison.operand),
            _ => true,
        };
        if !is_well_formed {
            return Err(Mistake::named(
                "operand",
                &comparison.operand,
                &format!("is not valid for the operator `{operator}`"),
                "use `in_(column, values)` for lists and `is(column, ..)` for null and booleans",
            ));
        }
        let constant_if_not_null = match (operator, modifier.as_str()) {
            ("cs", _) | (_, "(all)") => Some(true),
            ("ov", _) | (_, "(any)") => Some(false),
            _ => None,
        };
        let is_empty = matches!(comparison.operand.as_str(), "{}" | "[]" | "empty");
        Ok(Self {
            negated,
            constant_if_not_null: constant_if_not_null.filter(|_| is_empty),
            modifier: modifier.into(),
            is_syntax: matches!(kind, Kind::List | Kind::Is),
            ..comparison
        })
    }

    pub(super) fn negate(self) -> Self {
        let negated = !self.negated;
        Self { negated, ..self }
    }

    /// The result for every row, if it is the same for all of them.
    pub(super) fn constant(&self) -> Option<bool> {
        self.constant.map(|holds| holds != self.negated)
    }

    /// Whether the comparison and its negation can exclude rows.
    pub(super) fn restriction(&self) -> Restriction {
        let known = self.constant.or(self.constant_if_not_null);
        let restriction = Restriction {
            condition: known != Some(true),
            negation: known != Some(false),
        };
        if self.negated {
            restriction.negated()
        } else {
            restriction
        }
    }

    /// Appends the operator and the operand as the whole value of a URL parameter.
    pub(super) fn push_parameter(&self, target: &mut String) {
        if self.negated {
            target.push_str("not.");
        }
        self.push_operator(target);
        push_encoded(target, &self.operand);
    }

    /// Appends the operator and the operand as a member of a group of conditions, without `not.`.
    pub(super) fn push_condition(&self, target: &mut String) {
        self.push_operator(target);
        if self.is_syntax {
            target.push_str(&self.operand);
        } else {
            push_value(target, &self.operand);
        }
    }

    fn push_operator(&self, target: &mut String) {
        target.push_str(self.operator);
        target.push_str(&self.modifier);
        target.push('.');
    }
}

//! The rules of one field: each against its type, and all against each other.

use proc_macro2::Span;
use regex_lite::Regex;
use syn::Path;

use super::arguments::{Argument, text};
use super::shape::Shape;
use super::value::{self, Literal, LiteralValue, Number};
use crate::support::errors::Errors;

/// The rules that `#[claim(...)]` knows.
pub(super) const RULES: [&str; 9] = [
    "non_empty",
    "min",
    "max",
    "min_len",
    "max_len",
    "one_of",
    "pattern",
    "uuid",
    "custom",
];

/// A rule with its value.
pub(super) enum Rule {
    NonEmpty,
    Min(Number),
    Max(Number),
    MinLen(usize),
    MaxLen(usize),
    OneOf(Vec<Literal>),
    Pattern(String, Box<Regex>),
    Uuid,
    Custom(Path),
}

/// A rule where it stands.
pub(super) struct Constraint {
    pub(super) rule: Rule,
    pub(super) span: Span,
}

/// How long a UUID is in hyphenated form.
const UUID_LENGTH: usize = 36;

/// Reads one rule.
pub(super) fn read(argument: &Argument, shape: Shape, errors: &mut Errors) -> Option<Constraint> {
    let name = argument.name.to_string();
    if name != "custom" && !shape.can_have(&name) {
        let message = format!(
            "`{name}` means nothing for {}; remove it, or check with `custom = path`",
            shape.name()
        );
        errors.at(&argument.name, message);
        return None;
    }
    let place = argument.name.span();
    let (rule, span) = match name.as_str() {
        "non_empty" => (
            value::flag(argument, errors).then_some(Rule::NonEmpty)?,
            place,
        ),
        "uuid" => (value::flag(argument, errors).then_some(Rule::Uuid)?, place),
        "min" | "max" => {
            let (number, span) = value::number(argument, errors)?;
            fits(
                &Literal {
                    value: LiteralValue::Number(number),
                    span,
                },
                &name,
                shape,
                errors,
            )?;
            let rule = if name == "min" { Rule::Min } else { Rule::Max };
            (rule(number), span)
        }
        "min_len" => {
            let (count, span) = value::count(argument, errors)?;
            (Rule::MinLen(count), span)
        }
        "max_len" => {
            let (count, span) = value::count(argument, errors)?;
            (Rule::MaxLen(count), span)
        }
        "one_of" => {
            let listed = value::literals(argument, errors)?;
            for literal in &listed {
                fits(literal, &name, shape, errors)?;
            }
            (Rule::OneOf(listed), place)
        }
        "pattern" => {
            let pattern = text(argument, errors)?;
            let whole = format!("^(?:{})$", pattern.value());
            match Regex::new(&pattern.value()).and_then(|_| Regex::new(&whole)) {
                Ok(regex) => (Rule::Pattern(pattern.value(), regex.into()), pattern.span()),
                Err(error) => {
                    let message = format!(
                        "this pattern does not compile: {error}; see the syntax of the crate `regex-lite`"
                    );
                    errors.at(&pattern, message);
                    return None;
                }
            }
        }
        _ => (Rule::Custom(value::path(argument, errors)?), place),
    };
    Some(Constraint { rule, span })
}

/// Whether a literal can be a value of the type.
pub(super) fn fits(literal: &Literal, of: &str, shape: Shape, errors: &mut Errors) -> Option<()> {
    let fits = match (&literal.value, shape) {
        (_, Shape::Unknown)
        | (LiteralValue::Text(_), Shape::Text)
        | (LiteralValue::Number(_), Shape::Float) => true,
        (LiteralValue::Text(text), Shape::Uuid) => is_uuid(text),
        (LiteralValue::Number(Number::Integer(number)), Shape::Integer(low, high)) => {
            (low..=high).contains(number)
        }
        _ => false,
    };
    if !fits {
        let message = format!(
            "`{of}` has {literal}, which this field's type cannot hold; use a value of the type"
        );
        errors.span(literal.span, message);
    }
    fits.then_some(())
}

/// Refuses rules that no value obeys, and listed values that break another rule.
pub(super) fn check(constraints: &[Constraint], errors: &mut Errors) {
    for (index, constraint) in constraints.iter().enumerate() {
        for earlier in &constraints[..index] {
            let rules = (&constraint.rule, &earlier.rule);
            if let Some(message) =
                contradiction(rules.0, rules.1).or_else(|| contradiction(rules.1, rules.0))
            {
                errors.span(constraint.span, message);
            }
        }
        if let Rule::OneOf(listed) = &constraint.rule {
            for literal in listed {
                check_value(literal, "one_of", constraints, errors);
            }
        }
    }
}

fn contradiction(one: &Rule, other: &Rule) -> Option<String> {
    let contradict = match (one, other) {
        (Rule::Min(min), Rule::Max(max)) => min > max,
        (Rule::MinLen(min), Rule::MaxLen(max)) => min > max,
        (Rule::NonEmpty, Rule::MaxLen(0))
        | (Rule::Min(_) | Rule::Max(_), Rule::Uuid | Rule::Pattern(..)) => true,
        (Rule::Uuid, Rule::MaxLen(max)) => *max < UUID_LENGTH,
        (Rule::Uuid, Rule::MinLen(min)) => *min > UUID_LENGTH,
        _ => false,
    };
    let (one, other) = (shown(one), shown(other));
    contradict.then(|| format!("`{one}` contradicts `{other}`; no value obeys both"))
}

fn shown(rule: &Rule) -> String {
    match rule {
        Rule::NonEmpty => "non_empty".to_owned(),
        Rule::Min(min) => format!("min = {min}"),
        Rule::Max(max) => format!("max = {max}"),
        Rule::MinLen(min) => format!("min_len = {min}"),
        Rule::MaxLen(max) => format!("max_len = {max}"),
        Rule::OneOf(_) => "one_of".to_owned(),
        Rule::Pattern(pattern, _) => format!("pattern = \"{}\"", pattern.escape_debug()),
        Rule::Uuid => "uuid".to_owned(),
        Rule::Custom(_) => "custom".to_owned(),
    }
}

/// Refuses a literal of `one_of` or `default` that breaks another rule.
pub(super) fn check_value(
    literal: &Literal,
    of: &str,
    constraints: &[Constraint],
    errors: &mut Errors,
) {
    for constraint in constraints {
        if is_broken(&literal.value, &constraint.rule) {
            let rule = shown(&constraint.rule);
            let message = format!("{literal} of `{of}` breaks `{rule}`; change one of the two");
            errors.span(literal.span, message);
        }
    }
}

fn is_broken(value: &LiteralValue, rule: &Rule) -> bool {
    match (value, rule) {
        (_, Rule::OneOf(listed)) => !listed.iter().any(|literal| literal.value == *value),
        (_, Rule::Custom(_)) => false,
        (LiteralValue::Text(text), rule) => {
            let length = text.chars().count();
            match rule {
                Rule::NonEmpty => length == 0,
                Rule::MinLen(min) => length < *min,
                Rule::MaxLen(max) => length > *max,
                Rule::Uuid => !is_uuid(text),
                Rule::Pattern(_, regex) => !regex.is_match(text),
                _ => true,
            }
        }
        (LiteralValue::Number(number), rule) => match rule {
            Rule::Min(min) => number < min,
            Rule::Max(max) => number > max,
            _ => true,
        },
    }
}

/// In hyphenated form, the only one that two texts of the same UUID share.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

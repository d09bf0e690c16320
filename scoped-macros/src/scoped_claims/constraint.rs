//! The constraints of one field, checked against its type and against each other. Their meaning is in
//! `scoped_rules::constraint`.

use proc_macro2::Span;
use scoped_rules::constraint::{self, Literal, Number};
use scoped_rules::{ClaimKind, uuid};
use syn::Path;

use super::argument_value::{self, WrittenLiteral};
use super::arguments::{Argument, text};
use super::type_shape::TypeShape;
use crate::support::errors::Errors;

/// A constraint that owns its texts.
pub(super) type Constraint = constraint::Constraint<String, Vec<Literal<String>>>;

/// A constraint and where it is written.
pub(super) struct WrittenConstraint {
    pub(super) constraint: Constraint,
    pub(super) span: Span,
    /// The spans of the values of `one_of`.
    listed: Vec<Span>,
    /// The function of `custom`.
    pub(super) path: Option<Path>,
}

/// Reads one constraint.
pub(super) fn read(
    argument: &Argument,
    shape: TypeShape,
    errors: &mut Errors,
) -> Option<WrittenConstraint> {
    let name = argument.name.to_string();
    if !constraint::applies_to(&name, shape.kind) {
        let message = format!(
            "`{name}` does not apply to {}; remove it, or check with `custom = path`",
            shape.kind.noun()
        );
        errors.at(&argument.name, message);
        return None;
    }
    let mut span = argument.name.span();
    let mut listed = Vec::new();
    let mut path = None;
    let constraint = match name.as_str() {
        "non_empty" => argument_value::flag(argument, errors).then_some(Constraint::NonEmpty)?,
        "uuid" => argument_value::flag(argument, errors).then_some(Constraint::Uuid)?,
        "min" | "max" => {
            let number;
            (number, span) = argument_value::number(argument, errors)?;
            let value = Literal::Number(number);
            fits(&WrittenLiteral { value, span }, &name, shape, errors)?;
            match name.as_str() {
                "min" => Constraint::Min(number),
                _ => Constraint::Max(number),
            }
        }
        "min_len" | "max_len" => {
            let count;
            (count, span) = argument_value::count(argument, errors)?;
            match name.as_str() {
                "min_len" => Constraint::MinLen(count),
                _ => Constraint::MaxLen(count),
            }
        }
        "one_of" => {
            let literals = argument_value::literals(argument, errors)?;
            for literal in &literals {
                fits(literal, &name, shape, errors)?;
            }
            listed = literals.iter().map(|literal| literal.span).collect();
            Constraint::OneOf(literals.into_iter().map(|literal| literal.value).collect())
        }
        "pattern" => {
            let pattern = text(argument, errors)?;
            if let Err(error) = constraint::pattern(&pattern.value()) {
                let message = format!(
                    "this pattern does not compile: {error}; see the syntax of the crate `regex-lite`"
                );
                errors.at(&pattern, message);
                return None;
            }
            span = pattern.span();
            Constraint::Pattern(pattern.value())
        }
        "custom" => {
            let function = argument_value::path(argument, errors)?;
            let written = quote::quote!(#function).to_string().replace(' ', "");
            path = Some(function);
            Constraint::Custom(written)
        }
        _ => {
            errors.unknown_argument(&argument.name, &name, &constraint::NAMES);
            return None;
        }
    };
    Some(WrittenConstraint {
        constraint,
        span,
        listed,
        path,
    })
}

/// Returns the value if the type can have it, otherwise reports it.
pub(super) fn fits(
    literal: &WrittenLiteral,
    of: &str,
    shape: TypeShape,
    errors: &mut Errors,
) -> Option<()> {
    let fits = match (&literal.value, shape.kind) {
        (_, ClaimKind::Any)
        | (Literal::Text(_), ClaimKind::Text)
        | (Literal::Number(_), ClaimKind::Float) => true,
        (Literal::Text(text), ClaimKind::Uuid) => uuid::is_hyphenated(text),
        (Literal::Number(Number::Integer(number)), ClaimKind::Integer) => {
            shape.range().contains(number)
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

/// Reports constraints that contradict each other, and values of `one_of` that violate another constraint.
pub(super) fn check(constraints: &[WrittenConstraint], errors: &mut Errors) {
    for (index, written) in constraints.iter().enumerate() {
        for earlier in &constraints[..index] {
            let (one, other) = (&written.constraint, &earlier.constraint);
            if one.contradicts(other) {
                // The message names the lower bound first.
                let is_upper = matches!(one, Constraint::Max(_) | Constraint::MaxLen(_));
                let (one, other) = if is_upper { (other, one) } else { (one, other) };
                let message = format!(
                    "`{one}` contradicts `{other}`, so that no value satisfies both; change one of the two"
                );
                errors.span(written.span, message);
            }
        }
        if let Constraint::OneOf(listed) = &written.constraint {
            for (value, span) in listed.iter().zip(&written.listed) {
                let value = value.clone();
                let literal = WrittenLiteral { value, span: *span };
                check_value(&literal, "one_of", constraints, errors);
            }
        }
    }
}

/// Reports a literal of `one_of` or `default` that violates another constraint.
pub(super) fn check_value(
    literal: &WrittenLiteral,
    of: &str,
    constraints: &[WrittenConstraint],
    errors: &mut Errors,
) {
    for WrittenConstraint { constraint, .. } in constraints {
        if constraint.check(literal.value.value()).is_err() {
            let message =
                format!("{literal} of `{of}` violates `{constraint}`; change one of the two");
            errors.span(literal.span, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};
    use scoped_rules::constraint::NAMES;

    #[test]
    fn every_constraint_of_the_rules_is_read() {
        for name in NAMES {
            let argument = format_ident!("{name}");
            let item = quote!(
                struct Tenant {
                    #[claim(#argument)]
                    plan: Plan,
                }
            );
            let output = super::super::expand(quote!(), item).to_string();
            assert!(!output.contains("unknown argument"), "{name}: {output}");
        }
    }

    #[test]
    fn every_constraint_of_the_rules_is_documented() {
        let documentation = include_str!("attribute.md");
        for name in NAMES {
            let row = documentation
                .lines()
                .filter(|line| line.starts_with("| `"))
                .any(|line| line.contains(&format!("`{name}")));
            assert!(row, "`{name}` is not in a table of `attribute.md`");
        }
    }
}

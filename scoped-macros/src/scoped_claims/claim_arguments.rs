//! The arguments of `#[claim(...)]`.

use scoped_rules::constraint::NAMES;
use syn::{Expr, LitStr};

use super::argument_value;
use super::arguments::{Argument, Arguments, Value, refuse_repeat, text};
use super::claim_paths;
use super::constraint::{self, WrittenConstraint};
use super::model::ClaimFlags;
use super::type_shape::TypeShape;
use crate::support::errors::Errors;

const OTHERS: [&str; 7] = [
    "rename",
    "under",
    "default",
    "skip",
    "secret",
    "unread",
    "allow_float",
];

/// The arguments of `#[claim(...)]` on a field.
#[derive(Default)]
pub(super) struct ClaimArguments {
    pub(super) rename: Option<LitStr>,
    pub(super) under: Option<LitStr>,
    /// Whether a mistake may hide the name of the claim.
    pub(super) is_unclear: bool,
    pub(super) default: Option<WrittenDefault>,
    pub(super) skip: bool,
    pub(super) flags: ClaimFlags,
    pub(super) constraints: Vec<WrittenConstraint>,
}

pub(super) enum WrittenDefault {
    OfType,
    Value(Expr),
}

/// Reads the arguments. `can_change_serde` is false under a derive, which cannot add attributes of serde.
pub(super) fn read(
    arguments: &Arguments,
    shape: TypeShape,
    can_change_serde: bool,
    errors: &mut Errors,
) -> ClaimArguments {
    let mut claim = ClaimArguments {
        is_unclear: !arguments.complete,
        ..ClaimArguments::default()
    };
    let arguments = &arguments.list;
    for (index, argument) in arguments.iter().enumerate() {
        let name = &argument.name;
        let earlier = &arguments[..index];
        if earlier.iter().any(|earlier| earlier.name == *name) {
            refuse_repeat(name, errors);
            continue;
        }
        let written = name.to_string();
        if !can_change_serde && refuse_under_derive(argument, &written, errors) {
            claim.is_unclear = true;
            continue;
        }
        match written.as_str() {
            "rename" => {
                claim.rename = text(argument, errors);
                claim.is_unclear |= claim.rename.is_none();
            }
            "under" => {
                claim.under =
                    text(argument, errors).filter(|name| claim_paths::check_part(name, errors));
                claim.is_unclear |= claim.under.is_none();
            }
            "default" => claim.default = default(argument, errors),
            "skip" => claim.skip = argument_value::flag(argument, errors),
            "secret" => claim.flags.secret = argument_value::flag(argument, errors),
            "unread" => claim.flags.unread = argument_value::flag(argument, errors),
            "allow_float" => claim.flags.allow_float = argument_value::flag(argument, errors),
            rule if NAMES.contains(&rule) => {
                let constraint = constraint::read(argument, shape, errors);
                claim.constraints.extend(constraint);
            }
            unknown => {
                let known: Vec<&str> = OTHERS.into_iter().chain(NAMES).collect();
                errors.unknown_argument(name, unknown, &known);
                claim.is_unclear = true;
            }
        }
    }
    if claim.skip
        && let Some(other) = arguments
            .iter()
            .find(|argument| argument.name != "skip" && argument.name != "default")
    {
        let message = format!(
            "the field is skipped, so it is not a claim; remove `skip` or `{}`",
            other.name
        );
        errors.at(&other.name, message);
    }
    constraint::check(&claim.constraints, errors);
    check_default(&claim, shape, errors);
    claim
}

fn default(argument: &Argument, errors: &mut Errors) -> Option<WrittenDefault> {
    match &argument.value {
        Value::Flag => Some(WrittenDefault::OfType),
        Value::Is(value) => Some(WrittenDefault::Value(value.clone())),
        Value::List(_) => {
            let message = "`default` takes its value after `=`; write `default = ...`";
            errors.at(&argument.name, message);
            None
        }
    }
}

fn check_default(claim: &ClaimArguments, shape: TypeShape, errors: &mut Errors) {
    if let Some(WrittenDefault::Value(value)) = &claim.default
        && let Some(literal) = argument_value::literal(value)
        && constraint::fits(&literal, "default", shape, errors).is_some()
    {
        constraint::check_value(&literal, "default", &claim.constraints, errors);
    }
}

/// Reports an argument that serde must know, because a derive cannot pass it to serde.
fn refuse_under_derive(argument: &Argument, name: &str, errors: &mut Errors) -> bool {
    let remedy = match name {
        "rename" | "default" | "skip" => format!("write `#[serde({name})]`"),
        "under" => "put `#[scoped_claims]` on the struct in place of the derives".to_owned(),
        _ => return false,
    };
    let remedy = remedy.replace("(rename)", "(rename = \"...\")");
    let message = format!("a derive cannot pass `{name}` to serde; {remedy}");
    errors.at(&argument.name, message);
    true
}

use syn::{Expr, ExprLit, Lit, LitStr};

use super::super::arguments::{Argument, Arguments, Value};
use super::{check_value, is_known, refuse_repeats, sides};
use crate::support::errors::Errors;

/// Serde's arguments on a field that this macro can follow.
const ON_FIELD: [&str; 12] = [
    "rename",
    "alias",
    "default",
    "skip",
    "skip_serializing",
    "skip_deserializing",
    "skip_serializing_if",
    "serialize_with",
    "deserialize_with",
    "with",
    "bound",
    "borrow",
];

/// The arguments of `#[serde(...)]` on a field.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(in super::super) struct SerdeOnField {
    /// The name that it is written under.
    pub(in super::super) rename: Option<LitStr>,
    /// Whether a mistake may hide another name.
    pub(in super::super) is_unclear: bool,
    /// The names that it is read from, if they are given: the first replaces its own, the others are
    /// additional.
    pub(in super::super) read_renames: Vec<LitStr>,
    pub(in super::super) aliases: Vec<LitStr>,
    /// Whether a function of the user writes it.
    pub(in super::super) serializes_with: bool,
    pub(in super::super) deserializes_with: bool,
    pub(in super::super) skips_reading: bool,
    /// Whether a missing claim is allowed; with `has_plain_default`, it becomes the default of the type.
    pub(in super::super) has_default: bool,
    pub(in super::super) has_plain_default: bool,
    pub(in super::super) skip: Skip,
    /// Whether it is not written if it is empty or `None`.
    pub(in super::super) skips_empty: bool,
}

/// When a field is not written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Skip {
    Never,
    /// If a function of the user decides so.
    If,
    Always,
}

pub(in super::super) fn on_field(arguments: &Arguments, errors: &mut Errors) -> SerdeOnField {
    let mut facts = SerdeOnField {
        rename: None,
        is_unclear: !arguments.complete,
        read_renames: Vec::new(),
        aliases: Vec::new(),
        serializes_with: false,
        deserializes_with: false,
        skips_reading: false,
        has_default: false,
        has_plain_default: false,
        skip: Skip::Never,
        skips_empty: false,
    };
    refuse_repeats(&arguments.list, errors);
    for argument in &arguments.list {
        match argument.name.to_string().as_str() {
            "rename" => {
                let names = sides(argument, errors);
                facts.is_unclear |= names.is_unclear;
                facts.read_renames.extend(names.deserialize);
                if let Some(name) = names.serialize {
                    // Two arguments of the plain form are reported as a repetition.
                    if facts.rename.is_some() && matches!(argument.value, Value::List(_)) {
                        let message = "serde renames this field already; remove one of the two";
                        errors.at(&name, message);
                    }
                    facts.rename = Some(name);
                }
            }
            "alias" => {
                let alias = literal(argument);
                facts.is_unclear |= alias.is_none();
                facts.aliases.extend(alias);
            }
            "with" => {
                facts.serializes_with = true;
                facts.deserializes_with = true;
            }
            "serialize_with" => facts.serializes_with = true,
            "deserialize_with" => facts.deserializes_with = true,
            "default" => {
                facts.has_default = true;
                facts.has_plain_default = matches!(argument.value, Value::Flag);
            }
            "skip" => {
                facts.skip = Skip::Always;
                facts.skips_reading = true;
            }
            "skip_serializing" => facts.skip = Skip::Always,
            "skip_deserializing" => facts.skips_reading = true,
            "skip_serializing_if" if facts.skip == Skip::Never => {
                facts.skip = Skip::If;
                facts.skips_empty = literal(argument).is_some_and(|path| {
                    let path = path.value();
                    path.ends_with("::is_empty") || path.ends_with("::is_none")
                });
            }
            name => facts.is_unclear |= !is_known(&argument.name, name, &ON_FIELD, errors),
        }
        check_value(argument, errors);
    }
    facts
}

/// The string of `name = "..."`; `check_value` reports everything else.
fn literal(argument: &Argument) -> Option<LitStr> {
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => Some(text.clone()),
        _ => None,
    }
}

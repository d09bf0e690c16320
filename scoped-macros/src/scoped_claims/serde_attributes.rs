//! The meaning of serde's attributes for the claims. Attributes that this macro cannot follow are refused.

mod on_field;

pub(super) use on_field::{SerdeOnField, Skip, on_field};

use syn::{ExprPath, Ident, LitStr};

use super::arguments::{self, Argument, Arguments, Value, refuse_repeat, text};
use super::rename_rule::RenameRule;
use crate::support::errors::Errors;

/// Serde's arguments on a struct that do not change the set of claims.
const ON_STRUCT: [&str; 9] = [
    "rename",
    "rename_all",
    "deny_unknown_fields",
    "default",
    "bound",
    "from",
    "try_from",
    "crate",
    "expecting",
];

/// The arguments of `#[serde(...)]` on a struct.
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(super) struct SerdeOnStruct {
    /// The rule for writing; `None` after a mistake.
    pub(super) rename_all: Option<RenameRule>,
    /// The rule for reading; `None` after a mistake.
    pub(super) read_rename_all: Option<RenameRule>,
    /// Whether the user gives the bounds of `Deserialize`.
    pub(super) bounds_deserialize: bool,
    /// Whether another type is read, by `from` or `try_from`.
    pub(super) converts: bool,
    /// Whether missing fields come from the struct's own default.
    pub(super) has_default: bool,
    /// The arguments that do not work on a mirror of the struct.
    pub(super) not_for_mirror: Vec<Ident>,
    /// Whether the user names the path of serde.
    pub(super) names_serde: bool,
}

pub(super) fn on_struct(arguments: &Arguments, errors: &mut Errors) -> SerdeOnStruct {
    let mut facts = SerdeOnStruct {
        rename_all: arguments.complete.then(RenameRule::default),
        read_rename_all: arguments.complete.then(RenameRule::default),
        bounds_deserialize: false,
        converts: false,
        has_default: false,
        not_for_mirror: Vec::new(),
        names_serde: false,
    };
    refuse_repeats(&arguments.list, errors);
    for argument in &arguments.list {
        match argument.name.to_string().as_str() {
            "rename_all" => {
                let names = sides(argument, errors);
                // In the form for both directions, the rule is reported once.
                if let Some(name) = &names.deserialize.last()
                    && matches!(argument.value, Value::List(_))
                {
                    facts.read_rename_all = read_rule(name, errors);
                }
                if let Some(name) = names.serialize {
                    facts.rename_all = read_rule(&name, errors);
                    if matches!(argument.value, Value::Is(_)) {
                        facts.read_rename_all = facts.rename_all;
                    }
                }
                if names.is_unclear {
                    facts.rename_all = None;
                    facts.read_rename_all = None;
                }
            }
            "crate" => facts.names_serde = true,
            "default" => facts.has_default = true,
            "bound" => {
                facts.bounds_deserialize |= bounds_deserialize(argument, errors);
                facts.not_for_mirror.push(argument.name.clone());
            }
            "from" | "try_from" => {
                facts.converts = true;
                facts.not_for_mirror.push(argument.name.clone());
            }
            "deny_unknown_fields" => facts.not_for_mirror.push(argument.name.clone()),
            name if !is_known(&argument.name, name, &ON_STRUCT, errors) => {
                facts.rename_all = None;
                facts.read_rename_all = None;
            }
            _ => {}
        }
        check_value(argument, errors);
    }
    facts
}

/// Whether `bound = "..."` or `bound(deserialize = "...")` is given.
fn bounds_deserialize(argument: &Argument, errors: &mut Errors) -> bool {
    !sides(argument, errors).deserialize.is_empty()
}

fn read_rule(name: &LitStr, errors: &mut Errors) -> Option<RenameRule> {
    let rule = RenameRule::named(&name.value());
    errors.keep(rule.map_err(|message| syn::Error::new(name.span(), message)))
}

/// The names for both directions.
#[derive(Default)]
struct Sides {
    serialize: Option<LitStr>,
    deserialize: Vec<LitStr>,
    is_unclear: bool,
}

/// Reads `name = "..."` and `name(serialize = "...", deserialize = "...")`.
fn sides(argument: &Argument, errors: &mut Errors) -> Sides {
    let mut sides = Sides::default();
    let Value::List(list) = &argument.value else {
        sides.serialize = text(argument, errors);
        sides.is_unclear = sides.serialize.is_none();
        sides.deserialize.extend(sides.serialize.clone());
        return sides;
    };
    let list = arguments::read(list.clone(), errors);
    sides.is_unclear = !list.complete;
    for side in &list.list {
        let name = side.name.to_string();
        if !matches!(name.as_str(), "serialize" | "deserialize") {
            errors.unknown_argument(&side.name, &name, &["serialize", "deserialize"]);
            sides.is_unclear = true;
            continue;
        }
        let text = text(side, errors);
        sides.is_unclear |= text.is_none();
        if name == "serialize" {
            sides.serialize = text;
        } else {
            sides.deserialize.extend(text);
        }
    }
    sides
}

/// Reports a wrong value. Serde would refuse it too, but then implement nothing, so that every use of the
/// struct would be a further error.
fn check_value(argument: &Argument, errors: &mut Errors) {
    let name = &argument.name;
    match name.to_string().as_str() {
        "default" if matches!(argument.value, Value::Flag) => {}
        "skip_serializing_if"
        | "serialize_with"
        | "deserialize_with"
        | "with"
        | "default"
        | "crate" => {
            if let Some(path) = text(argument, errors)
                && path.parse::<ExprPath>().is_err()
            {
                errors.at(
                    &path,
                    format!("`{name}` takes a path; write `{name} = \"path::to::it\"`"),
                );
            }
        }
        "alias" | "expecting" => {
            text(argument, errors);
        }
        "skip" | "skip_serializing" | "skip_deserializing" | "deny_unknown_fields"
            if !matches!(argument.value, Value::Flag) =>
        {
            errors.at(name, format!("`{name}` takes no value; write `{name}`"));
        }
        _ => {}
    }
}

/// Reports repeated arguments. Serde allows some of them once for each direction.
fn refuse_repeats(arguments: &[Argument], errors: &mut Errors) {
    for (index, argument) in arguments.iter().enumerate() {
        let name = argument.name.to_string();
        let repeatable = match name.as_str() {
            "rename" | "rename_all" | "bound" => matches!(argument.value, Value::List(_)),
            "alias" => true,
            _ => false,
        };
        if !repeatable
            && arguments[..index]
                .iter()
                .any(|earlier| earlier.name == argument.name)
        {
            refuse_repeat(&argument.name, errors);
        }
    }
}

/// Reports arguments that change the set of claims in a way that this macro cannot follow. Returns whether
/// the argument is one of serde's.
fn is_known(at: &Ident, name: &str, known: &[&str], errors: &mut Errors) -> bool {
    if known.contains(&name) {
        return true;
    }
    let remove = format!("remove `{name}`");
    let (cause, remedy) = match name {
        "flatten" => (
            "hides the names of the claims",
            "write each claim as a field of this struct",
        ),
        "transparent" => ("takes away the names of the claims", remove.as_str()),
        "tag" => ("adds a claim that is not a field", "add a field for it"),
        "into" => (
            "serialises another type",
            "put `#[scoped_claims]` on that type",
        ),
        "remote" | "getter" => ("serialises another type", "write a struct of your own"),
        "untagged" | "content" | "rename_all_fields" | "field_identifier"
        | "variant_identifier" => ("is for enums", remove.as_str()),
        _ => {
            errors.unknown_argument(at, name, known);
            return false;
        }
    };
    errors.at(at, format!("serde's `{name}` {cause}; {remedy}"));
    true
}

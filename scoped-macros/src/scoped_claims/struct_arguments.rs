//! The arguments of the attribute itself, which apply to the whole struct.

use scoped_rules::similar::nearest;
use syn::{Generics, Ident, LitStr};

use super::arguments::{Argument, Arguments, Value, refuse_repeat, text};
use super::policies::WrittenPolicies;
use super::rename_rule::RenameRule;
use super::{argument_value, claim_paths};
use crate::support::crate_path::CratePath;
use crate::support::errors::Errors;
use crate::support::literal;

const KNOWN: [&str; 7] = [
    "role",
    "expires_in",
    "under",
    "max_bytes",
    "policies",
    "allow_user_metadata",
    "crate",
];

/// The arguments of `#[scoped_claims(...)]`.
#[derive(Default)]
pub(super) struct StructArguments {
    /// The path of the runtime; `None` if `crate` cannot be read.
    pub(super) runtime: Option<CratePath>,
    pub(super) role: Option<String>,
    /// The lifetime in seconds.
    pub(super) expires_in: Option<u64>,
    pub(super) under: Option<LitStr>,
    /// Whether `under` was meant, but cannot be read.
    pub(super) under_is_unclear: bool,
    pub(super) max_bytes: Option<usize>,
    pub(super) allow_user_metadata: bool,
    pub(super) policies: Option<WrittenPolicies>,
}

/// The settings of the struct that apply to its fields.
pub(super) struct StructContext<'a> {
    pub(super) options: &'a StructArguments,
    pub(super) rule: Option<RenameRule>,
    pub(super) read_rule: Option<RenameRule>,
    pub(super) name: &'a Ident,
    pub(super) generics: &'a Generics,
    pub(super) is_derive: bool,
    /// Whether serde takes missing fields from the struct's own default.
    pub(super) has_default: bool,
}

pub(super) fn read(arguments: &Arguments, errors: &mut Errors) -> StructArguments {
    let mut options = StructArguments::default();
    let is_told =
        |argument: &Argument| nearest(&argument.name.to_string(), &KNOWN) == Some("crate");
    options.runtime = Some(if arguments.list.iter().any(is_told) {
        CratePath::default()
    } else {
        CratePath::assumed(errors)
    });
    let arguments = &arguments.list;
    for (index, argument) in arguments.iter().enumerate() {
        let name = &argument.name;
        if arguments[..index]
            .iter()
            .any(|earlier| earlier.name == *name)
        {
            refuse_repeat(name, errors);
            continue;
        }
        match name.to_string().as_str() {
            "role" => {
                if let Some(name) = text(argument, errors) {
                    literal::check_role(&name, errors);
                    options.role = Some(name.value());
                }
            }
            "expires_in" => {
                if let Some(written) = text(argument, errors) {
                    let seconds = literal::lifetime("expires_in", &written.value());
                    let seconds =
                        seconds.map_err(|message| syn::Error::new(written.span(), message));
                    options.expires_in = errors.keep(seconds);
                }
            }
            "under" => {
                options.under =
                    text(argument, errors).filter(|name| claim_paths::check_part(name, errors));
                options.under_is_unclear = options.under.is_none();
            }
            "max_bytes" => {
                options.max_bytes = argument_value::count(argument, errors).map(|(count, span)| {
                    if count < 2 {
                        let message = "`max_bytes` leaves no room for claims; use a larger number";
                        errors.span(span, message);
                    }
                    count
                });
            }
            "policies" => options.policies = WrittenPolicies::read(argument, errors),
            "allow_user_metadata" => {
                options.allow_user_metadata = argument_value::flag(argument, errors);
            }
            "crate" => {
                options.runtime = if let Value::Is(value) = &argument.value {
                    CratePath::read(value, errors)
                } else {
                    let message = "`crate` has no value; write `crate = path::to::scoped_runtime`";
                    errors.at(name, message);
                    None
                };
            }
            unknown => {
                options.under_is_unclear |= nearest(unknown, &KNOWN) == Some("under");
                errors.unknown_argument(name, unknown, &KNOWN);
            }
        }
    }
    options
}

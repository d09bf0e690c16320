//! From what was written to what is true. Every mistake is kept; the model is good if there is none.

use syn::ext::IdentExt;
use syn::{Attribute, GenericParam, Generics, Ident, LitStr, Type};

use super::arguments::{Arguments, Value, refuse_repeat, text};
use super::model::{Claim, Clash, Field, Model, Rename};
use super::parse::{Written, WrittenField};
use super::rename_rule::RenameRule;
use super::serde_attributes::{self, Skip};
use crate::support::crate_path::CratePath;
use crate::support::errors::Errors;
use crate::support::{registered, suggest};

/// The arguments of `#[scoped_claims(...)]`. `None` when `crate` cannot be read.
pub(super) fn arguments(arguments: &Arguments, errors: &mut Errors) -> Option<CratePath> {
    let mut runtime = Some(CratePath::default());
    let arguments = &arguments.list;
    for (index, argument) in arguments.iter().enumerate() {
        let name = &argument.name;
        if arguments[..index]
            .iter()
            .any(|earlier| earlier.name == *name)
        {
            refuse_repeat(name, errors);
        } else if name != "crate" {
            errors.at(name, suggest::unknown(&name.to_string(), &["crate"]));
        } else if let Value::Is(value) = &argument.value {
            runtime = CratePath::read(value, errors);
        } else {
            errors.at(
                name,
                "`crate` has no value; write `crate = path::to::scoped_runtime`",
            );
            runtime = None;
        }
    }
    runtime
}

/// The struct.
pub(super) fn item(written: Written, runtime: CratePath, errors: &mut Errors) -> Model {
    refuse_lifetimes(&written.item.generics, errors);
    let serde = serde_attributes::on_struct(&written.serde, errors);
    let derives_serialize = written.derives.iter().any(|path| {
        path.segments
            .last()
            .is_some_and(|last| last.ident == "Serialize")
    });

    let mut names = Names::default();
    let mut fields = Vec::new();
    for written in &written.fields {
        let field = field(written, serde.rename_all, errors);
        if let Some(claim) = &field.claim {
            names.take(claim, &written.name, errors);
        }
        fields.push(field);
    }
    Model {
        runtime,
        item: written.item,
        derive_serialize: !derives_serialize,
        name_serde: !derives_serialize && !serde.names_serde,
        fields,
        clashes: names.clashes,
    }
}

/// A client keeps its claims for life and sends them from any thread.
fn refuse_lifetimes(generics: &Generics, errors: &mut Errors) {
    for parameter in &generics.params {
        if let GenericParam::Lifetime(parameter) = parameter {
            let lifetime = &parameter.lifetime;
            errors.at(
                lifetime,
                format!("a client keeps its claims, so they cannot borrow for `{lifetime}`; use owned types such as `String`"),
            );
        }
    }
}

fn field(written: &WrittenField, rule: Option<RenameRule>, errors: &mut Errors) -> Field {
    let serde = serde_attributes::on_field(&written.serde, errors);
    let (rename, is_unclear) = claim_rename(&written.claim, errors);
    if let (Some(_), Some(again)) = (&rename, &serde.rename) {
        let message = "`#[claim]` renames this field already; remove one of the two";
        errors.at(again, message);
    }
    if serde.skip == Skip::Always
        && let Some(argument) = written.claim.list.first()
    {
        let message = "serde skips this field, so it is no claim; remove `#[claim]` or the skip";
        errors.at(&argument.name, message);
    }
    let skip_none = serde.skip == Skip::Never && is_option(&written.field.ty);
    // After a mistake in what may name the claim, its name would be a guess, and a complaint about
    // that name a second message for one mistake.
    let claim = if serde.skip == Skip::Always || is_unclear || serde.is_unclear {
        None
    } else {
        let renamed = rename.as_ref().or(serde.rename.as_ref());
        claim(written, renamed, rule, errors)
    };
    Field {
        claim,
        rename: rename.map(|name| Rename {
            name,
            only_serialize: serde.renames_deserialize,
        }),
        skip_none,
    }
}

/// Reads `#[claim(rename = "...")]`. The flag says that a mistake may hide a name.
fn claim_rename(arguments: &Arguments, errors: &mut Errors) -> (Option<LitStr>, bool) {
    let mut rename = None;
    let mut is_unclear = !arguments.complete;
    let arguments = &arguments.list;
    for (index, argument) in arguments.iter().enumerate() {
        let name = &argument.name;
        if arguments[..index]
            .iter()
            .any(|earlier| earlier.name == *name)
        {
            refuse_repeat(name, errors);
        } else if name == "rename" {
            rename = text(argument, errors);
            is_unclear |= rename.is_none();
        } else {
            errors.at(name, suggest::unknown(&name.to_string(), &["rename"]));
            is_unclear = true;
        }
    }
    (rename, is_unclear)
}

/// The claim that the field becomes, as serde will name it.
fn claim(
    written: &WrittenField,
    renamed: Option<&LitStr>,
    rule: Option<RenameRule>,
    errors: &mut Errors,
) -> Option<Claim> {
    let (name, span) = if let Some(renamed) = renamed {
        (renamed.value(), renamed.span())
    } else {
        let field = written.name.unraw().to_string();
        let Some(name) = rule?.apply(&field) else {
            let message = "serde's `camelCase` fails on this name; rename this field";
            errors.at(&written.name, message);
            return None;
        };
        (name, written.name.span())
    };
    if name.is_empty() {
        errors.span(span, "a claim's name cannot be empty; rename this field");
        return None;
    }
    if registered::is_reserved(&name) {
        errors.span(
            span,
            format!("claim `{name}` is set by the runtime; rename this field"),
        );
    }
    let attributes = written.field.attrs.iter();
    let cfgs = attributes.filter(|attribute| attribute.path().is_ident("cfg"));
    Some(Claim {
        name,
        span,
        cfgs: cfgs.cloned().collect(),
    })
}

/// The names that are taken.
#[derive(Default)]
struct Names {
    taken: Vec<(String, Ident, Vec<Attribute>)>,
    clashes: Vec<Clash>,
}

impl Names {
    fn take(&mut self, claim: &Claim, field: &Ident, errors: &mut Errors) {
        let Claim { name, span, cfgs } = claim;
        for (_, first, earlier) in self.taken.iter().filter(|(taken, ..)| taken == name) {
            let message =
                format!("claim `{name}` comes from field `{first}` already; rename one of the two");
            if cfgs.is_empty() || earlier.is_empty() {
                errors.span(*span, message);
                break;
            }
            // Only the compiler knows whether both fields exist.
            let cfgs = earlier.iter().chain(cfgs).cloned().collect();
            self.clashes.push(Clash {
                cfgs,
                span: *span,
                message,
            });
        }
        self.taken.push((name.clone(), field.clone(), cfgs.clone()));
    }
}

/// By its name alone: a macro cannot see through an alias.
fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_option(&group.elem),
        Type::Paren(paren) => is_option(&paren.elem),
        Type::Path(path) => {
            path.qself.is_none()
                && path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "Option")
        }
        _ => false,
    }
}

//! From the written struct to the model. Every mistake is reported; the model is usable only if there is
//! none.

use syn::{GenericParam, Generics, Path};

use super::claim_paths::{self, TakenPaths};
use super::field;
use super::model::{Claim, Model, SerdeImpls};
use super::parse::WrittenStruct;
use super::serde_attributes::{self, SerdeOnStruct};
use super::struct_arguments::{StructArguments, StructContext};
use crate::support::errors::Errors;

/// Checks the struct. `is_derive` is whether the macro is a derive, which cannot change the struct.
pub(super) fn item(
    written: WrittenStruct,
    options: StructArguments,
    is_derive: bool,
    errors: &mut Errors,
) -> Model {
    refuse_lifetimes(&written.item.generics, errors);
    let serde = serde_attributes::on_struct(&written.serde, errors);
    if let Some(under) = &options.under {
        if is_derive {
            let message = "a derive cannot pass `under` to serde; put `#[scoped_claims]` on the struct in place of the derives";
            errors.at(under, message);
        }
        let allow = options.allow_user_metadata;
        let remedy = "use another object";
        claim_paths::check_root(&under.value(), under.span(), remedy, allow, errors);
    }

    let mut names = TakenPaths::default();
    let context = StructContext {
        options: &options,
        rule: serde.rename_all,
        read_rule: serde.read_rename_all,
        name: &written.item.ident,
        generics: &written.item.generics,
        is_derive,
        has_default: serde.has_default,
    };
    let mut fields = Vec::new();
    for written in &written.fields {
        fields.push(field::check(written, &context, errors));
    }
    for field in &fields {
        if let Some(claim) = &field.claim {
            names.take(claim.place(), &field.name, &field.cfgs, errors);
        }
    }
    for field in &fields {
        let written = field.claim.as_ref().map(Claim::path);
        let read = field.read_names.iter();
        for place in read.filter(|place| Some(&place.path) != written.as_ref()) {
            names.take(place.clone(), &field.name, &field.cfgs, errors);
        }
    }
    let needs_mirror = fields.iter().any(field::needs_mirror);
    Model {
        runtime: options.runtime.unwrap_or_default(),
        serde: who_implements(&written, &serde, needs_mirror, is_derive, errors),
        serde_arguments: written.serde.list,
        names_serde: serde.names_serde,
        bound_deserialize: !serde.bounds_deserialize && !serde.converts,
        item: written.item,
        role: options.role,
        expires_in: options.expires_in,
        max_bytes: options.max_bytes,
        allow_user_metadata: options.allow_user_metadata,
        fields,
        clashes: names.clashes,
    }
}

/// Reports lifetime parameters, because a client keeps its claims and sends them from any thread.
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

fn who_implements(
    written: &WrittenStruct,
    serde: &SerdeOnStruct,
    needs_mirror: bool,
    is_derive: bool,
    errors: &mut Errors,
) -> SerdeImpls {
    if is_derive {
        return SerdeImpls::User;
    }
    let derives = |name: &str| {
        let is_named = |path: &&Path| path.segments.last().is_some_and(|last| last.ident == name);
        written.derives.iter().find(is_named)
    };
    let (serialize, deserialize) = (derives("Serialize"), derives("Deserialize"));
    if !needs_mirror {
        return SerdeImpls::OnStruct {
            serialize: serialize.is_none(),
            deserialize: deserialize.is_none(),
        };
    }
    for path in [serialize, deserialize].into_iter().flatten() {
        let message = "this derive cannot express `under` and `default = ...`; remove it, since \
                       `#[scoped_claims]` implements the trait";
        errors.at(path, message);
    }
    for name in &serde.not_for_mirror {
        let message =
            format!("serde's `{name}` does not work with `under` and `default = ...`; remove one");
        errors.at(name, message);
    }
    SerdeImpls::Mirror
}

//! Checks the parameters that receive clients.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, Pat, PathArguments, Type};

use super::super::model::{Client, ClientKind, conditions};
use super::super::parse::{Arguments, WrittenClient, WrittenFunction};
use super::client_arguments::ClientArguments;
use super::{argument_values, shown};
use crate::support::errors::{ConditionalError, Errors};

/// Reports mistakes in the parameters. Returns the pairs of clients that are equal if both parameters exist.
pub(super) fn check(written: &mut WrittenFunction, errors: &mut Errors) -> Vec<ConditionalError> {
    for marker in &written.markers_on_self {
        let message =
            "`self` cannot be the client; mark a parameter such as `#[scoped] db: ScopedClient`";
        errors.at(marker, message);
    }
    for client in &written.clients {
        if let Type::Reference(reference) = &*client.parameter.ty {
            let owned = shown(&reference.elem);
            let message = format!("the function owns its client; take it by value, as `{owned}`");
            errors.at(reference, message);
        }
    }
    let duplicates = find_duplicates(&written.clients, errors);
    if written.clients.is_empty() && written.markers_on_self.is_empty() {
        find_unmarked(written, errors);
    }
    check_users(written, errors);
    for client in &written.clients {
        if let Some(argument) = needed_claims(&client.parameter.ty)
            && !ClientArguments::of_client(written, client).is_attempted("claims")
        {
            let claims = shown(argument);
            let message = format!(
                "the client needs claims of the type `{claims}`; pass them with `claims = ...`"
            );
            errors.at(argument, message);
        }
    }
    duplicates
}

/// Returns `None` only after a mistake was reported.
pub(super) fn model(written: &WrittenFunction, client: &WrittenClient) -> Option<Client> {
    let scope = ClientArguments::of_client(written, client);
    Some(Client {
        parameter: client.parameter.clone(),
        via: scope.value("via").cloned(),
        user: scope.value("user")?.clone(),
        settings: argument_values::settings(&scope),
        claims: scope.value("claims").cloned(),
        kind: if is_postgres(&client.parameter.ty) {
            ClientKind::Postgres
        } else {
            ClientKind::Requests
        },
    })
}

/// Finds clients with the same user and the same arguments. Those whose parameters have `#[cfg]` are returned
/// instead of reported.
fn find_duplicates(clients: &[WrittenClient], errors: &mut Errors) -> Vec<ConditionalError> {
    let plain = |client: &&WrittenClient| {
        client.arguments.list.is_empty() && !client.arguments.has_nameless
    };
    let plain: Vec<_> = clients.iter().filter(plain).collect();
    let mut duplicates = Vec::new();
    for (position, duplicate) in plain.iter().enumerate() {
        for first in &plain[..position] {
            // A client and a direct connection of one user are not the same.
            if is_postgres(&first.parameter.ty) != is_postgres(&duplicate.parameter.ty) {
                continue;
            }
            let pattern = &duplicate.parameter.pat;
            let message = format!(
                "client `{}` would be the same as `{}`; give it a user of its own, as in `#[scoped(user = ...)]`",
                shown(pattern),
                shown(&first.parameter.pat)
            );
            let of_both = [&first.parameter, &duplicate.parameter];
            if of_both
                .iter()
                .all(|parameter| conditions(parameter).next().is_none())
            {
                errors.at(pattern, message);
                break;
            }
            // Only the compiler knows whether both parameters exist.
            duplicates.push(ConditionalError {
                cfgs: of_both.into_iter().flat_map(conditions).cloned().collect(),
                span: pattern.span(),
                message,
            });
        }
    }
    duplicates
}

fn check_users(written: &WrittenFunction, errors: &mut Errors) {
    let lacks =
        |client: &&WrittenClient| !ClientArguments::of_client(written, client).is_attempted("user");
    let without: Vec<_> = written.clients.iter().filter(lacks).collect();
    if without.len() == written.clients.len() {
        if !ClientArguments::of_attribute(written).is_attempted("user") {
            let message = "argument `user` is missing; name the user to act as, with `user = ...`";
            errors.span(Span::call_site(), message);
        }
        return;
    }
    for client in without {
        let pattern = &client.parameter.pat;
        let message = format!(
            "client `{}` has no user; name the user to act as, with `#[scoped(user = ...)]`",
            shown(pattern)
        );
        errors.at(pattern, message);
    }
}

/// Reports that no parameter has `#[scoped]`, and takes an unmarked client for the one that was meant.
fn find_unmarked(written: &mut WrittenFunction, errors: &mut Errors) {
    let inputs = &mut written.function.signature.inputs;
    let found = inputs
        .iter()
        .enumerate()
        .find_map(|(position, input)| match input {
            FnArg::Typed(parameter) if client_segment(&parameter.ty).is_some() => {
                Some((position, parameter.clone()))
            }
            _ => None,
        });
    let Some((position, parameter)) = found else {
        let message =
            "no parameter receives the client; add one such as `#[scoped] db: ScopedClient`";
        errors.at(&written.function.signature.ident, message);
        return;
    };
    let pattern = shown(&parameter.pat);
    let message = format!("the client is not marked; write `#[scoped] {pattern}`");
    errors.at(&parameter.pat, message);
    // Callers of the corrected function will not pass it.
    let others = std::mem::take(inputs).into_iter().enumerate();
    let others = others.filter(|(other, _)| *other != position);
    *inputs = others.map(|(_, input)| input).collect();
    written.clients.push(WrittenClient {
        parameter,
        arguments: Arguments::default(),
    });
}

/// The name of the client's variable, if its pattern is a name.
pub(super) fn name(client: &WrittenClient) -> Option<&syn::Ident> {
    match &*client.parameter.pat {
        Pat::Ident(pattern) => Some(&pattern.ident),
        _ => None,
    }
}

/// The type of a client that runs SQL over a direct connection.
const POSTGRES: &str = "ScopedPostgres";

fn is_postgres(ty: &Type) -> bool {
    client_segment(ty).is_some_and(|segment| segment.ident == POSTGRES)
}

fn client_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .filter(|last| last.ident == "ScopedClient" || last.ident == POSTGRES),
        _ => None,
    }
}

/// The `Tenant` of `ScopedClient<Tenant>`.
fn needed_claims(ty: &Type) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &client_segment(ty)?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Infer(_)) => None,
        GenericArgument::Type(Type::Path(path))
            if path.path.segments.last()?.ident == "NoClaims" =>
        {
            None
        }
        GenericArgument::Type(claims) => Some(claims),
        _ => None,
    }
}

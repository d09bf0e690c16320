//! From what was written to what is true. Reports every mistake, each once.

mod order;
mod value;

use quote::ToTokens;
use syn::{Expr, FnArg, GenericArgument, Meta, PatType, PathArguments, ReturnType, Type};

use super::model::Model;
use super::parse::{Value, Written};
use crate::support::errors::Errors;
use crate::support::suggest;

const KNOWN: [&str; 6] = ["user", "claims", "role", "expires_in", "via", "crate"];

/// `None` only when a mistake was reported.
pub(super) fn check(written: &mut Written, errors: &mut Errors) -> Option<Model> {
    check_names(written, errors);
    check_function(written, errors);
    let output = check_output(&written.function.signature, errors);
    let client = check_client(written, errors);
    order::check(written, errors);
    let user = value::user(written, errors);
    let role = value::role(written, errors);
    let expires_in = value::expires_in(written, errors);
    let runtime = value::runtime(written, errors);
    Some(Model {
        runtime: runtime?,
        function: written.function.clone(),
        client: client?,
        output: output?,
        via: written.value("via").cloned(),
        user: user?,
        claims: written.value("claims").cloned(),
        role,
        expires_in,
    })
}

/// The values that still mean something in a function that is otherwise wrong. Reading them there
/// keeps parameters and imports used, and completion working.
pub(super) fn usable(written: &Written) -> Vec<Expr> {
    let fallible = !matches!(
        declared_output(&written.function.signature),
        None | Some(Type::Tuple(_))
    );
    let given = |value: &Value| match value {
        Value::Given(value) => Some(value.clone()),
        Value::Missing | Value::Broken => None,
    };
    let arguments = written
        .arguments
        .iter()
        .filter(|argument| argument.name != "crate");
    arguments
        .filter_map(|argument| given(&argument.value))
        .filter(|value| value::literal(value).is_none())
        .filter(|value| fallible || !value.to_token_stream().to_string().contains('?'))
        .filter(|value| !order::is_violated(value, written))
        .collect()
}

fn check_names(written: &Written, errors: &mut Errors) {
    for (position, argument) in written.arguments.iter().enumerate() {
        let name = argument.name.to_string();
        let earlier = &written.arguments[..position];
        if !KNOWN.contains(&&*name) {
            errors.at(&argument.name, suggest::unknown(&name, &KNOWN));
        } else if earlier.iter().any(|earlier| earlier.name == name) {
            errors.at(
                &argument.name,
                format!("argument `{name}` is given twice; remove one"),
            );
        } else if let Value::Missing = argument.value {
            let message = format!("argument `{name}` has no value; write `{name} = ...`");
            errors.at(&argument.name, message);
        }
    }
}

fn check_function(written: &Written, errors: &mut Errors) {
    let signature = &written.function.signature;
    if let Some(abi) = &signature.abi {
        let message = "an `extern` function cannot wait for requests; make it an `async fn`";
        errors.at(abi, message);
    } else if let Some(constness) = &signature.constness {
        let message = "a `const fn` cannot wait for requests; make it an `async fn`";
        errors.at(constness, message);
    } else if signature.asyncness.is_none() {
        let message = "a plain `fn` cannot wait for requests; make it an `async fn`";
        errors.at(signature.fn_token, message);
    }
    if written.function.body.is_none() {
        let message = format!(
            "function `{}` has no body to make the client in; put `#[impersonate]` on the implementation",
            signature.ident
        );
        errors.at(&signature.ident, message);
    }
}

fn declared_output(signature: &syn::Signature) -> Option<&Type> {
    match &signature.output {
        ReturnType::Type(_, output) => Some(output),
        ReturnType::Default => None,
    }
}

fn check_output(signature: &syn::Signature, errors: &mut Errors) -> Option<Type> {
    let message =
        "making the client can fail; return a `Result<_, E>` with `E: From<scoped_runtime::Error>`";
    match declared_output(signature) {
        None => errors.at(&signature.ident, message),
        Some(Type::Tuple(tuple)) if tuple.elems.is_empty() => errors.at(tuple, message),
        Some(output) => return Some(output.clone()),
    }
    None
}

fn check_client(written: &mut Written, errors: &mut Errors) -> Option<PatType> {
    for marker in &written.markers {
        if !matches!(marker.meta, Meta::Path(_)) {
            let message = "`#[scoped]` takes no arguments; give them to `#[impersonate(...)]`";
            errors.at(&marker.meta, message);
        }
    }
    for marker in &written.markers_on_self {
        let message =
            "`self` cannot be the client; mark a parameter such as `#[scoped] db: ScopedClient`";
        errors.at(marker, message);
    }
    for second in written.clients.iter().skip(1) {
        let message =
            "a second client is marked; a function acts as one user, so remove one `#[scoped]`";
        errors.at(&second.pat, message);
    }
    for client in &written.clients {
        if let Type::Reference(reference) = &*client.ty {
            let owned = shown(&reference.elem);
            let message = format!("the function owns its client; take it by value, as `{owned}`");
            errors.at(reference, message);
        }
    }
    if written.clients.is_empty() && written.markers_on_self.is_empty() {
        find_unmarked(written, errors);
    }
    let client = written.clients.first()?.clone();
    if let Some(argument) = needed_claims(&client.ty)
        && !is_attempted(written, "claims")
    {
        let claims = shown(argument);
        let message =
            format!("the client carries the claims of `{claims}`; say which, with `claims = ...`");
        errors.at(argument, message);
    }
    Some(client)
}

/// No marker: either it was forgotten or the whole parameter was.
fn find_unmarked(written: &mut Written, errors: &mut Errors) {
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
    let Some((position, found)) = found else {
        let message =
            "no parameter receives the client; add one such as `#[scoped] db: ScopedClient`";
        errors.at(&written.function.signature.ident, message);
        return;
    };
    let pattern = shown(&found.pat);
    let message = format!("the client is not marked; write `#[scoped] {pattern}`");
    errors.at(&found.pat, message);
    // The caller of the corrected function does not pass it.
    let others = std::mem::take(inputs).into_iter().enumerate();
    let others = others.filter(|(other, _)| *other != position);
    *inputs = others.map(|(_, input)| input).collect();
    written.clients.push(found);
}

fn client_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .filter(|last| last.ident == "ScopedClient"),
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

/// Whether the argument is there in any form, be it misspelt: then it is not missing as well.
fn is_attempted(written: &Written, name: &str) -> bool {
    let mut names = written
        .arguments
        .iter()
        .map(|argument| argument.name.to_string());
    written.has_nameless || names.any(|written| suggest::nearest(&written, &KNOWN) == Some(name))
}

/// Tokens as a person writes them.
fn shown(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, dense) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
    ] {
        text = text.replace(spaced, dense);
    }
    text
}

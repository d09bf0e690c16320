//! From the written function to the model. Reports every mistake, each once.

mod argument_names;
mod argument_values;
mod client;
mod client_arguments;
mod client_use;
mod function;
mod lifetime;

use quote::ToTokens;
use syn::Expr;

use super::model::Model;
use super::parse::{Arguments, WrittenFunction};
use crate::support::crate_path::CratePath;
use crate::support::errors::Errors;

/// Returns `None` only after it reported a mistake.
pub(super) fn check(written: &mut WrittenFunction, errors: &mut Errors) -> Option<Model> {
    argument_names::check(written, errors);
    let kind = function::kind(&written.function, errors);
    let output = function::output(&written.function.signature, kind, errors);
    let duplicates = client::check(written, errors);
    client_use::check(written, errors);
    argument_values::check(written, errors);
    lifetime::check(written, errors);
    let runtime = match written.arguments.value("crate") {
        None => Some(CratePath::assumed(errors)),
        Some(path) => CratePath::read(path, errors),
    };
    let clients: Vec<_> = written
        .clients
        .iter()
        .filter_map(|client| client::model(written, client))
        .collect();
    Some(Model {
        runtime: runtime?,
        function: written.function.clone(),
        kind,
        output,
        clients: (clients.len() == written.clients.len() && !clients.is_empty())
            .then_some(clients)?,
        duplicates,
    })
}

/// The values that can stay in a function with mistakes. If the function still reads them, the compiler
/// reports no unused parameters and imports, and completion works.
pub(super) fn usable(written: &WrittenFunction) -> Vec<Expr> {
    let can_stop = function::can_stop(&written.function.signature);
    let stops = |value: &&Expr| {
        let text = value.to_token_stream().to_string();
        text.contains('?') || text.contains(". await")
    };
    let values = lists(written).flat_map(|arguments| &arguments.list);
    let values = values.filter(|argument| argument.name != "crate");
    values
        .filter_map(|argument| argument.value.given())
        .filter(|value| argument_values::literal(value).is_none())
        .filter(|value| can_stop || !stops(value))
        .filter(|value| !client_use::is_violated(value, written))
        .cloned()
        .collect()
}

/// The arguments of the attribute and of each `#[scoped]`.
fn lists(written: &WrittenFunction) -> impl Iterator<Item = &Arguments> {
    let of_clients = written.clients.iter().map(|client| &client.arguments);
    std::iter::once(&written.arguments).chain(of_clients)
}

/// Tokens with the usual spaces.
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

//! Checks the names of the arguments.

use super::super::parse::{Arguments, Value, WrittenFunction};
use crate::support::errors::Errors;

pub(super) const KNOWN: [&str; 11] = [
    "user",
    "claims",
    "role",
    "expires_in",
    "refresh_before",
    "auto_refresh",
    "read_only",
    "actor",
    "reason",
    "via",
    "crate",
];

pub(super) fn check(written: &WrittenFunction, errors: &mut Errors) {
    check_list(&written.arguments, errors);
    for client in &written.clients {
        check_list(&client.arguments, errors);
        for argument in &client.arguments.list {
            if argument.name == "crate" {
                let message = "`crate` applies to all clients; move it to `#[impersonate(...)]`";
                errors.at(&argument.name, message);
            }
        }
    }
    check_use(written, errors);
}

fn check_list(arguments: &Arguments, errors: &mut Errors) {
    for (position, argument) in arguments.list.iter().enumerate() {
        let name = argument.name.to_string();
        let earlier = &arguments.list[..position];
        if !KNOWN.contains(&&*name) {
            errors.unknown_argument(&argument.name, &name, &KNOWN);
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

/// Reports arguments of the attribute that every `#[scoped(...)]` replaces.
fn check_use(written: &WrittenFunction, errors: &mut Errors) {
    let gives = |arguments: &Arguments, name: &syn::Ident| {
        arguments.list.iter().any(|argument| argument.name == *name)
    };
    for argument in &written.arguments.list {
        let name = &argument.name;
        let mut clients = written.clients.iter();
        if !written.clients.is_empty() && clients.all(|client| gives(&client.arguments, name)) {
            let message = format!("every `#[scoped(...)]` gives its own `{name}`; remove this one");
            errors.at(name, message);
        }
    }
}

//! Checks the values of the arguments, as far as the macro can without types.

use scoped_rules::uuid;
use syn::{Expr, Lit};

use super::super::model::{Lifetime, Setting};
use super::super::parse::{Arguments, WrittenFunction};
use super::client_arguments::ClientArguments;
use super::{lists, shown};
use crate::support::errors::Errors;
use crate::support::literal::{check_role as check_role_name, lifetime, seconds as seconds_of};

pub(super) fn check(written: &WrittenFunction, errors: &mut Errors) {
    for arguments in lists(written) {
        check_user(arguments, errors);
        check_role(arguments, errors);
        for name in ["expires_in", "refresh_before"] {
            check_duration(arguments, name, errors);
        }
        for name in ["auto_refresh", "read_only"] {
            check_switch(arguments, name, errors);
        }
    }
}

/// The calls of the builder, in the order in which they run.
pub(super) fn settings(scope: &ClientArguments<'_>) -> Vec<Setting> {
    let value = |name| scope.value(name).cloned();
    let time = |value: Expr| seconds(&value).map_or(Lifetime::Value(value), Lifetime::Seconds);
    let settings = [
        value("role").map(Setting::Role),
        value("expires_in").map(time).map(Setting::ExpiresIn),
        value("refresh_before")
            .map(time)
            .map(Setting::RefreshBefore),
        value("auto_refresh").map(Setting::AutoRefresh),
        value("read_only").map(Setting::ReadOnly),
        value("actor").map(Setting::Actor),
        value("reason").map(Setting::Reason),
    ];
    settings.into_iter().flatten().collect()
}

/// The seconds of a valid literal duration.
pub(super) fn seconds(value: &Expr) -> Option<u64> {
    match literal(value) {
        Some(Lit::Str(literal)) => seconds_of(&literal.value()).ok(),
        _ => None,
    }
}

fn check_user(arguments: &Arguments, errors: &mut Errors) {
    if let Some(Lit::Str(id)) = arguments.value("user").and_then(literal) {
        if id.value().trim().is_empty() {
            errors.at(id, "`user` is empty; pass the user's ID from `auth.users`");
        } else if uuid::parse_user_id(&id.value()).is_none() {
            errors.at(
                id,
                "`user` is not a UUID, so `auth.uid()` would fail; pass the user's ID from `auth.users`, \
                 or `UserId::external(..)` for a third-party issuer",
            );
        }
    }
}

fn check_role(arguments: &Arguments, errors: &mut Errors) {
    match arguments.value("role").and_then(literal) {
        Some(Lit::Str(name)) => check_role_name(name, errors),
        Some(other) => errors.at(other, "`role` is a name; write `role = \"authenticated\"`"),
        None => {}
    }
}

fn check_duration(arguments: &Arguments, name: &str, errors: &mut Errors) {
    let Some(written) = arguments.value(name).and_then(literal) else {
        return;
    };
    let seconds = match written {
        Lit::Str(literal) => lifetime(name, &literal.value()),
        other => {
            let text = shown(other);
            seconds_of(&text).and_then(|_| {
                Err(format!(
                    "duration `{text}` is not quoted; write `\"{text}\"`"
                ))
            })
        }
    };
    if let Err(message) = seconds {
        errors.at(written, message);
    }
}

fn check_switch(arguments: &Arguments, name: &str, errors: &mut Errors) {
    match arguments.value(name).and_then(literal) {
        None | Some(Lit::Bool(_)) => {}
        Some(other) => {
            let message = format!("`{name}` is `true` or `false`; write one of them");
            errors.at(other, message);
        }
    }
}

/// The literal that the expression is, also if it comes from `macro_rules!`.
pub(super) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(literal) => Some(&literal.lit),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

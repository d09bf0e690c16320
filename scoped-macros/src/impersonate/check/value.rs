//! The values of the arguments, as far as they are known before types are.

use syn::{Expr, Lit};

use super::super::model::{Setting, Time};
use super::super::parse::{Arguments, Written};
use super::scope::Scope;
use super::{lists, shown};
use crate::support::errors::Errors;
use crate::support::{duration, role};

/// A token cannot be revoked: the runtime allows a year.
const MAX_SECONDS: u64 = 365 * 24 * 3600;

pub(super) fn check(written: &Written, errors: &mut Errors) {
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

/// What the builder is told, in this order.
pub(super) fn settings(scope: &Scope<'_>) -> Vec<Setting> {
    let value = |name| scope.value(name).cloned();
    let time = |value: Expr| seconds(&value).map_or(Time::Value(value), Time::Seconds);
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

/// The seconds of a literal duration that is right.
pub(super) fn seconds(value: &Expr) -> Option<u64> {
    match literal(value) {
        Some(Lit::Str(literal)) => duration::seconds(&literal.value()).ok(),
        _ => None,
    }
}

fn check_user(arguments: &Arguments, errors: &mut Errors) {
    if let Some(Lit::Str(id)) = arguments.value("user").and_then(literal) {
        if id.value().trim().is_empty() {
            errors.at(id, "`user` is empty; pass the user's ID from `auth.users`");
        } else if !is_uuid(&id.value()) {
            errors.at(
                id,
                "`user` is not a UUID, so `auth.uid()` would fail; pass the user's ID from `auth.users`, \
                 or `UserId::external(..)` for a third-party issuer",
            );
        }
    }
}

/// The forms that the runtime reads: 32 hexadecimal digits, hyphenated or not, in braces or a URN.
fn is_uuid(id: &str) -> bool {
    let braced = id.strip_prefix('{').and_then(|id| id.strip_suffix('}'));
    let hyphenated = braced.or(id.strip_prefix("urn:uuid:"));
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<&str> = hyphenated.unwrap_or(id).split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let fits = lengths == [8, 4, 4, 4, 12] || (hyphenated.is_none() && lengths == [32]);
    fits && groups.into_iter().all(is_hex)
}

fn check_role(arguments: &Arguments, errors: &mut Errors) {
    match arguments.value("role").and_then(literal) {
        Some(Lit::Str(name)) => {
            if let Err(message) = role::check(&name.value()) {
                errors.at(name, message);
            }
        }
        Some(other) => errors.at(other, "`role` is a name; write `role = \"authenticated\"`"),
        None => {}
    }
}

fn check_duration(arguments: &Arguments, name: &str, errors: &mut Errors) {
    let Some(written) = arguments.value(name).and_then(literal) else {
        return;
    };
    let seconds = match written {
        Lit::Str(literal) => duration::seconds(&literal.value()),
        other => {
            let text = shown(other);
            duration::seconds(&text).and_then(|_| {
                Err(format!(
                    "duration `{text}` is not quoted; write `\"{text}\"`"
                ))
            })
        }
    };
    match seconds {
        Ok(seconds) if seconds > MAX_SECONDS => {
            let message = format!(
                "`{name}` is more than a year; use a short life, tokens are renewed by themselves"
            );
            errors.at(written, message);
        }
        Ok(_) => {}
        Err(message) => errors.at(written, message),
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

/// The literal that an expression is, also one that came through `macro_rules!`.
pub(super) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(literal) => Some(&literal.lit),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

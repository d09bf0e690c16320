//! The values of the arguments, as far as they are known before types are.

use proc_macro2::Span;
use syn::{Expr, Lit};

use super::super::model::Lifetime;
use super::super::parse::Written;
use super::{is_attempted, shown};
use crate::support::crate_path::CratePath;
use crate::support::errors::Errors;
use crate::support::{duration, role};

pub(super) fn user(written: &Written, errors: &mut Errors) -> Option<Expr> {
    let Some(user) = written.value("user") else {
        if !is_attempted(written, "user") {
            let message = "argument `user` is missing; say whom to act as, with `user = ...`";
            errors.span(Span::call_site(), message);
        }
        return None;
    };
    if let Some(Lit::Str(id)) = literal(user) {
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
    Some(user.clone())
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

pub(super) fn role(written: &Written, errors: &mut Errors) -> Option<Expr> {
    let value = written.value("role")?;
    match literal(value) {
        Some(Lit::Str(name)) => {
            if let Err(message) = role::check(&name.value()) {
                errors.at(name, message);
            }
        }
        Some(other) => errors.at(other, "`role` is a name; write `role = \"authenticated\"`"),
        None => {}
    }
    Some(value.clone())
}

pub(super) fn expires_in(written: &Written, errors: &mut Errors) -> Option<Lifetime> {
    let value = written.value("expires_in")?;
    let seconds = match literal(value) {
        Some(Lit::Str(literal)) => duration::seconds(&literal.value()),
        Some(other) => {
            let text = shown(other);
            duration::seconds(&text).and_then(|_| {
                Err(format!(
                    "duration `{text}` is not quoted; write `\"{text}\"`"
                ))
            })
        }
        None => return Some(Lifetime::Value(value.clone())),
    };
    seconds
        .map(Lifetime::Seconds)
        .map_err(|message| errors.at(value, message))
        .ok()
}

pub(super) fn runtime(written: &Written, errors: &mut Errors) -> Option<CratePath> {
    match written.value("crate") {
        None => Some(CratePath::default()),
        Some(path) => CratePath::read(path, errors),
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

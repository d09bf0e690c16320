//! Checks that literal durations are consistent.

use std::time::Duration;

use scoped_rules::lifetime;
use syn::{Lit, LitBool};

use super::super::parse::WrittenFunction;
use super::argument_values::{literal, seconds};
use super::client_arguments::ClientArguments;
use crate::support::errors::Errors;

pub(super) fn check(written: &WrittenFunction, errors: &mut Errors) {
    check_scope(&ClientArguments::of_attribute(written), errors);
    for client in &written.clients {
        check_scope(&ClientArguments::of_client(written, client), errors);
    }
}

/// Reports mistakes in the arguments of this list only, because the arguments of the attribute are checked once.
fn check_scope(scope: &ClientArguments<'_>, errors: &mut Errors) {
    let says = |name| scope.own.value(name).is_some();
    let Some(margin) = scope.value("refresh_before") else {
        return;
    };
    if let Some(Lit::Bool(LitBool { value: false, .. })) =
        scope.value("auto_refresh").and_then(literal)
        && (says("refresh_before") || says("auto_refresh"))
    {
        let message =
            "`refresh_before` has no effect with `auto_refresh = false`; remove one of them";
        errors.at(margin, message);
    } else if let (Some(margin_seconds), Some(life)) = (seconds(margin), life(scope))
        && let Err(mistake) = lifetime::check_refresh_before(
            Duration::from_secs(margin_seconds),
            Duration::from_secs(life),
        )
        && (says("refresh_before") || says("expires_in"))
    {
        errors.at(margin, format!("`refresh_before` {mistake}"));
    }
}

/// The lifetime of the tokens in seconds, if it is known when the macro runs.
fn life(scope: &ClientArguments<'_>) -> Option<u64> {
    match (scope.value("expires_in"), scope.is_attempted("claims")) {
        (Some(life), _) => seconds(life),
        (None, false) => Some(lifetime::DEFAULT.as_secs()),
        (None, true) => None,
    }
}

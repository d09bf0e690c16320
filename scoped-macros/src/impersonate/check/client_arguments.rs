use syn::Expr;

use super::super::parse::{Arguments, WrittenClient, WrittenFunction};
use super::argument_names::KNOWN;
use scoped_rules::similar::nearest;

/// The arguments for one client: those of its `#[scoped(...)]`, and those of the attribute for the rest.
pub(super) struct ClientArguments<'a> {
    pub(super) own: &'a Arguments,
    inherited: Option<&'a Arguments>,
}

impl<'a> ClientArguments<'a> {
    /// The arguments of the attribute.
    pub(super) fn of_attribute(written: &'a WrittenFunction) -> Self {
        Self {
            own: &written.arguments,
            inherited: None,
        }
    }

    pub(super) fn of_client(written: &'a WrittenFunction, client: &'a WrittenClient) -> Self {
        Self {
            own: &client.arguments,
            inherited: Some(&written.arguments),
        }
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Expr> {
        if is_attempted(self.own, name) {
            return self.own.value(name);
        }
        self.inherited?.value(name)
    }

    /// Whether the argument is written in any form, even misspelled, so that it is not reported as missing
    /// too.
    pub(super) fn is_attempted(&self, name: &str) -> bool {
        is_attempted(self.own, name)
            || self
                .inherited
                .is_some_and(|inherited| is_attempted(inherited, name))
    }
}

fn is_attempted(arguments: &Arguments, name: &str) -> bool {
    let mut names = arguments
        .list
        .iter()
        .map(|argument| argument.name.to_string());
    arguments.has_nameless || names.any(|written| nearest(&written, &KNOWN) == Some(name))
}

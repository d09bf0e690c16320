//! Checks that no argument reads a client: all arguments are evaluated before a client exists.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprPath, Ident, PatIdent};

use super::super::parse::WrittenFunction;
use super::{client, lists};
use crate::support::errors::Errors;

/// Reports every argument that reads a client.
pub(super) fn check(written: &WrittenFunction, errors: &mut Errors) {
    for argument in lists(written).flat_map(|arguments| &arguments.list) {
        if let Some(value) = argument.value.given()
            && let Some(place) = used(value, written)
        {
            let name = &argument.name;
            let message = format!(
                "client `{place}` is not made yet when `{name}` is read; use another parameter here"
            );
            errors.at(place, message);
        }
    }
}

/// Whether the value reads a client.
pub(super) fn is_violated(value: &Expr, written: &WrittenFunction) -> bool {
    used(value, written).is_some()
}

/// The first client that the value reads.
fn used(value: &Expr, written: &WrittenFunction) -> Option<Ident> {
    let mut names = written.clients.iter().filter_map(client::name);
    names.find_map(|name| uses(value, name))
}

/// Where the expression reads the variable, unless it binds the name itself.
fn uses(value: &Expr, name: &Ident) -> Option<Ident> {
    let mut search = Search {
        name,
        place: None,
        is_bound: false,
    };
    search.visit_expr(value);
    search.place.filter(|_| !search.is_bound)
}

struct Search<'a> {
    name: &'a Ident,
    place: Option<Ident>,
    is_bound: bool,
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let Some(ident) = path.path.get_ident().filter(|ident| *ident == self.name) {
            self.place.get_or_insert_with(|| ident.clone());
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        // `db()` calls a function with that name, because a client cannot be called.
        if !matches!(*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        call.args
            .iter()
            .for_each(|argument| self.visit_expr(argument));
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.is_bound |= pattern.ident == *self.name;
        visit::visit_pat_ident(self, pattern);
    }
}

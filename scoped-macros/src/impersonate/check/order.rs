//! No argument can read the client that is made from it.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprPath, Ident, Pat, PatIdent};

use super::super::parse::{Value, Written};
use crate::support::errors::Errors;

/// The client is made from the arguments, so none of them can use it.
pub(super) fn check(written: &Written, errors: &mut Errors) {
    let Some(client) = client_name(written) else {
        return;
    };
    for argument in &written.arguments {
        if let Value::Given(value) = &argument.value
            && let Some(place) = uses(value, client)
        {
            let name = &argument.name;
            let message =
                format!("client `{client}` is made from `{name}`; use another parameter here");
            errors.at(place, message);
        }
    }
}

/// Whether this value reads the client.
pub(super) fn is_violated(value: &Expr, written: &Written) -> bool {
    client_name(written).is_some_and(|client| uses(value, client).is_some())
}

fn client_name(written: &Written) -> Option<&Ident> {
    match &*written.clients.first()?.pat {
        Pat::Ident(pattern) => Some(&pattern.ident),
        _ => None,
    }
}

/// Where an expression reads this variable, unless it binds the name itself.
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
        // `db()` calls a function of that name; the client is none.
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

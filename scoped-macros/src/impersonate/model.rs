//! What is true: everything here has been checked.

use proc_macro2::Span;
use syn::{Attribute, Expr, PatType, Type};

use crate::support::crate_path::CratePath;
use crate::support::function::Function;

pub(super) struct Model {
    /// The path of the runtime crate.
    pub(super) runtime: CratePath,
    /// With its final signature: the clients' parameters are gone.
    pub(super) function: Function,
    pub(super) kind: FunctionKind,
    /// What the function's `return` takes, a `Result`, as far as it can be written in a body.
    pub(super) output: Option<Type>,
    pub(super) clients: Vec<Client>,
    pub(super) duplicates: Vec<DuplicateClients>,
}

/// Two clients that are the same, unless one of them does not exist.
pub(super) struct DuplicateClients {
    /// The conditions of both.
    pub(super) conditions: Vec<Attribute>,
    pub(super) span: Span,
    pub(super) message: String,
}

/// Who waits for the requests of the clients.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionKind {
    /// An `async fn`.
    Async,
    /// A `fn` whose body ends with an async block, as `async_trait` makes them.
    Future,
    /// Any other `fn`: its thread waits.
    Blocking,
}

pub(super) struct Client {
    /// What was the parameter: its attributes, pattern and type.
    pub(super) parameter: PatType,
    /// `None`: the process default.
    pub(super) via: Option<Expr>,
    pub(super) user: Expr,
    pub(super) settings: Vec<Setting>,
    pub(super) claims: Option<Expr>,
}

impl Client {
    /// When the parameter exists.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        conditions(&self.parameter)
    }
}

/// When a parameter exists.
pub(super) fn conditions(parameter: &PatType) -> impl Iterator<Item = &Attribute> {
    let attributes = parameter.attrs.iter();
    attributes.filter(|attribute| attribute.path().is_ident("cfg"))
}

/// One call of the builder.
pub(super) enum Setting {
    Role(Expr),
    ExpiresIn(Lifetime),
    RefreshBefore(Lifetime),
    AutoRefresh(Expr),
    Actor(Expr),
    Reason(Expr),
}

pub(super) enum Lifetime {
    /// A literal, in seconds.
    Seconds(u64),
    /// A `Duration`.
    Value(Expr),
}

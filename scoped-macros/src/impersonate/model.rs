//! The model: everything in it is checked.

use syn::{Attribute, Expr, PatType, Type};

use crate::support::crate_path::CratePath;
use crate::support::errors::ConditionalError;
use crate::support::function::Function;

pub(super) struct Model {
    /// The path of the runtime crate.
    pub(super) runtime: CratePath,
    /// The function with its final signature, without the parameters of the clients.
    pub(super) function: Function,
    pub(super) kind: FunctionKind,
    /// The type of the function's `return`, a `Result`, if it can be written in a body.
    pub(super) output: Option<Type>,
    pub(super) clients: Vec<Client>,
    /// Two clients that are equal, if the parameters of both exist.
    pub(super) duplicates: Vec<ConditionalError>,
}

/// The kind of the function, which decides whether its clients are async or blocking.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionKind {
    /// An `async fn`.
    Async,
    /// A `fn` whose body ends with an async block, as `async_trait` generates it.
    Future,
    /// Any other `fn`; its clients are blocking.
    Blocking,
}

pub(super) struct Client {
    /// The parameter: its attributes, pattern and type.
    pub(super) parameter: PatType,
    /// The value of `via`; `None` means the default of the process.
    pub(super) via: Option<Expr>,
    pub(super) user: Expr,
    pub(super) settings: Vec<Setting>,
    pub(super) claims: Option<Expr>,
    pub(super) kind: ClientKind,
}

/// What a client is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientKind {
    /// `ScopedClient`: requests to the project's services.
    Requests,
    /// `ScopedPostgres`: SQL over a direct connection.
    Postgres,
}

impl Client {
    /// The `#[cfg]` attributes of the parameter.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        conditions(&self.parameter)
    }
}

/// The `#[cfg]` attributes of a parameter.
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
    ReadOnly(Expr),
    Actor(Expr),
    Reason(Expr),
}

pub(super) enum Lifetime {
    /// A literal, in seconds.
    Seconds(u64),
    /// An expression of type `Duration`.
    Value(Expr),
}

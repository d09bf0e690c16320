//! What is true: everything here has been checked.

use syn::{Expr, PatType, Type};

use crate::support::crate_path::CratePath;
use crate::support::function::Function;

pub(super) struct Model {
    /// The path of the runtime crate.
    pub(super) runtime: CratePath,
    /// With its final signature: the client's parameter is gone.
    pub(super) function: Function,
    /// What was the parameter: its attributes, pattern and type.
    pub(super) client: PatType,
    /// The declared return type, a `Result`.
    pub(super) output: Type,
    /// `None`: the process default.
    pub(super) via: Option<Expr>,
    pub(super) user: Expr,
    pub(super) claims: Option<Expr>,
    pub(super) role: Option<Expr>,
    pub(super) expires_in: Option<Lifetime>,
}

pub(super) enum Lifetime {
    /// A literal, in seconds.
    Seconds(u64),
    /// A `Duration`.
    Value(Expr),
}

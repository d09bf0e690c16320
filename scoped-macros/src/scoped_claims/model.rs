//! What is true: everything the generated code needs, and nothing that could still be wrong.

use proc_macro2::Span;
use syn::{Attribute, DeriveInput, LitStr};

use crate::support::crate_path::CratePath;

/// A struct of claims.
pub(super) struct Model {
    pub(super) runtime: CratePath,
    /// The struct as it was written, with its `#[claim]`s.
    pub(super) item: DeriveInput,
    /// The struct does not derive `Serialize` itself.
    pub(super) derive_serialize: bool,
    /// That derive needs to be told where serde is.
    pub(super) name_serde: bool,
    /// One for each field, in order.
    pub(super) fields: Vec<Field>,
    pub(super) clashes: Vec<Clash>,
}

/// What one field becomes.
pub(super) struct Field {
    /// `None` when serde skips it.
    pub(super) claim: Option<Claim>,
    /// To tell serde, if `#[claim]` renames the field.
    pub(super) rename: Option<Rename>,
    /// An `Option` whose `None` leaves the claim out.
    pub(super) skip_none: bool,
}

/// One claim.
pub(super) struct Claim {
    pub(super) name: String,
    /// The name's place: the field's own, or that of the string that renames it.
    pub(super) span: Span,
    /// When the field exists.
    pub(super) cfgs: Vec<Attribute>,
}

/// A field's new name.
pub(super) struct Rename {
    pub(super) name: LitStr,
    /// The user's own `serde(rename(deserialize = "..."))` stays in force.
    pub(super) only_serialize: bool,
}

/// Two fields with one name that may never exist both.
pub(super) struct Clash {
    /// The conditions of both.
    pub(super) cfgs: Vec<Attribute>,
    pub(super) span: Span,
    pub(super) message: String,
}

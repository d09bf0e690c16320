//! What is true: everything the generated code needs, and nothing that could still be wrong.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, DeriveInput, Ident, LitStr, Type};

use super::arguments::Argument;
use super::constraint::WrittenConstraint;
use super::type_shape::TypeShape;
use crate::support::crate_path::CratePath;

/// A struct of claims.
pub(super) struct Model {
    pub(super) runtime: CratePath,
    /// The struct as it was written, with its `#[claim]`s.
    pub(super) item: DeriveInput,
    pub(super) serde: SerdeImpls,
    /// Serde's arguments on the struct.
    pub(super) serde_arguments: Vec<Argument>,
    /// The user says where serde is.
    pub(super) names_serde: bool,
    /// `Deserialize` is there when every field's type has it. If not, serde decides, or the user does.
    pub(super) bound_deserialize: bool,
    pub(super) role: Option<String>,
    /// In seconds.
    pub(super) expires_in: Option<u64>,
    pub(super) max_bytes: Option<usize>,
    pub(super) allow_user_metadata: bool,
    /// One for each field, in order.
    pub(super) fields: Vec<Field>,
    pub(super) clashes: Vec<Clash>,
}

/// Who implements serde's traits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SerdeImpls {
    /// Serde's derives on the struct: ours, or those that the user wrote already.
    OnStruct { serialize: bool, deserialize: bool },
    /// Ours, by way of a second struct with serde's derives on it: claims are in objects, or have
    /// defaults that are expressions.
    Mirror,
    /// The user; all of it.
    User,
}

/// What one field becomes.
pub(super) struct Field {
    pub(super) name: Ident,
    pub(super) ty: Type,
    /// When it exists.
    pub(super) cfgs: Vec<Attribute>,
    /// `None` when it is skipped.
    pub(super) claim: Option<Claim>,
    /// To tell serde, if `#[claim]` renames the field.
    pub(super) rename: Option<Rename>,
    /// An `Option` whose `None` leaves the claim out.
    pub(super) skip_none: bool,
    /// `#[claim(skip)]`
    pub(super) skip: bool,
    /// `#[claim(default)]`, or with a value.
    pub(super) default: Option<DefaultValue>,
    /// Serde's arguments on the field.
    pub(super) serde_arguments: Vec<Argument>,
    /// It is serialised as its type says, and the type is as the struct's parameters leave it.
    pub(super) is_plain: bool,
    /// What reading it back asks of its type.
    pub(super) asks: ReadRequirements,
    /// The names that serde reads it from: one at least, unless it is not read.
    pub(super) read_names: Vec<ClaimLocation>,
}

/// What reading a field back asks of its type.
#[derive(Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(super) struct ReadRequirements {
    pub(super) serialize: bool,
    pub(super) deserialize: bool,
    pub(super) default: bool,
    /// It is read at all, be it by a function.
    pub(super) is_read: bool,
}

/// A claim's place in the token, and where the program says so.
#[derive(Clone)]
pub(super) struct ClaimLocation {
    /// The names that lead to it, its own at the end.
    pub(super) path: Vec<String>,
    pub(super) span: Span,
}

/// What an absent claim is read as.
pub(super) enum DefaultValue {
    /// `Default::default()`
    OfType,
    /// This, already converted to the field's type.
    Value(TokenStream),
}

/// One claim.
pub(super) struct Claim {
    /// The objects that it is in, from the outside.
    pub(super) under: Vec<String>,
    pub(super) name: String,
    /// The name's place: the field's own, or that of the string that renames it.
    pub(super) span: Span,
    /// When the field exists.
    pub(super) cfgs: Vec<Attribute>,
    pub(super) constraints: Vec<WrittenConstraint>,
    pub(super) shape: TypeShape,
    pub(super) optional: bool,
    pub(super) flags: ClaimFlags,
}

/// Arguments without a value that say something of the claim.
#[derive(Clone, Copy, Default)]
pub(super) struct ClaimFlags {
    /// Tools must not show it.
    pub(super) secret: bool,
    /// No policy has to read it.
    pub(super) unread: bool,
    pub(super) allow_float: bool,
}

impl Claim {
    /// The names that lead to it.
    pub(super) fn path(&self) -> Vec<String> {
        let mut path = self.under.clone();
        path.push(self.name.clone());
        path
    }

    /// Where it is written.
    pub(super) fn place(&self) -> ClaimLocation {
        ClaimLocation {
            path: self.path(),
            span: self.span,
        }
    }
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

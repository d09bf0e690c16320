//! The model: everything that the generated code needs, and nothing that can still be wrong.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, DeriveInput, Ident, LitStr, Type};

use super::arguments::Argument;
use super::constraint::WrittenConstraint;
use super::type_shape::TypeShape;
use crate::support::crate_path::CratePath;
use crate::support::errors::ConditionalError;

/// A struct of claims.
pub(super) struct Model {
    pub(super) runtime: CratePath,
    /// The struct as it is written, with its `#[claim]`s.
    pub(super) item: DeriveInput,
    pub(super) serde: SerdeImpls,
    /// Serde's arguments on the struct.
    pub(super) serde_arguments: Vec<Argument>,
    /// Whether the user names the path of serde.
    pub(super) names_serde: bool,
    /// Whether `Deserialize` is bounded by the types of the fields. If not, serde or the user decides.
    pub(super) bound_deserialize: bool,
    pub(super) role: Option<String>,
    /// The lifetime in seconds.
    pub(super) expires_in: Option<u64>,
    pub(super) max_bytes: Option<usize>,
    pub(super) allow_user_metadata: bool,
    /// One for each field, in order.
    pub(super) fields: Vec<Field>,
    /// Two fields with one name, of which at most one may exist.
    pub(super) clashes: Vec<ConditionalError>,
}

/// How serde's traits are implemented.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SerdeImpls {
    /// Serde's derives on the struct, which the macro adds or the user wrote.
    OnStruct { serialize: bool, deserialize: bool },
    /// By the macro, with serde's derives on a second struct: some claims are in objects or have defaults
    /// that are expressions.
    Mirror,
    /// By the user.
    User,
}

/// One field.
pub(super) struct Field {
    pub(super) name: Ident,
    pub(super) ty: Type,
    /// Its `#[cfg]` attributes.
    pub(super) cfgs: Vec<Attribute>,
    /// The claim; `None` if the field is skipped.
    pub(super) claim: Option<Claim>,
    /// The new name for serde, if `#[claim]` renames the field.
    pub(super) rename: Option<Rename>,
    /// Whether it is an `Option` whose `None` leaves the claim out.
    pub(super) skip_none: bool,
    /// Whether it has `#[claim(skip)]`.
    pub(super) skip: bool,
    /// The default of `#[claim(default)]`.
    pub(super) default: Option<DefaultValue>,
    /// Serde's arguments on the field.
    pub(super) serde_arguments: Vec<Argument>,
    /// Whether the type of the field determines its JSON: no function serialises it, and the type does not
    /// depend on parameters of the struct.
    pub(super) is_plain: bool,
    /// The traits that its type must have.
    pub(super) asks: FieldRequirements,
    /// The names that serde reads it from: at least one, unless the field is not read.
    pub(super) read_names: Vec<ClaimLocation>,
}

/// The traits that the type of a field must have.
#[derive(Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not depend on each other"
)]
pub(super) struct FieldRequirements {
    pub(super) serialize: bool,
    pub(super) deserialize: bool,
    pub(super) default: bool,
    /// Whether the field is read at all, be it by a function.
    pub(super) is_read: bool,
}

/// The path of a claim in the token, and where the program defines it.
#[derive(Clone)]
pub(super) struct ClaimLocation {
    /// The names of the objects that contain it, and its own name.
    pub(super) path: Vec<String>,
    pub(super) span: Span,
}

/// The value of an absent claim.
pub(super) enum DefaultValue {
    /// `Default::default()`.
    OfType,
    /// This expression, which is already converted to the type of the field.
    Value(TokenStream),
}

/// One claim.
pub(super) struct Claim {
    /// The objects that contain it, the outermost first.
    pub(super) under: Vec<String>,
    pub(super) name: String,
    /// The span of the name: of the field, or of the string that renames it.
    pub(super) span: Span,
    /// The `#[cfg]` attributes of the field.
    pub(super) cfgs: Vec<Attribute>,
    pub(super) constraints: Vec<WrittenConstraint>,
    pub(super) shape: TypeShape,
    pub(super) optional: bool,
    pub(super) flags: ClaimFlags,
}

/// The flags of a claim: arguments without a value.
#[derive(Clone, Copy, Default)]
pub(super) struct ClaimFlags {
    /// Tools must not show the value.
    pub(super) secret: bool,
    /// No policy needs to read it.
    pub(super) unread: bool,
    pub(super) allow_float: bool,
}

impl Claim {
    /// The path of the claim.
    pub(super) fn path(&self) -> Vec<String> {
        let mut path = self.under.clone();
        path.push(self.name.clone());
        path
    }

    /// The path of the claim, and where it is written.
    pub(super) fn place(&self) -> ClaimLocation {
        ClaimLocation {
            path: self.path(),
            span: self.span,
        }
    }
}

/// The new name of a field.
pub(super) struct Rename {
    pub(super) name: LitStr,
    /// Whether the user's own `serde(rename(deserialize = "..."))` stays in force.
    pub(super) only_serialize: bool,
}

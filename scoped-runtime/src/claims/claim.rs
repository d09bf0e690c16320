use std::fmt;

use super::{ClaimKind, Constraint};

/// The description of a claim that is known when the program is compiled: its path, type and constraints.
/// [`ScopedClaims::CLAIMS`] lists the claims of a struct, for tools.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use scoped_runtime::{ClaimKind, Constraint, Number, ScopedClaims, scoped_claims};
///
/// #[scoped_claims]
/// struct Tenant {
///     #[claim(under = "app_metadata", min = 1)]
///     seats: Option<u32>,
/// }
///
/// let [seats] = Tenant::CLAIMS else { panic!() };
/// assert_eq!(seats.to_string(), "app_metadata.seats");
/// assert_eq!(seats.kind(), ClaimKind::Integer);
/// assert_eq!(seats.constraints(), [Constraint::Min(Number::Integer(1))]);
/// assert!(seats.is_optional());
/// # }
/// ```
///
/// [`ScopedClaims::CLAIMS`]: crate::ScopedClaims::CLAIMS
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    name: &'static str,
    description: Description,
}

/// The properties of a claim besides its name.
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(hidden)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the properties are independent of each other"
)]
pub struct Description {
    pub under: &'static [&'static str],
    pub kind: ClaimKind,
    pub constraints: &'static [Constraint],
    pub optional: bool,
    pub secret: bool,
    pub unread: bool,
    pub allow_float: bool,
}

impl Claim {
    /// Describes a claim of this name at the top level of the token, whose type and constraints are unknown.
    pub const fn new(name: &'static str) -> Self {
        let description = Description {
            under: &[],
            kind: ClaimKind::Any,
            constraints: &[],
            optional: false,
            secret: false,
            unread: false,
            // The type is unknown, so fractions are not checked.
            allow_float: true,
        };
        Self { name, description }
    }

    #[doc(hidden)]
    pub const fn described(name: &'static str, description: Description) -> Self {
        Self { name, description }
    }

    /// The claim's name: the last part of its path.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The names of the objects that contain the claim, outermost first; empty for a claim at the top level.
    pub const fn under(&self) -> &'static [&'static str] {
        self.description.under
    }

    /// The names of the path to the claim: [`under`](Self::under), followed by [`name`](Self::name).
    pub fn path(&self) -> impl Iterator<Item = &'static str> {
        let under = self.description.under.iter().copied();
        under.chain([self.name])
    }

    /// The type of the claim in the token's JSON.
    pub const fn kind(&self) -> ClaimKind {
        self.description.kind
    }

    /// The constraints that the value must satisfy.
    pub const fn constraints(&self) -> &'static [Constraint] {
        self.description.constraints
    }

    /// Whether the field is an `Option`, so that tokens may lack the claim.
    pub const fn is_optional(&self) -> bool {
        self.description.optional
    }

    /// Whether the field is marked `secret`, so that tools must not show its value.
    pub const fn is_secret(&self) -> bool {
        self.description.secret
    }

    /// Whether the field is marked `unread`, so that the policy check does not expect a policy to read it.
    pub const fn is_unread(&self) -> bool {
        self.description.unread
    }

    /// Whether the value may be or contain a floating-point number.
    pub const fn allows_float(&self) -> bool {
        self.description.allow_float
    }
}

/// Writes the path with dots, such as `app_metadata.seats`.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.under() {
            write!(f, "{name}.")?;
        }
        f.write_str(self.name)
    }
}

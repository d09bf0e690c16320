use std::ops::RangeInclusive;

use scoped_rules::ClaimKind;
use syn::{GenericArgument, PathArguments, Type};

/// The kind of a type, as far as its name tells: a macro cannot resolve an alias.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TypeShape {
    pub(super) kind: ClaimKind,
    /// The least and the greatest value of an integer type.
    range: (i128, i128),
}

impl TypeShape {
    /// A type of the user, or one that a function serialises.
    pub(super) const UNKNOWN: Self = Self::of_kind(ClaimKind::Any);

    /// The shape of a field's type, or of the content of its `Option`.
    pub(super) fn of(ty: &Type) -> Self {
        match ty {
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Reference(reference) => Self::of(&reference.elem),
            Type::Array(_) | Type::Slice(_) => Self::of_kind(ClaimKind::List),
            Type::Path(path) if path.qself.is_none() => {
                let Some(last) = path.path.segments.last() else {
                    return Self::UNKNOWN;
                };
                let inner = || inner(&last.arguments).map_or(Self::UNKNOWN, Self::of);
                match last.ident.to_string().as_str() {
                    "Option" | "Box" | "Arc" | "Cow" => inner(),
                    name => Self::named(name),
                }
            }
            _ => Self::UNKNOWN,
        }
    }

    fn named(name: &str) -> Self {
        let range = |low: i128, high: i128| Self {
            kind: ClaimKind::Integer,
            range: (low, high),
        };
        let kind = match name {
            "String" | "str" | "char" => ClaimKind::Text,
            "Uuid" => ClaimKind::Uuid,
            "u8" => return range(0, u8::MAX.into()),
            "u16" => return range(0, u16::MAX.into()),
            "u32" => return range(0, u32::MAX.into()),
            "u64" | "usize" => return range(0, u64::MAX.into()),
            "u128" => return range(0, i128::MAX),
            "i8" => return range(i8::MIN.into(), i8::MAX.into()),
            "i16" => return range(i16::MIN.into(), i16::MAX.into()),
            "i32" => return range(i32::MIN.into(), i32::MAX.into()),
            "i64" | "isize" => return range(i64::MIN.into(), i64::MAX.into()),
            "i128" => return range(i128::MIN, i128::MAX),
            "f32" | "f64" => ClaimKind::Float,
            "bool" => ClaimKind::Boolean,
            "Vec" | "VecDeque" | "HashSet" | "BTreeSet" => ClaimKind::List,
            "HashMap" | "BTreeMap" => ClaimKind::Object,
            _ => ClaimKind::Any,
        };
        Self::of_kind(kind)
    }

    /// The values of an integer type.
    pub(super) fn range(self) -> RangeInclusive<i128> {
        self.range.0..=self.range.1
    }

    const fn of_kind(kind: ClaimKind) -> Self {
        Self {
            kind,
            range: (i128::MIN, i128::MAX),
        }
    }
}

/// Whether the type is an `Option`.
pub(super) fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_option(&group.elem),
        Type::Paren(paren) => is_option(&paren.elem),
        Type::Path(path) => {
            let last = path.path.segments.last();
            path.qself.is_none() && last.is_some_and(|last| last.ident == "Option")
        }
        _ => false,
    }
}

/// The `T` of `Option<T>`.
pub(super) fn option_content(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Path(path) if is_option(ty) => inner(&path.path.segments.last()?.arguments),
        _ => None,
    }
}

/// The last type in angle brackets.
fn inner(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.next_back()
}

use syn::{GenericArgument, PathArguments, Type};

/// What a type is by its name alone: a macro cannot see through an alias.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Text,
    Uuid,
    /// With the range of its values.
    Integer(i128, i128),
    Float,
    Boolean,
    List,
    Map,
    Unknown,
}

impl Shape {
    /// Of a field, or of what is in its `Option`.
    pub(super) fn of(ty: &Type) -> Self {
        match ty {
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Reference(reference) => Self::of(&reference.elem),
            Type::Array(_) | Type::Slice(_) => Self::List,
            Type::Path(path) if path.qself.is_none() => {
                let Some(last) = path.path.segments.last() else {
                    return Self::Unknown;
                };
                let inner = || inner(&last.arguments).map_or(Self::Unknown, Self::of);
                match last.ident.to_string().as_str() {
                    "Option" | "Box" | "Arc" | "Cow" => inner(),
                    name => Self::named(name),
                }
            }
            _ => Self::Unknown,
        }
    }

    fn named(name: &str) -> Self {
        let range = |low: i128, high: i128| Self::Integer(low, high);
        match name {
            "String" | "str" | "char" => Self::Text,
            "Uuid" => Self::Uuid,
            "u8" => range(0, u8::MAX.into()),
            "u16" => range(0, u16::MAX.into()),
            "u32" => range(0, u32::MAX.into()),
            "u64" | "usize" => range(0, u64::MAX.into()),
            "u128" => range(0, i128::MAX),
            "i8" => range(i8::MIN.into(), i8::MAX.into()),
            "i16" => range(i16::MIN.into(), i16::MAX.into()),
            "i32" => range(i32::MIN.into(), i32::MAX.into()),
            "i64" | "isize" => range(i64::MIN.into(), i64::MAX.into()),
            "i128" => range(i128::MIN, i128::MAX),
            "f32" | "f64" => Self::Float,
            "bool" => Self::Boolean,
            "Vec" | "VecDeque" | "HashSet" | "BTreeSet" => Self::List,
            "HashMap" | "BTreeMap" => Self::Map,
            _ => Self::Unknown,
        }
    }

    /// What to call it in a message.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Uuid => "a UUID",
            Self::Integer(..) => "a whole number",
            Self::Float => "a number",
            Self::Boolean => "a boolean",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a rule means anything for it.
    pub(super) fn can_have(self, rule: &str) -> bool {
        match self {
            Self::Unknown => true,
            Self::Text => matches!(
                rule,
                "non_empty" | "min_len" | "max_len" | "one_of" | "pattern" | "uuid"
            ),
            Self::Uuid => matches!(rule, "one_of" | "uuid"),
            Self::Integer(..) | Self::Float => matches!(rule, "min" | "max" | "one_of"),
            Self::Boolean => false,
            Self::List | Self::Map => matches!(rule, "non_empty" | "min_len" | "max_len"),
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

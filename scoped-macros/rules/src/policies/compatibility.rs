use super::dataflow::{ClaimUse, Extraction, Predicate};
use super::token_claims::KnownClaim;
use crate::{ClaimKind, uuid};

/// Whether the way in which SQL uses a claim works for the claim's values.
pub(crate) enum Compatibility {
    Always,
    /// It fails, or is false, for some values; the reason.
    Sometimes(String),
    /// It fails, or is false, for every value; the reason.
    Never(String),
}

/// Whether SQL can use the claim like this. `labels` are the labels of the enum type that the claim is cast
/// to, if it is cast to one.
pub(crate) fn compatibility(
    known: &KnownClaim,
    usage: &ClaimUse,
    labels: Option<&[String]>,
) -> Compatibility {
    if known.kind == ClaimKind::Any {
        return Compatibility::Always;
    }
    if let (Some(cast), Some(labels)) = (&usage.cast, labels)
        && let Some(fit) = label_compatibility(known, cast, labels)
    {
        return fit;
    }
    if let Some(cast) = &usage.cast
        && !casts(known, usage.extraction, cast)
    {
        let quotes = known.kind.is_string() && usage.extraction != Extraction::Text;
        let quotes = if quotes {
            " in the quotes of JSON; read it with `->>`"
        } else {
            ""
        };
        return Compatibility::Never(format!(
            "casts it to `{cast}`, but it is {}{quotes}",
            known.kind.noun()
        ));
    }
    if usage.cast.as_deref().is_some_and(is_integer) && known.kind == ClaimKind::Float {
        return Compatibility::Sometimes(
            "casts it to a whole number, but it may have a fraction".to_owned(),
        );
    }
    match predicate(known, usage) {
        Compatibility::Always
            if usage.extraction == Extraction::JsonText && known.kind.is_string() =>
        {
            match usage.predicate {
                Predicate::Equal(_) | Predicate::NotEqual(_) | Predicate::Null => {
                    Compatibility::Always
                }
                _ => Compatibility::Sometimes(
                    "converts it to text with its quotes; read it with `->>`".to_owned(),
                ),
            }
        }
        fit => fit,
    }
}

/// A cast to an enum type fails for every text that is not one of its labels.
fn label_compatibility(known: &KnownClaim, cast: &str, labels: &[String]) -> Option<Compatibility> {
    if !known.kind.is_string() {
        let is = known.kind.noun();
        return Some(Compatibility::Never(format!(
            "casts it to the enum type `{cast}`, but it is {is}"
        )));
    }
    let values = known.one_of.as_ref()?;
    let wrong: Vec<String> = values
        .iter()
        .filter(|value| !labels.contains(value))
        .map(|value| format!("`{value}`"))
        .collect();
    let text = format!(
        "casts it to the enum type `{cast}`, which has no label {}",
        wrong.join(", ")
    );
    match wrong.len() {
        0 => None,
        count if count == values.len() => Some(Compatibility::Never(text)),
        _ => Some(Compatibility::Sometimes(text)),
    }
}

fn is_integer(cast: &str) -> bool {
    matches!(cast, "integer" | "bigint" | "smallint")
}

/// Whether PostgreSQL casts at least some values of the claim to the type. An unknown type accepts every
/// value.
fn casts(known: &KnownClaim, extraction: Extraction, cast: &str) -> bool {
    let kind = known.kind;
    let scalar = !matches!(kind, ClaimKind::List | ClaimKind::Object);
    let quoted = kind.is_string() && extraction != Extraction::Text;
    let values = |fits: fn(&str) -> bool| {
        known
            .one_of
            .as_ref()
            .is_none_or(|values| values.iter().any(|value| fits(value)))
    };
    match cast {
        "uuid" => {
            kind.is_string() && !quoted && values(|text| uuid::parse_like_postgres(text).is_some())
        }
        "integer" | "bigint" | "smallint" | "numeric" | "real" | "double precision" => {
            kind.is_number()
                || kind == ClaimKind::Text
                    && !quoted
                    && values(|value| value.trim().parse::<f64>().is_ok())
        }
        "boolean" => {
            kind == ClaimKind::Boolean
                || kind == ClaimKind::Text && !quoted && values(is_boolean)
                || kind == ClaimKind::Integer && extraction != Extraction::Json
        }
        "date" | "timestamp" | "timestamptz" | "time" | "interval" => {
            kind == ClaimKind::Text && !quoted || kind == ClaimKind::Integer
        }
        // The text of a JSON array is `["a","b"]`, which PostgreSQL does not read as an array: its own
        // notation is `{a,b}`.
        array if array.ends_with("[]") => kind == ClaimKind::Text && !quoted,
        _ => scalar || extraction != Extraction::Text,
    }
}

fn predicate(known: &KnownClaim, usage: &ClaimUse) -> Compatibility {
    let kind = known.kind;
    let only = |wanted: &str| Compatibility::Never(format!("{wanted}, but it is {}", kind.noun()));
    match &usage.predicate {
        Predicate::Elements if kind != ClaimKind::List => only("expands it as an array"),
        Predicate::Members if kind != ClaimKind::Object => only("expands it as an object"),
        Predicate::Has(_) if kind.is_number() || kind == ClaimKind::Boolean => {
            only("looks for elements in it")
        }
        Predicate::Has(literals) if kind != ClaimKind::Object => {
            literals_fit(literals, true, |literal| allowed(known, literal))
        }
        Predicate::Contains(Some(other)) => match other.trim_start().as_bytes().first() {
            Some(b'[') if kind != ClaimKind::List => only("looks for elements in it"),
            Some(b'{') if kind != ClaimKind::Object => only("looks for keys in it"),
            Some(b'[') => all_elements(known, other),
            _ => Compatibility::Always,
        },
        Predicate::ContainedBy(Some(other)) => match other.trim_start().as_bytes().first() {
            Some(b'{') if kind != ClaimKind::Object => only("compares it with an object"),
            Some(b'[') if kind == ClaimKind::Object => only("compares it with an array"),
            _ => Compatibility::Always,
        },
        Predicate::Equal(literals) => {
            literals_fit(literals, true, |literal| equals(known, usage, literal))
        }
        Predicate::NotEqual(literals) => {
            literals_fit(literals, false, |literal| equals(known, usage, literal))
        }
        _ => Compatibility::Always,
    }
}

/// `@> '["a", "b"]'` is true only if the claim has all of the elements.
fn all_elements(known: &KnownClaim, list: &str) -> Compatibility {
    let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
    let texts = inner.split(',').map(str::trim);
    let texts = texts.filter_map(|text| text.strip_prefix('"')?.strip_suffix('"'));
    match texts
        .filter(|text| !text.contains(['"', '\\']))
        .find(|text| !allowed(known, text))
    {
        Some(text) => Compatibility::Never(format!("looks for `{text}` in it, which it never has")),
        None => Compatibility::Always,
    }
}

/// A comparison with literals. It can never be true if the claim can have none of them.
fn literals_fit(literals: &[String], equal: bool, fits: impl Fn(&str) -> bool) -> Compatibility {
    let bad: Vec<String> = literals
        .iter()
        .filter(|literal| !fits(literal))
        .map(|literal| format!("`{literal}`"))
        .collect();
    let text = format!("compares it with {}, which it never is", bad.join(", "));
    match (bad.len(), equal) {
        (0, _) => Compatibility::Always,
        (count, true) if count == literals.len() => Compatibility::Never(text),
        _ => Compatibility::Sometimes(text),
    }
}

fn allowed(known: &KnownClaim, value: &str) -> bool {
    let one_of = known.one_of.as_ref();
    one_of.is_none_or(|values| values.iter().any(|known| known == value))
}

/// Whether the claim can have this value.
fn equals(known: &KnownClaim, usage: &ClaimUse, literal: &str) -> bool {
    // A comparison with an empty text or null asks whether the claim is there. A literal that is compared
    // after a cast is written in the notation of the type.
    if literal.is_empty() || literal == "null" || usage.cast.is_some() {
        return true;
    }
    let literal = if usage.extraction == Extraction::Text {
        literal
    } else {
        let json = literal.trim();
        let inner = json
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        match (inner, known.kind) {
            (Some(inner), ClaimKind::Text | ClaimKind::Uuid) => inner,
            (None, ClaimKind::Text | ClaimKind::Uuid) | (Some(_), _) => return false,
            _ => json,
        }
    };
    let number = || literal.trim().parse::<f64>().is_ok();
    let possible = match known.kind {
        ClaimKind::Uuid => uuid::parse_like_postgres(literal).is_some(),
        ClaimKind::Integer | ClaimKind::Float => number(),
        ClaimKind::Boolean => matches!(literal, "true" | "false"),
        ClaimKind::List => return literal.trim_start().starts_with('['),
        ClaimKind::Object => return literal.trim_start().starts_with('{'),
        ClaimKind::Text | ClaimKind::Any => true,
    };
    possible && allowed(known, literal)
}

fn is_boolean(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "true" | "false" | "t" | "f" | "yes" | "no" | "y" | "n" | "on" | "off" | "1" | "0"
    )
}

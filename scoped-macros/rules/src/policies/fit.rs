use super::flow::{Shape, Test, Use};
use super::target::Known;
use crate::{ClaimKind, uuid};

/// How well a use fits a claim.
pub(crate) enum Fit {
    Always,
    /// With some values only, and why.
    Sometimes(String),
    /// With no value at all, and why.
    Never(String),
}

/// Whether a claim of this kind can be used so.
/// `labels` are those of the enum type that it is cast to, if it is one.
pub(crate) fn fit(known: &Known, how: &Use, labels: Option<&[String]>) -> Fit {
    if known.kind == ClaimKind::Any {
        return Fit::Always;
    }
    if let (Some(cast), Some(labels)) = (&how.cast, labels)
        && let Some(fit) = fit_labels(known, cast, labels)
    {
        return fit;
    }
    if let Some(cast) = &how.cast
        && !casts(known, how.shape, cast)
    {
        let quotes = known.kind.is_string() && how.shape != Shape::Text;
        let quotes = if quotes {
            " in the quotes of JSON; read it with `->>`"
        } else {
            ""
        };
        return Fit::Never(format!(
            "casts it to `{cast}`, but it is {}{quotes}",
            known.kind.noun()
        ));
    }
    if how.cast.as_deref().is_some_and(is_integer) && known.kind == ClaimKind::Float {
        return Fit::Sometimes("casts it to a whole number, but it may have a fraction".to_owned());
    }
    match test(known, how) {
        Fit::Always if how.shape == Shape::JsonText && known.kind.is_string() => match how.test {
            Test::Equal(_) | Test::NotEqual(_) | Test::Null => Fit::Always,
            _ => Fit::Sometimes("turns it to text with its quotes; read it with `->>`".to_owned()),
        },
        fit => fit,
    }
}

/// Casting to an enum type fails for all but its labels.
fn fit_labels(known: &Known, cast: &str, labels: &[String]) -> Option<Fit> {
    if !known.kind.is_string() {
        let is = known.kind.noun();
        return Some(Fit::Never(format!(
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
        count if count == values.len() => Some(Fit::Never(text)),
        _ => Some(Fit::Sometimes(text)),
    }
}

fn is_integer(cast: &str) -> bool {
    matches!(cast, "integer" | "bigint" | "smallint")
}

/// Whether Postgres takes some value of this kind for the type. Unknown types take anything.
fn casts(known: &Known, shape: Shape, cast: &str) -> bool {
    let kind = known.kind;
    let scalar = !matches!(kind, ClaimKind::List | ClaimKind::Object);
    let quoted = kind.is_string() && shape != Shape::Text;
    let values = |fits: fn(&str) -> bool| {
        known
            .one_of
            .as_ref()
            .is_none_or(|values| values.iter().any(|value| fits(value)))
    };
    match cast {
        "uuid" => {
            kind.is_string() && !quoted && values(|text| uuid::read_by_postgres(text).is_some())
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
                || kind == ClaimKind::Integer && shape != Shape::Json
        }
        "date" | "timestamp" | "timestamptz" | "time" | "interval" => {
            kind == ClaimKind::Text && !quoted || kind == ClaimKind::Integer
        }
        // `{a,b}` is an array of Postgres; `["a","b"]`, which the text of a claim is, is none.
        array if array.ends_with("[]") => kind == ClaimKind::Text && !quoted,
        _ => scalar || shape != Shape::Text,
    }
}

fn test(known: &Known, how: &Use) -> Fit {
    let kind = known.kind;
    let only = |wanted: &str| Fit::Never(format!("{wanted}, but it is {}", kind.noun()));
    match &how.test {
        Test::Elements if kind != ClaimKind::List => only("takes it apart as an array"),
        Test::Members if kind != ClaimKind::Object => only("takes it apart as an object"),
        Test::Has(_) if kind.is_number() || kind == ClaimKind::Boolean => {
            only("looks for elements in it")
        }
        Test::Has(literals) if kind != ClaimKind::Object => {
            literals_fit(literals, true, |literal| allowed(known, literal))
        }
        Test::Contains(Some(other)) => match other.trim_start().as_bytes().first() {
            Some(b'[') if kind != ClaimKind::List => only("looks for elements in it"),
            Some(b'{') if kind != ClaimKind::Object => only("looks for keys in it"),
            Some(b'[') => all_elements(known, other),
            _ => Fit::Always,
        },
        Test::ContainedBy(Some(other)) => match other.trim_start().as_bytes().first() {
            Some(b'{') if kind != ClaimKind::Object => only("compares it with an object"),
            Some(b'[') if kind == ClaimKind::Object => only("compares it with an array"),
            _ => Fit::Always,
        },
        Test::Equal(literals) => {
            literals_fit(literals, true, |literal| equals(known, how, literal))
        }
        Test::NotEqual(literals) => {
            literals_fit(literals, false, |literal| equals(known, how, literal))
        }
        _ => Fit::Always,
    }
}

/// `@> '["a", "b"]'` wants all of the elements.
fn all_elements(known: &Known, list: &str) -> Fit {
    let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
    let texts = inner.split(',').map(str::trim);
    let texts = texts.filter_map(|text| text.strip_prefix('"')?.strip_suffix('"'));
    match texts
        .filter(|text| !text.contains(['"', '\\']))
        .find(|text| !allowed(known, text))
    {
        Some(text) => Fit::Never(format!("looks for `{text}` in it, which it never has")),
        None => Fit::Always,
    }
}

/// Never, if it is compared with nothing else than what it never is.
fn literals_fit(literals: &[String], equal: bool, fits: impl Fn(&str) -> bool) -> Fit {
    let bad: Vec<String> = literals
        .iter()
        .filter(|literal| !fits(literal))
        .map(|literal| format!("`{literal}`"))
        .collect();
    let text = format!("compares it with {}, which it never is", bad.join(", "));
    match (bad.len(), equal) {
        (0, _) => Fit::Always,
        (count, true) if count == literals.len() => Fit::Never(text),
        _ => Fit::Sometimes(text),
    }
}

fn allowed(known: &Known, value: &str) -> bool {
    let one_of = known.one_of.as_ref();
    one_of.is_none_or(|values| values.iter().any(|known| known == value))
}

/// Whether the claim may be this literal.
fn equals(known: &Known, how: &Use, literal: &str) -> bool {
    // Asking for emptiness is no claim about values, and a type has its own spelling of them.
    if literal.is_empty() || literal == "null" || how.cast.is_some() {
        return true;
    }
    let literal = if how.shape == Shape::Text {
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
        ClaimKind::Uuid => uuid::read_by_postgres(literal).is_some(),
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

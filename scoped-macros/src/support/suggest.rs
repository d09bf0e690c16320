use crate::policy::distance;

/// The known name that is nearest to what was written, for "did you mean".
pub(crate) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let limit = written.len().max(3) / 3;
    known
        .iter()
        .map(|name| (distance(written, name), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// ``unknown argument `rol`; did you mean `role`?``, or the list of what is known.
pub(crate) fn unknown(written: &str, known: &[&str]) -> String {
    if let Some(name) = nearest(written, known) {
        return format!("unknown argument `{written}`; did you mean `{name}`?");
    }
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let one_of = if known.len() > 1 { "one of " } else { "" };
    format!(
        "unknown argument `{written}`; use {one_of}{}",
        known.join(", ")
    )
}

use scoped_rules::similar::nearest;

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

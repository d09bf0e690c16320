//! The `Prefer` header.

/// The preferences that PostgREST knows. It uses the first value of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Preferences {
    pub(crate) returning: Option<String>,
    pub(crate) resolution: Option<String>,
    pub(crate) missing: Option<String>,
    pub(crate) count: Option<String>,
    /// It has an effect only with `handling=strict`.
    pub(crate) max_affected: Option<u64>,
    pub(crate) is_strict: bool,
    /// All other preferences in the order of the header.
    pub(crate) others: Vec<String>,
}

pub(super) fn preferences(header: &str, ignored: &mut Vec<String>) -> Preferences {
    let mut found = Preferences::default();
    let mut handling = None;
    let mut max_affected = None;
    for setting in header
        .split(',')
        .map(str::trim)
        .filter(|setting| !setting.is_empty())
    {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        let known = match (name, value) {
            ("return", "representation" | "minimal" | "headers-only") => &mut found.returning,
            ("resolution", "merge-duplicates" | "ignore-duplicates") => &mut found.resolution,
            ("missing", "default" | "null") => &mut found.missing,
            ("count", "exact" | "planned" | "estimated") => &mut found.count,
            ("handling", "strict" | "lenient") => &mut handling,
            ("max-affected", _) => &mut max_affected,
            _ => {
                found.others.push(setting.to_owned());
                continue;
            }
        };
        if known.is_some() {
            ignored.push(setting.to_owned());
        } else {
            *known = Some(value.to_owned());
        }
    }
    found.is_strict = handling.as_deref() == Some("strict");
    found.max_affected = max_affected.and_then(|count| count.parse().ok());
    found
}

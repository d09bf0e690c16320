use std::borrow::Cow;

use http::HeaderValue;

use super::mistake::Mistake;

/// What a write answers with.
/// See <https://docs.postgrest.org/en/stable/references/api/preferences.html#return-representation>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returning {
    /// The rows written, as `select` says: the default. The user needs a policy that lets them read
    /// the rows.
    Rows,
    /// Nothing.
    Nothing,
    /// A `Location` header with the key of the row inserted, and no rows.
    Headers,
}

/// How rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Exact,
    Planned,
    Estimated,
}

/// What an upsert does with rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolution {
    Merge,
    Ignore,
}

/// The `Prefer` header (RFC 7240) of a query.
#[derive(Debug, Clone, Default)]
pub(super) struct Preferences {
    pub(super) returning: Option<Returning>,
    pub(super) resolution: Option<Resolution>,
    pub(super) missing_default: bool,
    pub(super) count: Option<Count>,
    pub(super) max_affected: Option<usize>,
    others: Vec<(String, String)>,
}

impl Preferences {
    /// Takes one preference such as `timezone=UTC`; a later one of the same name replaces it.
    pub(super) fn set(&mut self, setting: &str) -> Result<(), Mistake> {
        let refuse = |reason, remedy| Err(Mistake::named("preference", setting, reason, remedy));
        let is_sendable = setting.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name.is_empty() || !is_sendable || setting.contains(',') {
            return refuse(
                "is not one `name=value`",
                "call `prefer` once for each setting",
            );
        }
        match (name.as_str(), value) {
            ("return", "representation") => self.returning = Some(Returning::Rows),
            ("return", "minimal") => self.returning = Some(Returning::Nothing),
            ("return", "headers-only") => self.returning = Some(Returning::Headers),
            ("count", "exact") => self.count = Some(Count::Exact),
            ("count", "planned") => self.count = Some(Count::Planned),
            ("count", "estimated") => self.count = Some(Count::Estimated),
            ("missing", "default") => self.missing_default = true,
            ("return" | "count", _) => {
                return refuse(
                    "has a value that PostgREST does not know",
                    "check its spelling",
                );
            }
            ("resolution", _) => {
                return refuse(
                    "has a method of its own",
                    "use `upsert`, with `ignore_duplicates` if rows that are there stay",
                );
            }
            ("max-affected", _) => match value.parse() {
                Ok(count) => self.max_affected = Some(count),
                Err(_) => return refuse("is not a number", "use `max_affected(n)`"),
            },
            _ => {
                let value = value.to_owned();
                match self.others.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => *known = value,
                    None => self.others.push((name, value)),
                }
            }
        }
        Ok(())
    }

    /// Whether a preference that has no method was said.
    pub(super) fn has_other(&self, name: &str) -> bool {
        self.others.iter().any(|(known, _)| known == name)
    }

    /// The header's value, if there is anything to say.
    pub(super) fn header(&self, is_write: bool) -> Result<Option<HeaderValue>, Mistake> {
        let returning = match self.returning {
            Some(Returning::Rows) => Some("return=representation"),
            Some(Returning::Nothing) => Some("return=minimal"),
            Some(Returning::Headers) => Some("return=headers-only"),
            None => is_write.then_some("return=representation"),
        };
        let is_alone = self.resolution.is_none()
            && !self.missing_default
            && self.count.is_none()
            && self.max_affected.is_none()
            && self.others.is_empty();
        if is_alone {
            return Ok(returning.map(HeaderValue::from_static));
        }
        let resolution = self.resolution.map(|resolution| match resolution {
            Resolution::Merge => "resolution=merge-duplicates",
            Resolution::Ignore => "resolution=ignore-duplicates",
        });
        let count = self.count.map(|count| match count {
            Count::Exact => "count=exact",
            Count::Planned => "count=planned",
            Count::Estimated => "count=estimated",
        });
        let missing = self.missing_default.then_some("missing=default");
        let mut settings: Vec<Cow<'_, str>> = [returning, resolution, missing, count]
            .into_iter()
            .flatten()
            .map(Cow::Borrowed)
            .collect();
        // Without `strict` the server would not look at the limit.
        if let Some(count) = self.max_affected {
            settings.push("handling=strict".into());
            settings.push(format!("max-affected={count}").into());
        }
        for (name, value) in &self.others {
            let is_decided = name == "handling" && self.max_affected.is_some();
            if !is_decided && value.is_empty() {
                settings.push(name.into());
            } else if !is_decided {
                settings.push(format!("{name}={value}").into());
            }
        }
        HeaderValue::from_str(&settings.join(","))
            .map(Some)
            .map_err(|_| Mistake::new("a preference cannot be a header", "use ASCII text"))
    }
}

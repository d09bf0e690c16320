use std::borrow::Cow;

use http::HeaderValue;

use super::mistake::Mistake;

/// What a write returns, for [`Query::returning`](crate::Query::returning).
/// See <https://docs.postgrest.org/en/stable/references/api/preferences.html#return-representation>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returning {
    /// The written rows, with the columns of `select`. This is the default. A policy must allow the user to
    /// read the rows.
    Rows,
    /// No content.
    Nothing,
    /// No rows, but a `Location` header with the key of an inserted row.
    Headers,
}

/// How rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Exact,
    Planned,
    Estimated,
}

/// What an upsert does with existing rows.
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
    /// Sets one preference such as `timezone=UTC`, and replaces an earlier one of the same name.
    pub(super) fn set(&mut self, setting: &str) -> Result<(), Mistake> {
        let refuse = |reason, remedy| Err(Mistake::named("preference", setting, reason, remedy));
        let is_sendable = setting.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if name.is_empty() || !is_sendable || setting.contains(',') {
            return refuse(
                "is not a single `name=value`",
                "call `prefer` once for each preference",
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
                    "use `upsert`, with `ignore_duplicates` to keep existing rows unchanged",
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

    /// Whether a preference without a method of its own was set.
    pub(super) fn has_other(&self, name: &str) -> bool {
        self.others.iter().any(|(known, _)| known == name)
    }

    /// The value of the header, or `None` without preferences.
    pub(super) fn header(&self, is_write: bool) -> Result<Option<HeaderValue>, Mistake> {
        let returning = match self.returning {
            Some(Returning::Rows) => Some("return=representation"),
            Some(Returning::Nothing) => Some("return=minimal"),
            Some(Returning::Headers) => Some("return=headers-only"),
            None => is_write.then_some("return=representation"),
        };
        let has_no_other = self.resolution.is_none()
            && !self.missing_default
            && self.count.is_none()
            && self.max_affected.is_none()
            && self.others.is_empty();
        if has_no_other {
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
        // PostgREST applies `max-affected` only with strict handling.
        if let Some(count) = self.max_affected {
            settings.push("handling=strict".into());
            settings.push(format!("max-affected={count}").into());
        }
        for (name, value) in &self.others {
            let is_overridden = name == "handling" && self.max_affected.is_some();
            if !is_overridden && value.is_empty() {
                settings.push(name.into());
            } else if !is_overridden {
                settings.push(format!("{name}={value}").into());
            }
        }
        HeaderValue::from_str(&settings.join(","))
            .map(Some)
            .map_err(|_| Mistake::new("a preference cannot be sent in a header", "use ASCII text"))
    }
}

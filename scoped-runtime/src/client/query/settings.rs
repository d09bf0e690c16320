use http::{HeaderValue, Method};

use crate::error::ClientError;
use crate::transport::Outgoing;

use crate::client::name::invalid;

/// What a query says beside its builder: settings that `postgrest` would lose or send in a way that
/// servers ignore. They are put on the request when it is sent.
#[derive(Default)]
pub(super) struct Settings {
    limit: Option<usize>,
    offset: Option<usize>,
    /// `order`, or `table.order`, with all its columns.
    orders: Vec<(String, String)>,
    /// `Prefer` settings by name (RFC 7240).
    preferences: Vec<(String, String)>,
}

impl Settings {
    pub(super) fn limit(&mut self, count: usize) {
        self.limit = Some(count);
    }

    pub(super) fn range(&mut self, low: usize, high: usize) {
        self.offset = Some(low);
        self.limit = Some(
            high.checked_sub(low)
                .map_or(0, |more| more.saturating_add(1)),
        );
    }

    /// Adds columns behind the ones that are there.
    pub(super) fn order(&mut self, key: String, columns: &str) {
        match self.orders.iter_mut().find(|(known, _)| *known == key) {
            Some((_, order)) => {
                order.push(',');
                order.push_str(columns);
            }
            None => self.orders.push((key, columns.to_owned())),
        }
    }

    /// Sets one preference such as `count=exact`; a later one of the same name replaces it.
    pub(super) fn prefer(&mut self, setting: &str) -> Result<(), ClientError> {
        let usable = !setting.trim().is_empty()
            && setting.bytes().all(|byte| matches!(byte, b' '..=b'~'))
            && !setting.contains(',');
        if !usable {
            return Err(invalid(
                "preference",
                setting,
                "is not one `name=value`",
                "call `prefer` once for each setting",
            ));
        }
        set(&mut self.preferences, setting);
        Ok(())
    }

    /// Puts everything on the request.
    pub(super) fn apply(self, request: &mut Outgoing) -> Result<(), ClientError> {
        if self.limit.is_some() || self.offset.is_some() || !self.orders.is_empty() {
            for (key, columns) in &self.orders {
                request.parameter(key, columns);
            }
            if let Some(limit) = self.limit {
                request.parameter("limit", &limit.to_string());
            }
            if let Some(offset) = self.offset.filter(|offset| *offset > 0) {
                request.parameter("offset", &offset.to_string());
            }
        }

        let mut preferences = Vec::new();
        for header in request.headers.get_all("prefer") {
            for setting in header.to_str().unwrap_or_default().split(',') {
                set(&mut preferences, setting);
            }
        }
        for (name, value) in &self.preferences {
            set(&mut preferences, &join(name, value));
        }
        // PostgREST 13 dropped limited writes and ignores `limit` there; this makes it refuse a
        // write that touches more rows, and older versions know `limit`.
        // https://docs.postgrest.org/en/stable/references/api/preferences.html#max-affected
        let is_limited_write = matches!(request.method, Method::PATCH | Method::DELETE);
        if let Some(limit) = self.limit.filter(|_| is_limited_write) {
            set(&mut preferences, "handling=strict");
            set(&mut preferences, &format!("max-affected={limit}"));
        }
        if preferences.is_empty() {
            return Ok(());
        }
        let text: Vec<String> = preferences
            .iter()
            .map(|(name, value)| join(name, value))
            .collect();
        let value = HeaderValue::from_str(&text.join(",")).map_err(|_| {
            invalid(
                "preference",
                "Prefer",
                "cannot be a header",
                "use ASCII text",
            )
        })?;
        request.headers.insert("prefer", value);
        Ok(())
    }
}

fn set(preferences: &mut Vec<(String, String)>, setting: &str) {
    let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
    let (name, value) = (name.trim(), value.trim());
    match preferences
        .iter_mut()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
    {
        Some((_, known)) => value.clone_into(known),
        None => preferences.push((name.to_owned(), value.to_owned())),
    }
}

fn join(name: &str, value: &str) -> String {
    if value.is_empty() {
        name.to_owned()
    } else {
        format!("{name}={value}")
    }
}

use serde_json::{Value, json};
use url::Url;

use crate::testing::error::{KitError, Result};

const STEP: &str = "gateway";

/// The requests whose path begins with `prefix`, and the server of the test's own that gets them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    prefix: String,
    url: Url,
}

impl Route {
    /// Checks the parts of a route.
    pub(crate) fn new(prefix: &str, url: &str) -> Result<Self> {
        let prefix = prefix.trim_end_matches('/');
        let is_path = prefix.len() > 1 && prefix.starts_with('/') && !prefix.contains(['?', '#']);
        if !is_path {
            return Err(
                KitError::new(STEP, format!("`{prefix}` is not the beginning of a path"))
                    .remedy("name one such as `/functions/v1`"),
            );
        }
        let url = Url::parse(url)
            .ok()
            .filter(|url| url.scheme() == "http" && url.has_host());
        let url = url.ok_or_else(|| {
            KitError::new(STEP, format!("the server of `{prefix}` has no http URL"))
                .remedy("name one such as `http://127.0.0.1:9000`")
        })?;
        Ok(Self {
            prefix: prefix.to_owned(),
            url,
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "prefix": self.prefix, "url": self.url.as_str() })
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn a_route_needs_a_path_and_an_http_url() {
        let route = Route::new("/functions/v1/", "http://127.0.0.1:9000").unwrap();
        assert_eq!(route.to_json()["prefix"], "/functions/v1");
        for prefix in ["", "/", "functions", "/a?b"] {
            let error = Route::new(prefix, "http://127.0.0.1").unwrap_err();
            assert!(
                error.to_string().contains("is not the beginning of a path"),
                "{error}"
            );
        }
        for url in ["", "127.0.0.1:9000", "https://127.0.0.1", "ws://127.0.0.1"] {
            let error = Route::new("/x", url).unwrap_err();
            assert!(error.to_string().contains("has no http URL"), "{error}");
        }
    }
}

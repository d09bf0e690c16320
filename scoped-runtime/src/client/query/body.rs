use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::error::ClientError;

/// What an insert, an update or a function call sends: JSON.
///
/// Text is sent as it is, as `postgrest` does; a [`Value`] and [`Body::json`] are serialised.
///
/// ```
/// use scoped_runtime::Body;
///
/// #[derive(serde::Serialize)]
/// struct Note { body: String }
///
/// let text: Body = r#"{"body": "milk"}"#.into();
/// let value: Body = serde_json::json!({"body": "milk"}).into();
/// let typed = Body::json(&Note { body: "milk".into() });
/// ```
pub struct Body(Result<String, ClientError>);

impl Body {
    /// Serialises a value, or a slice of values for many rows. A failure is reported when the query
    /// is sent.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        Self(serde_json::to_string(value).map_err(|source| ClientError::Body { source }))
    }

    pub(crate) fn into_json(self) -> Result<String, ClientError> {
        self.0
    }
}

impl From<String> for Body {
    fn from(json: String) -> Self {
        Self(Ok(json))
    }
}

impl From<&String> for Body {
    fn from(json: &String) -> Self {
        json.clone().into()
    }
}

impl From<&str> for Body {
    fn from(json: &str) -> Self {
        json.to_owned().into()
    }
}

impl From<Cow<'_, str>> for Body {
    fn from(json: Cow<'_, str>) -> Self {
        json.into_owned().into()
    }
}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        value.to_string().into()
    }
}

impl From<&Value> for Body {
    fn from(value: &Value) -> Self {
        value.to_string().into()
    }
}

/// Rows may be private, so nothing of them is shown.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

use serde::{Deserialize, Serialize};

/// A row.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) owner: String,
    pub(crate) title: Option<String>,
    pub(crate) body: String,
}

/// What a caller writes. The policies decide whether they may, and the table what it needs.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

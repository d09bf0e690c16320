use serde::{Deserialize, Serialize};

/// A row of the table `notes`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The primary key.
    pub id: i64,
    /// The user whose note it is.
    pub owner: String,
    /// What is shown in lists.
    pub title: Option<String>,
    /// The text.
    pub body: String,
}

/// What a caller writes. The policies decide whether the caller may write it, the table what is required.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

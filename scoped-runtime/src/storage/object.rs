use serde::Deserialize;
use serde_json::{Map, Value};

/// An object as Storage describes it; [`Bucket::info`](super::Bucket::info) returns it. Times are text in the form
/// of ISO 8601, as the server writes them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// The ID of the object.
    #[serde(default)]
    pub id: Option<String>,
    /// The key.
    #[serde(default)]
    pub name: Option<String>,
    /// The version, which each overwrite changes.
    #[serde(default)]
    pub version: Option<String>,
    /// The bucket.
    #[serde(default, alias = "bucketId")]
    pub bucket_id: Option<String>,
    /// The size in bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// The content type.
    #[serde(default, alias = "contentType")]
    pub content_type: Option<String>,
    /// The `Cache-Control` with which the object is served.
    #[serde(default, alias = "cacheControl")]
    pub cache_control: Option<String>,
    /// The entity tag, for [`if_none_match`](super::DownloadRequest::if_none_match).
    #[serde(default)]
    pub etag: Option<String>,
    /// The metadata that the upload set with [`metadata`](super::UploadRequest::metadata).
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
    /// When the object was changed last.
    #[serde(default, alias = "lastModified")]
    pub last_modified: Option<String>,
    /// When the object was made.
    #[serde(default, alias = "createdAt")]
    pub created_at: Option<String>,
}

/// An object that was uploaded or copied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Uploaded {
    /// The bucket and the key, such as `reports/2026/q1.pdf`.
    #[serde(rename = "Key", alias = "key")]
    pub path: String,
    /// The ID of the object; `None` after an upload to a signed URL.
    #[serde(rename = "Id", default)]
    pub id: Option<String>,
}

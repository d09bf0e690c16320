//! Resumable uploads by the protocol of <https://tus.io/protocols/resumable-upload>, as Storage speaks it.
//!
//! A token is decided for every part, so an upload may outlive any number of tokens. Only one request is on its way at
//! a time: Storage ends a running part when another request for the same upload arrives.

mod protocol;
mod request;
mod run;
mod source;
mod upload;
mod url;

pub(super) use request::Target;
pub use request::{Progress, ResumableRequest};
pub use upload::ResumableUpload;
pub use url::UploadUrl;

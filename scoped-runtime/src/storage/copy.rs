use std::future::IntoFuture;
use std::sync::Arc;

use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::key::{check_bucket, check_key};
use super::object_options::{ObjectOptions, option_methods};
use super::request::{ROOT, awaited, json_request};
use super::{Bucket, Uploaded};
use crate::client::{Async, Mode, answer};
use crate::error::ClientError;
use crate::transport::TransportRequest;

/// From where to where an object is copied or moved.
#[derive(Debug)]
struct Route<M: Mode> {
    bucket: Bucket<M>,
    from: String,
    to: String,
    to_bucket: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters<'a> {
    bucket_id: &'a str,
    source_key: &'a str,
    destination_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_bucket: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_metadata: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

impl<M: Mode> Route<M> {
    fn request(
        &self,
        verb: &str,
        copy_metadata: Option<bool>,
        metadata: Option<Value>,
    ) -> Result<TransportRequest, ClientError> {
        check_bucket(&self.bucket.name)?;
        check_key(&self.from)?;
        check_key(&self.to)?;
        let destination_bucket = self.to_bucket.as_deref();
        destination_bucket.map_or(Ok(()), check_bucket)?;
        let body = Parameters {
            bucket_id: &self.bucket.name,
            source_key: &self.from,
            destination_key: &self.to,
            destination_bucket,
            copy_metadata,
            metadata,
        };
        json_request(Method::POST, format!("{ROOT}object/{verb}"), &body)
    }
}

/// The move of an object to another key. [`Bucket::move_to`] starts one; it is sent when it is awaited, or by
/// [`execute`](Self::execute).
#[derive(Debug)]
#[must_use = "nothing is moved until this is awaited, or sent with `execute`"]
pub struct MoveRequest<M: Mode = Async>(Route<M>);

impl<M: Mode> MoveRequest<M> {
    pub(super) fn new(bucket: Bucket<M>, from: String, to: String) -> Self {
        Self(Route {
            bucket,
            from,
            to,
            to_bucket: None,
        })
    }

    /// Moves the object to another bucket.
    pub fn to_bucket(mut self, bucket: impl Into<String>) -> Self {
        self.0.to_bucket = Some(bucket.into());
        self
    }

    /// Sends the request.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn execute(self) -> M::Answer<()> {
        let core = Arc::clone(self.0.bucket.core());
        answer::<_, M>(&core, async move {
            let request = self.0.request("move", None, None)?;
            self.0.bucket.core().send(&request).await?;
            Ok(())
        })
    }
}

/// The copy of an object. [`Bucket::copy`] starts one; it is sent when it is awaited, or by [`execute`](Self::execute).
///
/// The copy has the content type, the cache control and the metadata of the original. Once one of the three is set here,
/// the metadata of the original is not copied.
#[derive(Debug)]
#[must_use = "nothing is copied until this is awaited, or sent with `execute`"]
pub struct CopyRequest<M: Mode = Async> {
    route: Route<M>,
    options: ObjectOptions,
}

impl<M: Mode> CopyRequest<M> {
    pub(super) fn new(bucket: Bucket<M>, from: String, to: String) -> Self {
        Self {
            route: Route {
                bucket,
                from,
                to,
                to_bucket: None,
            },
            options: ObjectOptions::default(),
        }
    }

    /// Copies the object to another bucket.
    pub fn to_bucket(mut self, bucket: impl Into<String>) -> Self {
        self.route.to_bucket = Some(bucket.into());
        self
    }

    option_methods! {
        /// Replaces an existing object. Needs a policy for UPDATE, too.
        upsert,
        /// Gives the copy another content type.
        content_type,
        /// Gives the copy another cache control (`max-age`).
        cache_control,
        /// Gives the copy other metadata, in place of that of the original.
        metadata,
    }

    /// Sends the request.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; the errors of
    /// [`Query::execute`](crate::Query::execute) otherwise.
    pub fn execute(mut self) -> M::Answer<Uploaded> {
        let core = Arc::clone(self.route.bucket.core());
        answer::<_, M>(&core, async move {
            self.options.check()?;
            let changed = self.options.copy_metadata();
            let keeps_metadata =
                (changed.is_some() || self.options.has_metadata()).then_some(false);
            let mut request = self.route.request("copy", keeps_metadata, changed)?;
            self.options.write_upsert(&mut request);
            self.options.write_metadata(&mut request)?;
            self.route.bucket.core().send(&request).await?.json()
        })
    }
}

awaited!(MoveRequest::execute -> ());

awaited!(CopyRequest::execute -> Uploaded);

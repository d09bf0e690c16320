use std::fmt;
use std::future::IntoFuture;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, CONTENT_RANGE, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE};

use super::request::{awaited, object_target, request, set_header, unexpected};
use super::{Bucket, Download, Storage, Transform};
use crate::client::{Async, Mode, answer};
use crate::error::ClientError;
use crate::transport::TransportRequest;

/// The download of an object. [`Bucket::download`] starts one. Awaited, it returns the bytes.
#[must_use = "a download does nothing until it is awaited, or read with `bytes` or `stream`"]
pub struct DownloadRequest<M: Mode = Async> {
    storage: Storage<M>,
    /// The path of the object, and that of its transformed image.
    targets: Result<Targets, ClientError>,
    range: Option<Wanted>,
    conditions: Vec<(HeaderName, String)>,
    transform: Option<Transform>,
    timeout: Option<Duration>,
}

struct Targets {
    object: String,
    /// `None` for a signed URL, whose token says what is done with the image.
    image: Option<String>,
}

/// The part of an object that is wanted.
#[derive(Clone, Copy)]
enum Wanted {
    /// From this byte to that one, which is included; `None` for the end of the object.
    From(u64, Option<u64>),
    /// The last bytes.
    Last(u64),
    /// A range that has no byte.
    Nothing,
}

impl<M: Mode> DownloadRequest<M> {
    pub(super) fn of_object(bucket: &Bucket<M>, key: &str) -> Self {
        let targets = || {
            Ok(Targets {
                object: object_target("object/authenticated/", &bucket.name, key)?,
                image: Some(object_target(
                    "render/image/authenticated/",
                    &bucket.name,
                    key,
                )?),
            })
        };
        Self::new(bucket.storage.clone(), targets())
    }

    pub(super) fn of_target(storage: Storage<M>, target: Result<String, ClientError>) -> Self {
        let targets = target.map(|object| Targets {
            object,
            image: None,
        });
        Self::new(storage, targets)
    }

    fn new(storage: Storage<M>, targets: Result<Targets, ClientError>) -> Self {
        Self {
            storage,
            targets,
            range: None,
            conditions: Vec::new(),
            transform: None,
            timeout: None,
        }
    }

    /// Downloads only these bytes (RFC 9110, section 14.2), such as `1024..2048`. A range that begins behind the end
    /// of the object is [`Error::Storage`](crate::Error::Storage) with status 416.
    pub fn range(mut self, bytes: impl RangeBounds<u64>) -> Self {
        let first = match bytes.start_bound() {
            Bound::Included(first) => Some(*first),
            Bound::Excluded(before) => before.checked_add(1),
            Bound::Unbounded => Some(0),
        };
        let last = match bytes.end_bound() {
            Bound::Included(last) => Some(Some(*last)),
            Bound::Excluded(end) => end.checked_sub(1).map(Some),
            Bound::Unbounded => Some(None),
        };
        self.range = Some(match (first, last) {
            (Some(first), Some(last)) if last.is_none_or(|last| first <= last) => {
                Wanted::From(first, last)
            }
            _ => Wanted::Nothing,
        });
        self
    }

    /// Downloads only the last bytes.
    pub fn last(mut self, bytes: u64) -> Self {
        self.range = Some(if bytes == 0 {
            Wanted::Nothing
        } else {
            Wanted::Last(bytes)
        });
        self
    }

    /// Downloads the object only if it has another entity tag than this one, which
    /// [`Download::etag`] or [`Bucket::info`] returned. Otherwise the error
    /// [`is_not_modified`](crate::StorageError::is_not_modified).
    pub fn if_none_match(mut self, etag: impl Into<String>) -> Self {
        self.conditions.push((IF_NONE_MATCH, etag.into()));
        self
    }

    /// Downloads the object only if it was changed after this time, to the second. Otherwise the error
    /// [`is_not_modified`](crate::StorageError::is_not_modified).
    pub fn if_modified_since(mut self, time: SystemTime) -> Self {
        let time = time.max(SystemTime::UNIX_EPOCH);
        self.conditions
            .push((IF_MODIFIED_SINCE, httpdate::fmt_http_date(time)));
        self
    }

    /// Downloads the image in another size or quality.
    pub fn transform(mut self, transform: Transform) -> Self {
        self.transform = Some(transform);
        self
    }

    /// Sets how long the download may take: as a whole for [`bytes`](Self::bytes), until it begins for
    /// [`stream`](Self::stream). The default is [`request_timeout`](crate::ConfigBuilder::request_timeout).
    pub fn timeout(mut self, after: Duration) -> Self {
        self.timeout = Some(after);
        self
    }

    /// Downloads the object into memory.
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) for a refusal; [`ClientError::LimitExceeded`] for more than
    /// [`Limits::response_bytes`](crate::Limits::response_bytes); [`Error::Client`](crate::Error::Client) and
    /// [`Error::Token`](crate::Error::Token) when nothing was sent or no answer arrived.
    pub fn bytes(self) -> M::Answer<Bytes> {
        let core = Arc::clone(&self.storage.core);
        answer::<_, M>(&core, async move {
            let range = self.range;
            let (storage, request) = self.into_request()?;
            let response = storage.core.send(&request).await?;
            let content_range = response.header(CONTENT_RANGE.as_str());
            let length = check_range(range, response.status(), content_range)?;
            let bytes = response.into_bytes();
            check_length(length, Some(bytes.len() as u64))?;
            Ok(bytes)
        })
    }

    /// Starts the download, and returns when its first bytes may be read.
    ///
    /// # Errors
    /// The errors of [`bytes`](Self::bytes).
    pub fn stream(self) -> M::Answer<Download<M>> {
        let core = Arc::clone(&self.storage.core);
        answer::<_, M>(&core, async move {
            let range = self.range;
            let (storage, request) = self.into_request()?;
            let response = storage.core.stream(&request, None).await?;
            let content_range = response.header(CONTENT_RANGE.as_str());
            let length = check_range(range, response.status(), content_range)?;
            let download = Download::new(storage.core, response);
            check_length(length, download.length())?;
            Ok(download)
        })
    }

    fn into_request(self) -> Result<(Storage<M>, TransportRequest), ClientError> {
        let targets = self.targets?;
        let target = match (self.transform, targets.image) {
            (None, _) => targets.object,
            (Some(transform), Some(mut image)) => {
                transform.check()?;
                transform.push_to(&mut image);
                image
            }
            (Some(_), None) => {
                return Err(ClientError::InvalidQuery {
                    what: "the token of a signed URL says what is done with its image".to_owned(),
                    remedy: "set the transform when the URL is signed",
                });
            }
        };
        let mut request = request(Method::GET, target);
        set_header(&mut request, ACCEPT, "*/*")?;
        let range = match self.range {
            None => None,
            Some(Wanted::From(first, Some(last))) => Some(format!("bytes={first}-{last}")),
            Some(Wanted::From(first, None)) => Some(format!("bytes={first}-")),
            Some(Wanted::Last(bytes)) => Some(format!("bytes=-{bytes}")),
            Some(Wanted::Nothing) => {
                return Err(ClientError::InvalidQuery {
                    what: "`range` has no byte".to_owned(),
                    remedy: "begin it before its end",
                });
            }
        };
        if let Some(range) = range {
            set_header(&mut request, RANGE, &range)?;
        }
        for (name, value) in &self.conditions {
            set_header(&mut request, name.clone(), value)?;
        }
        request.timeout = self.timeout;
        Ok((self.storage, request))
    }
}

/// Refuses a response with other bytes than the wanted ones: a proxy may ignore the range. Returns the length of the range.
fn check_range(
    wanted: Option<Wanted>,
    status: u16,
    content_range: Option<&str>,
) -> Result<Option<u64>, ClientError> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let (first, last, total) = content_range
        .filter(|_| status == 206)
        .and_then(parse_content_range)
        .ok_or_else(|| {
            unexpected(
                "a download",
                "has the whole object where a range was wanted",
            )
        })?;
    let end = total.map_or(last, |total| total.saturating_sub(1));
    let is_wanted = match wanted {
        Wanted::From(from, Some(to)) => first == from && last == to.min(end),
        Wanted::From(from, None) => first == from && last == end,
        Wanted::Last(bytes) => match total {
            Some(total) => first == total.saturating_sub(bytes) && last == end,
            None => last - first < bytes,
        },
        Wanted::Nothing => false,
    };
    if is_wanted {
        Ok((last - first).checked_add(1))
    } else {
        Err(unexpected(
            "a download",
            "has another range than the wanted one",
        ))
    }
}

/// Refuses a body of another length than its range, if both are known.
fn check_length(of_range: Option<u64>, of_body: Option<u64>) -> Result<(), ClientError> {
    match (of_range, of_body) {
        (Some(range), Some(body)) if range != body => Err(unexpected(
            "a download",
            "has a body of another length than its range",
        )),
        _ => Ok(()),
    }
}

/// Reads `bytes 0-4/10`; the total is `*` where it is not known.
fn parse_content_range(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some((first, last, total.parse().ok()))
}

awaited!(DownloadRequest::bytes -> Bytes);

impl<M: Mode> fmt::Debug for DownloadRequest<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query of a signed URL is a secret.
        let targets = self.targets.as_ref().ok();
        let path = targets.and_then(|targets| targets.object.split('?').next());
        f.debug_struct("DownloadRequest")
            .field("path", &path)
            .finish_non_exhaustive()
    }
}

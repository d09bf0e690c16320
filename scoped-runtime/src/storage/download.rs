use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::Stream;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::client::{Async, Core, Mode};
use crate::error::{ClientError, Error};
use crate::transport::StreamedResponse;

/// An object whose bytes are read part by part. [`DownloadRequest::stream`](super::DownloadRequest::stream) returns it.
///
/// The token was checked when the download began, so a download that outlives its token ends well. The time to the
/// next part is limited by [`body_idle_timeout`](crate::ConfigBuilder::body_idle_timeout), and the total size by nothing:
/// the caller decides how much to read. In blocking code it implements [`std::io::Read`].
#[must_use = "the connection waits until the object is read or dropped"]
pub struct Download<M: Mode = Async> {
    #[cfg_attr(
        not(feature = "blocking"),
        expect(dead_code, reason = "only blocking code waits")
    )]
    pub(crate) core: Arc<Core>,
    pub(crate) response: StreamedResponse,
    /// What of a part was not read yet, in blocking code.
    #[cfg(feature = "blocking")]
    pub(crate) rest: Bytes,
    mode: PhantomData<fn() -> M>,
}

impl<M: Mode> Download<M> {
    pub(super) fn new(core: Arc<Core>, response: StreamedResponse) -> Self {
        Self {
            core,
            response,
            #[cfg(feature = "blocking")]
            rest: Bytes::new(),
            mode: PhantomData,
        }
    }

    /// The number of bytes that follow, if the server says it. A body that is shorter is an error when it is read.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.response.header(CONTENT_LENGTH.as_str())?.parse().ok()
    }

    /// The content type. Storage serves `text/html` as `text/plain`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.response.header(CONTENT_TYPE.as_str())
    }

    /// The entity tag, for [`if_none_match`](super::DownloadRequest::if_none_match).
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.response.header(ETAG.as_str())
    }

    /// The `Cache-Control` with which the object is served.
    #[must_use]
    pub fn cache_control(&self) -> Option<&str> {
        self.response.header(CACHE_CONTROL.as_str())
    }

    /// When the object was changed last, to the second.
    #[must_use]
    pub fn last_modified(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.response.header(LAST_MODIFIED.as_str())?).ok()
    }
}

impl Download {
    /// The next part; `None` at the end of the object and after an error.
    ///
    /// # Errors
    /// The errors of [`StreamedResponse::next_part`].
    pub async fn next_part(&mut self) -> Option<Result<Bytes, Error>> {
        self.response.next_part().await
    }

    /// The object as a stream of its parts; an error is the last item.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        self.response.into_stream()
    }

    /// Writes the object to a file or another writer, flushes it, and returns the number of bytes.
    ///
    /// # Errors
    /// The errors of [`next_part`](Self::next_part), and [`ClientError::Write`]. A part of the object may be written
    /// then.
    pub async fn write_to(mut self, writer: &mut (impl AsyncWrite + Unpin)) -> Result<u64, Error> {
        let failed = |source| ClientError::Write { source };
        let mut written = 0;
        while let Some(part) = self.next_part().await {
            let part = part?;
            writer.write_all(&part).await.map_err(failed)?;
            written += part.len() as u64;
        }
        writer.flush().await.map_err(failed)?;
        Ok(written)
    }
}

/// Shows neither the content nor the headers.
impl<M: Mode> fmt::Debug for Download<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

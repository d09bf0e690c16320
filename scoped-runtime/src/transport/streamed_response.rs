use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderMap;

use super::request_body::Upload;
use super::response_body::ResponseBody;
use super::send_error::{OversizedHead, to_error};
use super::{SendAs, Transport, TransportRequest};
use crate::error::{ClientError, Error, Phase};
use crate::session::CloseFlag;

/// A successful response (status 200 to 299) whose body is read part by part.
/// [`Request::stream`](crate::Request::stream) and [`Request::upload`](crate::Request::upload) return it.
///
/// The timeout of the request covers everything up to the head of the response. After that, the time to the next
/// part is limited by [`body_idle_timeout`](crate::ConfigBuilder::body_idle_timeout). When the client is closed,
/// the body ends with [`ClientError::Closed`].
#[must_use = "the connection waits until the body is read or dropped"]
pub struct StreamedResponse {
    status: u16,
    headers: HeaderMap,
    /// `None` after the end of the body or an error.
    body: Option<ResponseBody>,
    close_flag: Arc<CloseFlag>,
    transport: Arc<Transport>,
}

impl Transport {
    /// Sends a request and returns its response as soon as the head has been read.
    pub(crate) async fn stream(
        self: &Arc<Self>,
        request: &TransportRequest,
        upload: Option<Upload>,
        sender: SendAs<'_>,
        close_flag: &Arc<CloseFlag>,
    ) -> Result<StreamedResponse, Error> {
        let (head, body) = self.send_streaming(request, upload, sender).await?;
        Ok(StreamedResponse {
            status: head.status.as_u16(),
            headers: head.headers,
            body: Some(body),
            close_flag: Arc::clone(close_flag),
            transport: Arc::clone(self),
        })
    }
}

impl StreamedResponse {
    /// The HTTP status, from 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of a header; `None` if it is missing or not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    #[cfg(feature = "functions")]
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The next part of the body, which is not empty; `None` at its end and after an error.
    ///
    /// # Errors
    /// [`ClientError::Closed`] when the client is closed, [`ClientError::Timeout`] when no part arrives in time,
    /// [`ClientError::Transport`] when the connection is lost.
    pub async fn next_part(&mut self) -> Option<Result<Bytes, Error>> {
        let body = self.body.as_mut()?;
        if self.close_flag.is_closed() {
            self.body = None;
            return Some(Err(ClientError::Closed.into()));
        }
        let timeout = self.transport.body_idle_timeout;
        let part = read_part(body, &self.close_flag, &self.transport, timeout).await;
        if !matches!(part, Some(Ok(_))) {
            self.body = None;
        }
        part
    }

    /// The body as a stream of its parts; an error is the last item.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        futures_util::stream::unfold(self, async |mut response| {
            let part = response.next_part().await?;
            Some((part, response))
        })
    }
}

async fn read_part(
    body: &mut ResponseBody,
    close_flag: &CloseFlag,
    transport: &Transport,
    timeout: Duration,
) -> Option<Result<Bytes, Error>> {
    use std::future::poll_fn;
    use std::task::Poll;

    use futures_util::future::{Either, select};

    let connector = &transport.connector;
    let checked = |part: Result<Bytes, hyper::Error>| {
        part.map_err(|error| {
            let head = OversizedHead::of(&error, true);
            to_error(error, head, connector.origin.name(), &connector.limits)
        })
    };
    // A part that is there needs no timer.
    let at_once = poll_fn(|cx| Poll::Ready(body.poll_part(cx)));
    if let Poll::Ready(part) = at_once.await {
        return part.map(checked);
    }
    let clock = &transport.connector.clock;
    let moment = clock.monotonic().saturating_add(timeout);
    let closed = std::pin::pin!(close_flag.wait_closed());
    let ends = select(closed, clock.sleep_until(moment));
    let next = std::pin::pin!(poll_fn(|cx| body.poll_part(cx)));
    match select(next, ends).await {
        Either::Left((part, _)) => part.map(checked),
        Either::Right((Either::Left(_), _)) => Some(Err(ClientError::Closed.into())),
        Either::Right((Either::Right(_), _)) => Some(Err(ClientError::Timeout {
            after: timeout,
            phase: Phase::Body,
        }
        .into())),
    }
}

/// Shows neither body nor headers: rows may be private, and a server may echo what it was sent.
impl fmt::Debug for StreamedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamedResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderMap;

use super::body::Upload;
use super::failure::{LargeHead, explain};
use super::receive::ReceiveBody;
use super::{As, Outgoing, Transport};
use crate::error::{ClientError, Error, Phase};
use crate::session::Life;

/// A successful answer whose body is read part by part, and never held as a whole.
///
/// The time of the request ended with the answer's head; from there on each part has
/// [`body_idle_timeout`](crate::ConfigBuilder::body_idle_timeout). It ends with
/// [`ClientError::Closed`] when its client is closed.
#[must_use = "the connection waits until the body is read or dropped"]
pub struct StreamedResponse {
    status: u16,
    headers: HeaderMap,
    /// Gone at the end.
    body: Option<ReceiveBody>,
    life: Arc<Life>,
    transport: Arc<Transport>,
}

impl Transport {
    /// Sends a request, and gives its answer as soon as the head is there.
    pub(crate) async fn stream(
        self: &Arc<Self>,
        request: &Outgoing,
        upload: Option<Upload>,
        source: &dyn crate::session::TokenSource,
        life: &Arc<Life>,
    ) -> Result<StreamedResponse, Error> {
        let sender = As::User { source, life };
        let (head, body) = self.open(request, upload, sender).await?;
        Ok(StreamedResponse {
            status: head.status.as_u16(),
            headers: head.headers,
            body: Some(body),
            life: Arc::clone(life),
            transport: Arc::clone(self),
        })
    }
}

impl StreamedResponse {
    /// The HTTP status, from 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The value of a header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The next part of the body; `None` at its end.
    ///
    /// # Errors
    /// [`ClientError::Closed`], [`ClientError::Timeout`] and [`ClientError::Transport`]; nothing comes
    /// after one.
    pub async fn next_part(&mut self) -> Option<Result<Bytes, Error>> {
        let body = self.body.as_mut()?;
        if self.life.is_closed() {
            self.body = None;
            return Some(Err(ClientError::Closed.into()));
        }
        let limit = self.transport.body_idle_timeout;
        let part = part(body, &self.life, &self.transport, limit).await;
        if !matches!(part, Some(Ok(_))) {
            self.body = None;
        }
        part
    }

    /// The body as a stream of its parts.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        futures_util::stream::unfold(self, async |mut answer| {
            let part = answer.next_part().await?;
            Some((part, answer))
        })
    }
}

async fn part(
    body: &mut ReceiveBody,
    life: &Life,
    transport: &Transport,
    limit: Duration,
) -> Option<Result<Bytes, Error>> {
    use futures_util::future::{Either, select};

    let clock = &transport.connector.clock;
    let moment = clock.monotonic().saturating_add(limit);
    let ended = std::pin::pin!(life.ended());
    let ends = select(ended, clock.sleep_until(moment));
    let next = std::pin::pin!(std::future::poll_fn(|cx| body.poll_part(cx)));
    let connector = &transport.connector;
    match select(next, ends).await {
        Either::Left((part, _)) => part.map(|part| {
            part.map_err(|error| {
                let head = LargeHead::of(&error, true);
                explain(error, head, connector.origin.name(), &connector.limits)
            })
        }),
        Either::Right((Either::Left(_), _)) => Some(Err(ClientError::Closed.into())),
        Either::Right((Either::Right(_), _)) => Some(Err(ClientError::Timeout {
            after: limit,
            phase: Phase::Body,
        }
        .into())),
    }
}

/// Rows may be private, and a server may echo what it was sent: neither is shown.
impl fmt::Debug for StreamedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamedResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

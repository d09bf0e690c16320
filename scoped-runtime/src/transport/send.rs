//! Sends a request and returns its response, with retries and within the deadline.

use std::pin::pin;

use bytes::Bytes;
use http::HeaderMap;
use http::response::Parts;
use tokio::runtime::Handle;
use tokio::task::coop::unconstrained;

use super::cancellation::{Cancellation, Deadline};
use super::exchange::Exchange;
use super::request_body::Upload;
use super::response_body::{BodyLimit, ResponseBody};
use super::span::RequestSpan;
use super::{Response, SendAs, Transport, TransportRequest, unsendable};
use crate::error::{ClientError, Error};
use crate::metrics::RequestTimer;

/// How much of a response is read within the deadline and the retries.
#[derive(Clone, Copy)]
pub(super) enum ReadMode {
    /// Head and body.
    Buffered(BodyLimit),
    /// The head; the body is streamed.
    HeadOnly,
}

/// A successful response, as far as it was read.
pub(super) enum Received {
    Buffered(Parts, Bytes),
    HeadOnly(Parts, ResponseBody),
}

impl Transport {
    /// Sends a request and reads the response to its end.
    pub(crate) async fn send(
        &self,
        request: &TransportRequest,
        sender: SendAs<'_>,
    ) -> Result<Response, Error> {
        self.send_buffered(request, None, sender).await
    }

    /// [`send`](Self::send) with a body that can be sent only once.
    #[cfg(any(feature = "functions", feature = "storage"))]
    pub(crate) async fn send_upload(
        &self,
        request: &TransportRequest,
        upload: Upload,
        sender: SendAs<'_>,
    ) -> Result<Response, Error> {
        self.send_buffered(request, Some(upload), sender).await
    }

    async fn send_buffered(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
        sender: SendAs<'_>,
    ) -> Result<Response, Error> {
        let (bytes, setting) = match request.max_response_bytes {
            None => (self.limits().response_bytes, "response_bytes"),
            Some(bytes) => (bytes, "key_set_bytes"),
        };
        let limit = BodyLimit {
            bytes,
            status: None,
            setting,
        };
        match self
            .run(request, upload, sender, ReadMode::Buffered(limit))
            .await?
        {
            Received::Buffered(head, body) => {
                let response = Response::new(head.status.as_u16(), head.headers, body);
                Ok(response.for_target(&request.target))
            }
            Received::HeadOnly(..) => Err(unsendable("got a response without its body").into()),
        }
    }

    /// Sends a request, perhaps with a streamed body, and reads only the head of the response.
    pub(super) async fn send_streaming(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
        sender: SendAs<'_>,
    ) -> Result<(Parts, ResponseBody), Error> {
        match self
            .run(request, upload, sender, ReadMode::HeadOnly)
            .await?
        {
            Received::HeadOnly(head, body) => Ok((head, body)),
            Received::Buffered(..) => Err(unsendable("got a response that is not streamed").into()),
        }
    }

    async fn run(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
        sender: SendAs<'_>,
        mode: ReadMode,
    ) -> Result<Received, Error> {
        check(&request.headers)?;
        let span = RequestSpan::begin(self, request);
        let timer = RequestTimer::begin(&*self.connector.clock, &request.method, &request.target);
        let work = self.run_within(request, upload, sender, mode, &span);
        // Without `unconstrained`, a task that awaits hundreds of requests uses up tokio's cooperative budget
        // before it has polled them all, and each timer then wakes it again.
        let outcome = span.run(unconstrained(work)).await;
        let ended = match &outcome {
            Ok(Received::Buffered(head, _) | Received::HeadOnly(head, _)) => {
                Ok(head.status.as_u16())
            }
            Err(error) => Err(error),
        };
        span.end(ended);
        timer.end(ended);
        outcome
    }

    async fn run_within(
        &self,
        request: &TransportRequest,
        upload: Option<Upload>,
        sender: SendAs<'_>,
        mode: ReadMode,
        span: &RequestSpan,
    ) -> Result<Received, Error> {
        // Both timers and connections need a runtime.
        if Handle::try_current().is_err() {
            return Err(ClientError::NoRuntime.into());
        }
        let timeout = request.timeout.unwrap_or(self.request_timeout);
        let deadline = Deadline::after(&self.connector.clock, timeout);
        let changed = pin!(None);
        let mut exchange = Exchange {
            transport: self,
            request,
            sender,
            span,
            cancellation: Cancellation::new(&deadline, sender, changed),
            token: None,
            has_upload: upload.is_some(),
            upload,
            retries: 0,
            is_token_replaced: false,
            has_waited_for_clock: false,
        };
        exchange.renew_token().await?;
        loop {
            match exchange.attempt(mode).await {
                Ok(received) => {
                    self.retry_budget.earn();
                    return Ok(received);
                }
                Err(failed) => exchange.recover(failed).await?,
            }
        }
    }
}

/// Refuses headers that only the transport sets, whichever API added them.
fn check(headers: &HeaderMap) -> Result<(), ClientError> {
    match headers
        .keys()
        .find(|name| crate::config::is_of_transport(name))
    {
        None => Ok(()),
        Some(name) => Err(ClientError::InvalidName {
            kind: "header",
            name: name.as_str().to_owned(),
            reason: "frames a message, names its destination or changes how it is read",
            remedy: "leave it out: the transport sets it",
        }),
    }
}

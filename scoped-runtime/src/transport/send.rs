//! One request from its beginning to the answer, within its time.

use std::pin::pin;

use bytes::Bytes;
use http::HeaderMap;
use http::response::Parts;
use tokio::runtime::Handle;
use tokio::task::coop::unconstrained;

use super::body::Upload;
use super::exchange::Exchange;
use super::gate::{As, Deadline, Watch};
use super::receive::{Limit, ReceiveBody};
use super::span::RequestSpan;
use super::{Outgoing, Response, Transport, unsendable};
use crate::error::{ClientError, Error};
use crate::metrics::RequestTimer;

/// How much of an answer is read before it counts as one.
#[derive(Clone, Copy)]
pub(super) enum Extent {
    Whole(Limit),
    Head,
}

pub(super) enum Answer {
    Whole(Parts, Bytes),
    Head(Parts, ReceiveBody),
}

impl Transport {
    /// Sends a request, and reads the answer to its end.
    pub(crate) async fn send(&self, request: &Outgoing, sender: As<'_>) -> Result<Response, Error> {
        let (bytes, setting) = match request.max_answer {
            None => (self.limits().answer_bytes, "answer_bytes"),
            Some(bytes) => (bytes, "key_set_bytes"),
        };
        let limit = Limit {
            bytes,
            status: None,
            setting,
        };
        match self
            .run(request, None, sender, Extent::Whole(limit))
            .await?
        {
            Answer::Whole(head, body) => {
                let response = Response::new(head.status.as_u16(), head.headers, body);
                Ok(response.to(&request.target))
            }
            Answer::Head(..) => Err(unsendable("was answered in part").into()),
        }
    }

    /// Sends a request with a body that can be sent once, and reads the answer's head only.
    pub(super) async fn open(
        &self,
        request: &Outgoing,
        upload: Option<Upload>,
        sender: As<'_>,
    ) -> Result<(Parts, ReceiveBody), Error> {
        match self.run(request, upload, sender, Extent::Head).await? {
            Answer::Head(head, body) => Ok((head, body)),
            Answer::Whole(..) => Err(unsendable("was answered as a whole").into()),
        }
    }

    async fn run(
        &self,
        request: &Outgoing,
        upload: Option<Upload>,
        sender: As<'_>,
        extent: Extent,
    ) -> Result<Answer, Error> {
        check(&request.headers)?;
        let span = RequestSpan::begin(self, request);
        let timer = RequestTimer::begin(&*self.connector.clock, &request.method, &request.target);
        let work = self.run_within(request, upload, sender, extent, &span);
        // A task that waits for hundreds of requests would use up its budget before it has polled them
        // all, and each timer would wake it again. What is waited for here is the network.
        let outcome = span.run(unconstrained(work)).await;
        let ended = match &outcome {
            Ok(Answer::Whole(head, _) | Answer::Head(head, _)) => Ok(head.status.as_u16()),
            Err(error) => Err(error),
        };
        span.end(ended);
        timer.end(ended);
        outcome
    }

    async fn run_within(
        &self,
        request: &Outgoing,
        upload: Option<Upload>,
        sender: As<'_>,
        extent: Extent,
        span: &RequestSpan,
    ) -> Result<Answer, Error> {
        // Timers need one as much as connections do.
        if Handle::try_current().is_err() {
            return Err(ClientError::NoRuntime.into());
        }
        let limit = request.timeout.unwrap_or(self.request_timeout);
        let deadline = Deadline::after(&self.connector.clock, limit);
        let changed = pin!(None);
        let mut exchange = Exchange {
            transport: self,
            request,
            sender,
            span,
            watch: Watch::new(&deadline, sender, changed),
            token: None,
            has_upload: upload.is_some(),
            upload,
            tries: 0,
            is_token_replaced: false,
            has_waited_for_clock: false,
        };
        exchange.renew().await?;
        loop {
            match exchange.once(extent).await {
                Ok(answer) => {
                    self.budget.earn();
                    return Ok(answer);
                }
                Err(trouble) => exchange.recover(trouble).await?,
            }
        }
    }
}

/// Refuses headers that frame a message, wherever they come from.
fn check(headers: &HeaderMap) -> Result<(), ClientError> {
    match headers.keys().find(|name| crate::config::is_framing(name)) {
        None => Ok(()),
        Some(name) => Err(ClientError::InvalidName {
            kind: "header",
            name: name.as_str().to_owned(),
            reason: "says where a message goes or ends",
            remedy: "leave it out: the connection sets it",
        }),
    }
}

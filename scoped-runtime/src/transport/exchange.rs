//! One try of a request: a connection, the gate, the answer's head.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, LOCATION};
use http::response::Parts;
use http::{Request, Response, StatusCode};

use super::body::{SendBody, Upload};
use super::failure::{Failure, LargeHead, explain};
use super::gate::{As, Gate, Refusal, Watch};
use super::lease::Lease;
use super::receive::{Limit, ReceiveBody, Unread};
use super::recover::Trouble;
use super::retry::retry_after;
use super::send::{Answer, Extent};
use super::shard::{Checkout, Shard};
use super::span::RequestSpan;
use super::{Outgoing, Transport};
use crate::error::{ApiError, ClientError, Error, Phase};
use crate::token::AccessToken;

/// One request with all its tries.
pub(super) struct Exchange<'a, 'p> {
    pub(super) transport: &'a Transport,
    pub(super) request: &'a Outgoing,
    pub(super) sender: As<'a>,
    pub(super) span: &'p RequestSpan,
    pub(super) watch: Watch<'a, 'p>,
    pub(super) token: Option<AccessToken>,
    /// A body that can be sent once, until a connection has it.
    pub(super) upload: Option<Upload>,
    pub(super) has_upload: bool,
    pub(super) tries: u32,
    pub(super) is_token_replaced: bool,
    pub(super) has_waited_for_clock: bool,
}

impl Exchange<'_, '_> {
    pub(super) async fn once(&mut self, extent: Extent) -> Result<Answer, Trouble> {
        let (head, body) = self.head().await?;
        Ok(match extent {
            Extent::Head => Answer::Head(head, body),
            Extent::Whole(limit) => {
                let body = self.read(body, limit).await?;
                Answer::Whole(head, body)
            }
        })
    }

    /// Sends the request once, and reads the head of the answer; an error with its body.
    async fn head(&mut self) -> Result<(Parts, ReceiveBody), Trouble> {
        let (response, lease, shard) = self.exchange().await?;
        let (head, incoming) = response.into_parts();
        let body = ReceiveBody::new(incoming, lease, shard);
        let status = head.status;
        if status.is_success() {
            return Ok((head, body));
        }
        if let Some(to) = head
            .headers
            .get(LOCATION)
            .filter(|_| status.is_redirection())
        {
            let to = to.to_str().unwrap_or_default();
            return Err(Trouble::fatal(
                ClientError::Redirect {
                    status: status.as_u16(),
                    to: self.transport.connector.origin.place(to),
                }
                .into(),
            ));
        }
        let limit = Limit {
            bytes: self.transport.limits().error_bytes,
            status: Some(status.as_u16()),
            setting: "error_bytes",
        };
        let body = self.read(body, limit).await?;
        // PostgREST answers 300 with an error body when a name is ambiguous.
        let error = ApiError::new(status.as_u16(), &head.headers, &body);
        Err(Trouble {
            error: error.into(),
            has_left: true,
            is_passing: matches!(
                status,
                StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            ),
            after: retry_after(&head.headers),
        })
    }

    /// Reads a body to its end.
    async fn read(&mut self, body: ReceiveBody, limit: Limit) -> Result<Bytes, Trouble> {
        match self
            .watch
            .within(Phase::Body, pin!(body.read(limit)))
            .await?
        {
            Ok(body) => Ok(body),
            Err(Unread::TooLarge) => Err(Trouble::fatal(limit.exceeded())),
            Err(Unread::Lost(error)) => Err(self.lost(error, true, true)),
        }
    }

    fn lost(&self, error: hyper::Error, has_left: bool, has_head: bool) -> Trouble {
        let head = LargeHead::of(&error, has_head);
        // The same answer would come again; another's takes only the connection.
        let is_passing = !error.is_user() && !matches!(head, Some(LargeHead::Own(_)));
        let Transport { connector, .. } = self.transport;
        Trouble {
            error: explain(error, head, connector.origin.name(), &connector.limits),
            has_left,
            is_passing,
            after: None,
        }
    }

    /// Sends the request once over one connection.
    async fn exchange(
        &mut self,
    ) -> Result<(Response<hyper::body::Incoming>, Lease, Arc<Shard>), Trouble> {
        let (mut lease, shard) = self.checkout().await?;
        loop {
            let mut request = Some(self.prepared(&lease)?);
            let gate = Gate {
                sender: self.sender,
                token: self.token.as_ref(),
                deadline: self.watch.deadline,
            };
            let outcome = {
                let sending = pin!(lease.send(&mut request, &gate));
                self.watch.within(Phase::Answer, sending).await?
            };
            let failure = match outcome {
                Ok(response) => return Ok((response, lease, shard)),
                Err(failure) => failure,
            };
            self.take_back(request);
            match failure {
                Failure::Refused(Refusal::Token) => self.renew().await?,
                Failure::Refused(Refusal::Closed) => {
                    lease.finish(&shard);
                    return Err(Trouble::fatal(ClientError::Closed.into()));
                }
                Failure::Refused(Refusal::Deadline) => {
                    lease.finish(&shard);
                    let missed = self.watch.deadline.missed(Phase::Connection);
                    return Err(Trouble::fatal(missed));
                }
                Failure::Lost { error, has_left } => return Err(self.lost(error, has_left, false)),
            }
        }
    }

    fn take_back(&mut self, request: Option<Request<SendBody>>) {
        if let Some(request) = request
            && let SendBody::Upload(upload) = request.into_body()
        {
            self.upload = Some(upload);
        }
    }

    /// A connection, and a token that is live after it was waited for.
    async fn checkout(&mut self) -> Result<(Lease, Arc<Shard>), Trouble> {
        let user = match self.sender {
            As::Public => None,
            As::User { life, .. } => Some(life.number),
        };
        loop {
            let shard = self.transport.pool.shard(user).map_err(Error::from)?;
            let waiting = match shard.checkout() {
                Checkout::Ready(lease) => return Ok((lease, shard)),
                Checkout::Wait(waiting) => waiting,
                Checkout::Over => {
                    tokio::task::yield_now().await;
                    continue;
                }
            };
            match self.watch.within(Phase::Connection, pin!(waiting)).await? {
                Ok(Ok(lease)) => {
                    self.renew().await?;
                    return Ok((lease, shard));
                }
                Ok(Err(error)) => return Err(self.unconnected(error)),
                // The runtime's connections were given up meanwhile.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    fn unconnected(&self, error: Arc<io::Error>) -> Trouble {
        let connector = &self.transport.connector;
        let kind = error.kind();
        let is_timeout = kind == io::ErrorKind::TimedOut;
        let error = if is_timeout {
            ClientError::Timeout {
                after: connector.connect_timeout,
                phase: Phase::Connect,
            }
        } else {
            ClientError::Transport {
                origin: connector.origin.name(),
                source: Box::new(error),
            }
        };
        Trouble {
            error: error.into(),
            has_left: false,
            // One that took the whole time for a connection would take it again; a certificate that is
            // not trusted, and credentials that a proxy refuses, stay what they are.
            is_passing: !matches!(
                kind,
                io::ErrorKind::TimedOut
                    | io::ErrorKind::InvalidData
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::PermissionDenied
            ),
            after: None,
        }
    }

    /// The request as this connection sends it.
    fn prepared(&mut self, lease: &Lease) -> Result<Request<SendBody>, Trouble> {
        let body = match self.upload.take() {
            Some(upload) => SendBody::Upload(upload),
            None => SendBody::Bytes(self.request.body.clone()),
        };
        let Transport { connector, .. } = self.transport;
        let origin = &connector.origin;
        let uri = match lease {
            Lease::Http1(_) => origin.path_of(&self.request.target),
            Lease::Http2(_) => origin.url_of(&self.request.target),
        };
        let prepared = uri.and_then(|uri| {
            let token = self.token.as_ref();
            self.transport.complete(self.request, uri, token, body)
        });
        let mut prepared = prepared.map_err(Error::from)?;
        let headers = prepared.headers_mut();
        self.span.hand_on(self.transport, headers);
        if let Lease::Http2(_) = lease {
            headers.remove(HOST);
        }
        Ok(prepared)
    }
}

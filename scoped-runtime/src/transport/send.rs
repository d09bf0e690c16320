//! One request from its beginning to the answer: token, connection, gate, tries, limits.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, LOCATION};
use http::response::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Request, Response as HttpResponse, StatusCode, Uri};

use tokio::runtime::Handle;

use super::body::{SendBody, Upload};
use super::failure::{Failure, explain, is_head_too_large};
use super::gate::{As, Deadline, Gate, Refusal, Watch};
use super::pool::{Checkout, Lease, Shard};
use super::receive::{Limit, ReceiveBody, Unread};
use super::retry::{backoff, retry_after};
use super::span::RequestSpan;
use super::{Outgoing, Response, Retry, Transport, unsendable};
use crate::error::{ApiError, ClientError, Error, Phase};
use crate::token::AccessToken;

/// A failure, and what it says of sending the request again.
struct Trouble {
    error: Error,
    /// Whether a byte of the request may have left.
    has_left: bool,
    /// Whether another connection may do better.
    is_passing: bool,
    /// When the server wants to be asked again.
    after: Option<std::time::Duration>,
}

impl Trouble {
    fn fatal(error: Error) -> Self {
        Self {
            error,
            has_left: true,
            is_passing: false,
            after: None,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::fatal(error)
    }
}

/// One request with all its tries.
struct Exchange<'a, 'p> {
    transport: &'a Transport,
    request: &'a Outgoing,
    sender: As<'a>,
    span: &'p RequestSpan,
    watch: Watch<'a, 'p>,
    token: Option<AccessToken>,
    /// A body that can be sent once, until a connection has it.
    upload: Option<Upload>,
    has_upload: bool,
    tries: u32,
    is_token_replaced: bool,
    has_waited_for_clock: bool,
}

/// How long a server's clock is waited for that says a token is from the future.
const CLOCK_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
/// Requests of which no byte had left are sent again so often at least.
const LEAST_TRIES: u32 = 3;

/// How much of an answer is read before it counts as one.
#[derive(Clone, Copy)]
enum Extent {
    Whole(Limit),
    Head,
}

enum Answer {
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
        let outcome = span
            .run(self.run_within(request, upload, sender, extent, &span))
            .await;
        span.end(match &outcome {
            Ok(Answer::Whole(head, _) | Answer::Head(head, _)) => Ok(head.status.as_u16()),
            Err(error) => Err(error),
        });
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

impl Exchange<'_, '_> {
    async fn once(&mut self, extent: Extent) -> Result<Answer, Trouble> {
        let (head, body) = self.head().await?;
        Ok(match extent {
            Extent::Head => Answer::Head(head, body),
            Extent::Whole(limit) => {
                let body = self.read(body, limit).await?;
                Answer::Whole(head, body)
            }
        })
    }

    /// Has a live token from now on, waiting for one if need be.
    async fn renew(&mut self) -> Result<(), Error> {
        let As::User { source, life } = self.sender else {
            return Ok(());
        };
        if life.is_closed() {
            return Err(ClientError::Closed.into());
        }
        self.token = Some(match source.present() {
            Some(token) => token,
            None => {
                self.watch
                    .within(Phase::Token, source.token_async())
                    .await??
            }
        });
        Ok(())
    }

    /// Decides what a failure means: returns when the request is to be sent again.
    async fn recover(&mut self, trouble: Trouble) -> Result<(), Error> {
        let Trouble {
            error,
            has_left,
            is_passing,
            after,
        } = trouble;
        let is_repeatable = !self.has_upload || self.upload.is_some();
        if !is_repeatable {
            return Err(error);
        }
        if let Error::Api(api) = &error {
            if api.is_expired_token() && !self.is_token_replaced {
                return self.replace_token(error).await;
            }
            let reads = Retry::Reads.allows(&self.request.method);
            if reads && !self.has_waited_for_clock && is_from_the_future(api) {
                self.has_waited_for_clock = true;
                return self.pause(CLOCK_PAUSE, error).await;
            }
        }
        let retries = self.transport.connector.connections.retries;
        let (may, most) = if has_left {
            let may = self.request.retry.allows(&self.request.method);
            (may && is_passing, retries)
        } else {
            let most = if self.request.retry == Retry::Never {
                1
            } else {
                retries.max(LEAST_TRIES)
            };
            (is_passing, most)
        };
        if !may || self.tries >= most || (has_left && !self.transport.budget.spend()) {
            return Err(error);
        }
        self.tries += 1;
        self.span.resent(self.tries);
        // A connection that died while it was idle says nothing of the next one.
        if has_left || self.tries > 1 {
            let pause = backoff(self.tries - 1).max(after.unwrap_or_default());
            self.pause(pause, error).await?;
        }
        self.renew().await
    }

    async fn replace_token(&mut self, error: Error) -> Result<(), Error> {
        self.is_token_replaced = true;
        let (As::User { source, .. }, Some(refused)) = (self.sender, self.token.take()) else {
            return Err(error);
        };
        let Some(fresh) = source.replace(&refused) else {
            return Err(error);
        };
        self.token = Some(self.watch.within(Phase::Token, fresh).await??);
        Ok(())
    }

    /// Waits, unless the time is over before that.
    async fn pause(&mut self, pause: std::time::Duration, error: Error) -> Result<(), Error> {
        if pause >= self.watch.deadline.left() {
            return Err(error);
        }
        let clock = &self.transport.connector.clock;
        let moment = clock.monotonic().saturating_add(pause);
        self.watch
            .within(Phase::Retry, clock.sleep_until(moment))
            .await
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
        match self.watch.within(Phase::Body, body.read(limit)).await? {
            Ok(body) => Ok(body),
            Err(Unread::TooLarge) => Err(Trouble::fatal(limit.exceeded())),
            Err(Unread::Lost(error)) => Err(self.lost(error, true)),
        }
    }

    fn lost(&self, error: hyper::Error, has_left: bool) -> Trouble {
        let is_passing = !error.is_user() && !is_head_too_large(&error);
        let Transport { connector, .. } = self.transport;
        Trouble {
            error: explain(error, connector.origin.name(), &connector.limits),
            has_left,
            is_passing,
            after: None,
        }
    }

    /// Sends the request once over one connection.
    async fn exchange(
        &mut self,
    ) -> Result<(HttpResponse<hyper::body::Incoming>, Lease, Arc<Shard>), Trouble> {
        let (mut lease, shard) = self.checkout().await?;
        loop {
            let prepared = self.prepared(&lease)?;
            let gate = Gate {
                sender: self.sender,
                token: self.token.as_ref(),
                deadline: self.watch.deadline,
            };
            let sending = lease.send(prepared, gate);
            let failure = match self.watch.within(Phase::Answer, sending).await? {
                Ok(response) => return Ok((response, lease, shard)),
                Err(failure) => failure,
            };
            match failure {
                Failure::Refused { refusal, request } => {
                    self.take_back(request);
                    match refusal {
                        Refusal::Token => {}
                        Refusal::Closed => {
                            lease.finish(&shard);
                            return Err(Trouble::fatal(ClientError::Closed.into()));
                        }
                        Refusal::Deadline => {
                            lease.finish(&shard);
                            let missed = self.watch.deadline.missed(Phase::Connection);
                            return Err(Trouble::fatal(missed));
                        }
                    }
                    self.renew().await?;
                }
                Failure::Lost {
                    error,
                    request,
                    has_left,
                } => {
                    self.take_back(request);
                    return Err(self.lost(error, has_left));
                }
            }
        }
    }

    fn take_back(&mut self, request: Option<Box<Request<SendBody>>>) {
        if let Some(request) = request
            && let SendBody::Upload(upload) = (*request).into_body()
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
            match self.watch.within(Phase::Connection, waiting).await? {
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
        let prepared = self
            .transport
            .complete(self.request, self.token.as_ref(), body);
        let mut prepared = prepared.map_err(Error::from)?;
        self.span.hand_on(self.transport, prepared.headers_mut());
        if let Lease::Http1(_) = lease {
            let path = std::mem::take(prepared.uri_mut())
                .into_parts()
                .path_and_query;
            *prepared.uri_mut() = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
            let host = self.transport.connector.origin.host_header.clone();
            prepared.headers_mut().insert(HOST, host);
        }
        Ok(prepared)
    }
}

/// `JWT issued at future`: the server's clock is behind ours by more than its leeway.
fn is_from_the_future(error: &ApiError) -> bool {
    error.status() == 401
        && matches!(error.code(), Some("PGRST301" | "PGRST303"))
        && error.message().to_ascii_lowercase().contains("future")
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

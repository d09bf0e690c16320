//! One attempt to send a request and receive its response.

use std::io;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, LOCATION};
use http::response::Parts;
use http::{Request, Response};

use super::cancellation::Cancellation;
use super::error_reader::{ErrorResponse, ServiceError};
use super::pooled_connection::PooledConnection;
use super::recover::AttemptError;
use super::request_body::{RequestBody, Upload};
use super::response_body::{BodyLimit, ReadError, ResponseBody};
use super::retry::retry_after;
use super::runtime_pool::{Checkout, RuntimePool};
use super::send::{ReadMode, Received};
use super::send_error::{OversizedHead, SendError, to_error};
use super::span::RequestSpan;
use super::write_check::{WriteCheck, WriteRefusal};
use super::{SendAs, Transport, TransportRequest};
use crate::error::{ClientError, Error, Phase};
use crate::token::AccessToken;

/// A request and the state of its attempts.
pub(super) struct Exchange<'a, 'p> {
    pub(super) transport: &'a Transport,
    pub(super) request: &'a TransportRequest,
    pub(super) sender: SendAs<'a>,
    pub(super) span: &'p RequestSpan,
    pub(super) cancellation: Cancellation<'a, 'p>,
    pub(super) token: Option<AccessToken>,
    /// The streamed body, until an attempt has begun to read it.
    pub(super) upload: Option<Upload>,
    pub(super) has_upload: bool,
    pub(super) retries: u32,
    pub(super) is_token_replaced: bool,
    pub(super) has_waited_for_clock: bool,
}

impl Exchange<'_, '_> {
    /// Sends the request once and reads the response as far as `mode` says.
    pub(super) async fn attempt(&mut self, mode: ReadMode) -> Result<Received, AttemptError> {
        let (head, body) = self.head().await?;
        Ok(match mode {
            ReadMode::HeadOnly => Received::HeadOnly(head, body),
            ReadMode::Buffered(limit) => {
                let body = self.read(body, limit).await?;
                Received::Buffered(head, body)
            }
        })
    }

    /// Sends the request once and reads the head of the response. A status that is not 2xx is an error, whose body
    /// is read here.
    async fn head(&mut self) -> Result<(Parts, ResponseBody), AttemptError> {
        let (response, connection, pool) = self.exchange().await?;
        let (head, incoming) = response.into_parts();
        let body = ResponseBody::new(incoming, connection, pool);
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
            return Err(AttemptError::permanent(
                ClientError::Redirect {
                    status: status.as_u16(),
                    to: self.transport.connector.origin.redirect_target(to),
                }
                .into(),
            ));
        }
        let limit = BodyLimit {
            bytes: self.transport.limits().error_bytes,
            status: Some(status.as_u16()),
            setting: "error_bytes",
        };
        let body = self.read(body, limit).await?;
        // PostgREST responds with status 300 and an error body when a name is ambiguous.
        let ServiceError {
            error,
            is_expired_token,
            is_transient,
        } = (self.request.read_error)(&ErrorResponse {
            status: status.as_u16(),
            headers: &head.headers,
            body: &body,
        });
        Err(AttemptError {
            error,
            was_sent: true,
            is_expired_token,
            is_transient,
            retry_after: retry_after(&head.headers),
        })
    }

    /// Reads a body to its end.
    async fn read(&mut self, body: ResponseBody, limit: BodyLimit) -> Result<Bytes, AttemptError> {
        match self
            .cancellation
            .run(Phase::Body, pin!(body.read(limit)))
            .await?
        {
            Ok(body) => Ok(body),
            Err(ReadError::TooLarge) => Err(AttemptError::permanent(limit.exceeded())),
            Err(ReadError::Lost(error)) => Err(self.connection_lost(error, true, true)),
        }
    }

    fn connection_lost(&self, error: hyper::Error, was_sent: bool, has_head: bool) -> AttemptError {
        let head = OversizedHead::of(&error, has_head);
        // An oversized head of this response would be received again; that of another response over the same
        // connection closes only the connection.
        let is_transient = !error.is_user() && !matches!(head, Some(OversizedHead::Own(_)));
        let Transport { connector, .. } = self.transport;
        AttemptError {
            error: to_error(error, head, connector.origin.name(), &connector.limits),
            was_sent,
            is_expired_token: false,
            is_transient,
            retry_after: None,
        }
    }

    /// Takes a connection, sends the request over it, and waits for the head of the response.
    async fn exchange(
        &mut self,
    ) -> Result<
        (
            Response<hyper::body::Incoming>,
            PooledConnection,
            Arc<RuntimePool>,
        ),
        AttemptError,
    > {
        let (mut connection, pool) = self.checkout().await?;
        loop {
            let mut request = Some(self.prepared(&connection)?);
            let check = WriteCheck {
                sender: self.sender,
                token: self.token.as_ref(),
                deadline: self.cancellation.deadline,
            };
            let outcome = {
                let sending = pin!(connection.send(&mut request, &check));
                self.cancellation.run(Phase::Response, sending).await?
            };
            let failure = match outcome {
                Ok(response) => return Ok((response, connection, pool)),
                Err(failure) => failure,
            };
            self.recover_upload(request);
            match failure {
                SendError::Refused(WriteRefusal::Token) => self.renew_token().await?,
                SendError::Refused(WriteRefusal::Closed) => {
                    connection.release(&pool);
                    return Err(AttemptError::permanent(ClientError::Closed.into()));
                }
                SendError::Refused(WriteRefusal::Deadline) => {
                    connection.release(&pool);
                    let missed = self.cancellation.deadline.missed(Phase::Connection);
                    return Err(AttemptError::permanent(missed));
                }
                SendError::Lost { error, was_sent } => {
                    return Err(self.connection_lost(error, was_sent, false));
                }
            }
        }
    }

    /// Keeps the streamed body of a request that was not sent.
    fn recover_upload(&mut self, request: Option<Request<RequestBody>>) {
        if let Some(request) = request
            && let RequestBody::Upload(upload) = request.into_body()
        {
            self.upload = Some(upload);
        }
    }

    /// A connection from the pool. If the request had to wait for it, the token is renewed when necessary.
    async fn checkout(&mut self) -> Result<(PooledConnection, Arc<RuntimePool>), AttemptError> {
        let user = match self.sender {
            SendAs::WithoutToken => None,
            SendAs::User { close_flag, .. } => Some(close_flag.user_number),
        };
        loop {
            let pool = self
                .transport
                .pool
                .current_runtime(user)
                .map_err(Error::from)?;
            let waiting = match pool.checkout() {
                Checkout::Ready(connection) => return Ok((connection, pool)),
                Checkout::Wait(waiting) => waiting,
                Checkout::ShutDown => {
                    tokio::task::yield_now().await;
                    continue;
                }
            };
            match self
                .cancellation
                .run(Phase::Connection, pin!(waiting))
                .await?
            {
                Ok(Ok(connection)) => {
                    self.renew_token().await?;
                    return Ok((connection, pool));
                }
                Ok(Err(error)) => return Err(self.connect_error(error)),
                // The pool of this runtime was shut down in the meantime.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    fn connect_error(&self, error: Arc<io::Error>) -> AttemptError {
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
        AttemptError {
            error: error.into(),
            was_sent: false,
            is_expired_token: false,
            // A retry does not help after a connect timeout, with a certificate that is not trusted
            // (`InvalidData`), or with credentials that a proxy refuses (`PermissionDenied`).
            is_transient: !matches!(
                kind,
                io::ErrorKind::TimedOut
                    | io::ErrorKind::InvalidData
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::PermissionDenied
            ),
            retry_after: None,
        }
    }

    /// The request in the form that this connection needs: HTTP/1 sends the path and a `Host` header, HTTP/2 the
    /// whole URL.
    fn prepared(
        &mut self,
        connection: &PooledConnection,
    ) -> Result<Request<RequestBody>, AttemptError> {
        let body = match self.upload.take() {
            Some(upload) => RequestBody::Upload(upload),
            None => RequestBody::Bytes(self.request.body.clone()),
        };
        let Transport { connector, .. } = self.transport;
        let origin = &connector.origin;
        let uri = match connection {
            PooledConnection::Http1(_) => origin.path_of(&self.request.target),
            PooledConnection::Http2(_) => origin.url_of(&self.request.target),
        };
        let prepared = uri.and_then(|uri| {
            let token = self.token.as_ref();
            self.transport.complete(self.request, uri, token, body)
        });
        let mut prepared = prepared.map_err(Error::from)?;
        let headers = prepared.headers_mut();
        self.span.inject_traceparent(self.transport, headers);
        if let PooledConnection::Http2(_) = connection {
            headers.remove(HOST);
        }
        Ok(prepared)
    }
}

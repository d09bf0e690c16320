//! WebSocket connections (RFC 6455): the opening handshake, over a connection outside of the pool.

use std::future::Future;
use std::io::Result as IoResult;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use ::http::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use ::http::{HeaderValue, Request, Response, StatusCode};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes};
use futures_util::future::{Either, select};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::socket::Socket;
use super::{API_KEY, Transport};
use crate::clock::with_timeout;
use crate::error::{ClientError, Phase};
use crate::session::CloseFlag;

/// The byte stream of a connection that has become a WebSocket.
pub(crate) struct WebSocketIo {
    socket: Socket,
    /// What arrived together with the response to the handshake.
    read_ahead: Bytes,
}

/// Why there is no WebSocket.
pub(crate) enum UpgradeError {
    Client(ClientError),
    /// The server answered with another status than 101.
    Refused {
        status: u16,
        body: Vec<u8>,
    },
}

impl From<ClientError> for UpgradeError {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

/// The text that a server appends to the key before it hashes both (RFC 6455, section 1.3).
const ACCEPT_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

impl Transport {
    /// Opens a WebSocket at a target that is relative to the project's URL. The handshake has the configured headers,
    /// and neither token nor `apikey` header. Nothing is written once the flag is closed.
    pub(crate) async fn open_websocket(
        &self,
        target: &str,
        close_flag: &CloseFlag,
    ) -> Result<WebSocketIo, UpgradeError> {
        let clock = &*self.connector.clock;
        let connecting = pin!(self.connector.connect_for_upgrade());
        let after = self.connector.connect_timeout;
        let Some(connected) = with_timeout(clock, after, connecting).await else {
            let phase = Phase::Connect;
            return Err(ClientError::Timeout { after, phase }.into());
        };
        let socket = connected.map_err(|error| self.failed(error))?;
        let mut handshake = pin!(self.handshake(socket, target));
        let while_open = pin!(std::future::poll_fn(|cx| {
            close_flag
                .if_open(|| handshake.as_mut().poll(cx))
                .unwrap_or(Poll::Ready(Err(ClientError::Closed.into())))
        }));
        let closed = pin!(close_flag.wait_closed());
        let until_closed = select(while_open, closed);
        let after = self.request_timeout;
        match with_timeout(clock, after, until_closed).await {
            Some(Either::Left((outcome, _))) => outcome,
            Some(Either::Right(_)) => Err(ClientError::Closed.into()),
            None => {
                let phase = Phase::Response;
                Err(ClientError::Timeout { after, phase }.into())
            }
        }
    }

    async fn handshake(&self, socket: Socket, target: &str) -> Result<WebSocketIo, UpgradeError> {
        let (request, accept) = self.websocket_request(target)?;
        let limits = self.limits();
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(limits.header_bytes)
            .max_header_size(limits.header_bytes)
            .handshake::<_, String>(TokioIo::new(socket))
            .await
            .map_err(|error| self.failed(error))?;
        let mut connection = pin!(connection.with_upgrades());
        let exchange = pin!(async {
            let response = sender.send_request(request).await;
            let response = response.map_err(|error| self.failed(error))?;
            if response.status() != StatusCode::SWITCHING_PROTOCOLS {
                return Err(refused(response, limits.error_bytes).await);
            }
            if !is_accepted(&response, &accept) {
                return Err(self
                    .failed("the server did not accept the WebSocket")
                    .into());
            }
            let upgraded = hyper::upgrade::on(response).await;
            Ok(upgraded.map_err(|error| self.failed(error))?)
        });
        // The exchange makes progress only while the connection is driven, and the connection may end first.
        let upgraded = match select(exchange, &mut connection).await {
            Either::Left((outcome, _)) => outcome?,
            Either::Right((_, exchange)) => exchange.await?,
        };
        let parts = upgraded
            .downcast::<TokioIo<Socket>>()
            .map_err(|_| self.failed("the connection is of another type"))?;
        Ok(WebSocketIo {
            socket: parts.io.into_inner(),
            read_ahead: parts.read_buf,
        })
    }

    /// The request, and the value of `Sec-WebSocket-Accept` that answers it.
    fn websocket_request(&self, target: &str) -> Result<(Request<String>, String), ClientError> {
        let mut key = [0; 16];
        aws_lc_rs::rand::fill(&mut key).map_err(|error| self.failed(error))?;
        let key = STANDARD.encode(key);
        let accept = digest(
            &SHA1_FOR_LEGACY_USE_ONLY,
            format!("{key}{ACCEPT_SUFFIX}").as_bytes(),
        );
        let mut request = Request::new(String::new());
        *request.uri_mut() = self.connector.origin.path_of(target)?;
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        for name in [API_KEY, AUTHORIZATION.as_str(), ACCEPT.as_str()] {
            headers.remove(name);
        }
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::from_str(&key).map_err(|error| self.failed(error))?;
        headers.insert(SEC_WEBSOCKET_KEY, key);
        Ok((request, STANDARD.encode(accept)))
    }

    /// The API key, for a service that takes it from the query.
    pub(crate) fn api_key_text(&self) -> &str {
        let key = self.headers.get(API_KEY).map(HeaderValue::to_str);
        key.and_then(Result::ok).unwrap_or_default()
    }

    fn failed(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ClientError {
        ClientError::Transport {
            origin: self.origin(),
            source: error.into(),
        }
    }
}

/// Checks the response (RFC 6455, section 4.1).
fn is_accepted(response: &Response<Incoming>, accept: &str) -> bool {
    let header = |name| {
        let value = response.headers().get(name).map(HeaderValue::to_str);
        value.and_then(Result::ok).unwrap_or_default()
    };
    let is_upgrade = |word: &str| word.trim().eq_ignore_ascii_case("upgrade");
    header(UPGRADE).eq_ignore_ascii_case("websocket")
        && header(CONNECTION).split(',').any(is_upgrade)
        && header(SEC_WEBSOCKET_ACCEPT) == accept
}

/// Reads the body of a refusal, as far as the limit allows.
async fn refused(response: Response<Incoming>, limit: usize) -> UpgradeError {
    let status = response.status().as_u16();
    let mut incoming = response.into_body();
    let mut body = Vec::new();
    while body.len() < limit
        && let Some(Ok(frame)) =
            std::future::poll_fn(|cx| Pin::new(&mut incoming).poll_frame(cx)).await
    {
        let part = frame.into_data().unwrap_or_default();
        body.extend_from_slice(&part[..part.len().min(limit - body.len())]);
    }
    UpgradeError::Refused { status, body }
}

impl AsyncRead for WebSocketIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<IoResult<()>> {
        if self.read_ahead.is_empty() {
            return Pin::new(&mut self.socket).poll_read(cx, buffer);
        }
        let size = self.read_ahead.len().min(buffer.remaining());
        buffer.put_slice(&self.read_ahead[..size]);
        self.read_ahead.advance(size);
        if self.read_ahead.is_empty() {
            self.read_ahead = Bytes::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WebSocketIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<IoResult<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<IoResult<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

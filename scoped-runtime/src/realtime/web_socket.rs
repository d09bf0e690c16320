use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{Sink, Stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_websockets::{ClientBuilder, Limits, Message, WebSocketStream};

use super::frame::{Incoming, decode_binary, decode_text};
use crate::client::Core;
use crate::error::{ClientError, Error, RealtimeError};
use crate::metrics::OpenConnection;
use crate::session::CloseFlag;
use crate::transport::{UpgradeError, WebSocketIo};

/// A WebSocket to Realtime. Nothing is written to it once its client is closed.
pub(super) struct WebSocket {
    stream: WebSocketStream<WebSocketIo>,
    close_flag: Arc<CloseFlag>,
    /// Scheme, host and port of the server, for errors.
    origin: String,
    _counted: OpenConnection,
}

/// Why there is no WebSocket, or no longer one.
pub(super) enum SocketError {
    /// The client is closed.
    Closed,
    Lost(RealtimeError),
}

/// The largest message that is received, in bytes; the server's own limit is 3 MB by default, and 5 MB for a frame.
const MAX_MESSAGE: usize = 8 << 20;

impl WebSocket {
    /// Connects with the API key. No token of the user is sent: each channel gets it when it is joined.
    pub(super) async fn open(core: Arc<Core>) -> Result<Self, SocketError> {
        let transport = core.transport();
        let key = utf8_percent_encode(transport.api_key_text(), NON_ALPHANUMERIC);
        let target = format!("realtime/v1/websocket?apikey={key}&vsn=2.0.0");
        let close_flag = Arc::clone(core.close_flag());
        let opened = transport.open_websocket(&target, &close_flag).await;
        let io = opened.map_err(|error| SocketError::of_upgrade(&transport.origin(), error))?;
        let limits = Limits::default().max_payload_len(Some(MAX_MESSAGE));
        let stream = ClientBuilder::new().limits(limits).take_over(io);
        Ok(Self {
            stream,
            close_flag,
            origin: transport.origin(),
            _counted: OpenConnection::begin(),
        })
    }

    /// The next message that can be read; others are skipped. Pings are answered, too.
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Incoming, SocketError>> {
        loop {
            let stream = Pin::new(&mut self.stream);
            let received = self.close_flag.if_open(|| stream.poll_next(cx));
            let message = match received {
                None => return Poll::Ready(Err(SocketError::Closed)),
                Some(Poll::Pending) => return Poll::Pending,
                Some(Poll::Ready(None)) => {
                    return Poll::Ready(Err(self.lost("the server ended the connection")));
                }
                Some(Poll::Ready(Some(Err(error)))) => {
                    return Poll::Ready(Err(self.lost(&error.to_string())));
                }
                Some(Poll::Ready(Some(Ok(message)))) => message,
            };
            if let Some((code, reason)) = message.as_close() {
                let code = u16::from(code);
                let reason = format!("the server closed the connection ({code}) {reason}");
                return Poll::Ready(Err(self.lost(&reason)));
            }
            let is_text = message.is_text();
            let is_binary = message.is_binary();
            let bytes = Bytes::from(message.into_payload());
            let incoming = match (is_text, is_binary) {
                (true, _) => decode_text(&bytes),
                (_, true) => decode_binary(&bytes),
                _ => None,
            };
            if let Some(incoming) = incoming {
                return Poll::Ready(Ok(incoming));
            }
        }
    }

    /// Whether the next message can be given to [`start_send`](Self::start_send).
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        self.write(|stream| stream.poll_ready(cx))
    }

    /// Begins to write a message.
    pub(super) fn start_send(
        &mut self,
        cx: &mut Context<'_>,
        message: Message,
    ) -> Result<(), SocketError> {
        let sent = self.write(|mut stream| {
            Poll::Ready(stream.as_mut().start_send(message).and_then(|()| {
                // The first bytes are written under the flag.
                match stream.poll_flush(cx) {
                    Poll::Ready(flushed) => flushed,
                    Poll::Pending => Ok(()),
                }
            }))
        });
        match sent {
            Poll::Ready(sent) => sent,
            Poll::Pending => Ok(()),
        }
    }

    /// Whether everything is written.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), SocketError>> {
        self.write(|stream| stream.poll_flush(cx))
    }

    fn lost(&self, reason: &str) -> SocketError {
        SocketError::Lost(RealtimeError::connection(&self.origin, reason.trim()))
    }

    fn write(
        &mut self,
        write: impl FnOnce(
            Pin<&mut WebSocketStream<WebSocketIo>>,
        ) -> Poll<Result<(), tokio_websockets::Error>>,
    ) -> Poll<Result<(), SocketError>> {
        let stream = Pin::new(&mut self.stream);
        match self.close_flag.if_open(|| write(stream)) {
            None => Poll::Ready(Err(SocketError::Closed)),
            Some(written) => written.map_err(|error| self.lost(&error.to_string())),
        }
    }
}

impl SocketError {
    fn of_upgrade(origin: &str, error: UpgradeError) -> Self {
        match error {
            UpgradeError::Client(ClientError::Closed) => Self::Closed,
            UpgradeError::Client(error) => {
                let error = Error::from(error);
                let mut reason = error.to_string();
                if let Some(cause) = error.causes().first() {
                    reason = format!("{reason} ({cause})");
                }
                Self::Lost(RealtimeError::connection(origin, &reason))
            }
            UpgradeError::Refused { status, body } => {
                let reason = refusal_text(&body);
                Self::Lost(RealtimeError::refused_connection(origin, status, &reason))
            }
        }
    }
}

/// What a refusal says: its member `error` or `message`, or the beginning of another text.
fn refusal_text(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let member = ["error", "message", "msg"]
        .iter()
        .find_map(|name| json[name].as_str());
    let text = String::from_utf8_lossy(body);
    let text = member.unwrap_or_else(|| text.trim());
    if text.is_empty() {
        return "the server gives no reason".to_owned();
    }
    text.chars().take(200).collect()
}

//! One HTTP/1 connection. The request that uses it drives it; nothing drives it while it is idle.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::coop::unconstrained;

use super::request_body::RequestBody;
use super::send_error::SendError;
use super::socket::{Socket, SocketState};
use super::write_check::WriteCheck;
use crate::config::Limits;

pub(super) struct Http1 {
    sender: http1::SendRequest<RequestBody>,
    /// `None` once the connection has ended. Dropping it completes the response future with an error.
    connection: Option<http1::Connection<TokioIo<Socket>, RequestBody>>,
    socket_state: Arc<SocketState>,
    pub(super) idle_since: Duration,
}

/// How much hyper buffers, in bytes, unless `header_bytes` is larger: hyper's own default. With less it would write each
/// part of a body by itself.
const BUFFER: usize = 408 << 10;

impl Http1 {
    pub(super) async fn new(
        socket: Socket,
        socket_state: Arc<SocketState>,
        limits: &Limits,
    ) -> io::Result<Self> {
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER.max(limits.header_bytes))
            .max_header_size(limits.header_bytes)
            .handshake(TokioIo::new(socket))
            .await
            .map_err(io::Error::other)?;
        let mut made = Self {
            sender,
            connection: Some(connection),
            socket_state,
            idle_since: Duration::ZERO,
        };
        made.settle();
        Ok(made)
    }

    /// Reads and writes as much as possible without waiting. The task of `cx` is woken when more is possible.
    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && Pin::new(connection).poll(cx).is_ready()
        {
            self.connection = None;
        }
    }

    /// Drives the connection until it is ready for the next request, and removes the waker of the task that used
    /// it.
    pub(super) fn settle(&mut self) {
        if let Some(connection) = &mut self.connection {
            let mut context = Context::from_waker(Waker::noop());
            let mut connection = unconstrained(connection);
            if Pin::new(&mut connection).poll(&mut context).is_ready() {
                self.connection = None;
            }
        }
    }

    /// Whether the connection can take a request.
    pub(super) fn is_ready(&self) -> bool {
        self.connection.is_some() && self.sender.is_ready()
    }

    /// Whether an idle connection can still take a request: the peer has neither closed it nor sent anything. The
    /// kernel is asked, unless the clock has not advanced since the connection was last used.
    pub(super) fn is_reusable(&mut self, now: Duration) -> bool {
        if now != self.idle_since {
            self.socket_state.begin_probe();
        }
        self.settle();
        self.socket_state.end_probe();
        self.is_ready()
    }

    /// Sends a request and waits for the head of its response. The first bytes are written within the check.
    pub(super) async fn send(
        &mut self,
        request: &mut Option<Request<RequestBody>>,
        check: &WriteCheck<'_>,
    ) -> Result<Response<Incoming>, SendError> {
        let written_before = self.socket_state.written();
        let mut response = pin!(None);
        std::future::poll_fn(|cx| {
            if response.is_none() {
                let began = check.write_if_allowed(|| {
                    let request = request.take()?;
                    response.set(Some(self.sender.try_send_request(request)));
                    self.drive(cx);
                    Some(())
                });
                if let Err(refusal) = began {
                    return Poll::Ready(Err(SendError::Refused(refusal)));
                }
            } else {
                self.drive(cx);
            }
            // Only driving the connection completes the response future, so it needs no waker.
            let mut context = Context::from_waker(Waker::noop());
            let Some(response) = response.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            response.poll(&mut context).map(|outcome| {
                outcome.map_err(|mut failed| {
                    *request = failed.take_message();
                    SendError::Lost {
                        was_sent: self.socket_state.written() != written_before,
                        error: failed.into_error(),
                    }
                })
            })
        })
        .await
    }
}

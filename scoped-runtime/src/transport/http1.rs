//! One HTTP/1 connection: driven by the request that has it, and by nothing while it is idle.

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

use super::body::SendBody;
use super::failure::Failure;
use super::gate::Gate;
use super::wire::{Stream, Wire};
use crate::config::Limits;

pub(super) struct Http1 {
    sender: http1::SendRequest<SendBody>,
    /// Gone once it has ended: whoever waits for an answer learns of it by that.
    connection: Option<http1::Connection<TokioIo<Stream>, SendBody>>,
    wire: Arc<Wire>,
    pub(super) idle_since: Duration,
}

/// How much is read at a time at most, unless headers may be larger: it stays in memory beside the body.
const BUFFER: usize = 64 << 10;

impl Http1 {
    pub(super) async fn new(stream: Stream, wire: Arc<Wire>, limits: &Limits) -> io::Result<Self> {
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER.max(limits.header_bytes))
            .max_header_size(limits.header_bytes)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        let mut made = Self {
            sender,
            connection: Some(connection),
            wire,
            idle_since: Duration::ZERO,
        };
        made.settle();
        Ok(made)
    }

    /// Reads and writes what can be.
    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && Pin::new(connection).poll(cx).is_ready()
        {
            self.connection = None;
        }
    }

    /// Brings the connection to where it takes the next request. It wakes no task from here on.
    pub(super) fn settle(&mut self) {
        if let Some(connection) = &mut self.connection {
            let mut context = Context::from_waker(Waker::noop());
            let mut connection = unconstrained(connection);
            if Pin::new(&mut connection).poll(&mut context).is_ready() {
                self.connection = None;
            }
        }
    }

    /// Whether it takes a request.
    pub(super) fn is_ready(&self) -> bool {
        self.connection.is_some() && self.sender.is_ready()
    }

    /// Whether an idle connection still takes one: the other side has neither closed it nor sent
    /// anything. The kernel is asked, unless the connection was in use a tick of the clock ago.
    pub(super) fn is_quiet(&mut self, now: Duration) -> bool {
        if now != self.idle_since {
            self.wire.probe();
        }
        self.settle();
        self.wire.end_probe();
        self.is_ready()
    }

    /// Sends a request, and waits for the head of its answer. The first bytes leave within the gate.
    pub(super) async fn send(
        &mut self,
        request: &mut Option<Request<SendBody>>,
        gate: &Gate<'_>,
    ) -> Result<Response<Incoming>, Failure> {
        let written_before = self.wire.written();
        let mut answer = pin!(None);
        std::future::poll_fn(|cx| {
            if answer.is_none() {
                let began = gate.pass(|| {
                    let request = request.take()?;
                    answer.set(Some(self.sender.try_send_request(request)));
                    self.drive(cx);
                    Some(())
                });
                if let Err(refusal) = began {
                    return Poll::Ready(Err(Failure::Refused(refusal)));
                }
            } else {
                self.drive(cx);
            }
            // Only driving the connection completes it, so it needs no waker.
            let mut context = Context::from_waker(Waker::noop());
            let Some(answer) = answer.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            answer.poll(&mut context).map(|outcome| {
                outcome.map_err(|mut failed| {
                    *request = failed.take_message();
                    Failure::Lost {
                        has_left: self.wire.written() != written_before,
                        error: failed.into_error(),
                    }
                })
            })
        })
        .await
    }
}

//! The task that drives a connection: the only place that reads, writes and waits.

mod writing;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::UnboundedReceiver;

use super::connection::Connection;
use super::credentials::Credentials;
use super::event_queue::Ending;
use super::hub::{Command, Hub};
use super::observed::Observed;
use super::tokens::TokenEvent;
use super::web_socket::{SocketError, WebSocket};
use crate::client::Core;
use crate::clock::{ClockReading, Sleep};
use crate::error::{RealtimeError, TokenError};

pub(super) struct Driver {
    core: Arc<Core>,
    hub: Arc<Hub>,
    commands: UnboundedReceiver<Command>,
    connection: Connection,
    credentials: Credentials,
    connecting: Option<BoxFuture<'static, Result<WebSocket, SocketError>>>,
    socket: Option<WebSocket>,
    sleep: Option<(Duration, Sleep)>,
}

/// How many rounds a driver makes before other tasks of the runtime have their turn.
const ROUNDS: usize = 64;

impl Driver {
    pub(super) fn new(
        core: &Arc<Core>,
        hub: &Arc<Hub>,
        commands: UnboundedReceiver<Command>,
    ) -> Self {
        Self {
            core: Arc::clone(core),
            hub: Arc::clone(hub),
            commands,
            connection: Connection::new(Observed::new(&core.transport().origin())),
            credentials: Credentials::of(core),
            connecting: None,
            socket: None,
            sleep: None,
        }
    }

    /// Runs until no channel is left.
    pub(super) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..ROUNDS {
            let mut has_progress = self.poll_commands(cx);
            has_progress |= self.poll_tokens(cx);
            has_progress |= self.poll_connecting(cx);
            has_progress |= self.poll_receive(cx);
            self.connection.tick(self.now());
            has_progress |= self.grant_wishes();
            has_progress |= self.poll_write(cx);
            has_progress |= self.poll_timer(cx);
            let channels = self.connection.channels.len();
            self.hub.channels.store(channels, Ordering::Relaxed);
            if channels == 0 && self.is_flushed(cx) && self.retire() {
                return Poll::Ready(());
            }
            if !has_progress {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn now(&self) -> ClockReading {
        ClockReading::now(&*self.core.settings().clock)
    }

    fn retire(&mut self) -> bool {
        let commands = &self.commands;
        self.hub.retire(|| commands.is_empty())
    }

    fn poll_commands(&mut self, cx: &mut Context<'_>) -> bool {
        let mut has_progress = false;
        // Callers wait while the socket takes no more.
        while self.connection.has_room()
            && let Poll::Ready(Some(command)) = self.commands.poll_recv(cx)
        {
            has_progress = true;
            match command {
                Command::Subscribe(id, channel) => self.connection.subscribe(id, *channel),
                Command::Leave(id) => self.connection.leave(id),
                Command::Push(id, push, reply) => {
                    let now = self.core.settings().clock.monotonic();
                    self.connection.push(id, push, reply, now);
                }
            }
        }
        has_progress
    }

    fn poll_tokens(&mut self, cx: &mut Context<'_>) -> bool {
        let mut has_progress = false;
        while let Poll::Ready(event) = self.credentials.poll(cx) {
            has_progress = true;
            match event {
                TokenEvent::Changed(number) => self.connection.token_changed(number),
                TokenEvent::Failed(error) => {
                    self.connection.token_failed(&error);
                    if matches!(error, TokenError::Expired) {
                        self.connection.no_fresh_token(&error);
                    }
                }
                TokenEvent::Ended if self.core.close_flag().is_closed() => self.close(),
                TokenEvent::Ended => {
                    self.connection.end_all(&Ending::Token(TokenError::Expired));
                }
            }
        }
        has_progress
    }

    /// The client is closed: everything ends at once, and nothing more is written.
    fn close(&mut self) {
        self.socket = None;
        self.connecting = None;
        self.connection.close();
    }

    fn poll_connecting(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(connecting) = &mut self.connecting else {
            return false;
        };
        let Poll::Ready(outcome) = connecting.poll_unpin(cx) else {
            return false;
        };
        self.connecting = None;
        let now = self.core.settings().clock.monotonic();
        match outcome {
            Ok(socket) => {
                self.socket = Some(socket);
                self.connection.opened(now);
            }
            Err(SocketError::Closed) => self.close(),
            Err(SocketError::Lost(error)) => self.connection.failed(now, &error),
        }
        true
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> bool {
        let mut has_progress = false;
        for _ in 0..ROUNDS {
            let Some(socket) = &mut self.socket else {
                break;
            };
            match socket.poll_receive(cx) {
                Poll::Pending => break,
                Poll::Ready(Ok(message)) => {
                    let now = self.now();
                    self.connection.receive(message, now);
                }
                Poll::Ready(Err(error)) => self.lost(error),
            }
            has_progress = true;
        }
        has_progress
    }

    fn lost(&mut self, error: SocketError) {
        self.socket = None;
        match error {
            SocketError::Closed => self.close(),
            SocketError::Lost(error) => {
                let now = self.core.settings().clock.monotonic();
                self.connection.closed(now, &error);
            }
        }
    }

    fn disconnect(&mut self, reason: &str) {
        let origin = self.core.transport().origin();
        self.lost(SocketError::Lost(RealtimeError::connection(
            &origin, reason,
        )));
    }

    fn grant_wishes(&mut self) -> bool {
        let mut has_progress = false;
        if std::mem::take(&mut self.connection.wants_connect) {
            let core = Arc::clone(&self.core);
            self.connecting = Some(WebSocket::open(core).boxed());
            has_progress = true;
        }
        if std::mem::take(&mut self.connection.wants_disconnect) {
            self.disconnect("the server does not answer heartbeats");
            has_progress = true;
        }
        // The joins that are under way are answered on the connection that they were sent on.
        let waits = self.credentials.are_of_connection() && self.connection.is_joining();
        if !waits && std::mem::take(&mut self.connection.wants_fresh_token) {
            if self.credentials.replace() {
                self.disconnect("the token of the API key was refused");
            }
            has_progress = true;
        }
        has_progress
    }

    /// Waits for the next deadline. Returns whether it has come.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.connection.next_deadline() else {
            self.sleep = None;
            return false;
        };
        let clock = &self.core.settings().clock;
        let is_set = self.sleep.as_ref().is_some_and(|(set, _)| *set == deadline);
        if !is_set {
            self.sleep = Some((deadline, clock.sleep_until(deadline)));
        }
        let Some((_, sleep)) = &mut self.sleep else {
            return false;
        };
        let has_come = sleep.as_mut().poll(cx).is_ready();
        if has_come {
            self.sleep = None;
        }
        has_come
    }
}

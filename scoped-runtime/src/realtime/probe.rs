//! Asks the server whether the user may join a private channel, on a connection of its own: while a join is refused, the
//! server does nothing else on that connection for five seconds.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio_websockets::Message;

use super::channel_options::ChannelOptions;
use super::frame::{Body, Incoming};
use super::observed::count_refusal;
use super::outgoing::Outgoing;
use super::refusal;
use super::topic::Topic;
use super::web_socket::{SocketError, WebSocket};
use crate::client::Core;
use crate::clock::with_timeout;
use crate::error::{ClientError, Error, RealtimeError, RealtimeErrorKind};
use crate::token::AccessToken;

const TIMEOUT: Duration = Duration::from_secs(60);
const JOIN_REF: u64 = 1;

/// Joins the channel on a connection of its own, and leaves it with the connection, which ends at once with its client.
pub(super) async fn probe(
    core: &Arc<Core>,
    topic: &Topic,
    options: &ChannelOptions,
) -> Result<(), Error> {
    let asking = pin!(ask(core, topic, options));
    let answer = pin!(with_timeout(&*core.settings().clock, TIMEOUT, asking));
    let closed = pin!(core.close_flag().wait_closed());
    match select(answer, closed).await {
        Either::Left((Some(answer), _)) => answer,
        Either::Left((None, _)) => {
            let reason = "the server did not answer the join within 60 s";
            let kind = RealtimeErrorKind::Transient;
            Err(RealtimeError::channel(kind, topic.name(), None, reason).into())
        }
        Either::Right(_) => Err(ClientError::Closed.into()),
    }
}

async fn ask(core: &Arc<Core>, topic: &Topic, options: &ChannelOptions) -> Result<(), Error> {
    let options = ChannelOptions {
        changes: Vec::new(),
        ..options.clone()
    };
    let mut socket = WebSocket::open(Arc::clone(core)).await?;
    let Outgoing::WithToken { payload, .. } =
        Outgoing::join(0, JOIN_REF, topic, &options.config(None))
    else {
        return Ok(());
    };
    poll_fn(|cx| socket.poll_ready(cx)).await?;
    let token = match core.user_id() {
        Some(_) => Some(core.token_async().await?),
        None => None,
    };
    let token = token.as_ref().map(AccessToken::expose_secret);
    let mut join = Some(payload.with(token));
    poll_fn(|cx| {
        if let Some(join) = join.take() {
            socket.start_send(cx, Message::text(join))?;
        }
        socket.poll_flush(cx)
    })
    .await?;
    loop {
        let Incoming { body, .. } = poll_fn(|cx| socket.poll_receive(cx)).await?;
        if let Body::Reply {
            reference: JOIN_REF,
            is_ok,
            response,
        } = body
        {
            return if is_ok {
                Ok(())
            } else {
                let error = refusal::of_response(topic, &response);
                count_refusal(&error);
                Err(error.into())
            };
        }
    }
}

impl From<SocketError> for Error {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::Closed => ClientError::Closed.into(),
            SocketError::Lost(error) => error.into(),
        }
    }
}

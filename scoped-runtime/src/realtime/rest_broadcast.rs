//! Broadcasts over HTTP, for channels that are not joined. The endpoint for one message is used, which answers when a
//! policy refuses; the one for many drops such messages in silence.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};

use super::push::Push;
use super::topic::Topic;
use crate::client::Core;
use crate::client::name::{invalid, push_segment};
use crate::error::RealtimeErrorKind::Permanent;
use crate::error::{ClientError, Error, RealtimeError};
use crate::transport::TransportRequest;

const WHAT: &str = "a broadcast";

/// Sends a broadcast as the user, with the live token of this moment.
pub(super) async fn send(
    core: &Core,
    topic: &Topic,
    is_private: bool,
    push: Push,
) -> Result<(), Error> {
    let request = request(topic, is_private, push)?;
    match core.send(&request).await {
        Ok(_) => Ok(()),
        Err(Error::Api(error)) if error.status() == 403 => {
            let reason = "You do not have permissions to send to this channel";
            Err(RealtimeError::message(Permanent, WHAT, topic.name(), reason).into())
        }
        Err(error) => Err(error),
    }
}

fn request(topic: &Topic, is_private: bool, push: Push) -> Result<TransportRequest, Error> {
    let (event, body, content_type) = match push {
        Push::Json { event, payload } if payload.starts_with('{') => {
            (event, Bytes::from(payload), "application/json")
        }
        Push::Json { .. } => {
            let reason = "over REST, the payload has to be a JSON object";
            return Err(RealtimeError::message(Permanent, WHAT, topic.name(), reason).into());
        }
        Push::Bytes { event, payload } => (event, payload, "application/octet-stream"),
        Push::Track(_) | Push::Untrack => {
            let reason = "there is no presence over REST";
            return Err(RealtimeError::message(Permanent, WHAT, topic.name(), reason).into());
        }
    };
    let mut target = "realtime/v1/api/broadcast/".to_owned();
    push_name(&mut target, "channel", topic.name())?;
    target.push_str("/events/");
    push_name(&mut target, "event", &event)?;
    if is_private {
        target.push_str("?private=true");
    }
    let mut request = TransportRequest::new(Method::POST, target);
    let content_type = HeaderValue::from_static(content_type);
    request.headers.insert(CONTENT_TYPE, content_type);
    request.body = body;
    Ok(request)
}

fn push_name(target: &mut String, kind: &'static str, name: &str) -> Result<(), ClientError> {
    if name.contains(['/', '\\']) {
        let remedy = "subscribe to the channel, and send over its connection";
        return Err(invalid(
            kind,
            name,
            "has a slash, which a path cannot carry",
            remedy,
        ));
    }
    push_segment(target, kind, name)
}

//! Frames of Realtime's protocol 2.0.0, from messages to bytes.

use bytes::Bytes;
use serde_json::{Value, json};

use super::topic::Topic;

/// A frame that waits to be written.
#[derive(Debug)]
pub(super) enum Outgoing {
    Text(String),
    Binary(Vec<u8>),
    /// A text frame whose payload ends with the token, which is chosen when the frame is written.
    WithToken {
        /// The number of the channel that the token is for.
        channel: u64,
        payload: OpenPayload,
    },
}

/// A text frame up to the end of its payload's members, where the token is added.
#[derive(Debug)]
pub(super) struct OpenPayload {
    text: String,
    has_members: bool,
}

impl OpenPayload {
    /// The whole frame. Without a token, the server takes that of the connection's API key.
    pub(super) fn with(&self, token: Option<&str>) -> String {
        let Self { text, has_members } = self;
        match token {
            // A token has no character that JSON escapes: letters, digits, `-`, `_` and `.`.
            Some(token) => {
                let comma = if *has_members { "," } else { "" };
                [text, comma, r#""access_token":""#, token, r#""}]"#].concat()
            }
            None => [text, "}]"].concat(),
        }
    }
}

impl Outgoing {
    fn text(
        join_ref: Option<u64>,
        reference: u64,
        topic: &str,
        event: &str,
        payload: &str,
    ) -> Self {
        let head = head(join_ref, reference, topic, event);
        Self::Text(format!("{head}{payload}]"))
    }

    pub(super) fn heartbeat(reference: u64) -> Self {
        Self::text(None, reference, "phoenix", "heartbeat", "{}")
    }

    pub(super) fn leave(join_ref: u64, reference: u64, topic: &Topic) -> Self {
        Self::text(Some(join_ref), reference, topic.wire(), "phx_leave", "{}")
    }

    /// A join, whose reference is that of all messages of the channel from then on.
    pub(super) fn join(channel: u64, join_ref: u64, topic: &Topic, config: &Value) -> Self {
        let head = head(Some(join_ref), join_ref, topic.wire(), "phx_join");
        Self::WithToken {
            channel,
            payload: OpenPayload {
                text: format!(r#"{head}{{"config":{config}"#),
                has_members: true,
            },
        }
    }

    pub(super) fn access_token(channel: u64, join_ref: u64, reference: u64, topic: &Topic) -> Self {
        let head = head(Some(join_ref), reference, topic.wire(), "access_token");
        Self::WithToken {
            channel,
            payload: OpenPayload {
                text: format!("{head}{{"),
                has_members: false,
            },
        }
    }

    /// A broadcast of JSON, which peers of every version read.
    pub(super) fn broadcast(
        join_ref: u64,
        reference: u64,
        topic: &Topic,
        event: &str,
        payload: &str,
    ) -> Self {
        let event = json!(event);
        let payload = format!(r#"{{"type":"broadcast","event":{event},"payload":{payload}}}"#);
        let topic = topic.wire();
        Self::text(Some(join_ref), reference, topic, "broadcast", &payload)
    }

    /// A broadcast of bytes: kind 03. `None` if a name has more bytes than its one-byte length can say.
    pub(super) fn broadcast_bytes(
        join_ref: u64,
        reference: u64,
        topic: &Topic,
        event: &str,
        payload: &Bytes,
    ) -> Option<Self> {
        let (join_ref, reference) = (join_ref.to_string(), reference.to_string());
        let parts = [&*join_ref, &*reference, topic.wire(), event, ""];
        let mut frame =
            Vec::with_capacity(7 + parts.map(str::len).iter().sum::<usize>() + payload.len());
        frame.push(3);
        for part in parts {
            frame.push(u8::try_from(part.len()).ok()?);
        }
        frame.push(0);
        for part in parts {
            frame.extend_from_slice(part.as_bytes());
        }
        frame.extend_from_slice(payload);
        Some(Self::Binary(frame))
    }

    pub(super) fn presence(
        join_ref: u64,
        reference: u64,
        topic: &Topic,
        tracked: Option<&str>,
    ) -> Self {
        let payload = match tracked {
            Some(payload) => {
                format!(r#"{{"type":"presence","event":"track","payload":{payload}}}"#)
            }
            None => r#"{"type":"presence","event":"untrack"}"#.to_owned(),
        };
        let topic = topic.wire();
        Self::text(Some(join_ref), reference, topic, "presence", &payload)
    }

    /// Whether it is a frame of this channel that waits for a token.
    pub(super) fn is_token_of(&self, id: u64) -> bool {
        matches!(self, Self::WithToken { channel, .. } if *channel == id)
    }

    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
            Self::WithToken { payload, .. } => payload.text.len(),
        }
    }
}

/// A text frame up to its payload.
fn head(join_ref: Option<u64>, reference: u64, topic: &str, event: &str) -> String {
    let topic = json!(topic);
    match join_ref {
        Some(join_ref) => format!(r#"["{join_ref}","{reference}",{topic},"{event}","#),
        None => format!(r#"[null,"{reference}",{topic},"{event}","#),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_of_bytes_has_the_layout_of_kind_03() {
        let topic = Topic::new("bc").unwrap();
        let payload = Bytes::from_static(&[0, 0xff, 1]);
        let frame = Outgoing::broadcast_bytes(1, 4, &topic, "ev", &payload).unwrap();
        let Outgoing::Binary(frame) = frame else {
            panic!("{frame:?}")
        };
        let mut expected = vec![3, 1, 1, 11, 2, 0, 0];
        expected.extend_from_slice(b"14realtime:bcev\x00\xff\x01");
        assert_eq!(frame, expected);
    }

    #[test]
    fn the_token_is_the_last_member_of_its_payload() {
        let topic = Topic::new("bc").unwrap();
        let join = Outgoing::join(1, 7, &topic, &json!({}));
        let push = Outgoing::access_token(1, 7, 8, &topic);
        let frames = [&join, &push].map(|frame| {
            let Outgoing::WithToken { payload, .. } = frame else {
                panic!("{frame:?}")
            };
            (payload.with(Some("a.b.c")), payload.with(None))
        });
        let head = r#"["7","7","realtime:bc","phx_join",{"config":{}"#;
        let with_token = format!(r#"{head},"access_token":"a.b.c"}}]"#);
        assert_eq!(frames[0], (with_token, format!("{head}}}]")));
        let with_token = r#"["7","8","realtime:bc","access_token",{"access_token":"a.b.c"}]"#;
        assert_eq!(frames[1].0, with_token);
    }

    #[test]
    fn text_frames_are_json_whatever_the_names_are() {
        let topic = Topic::new("a\"b\\").unwrap();
        let frame = Outgoing::broadcast(1, 2, &topic, "\"\u{1}", "[1]");
        let Outgoing::Text(frame) = frame else {
            panic!("{frame:?}")
        };
        let read: Value = serde_json::from_str(&frame).unwrap();
        let payload = json!({ "type": "broadcast", "event": "\"\u{1}", "payload": [1] });
        let expected = json!(["1", "2", "realtime:a\"b\\", "broadcast", payload]);
        assert_eq!(read, expected);
    }
}

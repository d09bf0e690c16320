//! Frames of Realtime's protocol 2.0.0, from bytes to messages. Pure: no frame is an error, a bad one is `None`.
//!
//! See <https://supabase.com/docs/guides/realtime/protocol>.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json_text::JsonText;

/// A message of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming {
    /// The join that the message belongs to. A reference that is not one of ours is 0.
    pub(super) join_ref: Option<u64>,
    pub(super) topic: String,
    pub(super) body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// The reply to the message with this reference.
    Reply {
        reference: u64,
        is_ok: bool,
        response: JsonText,
    },
    /// A broadcast of kind 04, whose parts are not JSON.
    Broadcast {
        event: String,
        meta: Option<JsonText>,
        payload: Payload,
    },
    Event {
        name: String,
        payload: JsonText,
    },
}

/// The payload of a broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// JSON.
    Json(JsonText),
    /// Bytes, as [`send_bytes`](super::ChannelSender::send_bytes) sends them.
    Bytes(Bytes),
}

impl Payload {
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Json(json) => json.bytes().len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

/// `[join_ref, ref, topic, event, payload]`.
#[derive(Deserialize)]
struct TextFrame<'a>(
    #[serde(borrow)] &'a RawValue,
    #[serde(borrow)] &'a RawValue,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] &'a RawValue,
);

#[derive(Deserialize)]
struct ReplyPayload<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    response: &'a RawValue,
}

/// Reads a text frame.
pub(crate) fn decode_text(frame: &Bytes) -> Option<Incoming> {
    let TextFrame(join_ref, reference, topic, name, payload) =
        serde_json::from_slice(frame).ok()?;
    let body = if name == "phx_reply" {
        let reply: ReplyPayload<'_> = serde_json::from_str(payload.get()).ok()?;
        Body::Reply {
            reference: read_ref(reference)?,
            is_ok: reply.status == "ok",
            response: part_of(frame, reply.response),
        }
    } else {
        Body::Event {
            name: name.into_owned(),
            payload: part_of(frame, payload),
        }
    };
    Some(Incoming {
        join_ref: read_ref(join_ref),
        topic: topic.into_owned(),
        body,
    })
}

/// Reads a binary frame: of kind 04, since no other is sent to a client that sends none of kind 00.
pub(crate) fn decode_binary(frame: &Bytes) -> Option<Incoming> {
    let [kind, topic, event, meta, encoding] = *frame.first_chunk()?;
    if kind != 4 {
        return None;
    }
    let mut rest = frame.slice(5..);
    let mut take = |size: u8| {
        let size = usize::from(size);
        (rest.len() >= size).then(|| rest.split_to(size))
    };
    let text = |bytes: Bytes| String::from_utf8(bytes.into()).ok();
    let topic = text(take(topic)?)?;
    let event = text(take(event)?)?;
    let meta = take(meta)?;
    let payload = if encoding == 0 {
        Payload::Bytes(rest)
    } else {
        Payload::Json(checked_json(rest)?)
    };
    Some(Incoming {
        join_ref: None,
        topic,
        body: Body::Broadcast {
            event,
            meta: checked_json(meta),
            payload,
        },
    })
}

/// JSON that a peer wrote and the server did not check.
fn checked_json(bytes: Bytes) -> Option<JsonText> {
    serde_json::from_slice::<&RawValue>(&bytes).ok()?;
    Some(JsonText::new(bytes))
}

/// The part of a text that this value is. A part that is less than half of the text is copied: a slice keeps the whole
/// text in memory, and a peer may surround a short payload with a long member that no limit counts.
pub(super) fn part_of(text: &Bytes, value: &RawValue) -> JsonText {
    let part = value.get().as_bytes();
    JsonText::new(if part.len() < text.len() / 2 {
        Bytes::copy_from_slice(part)
    } else {
        text.slice_ref(part)
    })
}

/// A reference, which we write as a decimal number in a string.
fn read_ref(value: &RawValue) -> Option<u64> {
    let text = value.get();
    if text == "null" {
        return None;
    }
    let digits = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    Some(digits.and_then(|digits| digits.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(frame: &'static str) -> Option<Incoming> {
        decode_text(&Bytes::from_static(frame.as_bytes()))
    }

    fn hex(digits: &str) -> Bytes {
        let digits: Vec<u8> = digits.bytes().filter(|byte| *byte != b' ').collect();
        let pair =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(pair).collect::<Vec<u8>>().into()
    }

    #[test]
    fn a_reply_is_read_with_any_response() {
        for response in [
            "{}",
            r#""payload_size_exceeded""#,
            r#"{"reason":"x"}"#,
            "null",
        ] {
            let frame = format!(
                r#"["1","2","realtime:a","phx_reply",{{"status":"error","response":{response}}}]"#
            );
            let read = decode_text(&frame.into()).unwrap();
            assert_eq!(read.join_ref, Some(1));
            let Body::Reply {
                reference: 2,
                is_ok: false,
                response: read,
            } = read.body
            else {
                panic!("{read:?}")
            };
            assert_eq!(read.as_str(), response);
        }
    }

    #[test]
    fn a_short_part_does_not_keep_a_long_frame() {
        let long = "x".repeat(1000);
        for (payload, is_copied) in [("{}".to_owned(), true), (format!("[\"{long}\"]"), false)] {
            let topic = if is_copied { &*long } else { "t" };
            let frame = Bytes::from(format!(r#"[null,null,"{topic}","x",{payload}]"#));
            let Body::Event { payload, .. } = decode_text(&frame).unwrap().body else {
                panic!("another message")
            };
            let is_within = frame.as_ptr_range().contains(&payload.bytes().as_ptr());
            assert_eq!(is_within, !is_copied);
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let read = text(r#"[null,null,"realtime:a","x",{"id":9007199254740993}]"#).unwrap();
        let Body::Event { payload, .. } = read.body else {
            panic!("{read:?}")
        };
        assert_eq!(payload.as_str(), r#"{"id":9007199254740993}"#);
    }

    #[test]
    fn a_reference_that_is_not_ours_is_none_of_ours() {
        for reference in [
            r#""abc""#,
            "7",
            r#""""#,
            "{}",
            r#""99999999999999999999999""#,
        ] {
            let frame = format!(r#"[{reference},null,"realtime:a","x",{{}}]"#);
            assert_eq!(decode_text(&frame.into()).unwrap().join_ref, Some(0));
        }
    }

    #[test]
    fn broadcasts_of_kind_04_are_read_as_measured() {
        let json = hex("04 0b 02 00 01 7265616c74696d653a6263 6576 7b2261223a20317d");
        let read = decode_binary(&json).unwrap();
        assert_eq!(read.topic, "realtime:bc");
        let payload = Payload::Json(JsonText::new(r#"{"a": 1}"#.into()));
        let (event, meta) = ("ev".to_owned(), None);
        assert_eq!(
            read.body,
            Body::Broadcast {
                event,
                meta,
                payload
            }
        );
        let bytes = hex("04 0b 02 00 00 7265616c74696d653a6263 6576 00ff01");
        let Body::Broadcast { payload, .. } = decode_binary(&bytes).unwrap().body else {
            panic!("not a broadcast")
        };
        assert_eq!(payload, Payload::Bytes(Bytes::from_static(&[0, 0xff, 1])));
    }

    #[test]
    fn a_frame_that_is_cut_anywhere_is_skipped_or_shorter() {
        let frame = hex("04 0b 02 02 01 7265616c74696d653a6263 6576 7b7d 7b2261223a20317d");
        for end in 0..frame.len() {
            let cut = frame.slice(..end);
            assert_eq!(decode_binary(&cut), None, "{end}");
        }
        let frame = Bytes::from_static(
            br#"["1","2","realtime:a","phx_reply",{"status":"ok","response":{}}]"#,
        );
        for end in 0..frame.len() {
            assert_eq!(decode_text(&frame.slice(..end)), None, "{end}");
        }
    }

    #[test]
    fn the_broken_json_of_a_peer_is_skipped() {
        let frame = hex("04 0b 02 00 01 7265616c74696d653a6263 6576 7b2261223a");
        assert_eq!(decode_binary(&frame), None);
        for frame in ["", "[]", "{}", "null", r#"["1","2","t","e"]"#, "\u{0}"] {
            assert_eq!(decode_text(&Bytes::from(frame)), None);
        }
        for kind in [0_u8, 1, 2, 3, 5, 255] {
            assert_eq!(decode_binary(&vec![kind; 40].into()), None);
        }
    }

    #[test]
    fn deep_nesting_is_read_without_a_stack() {
        let depth = 500_000;
        let frame = format!(
            r#"[null,null,"realtime:a","x",{}{}]"#,
            "[".repeat(depth),
            "]".repeat(depth)
        );
        assert!(decode_text(&frame.into()).is_some());
    }
}

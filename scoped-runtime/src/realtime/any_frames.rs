//! What a hostile server may send, for the fuzz target and the test below.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::change::Change;
use super::channel_options::ChannelOptions;
use super::channel_state::Channel;
use super::connection::Connection;
use super::event_queue::EventQueue;
use super::frame::{decode_binary, decode_text};
use super::observed::Observed;
use super::topic::Topic;
use crate::clock::ClockReading;

/// Gives frames to a connection with one channel, as if a server had sent them: each line is a text frame, or a binary
/// one if it is not UTF-8. A second passes with each. Returns how many events a reader would have got.
///
/// # Panics
/// Panics when more is kept or queued than the limits allow.
pub fn receive_any_frames(input: &[u8]) -> usize {
    let queue = Arc::new(EventQueue::new(MAX_EVENTS));
    let mut connection = Connection::new(Observed::default());
    let mut now = Duration::ZERO;
    let moment = |monotonic| ClockReading {
        monotonic,
        wall: SystemTime::UNIX_EPOCH,
    };
    connection.token_changed(1);
    if let Some(channel) = channel(&queue) {
        connection.subscribe(1, channel);
    }
    connection.tick(moment(now));
    connection.opened(now);
    let mut events = 0;
    for line in input.split(|byte| *byte == b'\n').take(MAX_FRAMES) {
        now += Duration::from_secs(1);
        connection.tick(moment(now));
        connection.token_written(1, 1, now);
        connection.outbox.clear();
        let frame = Bytes::copy_from_slice(line);
        let is_text = std::str::from_utf8(line).is_ok();
        let message = if is_text {
            decode_text(&frame)
        } else {
            decode_binary(&frame)
        };
        if let Some(message) = message {
            connection.receive(message, moment(now));
        }
        assert!(connection.outbox.len() <= 4, "one frame makes many");
    }
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(_)) = queue.poll_next(&mut context) {
        events += 1;
        assert!(events <= MAX_EVENTS + 2, "the queue has a limit");
    }
    events
}

const MAX_EVENTS: usize = 32;
const MAX_FRAMES: usize = 1000;

fn channel(queue: &Arc<EventQueue>) -> Option<Channel> {
    let options = ChannelOptions {
        is_private: true,
        presence_key: Some("key".to_owned()),
        changes: vec![Change::all().table("notes")],
        ..ChannelOptions::default()
    };
    let topic = Topic::new("room").ok()?;
    let (subscribing, _) = oneshot::channel();
    let presence = Arc::new(Mutex::default());
    Some(Channel::new(
        topic,
        options,
        Arc::clone(queue),
        presence,
        subscribing,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: [&str; 12] = [
        r#"["1","1","realtime:room","phx_reply",{"status":"ok","response":{"postgres_changes":[{"id":7}]}}]"#,
        r#"["1",null,"realtime:room","system",{"extension":"postgres_changes","status":"ok","message":"Subscribed to PostgreSQL"}]"#,
        r#"["1",null,"realtime:room","presence_state",{"a":{"metas":[{"phx_ref":"x"}]}}]"#,
        r#"[null,null,"realtime:room","presence_diff",{"joins":{"b":{"metas":[{"phx_ref":"y"}]}},"leaves":{"a":{"metas":[{"phx_ref":"x"}]}}}]"#,
        r#"[null,null,"realtime:room","broadcast",{"type":"broadcast","event":"e","payload":{"n":1},"meta":{"id":"1","replayed":true}}]"#,
        r#"[null,null,"realtime:room","postgres_changes",{"ids":[7],"data":{"schema":"public","table":"notes","type":"UPDATE","commit_timestamp":null,"columns":[{"name":"id","type":"int8"}],"record":{"id":1},"old_record":{"id":1},"errors":null}}]"#,
        r#"["1",null,"realtime:room","system",{"extension":"system","status":"error","message":"Token has expired 0 seconds ago"}]"#,
        r#"["1","1","realtime:room","phx_close",{}]"#,
        r#"["1","1","realtime:room","phx_error",{}]"#,
        r#"[null,"2","phoenix","phx_reply",{"status":"ok","response":{}}]"#,
        r#"["1","1","realtime:room","phx_reply",{"status":"error","response":{"reason":"Unauthorized: no"}}]"#,
        r#"["2","2","realtime:room","phx_reply",{"status":"ok","response":{}}]"#,
    ];

    #[test]
    fn what_the_server_usually_sends_reaches_the_reader() {
        let input = FRAMES[..6].join("\n");
        // The system message, a presence and its end, another's, a broadcast, and a change.
        assert_eq!(receive_any_frames(input.as_bytes()), 7);
    }

    #[test]
    fn whatever_is_sent_in_whatever_order_stays_within_the_limits() {
        let mut random = 1_u64;
        let mut next = |below: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(random >> 33).unwrap() % below
        };
        for _ in 0..3000 {
            let mut input = Vec::new();
            for _ in 0..next(40) {
                let mut frame = FRAMES[next(FRAMES.len())].as_bytes().to_vec();
                match next(4) {
                    0 => {
                        let at = next(frame.len());
                        frame[at] = u8::try_from(next(256)).unwrap();
                    }
                    1 => frame.truncate(next(frame.len())),
                    _ => {}
                }
                input.extend_from_slice(&frame);
                input.push(b'\n');
            }
            receive_any_frames(&input);
        }
    }
}

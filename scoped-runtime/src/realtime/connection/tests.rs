//! What cannot be brought about from outside in time, or only by a peer that is not our client.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::Connection;
use super::link::{MAX_PAUSE, pause};
use crate::clock::ClockReading;
use crate::error::{ClientError, Error, RealtimeError, RealtimeErrorKind};
use crate::realtime::channel_options::ChannelOptions;
use crate::realtime::channel_state::Channel;
use crate::realtime::event::Event;
use crate::realtime::event_queue::EventQueue;
use crate::realtime::frame::decode_text;
use crate::realtime::observed::Observed;
use crate::realtime::topic::Topic;

type Outcome = oneshot::Receiver<Result<(), Error>>;

fn channel(queue: &Arc<EventQueue>) -> (Channel, Outcome) {
    let (subscribing, outcome) = oneshot::channel();
    let topic = Topic::new("room").unwrap();
    let presence = Arc::new(Mutex::default());
    let options = ChannelOptions::default();
    let channel = Channel::new(topic, options, Arc::clone(queue), presence, subscribing);
    (channel, outcome)
}

fn subscribe(connection: &mut Connection, id: u64) -> Outcome {
    let (channel, outcome) = channel(&Arc::new(EventQueue::new(8)));
    connection.subscribe(id, channel);
    outcome
}

/// Opens the connection after a second, and queues the joins.
fn open(connection: &mut Connection) {
    connection.tick(at(1));
    connection.opened(at(1).monotonic);
    connection.tick(at(1));
}

fn at(seconds: u64) -> ClockReading {
    ClockReading {
        monotonic: Duration::from_secs(seconds),
        wall: SystemTime::UNIX_EPOCH,
    }
}

#[test]
fn a_channel_that_is_subscribed_while_its_client_closes_ends() {
    let mut connection = Connection::new(Observed::default());
    connection.token_changed(1);
    let mut before = subscribe(&mut connection, 1);
    connection.close();
    let mut after = subscribe(&mut connection, 2);
    for outcome in [&mut before, &mut after] {
        let outcome = outcome.try_recv().unwrap();
        assert!(matches!(outcome, Err(Error::Client(ClientError::Closed))));
    }
    assert!(connection.channels.is_empty());
}

#[test]
fn a_channel_that_is_subscribed_while_the_connection_is_refused_is_tried() {
    let mut connection = Connection::new(Observed::default());
    connection.token_changed(1);
    let mut refused = subscribe(&mut connection, 1);
    connection.tick(at(1));
    assert!(std::mem::take(&mut connection.wants_connect));
    let error = RealtimeError::refused_connection("http://localhost", 401, "no");
    assert_eq!(error.kind(), RealtimeErrorKind::Permanent);
    connection.failed(at(1).monotonic, &error);
    assert!(refused.try_recv().unwrap().is_err());

    let _outcome = subscribe(&mut connection, 2);
    let retry_at = connection.next_deadline().unwrap();
    assert!(retry_at <= at(3).monotonic);
    connection.tick(at(3));
    assert!(connection.wants_connect);
}

#[test]
fn a_join_that_waits_for_a_token_is_not_written_for_a_channel_that_was_left() {
    let mut connection = Connection::new(Observed::default());
    connection.token_changed(1);
    let outcomes = [1, 2].map(|id| {
        let (mut channel, outcome) = channel(&Arc::new(EventQueue::new(8)));
        channel.topic = Topic::new(&format!("room {id}")).unwrap();
        connection.subscribe(id, channel);
        outcome
    });
    open(&mut connection);
    assert_eq!(connection.outbox.len(), 2);
    connection.leave(1);
    let waiting: Vec<_> = connection.outbox.iter().collect();
    assert_eq!(waiting.len(), 1);
    assert!(waiting[0].frame.is_token_of(2));
    drop(outcomes);
}

#[test]
fn another_client_cannot_pass_for_the_database() {
    let queue = Arc::new(EventQueue::new(8));
    let mut connection = Connection::new(Observed::default());
    connection.token_changed(1);
    let (channel, _outcome) = channel(&queue);
    connection.subscribe(1, channel);
    open(&mut connection);
    let broadcast = |join_ref: &str| {
        format!(
            r#"[{join_ref},null,"realtime:room","broadcast",{{"event":"e","payload":{{}},"meta":{{"id":"7","replayed":true}}}}]"#
        )
    };
    let reply = r#"["1","1","realtime:room","phx_reply",{"status":"ok","response":{}}]"#;
    for frame in [reply.to_owned(), broadcast("null"), broadcast(r#""1""#)] {
        connection.receive(decode_text(&Bytes::from(frame)).unwrap(), at(1));
    }
    let mut context = Context::from_waker(Waker::noop());
    for expected in [(None, false), (Some("7"), true)] {
        let Poll::Ready(Some(Ok(Event::Broadcast(message)))) = queue.poll_next(&mut context) else {
            panic!("no broadcast")
        };
        assert_eq!((message.id.as_deref(), message.is_replayed), expected);
    }
}

#[test]
fn pauses_grow_to_a_minute_and_differ() {
    let base = Duration::from_secs(2);
    for (failures, longest) in [(0, 2), (1, 4), (4, 32), (5, 60), (10, 60), (u32::MAX, 60)] {
        let longest = Duration::from_secs(longest);
        assert!(longest <= MAX_PAUSE);
        let pauses: Vec<_> = (0..50).map(|_| pause(base, failures)).collect();
        let is_within = |pause: &Duration| (longest / 10..=longest).contains(pause);
        assert!(pauses.iter().all(is_within), "{pauses:?}");
        assert!(pauses.iter().any(|pause| *pause != pauses[0]));
    }
}

/// The server ends the join before with its own reference, after it has accepted the new one.
#[test]
fn the_end_of_an_earlier_join_does_not_end_the_new_one() {
    let mut connection = Connection::new(Observed::default());
    connection.token_changed(1);
    let _outcome = subscribe(&mut connection, 1);
    open(&mut connection);
    let join = |connection: &mut Connection, seconds: u64| {
        connection.tick(at(seconds));
        let join_ref = connection.channels[&1].join_ref().unwrap();
        let reply = format!(
            r#"["{join_ref}","{join_ref}","realtime:room","phx_reply",{{"status":"ok","response":{{}}}}]"#
        );
        connection.receive(decode_text(&reply.into()).unwrap(), at(seconds));
        join_ref
    };
    let end = |join_ref: u64| {
        let frame = format!(r#"["{join_ref}",null,"realtime:room","phx_close",{{}}]"#);
        decode_text(&frame.into()).unwrap()
    };
    let first = join(&mut connection, 1);
    connection.receive(end(first), at(2));
    assert!(connection.channels[&1].join_ref().is_none());
    let second = join(&mut connection, 20);
    assert_ne!(first, second);
    connection.receive(end(first), at(21));
    assert!(connection.channels[&1].open_ref().is_some());
    connection.receive(end(second), at(22));
    assert!(connection.channels[&1].open_ref().is_none());
}

#[test]
fn public_channels_are_joined_before_private_ones_and_those_that_were_refused_last() {
    let mut connection = Connection::new(Observed::default());
    connection.token_changed(1);
    let mut outcomes = Vec::new();
    for (id, name, is_private) in [
        (1, "a", true),
        (2, "b", false),
        (3, "c", true),
        (4, "d", false),
    ] {
        let (mut channel, outcome) = channel(&Arc::new(EventQueue::new(8)));
        channel.topic = Topic::new(name).unwrap();
        channel.options.is_private = is_private;
        channel.failures = u32::from(name == "b");
        connection.subscribe(id, channel);
        outcomes.push(outcome);
    }
    open(&mut connection);
    let mut order: Vec<_> = connection.channels.values().collect();
    order.sort_by_key(|channel| channel.join_ref());
    let names = order.iter().map(|channel| channel.topic.name());
    assert_eq!(names.collect::<String>(), "dacb");
}

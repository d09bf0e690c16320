//! What a test waits for on a channel.

use std::time::Duration;

use scoped_runtime::RealtimeError;
use scoped_runtime::realtime::{Event, Reconnected, Subscription};
use scoped_runtime::testing::ManualClock;
use serde_json::Value;

/// The next event for which the function returns something; others are skipped. Fails after 20 s of real time.
pub(crate) async fn find<T>(
    room: &mut Subscription,
    mut is_it: impl FnMut(&Event) -> Option<T>,
) -> T {
    let mut skipped = Vec::new();
    let search = async {
        while let Some(event) = room.next().await {
            let event = event.unwrap();
            if let Some(found) = is_it(&event) {
                return Some(found);
            }
            skipped.push(format!("{event:?}"));
        }
        None
    };
    match tokio::time::timeout(Duration::from_secs(20), search).await {
        Ok(Some(found)) => found,
        Ok(None) => panic!("the stream ended: {skipped:?}"),
        Err(tokio::time::error::Elapsed { .. }) => panic!("not found within 20 s: {skipped:?}"),
    }
}

/// The payload of the next broadcast of this event.
pub(crate) async fn broadcast(room: &mut Subscription, event: &str) -> Value {
    find(room, |it| match it {
        Event::Broadcast(message) if message.event == event => {
            Some(message.read::<Value>().unwrap().payload)
        }
        _ => None,
    })
    .await
}

/// The error with which a subscription ends; events before it are skipped.
pub(crate) async fn ending(room: &mut Subscription) -> scoped_runtime::Error {
    let search = async {
        while let Some(event) = room.next().await {
            if let Err(error) = event {
                return Some(error);
            }
        }
        None
    };
    let found = tokio::time::timeout(Duration::from_secs(20), search).await;
    found
        .expect("no end within 20 s")
        .expect("an end without an error")
}

/// Whether nothing arrives for a while. Only for what must never come; what must come is awaited with [`find`].
pub(crate) async fn is_silent(room: &mut Subscription) -> bool {
    let next = tokio::time::timeout(Duration::from_millis(300), room.next());
    next.await.is_err()
}

/// Waits until the channel is interrupted. Returns the reason.
pub(crate) async fn interrupted(room: &mut Subscription) -> RealtimeError {
    find(room, |event| match event {
        Event::Interrupted(error) => Some(error.clone()),
        _ => None,
    })
    .await
}

/// Waits until the channel is joined again.
pub(crate) async fn reconnected(room: &mut Subscription) -> Reconnected {
    find(room, |event| match event {
        Event::Reconnected(reconnected) => Some(*reconnected),
        _ => None,
    })
    .await
}

/// Waits until all who are present are known.
pub(crate) async fn synced(room: &mut Subscription) {
    find(room, |event| matches!(event, Event::Sync).then_some(())).await;
}

/// Moves the clock by `step` again and again until the future is ready. One move is not enough for a pause that begins
/// only after it. Fails after 20 s of real time.
pub(crate) async fn while_passing<T>(
    clock: &ManualClock,
    step: Duration,
    wanted: impl Future<Output = T>,
) -> T {
    let moving = async {
        loop {
            clock.pass(step);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let wanted = tokio::time::timeout(Duration::from_secs(20), wanted);
    tokio::select! {
        ready = wanted => ready.expect("not ready within 20 s"),
        never = moving => never,
    }
}

use std::sync::Weak;
use std::time::Duration;

use super::pool::Forget;
use super::shard::Shard;

/// Closes connections that nothing used for too long. It ends with the last of them, or with its runtime.
pub(super) async fn run(shard: Weak<Shard>, forget: Forget) {
    let _forget = forget;
    let mut was_empty = false;
    loop {
        let Some(pause) = shard.upgrade().map(|shard| {
            let clock = &shard.connector.clock;
            let pause = (shard.connector.connections.idle_timeout / 4)
                .clamp(Duration::from_millis(10), Duration::from_secs(5));
            clock.sleep_until(clock.monotonic().saturating_add(pause))
        }) else {
            return;
        };
        pause.await;
        let Some(shard) = shard.upgrade() else {
            return;
        };
        let is_empty = shard.sweep();
        if is_empty && was_empty {
            return;
        }
        was_empty = is_empty;
    }
}

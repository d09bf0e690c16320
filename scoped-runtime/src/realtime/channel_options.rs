use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::change::Change;
use crate::error::ClientError;

/// What a channel is asked to be when it is joined.
#[derive(Debug, Clone)]
pub(super) struct ChannelOptions {
    pub(super) is_private: bool,
    pub(super) presence_key: Option<String>,
    pub(super) acknowledges: bool,
    pub(super) echoes: bool,
    pub(super) changes: Vec<Change>,
    /// Messages of the database since this moment, in milliseconds since 1970, and at most how many.
    pub(super) replay: Option<(u64, u8)>,
    pub(super) max_events: usize,
}

/// A moment as the server reads it: in milliseconds since 1970.
pub(super) fn millis_since_1970(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// The most messages that the server replays.
pub(super) const MAX_REPLAY: u8 = 25;
/// The most kinds of changes of one channel.
const MAX_CHANGES: usize = 100;
/// The longest key of presence, in bytes.
const MAX_KEY: usize = 255;

impl Default for ChannelOptions {
    fn default() -> Self {
        Self {
            is_private: false,
            presence_key: None,
            acknowledges: false,
            echoes: false,
            changes: Vec::new(),
            replay: None,
            max_events: 1024,
        }
    }
}

impl ChannelOptions {
    pub(super) fn check(&self) -> Result<(), ClientError> {
        let refuse = |what: String, remedy| Err(ClientError::InvalidQuery { what, remedy });
        if self.replay.is_some() && !self.is_private {
            let what = "a public channel has no replay".to_owned();
            return refuse(what, "make the channel `private()`");
        }
        if self.changes.len() > MAX_CHANGES {
            let what = format!("a channel has more than {MAX_CHANGES} kinds of changes");
            return refuse(what, "use several channels");
        }
        if self
            .presence_key
            .as_ref()
            .is_some_and(|key| key.len() > MAX_KEY)
        {
            let what = format!("the key of presence has more than {MAX_KEY} bytes");
            return refuse(what, "choose a shorter key");
        }
        for change in &self.changes {
            change.to_json()?;
        }
        Ok(())
    }

    /// The configuration in a join. Presence is always asked for by those who will track: a private channel that is
    /// joined without it gets no differences later on.
    pub(super) fn config(&self, replay: Option<(u64, u8)>) -> Value {
        let mut broadcast = json!({ "ack": self.acknowledges, "self": self.echoes });
        if let Some((since, limit)) = replay {
            broadcast["replay"] = json!({ "since": since, "limit": limit });
        }
        let key = self.presence_key.as_deref().unwrap_or_default();
        let changes = self
            .changes
            .iter()
            .map(|change| change.to_json().unwrap_or_default());
        json!({
            "broadcast": broadcast,
            "presence": { "enabled": self.presence_key.is_some(), "key": key },
            "postgres_changes": changes.collect::<Vec<_>>(),
            "private": self.is_private,
        })
    }
}

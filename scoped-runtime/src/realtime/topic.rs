use std::sync::Arc;

use crate::client::name::invalid;
use crate::error::ClientError;

/// The name of a channel, as the protocol writes it: `realtime:` and the user's name for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Topic(Arc<str>);

const PREFIX: &str = "realtime:";
/// The longest name, in bytes: binary frames have one byte for the length of prefix and name.
const MAX_NAME: usize = 255 - PREFIX.len();

impl Topic {
    pub(super) fn new(name: &str) -> Result<Self, ClientError> {
        let refuse = |reason, remedy| Err(invalid("channel", name, reason, remedy));
        if name.is_empty() {
            return refuse("is empty", "name the channel");
        }
        if name.len() > MAX_NAME {
            return refuse("has more than 246 bytes", "choose a shorter name");
        }
        if name.starts_with(PREFIX) {
            return refuse(
                "begins with `realtime:`, which the protocol adds",
                "leave the prefix out",
            );
        }
        if name.chars().any(char::is_control) {
            return refuse("has control characters", "use another name");
        }
        Ok(Self(format!("{PREFIX}{name}").into()))
    }

    /// The name as the protocol writes it.
    pub(super) fn wire(&self) -> &str {
        &self.0
    }

    /// The name without the prefix, as policies read it with `realtime.topic()`.
    pub(super) fn name(&self) -> &str {
        &self.0[PREFIX.len()..]
    }
}

/// Topics are looked up by what the server writes.
impl std::borrow::Borrow<str> for Topic {
    fn borrow(&self) -> &str {
        self.wire()
    }
}

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{UserId, subject};
use crate::error::ClientError;

/// Who acts as a user, and as whom they are acted for in turn: the `act` claim (RFC 8693, section
/// 4.1). Only the outermost one decides anything; those before are for the record.
///
/// `Display` shows the chain, such as `agent-7 for 6f7f5b3c-...`. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor(Arc<Member>);

#[derive(Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Member {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor>,
}

/// How many act for one another: far more than services do.
const MAX_CHAIN: usize = 16;

impl Actor {
    /// Someone who acts for themselves.
    pub fn new(subject: impl Into<String>) -> Self {
        Self::acting(subject, None)
    }

    /// Someone for whom another acts in turn.
    pub(crate) fn acting(subject: impl Into<String>, through: Option<Self>) -> Self {
        Self(Arc::new(Member {
            sub: subject.into(),
            iss: None,
            act: through,
        }))
    }

    /// Refuses what no token can say of who acts: names as [`UserId::external`] refuses them, and chains
    /// of more than 16.
    pub(crate) fn check(&self) -> Result<(), ClientError> {
        let refuse = |reason, remedy| Err(ClientError::InvalidActor { reason, remedy });
        let mut chain = Some(self);
        for _ in 0..MAX_CHAIN {
            let Some(actor) = chain else {
                return Ok(());
            };
            let issuer = actor.0.iss.as_deref();
            let texts = [Some(actor.subject()), issuer];
            if let Some(reason) = texts.into_iter().flatten().find_map(subject::problem) {
                return refuse(reason, "name who acts, such as `support-agent-7`");
            }
            chain = actor.actor();
        }
        match chain {
            Some(_) => refuse(
                "has more than 16 actors, each for the next",
                "name the one who acts, and keep the others in the `reason`",
            ),
            None => Ok(()),
        }
    }

    /// Who it is (`sub`).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.sub
    }

    /// Who acts for them in turn (`act`), if anyone does.
    #[must_use]
    pub fn actor(&self) -> Option<&Self> {
        self.0.act.as_ref()
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.actor() {
            Some(actor) => write!(f, "{actor} for {}", self.subject()),
            None => f.write_str(self.subject()),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Member::deserialize(deserializer).map(|act| Self(Arc::new(act)))
    }
}

/// A value that names who acts: text, a [`UserId`], or a verified caller, whose own actor comes along.
/// [`ScopedClientBuilder::actor`](crate::ScopedClientBuilder::actor) takes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an actor",
    label = "not an actor",
    note = "pass a `Caller`, a `UserId`, a `&str` or a `String`"
)]
pub trait ToActor {
    /// Who acts.
    fn to_actor(&self) -> Actor;
}

impl ToActor for Actor {
    fn to_actor(&self) -> Actor {
        self.clone()
    }
}

impl ToActor for str {
    fn to_actor(&self) -> Actor {
        Actor::new(self)
    }
}

impl ToActor for String {
    fn to_actor(&self) -> Actor {
        Actor::new(self.as_str())
    }
}

impl ToActor for UserId {
    fn to_actor(&self) -> Actor {
        Actor::new(self.as_str())
    }
}

impl<T: ToActor + ?Sized> ToActor for &T {
    fn to_actor(&self) -> Actor {
        (**self).to_actor()
    }
}

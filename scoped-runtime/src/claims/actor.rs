use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{UserId, subject};
use crate::error::ClientError;

/// The actor that acts on behalf of a user: the `act` claim (RFC 8693, section 4.1). An actor may itself have
/// an actor, which makes a chain of delegation; the chain is informational beyond its outermost actor.
///
/// `Display` shows the chain, such as `agent-7 for 6f7f5b3c-...`. Cheap to clone.
///
/// ```
/// use scoped_runtime::Actor;
///
/// let actor = Actor::new("support-agent-7");
/// assert_eq!(actor.subject(), "support-agent-7");
/// assert_eq!(serde_json::to_value(&actor).unwrap(), serde_json::json!({ "sub": "support-agent-7" }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor(Arc<ActClaim>);

#[derive(Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct ActClaim {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor>,
}

/// The longest chain of actors, far longer than the chains of real services.
const MAX_CHAIN: usize = 16;

impl Actor {
    /// An actor with this subject (`act.sub`), such as the name of a service or the ID of an agent.
    pub fn new(subject: impl Into<String>) -> Self {
        Self::acting(subject, None)
    }

    /// An actor that has an actor of its own.
    pub(crate) fn acting(subject: impl Into<String>, actor: Option<Self>) -> Self {
        Self(Arc::new(ActClaim {
            sub: subject.into(),
            iss: None,
            act: actor,
        }))
    }

    /// Checks that every name in the chain could be an ID of [`UserId::external`], and that the chain has at
    /// most 16 actors.
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
                return refuse(reason, "use a name such as `support-agent-7`");
            }
            chain = actor.actor();
        }
        match chain {
            Some(_) => refuse(
                "is a chain of more than 16 actors",
                "name only the outermost actor, and the others in the `reason`",
            ),
            None => Ok(()),
        }
    }

    /// The name or ID of the actor (`sub`).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.sub
    }

    /// The actor that acts on behalf of this one (`act`), if there is one.
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
        ActClaim::deserialize(deserializer).map(|act| Self(Arc::new(act)))
    }
}

/// A value that names an actor: a text, a [`UserId`], or a verified [`Caller`](crate::Caller), whose own actor
/// is kept in the chain. [`ScopedClientBuilder::actor`](crate::ScopedClientBuilder::actor) takes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an actor",
    label = "not an actor",
    note = "pass a `Caller`, a `UserId`, a `&str` or a `String`"
)]
pub trait ToActor {
    /// The actor.
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

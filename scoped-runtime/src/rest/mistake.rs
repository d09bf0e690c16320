use std::sync::Arc;

use crate::error::{ClientError, shown};

/// A mistake in a query. It is found while the query is written, and reported when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    what: String,
    remedy: &'static str,
}

impl Mistake {
    pub(super) fn new(what: impl Into<String>, remedy: &'static str) -> Self {
        let what = what.into();
        Self { what, remedy }
    }

    /// A mistake in a named part of the query. The name is shortened in the message.
    pub(super) fn named(kind: &str, name: &str, reason: &str, remedy: &'static str) -> Self {
        Self::new(format!("{kind} `{}` {reason}", shown(name)), remedy)
    }

    /// Returns a mistake if the text contains NUL, at which PostgREST would truncate it.
    pub(super) fn if_nul(kind: &str, text: &str) -> Option<Self> {
        text.contains('\0').then(|| {
            Self::named(
                kind,
                text,
                "contains NUL",
                "remove it, since text in PostgreSQL cannot contain NUL",
            )
        })
    }
}

impl From<Mistake> for ClientError {
    fn from(mistake: Mistake) -> Self {
        Self::InvalidQuery {
            what: mistake.what,
            remedy: mistake.remedy,
        }
    }
}

/// The first error of a query. It can be cloned with the query, which [`ClientError`] cannot.
#[derive(Debug, Clone)]
pub(super) enum BuildError {
    Query(Mistake),
    Name(Arc<ClientError>),
    Body(Arc<serde_json::Error>),
}

impl From<Mistake> for BuildError {
    fn from(mistake: Mistake) -> Self {
        Self::Query(mistake)
    }
}

impl From<&BuildError> for ClientError {
    fn from(error: &BuildError) -> Self {
        match error {
            BuildError::Query(mistake) => mistake.clone().into(),
            BuildError::Body(source) => Self::Body {
                source: Arc::<serde_json::Error>::clone(source),
            },
            BuildError::Name(error) => match &**error {
                Self::InvalidName {
                    kind,
                    name,
                    reason,
                    remedy,
                } => Self::InvalidName {
                    kind,
                    name: name.clone(),
                    reason,
                    remedy,
                },
                other => Self::InvalidQuery {
                    what: other.to_string(),
                    remedy: "correct it where the query is written",
                },
            },
        }
    }
}

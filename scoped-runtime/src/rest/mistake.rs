use std::sync::Arc;

use crate::error::{ClientError, shown};

/// What is wrong with a query, found while it is written and reported when it is sent.
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

    /// A mistake in something that has a name, which is shown only as far as it can be recognised.
    pub(super) fn named(kind: &str, name: &str, reason: &str, remedy: &'static str) -> Self {
        Self::new(format!("{kind} `{}` {reason}", shown(name)), remedy)
    }

    /// PostgreSQL's text cannot hold NUL; PostgREST cuts a value there.
    pub(super) fn if_nul(kind: &str, text: &str) -> Option<Self> {
        text.contains('\0').then(|| {
            Self::named(
                kind,
                text,
                "contains NUL",
                "PostgreSQL's text cannot hold it: remove it",
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

/// The first mistake of a query. Unlike [`ClientError`] it can be cloned with it.
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
                source: Arc::clone(source),
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
                    remedy: "mend it where the query is written",
                },
            },
        }
    }
}

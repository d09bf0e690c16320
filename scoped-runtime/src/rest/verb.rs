use http::Method;

use super::explain::Explain;

/// What a query does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Read,
    /// A read of the headers alone.
    Head,
    Insert,
    Upsert,
    Update,
    Delete,
    Call,
    /// A call whose arguments travel in the URL, for functions that change nothing.
    CallByGet,
    CallByHead,
}

impl Verb {
    pub(super) fn method(self) -> Method {
        match self {
            Self::Read | Self::CallByGet => Method::GET,
            Self::Head | Self::CallByHead => Method::HEAD,
            Self::Insert | Self::Upsert | Self::Call => Method::POST,
            Self::Update => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }

    /// Changes rows of a table.
    pub(super) fn is_write(self) -> bool {
        self.is_insert() || self.is_change()
    }

    pub(super) fn is_insert(self) -> bool {
        matches!(self, Self::Insert | Self::Upsert)
    }

    /// Changes rows that are there, those that the filters find.
    pub(super) fn is_change(self) -> bool {
        matches!(self, Self::Update | Self::Delete)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Read | Self::Head => "a read",
            Self::Insert => "an insert",
            Self::Upsert => "an upsert",
            Self::Update => "an update",
            Self::Delete => "a delete",
            Self::Call | Self::CallByGet | Self::CallByHead => "a function call",
        }
    }
}

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accept {
    Rows,
    /// One object; no row, or more than one, is an error.
    Object,
    Csv,
    GeoJson,
    Plan(Explain),
}

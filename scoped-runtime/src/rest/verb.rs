use http::Method;

use super::explain::Explain;

/// The operation of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Read,
    /// A read that returns only headers.
    Head,
    Insert,
    Upsert,
    Update,
    Delete,
    Call,
    /// A function call with the arguments in the URL.
    CallByGet,
    /// A function call with the arguments in the URL that returns only headers.
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

    /// Whether the operation writes rows of a table.
    pub(super) fn is_write(self) -> bool {
        self.is_insert() || self.is_change()
    }

    pub(super) fn is_insert(self) -> bool {
        matches!(self, Self::Insert | Self::Upsert)
    }

    /// Whether the operation updates or deletes the rows that match the filters.
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

/// The requested format of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accept {
    Rows,
    /// One object; the server answers with an error if there is no row or more than one.
    Object,
    Csv,
    GeoJson,
    Plan(Explain),
}

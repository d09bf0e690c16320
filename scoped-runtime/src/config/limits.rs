use crate::error::Problem;

/// The largest answers, headers and key sets that are read; [`ConfigBuilder::limits`](crate::ConfigBuilder::limits)
/// takes them. What exceeds one is [`ClientError::LimitExceeded`](crate::ClientError::LimitExceeded), and
/// the connection is given up.
///
/// ```
/// use scoped_runtime::Limits;
///
/// let limits = Limits::new().answer_bytes(8 << 20).key_set_keys(20);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Limits {
    pub(crate) answer_bytes: usize,
    pub(crate) error_bytes: usize,
    pub(crate) header_bytes: usize,
    pub(crate) key_set_bytes: usize,
    pub(crate) key_set_keys: usize,
}

/// hyper takes no smaller buffer.
pub(crate) const LEAST_HEADER_BYTES: usize = 8192;

impl Limits {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            answer_bytes: 64 << 20,
            error_bytes: 64 << 10,
            header_bytes: 32 << 10,
            key_set_bytes: 256 << 10,
            key_set_keys: 100,
        }
    }

    /// The body of an answer that is read as a whole; 64 MiB by default. Streams have no limit.
    pub fn answer_bytes(mut self, bytes: usize) -> Self {
        self.answer_bytes = bytes;
        self
    }

    /// The body of an answer that is an error; 64 KiB by default.
    pub fn error_bytes(mut self, bytes: usize) -> Self {
        self.error_bytes = bytes;
        self
    }

    /// The headers of an answer; 32 KiB by default, and no less than 8 KiB. Over HTTP/1 there may be no
    /// more than 100 of them; over HTTP/2 each counts 32 bytes more than its name and value
    /// ([RFC 9113, section 6.5.2](https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2)).
    pub fn header_bytes(mut self, bytes: usize) -> Self {
        self.header_bytes = bytes;
        self
    }

    /// A set of keys that the project lists; 256 KiB by default.
    pub fn key_set_bytes(mut self, bytes: usize) -> Self {
        self.key_set_bytes = bytes;
        self
    }

    /// How many keys the project may list; 100 by default.
    pub fn key_set_keys(mut self, keys: usize) -> Self {
        self.key_set_keys = keys;
        self
    }

    pub(super) fn check(self, problems: &mut Vec<Problem>) {
        if self.header_bytes < LEAST_HEADER_BYTES {
            problems.push(Problem::new(
                "limits",
                "has fewer than 8192 `header_bytes`",
                "allow at least 8192; answers of a gateway have a few hundred",
            ));
        }
        if u32::try_from(self.header_bytes).is_err() {
            problems.push(Problem::new(
                "limits",
                "has more `header_bytes` than HTTP/2 can say",
                "allow less than 4 GiB",
            ));
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

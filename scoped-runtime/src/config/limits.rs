use crate::error::Problem;

/// The maximum sizes of responses, headers and key sets; [`ConfigBuilder::limits`](crate::ConfigBuilder::limits)
/// takes them. A response that exceeds one is [`ClientError::LimitExceeded`](crate::ClientError::LimitExceeded),
/// and its connection is closed.
///
/// ```
/// use scoped_runtime::Limits;
///
/// let limits = Limits::new().response_bytes(8 << 20).key_set_keys(20);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Limits {
    pub(crate) response_bytes: usize,
    pub(crate) error_bytes: usize,
    pub(crate) header_bytes: usize,
    pub(crate) key_set_bytes: usize,
    pub(crate) key_set_keys: usize,
    pub(crate) event_bytes: usize,
}

/// The smallest buffer that hyper accepts.
const MIN_HEADER_BYTES: usize = 8192;

impl Limits {
    /// The default limits.
    pub fn new() -> Self {
        Self {
            response_bytes: 64 << 20,
            error_bytes: 64 << 10,
            header_bytes: 32 << 10,
            key_set_bytes: 256 << 10,
            key_set_keys: 100,
            event_bytes: 1 << 20,
        }
    }

    /// The maximum body of a response, in bytes; 64 MiB by default. Streamed responses have no limit.
    pub fn response_bytes(mut self, bytes: usize) -> Self {
        self.response_bytes = bytes;
        self
    }

    /// The maximum body of an error response, in bytes; 64 KiB by default.
    pub fn error_bytes(mut self, bytes: usize) -> Self {
        self.error_bytes = bytes;
        self
    }

    /// The maximum size of the headers of a response, in bytes; 32 KiB by default, at least 8 KiB. Over HTTP/1
    /// there may be at most 100 headers. Over HTTP/2 each header counts 32 bytes more than its name and value
    /// ([RFC 9113, section 6.5.2](https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2)).
    pub fn header_bytes(mut self, bytes: usize) -> Self {
        self.header_bytes = bytes;
        self
    }

    /// The maximum size of a fetched JWK set, in bytes; 256 KiB by default.
    pub fn key_set_bytes(mut self, bytes: usize) -> Self {
        self.key_set_bytes = bytes;
        self
    }

    /// The maximum number of keys in a fetched JWK set; 100 by default.
    pub fn key_set_keys(mut self, keys: usize) -> Self {
        self.key_set_keys = keys;
        self
    }

    /// The maximum size of a server-sent event of an Edge Function, in bytes; 1 MiB by default.
    pub fn event_bytes(mut self, bytes: usize) -> Self {
        self.event_bytes = bytes;
        self
    }

    pub(super) fn check(self, problems: &mut Vec<Problem>) {
        if self.header_bytes < MIN_HEADER_BYTES {
            problems.push(Problem::new(
                "limits",
                "has fewer than 8192 `header_bytes`",
                "allow at least 8192; the responses of a gateway have a few hundred",
            ));
        }
        if u32::try_from(self.header_bytes).is_err() {
            problems.push(Problem::new(
                "limits",
                "has more `header_bytes` than HTTP/2 can express",
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

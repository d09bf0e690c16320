use http::HeaderValue;

/// What [`Query::explain`](crate::Query::explain) asks PostgreSQL for.
///
/// The server answers only if it is set to (`db-plan-enabled`), which no production server should be.
/// See <https://docs.postgrest.org/en/stable/references/observability.html#execution-plan>.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Explain {
    /// In the order of the options in the media type.
    options: [bool; 5],
    is_json: bool,
}

const NAMES: [&str; 5] = ["analyze", "verbose", "settings", "buffers", "wal"];

impl Explain {
    /// The plan as text, with estimates only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the query, and shows what it took. Refused for writes, which it would carry out.
    pub fn analyze(self) -> Self {
        self.with(0)
    }

    /// Shows output columns and schema names.
    pub fn verbose(self) -> Self {
        self.with(1)
    }

    /// Shows settings that differ from their defaults.
    pub fn settings(self) -> Self {
        self.with(2)
    }

    /// Shows the use of buffers.
    pub fn buffers(self) -> Self {
        self.with(3)
    }

    /// Shows what is written to the write-ahead log.
    pub fn wal(self) -> Self {
        self.with(4)
    }

    /// The plan as JSON instead of text.
    pub fn json(self) -> Self {
        let is_json = true;
        Self { is_json, ..self }
    }

    fn with(mut self, option: usize) -> Self {
        self.options[option] = true;
        self
    }

    pub(super) fn is_analyzed(self) -> bool {
        self.options[0]
    }

    pub(super) fn media_type(self) -> HeaderValue {
        let options: Vec<&str> = NAMES
            .into_iter()
            .zip(self.options)
            .filter_map(|(name, is_set)| is_set.then_some(name))
            .collect();
        let form = if self.is_json { "json" } else { "text" };
        let mut text = format!("application/vnd.pgrst.plan+{form}; for=\"application/json\"");
        if !options.is_empty() {
            text.extend(["; options=", &options.join("|")]);
        }
        HeaderValue::from_str(&text)
            .unwrap_or(HeaderValue::from_static("application/vnd.pgrst.plan+text"))
    }
}

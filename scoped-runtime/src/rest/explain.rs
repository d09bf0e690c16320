use http::HeaderValue;

/// The options of [`Query::explain`](crate::Query::explain).
///
/// The server answers only with the setting `db-plan-enabled`, which is not meant for production.
/// See <https://docs.postgrest.org/en/stable/references/observability.html#execution-plan>.
///
/// ```no_run
/// use scoped_runtime::Explain;
/// # async fn example(client: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let options = Explain::new().analyze().buffers();
/// println!("{}", client.from("notes").select("*").eq("id", 7).explain(options).await?);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Explain {
    /// Whether each option of [`NAMES`] is set.
    options: [bool; 5],
    is_json: bool,
}

const NAMES: [&str; 5] = ["analyze", "verbose", "settings", "buffers", "wal"];

impl Explain {
    /// A plan as text, with estimates only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs the query and shows the actual times and row counts. It is refused for writes, which would be
    /// executed.
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

    /// Shows the buffer usage.
    pub fn buffers(self) -> Self {
        self.with(3)
    }

    /// Shows the generated records of the write-ahead log (WAL).
    pub fn wal(self) -> Self {
        self.with(4)
    }

    /// Returns the plan as JSON instead of text.
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

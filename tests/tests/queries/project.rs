//! A project at a recorder, and the requests in the form that the model reads.

use std::collections::BTreeMap;
use std::fmt;

use scoped_runtime::testing::{Answer, Recorded, Recorder};
use scoped_runtime::{ScopedClient, ScopedClients};
use serde_json::json;

use crate::grammar::parameters;

/// A request that arrived, or one that a test writes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The encoded text behind the `?`.
    pub(crate) query: String,
    /// The headers by lower-case name; several headers of one name are joined by commas (RFC 9110, section
    /// 5.2).
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl From<&Recorded> for Arrived {
    fn from(request: &Recorded) -> Self {
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in request.headers() {
            let known = headers.entry(name.to_string()).or_default();
            if !known.is_empty() {
                known.push(',');
            }
            known.push_str(value.to_str().unwrap());
        }
        Self {
            method: request.method().to_owned(),
            path: request.path().to_owned(),
            query: request.query().to_owned(),
            headers,
            body: request.text().to_owned(),
        }
    }
}

impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        for (key, value) in parameters(&self.query) {
            writeln!(f, "  {key} = {}", value.as_deref().unwrap_or("(nothing)"))?;
        }
        write!(f, "  prefer: {}\n  {}", self.header("prefer"), self.body)
    }
}

/// A client and the recorder that keeps what it sends.
pub(crate) struct Project {
    pub(crate) client: ScopedClient,
    /// The project's URL.
    pub(crate) url: String,
    recorder: Recorder,
}

impl Project {
    pub(crate) async fn start() -> Self {
        let recorder = Recorder::start().await.unwrap();
        recorder.answer(Answer::from(json!([])).header("content-range", "*/0"));
        let clients = ScopedClients::new(recorder.config()).unwrap();
        let user = "00000000-0000-4000-8000-00000000000a";
        Self {
            client: clients.get(user).unwrap(),
            url: recorder.url(),
            recorder,
        }
    }

    /// Returns the request since the last call, if there is one.
    pub(crate) fn arrived(&self) -> Option<Arrived> {
        let requests = self.recorder.take_requests();
        assert!(requests.len() < 2, "one request at a time");
        requests.first().map(Arrived::from)
    }
}

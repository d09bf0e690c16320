use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::Gate;
use super::answer_body::{AnswerBody, Disconnect, Step};

/// What a [`Recorder`](super::Recorder) answers.
///
/// ```
/// use scoped_runtime::testing::{Answer, Gate};
/// use serde_json::json;
///
/// let rows = Answer::from(json!([{ "id": 1 }]));                       // 200 and JSON
/// let page = Answer::from(json!([{ "id": 1 }])).header("content-range", "0-0/7");
/// let file = Answer::new(200).header("content-type", "text/csv").body("a,b\n1,2\n");
/// let refused = Answer::error(403, "42501", "permission denied for table notes");
/// let expired = Answer::expired_token();
/// let nothing = Answer::disconnect();
///
/// let gate = Gate::new();
/// let halves = Answer::new(200).chunks(["first ", "half, "]).hold(&gate).chunks(["second half"]);
/// let broken = Answer::new(200).chunks(["first half"]).cut();
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
    gate: Option<Gate>,
    is_disconnect: bool,
}

#[derive(Debug, Clone)]
enum Body {
    Whole(Bytes),
    Chunked(Vec<Step>),
}

impl Answer {
    /// An answer with this status and without a body.
    ///
    /// # Panics
    /// When the number is not a status (RFC 9110, section 15).
    #[track_caller]
    pub fn new(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).expect("a status from 100 to 999"),
            headers: Vec::new(),
            body: Body::Whole(Bytes::new()),
            gate: None,
            is_disconnect: false,
        }
    }

    /// An error as PostgREST answers it: the status, the code (`42501`, `PGRST116`, ...) and the message. See
    /// <https://docs.postgrest.org/en/stable/references/errors.html>.
    ///
    /// # Panics
    /// When the number is not a status.
    #[track_caller]
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({ "code": code, "message": message, "details": null, "hint": null });
        Self::new(status)
            .header("proxy-status", &format!("PostgREST; error={code}"))
            .json(&body)
    }

    /// The `401` with which PostgREST refuses an expired token. A client renews its token and sends the
    /// request once more.
    pub fn expired_token() -> Self {
        let challenge = r#"Bearer error="invalid_token", error_description="JWT expired""#;
        Self::error(401, "PGRST303", "JWT expired").header("www-authenticate", challenge)
    }

    /// Closes the connection instead of an answer.
    pub fn disconnect() -> Self {
        Self {
            is_disconnect: true,
            ..Self::new(500)
        }
    }

    /// Adds a header. Its value may be given several times.
    ///
    /// # Panics
    /// When the name or the value is not one that HTTP allows.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a name of a header");
        let value = HeaderValue::try_from(value).expect("a value of a header");
        self.headers.push((name, value));
        self
    }

    /// Sets the body to this value as JSON, and the content type.
    ///
    /// # Panics
    /// When the value has no form in JSON.
    #[track_caller]
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        let bytes = serde_json::to_vec(value).expect("a value that JSON can express");
        self.header(CONTENT_TYPE.as_str(), "application/json; charset=utf-8")
            .body(bytes)
    }

    /// Sets the body to these bytes.
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = Body::Whole(bytes.into());
        self
    }

    /// Adds these parts to a body that is sent part by part, without its length. A large body needs the memory
    /// of one part: `.chunks(std::iter::repeat_n(Bytes::from_static(&[0; 65536]), 16_000))`.
    pub fn chunks<B: Into<Bytes>>(mut self, chunks: impl IntoIterator<Item = B>) -> Self {
        let chunks = chunks.into_iter().map(|chunk| Step::Chunk(chunk.into()));
        self.steps().extend(chunks);
        self
    }

    /// Holds the rest of the body until the gate is open. The head and the parts before it are sent.
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.steps().push(Step::Hold(gate.clone()));
        self
    }

    /// Closes the connection here, in the middle of the body.
    pub fn cut(mut self) -> Self {
        self.steps().push(Step::Cut);
        self
    }

    /// Holds the whole answer until the gate is open.
    pub fn after(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    fn steps(&mut self) -> &mut Vec<Step> {
        if let Body::Whole(bytes) = &self.body {
            let first = (!bytes.is_empty()).then(|| Step::Chunk(bytes.clone()));
            self.body = Body::Chunked(first.into_iter().collect());
        }
        match &mut self.body {
            Body::Chunked(steps) => steps,
            Body::Whole(_) => unreachable!("the body was made a list of steps"),
        }
    }

    pub(super) async fn send(self) -> Result<Response<AnswerBody>, Disconnect> {
        if let Some(gate) = &self.gate {
            gate.opened().await;
        }
        if self.is_disconnect {
            return Err(Disconnect);
        }
        let mut response = Response::new(match self.body {
            Body::Whole(bytes) => AnswerBody::whole(bytes),
            Body::Chunked(steps) => AnswerBody::chunked(steps),
        });
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

/// `200` with this JSON.
impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::new(200).json(&value)
    }
}

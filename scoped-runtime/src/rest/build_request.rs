//! Builds the request of a query: its URL, headers and body.

use http::{HeaderValue, Method, header};

use super::body::argument;
use super::column::quoted;
use super::encode::push_pair;
use super::mistake::Mistake;
use super::operator::is_filter;
use super::statement::Statement;
use super::verb::{Accept, Verb};
use crate::client::name;
use crate::error::ClientError;
use crate::transport::TransportRequest;

impl Statement {
    /// Builds the request, or returns the first mistake of the query.
    pub(super) fn request(&self, max_url_bytes: usize) -> Result<TransportRequest, ClientError> {
        if let Some(error) = &self.error {
            return Err((&**error).into());
        }
        let (columns, mut preferences) = self.check()?;
        if self.verb.is_change() {
            preferences.max_affected = match (self.limit, preferences.max_affected) {
                (Some(limit), Some(max)) => Some(limit.min(max)),
                (limit, max) => limit.or(max),
            };
        }
        let target = self.target(columns.as_deref())?;
        if target.len() > max_url_bytes {
            return Err(ClientError::UrlTooLong {
                bytes: target.len(),
                limit: max_url_bytes,
            });
        }
        let mut outgoing = TransportRequest::new(self.verb.method(), target);
        outgoing.timeout = self.timeout;
        outgoing.retry = self.retry;
        if matches!(
            self.verb,
            Verb::Insert | Verb::Upsert | Verb::Update | Verb::Call
        ) && let Some(body) = &self.body
        {
            outgoing.body = body.json.clone();
        }
        let preferences = preferences.header(self.verb.is_write())?;
        self.push_headers(&mut outgoing, preferences)?;
        Ok(outgoing)
    }

    fn target(&self, columns: Option<&[String]>) -> Result<String, Mistake> {
        let length = self.path.len() + self.parameters.len();
        let mut target = String::with_capacity(length + 64);
        target.push_str(&self.path);
        target.push('?');
        target.push_str(&self.parameters);
        for (key, columns) in &self.orders {
            push_pair(&mut target, key, columns);
        }
        if let Some(limit) = self.limit {
            push_pair(&mut target, "limit", &limit.to_string());
        }
        // With a limit of 0 the offset is left out, which PostgREST might refuse as out of range.
        if let Some(offset) = self
            .offset
            .filter(|offset| *offset > 0 && self.limit != Some(0))
        {
            push_pair(&mut target, "offset", &offset.to_string());
        }
        if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
            push_names(&mut target, "columns", columns);
        }
        if let Some(columns) = &self.on_conflict {
            push_names(&mut target, "on_conflict", columns);
        }
        if matches!(self.verb, Verb::CallByGet | Verb::CallByHead)
            && let Some(body) = &self.body
        {
            for (name, value) in body.members()? {
                let value = argument(&name, &value)?;
                if is_filter(&value) {
                    return Err(Mistake::named(
                        "argument",
                        &name,
                        "would be read as a filter by PostgREST",
                        "leave `by_get` out, or use a client that is not read-only, so that the arguments are sent in the body",
                    ));
                }
                push_pair(&mut target, &quoted(&name), &value);
            }
        }
        // Removes the trailing `&`, or the `?` if there are no parameters.
        target.pop();
        Ok(target)
    }

    fn push_headers(
        &self,
        outgoing: &mut TransportRequest,
        preferences: Option<HeaderValue>,
    ) -> Result<(), ClientError> {
        let headers = &mut outgoing.headers;
        if let Some(own) = &self.headers {
            headers.clone_from(own);
        }
        // The transport adds `Accept: application/json` to a request without the header.
        let accept = match self.accept {
            Accept::Rows => None,
            Accept::Object => Some(HeaderValue::from_static(
                "application/vnd.pgrst.object+json",
            )),
            Accept::Csv => Some(HeaderValue::from_static("text/csv")),
            Accept::GeoJson => Some(HeaderValue::from_static("application/geo+json")),
            Accept::Plan(explain) => Some(explain.media_type()),
        };
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, accept);
        }
        if let Some(preferences) = preferences {
            headers.insert("prefer", preferences);
        }
        let is_read = matches!(outgoing.method, Method::GET | Method::HEAD);
        if !is_read {
            let json = HeaderValue::from_static("application/json");
            headers.insert(header::CONTENT_TYPE, json);
        }
        if let Some(schema) = &self.schema {
            let name = if is_read {
                "accept-profile"
            } else {
                "content-profile"
            };
            headers.insert(name, name::schema(schema)?);
        }
        Ok(())
    }
}

/// Appends `parameter=a,b&`, with quotes around the names that need them.
fn push_names(target: &mut String, parameter: &str, names: &[String]) {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    push_pair(target, parameter, &names.join(","));
}

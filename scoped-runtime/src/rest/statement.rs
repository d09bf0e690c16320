use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, header};

use super::body::Body;
use super::column::quoted;
use super::comparison::{Comparison, is_filter};
use super::condition::{Node, Operator, Tree, never};
use super::encode::{push_encoded, push_pair};
use super::explain::Explain;
use super::mistake::{Mistake, Refusal};
use super::preference::Preferences;
use crate::error::ClientError;
use crate::transport::Outgoing;

/// Everything that a query says, before it is a request.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    /// The path below the project's URL: `rest/v1/notes`.
    pub(super) path: String,
    pub(super) schema: Option<Arc<str>>,
    pub(super) verb: Verb,
    pub(super) body: Option<Body>,
    pub(super) select: Option<String>,
    /// The filters as they are sent, each with `&` before it.
    filters: String,
    /// Whether a filter narrows the rows of the query's own table.
    pub(super) narrows: bool,
    /// The embedded table that a filter is about.
    pub(super) embedded_filter: Option<String>,
    pub(super) all_rows: bool,
    /// `order`, or `table.order`, with its columns.
    orders: Vec<(String, String)>,
    pub(super) limit: Option<usize>,
    pub(super) offset: Option<usize>,
    /// Further parameters as they are sent, each with `&` before it.
    parameters: String,
    /// The limits and offsets of embedded tables that were said.
    embedded: Vec<String>,
    pub(super) columns: Option<Vec<String>>,
    pub(super) on_conflict: Option<Vec<String>>,
    pub(super) preferences: Preferences,
    pub(super) expected_rows: Option<usize>,
    pub(super) headers: Option<Box<HeaderMap>>,
    pub(super) accept: Accept,
    pub(super) timeout: Option<Duration>,
    pub(super) refusal: Option<Box<Refusal>>,
}

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

impl Statement {
    pub(super) fn new(path: Result<String, ClientError>, schema: Option<Arc<str>>) -> Self {
        let (path, refusal) = match path {
            Ok(path) => (path, None),
            Err(error) => (String::new(), Some(Refusal::Name(Arc::new(error)).into())),
        };
        Self {
            path,
            schema,
            verb: Verb::Read,
            body: None,
            select: None,
            filters: String::new(),
            narrows: false,
            embedded_filter: None,
            all_rows: false,
            orders: Vec::new(),
            limit: None,
            offset: None,
            parameters: String::new(),
            embedded: Vec::new(),
            columns: None,
            on_conflict: None,
            preferences: Preferences::default(),
            expected_rows: None,
            headers: None,
            accept: Accept::Rows,
            timeout: None,
            refusal,
        }
    }

    /// Keeps the first mistake.
    pub(super) fn note(&mut self, outcome: Result<(), impl Into<Refusal>>) {
        if let Err(refusal) = outcome
            && self.refusal.is_none()
        {
            self.refusal = Some(Box::new(refusal.into()));
        }
    }

    pub(super) fn filter(&mut self, comparison: &Comparison<'_>) {
        let (table, field) = (&comparison.column.table, &comparison.column.field);
        self.note_filter(table, comparison.narrows().itself);
        match comparison.constant() {
            // Says nothing.
            Some(true) => {}
            Some(false) => {
                self.group(table, false, Operator::And, &never(field));
            }
            None => {
                let filters = &mut self.filters;
                filters.push('&');
                if !table.is_empty() {
                    push_encoded(filters, table);
                    filters.push('.');
                }
                push_encoded(filters, field);
                filters.push('=');
                let mut value = String::new();
                comparison.push_parameter(&mut value);
                push_encoded(filters, &value);
            }
        }
    }

    pub(super) fn condition(&mut self, tree: &Tree) {
        self.note_filter(&tree.table, tree.narrows.itself);
        match (&tree.node, tree.constant()) {
            (_, Some(true)) => {}
            (Node::Never { field }, _) => {
                self.group(&tree.table, false, Operator::And, &never(field));
            }
            (Node::Group { operator, list }, _) => {
                self.group(&tree.table, tree.negated, *operator, list);
            }
            (Node::Test { field, test }, _) => {
                let not = if tree.negated { "not." } else { "" };
                self.group(
                    &tree.table,
                    false,
                    Operator::And,
                    &format!("{field}.{not}{test}"),
                );
            }
        }
    }

    /// A group in PostgREST's own notation.
    pub(super) fn raw_condition(&mut self, operator: Operator, list: &str) {
        self.note_filter("", true);
        self.group("", false, operator, list);
    }

    fn note_filter(&mut self, table: &str, narrows: bool) {
        if table.is_empty() {
            self.narrows |= narrows;
        } else if self.embedded_filter.is_none() {
            self.embedded_filter = Some(table.to_owned());
        }
    }

    fn group(&mut self, table: &str, negated: bool, operator: Operator, list: &str) {
        // PostgREST takes any part of the path that reads so for the negation of the group.
        if table.split('.').any(|name| name == "\"not\"") {
            self.note(Err::<(), _>(Mistake::new(
                "a group of conditions is about an embedded table named `not`",
                "give the table another name in `select`: `other:not(..)`",
            )));
        }
        let filters = &mut self.filters;
        filters.push('&');
        if !table.is_empty() {
            push_encoded(filters, table);
            filters.push('.');
        }
        if negated {
            filters.push_str("not.");
        }
        filters.extend([operator.text(), "=("]);
        push_encoded(filters, list);
        filters.push(')');
    }

    pub(super) fn has_filters(&self) -> bool {
        !self.filters.is_empty() || self.embedded_filter.is_some()
    }

    /// Adds a column behind the ones that are there.
    pub(super) fn order(&mut self, table: &str, column: &str) {
        let key = if table.is_empty() {
            "order".to_owned()
        } else {
            format!("{table}.order")
        };
        match self.orders.iter_mut().find(|(known, _)| *known == key) {
            Some((_, columns)) => columns.extend([",", column]),
            None => self.orders.push((key, column.to_owned())),
        }
    }

    /// Whether the query's own rows have an order.
    pub(super) fn is_ordered(&self) -> bool {
        self.orders.iter().any(|(key, _)| key == "order")
    }

    /// A limit or an offset of an embedded table, unless it was said before.
    pub(super) fn embedded(&mut self, name: String, count: usize) -> Result<(), Mistake> {
        if self.embedded.contains(&name) {
            return Err(Mistake::named(
                "parameter",
                &name,
                "is said twice",
                "keep the one that is meant",
            ));
        }
        self.parameter(&name, &count.to_string());
        self.embedded.push(name);
        Ok(())
    }

    pub(super) fn parameter(&mut self, name: &str, value: &str) {
        push_pair(&mut self.parameters, name, value);
    }

    /// The request, if everything that was said can be sent so that it means that.
    pub(super) fn request(&self, max_url_bytes: usize) -> Result<Outgoing, ClientError> {
        if let Some(refusal) = &self.refusal {
            return Err((&**refusal).into());
        }
        let (columns, mut preferences) = self.checked()?;
        if self.verb.is_change() {
            preferences.max_affected = match (self.limit, preferences.max_affected) {
                (Some(limit), Some(most)) => Some(limit.min(most)),
                (limit, most) => limit.or(most),
            };
        }
        let target = self.target(columns.as_deref())?;
        if target.len() > max_url_bytes {
            return Err(ClientError::UrlTooLong {
                bytes: target.len(),
                limit: max_url_bytes,
            });
        }
        let mut outgoing = Outgoing::new(self.verb.method(), target);
        outgoing.timeout = self.timeout;
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
        let select = self.select.as_deref();
        let length = self.path.len() + self.filters.len() + self.parameters.len();
        let mut target = String::with_capacity(length + select.map_or(0, str::len) + 64);
        target.push_str(&self.path);
        if let Some(select) = select {
            push_pair(&mut target, "select", select);
        }
        target.push_str(&self.filters);
        for (key, columns) in &self.orders {
            push_pair(&mut target, key, columns);
        }
        if let Some(limit) = self.limit {
            push_pair(&mut target, "limit", &limit.to_string());
        }
        // Of no rows none is skipped: a server would answer that there are fewer.
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
        target.push_str(&self.parameters);
        if matches!(self.verb, Verb::CallByGet | Verb::CallByHead)
            && let Some(body) = &self.body
        {
            for (name, value) in body.members()? {
                let value = super::argument::text(&name, &value)?;
                if is_filter(&value) {
                    return Err(Mistake::named(
                        "argument",
                        &name,
                        "would be read as a filter",
                        "leave `by_get` out: the arguments travel in a body",
                    ));
                }
                push_pair(&mut target, &quoted(&name), &value);
            }
        }
        if target.len() > self.path.len() {
            target.replace_range(self.path.len()..=self.path.len(), "?");
        }
        Ok(target)
    }

    fn push_headers(
        &self,
        outgoing: &mut Outgoing,
        preferences: Option<HeaderValue>,
    ) -> Result<(), ClientError> {
        let accept = match self.accept {
            Accept::Rows => HeaderValue::from_static("application/json"),
            Accept::Object => HeaderValue::from_static("application/vnd.pgrst.object+json"),
            Accept::Csv => HeaderValue::from_static("text/csv"),
            Accept::GeoJson => HeaderValue::from_static("application/geo+json"),
            Accept::Plan(explain) => explain.media_type(),
        };
        let headers = &mut outgoing.headers;
        if let Some(given) = &self.headers {
            headers.clone_from(given);
        } else {
            headers.reserve(8);
        }
        headers.entry(header::ACCEPT).or_insert(accept);
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
            headers.insert(name, crate::client::name::schema(schema)?);
        }
        Ok(())
    }
}

/// `&columns=a,b`, each name quoted where it must be.
fn push_names(target: &mut String, parameter: &str, names: &[String]) {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    push_pair(target, parameter, &names.join(","));
}

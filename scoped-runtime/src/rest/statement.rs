use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::body::Body;
use super::comparison::Comparison;
use super::condition::{Node, Operator, Tree, always_false};
use super::encode::{push_encoded, push_pair};
use super::mistake::{BuildError, Mistake};
use super::preference::Preferences;
use super::verb::{Accept, Verb};
use crate::error::ClientError;
use crate::transport::Retry;

/// The content of a query, from which its request is built.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each records whether an independent method was called"
)]
pub(super) struct Statement {
    /// The path below the project's URL: `rest/v1/notes`.
    pub(super) path: String,
    pub(super) schema: Option<Arc<str>>,
    pub(super) verb: Verb,
    pub(super) body: Option<Body>,
    /// The encoded parameters, each followed by `&`.
    pub(super) parameters: String,
    pub(super) has_select: bool,
    pub(super) has_filter: bool,
    /// Whether a filter can exclude rows of the query's own table.
    pub(super) restricts: bool,
    /// The first embedded table that a filter is about.
    pub(super) embedded_filter: Option<String>,
    pub(super) all_rows: bool,
    /// The parameters `order` and `table.order`, with their columns.
    pub(super) orders: Vec<(String, String)>,
    pub(super) limit: Option<usize>,
    pub(super) offset: Option<usize>,
    /// The names of the limits and offsets of embedded tables that were set.
    embedded: Vec<String>,
    pub(super) columns: Option<Vec<String>>,
    pub(super) on_conflict: Option<Vec<String>>,
    pub(super) preferences: Preferences,
    pub(super) expected_rows: Option<usize>,
    pub(super) headers: Option<Box<HeaderMap>>,
    pub(super) accept: Accept,
    pub(super) timeout: Option<Duration>,
    pub(super) retry: Retry,
    pub(super) error: Option<Box<BuildError>>,
}

impl Statement {
    pub(super) fn new(path: Result<String, ClientError>, schema: Option<Arc<str>>) -> Self {
        let (path, error) = match path {
            Ok(path) => (path, None),
            Err(error) => (
                String::new(),
                Some(BuildError::Name(Arc::new(error)).into()),
            ),
        };
        Self {
            path,
            schema,
            verb: Verb::Read,
            body: None,
            parameters: String::with_capacity(96),
            has_select: false,
            has_filter: false,
            restricts: false,
            embedded_filter: None,
            all_rows: false,
            orders: Vec::new(),
            limit: None,
            offset: None,
            embedded: Vec::new(),
            columns: None,
            on_conflict: None,
            preferences: Preferences::default(),
            expected_rows: None,
            headers: None,
            accept: Accept::Rows,
            timeout: None,
            retry: Retry::default(),
            error,
        }
    }

    /// Records an error, unless one was recorded before.
    pub(super) fn record(&mut self, outcome: Result<(), impl Into<BuildError>>) {
        if let Err(error) = outcome
            && self.error.is_none()
        {
            self.error = Some(Box::new(error.into()));
        }
    }

    pub(super) fn filter(&mut self, comparison: &Comparison<'_>) {
        let (table, field) = (&comparison.column.table, &comparison.column.field);
        self.add_filter(table, comparison.restriction().condition);
        match comparison.constant() {
            // A condition that is always true needs no filter.
            Some(true) => {}
            Some(false) => {
                self.group(table, false, Operator::And, &always_false(field));
            }
            None => {
                let filters = &mut self.parameters;
                if !table.is_empty() {
                    push_encoded(filters, table);
                    filters.push('.');
                }
                push_encoded(filters, field);
                filters.push('=');
                comparison.push_parameter(filters);
                filters.push('&');
            }
        }
    }

    pub(super) fn condition(&mut self, tree: &Tree) {
        self.add_filter(&tree.table, tree.restriction.condition);
        match (&tree.node, tree.constant()) {
            (_, Some(true)) => {}
            (Node::AlwaysFalse { field }, _) => {
                self.group(&tree.table, false, Operator::And, &always_false(field));
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

    /// Adds a group of conditions in PostgREST's notation.
    pub(super) fn raw_condition(&mut self, operator: Operator, list: &str) {
        self.add_filter("", true);
        self.group("", false, operator, list);
    }

    fn add_filter(&mut self, table: &str, restricts: bool) {
        self.has_filter = true;
        if table.is_empty() {
            self.restricts |= restricts;
        } else if self.embedded_filter.is_none() {
            self.embedded_filter = Some(table.to_owned());
        }
    }

    fn group(&mut self, table: &str, negated: bool, operator: Operator, list: &str) {
        // PostgREST reads any part `not` of the path as the negation of the group.
        if table.split('.').any(|name| name == "\"not\"") {
            self.record(Err::<(), _>(Mistake::new(
                "a group of conditions is about an embedded table named `not`",
                "give the table another name in `select`: `other:not(..)`",
            )));
        }
        let filters = &mut self.parameters;
        if !table.is_empty() {
            push_encoded(filters, table);
            filters.push('.');
        }
        if negated {
            filters.push_str("not.");
        }
        filters.extend([operator.text(), "=("]);
        push_encoded(filters, list);
        filters.push_str(")&");
    }

    /// Appends a column to the order of the table.
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

    /// Whether the rows of the query's own table are ordered.
    pub(super) fn is_ordered(&self) -> bool {
        self.orders.iter().any(|(key, _)| key == "order")
    }

    /// Adds a limit or an offset of an embedded table, which must not be set twice.
    pub(super) fn embedded(&mut self, name: String, count: usize) -> Result<(), Mistake> {
        if self.embedded.contains(&name) {
            return Err(Mistake::named(
                "parameter",
                &name,
                "is set twice",
                "keep one of them",
            ));
        }
        self.parameter(&name, &count.to_string());
        self.embedded.push(name);
        Ok(())
    }

    pub(super) fn parameter(&mut self, name: &str, value: &str) {
        push_pair(&mut self.parameters, name, value);
    }
}

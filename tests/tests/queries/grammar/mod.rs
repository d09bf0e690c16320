//! A model of the requests that PostgREST accepts, written from its documentation
//! (<https://docs.postgrest.org/en/stable/references/api/tables_views.html>) and from observations of a
//! real server. It returns what a request means, and which parts of it the server silently ignores.

mod examples;
mod logic;
mod name;
mod operation;
mod order;
mod prefer;
mod text;

use serde_json::Value;

pub(crate) use self::logic::Tree;
pub(crate) use self::name::{Field, Key, Step};
pub(crate) use self::operation::{Operand, Operation};
pub(crate) use self::order::Order;
pub(crate) use self::prefer::Preferences;
pub(crate) use self::text::Refused;

use self::operation::{Place, operation};
use self::text::{Read, Text};
use crate::project::Arrived;

/// A value for an embedded table. For the table of the request itself the path is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At<T> {
    pub(crate) path: Vec<String>,
    pub(crate) said: T,
}

/// A request as PostgREST reads it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path below the root of the API: `notes`, `rpc/add`.
    pub(crate) target: String,
    pub(crate) select: Option<String>,
    /// Filters and groups in the order of the request.
    pub(crate) conditions: Vec<At<Tree>>,
    pub(crate) orders: Vec<At<Vec<Order>>>,
    pub(crate) limits: Vec<At<u64>>,
    pub(crate) offsets: Vec<At<u64>>,
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) on_conflict: Option<Vec<String>>,
    /// The arguments of a function that is called by GET.
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) preferences: Preferences,
    pub(crate) profile: Option<String>,
    pub(crate) accept: String,
    pub(crate) body: Option<Value>,
    /// The parts that the server silently ignores.
    pub(crate) ignored: Vec<String>,
}

impl Request {
    /// Reads a request the way that the server does.
    ///
    /// # Errors
    /// Returns the error that the server would answer with 400.
    pub(crate) fn read(arrived: &Arrived) -> Result<Self, Refused> {
        let target = arrived
            .path
            .strip_prefix("/rest/v1/")
            .unwrap_or("(not PostgREST)");
        let is_read = matches!(&*arrived.method, "GET" | "HEAD");
        let profile = if is_read {
            "accept-profile"
        } else {
            "content-profile"
        };
        let mut ignored = Vec::new();
        let mut request = Self {
            method: arrived.method.clone(),
            target: decoded(target, false),
            accept: arrived.header("accept").to_owned(),
            profile: arrived.headers.get(profile).cloned(),
            preferences: prefer::preferences(arrived.header("prefer"), &mut ignored),
            body: (!arrived.body.is_empty())
                .then(|| serde_json::from_str(&arrived.body))
                .transpose()
                .map_err(|error| Refused(format!("the body is no JSON: {error}")))?,
            ..Self::default()
        };
        if !is_read && arrived.headers.contains_key("range") {
            ignored.push("the header `Range`".to_owned());
        }
        request.ignored = ignored;
        for (key, value) in parameters(&arrived.query) {
            match value {
                Some(value) => request.parameter(&key, &value)?,
                None => request.ignored.push(format!("`{key}` without a value")),
            }
        }
        request.drop_what_means_nothing();
        Ok(request)
    }

    fn parameter(&mut self, key: &str, value: &str) -> Read<()> {
        let last = key.rsplit('.').next().unwrap_or(key);
        match (key, last) {
            ("select", _) => once(&mut self.select, value.to_owned(), &mut self.ignored),
            ("columns", _) => {
                let columns = self.all(name::columns(value)?);
                once(&mut self.columns, columns, &mut self.ignored);
            }
            ("on_conflict", _) => {
                let columns = self.all(name::columns(value)?);
                once(&mut self.on_conflict, columns, &mut self.ignored);
            }
            (_, "and" | "or") => {
                let (path, said, rest) = logic::group(key, value)?;
                self.all(((), &rest));
                self.conditions.push(At { path, said });
            }
            (_, "order") => {
                let path = self.path(key)?;
                let said = self.all(order::orders(value)?);
                self.orders.push(At { path, said });
            }
            (_, "limit" | "offset") => {
                let path = self.path(key)?;
                let known = if last == "limit" {
                    &mut self.limits
                } else {
                    &mut self.offsets
                };
                match value.parse() {
                    Ok(_) if known.iter().any(|at| at.path == path) => {
                        self.ignored.push(format!("`{key}` before the last one"));
                    }
                    Ok(said) => known.push(At { path, said }),
                    Err(_) => self.ignored.push(format!("{key}={value}")),
                }
            }
            _ => self.filter(key, value)?,
        }
        Ok(())
    }

    fn filter(&mut self, key: &str, value: &str) -> Read<()> {
        let mut name = Text::new(key);
        let (path, field) = name::tree_path(&mut name)?;
        self.all(((), name.rest()));
        let mut text = Text::new(value);
        let is_call = self.target.starts_with("rpc/") && self.method != "POST";
        match operation(&mut text, Place::Parameter) {
            Ok(operation) => {
                self.all(((), text.rest()));
                let said = Tree::Test(field, operation);
                self.conditions.push(At { path, said });
            }
            // The value is an argument, unless it begins like an operation.
            Err(_)
                if is_call
                    && !["not.", "in.", "is."]
                        .iter()
                        .any(|it| value.starts_with(it)) =>
            {
                self.arguments.push((field.name, value.to_owned()));
            }
            Err(refused) => return Err(refused),
        }
        Ok(())
    }

    /// Reads the embedded table of a name such as `author.limit`.
    fn path(&mut self, key: &str) -> Read<Vec<String>> {
        let mut text = Text::new(key);
        let (path, _) = name::tree_path(&mut text)?;
        self.all(((), text.rest()));
        Ok(path)
    }

    /// Returns what was read and notes the rest as ignored.
    fn all<T>(&mut self, (said, rest): (T, &str)) -> T {
        if !rest.is_empty() {
            self.ignored.push(format!("`{rest}` behind what was read"));
        }
        said
    }

    /// Removes the parts that have no effect for this method, and notes them as ignored.
    fn drop_what_means_nothing(&mut self) {
        let is_call = self.target.starts_with("rpc/");
        match &*self.method {
            "PATCH" | "DELETE" => {
                if self.conditions.iter().any(|at| !at.path.is_empty()) {
                    self.ignored
                        .push("a filter of an embedded table".to_owned());
                }
                self.conditions.retain(|at| at.path.is_empty());
                if self
                    .offsets
                    .iter()
                    .any(|at| at.path.is_empty() && at.said > 0)
                {
                    self.ignored.push("an offset".to_owned());
                }
            }
            "POST" if !is_call && self.conditions.iter().any(|at| at.path.is_empty()) => {
                self.ignored.push("filters".to_owned());
            }
            _ => {}
        }
        if self.preferences.max_affected.is_some() && !self.preferences.is_strict {
            self.ignored.push("max-affected".to_owned());
        }
    }

    /// The number of rows above which the server refuses a write.
    pub(crate) fn most_rows(&self) -> Option<u64> {
        self.preferences
            .max_affected
            .filter(|_| self.preferences.is_strict)
    }
}

fn once<T: std::fmt::Debug>(known: &mut Option<T>, said: T, ignored: &mut Vec<String>) {
    if known.is_some() {
        ignored.push(format!("{said:?}, said before"));
    } else {
        *known = Some(said);
    }
}

/// Returns the decoded parameters. The server separates them at `&` and `;`.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (String, Option<String>)> {
    let parts = query.split(['&', ';']).filter(|part| !part.is_empty());
    parts.map(|part| match part.split_once('=') {
        Some((key, value)) => (decoded(key, true), Some(decoded(value, true))),
        None => (decoded(part, true), None),
    })
}

fn decoded(text: &str, plus_is_blank: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => bytes.push(byte),
            None if *first == b'+' && plus_is_blank => bytes.push(b' '),
            None => bytes.push(*first),
        }
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap()
}

use std::fmt;
use std::path::PathBuf;

use scoped_rules::policies::Project;
use serde::{Deserialize, Serialize};

use super::check::compared;
use super::{PoliciesError, Report};
use crate::claims::ScopedClaims;

/// The schemas that a Supabase project has without migrations. Policies on their tables are the project's own.
const PLATFORM: [&str; 16] = [
    "information_schema",
    "auth",
    "storage",
    "realtime",
    "extensions",
    "graphql",
    "graphql_public",
    "vault",
    "pgsodium",
    "pgbouncer",
    "supabase_migrations",
    "supabase_functions",
    "net",
    "cron",
    "_realtime",
    "_analytics",
];

/// The definitions that a database itself has of everything that decides who sees what: policies, the switch of Row
/// Level Security on tables, functions, and views.
///
/// [`ScopedClients::policy_definitions`](crate::ScopedClients::policy_definitions) reads those of a live database, and
/// [`testing::Postgres::definitions`](crate::testing::Postgres::definitions) those that the migrations make. Both are
/// PostgreSQL's own text, so that what differs was changed by hand, or by a migration that is not there.
/// [`to_json`](Self::to_json) writes a file that can be checked in and compared at start-up, where there are no
/// migrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Definitions(Vec<Definition>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A definition that a database has and another one lacks, or has with another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    object: String,
    expected: Option<String>,
    live: Option<String>,
}

impl Definitions {
    /// Reads them from a database whose search path is empty, so that all names are written with their schema.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "testing")),
        allow(dead_code, reason = "for features")
    )]
    pub(crate) const QUERY: &str = include_str!("definitions.sql");

    /// The schemas whose own objects are left out; the parameter of the query.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "testing")),
        allow(dead_code, reason = "for features")
    )]
    pub(crate) const LEFT_OUT: &[&str] = &PLATFORM;

    #[cfg_attr(
        not(any(feature = "postgres", feature = "testing")),
        allow(dead_code, reason = "for features")
    )]
    pub(crate) fn new(mut definitions: Vec<Definition>) -> Self {
        for definition in &mut definitions {
            let text = definition.text.replace("\r\n", "\n");
            text.trim().clone_into(&mut definition.text);
        }
        Self(definitions)
    }

    /// Reads what [`to_json`](Self::to_json) has written.
    ///
    /// # Errors
    /// [`PoliciesError::Definitions`] if the text is something else.
    pub fn from_json(text: &str) -> Result<Self, PoliciesError> {
        serde_json::from_str(text).map_err(|source| PoliciesError::Definitions { source })
    }

    /// JSON with one definition a line, for a file in review.
    #[must_use]
    pub fn to_json(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|definition| serde_json::to_string(definition).unwrap_or_default());
        format!("[\n{}\n]\n", lines.collect::<Vec<_>>().join(",\n"))
    }

    /// Compares the claims of `C` with what the database has, as [`check`](super::check) does with files. The findings
    /// name the objects; their file is `database`.
    pub fn check<C: ScopedClaims>(&self) -> Report {
        let rank = |definition: &&Definition| match definition.kind.as_str() {
            "table" => 0,
            "function" => 1,
            "view" => 2,
            _ => 3,
        };
        let mut definitions: Vec<&Definition> = self.0.iter().collect();
        definitions.sort_by_key(rank);
        let mut text = String::new();
        for definition in definitions {
            text.push_str(&definition.text);
            text.push_str(";\n");
        }
        compared::<C>(&Project::read(&[(PathBuf::from("database"), text)]))
    }

    /// What differs from the expected definitions: those of the migrations, or of a file.
    #[must_use]
    pub fn differences(&self, expected: &Self) -> Vec<Difference> {
        let find = |list: &Self, wanted: &Definition| {
            let is_it = |one: &&Definition| one.kind == wanted.kind && one.name == wanted.name;
            list.0.iter().find(is_it).map(|found| found.text.clone())
        };
        let object = |definition: &Definition| format!("{} {}", definition.kind, definition.name);
        let changed = expected.0.iter().filter_map(|definition| {
            let live = find(self, definition);
            (live.as_ref() != Some(&definition.text)).then(|| Difference {
                object: object(definition),
                expected: Some(definition.text.clone()),
                live,
            })
        });
        let added = self
            .0
            .iter()
            .filter(|definition| find(expected, definition).is_none());
        let added = added.map(|definition| Difference {
            object: object(definition),
            expected: None,
            live: Some(definition.text.clone()),
        });
        changed.chain(added).collect()
    }
}

impl Difference {
    /// The kind and the name, such as `policy own rows on public.notes`.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The text that was expected; `None` for an object that is only in the database.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }

    /// The text in the database; `None` for an object that it lacks.
    #[must_use]
    pub fn live(&self) -> Option<&str> {
        self.live.as_deref()
    }
}

/// Writes the object, and both texts below.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (&self.expected, &self.live) {
            (Some(_), Some(_)) => "is another one in the database",
            (Some(_), None) => "is not in the database",
            _ => "is only in the database",
        };
        write!(f, "{} {word}", self.object)?;
        for (name, text) in [("expected", &self.expected), ("live", &self.live)] {
            let Some(text) = text else { continue };
            write!(f, "\n  {name}:")?;
            for line in text.lines() {
                write!(f, "\n    {line}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Definition, Definitions};

    fn definitions(list: &[(&str, &str)]) -> Definitions {
        let one = |(name, text): &(&str, &str)| Definition {
            kind: "policy".to_owned(),
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        };
        Definitions::new(list.iter().map(one).collect())
    }

    #[test]
    fn a_difference_has_both_texts() {
        let expected = definitions(&[("a", "using (x)"), ("b", "using (y)"), ("c", "using (z)")]);
        let live = definitions(&[
            ("a", "using (x)"),
            ("b", "using (true)"),
            ("d", "using (w)"),
        ]);
        let texts: Vec<String> = live
            .differences(&expected)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            texts,
            [
                "policy b is another one in the database\n  expected:\n    using (y)\n  live:\n    using (true)",
                "policy c is not in the database\n  expected:\n    using (z)",
                "policy d is only in the database\n  live:\n    using (w)",
            ]
        );
        assert!(expected.differences(&expected.clone()).is_empty());
    }

    #[test]
    fn json_is_read_again() {
        let some = definitions(&[("a", "using (\"x\" = 'é')")]);
        assert_eq!(Definitions::from_json(&some.to_json()).unwrap(), some);
        assert!(Definitions::from_json("{}").is_err());
    }
}

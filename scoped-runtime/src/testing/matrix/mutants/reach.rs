//! Which cells a changed policy can reach. The others need not be asked again.
//!
//! An object reaches another one if a text that runs with it has the name of the other: conditions of policies, views,
//! rules, defaults, checks, and the bodies of functions, triggers and operators, one from the other. Names are compared
//! without schemas and case, so that too much is reached rather than too little. Dynamic SQL, and a function in a language
//! other than SQL and PL/pgSQL, reach everything.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Deserialize;

use super::super::connection::Connection;
use super::super::trial::Plan;
use crate::testing::error::Result;

/// The words of code that may change rows, or ask the policies for a change of them as FOR SHARE does.
const WRITES: [&str; 7] = [
    "insert", "update", "delete", "merge", "truncate", "copy", "share",
];

#[derive(Deserialize, Default)]
struct Node {
    oid: i64,
    name: String,
    is_function: bool,
    text: String,
    /// The functions of its triggers.
    triggers: Vec<i64>,
    /// The tables whose rows change with its own.
    children: Vec<i64>,
    #[serde(skip)]
    words: HashSet<String>,
}

impl Node {
    fn in_lower_case(mut self) -> Self {
        self.name = self.name.to_lowercase();
        self.text = self.text.to_lowercase();
        self.words = words(&self.text);
        self
    }

    fn names(&self, other: &Self) -> bool {
        is_word(&other.name) && self.words.contains(&other.name)
            || !is_word(&other.name) && self.text.contains(&other.name)
    }

    /// Whether its code may change rows of tables that it names.
    fn writes(&self) -> bool {
        WRITES.iter().any(|word| self.words.contains(*word))
    }

    fn is_dynamic(&self) -> bool {
        self.is_function && self.words.contains("execute")
    }
}

/// What the tables and views of a matrix reach, and its calls.
pub(super) struct Reach {
    relations: BTreeMap<i64, Reached>,
    /// By the SQL of the calls.
    calls: BTreeMap<String, Reached>,
}

/// What one object reaches.
#[derive(Debug, Default)]
struct Reached {
    oids: BTreeSet<i64>,
    /// What code may change that runs with it.
    written: BTreeSet<i64>,
    /// Whether dynamic SQL may reach anything.
    all: bool,
}

impl Reached {
    fn has(&self, target: Target) -> bool {
        let is_reached = match target {
            Target::Reading(oid) | Target::Function(oid) => self.oids.contains(&oid),
            Target::Writing(oid) => self.written.contains(&oid),
        };
        self.all || is_reached
    }
}

/// What a mutant changes.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// What is read of a table: a policy for SELECT or for all commands, or Row Level Security itself.
    Reading(i64),
    /// What is written to a table: a policy for INSERT, UPDATE or DELETE.
    Writing(i64),
    /// A function.
    Function(i64),
}

impl Reach {
    pub(super) async fn read(admin: &Connection, plan: &Plan) -> Result<Self> {
        let graph = Graph::new(admin.json(include_str!("reach.sql"), &[]).await?);
        let resources = plan.resources.iter();
        let oids: BTreeSet<i64> = resources.map(|resource| resource.relation.oid).collect();
        let relations = oids.into_iter().map(|oid| (oid, graph.of_relation(oid)));
        let calls = plan
            .calls
            .iter()
            .map(|call| (call.sql.clone(), graph.of_statement(&call.sql)));
        Ok(Self {
            relations: relations.collect(),
            calls: calls.collect(),
        })
    }

    /// Whether a statement on this table or view can notice a change of the target.
    pub(super) fn relation_notices(&self, oid: i64, target: Target) -> bool {
        let reached = self.relations.get(&oid);
        reached.is_none_or(|reached| reached.has(target))
    }

    /// Whether the call with this SQL can notice a change of the target.
    pub(super) fn call_notices(&self, sql: &str, target: Target) -> bool {
        let reached = self.calls.get(sql);
        reached.is_none_or(|reached| reached.has(target))
    }
}

/// The objects of a database by their OIDs, each with the objects that its text names.
struct Graph {
    nodes: BTreeMap<i64, Node>,
    named: BTreeMap<i64, Vec<i64>>,
}

impl Graph {
    fn new(nodes: Vec<Node>) -> Self {
        let nodes: BTreeMap<i64, Node> = nodes
            .into_iter()
            .map(|node| (node.oid, node.in_lower_case()))
            .collect();
        let named = nodes
            .values()
            .map(|node| (node.oid, named_by(&nodes, node)));
        Self {
            named: named.collect(),
            nodes,
        }
    }

    /// What a statement on a table or view reaches, whether it reads or changes rows.
    fn of_relation(&self, oid: i64) -> Reached {
        let mut reached = Reached::default();
        self.visit_written(oid, &mut reached);
        self.visit(oid, &mut reached);
        reached
    }

    /// What a statement reaches.
    fn of_statement(&self, sql: &str) -> Reached {
        let statement = Node {
            // A DO block may have dynamic SQL too.
            is_function: true,
            text: sql.to_owned(),
            ..Node::default()
        }
        .in_lower_case();
        let mut reached = Reached::default();
        let named = named_by(&self.nodes, &statement);
        self.follow(&statement, &named, &mut reached);
        reached
    }

    fn visit(&self, oid: i64, reached: &mut Reached) {
        if let (true, Some(node)) = (reached.oids.insert(oid), self.nodes.get(&oid)) {
            let named = self.named.get(&oid);
            self.follow(node, named.map_or(&[], Vec::as_slice), reached);
        }
    }

    fn follow(&self, node: &Node, named: &[i64], reached: &mut Reached) {
        reached.all |= node.is_dynamic();
        let writes = node.writes();
        for oid in named {
            if writes && self.nodes.get(oid).is_some_and(|other| !other.is_function) {
                self.visit_written(*oid, reached);
            }
            self.visit(*oid, reached);
        }
    }

    /// The rows of a table change: its triggers run, and those of the tables that change with it.
    fn visit_written(&self, oid: i64, reached: &mut Reached) {
        if let (true, Some(node)) = (reached.written.insert(oid), self.nodes.get(&oid)) {
            for function in &node.triggers {
                self.visit(*function, reached);
            }
            for child in &node.children {
                self.visit_written(*child, reached);
            }
        }
    }
}

/// The objects that a text names.
fn named_by(nodes: &BTreeMap<i64, Node>, node: &Node) -> Vec<i64> {
    let named = nodes.values().filter(|other| node.names(other));
    named.map(|other| other.oid).collect()
}

fn words(text: &str) -> HashSet<String> {
    let words = text.split(|c: char| !is_part(c));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn is_word(name: &str) -> bool {
    name.chars().all(is_part)
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;

//! Which cells a changed policy can reach. The others need not be asked again.
//!
//! An object reaches another one if a text that runs with it has the name of the other: conditions of policies, views,
//! rules, defaults, and the bodies of functions and triggers, one from the other. Names are compared without schemas and
//! case, so that too much is reached rather than too little, and dynamic SQL reaches everything.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Deserialize;

use super::super::connection::Connection;
use super::super::trial::Plan;
use crate::testing::error::Result;

/// The words of code that may change rows.
const WRITES: [&str; 6] = ["insert", "update", "delete", "merge", "truncate", "copy"];

#[derive(Deserialize, Default)]
struct Node {
    oid: i64,
    name: String,
    is_function: bool,
    text: String,
    /// The functions of its triggers.
    triggers: Vec<i64>,
    /// The tables whose rows its foreign keys change.
    children: Vec<i64>,
    #[serde(skip)]
    words: HashSet<String>,
}

impl Node {
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
    /// By the names of the calls.
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
            .map(|call| (call.name.clone(), graph.of_statement(&call.sql)));
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

    /// Whether the call of this name can notice a change of the target.
    pub(super) fn call_notices(&self, name: &str, target: Target) -> bool {
        let reached = self.calls.get(name);
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
            .map(|mut node| {
                node.words = words(&node.text);
                (node.oid, node)
            })
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
        let text = sql.to_lowercase();
        let statement = Node {
            words: words(&text),
            text,
            ..Node::default()
        };
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

    /// The rows of a table change: its triggers run, and those of the tables that its foreign keys change.
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
mod tests {
    use super::{Graph, Node, Target};

    fn node(oid: i64, name: &str, text: &str) -> Node {
        Node {
            oid,
            name: name.to_owned(),
            is_function: oid >= 100,
            text: text.to_owned(),
            ..Node::default()
        }
    }

    #[test]
    fn a_condition_reaches_what_its_functions_read() {
        let graph = Graph::new(vec![
            node(1, "notes", "(is_member(team))"),
            node(2, "members", "true"),
            node(3, "other", "true"),
            node(
                100,
                "is_member",
                "select exists (select from public.members)",
            ),
        ]);
        assert!(graph.of_relation(1).has(Target::Reading(2)));
        assert!(graph.of_relation(1).has(Target::Function(100)));
        assert!(!graph.of_relation(1).has(Target::Reading(3)));
        assert!(!graph.of_relation(2).has(Target::Reading(1)));
        // Nothing there writes.
        assert!(!graph.of_relation(1).has(Target::Writing(2)));
    }

    #[test]
    fn triggers_and_foreign_keys_reach_what_they_write() {
        let mut notes = node(1, "notes", "true");
        notes.triggers.push(100);
        notes.children.push(2);
        let mut lines = node(2, "lines", "true");
        lines.triggers.push(101);
        let graph = Graph::new(vec![
            notes,
            lines,
            node(3, "log", "true"),
            node(4, "Old log", "true"),
            node(100, "logs", "insert into log values (1)"),
            node(101, "keeps", "select 1 from \"old log\""),
        ]);
        assert!(graph.of_relation(1).has(Target::Writing(3)));
        assert!(graph.of_relation(1).has(Target::Writing(2)));
        assert!(!graph.of_relation(3).has(Target::Writing(1)));
        assert!(!graph.of_relation(1).has(Target::Writing(4)));
    }

    #[test]
    fn names_that_are_no_words_are_searched_as_texts() {
        let graph = Graph::new(vec![
            node(1, "all of it", "select 1 from \"old log\""),
            node(4, "old log", "true"),
        ]);
        assert!(graph.of_relation(1).has(Target::Reading(4)));
        assert!(
            graph
                .of_statement("select * from \"Old Log\"")
                .has(Target::Reading(4))
        );
    }

    #[test]
    fn dynamic_sql_reaches_everything() {
        let graph = Graph::new(vec![
            node(1, "notes", "(may(team))"),
            node(2, "members", "true"),
            node(100, "may", "begin execute format('select %i', $1); end"),
        ]);
        assert!(graph.of_relation(1).has(Target::Reading(2)));
        assert!(graph.of_relation(1).has(Target::Writing(2)));
        assert!(!graph.of_relation(2).has(Target::Reading(1)));
        assert!(graph.of_statement("select may(1)").has(Target::Reading(2)));
    }
}

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
    let block = "do $$ begin execute 'insert into mem' || 'bers values (1)'; end $$";
    assert!(graph.of_statement(block).has(Target::Writing(2)));
}

#[test]
fn a_read_that_locks_rows_asks_the_policies_for_update() {
    let graph = Graph::new(vec![node(1, "notes", "true")]);
    let lock = |how: &str| graph.of_statement(&format!("select from notes {how}"));
    assert!(lock("for share").has(Target::Writing(1)));
    assert!(lock("for no key update").has(Target::Writing(1)));
    assert!(!lock("").has(Target::Writing(1)));
}

#[test]
fn letter_case_does_not_matter() {
    let graph = Graph::new(vec![node(1, "Écrits", "true"), node(100, "Reads", "")]);
    let reached = graph.of_statement("select READS() from \"Écrits\"");
    assert!(reached.has(Target::Reading(1)) && reached.has(Target::Function(100)));
}

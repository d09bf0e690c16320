//! Every labelled history in `tests/policies` has exactly the live policies, reads and findings of its label.

use crate::common::{Case, cases};

/// The lines of `from` that `others` lacks; a line that stands there twice is wanted twice.
fn without<'a>(from: &'a [String], others: &[String]) -> Vec<&'a String> {
    let mut others: Vec<&String> = others.iter().collect();
    let mut left = Vec::new();
    for line in from {
        match others.iter().position(|other| *other == line) {
            Some(at) => drop(others.swap_remove(at)),
            None => left.push(line),
        }
    }
    left
}

#[test]
fn every_history_reads_as_labelled() {
    let cases = cases();
    assert!(cases.len() >= 60, "only {} histories", cases.len());
    let (mut wanted, mut found, mut wrong) = (0, 0, Vec::new());
    for Case {
        name, label, facts, ..
    } in &cases
    {
        let missed = without(label, facts);
        let invented = without(facts, label);
        wanted += label.len();
        found += label.len() - missed.len();
        if !missed.is_empty() || !invented.is_empty() {
            wrong.push(format!(
                "{name}\n  missed {missed:#?}\n  invented {invented:#?}"
            ));
        }
    }
    eprintln!("{} histories, {wanted} facts, {found} found", cases.len());
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

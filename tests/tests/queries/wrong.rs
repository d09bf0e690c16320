//! Collects the failures of many cases in one message.

use std::collections::BTreeMap;
use std::fmt::Write as _;

#[derive(Debug, Default)]
pub(crate) struct Wrong(BTreeMap<String, (usize, String)>);

impl Wrong {
    /// Keeps the first case of each problem and counts the others.
    pub(crate) fn note(&mut self, problem: &str, case: impl FnOnce() -> String) {
        let known = self.0.entry(problem.to_owned());
        known.or_insert_with(|| (0, case())).0 += 1;
    }

    /// Panics if a problem was noted.
    #[track_caller]
    pub(crate) fn check(&self) {
        let mut text = String::new();
        for (problem, (count, case)) in &self.0 {
            write!(text, "\n== {count} times: {problem}\n{case}\n").unwrap();
        }
        assert!(self.0.is_empty(), "{text}");
    }
}

//! What became of all mutants.

use std::fmt;
use std::path::Path;

use super::super::result::{compare, package};
use super::{Mutant, Verdict};

/// The mutants of a matrix: what was noticed, and what was not. `Display` writes the survivors with their file and line.
#[derive(Debug, Clone)]
#[must_use = "survivors are what nothing tests"]
pub struct MutantReport {
    pub(super) mutants: Vec<Mutant>,
}

impl MutantReport {
    /// All mutants.
    pub fn iter(&self) -> std::slice::Iter<'_, Mutant> {
        self.mutants.iter()
    }

    /// The mutants that no cell noticed and that no reason explains.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants
            .iter()
            .filter(|mutant| mutant.verdict == Verdict::Survived)
    }

    /// Says why a survivor cannot be noticed: `object` and `change` as [`Mutant::object`] and [`Mutant::change`] say
    /// them. It becomes [`Verdict::Equivalent`].
    ///
    /// # Panics
    /// If no survivor is meant, so that an explanation does not outlive its reason.
    #[track_caller]
    pub fn explain(mut self, object: &str, change: &str, reason: &str) -> Self {
        let mut is_meant = false;
        for mutant in &mut self.mutants {
            if mutant.object == object
                && mutant.change == change
                && mutant.verdict == Verdict::Survived
            {
                mutant.verdict = Verdict::Equivalent(reason.to_owned());
                is_meant = true;
            }
        }
        assert!(is_meant, "no survivor is {object}: {change}\n{self}");
        self
    }

    /// Asserts in a test that nothing survived. A mutant that PostgreSQL refused counts as neither.
    ///
    /// # Panics
    /// If a mutant survived; the message has one a line.
    #[track_caller]
    pub fn assert_killed(&self) {
        assert!(self.survivors().next().is_none(), "{self}");
    }

    /// Asserts that the list of survivors is what the file says; with `UPDATE=1` the file is written.
    ///
    /// # Panics
    /// If the file is another one, or there is none.
    #[track_caller]
    pub fn assert_file(&self, path: impl AsRef<Path>) {
        compare(&package().join(path), &self.to_string());
    }

    fn count(&self, is_it: impl Fn(&Verdict) -> bool) -> usize {
        self.mutants
            .iter()
            .filter(|mutant| is_it(&mutant.verdict))
            .count()
    }
}

impl<'r> IntoIterator for &'r MutantReport {
    type Item = &'r Mutant;
    type IntoIter = std::slice::Iter<'r, Mutant>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Writes the survivors, what PostgreSQL refused, what is equivalent and why, and then the numbers.
impl fmt::Display for MutantReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mutant in self {
            let Mutant {
                object,
                change,
                location,
                verdict,
            } = mutant;
            let (word, why) = match verdict {
                Verdict::Killed(_) => continue,
                Verdict::Survived => ("survived", None),
                Verdict::Equivalent(reason) => ("equivalent", Some(reason)),
                Verdict::Refused(message) => ("refused", Some(message)),
            };
            write!(f, "{word}: {object}: {change}")?;
            if let Some((file, line)) = location {
                write!(f, " ({}:{line})", file.display())?;
            }
            if let Some(why) = why {
                write!(f, "; {why}")?;
            }
            writeln!(f)?;
        }
        let killed = self.count(|verdict| matches!(verdict, Verdict::Killed(_)));
        let survived = self.count(|verdict| *verdict == Verdict::Survived);
        let equivalent = self.count(|verdict| matches!(verdict, Verdict::Equivalent(_)));
        let refused = self.count(|verdict| matches!(verdict, Verdict::Refused(_)));
        writeln!(
            f,
            "mutants: {}, killed: {killed}, survived: {survived}, equivalent: {equivalent}, refused: {refused}",
            self.mutants.len()
        )
    }
}

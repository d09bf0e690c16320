//! What the engine says of a history beside what PostgreSQL says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::experiment::Outcomes;
use super::expression::CLAIMS;
use scoped_rules::ClaimKind;
use scoped_rules::policies::{
    CompareOptions, FindingKind, KnownClaim, ObjectKind, Project, Severity, TokenClaims, compare,
};

/// How often what was compared.
#[derive(Default, Debug)]
pub(crate) struct Counts {
    pub(crate) policies: usize,
    /// Claims that change an outcome.
    pub(crate) effects: usize,
    pub(crate) followed: usize,
    pub(crate) unfollowed: usize,
    /// Reads of claims that changed no outcome of any token.
    pub(crate) without_effect: usize,
    pub(crate) errors: usize,
    /// Histories that Postgres took only the beginning of.
    pub(crate) refused: usize,
}

/// Everything that they disagree about.
pub(crate) fn disagreements(
    statements: &[String],
    truth: &Outcomes,
    counts: &mut Counts,
) -> Vec<String> {
    // A tool that applies migrations stops at the first that is refused.
    let applied = &statements[..truth.applied.min(statements.len())];
    counts.refused += usize::from(applied.len() < statements.len());
    let sql = applied.join(";\n");
    let project = Project::read(&[(PathBuf::from("history.sql"), sql)]);
    let mut wrong = Vec::new();
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for (index, object) in project.objects.iter().enumerate() {
        let ObjectKind::Policy { name, table } = &object.kind else {
            continue;
        };
        let of_object = project.reads.iter().filter(|read| read.owner == index);
        let reads = of_object.map(|read| read.path.join(".")).collect();
        let unfollowed = project.findings.iter().filter(|finding| {
            finding.kind == FindingKind::Unfollowed && finding.object == Some(index)
        });
        let unfollowed = unfollowed.map(|finding| finding.path.join(".")).collect();
        let known = said.entry(format!("{} {name}", table.name)).or_default();
        known.merge(Said {
            reads,
            unfollowed,
            surely: !object.uncertain,
        });
    }
    for (policy, effects) in &truth.policies {
        counts.policies += 1;
        let Some(said) = said.get(policy) else {
            // Renamed in a branch, perhaps.
            wrong.push(format!("{policy} is live, and the engine does not know it"));
            continue;
        };
        for claim in effects {
            counts.effects += 1;
            if said.reads.iter().any(|read| related(read, claim)) {
                counts.followed += 1;
            } else if said.unfollowed.iter().any(|path| is_above(path, claim)) {
                counts.unfollowed += 1;
            } else {
                wrong.push(format!(
                    "{policy}: `{claim}` changes the outcome and is not read ({said:?})"
                ));
            }
        }
        for claim in CLAIMS {
            let read = said.reads.iter().any(|read| related(read, claim));
            counts.without_effect += usize::from(read && !effects.contains(claim));
        }
    }
    for (policy, said) in &said {
        if said.surely && !truth.policies.contains_key(policy) {
            wrong.push(format!(
                "{policy} is not live, and the engine is sure of it"
            ));
        }
    }
    wrong.extend(errors(&project, truth, counts));
    wrong
}

#[derive(Default, Debug)]
struct Said {
    reads: BTreeSet<String>,
    unfollowed: BTreeSet<String>,
    surely: bool,
}

impl Said {
    fn merge(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.unfollowed.extend(other.unfollowed);
        self.surely |= other.surely;
    }
}

/// An error names a live policy, and for a struct that has all claims there is none.
fn errors(project: &Project, truth: &Outcomes, counts: &mut Counts) -> Vec<String> {
    let known = |path: &str, kind| KnownClaim {
        path: path.split('.').map(str::to_owned).collect(),
        kind,
        one_of: None,
    };
    let all: Vec<KnownClaim> = CLAIMS
        .iter()
        .map(|claim| match *claim {
            "l" => known(claim, ClaimKind::List),
            "n" => known(claim, ClaimKind::Integer),
            claim => known(claim, ClaimKind::Text),
        })
        .collect();
    let mut wrong = Vec::new();
    let target = |known| TokenClaims {
        name: "Tenant",
        claims: known,
        set_by_runtime: &[],
    };
    let findings = compare(project, &target(&all), &CompareOptions::default());
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let reads_members = |finding: &&scoped_rules::policies::Finding| !finding.text.contains("`m`");
    wrong.extend(
        errors
            .filter(reads_members)
            .map(|finding| format!("a false error: {}", finding.text)),
    );
    for finding in compare(project, &target(&[]), &CompareOptions::default()) {
        if finding.severity != Severity::Error {
            continue;
        }
        counts.errors += 1;
        let Some(object) = finding.object.map(|index| &project.objects[index]) else {
            continue;
        };
        if let ObjectKind::Policy { name, table } = &object.kind
            && !truth
                .policies
                .contains_key(&format!("{} {name}", table.name))
        {
            wrong.push(format!(
                "an error of a policy that is not live: {}",
                finding.text
            ));
        }
    }
    wrong
}

fn related(read: &str, claim: &str) -> bool {
    is_above(read, claim) || is_above(claim, read)
}

fn is_above(above: &str, path: &str) -> bool {
    let rest = path.strip_prefix(above);
    above.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

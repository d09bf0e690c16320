//! Small mistakes in the policies, each of which a cell of the matrix should notice.

mod candidates;
mod reach;
mod reason;
mod report;
mod run;
mod strict;
mod text;

use std::path::{Path, PathBuf};

use scoped_rules::policies::Project;
use serde_json::Value;

use super::catalog::Relation;
use super::result::Matrix;
use crate::testing::error::Result;

use candidates::{Candidate, Helper, body_of, of_helper, of_relation};
use reach::Reach;
pub use report::MutantReport;
use run::MutantRun;

/// A mistake that was made in a policy, in a function that policies call, or in the switch of Row Level Security, and
/// whether a cell of the matrix changed.
#[derive(Debug, Clone)]
pub struct Mutant {
    object: String,
    change: String,
    location: Option<(PathBuf, usize)>,
    verdict: Verdict,
}

/// What became of a [`Mutant`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// A cell changed: the person, the operation, the table, and the outcomes before and after.
    Killed(String),
    /// No cell changed: nothing tests what the policy says there.
    Survived,
    /// No request could notice it; the reason.
    Equivalent(String),
    /// PostgreSQL refused the change; its message.
    Refused(String),
}

impl Mutant {
    /// What was changed, such as ``policy `own rows` on `notes` ``.
    #[must_use]
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The change, such as `dropped`, ``using: `and` became `or` ``, or `its roles became public`.
    #[must_use]
    pub fn change(&self) -> &str {
        &self.change
    }

    /// The file and the line of the statement in the migrations; `None` for what they do not create.
    #[must_use]
    pub fn location(&self) -> Option<(&Path, usize)> {
        self.location
            .as_ref()
            .map(|(file, line)| (file.as_path(), *line))
    }

    /// What became of it.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// The kinds of changes, as far as their equivalence depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Dropped,
    Condition(String),
    Widened,
    RlsOff,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dropped => f.write_str("dropped"),
            Self::Condition(what) => f.write_str(what),
            Self::Widened => f.write_str("its roles became `public`"),
            Self::RlsOff => f.write_str("row level security off"),
        }
    }
}

impl Matrix<'_> {
    /// Makes one small mistake after the other, and asks whether a cell changes: every policy dropped, its condition set
    /// to true, its roles widened to `public`, one `and` or `or` swapped, the name of one claim changed (in policies and
    /// in the functions that they call), and Row Level Security switched off. The database is as before afterwards.
    ///
    /// Of each mistake only the cells are asked that it can reach: those of its table, and of everything that leads to
    /// the table by a condition, a view, a trigger or a function. A cell that differs from try to try, as one that shows
    /// a random value, notices nothing.
    ///
    /// # Errors
    /// What PostgreSQL refused of the matrix itself. A change that it refuses is a [`Verdict::Refused`].
    pub async fn mutants(&self) -> Result<MutantReport> {
        let reach = Reach::read(&self.admin, &self.plan).await?;
        self.try_mutants(Some(reach)).await
    }

    /// [`mutants`](Self::mutants) that asks every cell of each, to test which cells a mistake can reach.
    #[doc(hidden)]
    pub async fn mutants_of_all_cells(&self) -> Result<MutantReport> {
        self.try_mutants(None).await
    }

    async fn try_mutants(&self, reach: Option<Reach>) -> Result<MutantReport> {
        let project = Project::read(self.postgres.history());
        let mut helpers = Vec::new();
        for relation in self.tried_relations() {
            for policy in &relation.policies {
                for &oid in &policy.functions {
                    let is_known = helpers.iter().any(|(known, _, _)| *known == oid);
                    if !is_known && let Some(helper) = self.helper(oid).await? {
                        helpers.push((oid, relation, helper));
                    }
                }
            }
        }
        let bodies = helpers.iter().map(|(_, _, helper)| body_of(helper));
        let run = MutantRun::new(self, reach, bodies.collect()).await?;
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        for relation in self.tried_relations() {
            candidates.extend(of_relation(&project, relation));
        }
        for (oid, relation, helper) in &helpers {
            candidates.extend(of_helper(&project, relation, *oid, helper));
        }
        let mut mutants = Vec::new();
        for candidate in candidates {
            let verdict = run.verdict(&candidate).await?;
            let Candidate {
                object,
                location,
                change,
                ..
            } = candidate;
            mutants.push(Mutant {
                object,
                change: change.to_string(),
                location,
                verdict,
            });
        }
        Ok(MutantReport { mutants })
    }

    /// The tables that the matrix has cells of, once each.
    fn tried_relations(&self) -> Vec<&Relation> {
        let mut relations: Vec<&Relation> = Vec::new();
        for resource in &self.plan.resources {
            if relations
                .iter()
                .all(|known| known.oid != resource.relation.oid)
            {
                relations.push(&resource.relation);
            }
        }
        relations
    }

    async fn helper(&self, oid: i64) -> Result<Option<Helper>> {
        let query = "select jsonb_build_array(pg_proc.oid::regprocedure::text, pg_catalog.pg_get_functiondef(pg_proc.oid))::text \
             from pg_catalog.pg_proc join pg_catalog.pg_language on pg_language.oid = prolang \
             where pg_proc.oid::bigint = $1 and lanname in ('sql', 'plpgsql') and prokind = 'f' and prosqlbody is null \
             union all select 'null' limit 1";
        let found: Value = self.admin.json(query, &[&oid]).await?;
        Ok(found.as_array().map(|parts| Helper {
            name: parts[0].as_str().unwrap_or_default().to_owned(),
            definition: parts[1].as_str().unwrap_or_default().to_owned(),
        }))
    }
}

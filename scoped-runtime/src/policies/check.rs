use std::any::type_name;
use std::path::Path;

use scoped_rules::policies::{
    CompareOptions, FindingKind, KnownClaim, Project, TokenClaims, compare, entry_names_claim,
    entry_names_table,
};
use scoped_rules::registered::set_by_the_runtime;

use super::finding::Finding;
use super::{PoliciesError, Report, history};
use crate::claims::{Claim, ScopedClaims};

/// A comparison of claims with the SQL of policies, with the options of `#[scoped_claims(policies(...))]`.
///
/// ```
/// # use scoped_runtime::{policies::Check, scoped_claims};
/// # #[scoped_claims] struct Tenant { tenant_id: String }
/// # fn main() -> Result<(), scoped_runtime::policies::PoliciesError> {
/// # let folder = "../tests/server/supabase/migrations"; const _: &str = stringify!(
/// let folder = "supabase/migrations";
/// # );
/// let report = Check::new([folder])
///     .tables(["documents"]) // only findings about these tables
///     .deny(["unwrapped"])   // a kind of finding, or a claim's path
///     .run::<Tenant>()?;
/// assert_eq!(report.errors().count(), 0, "{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is compared until `run` is called"]
pub struct Check {
    patterns: Vec<String>,
    options: CompareOptions,
}

impl Check {
    /// A check of the SQL files that these folders, files and globs name. They are read as one history, in the
    /// given order. Relative paths begin at the package's `Cargo.toml`.
    pub fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            patterns: paths.into_iter().map(history::pattern).collect(),
            options: CompareOptions::default(),
        }
    }

    /// Restricts the findings to objects on these tables: `documents` (in the schema `public`),
    /// `app.documents`, `app.*`. The default is all tables.
    pub fn tables(mut self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options
            .tables
            .extend(tables.into_iter().map(Into::into));
        self
    }

    /// Drops findings about these claims and all claims below them, or of these kinds
    /// ([`FindingKind::name`]).
    pub fn allow(mut self, entries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options
            .allow
            .extend(entries.into_iter().map(Into::into));
        self
    }

    /// Reports findings about these claims, or of these kinds, as warnings.
    pub fn warn(mut self, entries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options
            .warn
            .extend(entries.into_iter().map(Into::into));
        self
    }

    /// Reports findings about these claims, or of these kinds, as errors.
    pub fn deny(mut self, entries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.options
            .deny
            .extend(entries.into_iter().map(Into::into));
        self
    }

    /// Reads the files and compares them with the claims of `C`.
    ///
    /// # Errors
    /// [`PoliciesError`] if the files cannot be read, there are none, or an entry of an option is invalid. The
    /// findings about the policies are in the [`Report`].
    pub fn run<C: ScopedClaims>(&self) -> Result<Report, PoliciesError> {
        let project = history::project(&self.patterns)?;
        self.check_entries(&project, &known_claims::<C>())?;
        Ok(compared_with::<C>(&project, &self.options))
    }

    /// Refuses an entry of an option that names nothing, or that is in two options.
    fn check_entries(&self, project: &Project, known: &[KnownClaim]) -> Result<(), PoliciesError> {
        let CompareOptions {
            tables,
            allow,
            warn,
            deny,
        } = &self.options;
        let refused = |option, entry: &String, reason| {
            let entry = entry.clone();
            Err(PoliciesError::Entry {
                option,
                entry,
                reason,
            })
        };
        for entry in tables {
            if !project
                .tables
                .iter()
                .any(|table| entry_names_table(entry, table))
            {
                return refused("tables", entry, "is not a table of these files");
            }
        }
        let claims = project.claims(known);
        let lists = [("deny", deny), ("warn", warn), ("allow", allow)];
        for (index, (option, entries)) in lists.iter().enumerate() {
            for entry in *entries {
                let is_kind = FindingKind::ALL.iter().any(|kind| kind.name() == entry);
                if !is_kind && !claims.iter().any(|claim| entry_names_claim(entry, claim)) {
                    let reason = "is neither a kind of finding nor the path of a claim";
                    return refused(option, entry, reason);
                }
                if lists[..index]
                    .iter()
                    .any(|(_, earlier)| earlier.contains(entry))
                {
                    return refused(option, entry, "is in another option as well");
                }
            }
        }
        Ok(())
    }
}

/// Compares the claims of `C` with a state of the database, without options.
pub(super) fn compared<C: ScopedClaims>(project: &Project) -> Report {
    compared_with::<C>(project, &CompareOptions::default())
}

fn compared_with<C: ScopedClaims>(project: &Project, options: &CompareOptions) -> Report {
    let known = known_claims::<C>();
    let target = TokenClaims {
        name: name_of::<C>(),
        claims: &known,
        set_by_runtime: set_by_the_runtime(),
    };
    let is_expected = |finding: &Finding| {
        finding.kind() != FindingKind::Unread
            || !C::CLAIMS
                .iter()
                .any(|claim| claim.is_unread() && finding.claim() == Some(&*claim.to_string()))
    };
    let findings = compare(project, &target, options);
    let findings = findings
        .into_iter()
        .map(|finding| Finding::of(project, finding))
        .filter(is_expected);
    Report::new(findings.collect(), project.files.len())
}

fn known_claims<C: ScopedClaims>() -> Vec<KnownClaim> {
    C::CLAIMS.iter().map(known_claim).collect()
}

/// The name of the struct without its modules and type parameters.
fn name_of<C>() -> &'static str {
    let name = type_name::<C>();
    let name = name.split_once('<').map_or(name, |(name, _)| name);
    name.rsplit("::").next().unwrap_or(name)
}

/// Converts a claim into the type of the engine.
fn known_claim(claim: &Claim) -> KnownClaim {
    let path = claim.path().map(str::to_owned).collect();
    KnownClaim::new(path, claim.kind(), claim.constraints().iter())
}

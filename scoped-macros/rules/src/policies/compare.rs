use super::check_read::{judge, unread};
use super::finding::{Finding, FindingKind, Severity, dotted};
use super::finding_groups::FindingGroups;
use super::name::QualifiedName;
use super::object::{Object, RoleMatch};
use super::project::{ClaimRead, Project};
use super::replay::may_be;
use super::token_claims::TokenClaims;

/// What of the project counts, and how much.
#[derive(Clone, Default, Debug)]
pub struct CompareOptions {
    /// Only objects on these tables: `documents` (of `public`), `app.documents`, `app.*`. Empty: all.
    pub tables: Vec<String>,
    /// Claim paths, with all below them, or names of kinds of findings, to be silent about. What names
    /// the claim counts before what names the kind, and the longer path before the shorter one.
    pub allow: Vec<String>,
    /// The same, for findings that are warnings.
    pub warn: Vec<String>,
    /// The same, for findings that are errors.
    pub deny: Vec<String>,
}

/// Compares the live reads with the claims: one finding for a claim and what is wrong with it, with all
/// places. Errors first, then in the order of the files.
pub fn compare(
    project: &Project,
    token: &TokenClaims<'_>,
    options: &CompareOptions,
) -> Vec<Finding> {
    let counts = |owner: usize| options.covers(&project.objects[owner]);
    let mut drafts = FindingGroups::default();
    for finding in &project.findings {
        // What stands on no table may serve any, and what is not followed is not known to be elsewhere.
        let free = |owner: usize| {
            finding.kind == FindingKind::Unfollowed && project.objects[owner].kind.table().is_none()
        };
        let in_it = finding
            .object
            .is_none_or(|owner| counts(owner) || free(owner));
        if in_it && !is_known_auth_claim(finding, token) {
            // What is said of a file or a table is said of each.
            drafts.add(finding.clone(), &finding.text);
        }
    }
    let reads: Vec<&ClaimRead> = project
        .reads
        .iter()
        .filter(|read| counts(read.owner))
        .collect();
    for read in &reads {
        if project.owner(read).role_match == RoleMatch::Never {
            continue;
        }
        if let Some((finding, key)) = judge(project, token, read) {
            drafts.add(finding, &key);
        }
    }
    let free = |read: &&ClaimRead| project.owner(read).kind.table().is_none();
    let reads: Vec<&ClaimRead> = (project.reads.iter())
        .filter(|read| counts(read.owner) || free(read))
        .collect();
    let mut findings = drafts.merged();
    for known in token.claims {
        if !known.path.is_empty() && !is_read(&known.path, &reads, &findings) {
            findings.push(unread(token, known));
        }
    }
    findings.retain_mut(|finding| {
        let severity = options.severity(finding);
        finding.severity = severity.unwrap_or(finding.severity);
        severity.is_some()
    });
    for finding in &mut findings {
        finding.text = super::finding_groups::sentence(project, finding);
    }
    findings.sort_by_key(|finding| {
        let location = finding
            .location
            .as_ref()
            .map(|location| (location.file, location.offset));
        (
            std::cmp::Reverse(finding.severity),
            location.is_none(),
            location,
        )
    });
    findings
}

/// What is not followed and not read, whatever the claims are.
pub fn blind_spots(project: &Project) -> Vec<Finding> {
    let kinds = [FindingKind::Unfollowed, FindingKind::Skipped];
    let mut drafts = FindingGroups::default();
    for finding in &project.findings {
        if kinds.contains(&finding.kind) {
            drafts.add(finding.clone(), &finding.text);
        }
    }
    let mut findings = drafts.merged();
    for finding in &mut findings {
        finding.text = super::finding_groups::sentence(project, finding);
    }
    findings
}

impl CompareOptions {
    /// Whether the object is on one of the tables.
    pub fn covers(&self, object: &Object) -> bool {
        let covers = |table| {
            self.tables
                .iter()
                .any(|wanted| entry_names_table(wanted, table))
        };
        let own = object.kind.table().into_iter();
        self.tables.is_empty() || own.chain(&object.also_on).any(covers)
    }

    /// How much the finding matters; nothing if it is to be left out.
    fn severity(&self, finding: &Finding) -> Option<Severity> {
        let lists = [
            (&self.deny, Some(Severity::Error)),
            (&self.warn, Some(Severity::Warning)),
            (&self.allow, None),
        ];
        let decided = lists.into_iter().filter_map(|(list, severity)| {
            let weights = list.iter().filter_map(|entry| weight(entry, finding));
            Some((weights.max()?, severity))
        });
        let decided = decided.max_by_key(|(weight, _)| *weight);
        decided.map_or(Some(finding.severity), |(_, severity)| severity)
    }
}

/// How exactly an entry names a finding, if it does: by its kind, or by its claim.
fn weight(entry: &str, finding: &Finding) -> Option<usize> {
    if !finding.path.is_empty() && entry_names_claim(entry, &dotted(&finding.path)) {
        return Some(1 + entry.len());
    }
    (entry == finding.kind.name()).then_some(0)
}

/// Whether an entry names a claim, or one above it.
pub fn entry_names_claim(entry: &str, path: &str) -> bool {
    let rest = path.strip_prefix(entry);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether an entry of [`CompareOptions::tables`] names a table, or may name one of which only the run knows all.
pub fn entry_names_table(entry: &str, table: &QualifiedName) -> bool {
    match entry.rsplit_once('.') {
        Some((schema, "*")) => may_be(&table.schema, schema),
        Some((schema, name)) => may_be(&table.schema, schema) && may_be(&table.name, name),
        None => may_be(&table.schema, "public") && may_be(&table.name, entry),
    }
}

fn is_known_auth_claim(finding: &Finding, token: &TokenClaims<'_>) -> bool {
    let first = finding.path.first();
    finding.kind == FindingKind::AuthOnly
        && first.is_some_and(|first| {
            token.set_by_runtime.contains(&first.as_str())
                || token
                    .claims
                    .iter()
                    .any(|known| known.path.first() == Some(first))
        })
}

/// Whether something reads the claim, one above or one below it, or may do so unseen.
fn is_read(path: &[String], reads: &[&ClaimRead], findings: &[Finding]) -> bool {
    let related = |other: &[String]| path.starts_with(other) || other.starts_with(path);
    reads.iter().any(|read| related(&read.path))
        || findings.iter().any(|finding| {
            finding.kind == FindingKind::Unfollowed && path.starts_with(&finding.path)
        })
}

use super::check_read::{check_read, unread};
use super::finding::{Finding, FindingKind, Severity, dotted};
use super::finding_groups::FindingGroups;
use super::name::QualifiedName;
use super::object::{Object, RoleMatch};
use super::project::{ClaimRead, Project};
use super::replay::may_be;
use super::token_claims::TokenClaims;

/// Which findings a comparison reports, and how severe they are.
#[derive(Clone, Default, Debug)]
pub struct CompareOptions {
    /// Restricts the comparison to objects on these tables: `documents` (of `public`), `app.documents`,
    /// `app.*`. An empty list means every table.
    pub tables: Vec<String>,
    /// Silences findings by the path of a claim (which includes every claim below it) or by the name of a
    /// kind. An entry that names a claim takes precedence over an entry that names a kind, and a longer path
    /// over a shorter one.
    pub allow: Vec<String>,
    /// Reports these findings as warnings; the entries are those of `allow`.
    pub warn: Vec<String>,
    /// Reports these findings as errors; the entries are those of `allow`.
    pub deny: Vec<String>,
}

/// Compares the claims that live objects read with the claims that tokens have. Reads of one claim that have
/// the same problem are one finding with several places. Errors come first, then the order of the files.
pub fn compare(
    project: &Project,
    token: &TokenClaims<'_>,
    options: &CompareOptions,
) -> Vec<Finding> {
    let counts = |owner: usize| options.covers(&project.objects[owner]);
    let mut drafts = FindingGroups::default();
    for finding in &project.findings {
        // A function or view may serve any table, so a token that it loses sight of matters for every table.
        let free = |owner: usize| {
            finding.kind == FindingKind::Unfollowed && project.objects[owner].kind.table().is_none()
        };
        let in_it = finding
            .object
            .is_none_or(|owner| counts(owner) || free(owner));
        if in_it && !is_known_auth_claim(finding, token) {
            // The object is part of the sentence, so equal texts are one finding.
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
        if let Some((finding, key)) = check_read(project, token, read) {
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

/// The findings that do not depend on the claims and say where reads may be missing: places that the engine
/// cannot follow, and files that it did not read.
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
    /// Whether [`tables`](Self::tables) includes the object.
    pub fn covers(&self, object: &Object) -> bool {
        let covers = |table| {
            self.tables
                .iter()
                .any(|wanted| entry_names_table(wanted, table))
        };
        let own = object.kind.table().into_iter();
        self.tables.is_empty() || own.chain(&object.also_on).any(covers)
    }

    /// The severity that the lists give to the finding; `None` if it is silenced.
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

/// How exactly an entry names the finding: 0 by its kind, more by its claim, and the longer the path the
/// more. `None` if the entry names another finding.
fn weight(entry: &str, finding: &Finding) -> Option<usize> {
    if !finding.path.is_empty() && entry_names_claim(entry, &dotted(&finding.path)) {
        return Some(1 + entry.len());
    }
    (entry == finding.kind.name()).then_some(0)
}

/// Whether an entry of `allow`, `warn` or `deny` names the claim at this path, or an object that contains it.
pub fn entry_names_claim(entry: &str, path: &str) -> bool {
    let rest = path.strip_prefix(entry);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether an entry of [`CompareOptions::tables`] names the table. A table whose name is partly unknown,
/// since dynamic SQL creates it, matches every entry that it may turn out to be.
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

/// Whether a live object reads the claim, an object that contains it or a member of it, or may do so where
/// the engine cannot follow.
fn is_read(path: &[String], reads: &[&ClaimRead], findings: &[Finding]) -> bool {
    let related = |other: &[String]| path.starts_with(other) || other.starts_with(path);
    reads.iter().any(|read| related(&read.path))
        || findings.iter().any(|finding| {
            finding.kind == FindingKind::Unfollowed && path.starts_with(&finding.path)
        })
}

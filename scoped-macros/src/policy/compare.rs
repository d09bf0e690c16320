use super::claim::Test;
use super::finding::{Finding, FindingKind, Severity, dotted};
use super::fit::{Fit, Kind, Known, fit};
use super::lookup::{Place, find};
use super::name::QualifiedName;
use super::object::Object;
use super::read::{Project, Read};
use super::suggest::suggest;
use super::survey::{is_auth_only, is_user_metadata, severity};
use super::target::Target;

/// What of the project counts, and how much.
#[derive(Clone, Default, Debug)]
pub struct Options {
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

/// Compares the live reads with the claims. Errors first, then in the order of the files.
pub fn compare(project: &Project, target: &Target<'_>, options: &Options) -> Vec<Finding> {
    let counts = |owner: usize| options.covers(&project.objects[owner]);
    let mut findings: Vec<Finding> = project
        .findings
        .iter()
        .filter(|finding| finding.object.is_none_or(counts))
        .filter(|finding| !is_known_auth_claim(finding, target))
        .cloned()
        .collect();
    let reads: Vec<&Read> = project
        .reads
        .iter()
        .filter(|read| counts(read.owner))
        .collect();
    for read in &reads {
        findings.extend(judge(project, target, read));
    }
    // What stands on no table may serve any.
    let free = |read: &&Read| project.owner(read).kind.table().is_none();
    let reads: Vec<&Read> = (project.reads.iter())
        .filter(|read| counts(read.owner) || free(read))
        .collect();
    for known in target.known {
        if !known.path.is_empty() && !is_read(&known.path, &reads, &findings) {
            findings.push(unread(target, known));
        }
    }
    findings.retain_mut(|finding| {
        let severity = options.severity(finding);
        finding.severity = severity.unwrap_or(finding.severity);
        severity.is_some()
    });
    findings.sort_by_key(|finding| {
        let place = finding
            .place
            .as_ref()
            .map(|place| (place.file, place.offset));
        (std::cmp::Reverse(finding.severity), place.is_none(), place)
    });
    findings
}

impl Options {
    /// Whether the object is on one of the tables.
    pub fn covers(&self, object: &Object) -> bool {
        let covers = |table| self.tables.iter().any(|wanted| names_table(wanted, table));
        self.tables.is_empty() || object.kind.table().is_some_and(covers)
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
    if !finding.path.is_empty() && is_below(entry, &dotted(&finding.path)) {
        return Some(1 + entry.len());
    }
    (entry == finding.kind.name()).then_some(0)
}

/// Whether an entry names a claim, or one above it.
pub fn is_below(entry: &str, path: &str) -> bool {
    let rest = path.strip_prefix(entry);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether an entry of [`Options::tables`] names a table.
pub fn names_table(entry: &str, table: &QualifiedName) -> bool {
    match entry.rsplit_once('.') {
        Some((schema, "*")) => table.schema == schema,
        Some((schema, name)) => table.schema == schema && table.name == name,
        None => table.schema == "public" && table.name == entry,
    }
}

fn is_known_auth_claim(finding: &Finding, target: &Target<'_>) -> bool {
    let first = finding.path.first();
    finding.kind == FindingKind::AuthOnly
        && first.is_some_and(|first| {
            target.runtime.contains(&first.as_str())
                || target
                    .known
                    .iter()
                    .any(|known| known.path.first() == Some(first))
        })
}

fn judge(project: &Project, target: &Target<'_>, read: &Read) -> Option<Finding> {
    let path = read.dotted();
    let object = project.owner(read);
    let (name, of) = (target.name, &object.kind);
    let through = match &read.through {
        Some(function) => format!(" through `{function}`"),
        None => String::new(),
    };
    let object_here = Known {
        path: read.path.clone(),
        kind: Kind::Object,
        one_of: None,
    };
    let (kind, text) = match find(target, &read.path, read.parsed) {
        Place::Open => {
            return element(target, read).map(|text| {
                finding(
                    project,
                    read,
                    FindingKind::Mismatch,
                    &format!("{of} reads claim `{path}`{through} and {text} in `{name}`"),
                )
            });
        }
        // Said already.
        Place::Missing if is_auth_only(&read.path) || is_user_metadata(&read.path) => return None,
        Place::Missing => {
            let known: Vec<Vec<String>> = target
                .known
                .iter()
                .map(|known| known.path.clone())
                .chain(target.runtime.iter().map(|name| vec![(*name).to_owned()]))
                .collect();
            let hint = match suggest(&read.path, &known) {
                Some(other) => format!("; did you mean `{other}`?"),
                None => String::new(),
            };
            let text =
                format!("{of} reads claim `{path}`{through}, which `{name}` does not have{hint}");
            (FindingKind::Missing, text)
        }
        // A path takes lists and single values for each other.
        _ if read.how.test == Test::JsonPath => return None,
        Place::Below(known) => {
            let (above, is) = (dotted(&known.path), known.kind.shown());
            let text =
                format!("{of} reads claim `{path}`{through}, but `{above}` is {is} in `{name}`");
            (FindingKind::Mismatch, text)
        }
        place @ (Place::Known(_) | Place::Object) => {
            let known = if let Place::Known(known) = place {
                known
            } else {
                &object_here
            };
            // A string may be any JSON, once it is parsed.
            if read.parsed && known.kind == Kind::Text {
                return None;
            }
            let (kind, why) = match fit(known, &read.how) {
                Fit::Always => return None,
                Fit::Sometimes(why) => (FindingKind::Doubtful, why),
                Fit::Never(why) => (FindingKind::Mismatch, why),
            };
            let text = format!("{of} reads claim `{path}`{through} and {why} in `{name}`");
            (kind, text)
        }
    };
    Some(finding(project, read, kind, &text))
}

/// An element of an array whose values are known: compared with what none of them is?
fn element(target: &Target<'_>, read: &Read) -> Option<String> {
    let (last, array) = read.path.split_last()?;
    let known = target.known.iter().find(|known| known.path == array)?;
    if last != "[]" || known.kind != Kind::Array || known.one_of.is_none() {
        return None;
    }
    let of_text = Known {
        kind: Kind::Text,
        ..known.clone()
    };
    match fit(&of_text, &read.how) {
        Fit::Never(why) => Some(why),
        _ => None,
    }
}

fn finding(project: &Project, read: &Read, kind: FindingKind, text: &str) -> Finding {
    let severity = match kind {
        FindingKind::Doubtful => Severity::Warning,
        _ => severity(project.owner(read), read.dynamic),
    };
    let text = format!("{text} ({})", project.shown(&read.place));
    Finding {
        severity,
        kind,
        path: read.path.clone(),
        object: Some(read.owner),
        place: Some(read.place.clone()),
        text: super::name::shown(&text),
    }
}

/// Whether something reads the claim, one above or one below it, or may do so unseen.
fn is_read(path: &[String], reads: &[&Read], findings: &[Finding]) -> bool {
    let related = |other: &[String]| path.starts_with(other) || other.starts_with(path);
    reads.iter().any(|read| related(&read.path))
        || findings.iter().any(|finding| {
            finding.kind == FindingKind::Unfollowed && path.starts_with(&finding.path)
        })
}

fn unread(target: &Target<'_>, known: &Known) -> Finding {
    Finding {
        severity: Severity::Warning,
        kind: FindingKind::Unread,
        path: known.path.clone(),
        object: None,
        place: None,
        text: format!(
            "no policy reads claim `{}` of `{}`; remove it, or mark it `#[claim(unread)]`",
            dotted(&known.path),
            target.name
        ),
    }
}

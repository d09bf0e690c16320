use std::fs;
use std::path::{Path, PathBuf};

use scoped_rules::ClaimKind;
use scoped_rules::policies::{
    ClaimRead, CompareOptions, Extraction, Finding, FindingKind, KnownClaim, Object, ObjectKind,
    Predicate, Project, Severity, SourceLocation, TokenClaims, compare, dotted, shown,
};
use scoped_rules::sql_files::files;

pub(crate) const RUNTIME: [&str; 10] = [
    "sub",
    "role",
    "aud",
    "iss",
    "iat",
    "exp",
    "jti",
    "aal",
    "is_anonymous",
    "act",
];

/// One labelled history.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The files of the history.
    pub(crate) history: Vec<(PathBuf, String)>,
    pub(crate) project: Project,
    pub(crate) label: Vec<String>,
    pub(crate) facts: Vec<String>,
    /// Postgres refuses a part of it.
    pub(crate) refused: bool,
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

pub(crate) fn cases() -> Vec<Case> {
    let paths = files(&folder(), "").unwrap();
    paths.iter().map(|path| case(path)).collect()
}

/// A file is a history of one file, or of several that `-- file: name` lines begin.
pub(crate) fn history(name: &str, text: &str) -> Vec<(PathBuf, String)> {
    if !text.starts_with("-- file: ") {
        return vec![(PathBuf::from(name), text.to_owned())];
    }
    let parts = text.split("-- file: ").skip(1);
    parts
        .map(|part| {
            let (name, text) = part.split_once('\n').unwrap();
            (PathBuf::from(name.trim()), text.to_owned())
        })
        .collect()
}

fn case(path: &Path) -> Case {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).unwrap();
    let expected = fs::read_to_string(path.with_extension("expected")).unwrap();
    let history = history(&name, &text);
    let project = Project::read(&history);
    let several = history.len() > 1;
    let mut known = Vec::new();
    let mut options = CompareOptions::default();
    let mut label = Vec::new();
    let mut refused = false;
    for line in expected.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("known", rest) => known.push(known_claim(rest)),
            ("tables", rest) => options.tables.push(rest.to_owned()),
            ("allow", rest) => options.allow.push(rest.to_owned()),
            ("soften", rest) => options.warn.push(rest.to_owned()),
            ("deny", rest) => options.deny.push(rest.to_owned()),
            ("refused", _) => refused = true,
            _ => label.push(line.to_owned()),
        }
    }
    let mut facts: Vec<String> = project
        .reads
        .iter()
        .map(|read| read_line(&project, read, several))
        .collect();
    if label.iter().any(|line| line.starts_with("live ")) {
        facts.extend(policies(&project).map(|(_, policy)| format!("live {policy}")));
        label.retain(|line| line != "live none");
    }
    let target = TokenClaims {
        name: "Tenant",
        claims: &known,
        set_by_runtime: &RUNTIME,
    };
    let findings = if known.is_empty() {
        project.findings.clone()
    } else {
        compare(&project, &target, &options)
    };
    // Most histories are about other things than the claims that nothing reads.
    let unread = label.iter().any(|line| line.contains(" unread "));
    facts.extend(
        findings
            .iter()
            .filter(|finding| unread || finding.kind != FindingKind::Unread)
            .map(|finding| finding_line(&project, finding, several)),
    );
    Case {
        name,
        history,
        project,
        label,
        facts,
        refused,
    }
}

/// Each live policy, and its `schema.table policy`; `?` is what only the run knows.
pub(crate) fn policies(project: &Project) -> impl Iterator<Item = (&Object, String)> {
    project
        .objects
        .iter()
        .filter_map(|object| match &object.kind {
            ObjectKind::Policy { name, table } => Some((object, shown(&format!("{table} {name}")))),
            _ => None,
        })
}

fn known_claim(line: &str) -> KnownClaim {
    let mut words = line.split(' ');
    let path = words
        .next()
        .unwrap()
        .split('.')
        .map(str::to_owned)
        .collect();
    let kind = match words.next().unwrap() {
        "text" => ClaimKind::Text,
        "uuid" => ClaimKind::Uuid,
        "integer" => ClaimKind::Integer,
        "float" => ClaimKind::Float,
        "boolean" => ClaimKind::Boolean,
        "array" => ClaimKind::List,
        "object" => ClaimKind::Object,
        _ => ClaimKind::Any,
    };
    let one_of = words
        .next()
        .map(|list| list.split('|').map(str::to_owned).collect());
    KnownClaim { path, kind, one_of }
}

fn at(project: &Project, place: &SourceLocation, several: bool) -> String {
    if several {
        project.shown(place)
    } else {
        place.line.to_string()
    }
}

pub(crate) fn read_line(project: &Project, read: &ClaimRead, several: bool) -> String {
    let owner = match &project.owner(read).kind {
        ObjectKind::Policy { name, .. } => format!("policy {name}"),
        ObjectKind::Function { name, .. } => format!("function {name}"),
        ObjectKind::View { name } => format!("view {name}"),
        ObjectKind::Trigger { name, table } => format!("trigger {table}.{name}"),
        ObjectKind::Default { table, column } => format!("default {table}.{column}"),
    };
    let shape = match read.usage.extraction {
        Extraction::Json => "json",
        Extraction::Text => "text",
        Extraction::JsonText => "jsontext",
    };
    let cast = read
        .usage
        .cast
        .as_ref()
        .map_or(String::new(), |cast| format!("::{cast}"));
    let test = match &read.usage.predicate {
        Predicate::None => String::new(),
        Predicate::Null => " null".to_owned(),
        Predicate::Equal(literals) => format!(" = {}", literals.join("|")),
        Predicate::NotEqual(literals) => format!(" <> {}", literals.join("|")),
        Predicate::Has(literals) => format!(" ? {}", literals.join("|")),
        Predicate::Contains(other) => format!(" @> {}", other.as_deref().unwrap_or_default())
            .trim_end()
            .to_owned(),
        Predicate::ContainedBy(other) => format!(" <@ {}", other.as_deref().unwrap_or_default())
            .trim_end()
            .to_owned(),
        Predicate::Elements => " elements".to_owned(),
        Predicate::Members => " members".to_owned(),
        Predicate::JsonPath => " path".to_owned(),
    };
    let through = read
        .through
        .as_ref()
        .map_or(String::new(), |name| format!(" via {name}"));
    let at = at(project, &read.location, several);
    format!(
        "read {at} {owner}: {} {shape}{cast}{test}{through}",
        read.dotted()
    )
}

fn finding_line(project: &Project, finding: &Finding, several: bool) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warn",
    };
    let place = finding.location.as_ref();
    let at = place.map_or("-".to_owned(), |place| at(project, place, several));
    let kind = finding.kind.name();
    format!("{severity} {at} {kind} {}", dotted(&finding.path))
        .trim_end()
        .to_owned()
}

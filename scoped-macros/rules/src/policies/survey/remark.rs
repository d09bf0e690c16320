use super::super::finding::{Finding, FindingKind, Severity, dotted};
use super::super::flow::{Remark, RemarkKind, Shape, Step, Test};
use super::super::name::shown;
use super::super::object::{Object, Place, Reach};
use super::super::read::Read;
use super::Survey;

/// Claims that tokens of Auth carry and others do not.
const AUTH_ONLY: [&str; 4] = ["aal", "amr", "is_anonymous", "session_id"];

/// The database roles of a Supabase project.
const ROLES: [&str; 9] = [
    "anon",
    "authenticated",
    "service_role",
    "authenticator",
    "postgres",
    "dashboard_user",
    "public",
    "none",
    "",
];

impl Survey<'_> {
    /// What a read is worth saying about, whatever the claims are.
    pub(super) fn remark_read(&mut self, read: &Read) {
        let object = &self.project.objects[read.owner];
        let path = read.dotted();
        let Some(first) = read.path.first() else {
            return;
        };
        if is_user_metadata(&read.path) {
            let text = format!("reads `{path}`, which users edit themselves; use `app_metadata`");
            let severity = severity(object, read.dynamic);
            self.push(
                FindingKind::UserMetadata,
                severity,
                &read.path,
                &read.place,
                &text,
            );
        } else if is_auth_only(&read.path) {
            let text = format!(
                "reads claim `{path}`, which only tokens of Auth carry; allow it if that is meant"
            );
            self.push(
                FindingKind::AuthOnly,
                Severity::Warning,
                &read.path,
                &read.place,
                &text,
            );
        } else if first == "role" && read.path.len() == 1 {
            self.remark_role(read);
        }
        self.remark_assurance(read);
    }

    fn remark_role(&mut self, read: &Read) {
        let (Test::Equal(literals) | Test::NotEqual(literals)) = &read.how.test else {
            return;
        };
        for literal in literals {
            let role = match read.how.shape {
                Shape::Text => literal,
                Shape::Json | Shape::JsonText => literal.trim_matches('"'),
            };
            let known = ROLES.contains(&role)
                || role.starts_with("supabase_")
                || role.starts_with("pg_")
                || self.project.roles.iter().any(|known| known == role);
            if !known {
                let text = format!(
                    "compares claim `role` with `{role}`, which is no database role; use a claim \
                     below `app_metadata`"
                );
                let kind = FindingKind::RoleLiteral;
                self.push(kind, Severity::Warning, &read.path, &read.place, &text);
                return;
            }
        }
    }

    /// A restrictive policy for sessions with a second factor leaves no rows to tokens of the library.
    fn remark_assurance(&mut self, read: &Read) {
        let object = &self.project.objects[read.owner];
        let Test::Equal(levels) = &read.how.test else {
            return;
        };
        let wants = levels.iter().all(|level| level.trim_matches('"') == "aal2");
        if read.path != ["aal"] || !wants || !object.restrictive {
            return;
        }
        let text = "wants `aal` to be `aal2`, but tokens of this library are `aal1`, so that no rows are \
                    left; let tokens that Auth did not make pass: `(select auth.jwt() ->> 'session_id') is \
                    null or ..`";
        let kind = FindingKind::Assurance;
        self.push(kind, Severity::Warning, &read.path, &read.place, text);
    }

    pub(super) fn remark(&mut self, place: &Place, remark: &Remark) {
        let through = match &remark.through {
            Some(function) => format!(" through `{function}`"),
            None => String::new(),
        };
        let (kind, path, text) = match &remark.kind {
            RemarkKind::Unwrapped => {
                let policy = self
                    .project
                    .objects
                    .last()
                    .map(|object| object.kind.is_policy());
                if policy != Some(true) {
                    return;
                }
                let text =
                    "calls `auth.jwt()` for each row; write `(select auth.jwt())`".to_owned();
                (FindingKind::Unwrapped, Vec::new(), text)
            }
            RemarkKind::KeyCast { key, cast } => {
                let text = format!(
                    "casts the key `{key}` to `{cast}` instead of the claim; write \
                     `(.. ->> '{key}')::{cast}`"
                );
                (FindingKind::KeyCast, Vec::new(), text)
            }
            RemarkKind::Lost(path) => {
                let path = keys(path);
                let text = if path.is_empty() {
                    format!(
                        "hands the whole token on{through}, so that its reads cannot be followed"
                    )
                } else {
                    format!(
                        "hands {} on{through}, so that what is read of it cannot be followed",
                        below(&path)
                    )
                };
                (FindingKind::Unfollowed, path, text)
            }
            RemarkKind::UnknownKey(path) => {
                let path = keys(path);
                let text = format!(
                    "reads {}{through} by a key that only the run knows",
                    below(&path)
                );
                (FindingKind::Unfollowed, path, text)
            }
            RemarkKind::JsonPath(path) => {
                let path = keys(path);
                let text = format!(
                    "asks {}{through} with a JSON path, which is not followed",
                    below(&path)
                );
                (FindingKind::Unfollowed, path, text)
            }
        };
        self.push(kind, Severity::Warning, &path, place, &text);
    }

    fn push(
        &mut self,
        kind: FindingKind,
        severity: Severity,
        path: &[String],
        place: &Place,
        text: &str,
    ) {
        let owner = self.project.objects.len() - 1;
        // One word a line is enough.
        if self
            .said
            .insert(format!("{}:{} {text}", place.file, place.line))
        {
            self.push_of(owner, kind, severity, path, place, text);
        }
    }

    pub(super) fn push_of(
        &mut self,
        owner: usize,
        kind: FindingKind,
        severity: Severity,
        path: &[String],
        place: &Place,
        text: &str,
    ) {
        let severity = match self.project.objects[owner].reach {
            Reach::Ours => severity,
            Reach::Perhaps => Severity::Warning,
            Reach::Never => return,
        };
        self.project.findings.push(Finding {
            severity,
            kind,
            path: path.to_vec(),
            object: Some(owner),
            place: Some(place.clone()),
            others: Vec::new(),
            text: shown(text),
        });
    }
}

/// Whether only tokens of Auth carry the claim: lacking it may be meant.
pub(crate) fn is_auth_only(path: &[String]) -> bool {
    path.first()
        .is_some_and(|first| AUTH_ONLY.contains(&first.as_str()))
}

/// Whether users edit it themselves.
pub(crate) fn is_user_metadata(path: &[String]) -> bool {
    path.first().is_some_and(|first| first == "user_metadata")
}

/// Only what is certainly there, and guards rows, is an error.
pub(crate) fn severity(object: &Object, dynamic: bool) -> Severity {
    let certain = !dynamic && !object.dynamic && !object.uncertain && object.reach == Reach::Ours;
    if object.kind.is_policy() && certain {
        Severity::Error
    } else {
        Severity::Warning
    }
}

fn keys(path: &[Step]) -> Vec<String> {
    path.iter()
        .map(|step| match step {
            Step::Key(key) => key.clone(),
            _ => "[]".to_owned(),
        })
        .collect()
}

fn below(path: &[String]) -> String {
    if path.is_empty() {
        "the token".to_owned()
    } else {
        format!("`{}`", dotted(path))
    }
}

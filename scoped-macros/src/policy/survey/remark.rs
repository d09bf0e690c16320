use super::super::claim::{RemarkKind, Shape, Step, Test};
use super::super::finding::{Finding, FindingKind, Severity, dotted};
use super::super::name::shown;
use super::super::object::{Object, Place};
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

    pub(super) fn remark(&mut self, place: &Place, kind: &RemarkKind) {
        let (kind, path, text) = match kind {
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
            RemarkKind::Whole => {
                let text = "hands the whole token on, so that its reads cannot be followed";
                (FindingKind::Unfollowed, Vec::new(), text.to_owned())
            }
            RemarkKind::UnknownKey(path) => {
                let path = keys(path);
                let text = format!("reads {} by a key that only the run knows", below(&path));
                (FindingKind::Unfollowed, path, text)
            }
            RemarkKind::JsonPath(path) => {
                let path = keys(path);
                let text = format!(
                    "asks {} with a JSON path, which is not followed",
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
        let text = format!(
            "{} {text} ({})",
            self.project.objects[owner].kind,
            self.project.shown(place)
        );
        // One word a line is enough.
        let recent = self.project.findings.iter().rev().take(16);
        let mut recent = recent.take_while(|other| other.object == Some(owner));
        if recent.any(|other| other.text == text && other.kind == kind) {
            return;
        }
        self.project.findings.push(Finding {
            severity,
            kind,
            path: path.to_vec(),
            object: Some(owner),
            place: Some(place.clone()),
            text: shown(&text),
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
    if object.kind.is_policy() && !dynamic && !object.dynamic && !object.uncertain {
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

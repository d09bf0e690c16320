use super::super::dataflow::{Extraction, PathStep, Predicate, RawFinding, RawFindingKind};
use super::super::finding::{Finding, FindingKind, Severity, dotted};
use super::super::name::shown;
use super::super::object::{Object, RoleMatch, SourceLocation};
use super::super::project::ClaimRead;
use super::ReadCollector;
use crate::registered::USER_METADATA;

/// Claims that tokens of Supabase Auth carry and tokens of other issuers need not.
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

impl ReadCollector<'_> {
    /// Reports the mistakes of a read that do not depend on the claims struct.
    pub(super) fn remark_read(&mut self, read: &ClaimRead) {
        let object = &self.project.objects[read.owner];
        let path = read.dotted();
        let Some(first) = read.path.first() else {
            return;
        };
        if is_user_metadata(&read.path) {
            let text = format!("reads `{path}`, which users can edit; use `app_metadata`");
            let severity = severity(object, read.dynamic);
            self.push(
                FindingKind::UserMetadata,
                severity,
                &read.path,
                &read.location,
                &text,
            );
        } else if is_auth_only(&read.path) {
            let text = format!(
                "reads claim `{path}`, which only tokens of Supabase Auth have; allow it if that is intended"
            );
            self.push(
                FindingKind::AuthOnly,
                Severity::Warning,
                &read.path,
                &read.location,
                &text,
            );
        } else if first == "role" && read.path.len() == 1 {
            self.remark_role(read);
        }
        self.remark_assurance(read);
    }

    fn remark_role(&mut self, read: &ClaimRead) {
        let (Predicate::Equal(literals) | Predicate::NotEqual(literals)) = &read.usage.predicate
        else {
            return;
        };
        for literal in literals {
            let role = match read.usage.extraction {
                Extraction::Text => literal,
                Extraction::Json | Extraction::JsonText => literal.trim_matches('"'),
            };
            let known = ROLES.contains(&role)
                || role.starts_with("supabase_")
                || role.starts_with("pg_")
                || self.project.roles.iter().any(|known| known == role);
            if !known {
                let text = format!(
                    "compares claim `role` with `{role}`, which is not a database role; use a claim \
                     below `app_metadata`"
                );
                let kind = FindingKind::RoleLiteral;
                self.push(kind, Severity::Warning, &read.path, &read.location, &text);
                return;
            }
        }
    }

    /// Reports a restrictive policy that requires a second factor, because it leaves no rows to minted
    /// tokens.
    fn remark_assurance(&mut self, read: &ClaimRead) {
        let object = &self.project.objects[read.owner];
        let Predicate::Equal(levels) = &read.usage.predicate else {
            return;
        };
        let wants = levels.iter().all(|level| level.trim_matches('"') == "aal2");
        if read.path != ["aal"] || !wants || !object.restrictive {
            return;
        }
        let text = "requires `aal` to be `aal2`, but tokens of this library have `aal1`, so that no rows are \
                    left; accept tokens that Supabase Auth did not issue: `(select auth.jwt() ->> 'session_id') is \
                    null or ..`";
        let kind = FindingKind::Assurance;
        self.push(kind, Severity::Warning, &read.path, &read.location, text);
    }

    pub(super) fn remark(&mut self, location: &SourceLocation, remark: &RawFinding) {
        let through = match &remark.through {
            Some(function) => format!(" through `{function}`"),
            None => String::new(),
        };
        let (kind, path, text) = match &remark.kind {
            RawFindingKind::Unwrapped => {
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
            RawFindingKind::KeyCast { key, cast } => {
                let text = format!(
                    "casts the key `{key}` to `{cast}` instead of the claim; write \
                     `(.. ->> '{key}')::{cast}`"
                );
                (FindingKind::KeyCast, Vec::new(), text)
            }
            RawFindingKind::Lost(path) => {
                let path = keys(path);
                let text = if path.is_empty() {
                    format!(
                        "passes the whole token on{through}, so that reads of it cannot be followed"
                    )
                } else {
                    format!(
                        "passes {} on{through}, so that reads of it cannot be followed",
                        below(&path)
                    )
                };
                (FindingKind::Unfollowed, path, text)
            }
            RawFindingKind::UnknownKey(path) => {
                let path = keys(path);
                let text = format!(
                    "reads {}{through} by a key that is only known at run time",
                    below(&path)
                );
                (FindingKind::Unfollowed, path, text)
            }
            RawFindingKind::JsonPath(path) => {
                let path = keys(path);
                let text = format!(
                    "reads {}{through} with a JSON path that cannot be followed",
                    below(&path)
                );
                (FindingKind::Unfollowed, path, text)
            }
        };
        self.push(kind, Severity::Warning, &path, location, &text);
    }

    fn push(
        &mut self,
        kind: FindingKind,
        severity: Severity,
        path: &[String],
        location: &SourceLocation,
        text: &str,
    ) {
        let owner = self.project.objects.len() - 1;
        // Each finding is reported once a line.
        if self
            .said
            .insert(format!("{}:{} {text}", location.file, location.line))
        {
            let severity = match self.project.objects[owner].role_match {
                RoleMatch::Always => severity,
                RoleMatch::Possible => Severity::Warning,
                RoleMatch::Never => return,
            };
            self.project.findings.push(Finding {
                severity,
                kind,
                path: path.to_vec(),
                object: Some(owner),
                location: Some(location.clone()),
                other_locations: Vec::new(),
                text: shown(text),
            });
        }
    }

    /// Warns of an object as a whole. Its roles do not matter, unlike those of a policy that reads a claim.
    pub(super) fn warn(&mut self, owner: usize, kind: FindingKind, text: &str) {
        self.project.findings.push(Finding {
            severity: Severity::Warning,
            kind,
            path: Vec::new(),
            object: Some(owner),
            location: Some(self.project.objects[owner].location.clone()),
            other_locations: Vec::new(),
            text: shown(text),
        });
    }
}

/// Whether only tokens of Supabase Auth carry the claim, so that its absence in minted tokens may be
/// intended.
pub(crate) fn is_auth_only(path: &[String]) -> bool {
    path.first()
        .is_some_and(|first| AUTH_ONLY.contains(&first.as_str()))
}

/// Whether users can edit the claim.
pub(crate) fn is_user_metadata(path: &[String]) -> bool {
    path.first().is_some_and(|first| first == USER_METADATA)
}

/// The severity of a finding about an object: an error only for a policy that certainly exists and applies to
/// minted tokens.
pub(crate) fn severity(object: &Object, dynamic: bool) -> Severity {
    let certain =
        !dynamic && !object.dynamic && !object.uncertain && object.role_match == RoleMatch::Always;
    if object.kind.is_policy() && certain {
        Severity::Error
    } else {
        Severity::Warning
    }
}

fn keys(path: &[PathStep]) -> Vec<String> {
    path.iter()
        .map(|step| match step {
            PathStep::Key(key) => key.clone(),
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

use super::super::source::Source;
use super::super::token::TokenKind;
use super::{Replay, SourceRange};

impl Replay<'_> {
    /// Applies CREATE ROLE, USER and GROUP; `at` is the name, behind the kind.
    pub(super) fn create_role(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some(role) = source.name(at) else { return };
        let is_user = source.is(at - 1, "user");
        let catalog = &mut self.catalog;
        let mut at = at + 1;
        while at < part.range.1 {
            if source.is(at, "in") && source.is_any(at + 1, &["role", "group"]) {
                let of = names(source, at + 2, part.range.1);
                let grants = of.into_iter().map(|of| (of, role.clone()));
                catalog.grants.extend(grants);
                at += 1;
            } else if source.is_any(at, &["role", "user", "admin"]) {
                let members = names(source, at + 1, part.range.1);
                let grants = members.into_iter().map(|member| (role.clone(), member));
                catalog.grants.extend(grants);
            }
            at += 1;
        }
        if is_user || may_log_in(source, part) {
            catalog.used_roles.insert(role.clone());
        }
        catalog.roles.insert(role);
    }

    /// Applies ALTER ROLE and USER, as far as they let the role log in, and ALTER GROUP.
    pub(super) fn alter_role(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some(role) = source.name(at) else { return };
        if source.is(at - 1, "group") && source.is(at + 1, "add") {
            let members = names(source, at + 3, part.range.1);
            let grants = members.into_iter().map(|member| (role.clone(), member));
            self.catalog.grants.extend(grants);
        } else if may_log_in(source, part) {
            self.catalog.used_roles.insert(role);
        }
    }

    /// Records `GRANT role TO role`.
    pub(super) fn grant(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let (at, end) = part.range;
        if (at..end).any(|at| source.is(at, "on")) {
            return;
        }
        let Some(to) = (at..end).find(|at| source.is(*at, "to")) else {
            return;
        };
        let of = names(source, at + 1, to);
        let to = names(source, to + 1, end);
        for of in of {
            self.catalog
                .grants
                .extend(to.iter().map(|to| (of.clone(), to.clone())));
        }
    }

    /// Records the role of `ALTER .. OWNER TO role` and `REASSIGN OWNED BY .. TO role`: functions and views run as the
    /// role.
    pub(super) fn note_owner(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        let (start, end) = part.range;
        if end > start + 3
            && (source.is(end - 3, "owner") || source.is(start, "reassign"))
            && source.is(end - 2, "to")
            && let Some(role) = source.name(end - 1)
        {
            self.catalog.used_roles.insert(role);
        }
    }

    /// Records the role of `SET ROLE role`, also as an option of a function: what follows runs as the role, and belongs
    /// to it.
    pub(super) fn note_set_role(&mut self, part: SourceRange) {
        let source = &self.sources[part.source];
        for at in part.range.0..part.range.1 {
            if source.is_any(at, &["set", "local", "session"]) && source.is(at + 1, "role") {
                let value = at + 2;
                let value = value + usize::from(source.is(value, "to") || source.raw(value) == "=");
                let role = source.name(value).or_else(|| source.literal(value));
                self.catalog.used_roles.extend(role);
            }
        }
    }
}

/// Whether the options of a role allow connections.
fn may_log_in(source: &Source<'_>, part: SourceRange) -> bool {
    let (start, end) = part.range;
    // The name is not an option.
    (start + 3..end).any(|at| source.is(at, "login"))
}

/// The names from here on that commas separate.
fn names(source: &Source<'_>, at: usize, end: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = at;
    while let Some(name) = source.name(at).filter(|_| at < end) {
        found.push(name);
        if source.kind(at + 1) != Some(TokenKind::Comma) {
            break;
        }
        at += 2;
    }
    found
}

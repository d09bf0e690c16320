use super::super::name::{UNKNOWN, WrittenName};
use super::super::source::Source;
use super::super::token::TokenKind;
use super::name_bindings::Expression;
use super::{Replay, SourceRange};

/// A live policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// Its name; several after a rename that may not have run.
    pub(crate) names: Vec<String>,
    pub(crate) at: SourceRange,
    pub(crate) clauses: PolicyClauses,
    /// Other definitions that it may have, after changes that may not have run.
    pub(crate) instead: Vec<PolicyClauses>,
    pub(crate) restrictive: bool,
    /// Whether it may not exist.
    pub(crate) uncertain: bool,
}

/// The definition of a policy.
#[derive(Clone, Default, Debug)]
pub(crate) struct PolicyClauses {
    /// The roles; empty for all roles.
    pub(crate) roles: Vec<String>,
    pub(crate) using: Option<Expression>,
    pub(crate) check: Option<Expression>,
}

/// The most definitions of one policy that are kept.
const MAX_INSTEAD: usize = 16;

impl Policy {
    fn is(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Whether it may still exist after a DROP that removes the expressions for which `takes` returns a
    /// value. It keeps the definitions that do not depend on the dropped object.
    pub(super) fn survives(
        &mut self,
        unsure: bool,
        takes: &impl Fn(&Expression) -> Option<bool>,
    ) -> bool {
        let of_version = |clauses: &PolicyClauses| {
            let expressions = clauses.using.iter().chain(&clauses.check);
            expressions.filter_map(takes).max()
        };
        let versions: Vec<Option<bool>> = self.versions().map(of_version).collect();
        if versions.iter().all(Option::is_none) {
            return true;
        }
        if !unsure && versions.iter().all(|version| *version == Some(true)) {
            return false;
        }
        self.uncertain = true;
        if !unsure {
            self.instead
                .retain(|clauses| of_version(clauses) != Some(true));
            if versions[0] == Some(true) && !self.instead.is_empty() {
                self.clauses = self.instead.remove(0);
            }
        }
        true
    }

    /// Every definition that it may have.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &PolicyClauses> {
        std::iter::once(&self.clauses).chain(&self.instead)
    }
}

impl Replay<'_> {
    pub(super) fn create_policy(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, table, at)) = policy_head(source, at) else {
            return;
        };
        let mut restrictive = false;
        for at in at..part.range.1.min(at + 2) {
            restrictive |= source.is(at, "as") && source.is(at + 1, "restrictive");
        }
        let table = self.catalog.table(table);
        let mut policy = Policy {
            names: vec![name],
            at: part,
            clauses: PolicyClauses::default(),
            instead: Vec::new(),
            restrictive,
            uncertain: self.unsure,
        };
        self.clauses(part, at, table, &mut policy.clauses);
        self.add_policy(table, policy);
    }

    fn add_policy(&mut self, table: usize, mut policy: Policy) {
        let known = self.catalog.tables[table].policies.iter();
        let known = known.filter(|known| known.is(&policy.names[0]));
        // Two folders may define the same policy; the later definition is the newer one.
        let newer = known.map(|known| known.at).next();
        let newer = newer.is_some_and(|at| self.folder(at) != self.folder(policy.at));
        let policies = &mut self.catalog.tables[table].policies;
        // Two names with unknown parts are two policies.
        while policy.names[0].contains(UNKNOWN)
            && policies.iter().any(|known| known.is(&policy.names[0]))
            && policy.names[0].len() < 256
        {
            policy.names[0].push(UNKNOWN);
        }
        let known = policies.iter().position(|known| known.is(&policy.names[0]));
        match known {
            None => policies.push(policy),
            // PostgreSQL refuses a second policy with the same name.
            Some(known) if !policies[known].uncertain && !newer => {}
            // One of the two exists.
            Some(known) if policy.uncertain || self.caught => {
                let known = &mut policies[known];
                if known.instead.len() < MAX_INSTEAD {
                    known.instead.push(policy.clauses);
                }
            }
            // If this statement ran, an earlier conditional DROP had run.
            Some(known) => policies[known] = policy,
        }
    }

    pub(super) fn alter_policy(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, table, at)) = policy_head(source, at) else {
            return;
        };
        let rename = source
            .is(at, "rename")
            .then(|| source.name(at + 2))
            .flatten();
        let table = self.catalog.table(table);
        let unsure = self.unsure;
        let known = self.catalog.tables[table]
            .policies
            .iter()
            .position(|policy| policy.is(&name));
        if let Some(new) = rename {
            let policies = &mut self.catalog.tables[table].policies;
            // PostgreSQL refuses a name that is taken.
            let taken = policies
                .iter()
                .any(|policy| policy.is(&new) && !policy.uncertain);
            if let (Some(known), false) = (known, taken) {
                let names = &mut policies[known].names;
                if unsure || names.len() > 1 {
                    names.push(new);
                } else {
                    *names = vec![new];
                }
            }
            return;
        }
        let mut clauses = PolicyClauses::default();
        if let Some(known) = known {
            clauses.clone_from(&self.catalog.tables[table].policies[known].clauses);
        }
        self.clauses(part, at, table, &mut clauses);
        let policies = &mut self.catalog.tables[table].policies;
        match known {
            Some(known) => {
                let policy = &mut policies[known];
                let before = std::mem::replace(&mut policy.clauses, clauses);
                if unsure && policy.instead.len() < MAX_INSTEAD {
                    policy.instead.push(before);
                } else if !unsure && !policy.uncertain {
                    policy.instead.clear();
                }
            }
            // A policy that the files do not create was created outside of them, and its new definition
            // applies.
            None => policies.push(Policy {
                names: vec![name],
                at: part,
                clauses,
                instead: Vec::new(),
                restrictive: false,
                uncertain: unsure,
            }),
        }
    }

    pub(super) fn drop_policy(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, table, _)) = policy_head(source, at) else {
            return;
        };
        let table = self.catalog.table_name(table);
        if !table.is_unknown() && !name.contains(UNKNOWN) {
            let Some(id) = self.catalog.table_names.get(&table).copied() else {
                return;
            };
            let unsure = self.unsure || self.catalog.tables[id].names.len() > 1;
            self.catalog.tables[id].policies.retain_mut(|policy| {
                if !policy.is(&name) {
                    return true;
                }
                if unsure || policy.names.len() > 1 {
                    policy.uncertain = true;
                    return true;
                }
                false
            });
            return;
        }
        // `DROP POLICY %I ON ..`, usually in a loop over `pg_policies`, may drop any policy.
        for entry in &mut self.catalog.tables {
            let same = entry.names.iter().any(|found| {
                may_be(&table.schema, &found.schema) && may_be(&table.name, &found.name)
            });
            for policy in &mut entry.policies {
                let named = policy.names.iter().any(|policy| may_be(&name, policy));
                policy.uncertain |= same && named;
            }
        }
    }

    /// Parses the clauses after `ON table` in CREATE and ALTER POLICY.
    fn clauses(&self, part: SourceRange, at: usize, table: usize, clauses: &mut PolicyClauses) {
        let source = &self.sources[part.source];
        let end = part.range.1;
        let mut at = at;
        let expression = |at: usize| {
            let close = source.closing((at, end));
            let range = ((at + 1).min(close), close);
            (source.kind(at) == Some(TokenKind::Open)).then(|| {
                let part = SourceRange {
                    source: part.source,
                    range,
                };
                self.expression(part, Some(table))
            })
        };
        while at < end {
            if source.is(at, "using") {
                clauses.using = expression(at + 1).or(clauses.using.take());
                at = source.closing((at + 1, end)) + 1;
            } else if source.is(at, "with") && source.is(at + 1, "check") {
                clauses.check = expression(at + 2).or(clauses.check.take());
                at = source.closing((at + 2, end)) + 1;
            } else if source.is(at, "to") {
                at += 1;
                clauses.roles.clear();
                while let Some(role) = source.name(at).filter(|_| at < end) {
                    clauses.roles.push(role);
                    at += 1;
                    if source.kind(at) != Some(TokenKind::Comma) {
                        break;
                    }
                    at += 1;
                }
            } else {
                at += 1;
            }
        }
    }
}

/// Whether a name with unknown parts may be this one.
pub(crate) fn may_be(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once(UNKNOWN) else {
        return pattern == name;
    };
    let tail = rest.rsplit(UNKNOWN).next().unwrap_or(rest);
    name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        || name.contains(UNKNOWN)
}

/// Parses `name ON table`.
pub(super) fn policy_head(source: &Source<'_>, at: usize) -> Option<(String, WrittenName, usize)> {
    let name = source.name(at)?;
    if !source.is(at + 1, "on") {
        return None;
    }
    let only = usize::from(source.is(at + 2, "only"));
    let (table, at) = source.qualified(at + 2 + only)?;
    Some((name, table, at))
}

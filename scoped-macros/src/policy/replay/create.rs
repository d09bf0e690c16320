use super::super::name::UNKNOWN;
use super::super::source::Source;
use super::super::split::Range;
use super::super::token::Kind;
use super::function::type_at;
use super::{Part, Policy, Replay};

impl Replay<'_> {
    pub(super) fn create(&mut self, part: Part) {
        let source = &self.sources[part.source];
        let mut at = part.range.0 + 1;
        let replace = source.is(at, "or") && source.is(at + 1, "replace");
        if replace {
            at += 2;
        }
        let mut temporary = false;
        while source.is_any(
            at,
            &[
                "temp",
                "temporary",
                "global",
                "local",
                "unlogged",
                "materialized",
                "recursive",
                "constraint",
                "foreign",
            ],
        ) {
            temporary |= source.is_any(at, &["temp", "temporary"]);
            at += 1;
        }
        let next = at + 1;
        if source.is(at, "policy") {
            self.create_policy(part, next);
        } else if source.is_any(at, &["function", "procedure"]) {
            self.create_function(part, next, replace);
        } else if source.is(at, "view") && !temporary {
            self.create_view(part, next, replace);
        } else if source.is(at, "table") && !temporary {
            self.create_table(part, next);
        } else if source.is_any(at, &["trigger", "rule"]) {
            self.create_trigger(part, next, replace);
        } else if source.is(at, "domain") {
            self.create_domain(part, next);
        } else if source.is_any(at, &["role", "user", "group"])
            && let Some(role) = source.name(next)
        {
            self.state.roles.insert(role);
        }
    }

    fn create_policy(&mut self, part: Part, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, table, at)) = policy_head(source, at) else {
            return;
        };
        let mut policy = Policy {
            at: part,
            using: None,
            check: None,
            uncertain: self.unsure,
        };
        policy_clauses(source, part, at, &mut policy);
        let policies = &mut self.state.table(table).policies;
        let mut name = name;
        // Two names that only the run knows are two policies.
        while name.contains(UNKNOWN) && policies.contains_key(&name) && name.len() < 256 {
            name.push(UNKNOWN);
        }
        // A second of the same name is refused. One that was perhaps dropped was, if this ran.
        match policies.get(&name) {
            Some(old) if !old.uncertain || self.unsure => {}
            _ => {
                policies.insert(name, policy);
            }
        }
    }

    fn create_domain(&mut self, part: Part, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, at)) = source.qualified(at) else {
            return;
        };
        let (base, _) = type_at(source, at + usize::from(source.is(at, "as")), part.range.1);
        let name = self.state.new_name(name);
        self.state.domains.entry(name).or_insert(base);
    }

    fn create_view(&mut self, part: Part, at: usize, replace: bool) {
        let source = &self.sources[part.source];
        let exists = skip_if_exists(source, at);
        let Some((name, mut at)) = source.qualified(exists) else {
            return;
        };
        while at < part.range.1 && !source.is(at, "as") {
            at += 1;
        }
        let name = self.state.new_name(name);
        let table = self.state.tables.entry(name).or_default();
        if replace || table.view.is_none() {
            table.view = Some(Part {
                source: part.source,
                range: ((at + 1).min(part.range.1), part.range.1),
            });
        }
    }

    fn create_trigger(&mut self, part: Part, at: usize, replace: bool) {
        let source = &self.sources[part.source];
        let Some(name) = source.name(at) else { return };
        let mut at = at + 1;
        let rule = source.is(at, "as");
        let keyword = if rule { "to" } else { "on" };
        while at < part.range.1 && !source.is(at, keyword) {
            at += 1;
        }
        let Some((table, at)) = source.qualified(at + 1) else {
            return;
        };
        let triggers = &mut self.state.table(table).triggers;
        if replace || !triggers.contains_key(&name) {
            let range = (at, part.range.1);
            triggers.insert(
                name,
                Part {
                    source: part.source,
                    range,
                },
            );
        }
    }
}

/// `name ON table`.
pub(super) fn policy_head(
    source: &Source<'_>,
    at: usize,
) -> Option<(String, super::super::name::WrittenName, usize)> {
    let name = source.name(at)?;
    if !source.is(at + 1, "on") {
        return None;
    }
    let only = usize::from(source.is(at + 2, "only"));
    let (table, at) = source.qualified(at + 2 + only)?;
    Some((name, table, at))
}

/// What follows `ON table` in CREATE and ALTER POLICY.
pub(super) fn policy_clauses(source: &Source<'_>, part: Part, at: usize, policy: &mut Policy) {
    let end = part.range.1;
    let mut at = at;
    let expression = |at: usize| {
        let close = source.closing((at, end));
        let range = ((at + 1).min(close), close);
        (source.kind(at) == Some(Kind::Open)).then_some(Part {
            source: part.source,
            range,
        })
    };
    while at < end {
        if source.is(at, "using") {
            policy.using = expression(at + 1).or(policy.using);
            at = source.closing((at + 1, end)) + 1;
        } else if source.is(at, "with") && source.is(at + 1, "check") {
            policy.check = expression(at + 2).or(policy.check);
            at = source.closing((at + 2, end)) + 1;
        } else {
            at += 1;
        }
    }
}

/// Behind `IF EXISTS` or `IF NOT EXISTS`.
pub(super) fn skip_if_exists(source: &Source<'_>, at: usize) -> usize {
    match (
        source.is(at, "if"),
        source.is(at + 1, "not"),
        source.is(at + 1, "exists"),
    ) {
        (true, true, _) => at + 3,
        (true, _, true) => at + 2,
        _ => at,
    }
}

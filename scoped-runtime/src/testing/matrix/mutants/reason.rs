//! Why a mutant changes nothing that a request could notice.

use super::super::catalog::{Catalog, Policy, Relation};
use super::Change;

/// The roles that Row Level Security does not restrict.
const BYPASS: [&str; 2] = ["service_role", "postgres"];

/// What is certain without a look at rows; `None` if a test could tell the mutant from the original.
pub(super) fn equivalent(
    catalog: &Catalog,
    bodies: &[String],
    relation: &Relation,
    policy: Option<&Policy>,
    change: &Change,
) -> Option<String> {
    let policy = policy?;
    if !relation.rls && *change != Change::RlsOff {
        return Some("row level security is off on the table, so that no policy is asked".to_owned());
    }
    if policy.roles.iter().all(|role| BYPASS.contains(&role.as_str())) && *change != Change::Widened {
        return Some("its roles bypass row level security, so that it is never asked".to_owned());
    }
    match change {
        Change::Widened => widened(catalog, bodies, relation, policy),
        Change::Dropped | Change::Condition(_) => shadowed(relation, policy),
        Change::RlsOff => None,
    }
}

/// `public` adds `anon` to `authenticated`.
fn widened(catalog: &Catalog, bodies: &[String], relation: &Relation, policy: &Policy) -> Option<String> {
    if !policy.roles.iter().any(|role| role == "authenticated") {
        return None;
    }
    let anon = catalog.privileges("anon", relation);
    let is_granted = anon.is_none_or(|anon| {
        anon.usage && (!anon.select.is_empty() || !anon.insert.is_empty() || !anon.update.is_empty() || anon.delete)
    });
    if !is_granted {
        return Some("`anon`, whom `public` adds, has no privilege on the table".to_owned());
    }
    let conditions = [&policy.using, &policy.check];
    let mut conditions = conditions.into_iter().flatten().peekable();
    conditions.peek()?;
    let is_strict = conditions.all(|condition| is_strict(condition, bodies));
    is_strict.then(|| "`anon`, whom `public` adds, has no `sub` and no claims, and without them the condition is never true".to_owned())
}

/// Another policy lets every row through already.
fn shadowed(relation: &Relation, policy: &Policy) -> Option<String> {
    let is_open = |condition: &Option<String>| condition.as_deref() == Some("true");
    let other = relation.policies.iter().find(|other| {
        let commands = [policy.command.as_str(), "*"];
        let has_roles = |role: &String| other.roles.contains(role) || other.roles.iter().any(|name| name == "public");
        other.name != policy.name
            && other.permissive
            && policy.permissive
            && commands.contains(&other.command.as_str())
            && policy.roles.iter().all(has_roles)
            && (is_open(&other.using) || other.command == "a")
            && (is_open(&other.check) || other.check.is_none() && other.command != "a")
    })?;
    Some(format!("policy `{}` lets every row through already", other.name))
}

/// Whether a condition needs a claim to be true: one of its parts that `and` joins compares a claim by `=` or `in`,
/// and has nothing that turns an absent claim into a true condition.
pub(super) fn is_strict(condition: &str, bodies: &[String]) -> bool {
    conjuncts(condition).into_iter().any(|part| is_strict_part(part, bodies))
}

fn is_strict_part(part: &str, bodies: &[String]) -> bool {
    let lower = part.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let is_open = ["or", "not", "is", "case", "coalesce", "count", "null", "true", "union", "all", "left", "full", "right", "nullif"];
    if words.iter().any(|word| is_open.contains(word)) || lower.contains(['<', '!', '~', '?', '@']) || lower.replace("->>", "").replace("->", "").contains('>') {
        return false;
    }
    // Its own functions are as strict as their bodies; those of PostgreSQL are unknown.
    let mut calls = lower.split('(').filter_map(|before| {
        let before = before.trim_end();
        let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').map_or(0, |at| at + 1);
        let word = &before[start..];
        let is_syntax = ["", "select", "exists", "in", "any", "and", "where", "on", "from", "array", "with", "as", "using"].contains(&word);
        (!is_syntax).then_some(word)
    });
    let own: Vec<&String> = bodies.iter().filter(|body| body.split_once('(').is_some_and(|(name, _)| lower.contains(&format!("{name}(")))).collect();
    if !own.is_empty() && own.iter().all(|body| body.split_once('\n').is_some_and(|(_, body)| is_strict(body, &[]))) {
        return true;
    }
    let reads = lower.contains("auth.uid()") || lower.contains("auth.jwt()") && !lower.contains("'role'");
    reads && lower.contains('=') | lower.contains(" in ") && calls.all(|word| ["auth.uid", "auth.jwt"].contains(&word))
}

/// The parts of a condition that `and` joins, without the parentheses around them.
fn conjuncts(condition: &str) -> Vec<&str> {
    let condition = stripped(condition);
    let lower = condition.to_ascii_lowercase();
    let mut parts = Vec::new();
    let (mut depth, mut start, mut is_text) = (0_usize, 0, false);
    for (at, character) in lower.char_indices() {
        match character {
            '\'' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth = depth.saturating_sub(1),
            ' ' if !is_text && depth == 0 && lower[at..].starts_with(" or ") => return vec![condition],
            ' ' if !is_text && depth == 0 && lower[at..].starts_with(" and ") => {
                parts.push(&condition[start..at]);
                start = at + 5;
            }
            _ => {}
        }
    }
    parts.push(&condition[start..]);
    if parts.len() == 1 { parts } else { parts.into_iter().flat_map(conjuncts).collect() }
}

fn stripped(mut condition: &str) -> &str {
    loop {
        condition = condition.trim();
        let Some(inner) = condition.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) else { return condition };
        let mut depth = 0_i32;
        let mut lowest = 0;
        for character in inner.chars() {
            depth += match character {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            lowest = lowest.min(depth);
        }
        if lowest < 0 {
            return condition;
        }
        condition = inner;
    }
}

#[cfg(test)]
mod tests {
    use super::is_strict;

    #[test]
    fn a_comparison_with_a_claim_needs_the_claim() {
        for condition in [
            "(owner = ( SELECT auth.uid() AS uid))",
            "((state = 'open'::text) AND (tenant = (auth.jwt() ->> 'tenant_id'::text)))",
            "(EXISTS ( SELECT 1 FROM members m WHERE ((m.team = notes.team) AND (m.user_id = auth.uid()))))",
            "(team IN ( SELECT members.team FROM members WHERE (members.user_id = auth.uid())))",
        ] {
            assert!(is_strict(condition, &[]), "{condition}");
        }
    }

    #[test]
    fn what_an_absent_claim_may_satisfy_is_not_strict() {
        for condition in [
            "true",
            "((owner = auth.uid()) OR (public = 'yes'::text))",
            "(COALESCE(owner, auth.uid()) = owner)",
            "(( SELECT count(*) FROM notes WHERE (notes.owner = auth.uid())) = 0)",
            "(NOT (owner = auth.uid()))",
            "(auth.uid() IS NULL)",
            "(owner <> auth.uid())",
            "(may_read(owner, auth.uid()) = 'yes'::text)",
            "((auth.jwt() ->> 'role'::text) = 'anon'::text)",
        ] {
            assert!(!is_strict(condition, &[]), "{condition}");
        }
    }
}

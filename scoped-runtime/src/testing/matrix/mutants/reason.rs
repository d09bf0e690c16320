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
        return Some(
            "row level security is off on the table, so that no policy is asked".to_owned(),
        );
    }
    if policy
        .roles
        .iter()
        .all(|role| BYPASS.contains(&role.as_str()))
        && *change != Change::Widened
    {
        return Some("its roles bypass row level security, so that it is never asked".to_owned());
    }
    match change {
        Change::Widened => widened(catalog, bodies, relation, policy),
        Change::Dropped | Change::Condition(_) => shadowed(relation, policy),
        Change::RlsOff => None,
    }
}

/// `public` adds `anon` to `authenticated`.
fn widened(
    catalog: &Catalog,
    bodies: &[String],
    relation: &Relation,
    policy: &Policy,
) -> Option<String> {
    // A restrictive policy takes rows from the roles that it is widened to.
    let is_for_users = policy.roles.iter().any(|role| role == "authenticated");
    if !policy.permissive || !is_for_users {
        return None;
    }
    let anon = catalog.privileges("anon", relation);
    let is_granted = anon.is_none_or(|anon| {
        anon.usage
            && (!anon.select.is_empty()
                || !anon.insert.is_empty()
                || !anon.update.is_empty()
                || anon.delete)
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
        let has_roles = |role: &String| {
            other.roles.contains(role) || other.roles.iter().any(|name| name == "public")
        };
        other.name != policy.name
            && other.permissive
            && policy.permissive
            && commands.contains(&other.command.as_str())
            && policy.roles.iter().all(has_roles)
            && (is_open(&other.using) || other.command == "a")
            && (is_open(&other.check) || other.check.is_none() && other.command != "a")
    })?;
    Some(format!(
        "policy `{}` lets every row through already",
        other.name
    ))
}

/// Whether a condition needs a claim to be true: one of its parts that `and` joins compares a claim by `=` or `in`,
/// and has nothing that turns an absent claim into a true condition.
pub(super) fn is_strict(condition: &str, bodies: &[String]) -> bool {
    conjuncts(condition)
        .into_iter()
        .any(|part| is_strict_part(part, bodies))
}

/// Words that may turn an absent claim into a true condition.
const OPEN: [&str; 19] = [
    "or",
    "not",
    "is",
    "case",
    "coalesce",
    "count",
    "null",
    "true",
    "false",
    "union",
    "all",
    "left",
    "full",
    "right",
    "nullif",
    "if",
    "else",
    "when",
    "exception",
];
/// What stands before a parenthesis and calls nothing.
const SYNTAX: [&str; 13] = [
    "", "select", "exists", "in", "any", "and", "where", "on", "from", "array", "with", "as",
    "using",
];

/// `bodies` has, for each function of the project that policies call, its name and arguments, and below its text.
fn is_strict_part(part: &str, bodies: &[String]) -> bool {
    let lower = part.to_ascii_lowercase();
    if is_open(&lower) {
        return false;
    }
    let mut reads = reads_claims(&lower);
    let mut is_condition = lower.contains('=') || lower.contains(" in ");
    let is_set = |text: &str| text.contains("exists") || text.contains(" in ");
    // Two conditions that are both false are equal.
    if lower.contains(") = (") && is_set(&lower) {
        return false;
    }
    for name in calls(&lower) {
        if ["auth.uid", "auth.jwt"].contains(&name) {
            continue;
        }
        let is_it = |body: &&String| {
            body.split('(')
                .next()
                .is_some_and(|known| known == name.trim_start_matches("public."))
        };
        let Some((_, body)) = bodies
            .iter()
            .find(is_it)
            .and_then(|body| body.split_once('\n'))
        else {
            return false;
        };
        let is_known = calls(body).all(|name| ["auth.uid", "auth.jwt"].contains(&name));
        if is_open(body) || !is_known || !reads_claims(body) || is_set(body) && is_condition {
            return false;
        }
        reads = true;
        is_condition |= body.contains('=') || is_set(body);
    }
    reads && is_condition
}

fn is_open(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let other = text.replace("->>", "").replace("->", "");
    words.into_iter().any(|word| OPEN.contains(&word))
        || other.contains(['<', '>', '!', '~', '?', '@'])
}

/// The role is a claim that every request has.
fn reads_claims(text: &str) -> bool {
    text.contains("auth.uid()") || text.contains("auth.jwt()") && !text.contains("'role'")
}

/// The names of the functions that a text calls.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    let before: Vec<usize> = text.match_indices('(').map(|(at, _)| at).collect();
    before.into_iter().filter_map(|at| {
        let before = text[..at].trim_end();
        let start = before
            .rfind(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
            .map_or(0, |at| at + 1);
        let word = &before[start..];
        (!SYNTAX.contains(&word)).then_some(word)
    })
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
            ' ' if !is_text && depth == 0 && lower[at..].starts_with(" or ") => {
                return vec![condition];
            }
            ' ' if !is_text && depth == 0 && lower[at..].starts_with(" and ") => {
                parts.push(&condition[start..at]);
                start = at + 5;
            }
            _ => {}
        }
    }
    parts.push(&condition[start..]);
    if parts.len() == 1 {
        parts
    } else {
        parts.into_iter().flat_map(conjuncts).collect()
    }
}

fn stripped(mut condition: &str) -> &str {
    loop {
        condition = condition.trim();
        let Some(inner) = condition
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
        else {
            return condition;
        };
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
    fn the_functions_of_the_project_are_as_strict_as_their_bodies() {
        let body = |name: &str, text: &str| format!("{name}\n{text}");
        let bodies = [
            body("claimed_team()", "select (auth.jwt() ->> 'team_id')::uuid"),
            body(
                "is_owner()",
                "select (auth.jwt() ->> 'team_role') = 'owner'",
            ),
            body(
                "is_member(uuid)",
                "select exists (select from members where user_id = auth.uid() and team_id = $1)",
            ),
            body("plan()", "select coalesce(auth.jwt() ->> 'plan', 'free')"),
        ];
        for condition in [
            "(team_id = claimed_team())",
            "((a = 1) AND is_owner())",
            "is_member(team_id)",
        ] {
            assert!(is_strict(condition, &bodies), "{condition}");
        }
        for condition in [
            "(is_member(a) = is_member(b))",
            "(plan() = 'free'::text)",
            "claimed_team()",
        ] {
            assert!(!is_strict(condition, &bodies), "{condition}");
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
            "((a IN ( SELECT auth.uid() AS uid)) = (b IN ( SELECT auth.uid() AS uid)))",
            "((owner = auth.uid()) = false)",
            "((auth.jwt() ->> 'role'::text) = 'anon'::text)",
        ] {
            assert!(!is_strict(condition, &[]), "{condition}");
        }
    }
}

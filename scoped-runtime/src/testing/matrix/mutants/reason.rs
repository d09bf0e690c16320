//! Why a mutant changes nothing that a request could notice.

use super::super::catalog::{Catalog, Policy, Relation};
use super::Change;
use super::strict::is_strict;

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

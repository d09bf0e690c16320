use super::super::name::QualifiedName;
use super::super::object::{ObjectKind, RoleMatch};
use super::super::replay::{Policy, Replay, SourceRange};
use crate::role::bypasses_rls;

/// A live object with the code that may read claims.
pub(super) struct LiveObject<'r> {
    pub(super) kind: ObjectKind,
    /// The statement that creates it.
    pub(super) at: SourceRange,
    pub(super) code: ObjectCode<'r>,
    pub(super) uncertain: bool,
    pub(super) role_match: RoleMatch,
    /// Other names that its table may have.
    pub(super) also_on: Vec<QualifiedName>,
}

/// The code of an object.
pub(super) enum ObjectCode<'r> {
    Policy(&'r Policy),
    Expression(&'r super::super::replay::Expression),
    View(usize),
    Function(usize),
}

/// All live objects, in the order of their statements.
pub(super) fn collect<'r>(replay: &'r Replay<'_>) -> Vec<LiveObject<'r>> {
    let mut live = Vec::new();
    let plain = |kind, at: SourceRange, code| LiveObject {
        kind,
        at,
        code,
        uncertain: false,
        role_match: RoleMatch::Always,
        also_on: Vec::new(),
    };
    for (id, table) in replay.catalog.tables.iter().enumerate() {
        if table.gone {
            continue;
        }
        let name = &table.names[0];
        for policy in &table.policies {
            let kind = ObjectKind::Policy {
                name: policy.names[0].clone(),
                table: name.clone(),
            };
            let renamed = policy.names.len() > 1 || table.names.len() > 1;
            live.push(LiveObject {
                uncertain: policy.uncertain || !policy.instead.is_empty() || renamed,
                role_match: role_match(replay, policy),
                also_on: table.names[1..].to_vec(),
                ..plain(kind, policy.at, ObjectCode::Policy(policy))
            });
        }
        for (trigger, expression) in &table.triggers {
            let kind = ObjectKind::Trigger {
                name: trigger.clone(),
                table: name.clone(),
            };
            live.push(plain(
                kind,
                expression.part,
                ObjectCode::Expression(expression),
            ));
        }
        for (column, expression) in &table.defaults {
            let kind = ObjectKind::Default {
                table: name.clone(),
                column: column.clone(),
            };
            live.push(plain(
                kind,
                expression.part,
                ObjectCode::Expression(expression),
            ));
        }
        if let Some(view) = &table.view {
            let kind = ObjectKind::View { name: name.clone() };
            live.push(plain(kind, view.part, ObjectCode::View(id)));
        }
    }
    for (id, function) in replay.catalog.functions.iter().enumerate() {
        if !function.gone {
            let name = function.name.clone();
            live.push(LiveObject {
                uncertain: function.uncertain,
                ..plain(
                    ObjectKind::Function { name },
                    function.at,
                    ObjectCode::Function(id),
                )
            });
        }
    }
    live.sort_by_cached_key(|live| {
        let source = &replay.sources[live.at.source];
        let first = source.tokens.get(live.at.range.0);
        let offset = source.file_offset(first.map_or(0, |token| token.start));
        (source.file, offset, live.at.source, live.at.range)
    });
    live
}

/// Whether the roles of a policy include the roles of minted tokens.
fn role_match(replay: &Replay<'_>, policy: &Policy) -> RoleMatch {
    let of_role = |role: &String| {
        if is_ours(replay, role, 0) {
            RoleMatch::Always
        } else if is_privileged(role) {
            RoleMatch::Never
        } else {
            RoleMatch::Possible
        }
    };
    let of_version = |roles: &Vec<String>| match roles.iter().map(of_role).max() {
        Some(role_match) => role_match,
        None => RoleMatch::Always,
    };
    let versions = policy.versions().map(|clauses| of_version(&clauses.roles));
    versions.max().unwrap_or(RoleMatch::Always)
}

fn is_ours(replay: &Replay<'_>, role: &str, depth: usize) -> bool {
    if matches!(role, "public" | "authenticated") {
        return true;
    }
    // A policy for a role is also a policy for its members.
    let mut members = replay.catalog.grants.iter().filter(|(of, _)| of == role);
    depth < 8 && members.any(|(_, member)| member != role && is_ours(replay, member, depth + 1))
}

/// Whether the runtime refuses the role in tokens.
pub(super) fn is_privileged(role: &str) -> bool {
    bypasses_rls(role) || role.starts_with("pg_")
}

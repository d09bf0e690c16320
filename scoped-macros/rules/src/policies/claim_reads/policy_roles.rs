//! Policies that have no effect because of their roles.

use super::super::finding::FindingKind;
use super::super::name::UNKNOWN;
use super::super::replay::{Function, Replay, may_be};
use super::ReadCollector;
use super::live_objects::{LiveObject, ObjectCode, is_privileged};

/// The roles of the platform that have BYPASSRLS or are superusers. The other roles of the services do not have it:
/// Supabase Auth reads tables of the project as `supabase_auth_admin`, and needs policies.
const BYPASS: [&str; 4] = [
    "service_role",
    "postgres",
    "supabase_admin",
    "supabase_read_only_user",
];

/// The role from which every request changes to the role of its token.
const AUTHENTICATOR: &str = "authenticator";

/// The longest chain of memberships that is followed.
const MAX_DEPTH: usize = 8;

/// What a policy for a role does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It applies to requests or to other connections, or may do so.
    Applies,
    /// PostgreSQL does not ask it, since the role bypasses row level security.
    Bypassed,
    /// No request and no connection that the files know has the role.
    Unreachable,
}

impl ReadCollector<'_> {
    /// Reports a policy if none of its roles is one that a token can have.
    pub(super) fn policy_roles(&mut self, replay: &Replay<'_>, live: &LiveObject<'_>) {
        let ObjectCode::Policy(policy) = live.code else {
            return;
        };
        let mut roles: Vec<&String> = Vec::new();
        for clauses in policy.versions() {
            // Without `TO` a policy is for all roles.
            if clauses.roles.is_empty() {
                return;
            }
            roles.extend(&clauses.roles);
        }
        roles.sort();
        roles.dedup();
        let effects: Vec<Effect> = roles.iter().map(|role| effect(replay, role)).collect();
        if effects.contains(&Effect::Applies) {
            return;
        }
        let named = |wanted: Effect| -> Vec<String> {
            let of_effect = roles.iter().zip(&effects);
            let of_effect = of_effect.filter(|(_, effect)| **effect == wanted);
            of_effect.map(|(role, _)| format!("`{role}`")).collect()
        };
        let unreachable = named(Effect::Unreachable);
        let (kind, text) = if unreachable.is_empty() {
            let bypass = named(Effect::Bypassed);
            let verb = if bypass.len() == 1 {
                "bypasses"
            } else {
                "bypass"
            };
            let text = format!(
                "has no effect, since {} {verb} row level security; drop it",
                bypass.join(" and ")
            );
            (FindingKind::RlsBypassed, text)
        } else {
            let own = unreachable.iter().find(|role| **role != "`authenticator`");
            let remedy = match own {
                Some(role) => format!(
                    "write `to authenticated`, or let tokens have it: `grant {} to authenticator`",
                    role.trim_matches('`')
                ),
                None => "write `to authenticated`".to_owned(),
            };
            let text = format!(
                "has no effect, since no token can have the role {}; {remedy}",
                unreachable.join(" or ")
            );
            (FindingKind::RoleUnreachable, text)
        };
        let owner = self.project.objects.len() - 1;
        self.warn(owner, kind, &text);
    }
}

fn effect(replay: &Replay<'_>, role: &str) -> Effect {
    if role.contains(UNKNOWN) {
        return Effect::Applies;
    }
    if BYPASS.contains(&role) {
        // BYPASSRLS is not inherited, so that the policy applies to a member of the project's own.
        let has_members = members(replay, role).any(|member| !is_privileged(member));
        return if has_members {
            Effect::Applies
        } else {
            Effect::Bypassed
        };
    }
    // A role that the files do not create was created outside of them, where it may also be granted.
    let is_created = replay.catalog.roles.contains(role);
    let is_known = is_created && !is_privileged(role) || role == AUTHENTICATOR;
    if !is_known || applies(replay, role, 0) {
        Effect::Applies
    } else {
        Effect::Unreachable
    }
}

/// Whether a request or a connection may have the role or a member of it.
fn applies(replay: &Replay<'_>, role: &str, depth: usize) -> bool {
    let is_used = || {
        replay
            .catalog
            .used_roles
            .iter()
            .any(|used| may_be(used, role))
    };
    if matches!(role, "public" | "anon" | "authenticated") || depth > MAX_DEPTH || is_used() {
        return true;
    }
    if replay
        .catalog
        .functions
        .iter()
        .any(|function| sets_role(replay, function, role))
    {
        return true;
    }
    members(replay, role).any(|member| {
        let is_created = replay.catalog.roles.contains(member);
        member == AUTHENTICATOR
            // A member that is created elsewhere may log in.
            || !BYPASS.contains(&member) && (!is_created || applies(replay, member, depth + 1))
    })
}

fn members<'r>(replay: &'r Replay<'_>, role: &'r str) -> impl Iterator<Item = &'r str> {
    let grants = replay.catalog.grants.iter();
    let grants = grants.filter(move |(of, member)| may_be(of, role) && member != role);
    grants.map(|(_, member)| member.as_str())
}

/// Whether the body of a function names the role and has the word `role`, as `set local role auditor` does.
fn sets_role(replay: &Replay<'_>, function: &Function, role: &str) -> bool {
    let Some(body) = function.body.filter(|_| !function.gone) else {
        return false;
    };
    let source = &replay.sources[body.source];
    let has = |word: &str| {
        let mut tokens = body.range.0..body.range.1;
        tokens.any(|at| source.raw(at).to_ascii_lowercase().contains(word))
    };
    has("role") && has(&role.to_ascii_lowercase())
}

//! Conditions that are never true of a request without claims.

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

//! Expressions that read claims in many ways.

use super::random::Random;

/// The claims of the tokens, as paths.
pub(crate) const CLAIMS: [&str; 7] = ["a", "b", "c", "m.x", "m.y", "l", "n"];
const TEXTS: [&str; 5] = ["a", "b", "c", "m.x", "m.y"];
pub(crate) const VALUES: [&str; 3] = ["v1", "v2", "v3"];

/// What an expression may use.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    /// Calls that give a text.
    pub(crate) texts: Vec<String>,
    /// Calls that give a boolean.
    pub(crate) conditions: Vec<String>,
    /// Calls that give an array of texts.
    pub(crate) arrays: Vec<String>,
    /// Names of text columns or variables.
    pub(crate) names: Vec<String>,
}

fn pick(random: &mut Random, list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| list[random.below(list.len())].clone())
}

/// A read of a claim that is a text.
fn claim(random: &mut Random) -> String {
    let path = random.of(&TEXTS);
    let jwt = random.of(&["auth.jwt()", "(select auth.jwt())", "auth.jwt()"]);
    let Some((object, key)) = path.split_once('.') else {
        return match random.below(5) {
            0 => format!("({jwt} #>> '{{{path}}}')"),
            1 => format!("jsonb_extract_path_text({jwt}, '{path}')"),
            2 => format!("(current_setting('request.jwt.claims', true)::jsonb ->> '{path}')"),
            _ => format!("({jwt} ->> '{path}')"),
        };
    };
    match random.below(5) {
        0 => format!("({jwt} #>> '{{{object},{key}}}')"),
        1 => format!("({jwt} #>> array['{object}', '{key}'])"),
        2 => format!("(({jwt} ->> '{object}')::jsonb ->> '{key}')"),
        3 => format!("(({jwt} -> '{object}')['{key}'] #>> '{{}}')"),
        _ => format!("({jwt} -> '{object}' ->> '{key}')"),
    }
}

pub(crate) fn text(random: &mut Random, scope: &Scope, depth: usize) -> String {
    if depth == 0 {
        return match random.below(4) {
            0 => format!("'{}'", random.of(&VALUES)),
            1 => pick(random, &scope.names).unwrap_or_else(|| claim(random)),
            _ => claim(random),
        };
    }
    let next = depth - 1;
    match random.below(14) {
        0 | 1 => pick(random, &scope.texts).unwrap_or_else(|| claim(random)),
        2 => {
            let (one, other) = (text(random, scope, next), text(random, scope, next));
            format!("coalesce({one}, {other})")
        }
        3 => {
            let one = text(random, scope, next);
            format!("nullif({one}, '{}')", random.of(&VALUES))
        }
        4 => {
            let when = condition(random, scope, next);
            let (one, other) = (text(random, scope, next), text(random, scope, next));
            format!("(case when {when} then {one} else {other} end)")
        }
        5 => format!("lower({})", text(random, scope, next)),
        6 => format!(
            "(select x from (select {} as x) s)",
            text(random, scope, next)
        ),
        7 => format!(
            "(with w as (select {} as x) select w.x from w)",
            text(random, scope, next)
        ),
        8 => format!("({} || '')", text(random, scope, next)),
        9 => {
            let of = text(random, scope, next);
            let (one, other) = (text(random, scope, next), text(random, scope, next));
            format!(
                "(case {of} when '{}' then {one} else {other} end)",
                random.of(&VALUES)
            )
        }
        10 => {
            let (one, other) = (text(random, scope, next), text(random, scope, next));
            format!("(array[{one}, {other}])[{}]", 1 + random.below(2))
        }
        11 => {
            let of = text(random, scope, next);
            format!("(jsonb_build_object('k', {of}, 'o', 'v1') ->> 'k')")
        }
        12 => format!(
            "(select max(x) from unnest(array[{}]) x)",
            text(random, scope, next)
        ),
        _ => claim(random),
    }
}

fn array(random: &mut Random, scope: &Scope) -> String {
    match random.below(4) {
        0 => "array(select jsonb_array_elements_text(auth.jwt() -> 'l'))".to_owned(),
        1 => "(select array_agg(x) from jsonb_array_elements_text(auth.jwt() -> 'l') x)::text[]"
            .to_owned(),
        2 => format!("string_to_array({}, ',')", text(random, scope, 0)),
        _ => pick(random, &scope.arrays).unwrap_or_else(|| {
            "array(select jsonb_array_elements_text(auth.jwt() -> 'l'))".to_owned()
        }),
    }
}

pub(crate) fn condition(random: &mut Random, scope: &Scope, depth: usize) -> String {
    let next = depth.saturating_sub(1);
    let value = random.of(&VALUES);
    if depth > 0 {
        match random.below(9) {
            0 | 1 => {
                let (one, other) = (
                    condition(random, scope, next),
                    condition(random, scope, next),
                );
                return format!("({one} {} {other})", random.of(&["and", "or"]));
            }
            2 => return format!("(not {})", condition(random, scope, next)),
            3 => {
                let of = text(random, scope, next);
                return format!("exists (select 1 from side where side.title = {of})");
            }
            4 => {
                if let Some(call) = pick(random, &scope.conditions) {
                    return call;
                }
            }
            _ => {}
        }
    }
    let of = text(random, scope, next);
    match random.below(15) {
        0 => format!("({of} <> '{value}')"),
        1 => format!("({of} in ('{value}', 'v3'))"),
        2 => format!("({of} = any (array['{value}', 'x']))"),
        3 => format!("({of} is not null)"),
        4 => format!("({of} is distinct from '{value}')"),
        5 => format!("('{value}' = any ({}))", array(random, scope)),
        6 => format!("(auth.jwt() -> 'l' ? '{value}')"),
        7 => format!("(auth.jwt() @> '{{\"m\": {{\"x\": \"{value}\"}}}}')"),
        8 => format!("(auth.jwt() ? '{}')", random.of(&["a", "b", "c"])),
        9 => "((auth.jwt() ->> 'n')::int > 1)".to_owned(),
        10 => format!(
            "exists (select 1 from jsonb_array_elements_text(auth.jwt() -> 'l') e where e = {of})"
        ),
        11 => format!("({of} in (select title from side))"),
        12 => format!("(position('{value}' in {of}) > 0)"),
        13 => format!("({} && array['{value}'])", array(random, scope)),
        _ => format!("({of} = '{value}')"),
    }
}

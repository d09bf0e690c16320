use std::collections::HashSet;

use super::super::claim::{Helper, Helpers, Inside, Matcher, Output, Step};
use super::super::name::QualifiedName;
use super::super::object::ObjectKind;
use super::super::replay::Replay;
use super::super::token::Kind;
use super::body::Body;
use super::live::Live;

/// A helper that calls a helper that calls ...
const MAX_ROUNDS: usize = 6;

/// What calls of the live functions read.
pub(super) struct Known {
    pub(super) helpers: Helpers,
    /// What each live function reads itself, knowing those.
    pub(super) outputs: Vec<Vec<Output>>,
}

/// Finds the functions that hand a read on. Those that call one found before are looked at again.
pub(super) fn helpers(
    replay: &Replay<'_>,
    live: &[Live<'_>],
    bodies: &[Option<Body<'_>>],
) -> Known {
    let mut known = Known {
        helpers: Helpers::new(),
        outputs: live.iter().map(|_| Vec::new()).collect(),
    };
    let mut of: Vec<Helper> = live.iter().map(named).collect();
    let mut changed: Option<HashSet<String>> = None;
    for _ in 0..MAX_ROUNDS {
        let mut fresh = HashSet::new();
        for (index, (live, body)) in live.iter().zip(bodies).enumerate() {
            let Some(body) = body else { continue };
            if changed
                .as_ref()
                .is_some_and(|changed| !calls(body, changed))
            {
                continue;
            }
            let (helper, outputs) = summary(live, body, &known.helpers);
            known.outputs[index] = outputs;
            if helper != of[index] {
                for name in names(replay, live) {
                    fresh.insert(name.name);
                }
                of[index] = helper;
            }
        }
        if fresh.is_empty() {
            break;
        }
        known.helpers = by_name(replay, live, &of);
        changed = Some(fresh);
    }
    known
}

fn by_name(replay: &Replay<'_>, live: &[Live<'_>], of: &[Helper]) -> Helpers {
    let mut helpers = Helpers::new();
    for (live, helper) in live.iter().zip(of) {
        if !helper.is_empty() {
            for name in names(replay, live) {
                helpers.entry(name.name).or_default();
            }
        }
    }
    // Those that read nothing too, so that a call of one is not taken for another's.
    for (live, helper) in live.iter().zip(of) {
        for name in names(replay, live) {
            if let Some(entry) = helpers.get_mut(&name.name) {
                entry.push((name.schema, helper.clone()));
            }
        }
    }
    helpers
}

/// Its name, and those from before a rename that nobody has now.
fn names(replay: &Replay<'_>, live: &Live<'_>) -> Vec<QualifiedName> {
    let ObjectKind::Function { name } = &live.kind else {
        return Vec::new();
    };
    let mut names = vec![name.clone()];
    let former = live.function.map_or(&[][..], |function| &function.former);
    let free = |name: &&QualifiedName| !replay.state.functions.contains_key(*name);
    names.extend(former.iter().filter(free).cloned());
    names.dedup();
    names
}

fn calls(body: &Body<'_>, names: &HashSet<String>) -> bool {
    body.codes().iter().any(|code| {
        (0..code.len).any(|at| {
            code.kind(at + 1) == Some(Kind::Open)
                && code.name(at).is_some_and(|name| names.contains(&name))
        })
    })
}

/// A helper of which only the arguments are known.
fn named(live: &Live<'_>) -> Helper {
    let names = live.function.map(|function| function.names.clone());
    Helper {
        arguments: names.unwrap_or_default(),
        ..Helper::default()
    }
}

fn summary(live: &Live<'_>, body: &Body<'_>, helpers: &Helpers) -> (Helper, Vec<Output>) {
    let mut helper = named(live);
    let mut outputs = Vec::new();
    for code in body.codes() {
        let output = Matcher::new(&code, body.setting(live, helpers, &code)).run();
        helper.returns.extend_from_slice(&output.returned);
        outputs.push(output);
    }
    // Of a condition that was put into a function, all that it reads belongs to who asks.
    let predicate = live
        .function
        .is_some_and(|function| function.returns == "boolean");
    for output in &outputs {
        for found in &output.found {
            let argument = |step: &Step| matches!(step, Step::Argument(_));
            let returned = || {
                helper
                    .returns
                    .iter()
                    .any(|returned| returned.path == found.path)
            };
            let inside = Inside {
                path: found.path.clone(),
                how: found.how.clone(),
                parsed: found.parsed,
            };
            let handed_on =
                found.path.iter().any(argument) || predicate && !output.dynamic && !returned();
            if handed_on && !helper.inside.contains(&inside) {
                helper.inside.push(inside);
            }
        }
    }
    (helper, outputs)
}

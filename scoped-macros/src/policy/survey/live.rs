use super::super::object::ObjectKind;
use super::super::replay::{Function, Part, Replay};

/// A live object with the code that may read claims.
pub(super) struct Live<'r> {
    pub(super) kind: ObjectKind,
    /// Its statement.
    pub(super) at: Part,
    pub(super) parts: Vec<Part>,
    pub(super) function: Option<&'r Function>,
    pub(super) uncertain: bool,
}

/// All live objects, in the order of their statements.
pub(super) fn collect<'r>(replay: &'r Replay<'_>) -> Vec<Live<'r>> {
    let mut live = Vec::new();
    let plain = |kind, part: &Part| Live {
        kind,
        at: *part,
        parts: vec![*part],
        function: None,
        uncertain: false,
    };
    for (name, table) in &replay.state.tables {
        for (policy_name, policy) in &table.policies {
            let kind = ObjectKind::Policy {
                name: policy_name.clone(),
                table: name.clone(),
            };
            live.push(Live {
                parts: policy.using.iter().chain(&policy.check).copied().collect(),
                uncertain: policy.uncertain,
                ..plain(kind, &policy.at)
            });
        }
        for (trigger, part) in &table.triggers {
            let kind = ObjectKind::Trigger {
                name: trigger.clone(),
                table: name.clone(),
            };
            live.push(plain(kind, part));
        }
        for (column, part) in &table.defaults {
            let kind = ObjectKind::Default {
                table: name.clone(),
                column: column.clone(),
            };
            live.push(plain(kind, part));
        }
        if let Some(part) = &table.view {
            live.push(plain(ObjectKind::View { name: name.clone() }, part));
        }
    }
    for (name, overloads) in &replay.state.functions {
        for function in overloads {
            let kind = ObjectKind::Function { name: name.clone() };
            live.push(Live {
                function: Some(function),
                ..plain(kind, &function.at)
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

//! Conditions that query the system catalog for objects that the replay knows.

use super::super::name::{QualifiedName, UNKNOWN, WrittenName};
use super::super::source::Source;
use super::super::token::TokenKind;
use super::Catalog;

/// The most tokens of a condition that is evaluated.
const MAX: usize = 160;

/// Whether a statement runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Reachability {
    Never,
    Perhaps,
    Always,
}

/// Whether an object exists.
enum Existence {
    Exists,
    Perhaps,
    /// The files do not create it; it may have been created outside of them.
    Unseen,
}

/// Whether the branch after `IF condition THEN` runs.
pub(super) fn condition_holds(catalog: &Catalog, source: &Source<'_>, at: usize) -> Reachability {
    let Some(end) = (at..at + MAX).find(|at| source.is(*at, "then")) else {
        return Reachability::Perhaps;
    };
    let (mut at, mut end) = (at, end);
    while source.kind(at) == Some(TokenKind::Open) && source.closing((at, end)) == end - 1 {
        at += 1;
        end -= 1;
    }
    if end == at + 1 && source.is(at, "true") {
        return Reachability::Always;
    }
    if end == at + 1 && source.is(at, "false") {
        return Reachability::Never;
    }
    let not = source.is(at, "not");
    at += usize::from(not);
    if source.is(at, "exists")
        && source.kind(at + 1) == Some(TokenKind::Open)
        && source.closing((at + 1, end)) == end - 1
    {
        return decided(asked(catalog, source, at + 2, end - 1), not);
    }
    if source.is(at, "to_regclass") && source.is(end - 1, "null") {
        let Some(name) = source.literal(at + 2) else {
            return Reachability::Perhaps;
        };
        let not = not ^ !source.is(end - 2, "not");
        return decided(Some(table(catalog, None, &name)), not);
    }
    Reachability::Perhaps
}

/// In a fresh database, an object that the files do not create is absent. But an object that they only
/// mention may have been created outside of them.
fn decided(known: Option<Existence>, not: bool) -> Reachability {
    match (known, not) {
        (Some(Existence::Exists), false) | (Some(Existence::Unseen), true) => Reachability::Always,
        (Some(Existence::Exists), true) => Reachability::Never,
        _ => Reachability::Perhaps,
    }
}

/// Evaluates `SELECT .. FROM catalog WHERE column = 'literal' AND ..`.
fn asked(catalog: &Catalog, source: &Source<'_>, at: usize, end: usize) -> Option<Existence> {
    let from = (at..end).find(|at| source.is(*at, "from"))?;
    let (system_table, next) = source.qualified(from + 1)?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut others = false;
    for at in next..end {
        if source.is_any(
            at,
            &["or", "like", "ilike", "in", "not", "any", "join", "select"],
        ) {
            return None;
        }
        if source.kind(at) != Some(TokenKind::Operator) {
            continue;
        }
        let column = source.name(at - 1).or_else(|| source.name(at + 1));
        let literal = source.literal(at + 1).or_else(|| source.literal(at - 1));
        match (source.raw(at), column, literal) {
            ("=", Some(column), Some(literal)) if !literal.contains(UNKNOWN) => {
                pairs.push((column, literal));
            }
            _ => others = true,
        }
    }
    let mut take = |names: &[&str]| {
        let index = pairs
            .iter()
            .position(|(column, _)| names.contains(&column.as_str()))?;
        Some(pairs.remove(index).1)
    };
    let known = match &*system_table.name {
        "pg_policies" | "pg_policy" => {
            let name = take(&["policyname", "polname"])?;
            let schema = take(&["schemaname"]);
            let table = take(&["tablename", "polrelid"]);
            Some(policy(catalog, schema.as_deref(), table.as_deref(), &name))
        }
        "tables" | "pg_tables" | "pg_class" | "views" | "pg_views" => {
            let name = take(&["table_name", "tablename", "relname", "viewname"])?;
            let schema = take(&["table_schema", "schemaname", "relnamespace"]);
            Some(table(catalog, schema.as_deref(), &name))
        }
        "pg_proc" | "routines" => {
            let name = take(&["proname", "routine_name"])?;
            let mut names = catalog.function_names.keys();
            let found = names.any(|known| known.name == name);
            Some(seen(found))
        }
        "pg_type" => {
            let name = take(&["typname"])?;
            let found = catalog.types.keys().any(|known| known.name == name);
            Some(seen(found))
        }
        "columns" => {
            let column = take(&["column_name"])?;
            let schema = take(&["table_schema"]);
            let name = take(&["table_name"])?;
            let id = *catalog
                .table_names
                .get(&qualified(schema.as_deref(), &name))?;
            let found = catalog.tables[id]
                .columns
                .iter()
                .any(|(known, _)| *known == column);
            Some(seen(found))
        }
        _ => None,
    };
    // A further condition may be false.
    match known {
        Some(Existence::Exists) if others || !pairs.is_empty() => Some(Existence::Perhaps),
        known => known,
    }
}

fn seen(found: bool) -> Existence {
    if found {
        Existence::Exists
    } else {
        Existence::Unseen
    }
}

fn qualified(schema: Option<&str>, name: &str) -> QualifiedName {
    match name.split_once('.') {
        Some((schema, name)) => QualifiedName::new(schema, name.trim_matches('"')),
        None => QualifiedName::new(schema.unwrap_or("public"), name.trim_matches('"')),
    }
}

fn table(catalog: &Catalog, schema: Option<&str>, name: &str) -> Existence {
    let name = qualified(schema, name);
    let id = match catalog.table_names.get(&name) {
        Some(id) => *id,
        None if schema.is_none() => {
            let name = WrittenName {
                schema: None,
                name: name.name,
            };
            match catalog.known_table(&name) {
                Some(id) => id,
                None => return Existence::Unseen,
            }
        }
        None => return Existence::Unseen,
    };
    let table = &catalog.tables[id];
    match (table.made, table.names.len()) {
        (true, 1) => Existence::Exists,
        (true, _) => Existence::Perhaps,
        (false, _) => Existence::Unseen,
    }
}

fn policy(catalog: &Catalog, schema: Option<&str>, table: Option<&str>, name: &str) -> Existence {
    let mut known = Existence::Unseen;
    for entry in catalog.tables.iter().filter(|entry| !entry.gone) {
        let on_it = entry.names.iter().any(|on| {
            let table = table.map(|table| qualified(schema, table));
            table.is_none_or(|table| {
                table.name == on.name && (schema.is_none() || table.schema == on.schema)
            })
        });
        for policy in entry.policies.iter().filter(|_| on_it) {
            if policy.names.iter().any(|known| known == name) {
                if !policy.uncertain && policy.names.len() == 1 && entry.names.len() == 1 {
                    return Existence::Exists;
                }
                known = Existence::Perhaps;
            }
        }
    }
    known
}

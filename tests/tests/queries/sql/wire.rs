//! Translates a request to SQL, as the model of PostgREST reads it: every operand is one literal whose type
//! PostgreSQL infers, as PostgREST sends it.

use super::{identifier, literal, path};
use crate::grammar::{At, Field, Operand, Operation, Order, Request, Tree};

pub(super) fn sql(request: &Request) -> String {
    let mut conditions = vec!["true".to_owned()];
    for At { path, said } in &request.conditions {
        conditions.push(match &path[..] {
            [] => tree(&request.target, said),
            [table] => {
                let said = tree(table, said);
                format!("exists (select from {table} where {table}.id = samples.writer and {said})")
            }
            _ => panic!("{path:?}"),
        });
    }
    let orders = request
        .orders
        .iter()
        .flat_map(|at| &at.said)
        .map(order)
        .collect::<Vec<_>>();
    let only = |name: &str, all: &[At<u64>]| all.first().map(|at| format!(" {name} {}", at.said));
    format!(
        "select samples.id from samples where {} order by {}{}{}",
        conditions.join(" and "),
        orders.join(", "),
        only("limit", &request.limits).unwrap_or_default(),
        only("offset", &request.offsets).unwrap_or_default()
    )
}

fn order(order: &Order) -> String {
    let direction = if order.is_descending { " desc" } else { "" };
    let nulls = match order.nulls_first {
        None => "",
        Some(true) => " nulls first",
        Some(false) => " nulls last",
    };
    format!("{}{direction}{nulls}", column("samples", &order.field))
}

fn column(table: &str, field: &Field) -> String {
    format!("{table}.{}{}", identifier(&field.name), path(&field.path))
}

fn tree(table: &str, said: &Tree) -> String {
    match said {
        Tree::Test(field, operation) => {
            let not = if operation.negated { "not " } else { "" };
            format!("{not}({})", comparison(&column(table, field), operation))
        }
        Tree::Group {
            negated,
            any,
            members,
        } => {
            let members: Vec<String> = members.iter().map(|member| tree(table, member)).collect();
            let not = if *negated { "not " } else { "" };
            format!(
                "{not}({})",
                members.join(if *any { " or " } else { " and " })
            )
        }
    }
}

/// The operators of <https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators>.
const OPERATORS: [(&str, &str); 20] = [
    ("eq", "="),
    ("gt", ">"),
    ("gte", ">="),
    ("lt", "<"),
    ("lte", "<="),
    ("neq", "<>"),
    ("like", "like"),
    ("ilike", "ilike"),
    ("match", "~"),
    ("imatch", "~*"),
    ("isdistinct", "is distinct from"),
    ("cs", "@>"),
    ("cd", "<@"),
    ("ov", "&&"),
    ("sl", "<<"),
    ("sr", ">>"),
    ("nxr", "&<"),
    ("nxl", "&>"),
    ("adj", "-|-"),
    ("fts", "@@"),
];

fn comparison(column: &str, operation: &Operation) -> String {
    let value = match &operation.operand {
        Operand::Is(value) => return format!("{column} is {}", value.replace('_', " ")),
        Operand::List(values) => {
            let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
            return if values.is_empty() {
                format!("{column} = any('{{}}')")
            } else {
                format!("{column} in ({})", values.join(","))
            };
        }
        Operand::Single(value) => value,
    };
    let modifier = operation.modifier.as_deref();
    let search = match operation.operator {
        "fts" => Some("to_tsquery"),
        "plfts" => Some("plainto_tsquery"),
        "phfts" => Some("phraseto_tsquery"),
        "wfts" => Some("websearch_to_tsquery"),
        _ => None,
    };
    if let Some(function) = search {
        let configuration = modifier
            .map(|name| format!("{}, ", literal(name)))
            .unwrap_or_default();
        return format!("{column} @@ {function}({configuration}{})", literal(value));
    }
    let known = OPERATORS
        .iter()
        .find(|(name, _)| *name == operation.operator);
    let (_, operator) = known.expect("an operator");
    let value = if operator.ends_with("like") {
        value.replace('*', "%")
    } else {
        value.clone()
    };
    match modifier {
        Some(quantifier) => format!("{column} {operator} {quantifier}({})", literal(&value)),
        None => format!("{column} {operator} {}", literal(&value)),
    }
}

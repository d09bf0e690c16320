//! The values of the columns of a row that is made.

use super::catalog::{Column, Relation};
use super::identifier;
use super::rows::Owner;

/// The claim that a column holds: one of its name, or `tenant_id` for the key `id` of `tenants`.
pub(super) fn own_value<'o>(
    relation: &Relation,
    column: &str,
    owner: &'o Owner,
) -> Option<&'o String> {
    if let Some(value) = owner.values.get(column) {
        return Some(value);
    }
    if column != "id" || !relation.is_key(column) {
        return None;
    }
    let table = relation.name.as_str();
    let singular = [
        table.strip_suffix("ies").map(|stem| format!("{stem}y_id")),
        table.strip_suffix('s').map(|stem| format!("{stem}_id")),
        Some(format!("{table}_id")),
    ];
    singular
        .into_iter()
        .flatten()
        .find_map(|name| owner.values.get(&name))
}

/// Whether the column holds the ID of a user: its default is `auth.uid()`, or a policy compares both.
pub(super) fn is_user_id(relation: &Relation, column: &Column) -> bool {
    if !["uuid", "text"].contains(&column.sql_type.as_str()) {
        return false;
    }
    let has_default = column
        .default
        .as_deref()
        .is_some_and(|default| default.contains("auth.uid()"));
    let conditions = relation
        .policies
        .iter()
        .flat_map(|policy| [&policy.using, &policy.check]);
    has_default
        || conditions.flatten().any(|condition| {
            let condition = condition
                .replace("( SELECT auth.uid() AS uid)", "auth.uid()")
                .replace("::text", "")
                .replace(['(', ')'], "");
            let name = identifier(&column.name);
            let name = if condition.contains(&name) {
                name
            } else {
                column.name.clone()
            };
            let words: Vec<&str> = condition.split_whitespace().collect();
            words.windows(3).any(|words| {
                words[1] == "="
                    && (words[0] == name && words[2] == "auth.uid"
                        || words[0] == "auth.uid" && words[2] == name)
            })
        })
}

/// The values that an enum or a CHECK lists.
pub(super) fn choices(relation: &Relation, column: &Column) -> Option<Vec<String>> {
    if let Some(labels) = &column.labels {
        return Some(labels.clone()).filter(|labels| !labels.is_empty());
    }
    let check = relation.checks.iter().find(|check| {
        let name = identifier(&column.name);
        let names = check.contains(&format!("({} =", column.name))
            || check.contains(&format!("({name} ="))
            || check.contains(&format!("({})", column.name));
        names && check.contains('\'')
    })?;
    let values: Vec<String> = check
        .split('\'')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    Some(values).filter(|values| !values.is_empty() && column.category == "S")
}

/// What a sign-up by email leaves in `auth.users`: most projects have a trigger there that makes a profile of it.
pub(super) fn signed_up(column: &str, owner: usize) -> Option<String> {
    let number = owner + 1;
    let value = match column {
        "aud" | "role" => "authenticated".to_owned(),
        "email" => format!("person{number}@example.com"),
        "raw_app_meta_data" => r#"{"provider": "email", "providers": ["email"]}"#.to_owned(),
        "raw_user_meta_data" => serde_json::json!({
            "name": format!("Person {number}"),
            "full_name": format!("Person {number}"),
            "first_name": "Person",
            "last_name": number.to_string(),
            "username": format!("person{number}"),
        })
        .to_string(),
        "created_at" | "updated_at" | "email_confirmed_at" => "2030-01-01T00:00:00Z".to_owned(),
        _ => return None,
    };
    Some(value)
}

/// A value of the type, different for each owner where the type has many.
pub(super) fn plain_value(column: &Column, owner: usize) -> Option<String> {
    let number = owner + 1;
    let value = match (column.category.as_str(), column.sql_type.as_str()) {
        (_, "uuid") => {
            uuid::Uuid::from_u128(0x5eed_0000_0000_4000_8000_0000_0000_0000 + number as u128)
                .to_string()
        }
        ("S", sql_type) => {
            let text = if column.name.contains("email") {
                format!("person{number}@example.com")
            } else if column.name.contains("url") {
                format!("https://example.com/{number}")
            } else {
                format!("{} {number}", column.name)
            };
            let limit = sql_type
                .split_once('(')
                .and_then(|(_, rest)| rest.trim_end_matches(')').parse().ok());
            text.chars().take(limit.unwrap_or(usize::MAX)).collect()
        }
        ("N", _) => number.to_string(),
        ("B", _) => "false".to_owned(),
        ("D", sql_type) if sql_type.starts_with("time ") => "12:00".to_owned(),
        ("D", _) => format!("2030-01-{:02}", number % 28 + 1),
        ("T", _) => "1 hour".to_owned(),
        ("R", _) => "empty".to_owned(),
        ("A", _) | (_, "json" | "jsonb") => "{}".to_owned(),
        (_, "bytea") => "\\x00".to_owned(),
        ("I", _) => format!("127.0.0.{number}"),
        (_, "point") => "(0,0)".to_owned(),
        (_, "tsvector" | "xml") => String::new(),
        _ => return None,
    };
    Some(value)
}

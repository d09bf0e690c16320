//! The changes that are made, as SQL with the SQL that undoes it.

use std::path::PathBuf;

use scoped_rules::policies::{ObjectKind, Project};

use super::super::catalog::{Policy, Relation};
use super::super::identifier;
use super::super::result::package;
use super::{Change, text};

/// A change as SQL, and the SQL that undoes it.
pub(super) struct Candidate<'c> {
    pub(super) object: String,
    pub(super) location: Option<(PathBuf, usize)>,
    pub(super) change: Change,
    pub(super) relation: &'c Relation,
    pub(super) policy: Option<&'c Policy>,
    /// The function that is changed, if it is not a policy.
    pub(super) function: Option<i64>,
    pub(super) apply: String,
    pub(super) undo: String,
}

/// A function that a policy calls.
pub(super) struct Helper {
    pub(super) name: String,
    pub(super) definition: String,
}

pub(super) fn of_relation<'c>(project: &Project, relation: &'c Relation) -> Vec<Candidate<'c>> {
    let table = relation.sql();
    let mut candidates = Vec::new();
    for policy in &relation.policies {
        let name = identifier(&policy.name);
        let location = location(project, |kind| {
            matches!(kind, ObjectKind::Policy { name, table } if *name == policy.name
                && is_named(&table.to_string(), &relation.schema, &relation.name))
        });
        let mut add = |change, apply, undo| {
            candidates.push(Candidate {
                object: format!("policy `{}` on `{}`", policy.name, relation.label()),
                location: location.clone(),
                change,
                relation,
                policy: Some(policy),
                function: None,
                apply,
                undo,
            });
        };
        add(
            Change::Dropped,
            format!("drop policy {name} on {table}"),
            created(relation, policy),
        );
        let roles = |roles: &[String]| {
            let names = roles.iter().map(|role| {
                if role == "public" {
                    role.clone()
                } else {
                    identifier(role)
                }
            });
            format!(
                "alter policy {name} on {table} to {}",
                names.collect::<Vec<_>>().join(", ")
            )
        };
        if !policy.roles.iter().any(|role| role == "public") {
            add(
                Change::Widened,
                roles(&["public".to_owned()]),
                roles(&policy.roles),
            );
        }
        let clauses = [("using", &policy.using), ("with check", &policy.check)];
        for (clause, condition) in clauses {
            let Some(condition) = condition else { continue };
            let alter =
                |condition: &str| format!("alter policy {name} on {table} {clause} ({condition})");
            if condition != "true" {
                let change = Change::Condition(format!("{clause} became `true`"));
                add(change, alter("true"), alter(condition));
            }
            let changes = text::swapped_words(condition)
                .into_iter()
                .chain(text::renamed_claims(condition));
            for changed in changes {
                let change = Change::Condition(format!("{clause}: {}", changed.what));
                add(change, alter(&changed.text), alter(condition));
            }
        }
        // Without a WITH CHECK of its own, new rows must satisfy the USING.
        if policy.check.is_none()
            && ["w", "*"].contains(&policy.command.as_str())
            && policy.using.as_deref() != Some("true")
        {
            let apply = format!("alter policy {name} on {table} with check (true)");
            let undo = format!(
                "drop policy {name} on {table}; {}",
                created(relation, policy)
            );
            add(
                Change::Condition("with check became `true`".to_owned()),
                apply,
                undo,
            );
        }
    }
    if relation.rls {
        candidates.push(Candidate {
            object: format!("table `{}`", relation.label()),
            location: None,
            change: Change::RlsOff,
            relation,
            policy: None,
            function: None,
            apply: format!("alter table {table} disable row level security"),
            undo: format!("alter table {table} enable row level security"),
        });
    }
    candidates
}

fn created(relation: &Relation, policy: &Policy) -> String {
    let command = match policy.command.as_str() {
        "r" => "select",
        "a" => "insert",
        "w" => "update",
        "d" => "delete",
        _ => "all",
    };
    let kind = if policy.permissive {
        "permissive"
    } else {
        "restrictive"
    };
    let roles = policy.roles.iter().map(|role| {
        if role == "public" {
            role.clone()
        } else {
            identifier(role)
        }
    });
    let roles = roles.collect::<Vec<_>>().join(", ");
    let clause = |word: &str, condition: &Option<String>| {
        condition
            .as_deref()
            .map(|condition| format!(" {word} ({condition})"))
            .unwrap_or_default()
    };
    format!(
        "create policy {} on {} as {kind} for {command} to {roles}{}{}",
        identifier(&policy.name),
        relation.sql(),
        clause("using", &policy.using),
        clause("with check", &policy.check),
    )
}

/// The body of a function is what stands between its dollar quotes.
fn body(definition: &str) -> Option<(usize, usize)> {
    let start = definition.find("AS $")?;
    let tag_start = start + 3;
    let tag_end = definition[tag_start + 1..].find('$')? + tag_start + 2;
    let tag = &definition[tag_start..tag_end];
    let end = definition.rfind(tag)?;
    (end > tag_end).then_some((tag_end, end))
}

/// The name, and on the next line what its condition is: what stands after `where`, or the whole.
pub(super) fn body_of(helper: &Helper) -> String {
    let text = body(&helper.definition).map_or("", |(start, end)| &helper.definition[start..end]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches(';');
    format!("{}\n{text}", helper.name.to_ascii_lowercase())
}

pub(super) fn of_helper<'c>(
    project: &Project,
    relation: &'c Relation,
    oid: i64,
    helper: &Helper,
) -> Vec<Candidate<'c>> {
    let Some((start, end)) = body(&helper.definition) else {
        return Vec::new();
    };
    let text = &helper.definition[start..end];
    let bare = helper.name.split('(').next().unwrap_or_default();
    let (schema, name) = bare.split_once('.').unwrap_or(("public", bare));
    let location = location(
        project,
        |kind| matches!(kind, ObjectKind::Function { name: known } if is_named(&known.to_string(), schema, name)),
    );
    let changes = text::swapped_words(text)
        .into_iter()
        .chain(text::renamed_claims(text));
    let candidate = |changed: text::Changed| Candidate {
        object: format!("function `{}`", helper.name),
        location: location.clone(),
        change: Change::Condition(changed.what),
        relation,
        policy: None,
        function: Some(oid),
        apply: format!(
            "{}{}{}",
            &helper.definition[..start],
            changed.text,
            &helper.definition[end..]
        ),
        undo: helper.definition.clone(),
    };
    changes.map(candidate).collect()
}

/// The place of the statement that creates an object, from the package on.
fn location(project: &Project, is_it: impl Fn(&ObjectKind) -> bool) -> Option<(PathBuf, usize)> {
    let object = project
        .objects
        .iter()
        .rev()
        .find(|object| is_it(&object.kind))?;
    let file = project.file(&object.location);
    let file = file.strip_prefix(package()).unwrap_or(file).to_owned();
    Some((file, object.location.line))
}

fn is_named(found: &str, schema: &str, name: &str) -> bool {
    found == format!("{schema}.{name}") || schema == "public" && found == name
}

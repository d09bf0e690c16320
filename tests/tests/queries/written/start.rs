//! The start of a query: the verb and its body.

use scoped_runtime::ScopedClient;
use serde_json::{Value, json};

use super::chain::{Chain, Sending, Verb};
use super::condition::value;
use crate::grammar::Preferences;
use crate::hostile;
use scoped_tests::Random;

impl Chain {
    pub(super) fn start(random: &Random, client: &ScopedClient, verb: Verb) -> Self {
        let name = loop {
            let name = hostile::exact_name(random);
            // The name has to be valid in a path; invalid names have tests of their own.
            if !name.trim_matches('.').is_empty() && !name.contains(['/', '\\', '\n']) {
                break name;
            }
        };
        let schema = random.percent(20).then_some("api2");
        let scoped = schema.map(|schema| client.schema(schema));
        let client = scoped.as_ref().unwrap_or(client);
        let is_call = matches!(verb, Verb::Call | Verb::CallByGet);
        let mut mistakes = Vec::new();
        let arguments = arguments(random, verb, &mut mistakes);
        let body = match verb {
            Verb::Read | Verb::Delete => None,
            Verb::Insert | Verb::Upsert if random.percent(40) => Some(json!([row(random), {}])),
            Verb::Insert | Verb::Upsert | Verb::Update => Some(row(random)),
            Verb::Call | Verb::CallByGet => Some(arguments),
        };
        let query = if is_call {
            client.rpc(&name, &body)
        } else {
            client.from(&name)
        };
        let query = match verb {
            Verb::Read | Verb::Call => query,
            Verb::Insert => query.insert(&body),
            Verb::Upsert => query.upsert(&body),
            Verb::Update => query.update(&body),
            Verb::Delete => query.delete(),
            Verb::CallByGet => query.by_get(),
        };
        let mut preferences = Preferences::default();
        if matches!(
            verb,
            Verb::Insert | Verb::Upsert | Verb::Update | Verb::Delete
        ) {
            preferences.returning = Some("representation".to_owned());
        }
        let mut columns = None;
        if let Some(Value::Array(rows)) = &body {
            preferences.missing = Some("default".to_owned());
            let keys: Vec<String> = rows[0].as_object().unwrap().keys().cloned().collect();
            if verb == Verb::Upsert && !keys.is_empty() {
                mistakes.push("an upsert of rows that differ in their columns");
            }
            columns = (!keys.is_empty()).then_some(keys);
        }
        if verb == Verb::Upsert {
            preferences.resolution = Some("merge-duplicates".to_owned());
        }
        Self {
            query,
            verb,
            target: if is_call { format!("rpc/{name}") } else { name },
            select: None,
            conditions: Vec::new(),
            orders: Vec::new(),
            limits: Vec::new(),
            offsets: Vec::new(),
            columns,
            on_conflict: None,
            all_rows: false,
            expected_rows: None,
            schema,
            sending: Sending::Execute,
            single: false,
            preferences,
            body,
            mistakes,
        }
    }
}

fn row(random: &Random) -> Value {
    let count = random.below(4);
    let member = |_| (hostile::exact_name(random), value(random, 1));
    Value::Object((0..count).map(member).collect())
}

/// Returns the arguments of a function. In a URL they are single values, and their names are not those of
/// parameters.
fn arguments(random: &Random, verb: Verb, mistakes: &mut Vec<&'static str>) -> Value {
    if verb != Verb::CallByGet {
        return row(random);
    }
    let count = random.below(3);
    let mut arguments = serde_json::Map::new();
    for _ in 0..count {
        let (name, value) = (hostile::exact_name(random), hostile::value(random));
        if arguments.contains_key(&name) {
            continue;
        }
        if hostile::RESERVED.contains(&&*name) {
            mistakes.push("an argument with a parameter's name");
        }
        if value.starts_with("eq.") || value.starts_with("not.") {
            mistakes.push("an argument that reads as a filter");
        }
        arguments.insert(name, Value::String(value));
    }
    Value::Object(arguments)
}

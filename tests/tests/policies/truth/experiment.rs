//! What PostgreSQL says of a history: which policies are there, and whose outcomes a claim changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use super::expression::{CLAIMS, VALUES};

/// Tokens that differ from the first of their group in one claim.
fn groups() -> Vec<Vec<(Option<usize>, Value)>> {
    let bases = [
        json!({"a": "v1", "b": "v2", "c": "v3", "m": {"x": "v1", "y": "v2"}, "l": ["v1", "v3"], "n": 1}),
        json!({"a": "v2", "b": "v2", "c": "v1", "m": {"x": "v3", "y": "v1"}, "l": ["v2"], "n": 2}),
        json!({"a": "v3", "m": {"x": "v2"}, "l": []}),
    ];
    let group = |base: &Value| {
        let mut tokens = vec![(None, base.clone())];
        for (index, claim) in CLAIMS.iter().enumerate() {
            let mut values: Vec<Value> = match *claim {
                "l" => vec![json!(["v1"]), json!(["v2", "v3"]), json!([])],
                "n" => vec![json!(1), json!(5)],
                _ => VALUES.iter().map(|value| json!(value)).collect(),
            };
            values.push(Value::Null);
            for value in values {
                let mut token = base.clone();
                set(&mut token, claim, value);
                tokens.push((Some(index), token));
            }
        }
        tokens
    };
    bases.iter().map(group).collect()
}

/// Null stands for no claim at all.
fn set(token: &mut Value, claim: &str, value: Value) {
    let (object, key) = match claim.split_once('.') {
        Some((object, key)) => (&mut token[object], key),
        None => (token, claim),
    };
    let Some(object) = object.as_object_mut() else {
        return;
    };
    if value.is_null() {
        object.remove(key);
    } else {
        object.insert(key.to_owned(), value);
    }
}

/// A script that applies the history in a schema of its own, up to the first statement that is refused, tries
/// the tokens and leaves nothing behind. Its last row has the outcomes.
pub(crate) fn script(statements: &[String]) -> String {
    let mut script = String::from(
        "create schema truth; set search_path = truth; create table refused (message text); \
         create table applied (done boolean);\n",
    );
    for statement in statements {
        let _ = writeln!(
            script,
            "do $outer$ begin if not exists (select from truth.refused) then execute $inner${statement}$inner$; \
             insert into truth.applied values (true); end if; \
             exception when others then insert into truth.refused values (sqlerrm); end $outer$;"
        );
    }
    script += "
        insert into t1 values (1, 'v1'), (2, 'v2'), (3, 'v3');
        insert into t2 select * from t1; insert into t3 select * from t1; insert into side values (1, 'v1');
        create function probe(token text) returns jsonb language plpgsql as $probe$
        declare p record; outcomes jsonb := '{}'; ids text;
        begin
          perform set_config('request.jwt.claims', token, true);
          for p in select tablename, policyname, qual from pg_policies where schemaname = 'truth' loop
            begin
              execute format('select coalesce(string_agg(id::text, '','' order by id), '''') from %I where (%s)',
                p.tablename, p.qual) into ids;
            exception when others then ids := 'error';
            end;
            outcomes := outcomes || jsonb_build_object(p.tablename || ' ' || p.policyname, ids);
          end loop;
          return outcomes;
        end $probe$;\n";
    let tokens: Vec<String> = groups()
        .iter()
        .flatten()
        .map(|(_, token)| token.to_string())
        .collect();
    let list: Vec<String> = tokens.iter().map(|token| format!("'{token}'")).collect();
    let _ = writeln!(
        script,
        "create temp table kept as select \
           (select count(*)::int from applied) as applied, \
           (select jsonb_agg(probe(token) order by place) \
              from unnest(array[{}]) with ordinality as t(token, place)) as outcomes; \
         drop schema truth cascade; select applied, outcomes from kept;",
        list.join(", ")
    );
    script
}

/// What came of it.
pub(crate) struct Outcomes {
    /// How many statements were applied.
    pub(crate) applied: usize,
    /// `table policy`, each with the claims that change what it lets through.
    pub(crate) policies: BTreeMap<String, BTreeSet<&'static str>>,
}

pub(crate) fn outcomes(row: &Value) -> Outcomes {
    let applied = row["applied"]
        .as_u64()
        .and_then(|count| usize::try_from(count).ok());
    let mut policies: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let mut all = row["outcomes"].as_array().into_iter().flatten();
    for group in groups() {
        let mut base = &Value::Null;
        for (claim, _) in &group {
            let Some(outcome) = all.next() else { continue };
            let Some(claim) = claim else {
                base = outcome;
                for policy in base.as_object().into_iter().flatten() {
                    policies.entry(policy.0.clone()).or_default();
                }
                continue;
            };
            for (policy, seen) in outcome.as_object().into_iter().flatten() {
                if base.get(policy) != Some(seen) {
                    policies
                        .entry(policy.clone())
                        .or_default()
                        .insert(CLAIMS[*claim]);
                }
            }
        }
    }
    Outcomes {
        applied: applied.unwrap_or_default(),
        policies,
    }
}

//! People made from a struct of claims: its values in all combinations where they are few, in pairs where many.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::claims::{Claim, ClaimKind, Constraint, Literal, Number, ScopedClaims};

/// The most people that are made of all combinations. Beyond, each pair of values of two claims occurs at least
/// once.
const MAX_COMBINATIONS: usize = 24;

/// The values of one claim that are tried; `null` stands for a token without it.
#[derive(Debug, Clone)]
struct Values {
    path: Vec<&'static str>,
    values: Vec<Value>,
}

/// Claims of made people, with a name that says which values they have.
pub(super) fn of<C: ScopedClaims>(
    given: &BTreeMap<String, Vec<Value>>,
) -> Vec<(String, Map<String, Value>)> {
    let enums = C::enum_values();
    let claims: Vec<Values> = C::CLAIMS
        .iter()
        .enumerate()
        .map(|(place, claim)| {
            let labels = enums.get(place).copied().flatten();
            Values {
                path: claim.path().collect(),
                values: values(claim, labels, given),
            }
        })
        .collect();
    let sizes: Vec<usize> = claims.iter().map(|claim| claim.values.len()).collect();
    let chosen = combinations(&sizes);
    let people = chosen.into_iter().map(|choice| {
        let mut map = Map::new();
        let mut names = Vec::new();
        for (claim, &value) in claims.iter().zip(&choice) {
            let value = &claim.values[value];
            if claim.values.len() > 1 {
                names.push(shown(claim.path.last().copied().unwrap_or_default(), value));
            }
            if !value.is_null() {
                set(&mut map, &claim.path, value.clone());
            }
        }
        (names.join(", "), map)
    });
    people.collect()
}

fn shown(name: &str, value: &Value) -> String {
    match value {
        Value::Null => format!("no {name}"),
        Value::String(text) => format!("{name} {text}"),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), str::to_owned)
                })
                .collect();
            format!("{name} [{}]", items.join(" "))
        }
        value => format!("{name} {value}"),
    }
}

fn set(map: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => drop(map.insert((*name).to_owned(), value)),
        [name, rest @ ..] => {
            let inner = map
                .entry(*name)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// The values of a claim: those that its type and its constraints name, else two, so that there are two tenants.
fn values(
    claim: &Claim,
    labels: Option<&'static [&'static str]>,
    given: &BTreeMap<String, Vec<Value>>,
) -> Vec<Value> {
    let mut values = match given.get(&claim.to_string()) {
        Some(given) if claim.kind() == ClaimKind::List && !given.iter().any(Value::is_array) => {
            lists(given)
        }
        Some(given) => given.clone(),
        None => own_values(claim, labels),
    };
    if claim.is_optional() && !values.contains(&Value::Null) {
        values.push(Value::Null);
    }
    values
}

fn own_values(claim: &Claim, labels: Option<&'static [&'static str]>) -> Vec<Value> {
    let literal = |literal: &Literal| match literal {
        Literal::Text(text) => Value::from(*text),
        Literal::Number(number) => value_of(*number),
    };
    let one_of = claim
        .constraints()
        .iter()
        .find_map(|constraint| match constraint {
            Constraint::OneOf(literals) => Some(literals.iter().map(literal).collect::<Vec<_>>()),
            _ => None,
        });
    if let Some(values) = one_of {
        return if claim.kind() == ClaimKind::List {
            lists(&values)
        } else {
            values
        };
    }
    if let Some(labels) = labels {
        return labels.iter().map(|label| Value::from(*label)).collect();
    }
    let bounds = claim
        .constraints()
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::Min(number) | Constraint::Max(number) => Some(value_of(*number)),
            _ => None,
        });
    let bounds: Vec<Value> = bounds.collect();
    let is_uuid = claim
        .constraints()
        .iter()
        .any(|constraint| matches!(constraint, Constraint::Uuid));
    let two = |kind: ClaimKind| -> Vec<Value> {
        match kind {
            ClaimKind::Uuid => vec![
                Value::from("00000000-0000-4000-8000-00000000aaaa"),
                Value::from("00000000-0000-4000-8000-00000000bbbb"),
            ],
            _ => vec![
                Value::from(format!("{}-a", claim.name())),
                Value::from(format!("{}-b", claim.name())),
            ],
        }
    };
    match claim.kind() {
        ClaimKind::Boolean => vec![true.into(), false.into()],
        ClaimKind::Integer | ClaimKind::Float if !bounds.is_empty() => bounds,
        ClaimKind::Integer | ClaimKind::Float => vec![1.into(), 2.into()],
        ClaimKind::List => lists(&two(ClaimKind::Text)),
        ClaimKind::Object => vec![Value::Object(Map::new())],
        _ if is_uuid => two(ClaimKind::Uuid),
        kind => two(kind),
    }
}

/// A member of each, and a member of both.
fn lists(values: &[Value]) -> Vec<Value> {
    let mut lists: Vec<Value> = values
        .iter()
        .map(|value| Value::Array(vec![value.clone()]))
        .collect();
    if values.len() > 1 {
        lists.push(Value::Array(values[..2].to_vec()));
    }
    lists
}

fn value_of(number: Number) -> Value {
    match number {
        Number::Integer(whole) => i64::try_from(whole).map_or(Value::Null, Value::from),
        Number::Float(value) => Value::from(value),
    }
}

/// All combinations where there are few; else a set in which every pair of values of two claims occurs.
fn combinations(sizes: &[usize]) -> Vec<Vec<usize>> {
    let all = sizes
        .iter()
        .try_fold(1_usize, |product, size| product.checked_mul(*size));
    match all {
        Some(all) if all <= MAX_COMBINATIONS => (0..all)
            .map(|mut number| {
                sizes
                    .iter()
                    .map(|size| {
                        let value = number % size;
                        number /= size;
                        value
                    })
                    .collect()
            })
            .collect(),
        _ => pairs(sizes),
    }
}

fn pairs(sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut open: Vec<(usize, usize, usize, usize)> = Vec::new();
    for one in 0..sizes.len() {
        for other in one + 1..sizes.len() {
            for value in 0..sizes[one] {
                open.extend((0..sizes[other]).map(|second| (one, value, other, second)));
            }
        }
    }
    let mut chosen = Vec::new();
    while let Some(&(one, value, other, second)) = open.first() {
        let mut choice: Vec<Option<usize>> = vec![None; sizes.len()];
        choice[one] = Some(value);
        choice[other] = Some(second);
        for place in 0..sizes.len() {
            if choice[place].is_some() {
                continue;
            }
            // The value that covers the most open pairs with what is chosen.
            let covered = |candidate: usize| {
                let is_covered = |pair: &&(usize, usize, usize, usize)| {
                    let (a, x, b, y) = **pair;
                    (a == place && x == candidate && choice[b] == Some(y))
                        || (b == place && y == candidate && choice[a] == Some(x))
                };
                open.iter().filter(is_covered).count()
            };
            let best = (0..sizes[place])
                .max_by_key(|candidate| (covered(*candidate), usize::MAX - candidate));
            choice[place] = best;
        }
        let choice: Vec<usize> = choice.into_iter().map(Option::unwrap_or_default).collect();
        open.retain(|(a, x, b, y)| choice[*a] != *x || choice[*b] != *y);
        chosen.push(choice);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::combinations;

    #[test]
    fn few_values_are_combined_completely() {
        let people: BTreeSet<_> = combinations(&[2, 3, 4]).into_iter().collect();
        assert_eq!(people.len(), 24);
    }

    #[test]
    fn of_many_values_every_pair_occurs() {
        let sizes = [3, 4, 2, 5, 3];
        let people = combinations(&sizes);
        assert!(people.len() < 40, "{}", people.len());
        for one in 0..sizes.len() {
            for other in one + 1..sizes.len() {
                let pairs: BTreeSet<_> = people
                    .iter()
                    .map(|person| (person[one], person[other]))
                    .collect();
                assert_eq!(pairs.len(), sizes[one] * sizes[other]);
            }
        }
    }

    #[test]
    fn no_claims_make_one_person() {
        assert_eq!(combinations(&[]), [Vec::<usize>::new()]);
    }
}

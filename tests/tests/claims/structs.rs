//! Defaults and rules that a claims struct defines beside its names.

use std::time::Duration;

use scoped_runtime::{Error, ScopedClaims, TokenError, Violation, scoped_claims};
use serde_json::{Value, json};

use crate::support::{ALICE, START, offline, verified};

#[scoped_claims(role = "reporting", expires_in = "15m")]
#[derive(Clone, Debug, PartialEq)]
struct Report {
    #[claim(non_empty)]
    tenant_id: String,
    #[claim(under = "app_metadata", min = 1)]
    seats: Option<u32>,
}

fn report() -> Report {
    Report {
        tenant_id: "acme".to_owned(),
        seats: Some(3),
    }
}

#[scoped_claims]
struct Account {
    #[claim(pattern = "[0-9]+", secret)]
    number: String,
    #[claim(one_of("free", "pro"))]
    plan: String,
    #[claim(under = "app_metadata", custom = short)]
    note: String,
    #[claim(uuid, max_len = 36)]
    team: String,
}

fn short(note: &str) -> Result<(), &'static str> {
    if note.len() < 8 {
        Ok(())
    } else {
        Err("is a whole letter")
    }
}

#[scoped_claims(max_bytes = 64)]
struct Small {
    text: String,
}

fn violations(error: Error) -> Vec<Violation> {
    match error {
        Error::Token(TokenError::InvalidClaims { violations, .. }) => {
            violations.iter().cloned().collect()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_claims_struct_gives_the_default_role_and_lifetime() {
    let (clients, _) = offline();
    let client = clients.user(ALICE).claims(report()).client().unwrap();
    assert_eq!(client.role().as_str(), "reporting");
    let token = verified(client.token().unwrap().expose_secret());
    assert_eq!(token["role"], "reporting");
    assert_eq!(token["exp"], START + 15 * 60);
}

#[test]
fn role_and_lifetime_of_the_builder_override_the_struct_in_any_order() {
    let (clients, _) = offline();
    let life = Duration::from_mins(5);
    let before = clients.user(ALICE).role("authenticated").expires_in(life);
    let after = clients.user(ALICE).claims(report());
    for client in [
        before.claims(report()).client().unwrap(),
        after
            .role("authenticated")
            .expires_in(life)
            .client()
            .unwrap(),
    ] {
        let token = verified(client.token().unwrap().expose_secret());
        assert_eq!(token["role"], "authenticated");
        assert_eq!(token["exp"], START + 5 * 60);
    }
}

#[test]
fn a_claim_under_an_object_is_minted_and_read_back_there() {
    let (clients, _) = offline();
    let client = clients.user(ALICE).claims(report()).client().unwrap();
    let token = verified(client.token().unwrap().expose_secret());
    assert_eq!(token["tenant_id"], "acme");
    assert_eq!(token["app_metadata"], json!({ "seats": 3 }));
    let read: Report = serde_json::from_value(Value::Object(token)).unwrap();
    assert_eq!(read, report());
}

#[test]
fn every_broken_rule_is_reported_at_once_and_no_value_is_shown() {
    let (clients, _) = offline();
    let account = Account {
        number: "hunter2".to_owned(),
        plan: "gold-plated".to_owned(),
        note: "dear reader".to_owned(),
        team: "the team with a name that is far too long".to_owned(),
    };
    let error = clients.user(ALICE).claims(account).client().unwrap_err();
    let shown = format!("{error} {error:?}");
    for value in ["hunter2", "gold-plated", "dear reader", "the team"] {
        assert!(!shown.contains(value), "{shown}");
    }
    let violations = violations(error);
    let found: Vec<(&str, &str)> = violations
        .iter()
        .map(|violation| (violation.path(), violation.rule()))
        .collect();
    assert_eq!(
        found,
        [
            ("number", "pattern"),
            ("plan", "one_of"),
            ("app_metadata.note", "custom"),
            ("team", "uuid"),
            ("team", "max_len"),
        ]
    );
    assert_eq!(violations[2].reason(), "is a whole letter");
}

#[test]
fn an_absent_claim_breaks_no_rule() {
    let (clients, _) = offline();
    let absent = Report {
        seats: None,
        ..report()
    };
    let client = clients.user(ALICE).claims(absent).client().unwrap();
    let token = verified(client.token().unwrap().expose_secret());
    assert!(!token.contains_key("app_metadata"));
}

#[test]
fn a_narrowed_client_keeps_the_role_and_claims_of_the_struct() {
    let (clients, _) = offline();
    let client = clients.user(ALICE).claims(report()).client().unwrap();
    let narrowed = client.narrow().client().unwrap();
    let token = verified(narrowed.token().unwrap().expose_secret());
    assert_eq!(token["role"], "reporting");
    assert_eq!(token["app_metadata"], json!({ "seats": 3 }));
}

#[test]
fn max_bytes_limits_the_size_of_all_claims() {
    let small = |length| Small {
        text: "x".repeat(length),
    };
    assert!(small(53).check().is_ok());
    let error = small(54).check().unwrap_err();
    let violations = violations(error.into());
    assert_eq!(violations.len(), 1);
    assert_eq!(
        (violations[0].path(), violations[0].rule()),
        ("", "max_bytes")
    );
}

#[test]
fn a_claim_added_by_name_cannot_replace_an_object_of_the_struct() {
    let (clients, _) = offline();
    let builder = clients.user(ALICE).claims(report());
    let error = builder
        .claim("app_metadata", json!({ "seats": 9 }))
        .client()
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Token(TokenError::DuplicateClaim { .. })
    ));
}

#[test]
fn the_json_schema_describes_names_types_and_rules_of_the_claims() {
    assert_eq!(
        Report::json_schema().to_value(),
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["tenant_id"],
            "properties": {
                "tenant_id": { "type": "string", "minLength": 1 },
                "app_metadata": {
                    "type": "object",
                    "required": [],
                    "properties": { "seats": { "type": "integer", "minimum": 1 } },
                },
            },
        })
    );
    let account = Account::json_schema().to_value();
    assert_eq!(
        account["required"],
        json!(["number", "plan", "app_metadata", "team"])
    );
    assert_eq!(account["properties"]["number"]["pattern"], "^(?:[0-9]+)$");
    assert_eq!(
        account["properties"]["plan"]["enum"],
        json!(["free", "pro"])
    );
    let team = json!({ "type": "string", "format": "uuid", "maxLength": 36 });
    assert_eq!(account["properties"]["team"], team);
    let note = json!({ "type": "string" });
    assert_eq!(
        account["properties"]["app_metadata"]["properties"]["note"],
        note
    );
}

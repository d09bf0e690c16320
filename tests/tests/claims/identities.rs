//! The user ID, role and lifetime of a client.

use std::time::Duration;

use scoped_runtime::{ClientError, Error, Role, ToUserId, UserId};
use uuid::Uuid;

use crate::support::{ALICE, offline, verified};

/// Roles that bypass row level security, in the spellings that a caller may try.
const PRIVILEGED: [&str; 15] = [
    "service_role",
    "SERVICE_ROLE",
    "Service_Role",
    " service_role ",
    "\u{a0}service_role",
    "postgres",
    "Postgres",
    "authenticator",
    "dashboard_user",
    "none",
    "NONE",
    "supabase_admin",
    "supabase_auth_admin",
    "supabase_read_only_user",
    "SUPABASE_",
];

/// Returns the subject and the role of the token.
fn subject_and_role(id: impl ToUserId, role: &str) -> Result<(String, String), Error> {
    let (clients, _) = offline();
    let client = clients.user(id).role(role).client()?;
    let claims = verified(client.token()?.expose_secret());
    assert_eq!(claims["sub"], client.user_id().as_str());
    assert_eq!(claims["role"], client.role().as_str());
    Ok((client.user_id().to_string(), client.role().to_string()))
}

#[test]
fn every_type_that_names_a_user_gives_the_same_subject() {
    let uuid = Uuid::parse_str(ALICE).unwrap();
    let id: UserId = ALICE.parse().unwrap();
    let text = ALICE.to_owned();
    let subjects = [
        ALICE.to_user_id(),
        (&ALICE).to_user_id(),
        text.to_user_id(),
        <&String>::to_user_id(&&text),
        uuid.to_user_id(),
        id.to_user_id(),
        UserId::try_from(ALICE),
        UserId::try_from(text.clone()),
        UserId::external(ALICE),
        Ok(UserId::from(uuid)),
    ];
    for subject in subjects {
        assert_eq!(subject.unwrap(), id);
    }
}

#[test]
fn a_uuid_in_any_spelling_becomes_the_canonical_subject() {
    let plain = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    for spelling in [
        "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
        "urn:uuid:A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    ] {
        let (subject, _) = subject_and_role(spelling, "authenticated").unwrap();
        assert_eq!(subject, plain, "{spelling}");
    }
}

#[test]
fn a_user_id_that_is_not_a_uuid_is_refused() {
    for (id, expected) in [
        ("", "is empty"),
        (" \t\n", "is empty"),
        ("alice", "is not a UUID, so `auth.uid()` would fail"),
        (
            "00000000-0000-4000-8000-00000000000",
            "is not a UUID, so `auth.uid()` would fail",
        ),
        (
            "00000000-0000-4000-8000-00000000000a or true",
            "is not a UUID, so `auth.uid()` would fail",
        ),
    ] {
        let error = subject_and_role(id, "authenticated").unwrap_err();
        let Error::Client(ClientError::InvalidUserId { reason, remedy, .. }) = &error else {
            panic!("{id:?}: {error:?}");
        };
        assert_eq!(*reason, expected, "{id:?}");
        assert!(remedy.contains("`auth.users`"), "{remedy}");
        assert_eq!(error.to_string(), format!("`user_id` {reason}; {remedy}"));
    }
}

#[test]
fn external_user_ids_become_the_subject_unchanged() {
    for id in ["user_2abcDEF", "auth0|5f7c8ec7c33c6c004bbafe82", "é \"x\""] {
        let (subject, _) =
            subject_and_role(UserId::external(id).unwrap(), "authenticated").unwrap();
        assert_eq!(subject, id);
    }
    assert!(UserId::external("x".repeat(255)).is_ok());
}

#[test]
fn an_invalid_external_user_id_is_refused() {
    for (id, expected) in [
        (String::new(), "is empty"),
        ("   ".to_owned(), "is empty"),
        ("x".repeat(256), "is longer than 255 bytes"),
        ("é".repeat(128), "is longer than 255 bytes"),
        ("a\0b".to_owned(), "has control characters"),
        ("a\r\nb".to_owned(), "has control characters"),
    ] {
        let error = UserId::external(id.clone()).unwrap_err();
        let ClientError::InvalidUserId { reason, .. } = error else {
            panic!("{id:?}: {error:?}");
        };
        assert_eq!(reason, expected, "{id:?}");
    }
}

#[test]
fn every_role_that_bypasses_rls_is_refused_by_name_and_by_the_builder() {
    let (clients, _) = offline();
    for name in PRIVILEGED {
        let expected = Role::new(name).expect_err(name).to_string();
        assert!(
            expected.contains(if name.eq_ignore_ascii_case("none") {
                "means the login role"
            } else {
                "bypasses row level security"
            }) && expected.contains(name.trim()),
            "{expected}"
        );
        for (how, role) in [
            ("try_from &str", Role::try_from(name)),
            ("try_from String", Role::try_from(name.to_owned())),
            ("parse", name.parse()),
        ] {
            assert_eq!(role.expect_err(how).to_string(), expected, "{how}");
        }
        for builder in [
            clients.user(ALICE).role(name),
            clients.user(ALICE).role(name.to_owned()),
        ] {
            let error = builder.client().expect_err(name);
            assert!(
                matches!(&error, Error::Client(ClientError::InvalidRole { .. })),
                "{error:?}"
            );
            assert_eq!(error.to_string(), expected);
        }
    }
}

#[test]
fn an_invalid_role_name_is_refused() {
    for (name, expected) in [
        (String::new(), "is empty"),
        (" \t".to_owned(), "is empty"),
        ("r".repeat(64), "is longer than 63 bytes"),
        ("é".repeat(32), "is longer than 63 bytes"),
        ("a\nb".to_owned(), "has control characters"),
        ("a\0".to_owned(), "has control characters"),
    ] {
        let error = subject_and_role(ALICE, &name).expect_err(&name);
        let Error::Client(ClientError::InvalidRole { reason, .. }) = &error else {
            panic!("{name:?}: {error:?}");
        };
        assert_eq!(*reason, expected, "{name:?}");
        assert!(
            !error.to_string().contains(char::is_control),
            "the message has a control character: {error}"
        );
    }
}

#[test]
fn other_valid_role_names_become_the_role_claim() {
    let longest = "r".repeat(63);
    for name in [
        "authenticated",
        "anon",
        "reporting",
        "my_service_role",
        "postgres_reader",
        "Tenant Admin",
        "supabase",
        &longest,
    ] {
        let (_, role) = subject_and_role(ALICE, name).unwrap();
        assert_eq!(role, name);
    }
}

#[test]
fn the_last_role_that_was_set_is_used() {
    let (clients, _) = offline();
    let mended = clients.user(ALICE).role("service_role").role("reporting");
    assert_eq!(mended.client().unwrap().role().as_str(), "reporting");
    let spoilt = clients.user(ALICE).role("reporting").role("service_role");
    assert!(spoilt.client().is_err());
    let checked = clients.user(ALICE).role(Role::default());
    assert_eq!(checked.client().unwrap().role().as_str(), "authenticated");
}

#[test]
fn an_invalid_lifetime_is_refused_with_the_field_name() {
    let (second, year) = (Duration::from_secs(1), Duration::from_hours(365 * 24));
    let short = "`expires_in` is less than a second; ";
    let long = "`expires_in` is more than a year; ";
    let margin =
        "`refresh_before` is not below `expires_in`, so every request would mint a token; ";
    for (life, refresh_before, expected) in [
        (Duration::ZERO, None, &[short][..]),
        (Duration::from_millis(999), None, &[short]),
        (year + second, None, &[long]),
        (Duration::MAX, None, &[long]),
        (second * 60, Some(second * 60), &[margin]),
        (second * 60, Some(second * 61), &[margin]),
        (second * 3600, Some(Duration::MAX), &[margin]),
        (Duration::MAX, Some(Duration::MAX), &[margin, long]),
    ] {
        let mut builder = offline().0.user(ALICE).expires_in(life);
        if let Some(margin) = refresh_before {
            builder = builder.refresh_before(margin);
        }
        let Err(Error::Configuration(error)) = builder.client() else {
            panic!("{life:?} {refresh_before:?} is accepted");
        };
        let found: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
    }
}

#[test]
fn the_default_renewal_is_60_s_before_the_end_or_at_half_the_lifetime() {
    for (seconds, due) in [
        (1, 500),
        (2, 1000),
        (119, 59_500),
        (120, 60_000),
        (3600, 3_540_000),
    ] {
        let (clients, clock) = offline();
        let builder = clients.user(ALICE).expires_in(Duration::from_secs(seconds));
        let client = builder.client().unwrap();
        let id = || client.token().unwrap().claims()["jti"].clone();
        let first = id();
        clock.pass(Duration::from_millis(due - 1));
        assert_eq!(id(), first, "{seconds}");
        clock.pass(Duration::from_millis(1));
        assert_ne!(id(), first, "{seconds}");
    }
}

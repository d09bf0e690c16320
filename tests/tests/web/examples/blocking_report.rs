//! The example report.

use scoped_runtime::blocking::ScopedClients;
use scoped_runtime::{Error, UserId};
use scoped_tests::Target;
use serde_json::json;

use super::project::new_user;
use scoped_examples::report::{Line, report};

fn project() -> ScopedClients {
    let target = Target::blocking().unwrap();
    ScopedClients::new(target.config_builder().build().unwrap()).unwrap()
}

#[test]
fn every_line_of_the_report_counts_only_the_rows_of_its_user() {
    let clients = project();
    let users: Vec<UserId> = (0..10).map(|_| new_user().parse().unwrap()).collect();
    let mut expected = Vec::new();
    for (count, user_id) in users.iter().enumerate() {
        let notes = vec![json!({ "body": "note" }); count];
        if count > 0 {
            let db = clients.get(user_id).unwrap();
            db.from("notes").insert(notes).execute().unwrap();
        }
        expected.push(Line {
            user_id: user_id.clone(),
            notes: count,
            characters: 4 * count,
        });
    }
    for threads in [0, 1, 3, 64] {
        assert_eq!(report(&clients, &users, threads).unwrap(), expected);
    }
    assert_eq!(report(&clients, &[], 3).unwrap(), []);
}

#[test]
fn the_report_fails_if_the_rows_of_a_user_cannot_be_read() {
    let clients = project();
    // `auth.uid()` fails for this user ID.
    let stranger = [UserId::external("no uuid").unwrap()];
    let error = report(&clients, &stranger, 1).unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error}");
}

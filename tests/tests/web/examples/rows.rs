//! The notes of each user, and the HTTP responses to errors of the database.

use reqwest::Method;
use serde_json::{Value, json};

use super::project::{Project, new_user};

#[tokio::test]
async fn a_note_is_visible_only_to_its_owner() {
    let project = Project::new().await;
    let (alice, bob) = (new_user(), new_user());
    let [as_alice, as_bob] = [&alice, &bob].map(|user| project.token(user, &json!({})));
    for service in &project.services {
        let body = json!({ "body": format!("secret of {}", service.name) });
        let added = service.post("/notes", &as_alice, &body).await;
        assert_eq!((added.status, &added.body["owner"]), (201, &json!(alice)));
        assert_eq!(
            service.get("/notes", &as_alice).await.body,
            json!([added.body])
        );
        assert_eq!(service.get("/notes", &as_bob).await.body, json!([]));

        let path = format!("/notes/{}", added.body["id"]);
        for (method, body) in [
            (Method::PATCH, json!({ "body": "of Bob now" })),
            (Method::PATCH, json!({ "owner": bob })),
            (Method::DELETE, Value::Null),
        ] {
            let answer = service.ask(method, &path, &as_bob, &body).await;
            assert_eq!(
                (answer.status, answer.code()),
                (404, "PGRST116"),
                "{}",
                service.name
            );
        }
        // These IDs include a filter that would match every row.
        for id in ["1)or(id.gt.0", "*", "0%20or%201=1"] {
            let path = format!("/notes/{id}");
            let answer = service
                .ask(Method::DELETE, &path, &as_bob, &Value::Null)
                .await;
            assert_eq!(
                (answer.status, answer.code()),
                (400, "22000"),
                "{}",
                service.name
            );
        }
        assert_eq!(
            service.get("/notes", &as_alice).await.body,
            json!([added.body])
        );

        let changed = json!({ "body": "changed" });
        let changed = service.ask(Method::PATCH, &path, &as_alice, &changed).await;
        assert_eq!(
            (changed.status, &changed.body["body"]),
            (200, &json!("changed"))
        );
        let deleted = service
            .ask(Method::DELETE, &path, &as_alice, &Value::Null)
            .await;
        assert_eq!((deleted.status, &deleted.body), (200, &changed.body));
        assert_eq!(service.get("/notes", &as_alice).await.body, json!([]));
    }
}

#[tokio::test]
async fn database_errors_have_a_matching_status_and_show_no_sql() {
    let project = Project::new().await;
    let bob = new_user();
    for service in &project.services {
        let token = project.token(&new_user(), &json!({}));
        let note = service
            .post("/notes", &token, &json!({ "title": "one", "body": "" }))
            .await;
        let path = format!("/notes/{}", note.body["id"]);
        for (method, path, body, status, code) in [
            (
                Method::POST,
                "/notes",
                json!({ "owner": bob, "body": "planted" }),
                403,
                "42501",
            ),
            (Method::PATCH, &path, json!({ "owner": bob }), 403, "42501"),
            (
                Method::PATCH,
                "/notes/0",
                json!({ "body": "" }),
                404,
                "PGRST116",
            ),
            (
                Method::POST,
                "/notes",
                json!({ "title": "one", "body": "" }),
                409,
                "23505",
            ),
            (
                Method::POST,
                "/notes",
                json!({ "title": "no body" }),
                400,
                "23502",
            ),
            (
                Method::POST,
                "/notes",
                json!({ "owner": "nobody", "body": "" }),
                400,
                "22000",
            ),
        ] {
            let answer = service.ask(method, path, &token, &body).await;
            let place = format!("{}: {body}: {answer:?}", service.name);
            assert_eq!((answer.status, answer.code()), (status, code), "{place}");
            assert!(answer.is_json(), "{place}");
            for name in ["policy", "notes", "title", "owner", "constraint"] {
                assert!(!answer.body.to_string().contains(name), "{place}");
            }
        }
        assert_eq!(service.get("/notes", &token).await.body, json!([note.body]));
    }
    let planted = project.token(&bob, &json!({}));
    assert_eq!(
        project.services[0].get("/notes", &planted).await.body,
        json!([])
    );
}

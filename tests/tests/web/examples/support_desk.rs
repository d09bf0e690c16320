//! Support staff, who may act as other users, and callers who may not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scoped_runtime::testing::Recorder;
use serde_json::{Value, json};

use super::project::{Project, new_user};

#[tokio::test]
async fn support_reads_the_rows_of_the_user_and_the_audit_records_it() {
    let project = Project::new().await;
    let agent = new_user();
    let staff = json!({ "app_metadata": { "provider": "email", "team": "support" } });
    let as_agent = project.token(&agent, &staff);
    for service in &project.services {
        let alice = new_user();
        let as_alice = project.token(&alice, &json!({}));
        let note = json!({ "body": "help" });
        let note = service.post("/notes", &as_alice, &note).await.body;

        let path = format!("/support/{alice}/notes?ticket=4711");
        let answer = service.get(&path, &as_agent).await;
        assert_eq!(
            (answer.status, answer.body),
            (200, json!([note])),
            "{}",
            service.name
        );
        let line = format!("{agent} acts as {alice}: 4711");
        assert!(project.journal.lines().contains(&line));
        // The notes of the user are not among those of the support agent.
        assert_eq!(service.get("/notes", &as_agent).await.body, json!([]));
    }
}

#[tokio::test]
async fn app_metadata_set_by_an_administrator_gives_access_to_support() {
    let project = Project::new().await;
    let user =
        json!({ "email": format!("{}@example.com", new_user()), "password": "a long password" });
    let service = &project.services[0];
    let session = service.post("/sign-up", "", &user).await.body;
    let path = format!("/support/{}/notes?ticket=1", new_user());
    let token = session["access_token"].as_str().unwrap();
    assert_eq!(service.get(&path, token).await.status, 403);

    let id = session["user"]["id"].as_str().unwrap();
    let promote = format!(
        r#"update auth.users set raw_app_meta_data = '{{"team": "support"}}' where id = '{id}'"#
    );
    let server = scoped_tests::shared().await.unwrap();
    server.sql(&promote).await.unwrap();
    let session = service.post("/sign-in", "", &user).await.body;
    let token = session["access_token"].as_str().unwrap();
    for service in &project.services {
        assert_eq!(
            service.get(&path, token).await.status,
            200,
            "{}",
            service.name
        );
    }
}

#[tokio::test]
async fn callers_outside_of_support_cannot_act_as_a_user() {
    let project = Project::new().await;
    let alice = new_user();
    for service in &project.services {
        let path = format!("/support/{alice}/notes?ticket=4711");
        for claims in [
            json!({}),
            json!({ "app_metadata": { "team": "sales" } }),
            json!({ "app_metadata": { "team": ["support"] } }),
            json!({ "team": "support" }),
            // Users can edit this claim.
            json!({ "user_metadata": { "team": "support" } }),
        ] {
            let token = project.token(&new_user(), &claims);
            let answer = service.get(&path, &token).await;
            let place = format!("{}: {claims}", service.name);
            assert_eq!(
                (answer.status, answer.code()),
                (403, "claims_mismatch"),
                "{place}"
            );
            assert!(!answer.body.to_string().contains("team"), "{place}");
        }
    }
    assert_eq!(project.journal.lines(), [""; 0]);
}

#[tokio::test]
async fn support_needs_a_ticket_and_a_valid_user_id() {
    let project = Project::new().await;
    let staff = json!({ "app_metadata": { "team": "support" } });
    let token = project.token(&new_user(), &staff);
    for service in &project.services {
        let path = format!("/support/{}/notes", new_user());
        assert_eq!(service.get(&path, &token).await.status, 400);
        let answer = service
            .get("/support/everybody/notes?ticket=1", &token)
            .await;
        assert_eq!((answer.status, answer.code()), (400, "invalid_user_id"));
    }
    assert_eq!(project.journal.lines(), [""; 0]);
}

#[tokio::test]
async fn the_token_names_the_user_as_sub_and_the_agent_as_act() {
    let database = Recorder::start().await.unwrap();
    let project = Project::at(&database.url()).await;
    let (agent, alice) = (new_user(), new_user());
    let staff = json!({ "app_metadata": { "team": "support" } });
    let token = project.token(&agent, &staff);
    for service in &project.services {
        let path = format!("/support/{alice}/notes?ticket=1");
        assert_eq!(service.get(&path, &token).await.status, 200);
    }
    let requests = database.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let bearer = request.headers()["authorization"].to_str().unwrap();
        let payload = bearer.split('.').nth(1).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(payload).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(
            (&claims["sub"], &claims["act"]),
            (&json!(alice), &json!({ "sub": agent }))
        );
        assert!(
            claims.get("app_metadata").is_none(),
            "the token has no permission of support"
        );
    }
}

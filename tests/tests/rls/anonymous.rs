//! An anonymous client sees what policies and grants allow the role `anon`.

use scoped_runtime::{ClientError, Error};
use serde_json::{Value, json};

use crate::support::{api, clients, new_user};

#[tokio::test]
async fn an_anonymous_client_sees_what_policies_allow_anon() {
    let clients = clients().await;
    let alice = clients.get(new_user()).unwrap();
    let author = alice.user_id().to_string();
    for (title, is_published) in [("for all", true), ("a draft", false)] {
        let post = json!({"title": title, "is_published": is_published});
        alice.from("posts").insert(post).execute().await.unwrap();
    }
    let anonymous = clients.anonymous().unwrap();
    let titles = async |query: scoped_runtime::Query| {
        let rows: Vec<Value> = query
            .select("title")
            .eq("author", &author)
            .fetch()
            .await
            .unwrap();
        rows.iter()
            .map(|row| row["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(anonymous.from("posts")).await, ["for all"]);
    assert_eq!(
        titles(alice.from("posts").order("id")).await,
        ["for all", "a draft"]
    );
    let bob = clients.get(new_user()).unwrap();
    assert_eq!(titles(bob.from("posts")).await, ["for all"]);

    let sum: i64 = anonymous
        .rpc("add", json!({"a": 2, "b": 3}))
        .fetch_one()
        .await
        .unwrap();
    assert_eq!(sum, 5);
    let user: Value = anonymous.rpc("whoami", ()).fetch_one().await.unwrap();
    assert_eq!(user["sub"], Value::Null);
    assert_eq!(user["role"], "anon", "{user}");
    let posts = anonymous
        .request("GET", "rest/v1/posts")
        .query("select", "title");
    posts.execute().await.unwrap();

    alice
        .from("notes")
        .insert(json!({"body": "private"}))
        .execute()
        .await
        .unwrap();
    let notes: Vec<Value> = anonymous.from("notes").fetch().await.unwrap();
    assert_eq!(
        notes,
        [Value::Null; 0],
        "no policy of `notes` is for `anon`"
    );
    let written = anonymous
        .from("posts")
        .insert(json!({"title": "x"}))
        .execute();
    assert_eq!(api(written.await).code(), Some("42501"));
    let builder = anonymous.from("posts").into_builder();
    assert!(matches!(
        builder,
        Err(Error::Client(ClientError::Anonymous))
    ));
    alice
        .from("posts")
        .delete()
        .eq("author", &author)
        .execute()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_blocking_anonymous_client_sees_what_policies_allow_anon() {
    let clients = clients().await;
    let blocking = scoped_runtime::blocking::ScopedClients::from(clients);
    let outcome = tokio::task::spawn_blocking(move || -> Result<_, Error> {
        let anonymous = blocking.anonymous()?;
        let posts: Vec<Value> = anonymous.from("posts").select("is_published").fetch()?;
        Ok((posts, anonymous.from("notes").fetch::<Value>()))
    });
    let (posts, notes) = outcome.await.unwrap().unwrap();
    assert!(posts.iter().all(|post| post["is_published"] == true));
    assert_eq!(notes.unwrap(), [Value::Null; 0]);
}

use serde::Deserialize;

use crate::support::World;

#[derive(Debug, Deserialize)]
struct Note {
    body: String,
}

#[tokio::test]
async fn two_users_read_their_own_rows_and_none_of_the_other() {
    let world = World::new().await;
    let (alice, bob) = (world.alice().postgres(), world.bob().postgres());
    let sql = "select body from notes order by body";
    for _ in 0..3 {
        let notes: Vec<Note> = alice.fetch(sql, &[]).await.unwrap();
        let bodies: Vec<_> = notes.iter().map(|note| note.body.as_str()).collect();
        assert_eq!(bodies, ["a1", "a2"]);
        let bodies: Vec<String> = bob.fetch(sql, &[]).await.unwrap();
        assert_eq!(bodies, ["b1", "b2", "b3"]);
        let none = alice.query("select from notes where body like $1", &[&"b%"]).await.unwrap();
        assert!(none.is_empty());
    }
}

#[tokio::test]
#[ignore]
async fn speed() {
    let world = World::new().await;
    let alice = world.alice().postgres();
    let bob = world.bob().postgres();
    let sql = "select body from notes where id = $1";
    for round in 0..4 {
        let start = std::time::Instant::now();
        for _ in 0..500 {
            alice.query(sql, &[&1_i64]).await.unwrap();
            bob.query(sql, &[&3_i64]).await.unwrap();
        }
        println!("{round}: {:?} a query", start.elapsed() / 1000);
        let (client, connection) = world.address().connect(scoped_runtime::tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let bare = client.prepare("select $1::int8").await.unwrap();
        let start = std::time::Instant::now();
        for _ in 0..1000 {
            client.query(&bare, &[&1_i64]).await.unwrap();
        }
        println!("{round}: {:?} a bare query", start.elapsed() / 1000);
    }
}

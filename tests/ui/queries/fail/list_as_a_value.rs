// One of several values, and an array, have methods of their own.
use scoped_runtime::{Condition, ScopedClient};

async fn tagged(alice: ScopedClient) {
    let _ = alice.from("notes").neq("tag", vec!["a", "b"]).execute().await;
    let _ = Condition::eq("tag", ["a", "b"]);
}

fn main() {}

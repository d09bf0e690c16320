// `None` has a method of its own.
use scoped_runtime::ScopedClient;

async fn due(alice: ScopedClient, day: Option<i32>) {
    let _ = alice.from("notes").eq("due", day).execute().await;
}

fn main() {}

// JSON is contained, not equal.
use scoped_runtime::ScopedClient;

async fn wide(alice: ScopedClient) {
    let wide = serde_json::json!({ "width": 3 });
    let _ = alice.from("notes").eq("size", wide).execute().await;
}

fn main() {}

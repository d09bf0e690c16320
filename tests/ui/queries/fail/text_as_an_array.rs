// An array is a list of values; PostgreSQL's own notation goes through `filter`.
use scoped_runtime::ScopedClient;

async fn tagged(alice: ScopedClient) {
    let _ = alice.from("notes").contains("tags", "{a,b}").execute().await;
    let _ = alice.from("notes").range_lt("period", 5).execute().await;
}

fn main() {}

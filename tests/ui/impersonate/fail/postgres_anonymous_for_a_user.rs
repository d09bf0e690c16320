use scoped_runtime::{AnonymousClient, ScopedPostgres};

async fn as_the_user(_: &ScopedPostgres) {}

async fn run(client: AnonymousClient) {
    as_the_user(&client.postgres()).await;
}

fn main() {}

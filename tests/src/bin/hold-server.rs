//! Starts the local server, says where its two gateways are, and waits to be killed or ends: `hold-server wait|end`.
//! The tests of `tests/cleanup.rs` look at what is left. By hand it is a server to try things on.
#![allow(clippy::print_stdout, reason = "a program for people and tests")]

use scoped_tests::LocalSupabase;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = LocalSupabase::shared().await?;
    let another = server.gateway().await?;
    let folder = server.folder().display();
    println!("ready {} {} {folder}", server.url(), another.url());
    if std::env::args().nth(1).as_deref() == Some("wait") {
        std::future::pending::<()>().await;
    }
    Ok(())
}

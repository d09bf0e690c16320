//! Starts the local server, prints the addresses of its two gateways, and waits to be killed or ends:
//! `hold-server wait|end`. `tests/cleanup.rs` checks what is left of it. It can also be started by hand, to
//! try things on a server.
#![allow(clippy::print_stdout, reason = "a program for people and tests")]

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = scoped_tests::shared().await?;
    let another = server.gateway().await?;
    let folder = server.folder().display();
    println!("ready {} {} {folder}", server.url(), another.url());
    if std::env::args().nth(1).as_deref() == Some("wait") {
        std::future::pending::<()>().await;
    }
    Ok(())
}

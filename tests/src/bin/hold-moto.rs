//! Starts AWS KMS by `moto`, says where, and waits to be killed. `tests/kms.rs` looks at what is left.
#![allow(clippy::print_stdout, reason = "a program for people and tests")]

use scoped_tests::Moto;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let moto = Moto::start().await?;
    println!("ready {}", moto.url());
    std::future::pending::<()>().await;
    Ok(())
}

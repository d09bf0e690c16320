//! Starts AWS KMS by `moto`, prints its address, and waits to be killed. `tests/kms` checks that nothing is
//! left running.
#![allow(clippy::print_stdout, reason = "a program for people and tests")]

use scoped_tests::Moto;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let moto = Moto::start().await?;
    println!("ready {}", moto.url());
    std::future::pending::<()>().await;
    Ok(())
}

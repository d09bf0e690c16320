#![deny(warnings)]
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use scoped_runtime::{ClientError, Error, ScopedClient, impersonate};

#[impersonate(user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")]
async fn run(reached: &mut bool, #[scoped] db: ScopedClient) -> Result<(), Error> {
    *reached = true;
    drop(db);
    Ok(())
}

/// Runs a future that never waits.
fn run_now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future waits"),
    }
}

fn main() {
    let mut reached = false;
    let result = run_now(run(&mut reached));
    assert!(matches!(result, Err(Error::Client(ClientError::NotInstalled))));
    assert!(!reached);
}

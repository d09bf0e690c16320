#![deny(warnings)]
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use scoped_runtime::{ClientError, Error, ScopedClient, impersonate};

#[derive(Debug)]
enum Failure {
    Client(Error),
    Number(std::num::ParseIntError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Client(error)
    }
}

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Self {
        Self::Number(error)
    }
}

type Outcome<T> = Result<T, Failure>;

#[impersonate(user = id)]
async fn named(id: &str, text: &str, #[scoped] db: ScopedClient) -> Result<u32, Failure> {
    drop((id, db));
    Ok(text.parse::<u32>()?)
}

#[impersonate(user = id)]
async fn aliased(id: &str, #[scoped] db: ScopedClient) -> Outcome<()> {
    drop((id, db));
    Ok(())
}

#[impersonate(user = id)]
async fn boxed(id: &str, #[scoped] db: ScopedClient) -> Result<(), Box<dyn std::error::Error>> {
    drop((id, db));
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

pub(crate) fn main() {
    let id = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11";
    match run_now(named(id, "1")) {
        Err(Failure::Client(Error::Client(ClientError::NotInstalled))) => {}
        Err(Failure::Number(error)) => panic!("{error}"),
        other => panic!("{other:?}"),
    }
    assert!(run_now(aliased(id)).is_err());
    assert!(run_now(boxed(id)).is_err());
}

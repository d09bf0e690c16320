#![deny(warnings)]
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use scoped_runtime::{ClientError, Config, Error, ScopedClient, blocking, get_client, impersonate};

#[impersonate(user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")]
async fn run(reached: &mut bool, #[scoped] db: ScopedClient) -> Result<(), Error> {
    *reached = true;
    drop(db);
    Ok(())
}

#[impersonate(user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11")]
fn in_a_thread(#[scoped] db: blocking::ScopedClient) -> Result<String, Error> {
    Ok(db.token()?.expose_secret().to_owned())
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
    let mut reached = false;
    let result = run_now(run(&mut reached));
    assert!(matches!(result, Err(Error::Client(ClientError::NotInstalled))));
    assert!(!reached);
    let result = in_a_thread();
    assert!(matches!(result, Err(Error::Client(ClientError::NotInstalled))));

    let config = Config::builder()
        .environment(|_| None)
        .url("https://project.test")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256");
    let clients = blocking::ScopedClients::new(config.build().unwrap()).unwrap();
    clients.install().unwrap();
    run_now(run(&mut reached)).unwrap();
    assert!(reached);
    // One project for both kinds, so one token.
    let user = "6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11";
    let token = get_client(user).unwrap().token().unwrap();
    assert_eq!(in_a_thread().unwrap(), token.expose_secret());
    let same = blocking::get_client(user).unwrap().token().unwrap();
    assert_eq!(same.expose_secret(), token.expose_secret());
}

//! Renewals that fail.

use shuttle::sync::Arc;
use shuttle::{future, thread};

use super::signature::GivesUp;
use super::world::{LIMITS, Refused, World};
use super::{at_random, in_every_order};

fn a_renewal_fails(fickle: bool) {
    let world = World::due();
    world.signature.refuse(2);
    let tasks: Vec<_> = (0..3)
        .map(|index| {
            let joining = {
                let world = Arc::clone(&world);
                async move { world.join().await }
            };
            future::spawn(async move {
                if fickle && index > 0 {
                    GivesUp::somewhere(joining).await
                } else {
                    Some(joining.await)
                }
            })
        })
        .collect();
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    for task in tasks {
        if let Some(got) = future::block_on(task).unwrap() {
            assert_eq!(got.err(), Some(Refused(2)), "the one that failed");
        }
    }
    assert_eq!(world.read(), 1, "the old value stays");

    let again = future::block_on(world.join());
    assert_eq!(again.err(), Some(Refused(2)), "not asked again so soon");
    assert_eq!((world.begun(), world.minted()), (2, 1));

    world.pass(LIMITS.min_retry_interval.as_secs());
    assert_eq!(future::block_on(world.join()).unwrap().generation, 3);
    assert_eq!(world.read(), 3, "nothing is spoilt");
    assert_eq!((world.begun(), world.minted()), (3, 2));
}

#[test]
fn a_failure_reaches_all_who_wait_and_the_next_renewal_begins_after_the_pause() {
    at_random(|| a_renewal_fails(false));
}

#[test]
fn a_failure_reaches_the_remaining_callers_when_others_are_cancelled() {
    at_random(|| a_renewal_fails(true));
}

fn one_fails_and_two_try_again() {
    let world = World::new();
    world.signature.refuse(1);
    world.signature.answer();
    let failed = future::block_on(world.join());
    assert_eq!(failed.err(), Some(Refused(1)));
    world.pass(LIMITS.min_retry_interval.as_secs());
    let other = {
        let world = Arc::clone(&world);
        thread::spawn(move || future::block_on(world.join()).unwrap().generation)
    };
    assert_eq!(future::block_on(world.join()).unwrap().generation, 2);
    assert_eq!(other.join().unwrap(), 2);
    assert_eq!((world.begun(), world.minted()), (2, 1), "one more renewal");
}

#[test]
fn a_failure_is_followed_by_one_renewal_however_many_come_in_every_order() {
    in_every_order(one_fails_and_two_try_again, 50);
}

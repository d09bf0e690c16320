//! Callers that go away while they wait.

use shuttle::sync::Arc;
use shuttle::{future, thread};

use super::signature::GivesUp;
use super::world::{LIMITS, World};
use super::{at_random, in_every_order};

/// Tasks that may go away at each of their awaits, beside one that stays or comes later.
fn any_tasks_go_away(stays: bool) {
    let world = World::due();
    let fickle: Vec<_> = (0..3)
        .map(|_| {
            let world = Arc::clone(&world);
            future::spawn(GivesUp::somewhere(async move { world.join().await }))
        })
        .collect();
    let patient = stays.then(|| {
        let world = Arc::clone(&world);
        future::spawn(async move { world.join().await })
    });
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    for task in fickle {
        if let Some(got) = future::block_on(task).unwrap() {
            assert_eq!(got.unwrap().generation, 2);
        }
    }
    let got = match patient {
        Some(task) => future::block_on(task).unwrap(),
        None => future::block_on(world.join()),
    };
    assert_eq!(got.unwrap().generation, 2);
    assert_eq!((world.begun(), world.minted()), (2, 2), "one renewal");
}

#[test]
fn the_remaining_callers_get_the_one_value_when_others_are_cancelled_at_any_await() {
    at_random(|| any_tasks_go_away(true));
}

#[test]
fn a_later_caller_resumes_a_renewal_that_was_cancelled_at_any_await() {
    at_random(|| any_tasks_go_away(false));
}

/// The scheduler aborts a task from outside, wherever it stands.
fn a_task_is_aborted() {
    let world = World::due();
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let world = Arc::clone(&world);
            future::spawn(async move { world.join().await })
        })
        .collect();
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    tasks[0].abort();
    let results = tasks.into_iter().map(future::block_on);
    for (index, result) in results.enumerate() {
        match result {
            Ok(got) => assert_eq!(got.unwrap().generation, 2),
            Err(_) => assert_eq!(index, 0, "only the first was aborted"),
        }
    }
    assert_eq!((world.begun(), world.minted()), (2, 2), "one renewal");
}

#[test]
fn a_task_that_is_aborted_from_outside_takes_nothing_from_the_other() {
    at_random(a_task_is_aborted);
}

/// One goes away after its first poll, another takes over: no random choices, so every order is tried.
fn one_goes_away_and_one_takes_over() {
    let world = World::new();
    let gone = {
        let world = Arc::clone(&world);
        GivesUp::after(1, async move { world.join().await })
    };
    assert!(future::block_on(gone).is_none());
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    assert_eq!(future::block_on(world.join()).unwrap().generation, 1);
    assert_eq!((world.begun(), world.minted()), (1, 1), "one renewal");
}

#[test]
fn a_renewal_whose_only_caller_left_is_resumed_by_the_next_in_every_order() {
    in_every_order(one_goes_away_and_one_takes_over, 50);
}

/// The first renewal is left alone for longer than patience lasts.
fn one_is_left_for_too_long() {
    let world = World::new();
    let gone = {
        let world = Arc::clone(&world);
        GivesUp::after(1, async move { world.join().await })
    };
    assert!(future::block_on(gone).is_none());
    world.pass(LIMITS.timeout.as_secs());
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    let other = {
        let world = Arc::clone(&world);
        future::spawn(async move { world.join().await })
    };
    assert_eq!(future::block_on(world.join()).unwrap().generation, 2);
    let got = future::block_on(other).unwrap();
    assert_eq!(got.unwrap().generation, 2);
    assert_eq!((world.begun(), world.minted()), (2, 1), "one more renewal");
}

#[test]
fn a_renewal_that_was_left_for_too_long_is_begun_anew_once() {
    at_random(one_is_left_for_too_long);
}

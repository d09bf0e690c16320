//! Renewals that are overtaken: by a key that is here, by a rotation, by one that was begun later.

use shuttle::sync::Arc;
use shuttle::{future, thread};

use super::signature::GivesUp;
use super::world::{LIMITS, World};
use super::{at_random, in_every_order};

/// A signature is under way when a key comes that needs no waiting.
fn a_task_waits_while_threads_make() {
    let world = World::due();
    let task = {
        let world = Arc::clone(&world);
        future::spawn(async move { world.join().await })
    };
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                world.make().unwrap();
                world.read();
            })
        })
        .collect();
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    future::block_on(task).unwrap().unwrap();
    for thread in threads {
        thread.join().unwrap();
    }
    world.read();
    assert!(world.begun() <= 3, "one of each kind at most");
}

#[test]
fn a_signature_that_ends_late_never_takes_the_place_of_a_value_made_since() {
    at_random(a_task_waits_while_threads_make);
}

/// The same at its smallest: the renewal that is under way was begun before the other.
fn one_ends_while_another_is_made() {
    let world = World::new();
    let gone = {
        let world = Arc::clone(&world);
        GivesUp::after(1, async move { world.join().await })
    };
    assert!(future::block_on(gone).is_none());
    world.signature.answer();
    let maker = {
        let world = Arc::clone(&world);
        thread::spawn(move || drop(world.make().unwrap()))
    };
    future::block_on(world.join()).unwrap();
    maker.join().unwrap();
    world.read();
}

#[test]
fn a_value_made_while_a_signature_ends_stays_the_later_one_in_every_order() {
    in_every_order(one_ends_while_another_is_made, 50);
}

/// A value stops serving at any moment: before, while and after its successor is made.
fn the_value_stops_serving() {
    let world = World::due();
    let rotation = {
        let world = Arc::clone(&world);
        thread::spawn(move || {
            let next = world.begun() + 1;
            world.require(next);
            next
        })
    };
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let world = Arc::clone(&world);
            future::spawn(async move { world.join().await })
        })
        .collect();
    let makers: Vec<_> = (0..2)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || drop(world.make().unwrap()))
        })
        .collect();
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    for task in tasks {
        future::block_on(task).unwrap().unwrap();
    }
    for maker in makers {
        maker.join().unwrap();
    }
    let required = rotation.join().unwrap();
    assert!(world.make().unwrap().generation >= required);
    assert!(world.read() >= required);
}

#[test]
fn a_call_after_a_value_expired_gets_a_later_value() {
    at_random(the_value_stops_serving);
}

/// A signer so slow that a second renewal starts while callers still wait for the first.
fn a_slow_one_is_begun_anew() {
    let world = World::due();
    let first = {
        let world = Arc::clone(&world);
        future::spawn(async move { world.join().await })
    };
    let clock = {
        let world = Arc::clone(&world);
        thread::spawn(move || world.pass(LIMITS.timeout.as_secs()))
    };
    let later = {
        let world = Arc::clone(&world);
        future::spawn(async move { world.join().await })
    };
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    future::block_on(first).unwrap().unwrap();
    world.read();
    future::block_on(later).unwrap().unwrap();
    world.read();
    clock.join().unwrap();
    assert!(world.begun() <= 3, "begun anew once");
}

#[test]
fn a_renewal_that_ends_after_it_was_begun_anew_never_takes_the_place_of_its_successor() {
    at_random(a_slow_one_is_begun_anew);
}

/// The first renewal ends after a later one. The callers that wait for the first wake up then.
fn one_ends_after_the_next() {
    let world = World::new();
    let mut first = {
        let world = Arc::clone(&world);
        Box::pin(async move { world.join().await })
    };
    let looked = future::block_on(GivesUp::after(1, first.as_mut()));
    assert!(looked.is_none(), "it waits");
    assert_eq!(world.make().unwrap().generation, 2);
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    assert_eq!(future::block_on(first).unwrap().generation, 2);
    assert_eq!(world.read(), 2);
}

#[test]
fn a_caller_that_waited_for_a_late_signature_gets_the_newer_value_in_every_order() {
    in_every_order(one_ends_after_the_next, 50);
}

//! Threads that renew without waiting.

use shuttle::sync::Arc;
use shuttle::thread;

use super::world::World;
use super::{at_random, in_every_order};

fn two_threads_find_it_due() {
    let world = World::due();
    let other = {
        let world = Arc::clone(&world);
        thread::spawn(move || world.make().unwrap().generation)
    };
    assert_eq!(world.make().unwrap().generation, 2);
    assert_eq!(other.join().unwrap(), 2);
    assert_eq!(world.minted(), 2, "the first, and one more");
}

#[test]
fn two_threads_that_find_a_value_due_make_one_in_every_order() {
    in_every_order(two_threads_find_it_due, 50);
}

fn four_threads_find_it_due_and_one_reads() {
    let world = World::due();
    let mut threads: Vec<_> = (0..4)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                world.read();
                assert_eq!(world.make().unwrap().generation, 2);
                assert_eq!(world.read(), 2);
            })
        })
        .collect();
    let reader = Arc::clone(&world);
    threads.push(thread::spawn(move || {
        for _ in 0..4 {
            reader.read();
        }
    }));
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(world.minted(), 2, "the first, and one more");
}

#[test]
fn threads_that_find_a_value_due_make_one_and_none_reads_the_old_value_after_the_new() {
    at_random(four_threads_find_it_due_and_one_reads);
}

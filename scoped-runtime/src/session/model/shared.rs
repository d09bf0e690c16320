//! Tasks that wait for one signature together.

use shuttle::sync::Arc;
use shuttle::{future, thread};

use super::world::World;
use super::{at_random, in_every_order};

/// So many tasks await one renewal while another thread signs.
fn tasks_wait(tasks: usize, world: &Arc<World>) {
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let world = Arc::clone(world);
            future::spawn(async move { world.join().await })
        })
        .collect();
    let signer = Arc::clone(world);
    thread::spawn(move || signer.signature.answer());
    for task in tasks {
        let value = future::block_on(task).unwrap().unwrap();
        assert_eq!(value.generation, world.begun());
    }
}

fn four_tasks_wait_for_the_first() {
    let world = World::new();
    tasks_wait(4, &world);
    assert_eq!((world.begun(), world.minted()), (1, 1));
}

#[test]
fn all_tasks_that_wait_for_the_first_value_wake_up_with_the_same_one() {
    at_random(four_tasks_wait_for_the_first);
}

fn four_tasks_wait_for_the_next() {
    let world = World::due();
    let reader = {
        let world = Arc::clone(&world);
        thread::spawn(move || {
            for _ in 0..4 {
                world.read();
            }
        })
    };
    tasks_wait(4, &world);
    reader.join().unwrap();
    assert_eq!((world.begun(), world.minted()), (2, 2));
    assert_eq!(world.read(), 2);
}

#[test]
fn all_tasks_that_wait_for_the_next_value_wake_up_and_none_reads_the_old_value_after_it() {
    at_random(four_tasks_wait_for_the_next);
}

/// One task awaits, and the signer is the other thread.
fn a_task_waits() {
    let world = World::new();
    let signer = Arc::clone(&world);
    thread::spawn(move || signer.signature.answer());
    let value = future::block_on(world.join()).unwrap();
    assert_eq!((value.generation, world.begun()), (1, 1));
}

#[test]
fn a_task_is_woken_by_its_signature_in_every_order() {
    in_every_order(a_task_waits, 50);
}

//! The servers of the test kit leave no process and no file behind, however the process that started them ends,
//! whichever user runs it, and whichever PostgreSQL it finds.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg(target_os = "linux")]

mod existing;
mod run;

use std::time::Duration;

use run::{Place, Run, User};
use scoped_runtime::testing::__private::packaged_postgres;

#[test]
fn a_killed_process_leaves_nothing_of_a_local_server() {
    for user in User::all() {
        let place = Place::new("supabase-killed");
        let mut run = Run::start(&place, user, "wait supabase", &[]);
        let addresses = run.ready();
        // Two gateways and PostgreSQL.
        assert_eq!(addresses.len(), 3);
        assert!(addresses.iter().all(|address| run::listens(address)));
        assert!(place.processes() >= 4, "{user:?}");
        run.kill();
        place.is_soon_empty();
        assert!(!addresses.iter().any(|address| run::listens(address)));
    }
}

#[test]
fn a_process_that_ends_leaves_nothing_of_a_shared_server() {
    let place = Place::new("supabase-ended");
    let mut run = Run::start(&place, User::Own, "end supabase", &[]);
    let addresses = run.ready();
    run.succeeds();
    place.is_soon_empty();
    assert!(!addresses.iter().any(|address| run::listens(address)));
}

#[test]
fn a_killed_process_leaves_nothing_of_a_postgres_of_the_machine_or_of_npm() {
    let npm = packaged_postgres().unwrap().display().to_string();
    for user in User::all() {
        for variables in [vec![], vec![("PG_BINDIR", npm.clone())]] {
            let place = Place::new("postgres-killed");
            let mut run = Run::start(&place, user, "wait postgres", &variables);
            let addresses = run.ready();
            assert!(run::listens(&addresses[0]), "{user:?} {variables:?}");
            run.kill();
            place.is_soon_empty();
            assert!(!run::listens(&addresses[0]));
        }
    }
}

#[test]
fn a_process_that_is_killed_while_a_server_starts_leaves_nothing() {
    // Before the folder, in `initdb`, while roles and templates are made, and at the end.
    for milliseconds in [2, 20, 150, 400, 700, 1000, 1300] {
        let place = Place::new("starting");
        let mut run = Run::start(&place, User::Own, "wait postgres", &[]);
        std::thread::sleep(Duration::from_millis(milliseconds));
        run.kill();
        place.is_soon_empty();
    }
}

#[test]
fn a_terminated_supervisor_stops_its_program_too() {
    let place = Place::new("supervisor");
    let mut run = Run::start(&place, User::Own, "wait postgres", &[]);
    let addresses = run.ready();
    place.terminate_supervisors();
    place.is_soon_empty();
    assert!(!run::listens(&addresses[0]));
    run.kill();
}

#[test]
fn two_processes_at_once_do_not_disturb_each_other() {
    let place = Place::new("two");
    let mut runs = [0, 1].map(|_| Run::start(&place, User::Own, "end supabase", &[]));
    let addresses: Vec<String> = runs.iter_mut().flat_map(Run::ready).collect();
    let different: std::collections::BTreeSet<&String> = addresses.iter().collect();
    assert_eq!(different.len(), 6, "{addresses:?}");
    for run in &mut runs {
        run.succeeds();
    }
    place.is_soon_empty();
}

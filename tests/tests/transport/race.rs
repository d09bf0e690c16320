//! R7: `close()` against a request that is about to be written, in every order of the two.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, SystemTime};

use scoped_runtime::{Clock, ScopedClient, ScopedClients, Sleep};
use scoped_tests::ManualClock;
use tokio::runtime::{Builder, Runtime};

use crate::support::{ALICE, START, Server, config, project, request};

enum Event {
    /// The sending thread is held while it reads the clock.
    Held,
    /// The server has read a request.
    Arrived(String),
    /// The server has read a connection to its end.
    Ended,
}

/// A clock that holds one thread at one of its clock reads until the test releases it. Between two clock
/// reads the thread decides nothing about time, tokens or closing, so the clock reads are the only places
/// where a `close()` can intervene.
#[derive(Debug)]
struct Holding {
    time: ManualClock,
    /// The number of clock reads before the one at which the thread is held.
    left: AtomicUsize,
    thread: Mutex<Option<ThreadId>>,
    held: Sender<Event>,
    go_on: Mutex<Receiver<()>>,
}

impl Holding {
    fn look(&self) {
        if *self.thread.lock().unwrap() != Some(thread::current().id()) {
            return;
        }
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            self.held.send(Event::Held).unwrap();
            self.go_on.lock().unwrap().recv().unwrap();
        }
    }
}

#[derive(Debug, Clone)]
struct Shared(Arc<Holding>);

impl Clock for Shared {
    fn now(&self) -> SystemTime {
        self.0.look();
        self.0.time.now()
    }

    fn monotonic(&self) -> Duration {
        self.0.look();
        self.0.time.monotonic()
    }

    fn sleep_until(&self, moment: Duration) -> Sleep {
        self.0.time.sleep_until(moment)
    }
}

/// A server that reads requests and never answers.
async fn silent(events: Sender<Event>) -> Server {
    Server::start(move |mut stream, _| {
        let events = events.clone();
        async move {
            while let Ok(Some(text)) = request(&mut stream).await {
                let _ = events.send(Event::Arrived(text));
            }
            let _ = events.send(Event::Ended);
            Ok(())
        }
    })
    .await
}

/// How long the test waits before it concludes that a `close()` blocks. If it is too short, the test may
/// miss a mistake, but it never reports a false one.
const PATIENCE: Duration = Duration::from_millis(100);

/// Closes the client while the sending thread is held at this clock read. Returns whether the close waited
/// until the request was written; `None` if the request was written before that clock read.
fn closed_at(
    look: usize,
    close: fn(&ScopedClients, &ScopedClient),
    servers: &Runtime,
) -> Option<bool> {
    let (events, seen) = channel();
    let server = servers.block_on(silent(events.clone()));
    let (release, go_on) = channel();
    let clock = Arc::new(Holding {
        time: ManualClock::at(START),
        left: AtomicUsize::new(look),
        thread: Mutex::new(None),
        held: events,
        go_on: Mutex::new(go_on),
    });
    let clients = project(config(&server.http()).clock(Shared(Arc::clone(&clock))));
    let alice = clients.get(ALICE).unwrap();
    let query = alice.from("notes").execute();
    let sending = thread::spawn(move || {
        *clock.thread.lock().unwrap() = Some(thread::current().id());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(query)
    });
    if !matches!(seen.recv().unwrap(), Event::Held) {
        // The thread may still read the clock after the request, such as for the metrics.
        release.send(()).unwrap();
        close(&clients, &alice);
        assert!(sending.join().unwrap().is_err());
        return None;
    }
    let (has_returned, returned) = channel();
    let closing = thread::spawn(move || {
        close(&clients, &alice);
        has_returned.send(()).unwrap();
    });
    let waited = returned.recv_timeout(PATIENCE).is_err();
    release.send(()).unwrap();
    closing.join().unwrap();
    assert!(sending.join().unwrap().is_err());

    // The server accepts connections in order, so once the request of this one arrives, it has accepted
    // all.
    let mut last = std::net::TcpStream::connect(server.address).unwrap();
    last.write_all(b"GET /last HTTP/1.1\r\n\r\n").unwrap();
    let (mut arrived, mut ended, mut is_complete) = (0, 0, false);
    while !is_complete || ended + 1 < server.connections() {
        match seen.recv().unwrap() {
            Event::Arrived(text) if text.starts_with("GET /last ") => is_complete = true,
            Event::Arrived(_) => arrived += 1,
            Event::Ended => ended += 1,
            Event::Held => panic!("the thread is held only once"),
        }
    }
    assert!(
        waited || arrived == 0,
        "written after the close, at clock read {look}"
    );
    Some(waited && arrived == 1)
}

#[test]
fn no_request_begins_to_be_written_after_close_has_returned() {
    let servers = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let ways: [fn(&ScopedClients, &ScopedClient); 2] = [
        |_, alice| alice.close(),
        |clients, _| clients.close_user(ALICE).unwrap(),
    ];
    for close in ways {
        let outcomes: Vec<bool> = (0..)
            .map_while(|look| closed_at(look, close, &servers))
            .collect();
        // Some clock reads are before the write, where closing returns at once, and some are during it,
        // where closing waits.
        assert!(outcomes.contains(&false), "{outcomes:?}");
        assert!(outcomes.contains(&true), "{outcomes:?}");
    }
}

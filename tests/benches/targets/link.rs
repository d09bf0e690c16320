//! A link to a server that takes time, and counts the round trips over it.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Forwards each connection to the server, and adds a delay in each direction. It runs on threads of its own until
/// the process ends: a timer of tokio is no finer than the delay.
pub(crate) struct Link {
    pub(crate) port: u16,
    turns: Arc<AtomicU64>,
}

impl Link {
    pub(crate) fn to(server: (String, u16), delay: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let turns = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&turns);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect((server.0.as_str(), server.1)) else {
                    continue;
                };
                let _ = connect(&client, &server, delay, &counted);
            }
        });
        Ok(Self { port, turns })
    }

    /// The number of round trips so far: how often a client began to send after it had received.
    pub(crate) fn round_trips(&self) -> u64 {
        self.turns.load(Ordering::SeqCst)
    }
}

fn connect(
    client: &TcpStream,
    server: &TcpStream,
    delay: Duration,
    turns: &Arc<AtomicU64>,
) -> io::Result<()> {
    for stream in [client, server] {
        stream.set_nodelay(true)?;
    }
    // The first message of a connection begins a round trip too.
    let was_answered = Arc::new(AtomicBool::new(true));
    let (answered, turns) = (Arc::clone(&was_answered), Arc::clone(turns));
    forward(client.try_clone()?, server.try_clone()?, delay, move || {
        if answered.swap(false, Ordering::SeqCst) {
            turns.fetch_add(1, Ordering::SeqCst);
        }
    });
    forward(server.try_clone()?, client.try_clone()?, delay, move || {
        was_answered.store(true, Ordering::SeqCst);
    });
    Ok(())
}

/// Forwards what arrives, each part this much later than it came: parts that come together are not delayed by each
/// other.
fn forward(
    mut from: TcpStream,
    mut to: TcpStream,
    delay: Duration,
    seen: impl Fn() + Send + 'static,
) {
    let (sender, arrived) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if sender
                .send((Instant::now() + delay, bytes[..count].to_vec()))
                .is_err()
            {
                break;
            }
        }
    });
    thread::spawn(move || {
        // By default Linux ends a sleep up to 50 us late, and an answer in four parts would be late four times.
        let _ = rustix::thread::set_current_timer_slack(NonZeroU64::new(1));
        for (due, bytes) in arrived {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            seen();
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

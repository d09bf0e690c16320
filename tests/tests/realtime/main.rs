//! Supabase Realtime: our client, the official one, and a server that speaks the protocol as the real one does. `facts.md`
//! beside this file names the test of each fact about that protocol.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and waits for real servers"
)]

mod anonymous;
mod bad_frames;
mod broadcasts;
mod changes;
mod channels;
mod closing;
mod crowd;
mod database;
mod facts;
mod heartbeats;
mod interop;
mod logs;
mod observed;
mod official;
mod policies;
mod presence;
mod recovery;
mod refused_joins;
mod renewal;
mod rows;
mod signers;
mod support;
mod tls;

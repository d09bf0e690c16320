//! Supabase Realtime: our client, the official one, and a server that speaks the protocol as the real one does.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic, and waits for real servers"
)]

mod bad_frames;
mod broadcasts;
mod changes;
mod channels;
mod closing;
mod crowd;
mod heartbeats;
mod interop;
mod logs;
mod presence;
mod recovery;
mod renewal;
mod support;
mod tls;

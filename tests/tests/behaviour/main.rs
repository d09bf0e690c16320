//! What the runtime promises, without a Supabase server: a recording one stands in where only the
//! bytes on the wire matter.

mod configuration;
mod identities;
mod layers;
mod refused;
mod renewal;
mod secrets;
mod support;
mod tokens;
mod wire;

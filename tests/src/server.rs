use scoped_runtime::testing::{KitError, LocalSupabase, LocalSupabaseBuilder};

/// The tables of the tests and examples. The path is absolute, because examples have another package.
pub const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/server/supabase/migrations");

/// A local server with the tables of the tests and examples, to be awaited or extended.
pub fn project() -> LocalSupabaseBuilder {
    LocalSupabase::with(MIGRATIONS).schemas(["public", "api2"])
}

/// The server that all tests of this process share.
pub async fn shared() -> Result<&'static LocalSupabase, KitError> {
    project().shared().await
}

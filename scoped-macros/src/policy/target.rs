use super::fit::Known;

/// What the tokens have.
#[derive(Clone, Copy, Debug)]
pub struct Target<'t> {
    /// The struct's name, for messages.
    pub name: &'t str,
    /// Its claims.
    pub known: &'t [Known],
    /// Top-level claims that the runtime sets.
    pub runtime: &'t [&'t str],
}

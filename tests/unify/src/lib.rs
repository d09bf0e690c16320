//! Nothing but the features in `Cargo.toml`. The test is `tests/tests/transport/unchanged.rs`, as it is run
//! without them.

pub use {hyper, hyper_util, reqwest, reqwest_011, rustls, tokio_rustls};

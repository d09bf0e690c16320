//! Act as one of your users on Supabase, and let Row Level Security decide what that user may see.
//!
//! The crate signs a short-lived JWT (RFC 7519) for a user, with claims from a Rust struct, and returns a client
//! that is bound to this user. The token is renewed before it expires. Nothing is stored between requests, and no
//! user signs in, so any number of users and servers can act at the same time. It works with Supabase and with
//! self-hosted PostgREST.
//!
//! <div style="max-width: 44rem">
#![doc = include_str!("../docs/how-it-works.svg")]
//! </div>
//!
#![doc = include_str!("../docs/crate.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "macros"),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "the front page links to what features add"
    )
)]

#[doc(hidden)]
pub mod __private;
mod audit;
pub mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
mod claims;
mod client;
mod clock;
mod config;
mod error;
#[cfg(feature = "functions")]
pub mod functions;
#[cfg(feature = "graphql")]
pub mod graphql;
mod key;
pub mod metrics;
mod mint_policy;
#[cfg(feature = "policies")]
pub mod policies;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "realtime")]
pub mod realtime;
mod rest;
mod session;
#[cfg(feature = "storage")]
pub mod storage;
#[cfg(feature = "testing")]
pub mod testing;
mod thread_flag;
mod token;
mod transport;
mod verify;
#[cfg(any(feature = "axum", feature = "actix-web"))]
mod web;

#[cfg(feature = "tracing")]
pub use audit::TracingAudit;
pub use audit::{AsyncAuditSink, AuditFailure, AuditSink, MintPurpose, MintRecord};
pub use claims::{
    Aal, Actor, Claim, ClaimKind, ClaimValue, Constraint, Literal, NoClaims, Number, RESERVED,
    Role, ScopedClaims, ToActor, ToUserId, UserId,
};
pub use client::{
    AnonymousClient, Async, Health, KeyCheck, Mode, NarrowBuilder, ScopedClient,
    ScopedClientBuilder, ScopedClients, get_client,
};
pub use clock::{Clock, Sleep, SystemClock};
pub use config::{Config, ConfigBuilder, Limits, VerifierOptions};
#[cfg(feature = "functions")]
pub use error::FunctionError;
#[cfg(feature = "storage")]
pub use error::StorageError;
pub use error::{
    ApiError, AuthError, CallerError, ClientError, ConfigurationError, Error, LargestClaims, Phase,
    Problem, PublicError, TokenError, Violation, Violations,
};
#[cfg(feature = "postgres")]
pub use error::{DatabaseError, PostgresError, PostgresPhase};
#[cfg(feature = "graphql")]
pub use error::{GraphqlError, GraphqlErrorEntry, GraphqlLocation};
#[cfg(feature = "realtime")]
pub use error::{RealtimeError, RealtimeErrorKind};
pub use key::{Algorithm, Rotation, Signer, SigningKey};
#[cfg(feature = "aws-kms")]
pub use key::{AwsKms, AwsKmsError};
pub use mint_policy::MintPolicy;
#[cfg(feature = "postgres")]
pub use postgres::{
    Anonymous, AnonymousPostgres, PostgresPool, PostgresTransaction, ScopeStatements,
    ScopedPostgres, ToPostgresConfig,
};
#[cfg(feature = "sqlx")]
pub use postgres::{AnonymousSqlx, ScopedSqlx, SqlxPool};
pub use rest::{
    All, Any, Column, ColumnNames, Composite, Condition, Explain, FilterValue, Is, Json, Operand,
    Order, Page, Paging, Query, RangeValue, Request, Returning, Rows, Text, all, any, json, text,
};
#[cfg(feature = "macros")]
pub use scoped_macros::{ScopedClaims, impersonate, scoped_claims};
pub use session::{Identity, TokenWatch};
pub use token::AccessToken;
pub use transport::{Response, StreamedResponse, Upload};
pub use verify::{Caller, TokenVerifier, VerifiedToken};
#[cfg(any(feature = "axum", feature = "actix-web"))]
pub use web::{Forwarded, Minted, OptionalCaller, OptionalClient, RequireCaller};

/// Declares the pages of the guide. `links.txt` leads the links between pages to modules; in a page's own file the
/// same links lead to files.
macro_rules! pages {
    ($($(#[$attribute:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$attribute])*
        #[doc = include_str!("../docs/links.txt")]
        #[doc = ""]
        #[doc = include_str!($file)]
        pub mod $name {}
    )*};
}

#[cfg_attr(
    not(all(
        feature = "aws-kms",
        feature = "axum",
        feature = "blocking",
        feature = "functions",
        feature = "graphql",
        feature = "macros",
        feature = "policies",
        feature = "postgres",
        feature = "realtime",
        feature = "sqlx",
        feature = "storage",
        feature = "testing",
        feature = "tracing"
    )),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "the guide links to what features add"
    )
)]
#[allow(
    clippy::doc_markdown,
    rustdoc::redundant_explicit_links,
    reason = "the pages are written as texts of their own"
)]
#[doc = include_str!("../docs/links.txt")]
#[doc = ""]
#[doc = include_str!("../docs/README.md")]
pub mod docs {
    #[allow(
        clippy::wildcard_imports,
        unused_imports,
        reason = "the pages link to items by their names"
    )]
    use crate::*;

    pages! {
        getting_started = "../docs/getting-started.md";
        claims = "../docs/claims.md";
        policies = "../docs/policies.md";
        impersonate = "../docs/impersonate.md";
        services = "../docs/services.md";
        queries = "../docs/queries.md";
        #[cfg(feature = "storage")]
        storage = "../docs/storage.md";
        #[cfg(feature = "functions")]
        functions = "../docs/functions.md";
        #[cfg(feature = "graphql")]
        graphql = "../docs/graphql.md";
        auth = "../docs/auth.md";
        #[cfg(feature = "realtime")]
        realtime = "../docs/realtime.md";
        #[cfg(feature = "postgres")]
        postgres = "../docs/postgres.md";
        testing = "../docs/testing.md";
        testing_matrix = "../docs/testing-matrix.md";
        keys = "../docs/keys.md";
        accountability = "../docs/accountability.md";
        operations = "../docs/operations.md";
        from_python = "../docs/from-python.md";
        from_supabase_js = "../docs/from-supabase-js.md";
        refused = "../docs/refused.md";
        benchmarks = "../docs/benchmarks.md";
        transport = "../docs/transport.md";
    }
}

/// The driver of direct Postgres, for its `Config`, `NoTls`, `Row` and types.
#[cfg(feature = "postgres")]
pub use tokio_postgres;

/// The examples in the repository's README are compiled like the ones in the documentation.
#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../../README.md")]
struct Readme;

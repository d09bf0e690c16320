#![doc = include_str!("../docs/crate.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(all(
        feature = "functions",
        feature = "graphql",
        feature = "postgres",
        feature = "realtime",
        feature = "storage"
    )),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "the front page links to the guides of features"
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

/// The guides.
#[cfg_attr(
    not(all(
        feature = "axum",
        feature = "blocking",
        feature = "functions",
        feature = "policies",
        feature = "postgres",
        feature = "storage",
        feature = "testing"
    )),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "the guides link to what features add"
    )
)]
pub mod docs {
    #[doc = include_str!("../docs/keys.md")]
    pub mod keys {}
    #[doc = include_str!("../docs/accountability.md")]
    pub mod accountability {}
    #[cfg(feature = "postgres")]
    #[doc = include_str!("../docs/postgres.md")]
    pub mod postgres {}
    #[doc = include_str!("../docs/queries.md")]
    pub mod queries {}
    #[doc = include_str!("../docs/policies.md")]
    pub mod policies {}
    #[cfg(feature = "functions")]
    #[doc = include_str!("../docs/functions.md")]
    pub mod functions {}
    #[cfg(feature = "graphql")]
    #[doc = include_str!("../docs/graphql.md")]
    pub mod graphql {}
    #[doc = include_str!("../docs/auth.md")]
    pub mod auth {}
    #[cfg(feature = "storage")]
    #[doc = include_str!("../docs/storage.md")]
    pub mod storage {}
    #[doc = include_str!("../docs/services.md")]
    pub mod services {}
    #[cfg(feature = "realtime")]
    #[doc = include_str!("../docs/realtime.md")]
    pub mod realtime {}
    #[doc = include_str!("../docs/operations.md")]
    pub mod operations {}
    #[doc = include_str!("../docs/transport.md")]
    pub mod transport {}
    #[doc = include_str!("../docs/testing.md")]
    pub mod testing {}
    #[doc = include_str!("../docs/testing-matrix.md")]
    pub mod testing_matrix {}
    #[doc = include_str!("../docs/benchmarks.md")]
    pub mod benchmarks {}
}

/// The driver of direct Postgres, for its `Config`, `NoTls`, `Row` and types.
#[cfg(feature = "postgres")]
pub use tokio_postgres;

/// The examples of the repository's README are compiled with those of the documentation.
#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../../README.md")]
struct Readme;

//! The macros of `scoped-runtime`: [`macro@scoped_claims`], [`macro@impersonate`] and the derive
//! [`macro@ScopedClaims`]. Depend on `scoped-runtime`, which re-exports them.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod impersonate;
mod scoped_claims;
mod support;

use proc_macro::TokenStream;

/// Makes the fields of a struct the custom claims of a token.
///
/// Policies read claims by name. If the policy reads `tenant_id` and the program sends `tenantId`, nothing
/// fails, but rows disappear or become visible to other users. With this attribute the claims are part of a
/// type:
///
/// - A function that takes `&ScopedClient<Tenant>` cannot be called with a client that lacks the claims.
/// - A name that a claim cannot have is a compile-time error.
/// - A value that violates a constraint is an error when the client is made.
/// - With `policies = "..."`, the claims are compared with the SQL of the policies at compile time.
///
/// ```
/// use scoped_runtime::{Error, ScopedClient, ScopedClients, scoped_claims};
///
/// #[scoped_claims(role = "reporting", expires_in = "15m")]
/// struct Tenant {
///     #[claim(non_empty)]
///     tenant_id: String,
///     #[claim(rename = "subscription", one_of("free", "pro"))]
///     plan: String,
///     #[claim(under = "app_metadata", min = 1)]
///     seats: Option<u32>, // `None`: the token does not have the claim
/// }
///
/// fn client_of(clients: &ScopedClients, user: &str) -> Result<ScopedClient<Tenant>, Error> {
///     let claims = Tenant { tenant_id: "acme".into(), plan: "pro".into(), seats: Some(5) };
///     clients.user(user).claims(claims).client()
/// }
/// ```
///
/// The attribute implements `ScopedClaims`, and serde's `Serialize` and `Deserialize` unless a `#[derive(...)]`
/// below the attribute does. The crate does not need a dependency on serde. The struct can be deserialized from
/// what it serializes to, and from the claims of a whole token. Type parameters and const parameters are
/// supported.
///
/// # Arguments
///
/// | on the struct | meaning |
/// |---|---|
/// | `role = "..."` | the default role of clients with these claims |
/// | `expires_in = "15m"` | the default lifetime of their tokens: numbers with `h`, `m` and `s` |
/// | `under = "app_metadata"` | the object that contains all claims |
/// | `max_bytes = n` | the maximum size of the claims as JSON, in bytes |
/// | `policies = "supabase/migrations"`, `policies(...)` | folders and globs of SQL files, relative to the crate's `Cargo.toml`, whose policies are compared with the claims; see [Policies](#policies) |
/// | `allow_user_metadata` | allows claims in `user_metadata`, which users can edit |
/// | `crate = path` | the path of `scoped_runtime`, if it is not `::scoped_runtime` |
///
/// | `#[claim(...)]` on a field | meaning |
/// |---|---|
/// | `rename = "..."` | the name of the claim, if it is not the name of the field |
/// | `under = "..."` | the object that contains the claim, inside of the object of the struct. It is a single name: a dot does not separate names |
/// | `default`, `default = expr` | the value of an absent claim when it is read. It does not affect what is written |
/// | `skip` | the field is not a claim. When it is read, it has the value of `default`, or the default of its type |
/// | `secret` | tools must not show the values (`Claim::is_secret`). Errors never contain values |
/// | `unread` | no policy needs to read the claim |
/// | `allow_float` | the value may be a floating-point number |
///
/// | constraint in `#[claim(...)]` | for | the value |
/// |---|---|---|
/// | `non_empty` | text, lists, maps | is not empty |
/// | `min = n`, `max = n` | numbers | is at least, or at most, `n` |
/// | `min_len = n`, `max_len = n` | text, lists, maps | has at least, or at most, `n` characters (as PostgreSQL's `char_length` counts them), items or members |
/// | `one_of("a", "b")` | text, numbers | is one of these |
/// | `pattern = "regex"` | text | matches the regular expression as a whole, in the syntax of the crate `regex-lite` |
/// | `uuid` | text | is a UUID in hyphenated form |
/// | `custom = path` | all | is accepted by this `fn(&T) -> Result<(), &'static str>`. The reason is a fixed text, so that an error cannot contain a value |
///
/// The constraints are checked when a client is made. `TokenError::InvalidClaims` lists every violation with the
/// path of the claim, without the value. `ScopedClaims::check` checks them without a client. An absent claim
/// violates no constraint. `ScopedClaims::CLAIMS` has the names, paths, kinds and constraints as data, for tools.
///
/// # Types
///
/// A field can have any type that serde can serialize: text, numbers, booleans, `Uuid`, nested structs, enums,
/// newtypes, lists, and maps with text keys. The struct implements `Deserialize` if the types of its fields do.
/// A time should be a number of whole seconds, because PostgREST reads a fraction as 0:
/// `#[serde(with = "chrono::serde::ts_seconds")]` or
/// `#[serde(with = "jiff::fmt::serde::timestamp::second::required")]`.
///
/// Serde's attributes work as usual, whether or not the struct derives a trait of serde: `rename`, `rename_all`,
/// `alias`, `skip`, `default`, `with`, `skip_serializing_if` and so on. Details:
///
/// - A name that serde only reads, such as an `alias`, names a claim too. The same names are refused, and no
///   other field may have it.
/// - Names and functions may differ between writing and reading, as in `rename(serialize = "...")`, but then the
///   struct cannot be deserialized from what it serializes to.
/// - A `bound = "..."` without directions must be right for both traits.
/// - A field whose type is written as `Option<..>` gets a `skip_serializing_if` unless it has one. An alias of
///   `Option` is not recognised, so that its `None` becomes `null`.
/// - A field with `#[cfg(...)]` is a claim if the field exists.
///
/// # Policies
///
/// With `policies = "..."` the macro reads the SQL files in the order of their names and replays their history,
/// so that dropped and replaced objects do not count.
///
/// These are errors, each with policy, table, file and line:
///
/// - A live policy reads a claim that neither the struct nor the runtime has.
/// - A live policy casts or compares a claim in a way that fails or is false for every value.
/// - A live policy reads `user_metadata`.
///
/// These are warnings:
///
/// - The same in functions, views, triggers, defaults and dynamic SQL.
/// - Reads that the macro cannot follow, and `auth.jwt()` outside of a `select`.
/// - Fields that no SQL reads, unless they have `#[claim(unread)]`.
///
/// The compiler prints the warnings as uses of deprecated items, since a macro cannot produce another kind of
/// warning on stable Rust.
///
/// ```text
/// #[scoped_claims(policies(
///     "supabase/migrations",
///     "supabase/seeds/*.sql",
///     tables = ["documents", "app.*"],
///     deny = ["unwrapped"],
///     allow = ["partner_id"],
/// ))]
/// ```
///
/// | in `policies(...)` | meaning |
/// |---|---|
/// | `"..."`, once or more | a folder, without its subfolders, or a glob with `*`, `**` and `?`. All files are one history, in this order |
/// | `tables = [...]` | only objects on these tables count, for histories that serve several kinds of tokens: `documents` (of `public`), `app.documents`, `app.*` |
/// | `deny = [...]` | reports these findings as errors |
/// | `warn = [...]` | reports these findings as warnings |
/// | `allow = [...]` | silences these findings |
///
/// An entry of `deny`, `warn` or `allow` is the path of a claim, such as `app_metadata.org`, which includes all
/// claims below it, or the name of a kind of finding. A claim takes precedence over a kind, and a longer path
/// over a shorter one. An entry that names nothing is an error. A warning begins with the name of its kind:
///
/// | kind | finding |
/// |---|---|
/// | `missing` | the struct does not have the claim |
/// | `mismatch` | the use of the claim fails or is false for every value |
/// | `doubtful` | the use of the claim fails or is false for some values |
/// | `user_metadata` | a policy reads `user_metadata` |
/// | `unwrapped` | `auth.jwt()` is outside of a `select`, so that PostgreSQL calls it for each row |
/// | `key_cast` | `->> 'key'::uuid` casts the key instead of the claim |
/// | `auth_only` | only tokens of Supabase Auth have the claim, such as `session_id` |
/// | `role_literal` | `role` is compared with a text that is not a database role |
/// | `unfollowed` | the macro cannot follow where the token goes |
/// | `unread` | no SQL reads the claim |
/// | `assurance` | a restrictive policy requires a second factor (`aal2`) |
/// | `rls_off` | a table has policies, but its row level security is disabled |
/// | `rls_bypassed` | a policy applies only to roles that bypass row level security, such as `service_role` |
/// | `role_unreachable` | a policy applies only to roles that no token can have |
/// | `skipped` | a file was not read, or only with replacements for bytes that are not UTF-8 |
///
/// **The kind of a claim** comes from the type of its field: from the name of a type of the standard library,
/// otherwise from the compiler, which resolves aliases and looks into structs of claims, but not into the
/// structs inside of those. Constraints add to it: `one_of`, `uuid` and `pattern` say that a type of your own is
/// text, and which texts it has. Other types of your own, fields with `#[serde(with = "...")]` and fields of a
/// type parameter may have any value. What the compiler finds is an error, never a warning. A test that the
/// attribute adds to your crate finds literals that are not a value of an enum, unless `one_of` lists the values.
///
/// **When the SQL changes**, Cargo compiles the struct again, but it does not notice a new file. Another test
/// that the attribute adds fails then. With this line in the `main` of a `build.rs`, every build notices it:
///
/// ```
/// println!("cargo::rerun-if-changed=supabase/migrations");
/// ```
///
/// The program does not contain the SQL. A missing folder is an error, but only a warning in a package (as Cargo
/// makes, vendors and publishes them, and as docs.rs builds them).
///
/// # Errors at compile time
///
/// All mistakes are reported at once:
///
/// - Names of claims that the runtime sets itself or deliberately leaves out, because they say who the user is:
///   `sub`, `role`, `aud`, `iss`, `iat`, `exp`, `aal`, `is_anonymous`, `jti`, `nbf`, `session_id`, `amr`, `act`.
///   Also `user_metadata` without `allow_user_metadata`: users can edit it, so no policy may trust it.
/// - Two fields with one path, a path inside of the value of another field, and an empty name.
/// - A role that bypasses Row Level Security, and a lifetime that is zero or has no unit.
/// - Constraints that contradict each other or do not apply to the type, a value of `one_of` or a `default` that
///   violates another constraint, and a pattern that does not compile. The macro knows types by their names; for
///   an alias or a type of your own, such a mistake is found when a client is made.
/// - Types that cannot be a claim: maps whose keys are not text, bytes, floating-point numbers without
///   `allow_float`, `SystemTime` and `Duration` (which serde writes as objects), and types that serde cannot
///   serialize. A field with `with` or `serialize_with` is not checked.
/// - Enums, unions, tuple structs and unit structs, because claims are a fixed set of names with values.
/// - Lifetime parameters, because a client keeps its claims.
/// - Attributes of serde that change the set of names, such as `flatten`, `tag`, `transparent` and `into`, and a
///   `cfg_attr` on a field that may rename or remove it.
/// - `under` and `default = expr` next to a derive of a serde trait, which cannot express them.
///
/// Put `#[derive(...)]` below this attribute. A derive above it has run already, so that the attribute does not
/// see the implementation, and the derive does not know `#[claim]`.
#[proc_macro_attribute]
pub fn scoped_claims(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_claims::expand(arguments.into(), item.into()).into()
}

/// Makes a function act as a user of the project, or as several users. The function gets a client that is bound
/// to the user, and Row Level Security decides what the client can read and write.
///
/// ```
/// # use scoped_runtime::{Error, ScopedClient, ScopedClients, impersonate, scoped_claims};
/// # #[scoped_claims] struct Tenant { tenant_id: String }
/// # struct App { clients: ScopedClients }
/// # struct Job { user_id: String, tenant: String }
/// # struct Order { from: String, to: String }
/// # type Note = String;
/// #[impersonate(
///     user = job.user_id,
///     claims = Tenant { tenant_id: job.tenant.clone() },
///     expires_in = "15m",
///     via = app.clients,
/// )]
/// async fn run(app: &App, job: Job, #[scoped] db: ScopedClient<Tenant>) -> Result<usize, Error> {
///     let notes: Vec<Note> = db.from("notes").select("*").fetch().await?;
///     Ok(notes.len())
/// }
///
/// async fn run_all(app: &App, jobs: Vec<Job>) -> Result<(), Error> {
///     for job in jobs {
///         run(app, job).await?; // callers pass every parameter but the client
///     }
///     Ok(())
/// }
///
/// #[impersonate(via = app.clients)]
/// async fn transfer(
///     app: &App,
///     order: Order,
///     #[scoped(user = order.from)] seller: ScopedClient,
///     #[scoped(user = order.to)] buyer: ScopedClient,
/// ) -> Result<(), Error> {
///     // `seller` and `buyer` act as two users.
/// #   let _ = (seller, buyer);
///     Ok(())
/// }
/// ```
///
/// The clients are made before the body runs; in an async function, when its future is first polled. If a client
/// cannot be made, the function returns the error and the body does not run.
///
/// A call makes a client, not a token: the second call for the same user and claims signs nothing. The call
/// allocates nothing in addition to the client, and the future is a few bytes larger than a handwritten one.
///
/// # Arguments
/// A value is an expression over the other parameters of the function, including those that a pattern
/// destructures. In an async function it may use `.await`. The values are evaluated in the order of this table,
/// after `via`. None of them can use a client.
///
/// | argument | meaning |
/// |---|---|
/// | `user = expr` | required: the user to act as. Any type that implements `ToUserId`, such as `UserId`, `Uuid`, `&str` and `String`. Borrowed, so that the body can use it too. A string literal must be a UUID |
/// | `role = "..."` | the database role; the default is `authenticated`. A literal is checked at compile time, any other value at run time |
/// | `expires_in = "15m"` | the lifetime of each token: numbers with `h`, `m` and `s`, as in `"1h30m"`, or an expression of type `Duration` |
/// | `refresh_before = "1m"` | the time between the renewal of a token and its end, in the same form. It must be less than `expires_in`; two literals are compared at compile time |
/// | `auto_refresh = true` | a `bool`: whether tokens are renewed |
/// | `read_only = true` | a `bool`: whether the client only reads, as with the builder's `read_only()` |
/// | `actor = expr` | who acts as the user, for the token's `act` claim and the audit. Any type that implements `ToActor`, such as a verified `Caller`, `UserId` and `&str`. Borrowed |
/// | `reason = expr` | the reason, as text for the audit. Borrowed |
/// | `claims = expr` | the claims, a struct with `#[scoped_claims]`, which the type of the client must name. Moved |
/// | `via = expr` | the `ScopedClients` of the project, for async or for blocking code: a value, a reference, or a smart pointer such as `Arc`. Borrowed. The default is the process default of `ScopedClients::install()` |
/// | `crate = path` | the path of the runtime, if it is not `::scoped_runtime` |
///
/// `#[scoped(...)]` takes the same arguments except `crate`, which replace those of the attribute for its client.
/// An argument of the attribute that every `#[scoped(...)]` replaces is refused. An expression of the attribute
/// is evaluated once for each client that uses it. Each client has a session of its own.
///
/// # Functions
/// - An `async fn`, or a `fn` that ends with `async move { .. }` or `Box::pin(async move { .. })`, gets a
///   `scoped_runtime::ScopedClient`.
/// - Any other `fn` gets a `scoped_runtime::blocking::ScopedClient`, with the feature `blocking`.
/// - The function may be free, or a method with any receiver, also in the implementation of a trait. It must
///   return `Result<_, E>` with `E: From<scoped_runtime::Error>`.
/// - The parameters with `#[scoped]` receive the clients by value. They are not part of the signature that
///   callers see. `mut db`, `_` and attributes such as `#[allow(...)]` work on them.
/// - Everything else stays as it is written: documentation, visibility, generics, the other parameters, and the
///   body with its `return` and `?`.
///
/// # Other attributes
/// - `#[async_trait]` on the implementation, `#[tracing::instrument]` and the routes of actix-web work in either
///   order. With `async_trait`, put the client after parameters that a pattern destructures.
/// - Put `#[axum::debug_handler]` below this attribute. Above it, `debug_handler` would read the parameters
///   before the client is removed, require an extractor in its place, and call the function with the client as
///   an additional argument.
///
/// # Errors at compile time
/// Every mistake is reported at once, where it is written, and callers of the function still compile:
/// - a role that bypasses Row Level Security (`service_role`, `postgres`, every `supabase_*`, `authenticator`,
///   `dashboard_user`, `none`);
/// - a literal user that is empty or not a UUID; a lifetime that is zero, over a year or without a unit; a
///   `refresh_before` that is not less than `expires_in`, or next to `auto_refresh = false`;
/// - a missing `user`; an argument that is unknown, given twice or without a value; an argument of the attribute
///   that every `#[scoped(...)]` replaces;
/// - no client, two equal clients, a client by reference or of another type, `#[scoped]` on `self`, a blocking
///   client in an async function, and an async client in a plain function;
/// - `ScopedClient<Tenant>` without `claims`, or with claims of another type;
/// - a function that is `const` or `extern`, cannot return an error, or has no body.
#[proc_macro_attribute]
pub fn impersonate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    impersonate::expand(arguments.into(), item.into()).into()
}

/// Implements `ScopedClaims` for a struct that derives the traits of serde itself.
///
/// ```
/// use scoped_runtime::ScopedClaims;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, ScopedClaims)]
/// #[claims(role = "reporting")]
/// struct Tenant {
///     #[serde(rename = "tenant")]
///     #[claim(non_empty)]
///     tenant_id: String,
/// }
/// ```
///
/// The derive works like [`macro@scoped_claims`], whose arguments are written in `#[claims(...)]`. A derive
/// cannot change the struct, so that serde must know some arguments itself: write `rename`, `default` and `skip`
/// as attributes of serde, and use `#[scoped_claims]` if you need `under`. A `None` that serde writes as `null`
/// is left out of the token.
#[proc_macro_derive(ScopedClaims, attributes(claims, claim, serde))]
pub fn derive_scoped_claims(item: TokenStream) -> TokenStream {
    scoped_claims::derive(item.into()).into()
}

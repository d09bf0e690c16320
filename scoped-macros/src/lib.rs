//! The attributes of `scoped-runtime`. Depend on that crate; it re-exports both.

mod impersonate;
mod scoped_claims;
mod support;

use proc_macro::TokenStream;

/// Makes a struct's fields the claims of a token.
///
/// Policies read claims by name, and a name that is spelled differently on the two sides fails
/// silently: rows vanish, or leak. Here the names are part of a type. A function that takes
/// `&ScopedClient<Tenant>` cannot be called with a client that lacks these claims, a name that cannot
/// work is refused when the program is compiled, and a value that breaks a rule when the client is made.
///
/// ```text
/// use scoped_runtime::scoped_claims;
///
/// #[scoped_claims(role = "reporting", expires_in = "15m")]
/// struct Tenant {
///     #[claim(non_empty)]
///     tenant_id: String,
///     #[claim(rename = "subscription", one_of("free", "pro"))]
///     plan: String,
///     #[claim(under = "app_metadata", min = 1)]
///     seats: Option<u32>, // `None`: the claim is absent
/// }
/// ```
///
/// The struct implements `ScopedClaims`, and serde's `Serialize` and `Deserialize` unless a
/// `#[derive(...)]` below the attribute has them already; no dependency on serde is needed. It reads
/// back what it wrote, also out of a whole token. Type and const parameters work.
///
/// # Arguments
///
/// | on the struct | |
/// |---|---|
/// | `role = "..."` | the role of clients with these claims that are given none |
/// | `expires_in = "15m"` | the life of their tokens, likewise: numbers with `h`, `m` and `s` |
/// | `under = "app_metadata"` | the object that all claims are in |
/// | `max_bytes = n` | how many bytes the claims may have as JSON |
/// | `policies = "supabase/migrations"`, `policies(...)` | folders and globs of SQL files, from the crate's `Cargo.toml` on: the policies in them are compared with the claims, see below |
/// | `allow_user_metadata` | lets claims be in `user_metadata`, which users can edit |
/// | `crate = path` | where to find `scoped_runtime`, if it is not `::scoped_runtime` |
///
/// | `#[claim(...)]` on a field | |
/// |---|---|
/// | `rename = "..."` | the claim's name, if it is not the field's |
/// | `under = "..."` | the object that it is in, inside that of the struct. One name, not a path: a dot is a dot |
/// | `default`, `default = expr` | what an absent claim is read as; it changes nothing about what is written |
/// | `skip` | not a claim; read as `default` says, or as the type's own default |
/// | `secret` | tools must not show its values (`Claim::is_secret`); errors show none anyway |
/// | `unread` | no policy has to read it |
/// | `allow_float` | the value may have a fraction |
///
/// | rules, in `#[claim(...)]` too | for | |
/// |---|---|---|
/// | `non_empty` | text, lists, maps | something is in it |
/// | `min = n`, `max = n` | numbers | not less, not more |
/// | `min_len = n`, `max_len = n` | text, lists, maps | so many characters (as `char_length` counts them), items or members |
/// | `one_of("a", "b")` | text, numbers | one of these |
/// | `pattern = "regex"` | text | the whole text matches, in the syntax of the crate `regex-lite` |
/// | `uuid` | text | a UUID in hyphenated form |
/// | `custom = path` | everything | `fn(&T) -> Result<(), &'static str>` says so; the reason is fixed text, so that no value gets into an error |
///
/// Making a client checks all of them and fails with `TokenError::InvalidClaims`, which lists every
/// broken rule with its claim's path, never a value; `ScopedClaims::check` does the same without a
/// client. An absent claim breaks no rule. `ScopedClaims::CLAIMS` has names, paths, kinds and rules as
/// data, for tools.
///
/// # Types
///
/// A value is whatever serde can serialise: nested structs, enums, newtypes, lists, maps with text
/// keys, `Uuid`. Of your own types nothing else is asked; the struct can be read back if they can. A
/// time should be whole seconds, since a fraction is read as 0: `#[serde(with =
/// "chrono::serde::ts_seconds")]`, `#[serde(with = "jiff::fmt::serde::timestamp::second::required")]`.
///
/// Serde's own attributes hold too: `rename`, `rename_all`, `alias`, `skip`, `default`, `with`,
/// `skip_serializing_if` and their like, whether or not the struct derives anything of serde itself.
/// A name that is only read (`alias`, `rename(deserialize = "...")`, `rename_all(deserialize = "...")`) is a
/// claim's name like any other: what is refused of a name is refused of it, and no other field may have it.
/// Names and functions that differ between writing and reading (`rename(serialize = "...")`,
/// `serialize_with`) are followed, but then the struct does not read what it wrote. A `bound = "..."`
/// without sides must do for both traits. A field whose type is written `Option<..>` and has no
/// `skip_serializing_if` gets one; an alias of `Option` is not seen, and its `None` becomes `null`. A
/// field with `#[cfg(...)]` is a claim when it exists.
///
/// # Policies
///
/// With `policies = "..."` the SQL is read in the order of the files' names, and its history replayed: what
/// was dropped or replaced does not count. A read of a claim in a live policy that the struct and the
/// runtime do not have, a cast or comparison that the claim can never satisfy, and `user_metadata`
/// in a policy are errors, each with policy, table, file and line. The same elsewhere (functions, views,
/// triggers, defaults, dynamic SQL), reads that cannot be followed, `auth.jwt()` outside of a `select`, and
/// fields that nothing reads (but for `#[claim(unread)]`) are warnings; they look like uses of something
/// deprecated, the only way to a warning on stable Rust.
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
/// | in `policies(...)` | |
/// |---|---|
/// | `"..."`, once or more | a folder, without its subfolders, or a glob with `*`, `**` and `?`. Together they are one history, in this order |
/// | `tables = [...]` | only what is on these tables counts, since one history may serve several kinds of tokens: `documents` (of `public`), `app.documents`, `app.*` |
/// | `deny = [...]` | these findings are errors |
/// | `warn = [...]` | these are warnings |
/// | `allow = [...]` | of these nothing is said |
///
/// A finding is named by its claim's path, with everything below it (`app_metadata.org`), or by its
/// kind. The claim counts before the kind, and the longer path before the shorter one. An entry that
/// names nothing is a mistake. The kinds: `missing` (a claim that the struct lacks), `mismatch` (a use that
/// it can never satisfy), `doubtful` (one that only some of its values do), `user_metadata`, `unwrapped`
/// (`auth.jwt()` outside of a `select`, so that it is called for each row), `key_cast` (`->> 'key'::uuid`
/// casts the key), `auth_only` (`session_id` and other claims of Auth's own tokens), `role_literal` (`role`
/// compared with what is no database role), `unfollowed`, `unread`. A warning begins with its kind's name.
///
/// **What a claim is** follows from the field's type: from the name of one of the standard library's, else
/// from what the compiler knows, through aliases and into structs that are claims themselves (but not
/// those within them). Then it follows from the rules: `one_of`, `uuid` and `pattern` say that a type of
/// your own is text, and which. Every other type of your own may be anything, as may a field with
/// `#[serde(with = "...")]` and one of a type parameter. What the compiler finds is an error or nothing,
/// never a warning. A literal that is no value of an enum is found by a test that the attribute adds to
/// the crate's own, unless `one_of` lists the values.
///
/// **When the SQL changes** the struct is compiled again, but a new file is nothing that Cargo looks
/// at: another such test tells of it. To have it noticed by every build,
/// add a `build.rs`:
///
/// ```text
/// fn main() {
///     println!("cargo::rerun-if-changed=supabase/migrations");
/// }
/// ```
///
/// No SQL gets into the program. A folder that is not there is an error, but only a warning in a package
/// (as Cargo makes, vendors and publishes them, and as docs.rs builds them).
///
/// # What is refused
///
/// All mistakes are reported at once.
///
/// - The names of claims that the runtime sets itself, or leaves out on purpose: `sub`, `role`,
///   `aud`, `iss`, `iat`, `exp`, `aal`, `is_anonymous`, `jti`, `nbf`, `session_id`, `amr`, `act`. They say
///   who the user is; a custom claim must not. `user_metadata`, unless it is allowed: users can edit
///   it, so no policy may trust it.
/// - Two fields with one path, a path inside the value of another field, and an empty name.
/// - A role that bypasses Row Level Security, a life that is zero or has no unit.
/// - Rules that contradict each other or the field's type, a value of `one_of` or a `default` that
///   breaks another rule, a pattern that does not compile. Types are known by their names here; with an
///   alias or a type of your own, such a mistake shows when a client is made.
/// - Types that cannot be a claim: maps whose keys are not text, bytes, floating-point numbers without
///   `allow_float`, `SystemTime` and `Duration` (which serde writes as objects), and what serde cannot
///   serialise. A field with `with` or `serialize_with` is its own business.
/// - Enums, unions, tuple and unit structs: claims are names with values, always the same ones.
/// - Lifetime parameters: a client keeps its claims for life.
/// - Serde's attributes that change which names are written, such as `flatten`, `tag`,
///   `transparent` and `into`, and a `cfg_attr` on a field that may rename or remove it: the list
///   of claims would no longer be the truth.
/// - `under` and `default = expr` beside a derive of serde's traits, which would know nothing of them.
///
/// Put `#[derive(...)]` below this attribute, not above it: a derive above has run already, so its
/// `Serialize` is not seen, and it knows nothing of `#[claim]`.
#[proc_macro_attribute]
pub fn scoped_claims(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_claims::expand(arguments.into(), item.into()).into()
}

/// Makes a function act as one of the project's users, or as several: its body gets a client that is
/// bound to that user, and Row Level Security decides what it sees.
///
/// ```text
/// #[impersonate(user = job.user_id, claims = Tenant::of(&job), expires_in = "15m", via = app.clients)]
/// async fn run(app: &App, job: Job, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
///     let notes: Vec<Note> = db.from("notes").select("*").fetch().await?;
///     archive(job, notes).await
/// }
///
/// run(&app, job).await?; // callers pass everything but the client
///
/// #[impersonate(via = app.clients)]
/// async fn transfer(
///     app: &App,
///     order: Order,
///     #[scoped(user = order.from)] a: ScopedClient,
///     #[scoped(user = order.to)] b: ScopedClient,
/// ) -> Result<(), Error> { .. }
/// ```
///
/// The clients are made before the body, in an async function when its future is first polled. If one
/// cannot be made, the function returns that error and the body does not run.
///
/// A call makes a client, not a token: the second call for the same user and claims signs nothing. It
/// allocates nothing of its own, and the future is a few bytes larger than one written by hand.
///
/// # Arguments
/// The values are expressions over the function's other parameters, those that are taken apart by a
/// pattern included, and in an async function may use `.await`. They are read in the order of this list,
/// after `via`; none can use a client.
///
/// | argument | what it is |
/// |---|---|
/// | `user = expr` | required: whom to act as, anything that is `ToUserId` (a `UserId`, a `Uuid`, a `&str`, a `String`). It is borrowed, so the body can still use it. A string literal must be a UUID |
/// | `role = "..."` | the database role, `authenticated` if it is left out. A literal is checked when this is compiled, anything else when it runs |
/// | `expires_in = "15m"` | how long each token lives: numbers with `h`, `m` and `s`, as in `"1h30m"`, or an expression of type `Duration` |
/// | `refresh_before = "1m"` | how long before its end a token is renewed, likewise. Less than `expires_in`: two literals are compared when this is compiled |
/// | `auto_refresh = true` | whether tokens are renewed at all: a `bool` |
/// | `actor = expr` | who acts as the user, anything that is `ToActor` (a verified `Caller`, a `UserId`, a `&str`): the token's `act` claim, and in the audit. Borrowed |
/// | `reason = expr` | why: text for the audit. Borrowed |
/// | `claims = expr` | the claims, a struct with `#[scoped_claims]`. Moved; its type must be the one that the client's type names |
/// | `via = expr` | the `ScopedClients` to make the client with: one, a reference, or a smart pointer such as an `Arc`. Borrowed. Without it, the process default that `ScopedClients::install()` sets |
/// | `crate = path` | where the runtime is, if not at `::scoped_runtime` |
///
/// `#[scoped(...)]` takes the same arguments but `crate`, and replaces the attribute's for its client. So
/// the attribute says what holds for all; what every marker replaces is refused there. Each client has a
/// session of its own, and `ScopedClient<Tenant>` is another type than `ScopedClient<Admin>`. An
/// expression of the attribute is read once for each client that uses it.
///
/// # The function
/// - An `async fn`, or a `fn` that ends with `async move { .. }` or `Box::pin(async move { .. })`: gets
///   `scoped_runtime::ScopedClient`, and `via` is a `scoped_runtime::ScopedClients`.
/// - Any other `fn`: gets `scoped_runtime::blocking::ScopedClient`, with the feature `blocking`, and `via`
///   is a `scoped_runtime::blocking::ScopedClients`. `ScopedClients::from(..)` makes one of the other.
/// - Free, or a method with any receiver, also of a trait's implementation. It returns `Result<_, E>` with
///   `E: From<scoped_runtime::Error>`.
/// - Parameters marked `#[scoped]` receive the clients, by value, and are no part of the signature that
///   callers see. `mut db`, `_` and attributes such as `#[allow(...)]` work on them.
/// - Everything else stays as it is written: documentation, visibility, generics, the other
///   parameters, and the body with its `return` and `?`.
///
/// # Beside other attributes
/// - `#[async_trait]` on the implementation, `#[tracing::instrument]`, and actix-web's routes: in either
///   order. With `async_trait`, put the client behind the parameters that are taken apart by a pattern.
/// - `#[axum::debug_handler]`: below this one. Above, it reads the parameters before the client is taken
///   out, asks for an extractor in its place, and calls the function with one argument too many.
///
/// # What is refused
/// Every mistake is reported at once, where it stands, and the function is still there for its callers:
/// - a role that bypasses Row Level Security (`service_role`, `postgres`, every `supabase_*`,
///   `authenticator`, `dashboard_user`, `none`): policies would no longer decide;
/// - a user that is empty or no UUID; a lifetime that is zero, over a year or without a unit;
///   `refresh_before` that is not below `expires_in`, or beside `auto_refresh = false`;
/// - a missing `user`; an argument that is unknown, given twice or without a value; one of the attribute
///   that every `#[scoped(...)]` replaces;
/// - no client, two that are the same, one by reference or of another type, `#[scoped]` on `self`, a
///   blocking client in an async function, and the other way round;
/// - `ScopedClient<Tenant>` without `claims`, or claims of another type;
/// - a function that is `const` or `extern`, cannot return an error, or has no body.
#[proc_macro_attribute]
pub fn impersonate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    impersonate::expand(arguments.into(), item.into()).into()
}

/// The claims of a struct that derives serde's traits itself.
///
/// ```text
/// #[derive(Serialize, Deserialize, ScopedClaims)]
/// #[claims(role = "reporting")]
/// struct Tenant {
///     #[serde(rename = "tenant")]
///     #[claim(non_empty)]
///     tenant_id: String,
/// }
/// ```
///
/// The same as [`macro@scoped_claims`], whose arguments stand in `#[claims(...)]` here, but for what has
/// to reach serde, since a derive can add nothing to the struct: `rename`, `default` and `skip` are
/// written as serde's own attributes, and for `under` the attribute is needed. A `None` that serde
/// writes as `null` is left out of the token.
#[proc_macro_derive(ScopedClaims, attributes(claims, claim, serde))]
pub fn derive_scoped_claims(item: TokenStream) -> TokenStream {
    scoped_claims::derive(item.into()).into()
}

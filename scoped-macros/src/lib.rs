//! The attributes of `scoped-runtime`. Depend on that crate; it re-exports both.

mod impersonate;
mod scoped_claims;
mod support;

use proc_macro::TokenStream;

/// Makes a struct's fields the claims of a token.
///
/// Policies read claims by name, and a name that is spelled differently on the two sides fails
/// silently: rows vanish, or leak. Here the names are part of a type. A function that takes
/// `&ScopedClient<Tenant>` cannot be called with a client that lacks these claims, and a name that
/// cannot work is refused when the program is compiled.
///
/// ```ignore
/// use scoped_runtime::scoped_claims;
///
/// #[scoped_claims]
/// struct Tenant {
///     tenant_id: String,
///     #[claim(rename = "subscription")]
///     plan: String,
///     seats: Option<u32>, // `None`: the claim is absent
/// }
/// ```
///
/// The struct implements `ScopedClaims`, and `Serialize` unless a `#[derive(...)]` below the
/// attribute has it already; no dependency on serde is needed. Values may be anything that serde
/// can serialise: nested structs, lists, maps with string keys. Type and const parameters work.
///
/// # Arguments
///
/// | on the struct | |
/// |---|---|
/// | `crate = path` | where to find `scoped_runtime`, if it is not `::scoped_runtime` |
///
/// | `#[claim(...)]` on a field | |
/// |---|---|
/// | `rename = "..."` | the claim's name, if it is not the field's |
///
/// Serde's own attributes hold too: `rename`, `rename_all`, `skip`, `with`, `skip_serializing_if`
/// and their like, whether or not the struct derives anything of serde itself. A field whose type
/// is written `Option<..>` and has no `skip_serializing_if` gets one; an alias of `Option` is not
/// seen, and its `None` becomes `null`. A field with `#[cfg(...)]` is a claim when it exists.
///
/// # What is refused
///
/// All mistakes are reported at once.
///
/// - The names of claims that the runtime sets itself, or leaves out on purpose: `sub`, `role`,
///   `aud`, `iss`, `iat`, `exp`, `aal`, `is_anonymous`, `jti`, `nbf`, `session_id`, `amr`, `act`. They say
///   who the user is; a custom claim must not.
/// - Two fields with one name, and an empty name.
/// - Enums, unions, tuple and unit structs: claims are names with values, always the same ones.
/// - Lifetime parameters: a client keeps its claims for life.
/// - Serde's attributes that change which names are written, such as `flatten`, `tag`,
///   `transparent` and `into`, and a `cfg_attr` on a field that may rename or remove it: the list
///   of claims would no longer be the truth.
///
/// Put `#[derive(...)]` below this attribute, not above it: a derive above has run already, so its
/// `Serialize` is not seen, and it knows nothing of `#[claim]`.
#[proc_macro_attribute]
pub fn scoped_claims(arguments: TokenStream, item: TokenStream) -> TokenStream {
    scoped_claims::expand(arguments.into(), item.into()).into()
}

/// Makes an `async fn` act as one of the project's users: its body gets a client that is bound to
/// that user, and Row Level Security decides what it sees.
///
/// ```ignore
/// #[impersonate(user = job.user_id, claims = Tenant::of(&job), expires_in = "15m", via = app.clients)]
/// async fn run(app: &App, job: Job, #[scoped] db: ScopedClient<Tenant>) -> Result<(), Error> {
///     let notes: Vec<Note> = db.from("notes").select("*").fetch().await?;
///     archive(job, notes).await
/// }
///
/// run(&app, job).await?; // callers pass everything but the client
/// ```
///
/// The client is made when the future is first polled, before the body. If it cannot be made, the
/// function returns that error and the body does not run.
///
/// # Arguments
/// The values are expressions over the function's other parameters, and may use `?` and `.await`.
/// They are read in the order of this list, after `via`; none can use the client.
///
/// | argument | what it is |
/// |---|---|
/// | `user = expr` | required: whom to act as, anything that is `ToUserId` (a `UserId`, a `Uuid`, a `&str`, a `String`). It is borrowed, so the body can still use it. A string literal must be a UUID |
/// | `role = "..."` | the database role, `authenticated` if it is left out. A literal is checked when this is compiled, anything else when it runs |
/// | `expires_in = "15m"` | how long each token lives: numbers with `h`, `m` and `s`, as in `"1h30m"`, or an expression of type `Duration` |
/// | `claims = expr` | the claims, a struct with `#[scoped_claims]`. Moved; its type must be the one that the client's type names |
/// | `via = expr` | the `ScopedClients` to make the client with: one, a reference, or a smart pointer such as an `Arc`. Borrowed. Without it, the process default that `ScopedClients::install()` sets |
/// | `crate = path` | where the runtime is, if not at `::scoped_runtime` |
///
/// # The function
/// - It is an `async fn`, free or a method with any receiver, and returns `Result<_, E>` with
///   `E: From<scoped_runtime::Error>`.
/// - One parameter is marked `#[scoped]`. It receives the client, by value, and is no part of the
///   signature that callers see. `mut db`, `_` and attributes such as `#[allow(...)]` work on it.
/// - Everything else stays as it is written: documentation, visibility, generics, the other
///   parameters, and the body with its `return` and `?`.
/// - Put this above attributes that read the parameters, such as `#[tracing::instrument]`. With
///   `#[async_trait]`, which takes the `async` away first, it does not work; a native `async fn` in
///   a trait does, with the attribute on the implementation.
///
/// # What is refused
/// Every mistake is reported at once, where it stands:
/// - a role that bypasses Row Level Security (`service_role`, `postgres`, every `supabase_*`,
///   `authenticator`, `dashboard_user`, `none`): policies would no longer decide;
/// - a user that is empty or no UUID, a lifetime that is zero, too long or without a unit;
/// - a missing `user`; an argument that is unknown, given twice or without a value;
/// - no client, two of them, one by reference, or `#[scoped]` on `self`;
/// - `ScopedClient<Tenant>` without `claims`, or claims of another type;
/// - a function that is not async, cannot return an error, or has no body.
#[proc_macro_attribute]
pub fn impersonate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    impersonate::expand(arguments.into(), item.into()).into()
}

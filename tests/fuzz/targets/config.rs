//! Fuzzes the configuration, and the users, roles and claims of a project.
//!
//! The input is a list of values, each followed by U+001E. A value is missing if the list is too short or
//! if the value is U+001F alone.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scoped_runtime::{Config, Role, ScopedClients, UserId};
use serde_json::Value;

/// The project that makes the clients. It is built once, because building it for every input would mostly
/// exercise TLS.
static PROJECT: LazyLock<ScopedClients> = LazyLock::new(|| {
    let config = Config::builder()
        .environment(|_| None)
        .url("https://project.test")
        .api_key("sb_publishable_abcdefghijklmnopqrstuv_abcdefgh")
        .jwt_secret("a-jwt-secret-that-is-long-enough-for-hs256")
        .shared_sessions(0)
        .build();
    ScopedClients::new(config.expect("valid")).expect("usable")
});

fuzz_target!(|text: &str| {
    let mut values = text
        .split('\u{1e}')
        .map(|text| (text != "\u{1f}").then_some(text));
    let mut next = || values.next().flatten();
    configure(&Values {
        url: next(),
        api_key: next(),
        jwt_secret: next(),
        issuer: next(),
        allows_secret_api_key: next().is_some(),
        secret_variable: next(),
        key_variable: next(),
        dotenv: next(),
    });
    scope([next(), next(), next(), next(), next()]);
});

struct Values<'a> {
    url: Option<&'a str>,
    api_key: Option<&'a str>,
    jwt_secret: Option<&'a str>,
    issuer: Option<&'a str>,
    allows_secret_api_key: bool,
    secret_variable: Option<&'a str>,
    key_variable: Option<&'a str>,
    /// The content of a `.env` file.
    dotenv: Option<&'a str>,
}

fn configure(values: &Values<'_>) {
    // The content of an existing file depends on the machine, so such a path is left out.
    let is_here = |text: &&str| !text.trim().is_empty() && Path::new(text.trim()).exists();
    let key = values.key_variable.filter(|text| !is_here(text));
    let dotenv = values
        .dotenv
        .filter(|text| !text.contains("SUPABASE_SIGNING_KEY"));
    let variables = [
        ("SUPABASE_SIGNING_KEY", key),
        ("SUPABASE_JWT_SECRET", values.secret_variable),
    ]
    .map(|(name, value)| (name, value.map(str::to_owned)));
    let mut builder = Config::builder().environment(move |wanted| {
        let mut found = variables.iter().filter(|(name, _)| *name == wanted);
        found.next().and_then(|(_, value)| value.clone())
    });
    if let Some(url) = values.url {
        builder = builder.url(url);
    }
    if let Some(api_key) = values.api_key {
        builder = builder.api_key(api_key);
    }
    if let Some(jwt_secret) = values.jwt_secret {
        builder = builder.jwt_secret(jwt_secret);
    }
    if let Some(issuer) = values.issuer {
        builder = builder.issuer(issuer);
    }
    if let Some(text) = dotenv {
        let path = std::env::temp_dir().join(format!("scoped-fuzz-{}.env", std::process::id()));
        std::fs::write(&path, text).expect("a folder for temporary files");
        builder = builder.dotenv(path);
    }
    let secrets = [values.jwt_secret, values.secret_variable];
    let builder = builder.allow_secret_api_key(values.allows_secret_api_key);
    match builder.build() {
        Ok(config) => {
            let shown = format!("{config:?}");
            for secret in secrets.into_iter().flatten() {
                assert_hidden(secret, &shown, &config.issuer());
            }
        }
        Err(error) => {
            // A text that can only be a path may be shown.
            let key = key.filter(|key| key.trim().starts_with(['{', '[']));
            let texts = [values.url, values.api_key, values.issuer, key, dotenv];
            for text in texts.into_iter().chain(secrets).flatten() {
                scoped_fuzz::assert_hides(text, &error);
            }
        }
    }
}

/// Checks that `Debug` of a configuration hides the secret, unless the URL or the issuer contains it too.
fn assert_hidden(secret: &str, shown: &str, issuer: &str) {
    let is_elsewhere = secret.len() < 32 || issuer.contains(secret) || secret.contains(['"', '\\']);
    assert!(
        is_elsewhere || !shown.contains(secret),
        "`{secret}` is shown in: {shown}"
    );
}

/// Makes a client with a user, a role, an actor, and one claim with a name and a value.
fn scope(values: [Option<&str>; 5]) {
    let [user, role, actor, name, value] = values;
    let user = user.unwrap_or("6f7f5b3c-6a4e-4b57-9f0e-2f4b5d0c9a11");
    let user = UserId::new(user).or_else(|_| UserId::external(user));
    let role = Role::new(role.unwrap_or("authenticated"));
    let (Ok(user), Ok(role)) = (user, role) else {
        return;
    };
    let json = value.map(|text| serde_json::from_str(text).unwrap_or_else(|_| text.into()));
    let value = json.unwrap_or(Value::Null);
    let mut client = PROJECT.user(user.clone()).role(role.clone());
    if let Some(actor) = actor {
        client = client.actor(actor);
    }
    if let Some(name) = name {
        client = client.claim(name, &value);
    }
    let Ok(client) = client.client() else {
        return;
    };
    let claims = client.token().expect("minted already").claims();
    assert_eq!(claims["sub"], user.as_str());
    assert_eq!(claims["role"], role.as_str());
    if let Some(name) = name.filter(|_| !value.is_null()) {
        assert_eq!(claims[name], value);
    }
    assert_eq!(claims.contains_key("act"), actor.is_some());
}

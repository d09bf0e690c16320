//! The sources of a signing key in the environment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jsonwebtoken::decode_header;
use scoped_runtime::{Config, ConfigBuilder, Problem, SigningKey};
use serde_json::json;

use crate::key::support::{KID, cli, openssl, token};
use crate::support::{KEY, SECRET};

const URL: &str = "https://project.test";
const SIGNING_KEY: &str = "SUPABASE_SIGNING_KEY";
const JWT_SECRET: &str = "SUPABASE_JWT_SECRET";

/// A project whose key comes from these variables.
fn reading(variables: &[(&'static str, &str)]) -> ConfigBuilder {
    let own = |(name, value): &(&'static str, &str)| (*name, (*value).to_owned());
    let variables: HashMap<&str, String> = variables.iter().map(own).collect();
    let builder = Config::builder().environment(move |name| variables.get(name).cloned());
    builder.url(URL).api_key(KEY)
}

/// Writes a file with this text.
fn file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn the_environment_gives_a_key_as_json_or_as_a_path() {
    let (one, set) = (cli("es256").to_string(), json!([cli("rs256")]).to_string());
    let path = file("signing_keys.json", &set);
    let path = path.to_str().unwrap();
    let dotenv = file("key.env", &format!("{SIGNING_KEY}={path}\n"));
    let quoted = file("quoted.env", &format!("{SIGNING_KEY}='{one}'\n"));
    let explicit = || SigningKey::from_pem(&openssl("EC SEC1"), KID).unwrap();
    let kid = |name: &str| cli(name)["kid"].as_str().map(str::to_owned);
    for (name, builder, expected) in [
        ("JSON", reading(&[(SIGNING_KEY, &one)]), kid("es256")),
        (
            "a set",
            reading(&[(SIGNING_KEY, &format!(" {set}\n"))]),
            kid("rs256"),
        ),
        ("a path", reading(&[(SIGNING_KEY, path)]), kid("rs256")),
        (
            "a path with blanks",
            reading(&[(SIGNING_KEY, &format!(" {path}\n"))]),
            kid("rs256"),
        ),
        (".env", reading(&[]).dotenv(dotenv), kid("rs256")),
        (".env with JSON", reading(&[]).dotenv(quoted), kid("es256")),
        (
            "beside a blank",
            reading(&[(SIGNING_KEY, &one), (JWT_SECRET, " ")]),
            kid("es256"),
        ),
        (
            "a blank",
            reading(&[(SIGNING_KEY, ""), (JWT_SECRET, SECRET)]),
            None,
        ),
        (
            "set in code",
            reading(&[(SIGNING_KEY, "bad"), (JWT_SECRET, "bad")]).signing_key(explicit()),
            Some(KID.to_owned()),
        ),
        (
            "a secret in code",
            reading(&[(SIGNING_KEY, &one), (JWT_SECRET, "bad")]).jwt_secret(SECRET),
            None,
        ),
    ] {
        let header = decode_header(token(builder)).unwrap();
        assert_eq!(header.kid, expected, "{name}");
    }
}

#[test]
fn an_unusable_key_in_the_environment_is_refused_without_being_shown() {
    let hint = "set `SUPABASE_SIGNING_KEY` to the JSON that `supabase gen signing-key` writes, \
                or to the path of a file with it";
    let unknown = format!("is neither JSON nor the path of a file; {hint}");
    let unreadable =
        |path: &str, why| format!("is in `{path}`, which cannot be read ({why}); {hint}");
    let pem = openssl("EC PKCS#8");
    let file_with_pem = file("key.pem", &pem);
    let no_file = file_with_pem.with_file_name("nothing-here");
    let no_file = no_file.to_str().unwrap();
    let is_pem = "is PEM, not JSON; use `SigningKey::from_pem`".to_owned();
    let both = "is set beside `jwt_secret`; remove `SUPABASE_JWT_SECRET`: projects with signing \
                keys may have revoked the legacy secret";
    let blank = "is blank; set `SUPABASE_SIGNING_KEY` or call `.signing_key(..)`";
    let not_found = "entity not found";
    for (value, secret, expected) in [
        (
            "no/such/keys.json",
            None,
            unreadable("no/such/keys.json", not_found),
        ),
        (no_file, None, unreadable(no_file, not_found)),
        // A secret in the wrong variable. It may contain slashes and even begin with one.
        (SECRET, None, unknown.clone()),
        (
            "kqV3/z+0sYh1Zz8h2m3Vw0/N1xvQp6T4bJ7c9dKfE2g=",
            None,
            unknown.clone(),
        ),
        (
            "/kqV3z+0sYh1Zz8h2m3Vw0N1xvQp6T4bJ7c9dKfE2gA=",
            None,
            unknown,
        ),
        (&pem, None, is_pem.clone()),
        (file_with_pem.to_str().unwrap(), None, is_pem),
        ("{}", Some(SECRET), both.to_owned()),
        ("", None, blank.to_owned()),
    ] {
        let mut variables = vec![(SIGNING_KEY, value)];
        variables.extend(secret.map(|secret| (JWT_SECRET, secret)));
        let error = reading(&variables).build().expect_err(value);
        let [problem] = error.problems() else {
            panic!("{error}");
        };
        assert_eq!(problem.to_string(), format!("`signing_key` {expected}"));
    }
}

#[test]
fn a_missing_key_is_reported_with_both_variables() {
    let error = reading(&[]).build().unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("SUPABASE_JWT_SECRET") && said.contains("SUPABASE_SIGNING_KEY"),
        "{said}"
    );
}

#[test]
fn an_invalid_key_is_reported_together_with_all_other_problems() {
    let builder = reading(&[(SIGNING_KEY, "{}")])
        .url("nowhere")
        .issuer("nobody");
    let error = builder.build().unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(Problem::field).collect();
    assert_eq!(fields, ["url", "signing_key", "issuer"]);
}

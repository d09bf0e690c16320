//! The values of a project: which are accepted, and from which source they come.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use jsonwebtoken::{EncodingKey, Header, encode};
use scoped_runtime::{Config, ConfigBuilder, Problem, ScopedClients, SigningKey};
use serde_json::json;

use crate::support::{ALICE, KEY, SECRET, config, verified};

const URL: &str = "https://project.test";
const SECRET_KEY: &str = "sb_secret_abcdefghijklmnopqrstuv_abcdefgh";
const VALID: [(&str, &str); 3] = [
    ("SUPABASE_URL", URL),
    ("SUPABASE_KEY", KEY),
    ("SUPABASE_JWT_SECRET", SECRET),
];
const API_KEY_NAMES: [&str; 3] = [
    "SUPABASE_KEY",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_ANON_KEY",
];

const SWAP: &str = "jwt_secret is an API key; swap `SUPABASE_KEY` and `SUPABASE_JWT_SECRET`, \
                    or copy the secret from the project's JWT settings";

/// A configuration whose environment has only these variables.
fn reading(variables: &[(&str, &str)]) -> ConfigBuilder {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let variables: HashMap<String, String> = variables.iter().map(own).collect();
    Config::builder().environment(move |name| variables.get(name).cloned())
}

/// Returns every problem as "field reason; remedy".
fn problems(builder: ConfigBuilder) -> Vec<String> {
    let error = builder.build().expect_err("a refused configuration");
    assert_eq!(error.field(), error.problems()[0].field());
    assert_eq!(error.reason(), error.problems()[0].reason());
    let say = |one: &Problem| format!("{} {}; {}", one.field(), one.reason(), one.remedy());
    error.problems().iter().map(say).collect()
}

/// A legacy API key: a JWT that is signed with the project's secret.
fn legacy_key(role: &str) -> String {
    let claims = json!({ "iss": "supabase", "ref": "project", "role": role, "exp": 2_000_000_000 });
    let key = EncodingKey::from_secret(SECRET.as_bytes()).expect("a secret");
    encode(&Header::default(), &claims, &key).expect("a JWT")
}

/// Writes a `.env` file with the valid variables and one more line into a folder of its own.
fn dotenv(test: &str, line: &str) -> PathBuf {
    let lines = VALID.map(|(name, value)| format!("{name}={value}\n"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(".env");
    std::fs::write(&path, lines.concat() + line).expect("a file");
    path
}

const NO_KEY: &str = "jwt_secret is missing; set `SUPABASE_JWT_SECRET`, or `SUPABASE_SIGNING_KEY` \
                      for a project with signing keys, or call `.jwt_secret(..)` or \
                      `.signing_key(..)`";

#[test]
fn a_missing_or_blank_value_is_reported_with_the_variable_to_set() {
    for (index, field) in ["url", "api_key", "jwt_secret"].into_iter().enumerate() {
        let variable = VALID[index].0;
        let remedy = format!("set `{variable}` or call `.{field}(..)`");
        let mut missing = VALID.to_vec();
        missing.remove(index);
        let missing = problems(reading(&missing));
        let expected = match field {
            "jwt_secret" => NO_KEY.to_owned(),
            field => format!("{field} is missing; {remedy}"),
        };
        assert_eq!(missing, [expected]);
        for value in ["", " \t\r\n"] {
            let mut blank = VALID;
            blank[index].1 = value;
            let expected = format!("{field} is blank; {remedy}");
            assert_eq!(problems(reading(&blank)), [expected]);
        }
    }
}

#[test]
fn an_invalid_url_is_refused_with_all_reasons_at_once() {
    let example = "use a project URL such as `https://abcdefghijkl.supabase.co`";
    let text = &*format!("url is not a URL; {example}");
    let scheme = &*format!("url is not an http or https URL; {example}");
    let user = "url has a user name or password; remove everything before the `@`";
    let query = "url has a query; remove the `?` and everything after it";
    let fragment = "url has a fragment; remove the `#` and everything after it";
    let service = "url is the URL of one service; remove the path of the service, such as `/rest/v1`, from its end";
    let all = "https://a:b@project.test/rest/v1?c=1#d";
    for (url, expected) in [
        ("project.test", &[text][..]),
        ("/tmp/x", &[text]),
        ("https://pro ject.test", &[text]),
        ("postgres://db.project.test:5432", &[scheme]),
        ("localhost:54321", &[scheme]),
        ("file:///etc/passwd", &[scheme]),
        ("https://user@project.test", &[user]),
        ("https://:password@project.test", &[user]),
        ("https://project.test?apikey=x", &[query]),
        ("https://project.test/?", &[query]),
        ("https://project.test#", &[fragment]),
        ("https://project.test/rest/v1", &[service]),
        ("https://project.test/prefix/auth/v1/", &[service]),
        ("https://project.test/storage/v1", &[service]),
        (all, &[user, query, fragment, service]),
    ] {
        assert_eq!(problems(config(URL).url(url)), expected, "{url}");
    }
}

#[test]
fn a_secret_api_key_is_refused_unless_the_builder_allows_it() {
    let (service_key, anon_key) = (legacy_key("service_role"), legacy_key("anon"));
    for (key, kind) in [(SECRET_KEY, "secret"), (&service_key, "`service_role`")] {
        let expected = format!(
            "api_key is a {kind} key, which bypasses Row Level Security when a token is lost; \
             use the publishable key (`sb_publishable_...`) or the legacy anon key"
        );
        assert_eq!(problems(config(URL).api_key(key)), [expected]);
        let allowed = config(URL).api_key(key).allow_secret_api_key(true);
        assert!(allowed.build().is_ok(), "{kind}");
    }
    assert!(config(URL).api_key(anon_key).build().is_ok());
}

#[test]
fn an_api_key_that_is_not_a_valid_header_value_is_refused() {
    for key in [&*format!("{KEY}\n"), "one two", "a\r\nb: 1", "clé", "a\0"] {
        let builder = config(URL).api_key(key).allow_secret_api_key(true);
        let expected = "api_key has quotes, blanks, control or non-ASCII characters; \
                        copy the key again, without quotes and line breaks";
        assert_eq!(problems(builder), [expected], "{key:?}");
    }
}

#[test]
fn a_jwt_secret_that_is_short_or_an_api_key_is_refused() {
    let (anon_key, service_key) = (legacy_key("anon"), legacy_key("service_role"));
    let short = "jwt_secret has 31 bytes, fewer than 32; \
                 copy the whole secret from the project's JWT settings";
    let same = "jwt_secret is the same as `api_key`; \
                the secret signs tokens and must not be sent; copy each from its own place";
    for (key, secret, expected) in [
        (KEY, &*"s".repeat(31), short),
        (SECRET, KEY, SWAP),
        (SECRET, SECRET_KEY, SWAP),
        (SECRET, &anon_key, SWAP),
        (SECRET, &service_key, SWAP),
        (KEY, KEY, SWAP),
        (SECRET, SECRET, same),
    ] {
        let builder = config(URL).api_key(key).jwt_secret(secret);
        assert_eq!(problems(builder), [expected]);
    }
    for enough in ["s".repeat(32), "é".repeat(16)] {
        assert!(config(URL).jwt_secret(enough).build().is_ok());
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let builder = reading(&[VALID[1], ("SUPABASE_JWT_SECRET", "short")])
        .dotenv("no/such/.env")
        .url("project.test")
        .api_key(SECRET_KEY)
        .request_timeout(Duration::ZERO)
        .connect_timeout(Duration::ZERO);
    let found = problems(builder);
    let fields: Vec<_> = found
        .iter()
        .filter_map(|one| one.split(' ').next())
        .collect();
    let values = ["dotenv", "url", "api_key", "jwt_secret"];
    assert_eq!(fields[..4], values);
    let zero = |field| format!("{field}_timeout is zero; give it at least a second");
    assert_eq!(found[4..], [zero("request"), zero("connect")]);
}

#[test]
fn values_set_in_code_override_the_environment() {
    let key = || SigningKey::hs256(SECRET).unwrap();
    let wrong = || {
        let names = VALID.map(|(name, _)| (name, SECRET_KEY));
        reading(&names).url(URL).api_key(KEY)
    };
    assert_eq!(wrong().jwt_secret(SECRET).build().unwrap().url(), URL);
    assert!(wrong().signing_key(key()).build().is_ok());
    let both = problems(wrong().signing_key(key()).jwt_secret(SECRET));
    assert!(both[0].starts_with("signing_key is set beside `jwt_secret`; "));
    let blank = problems(reading(&VALID).api_key(""));
    assert!(blank[0].starts_with("api_key is blank; "), "no fallback");
}

#[test]
fn the_first_set_variable_for_the_api_key_is_used() {
    for (index, first) in API_KEY_NAMES.into_iter().enumerate() {
        assert!(reading(&[VALID[0], VALID[2], (first, KEY)]).build().is_ok());
        for later in &API_KEY_NAMES[index + 1..] {
            let with = |one, other| reading(&[VALID[0], VALID[2], (later, other), (first, one)]);
            assert!(with(KEY, SECRET_KEY).build().is_ok(), "{first}, {later}");
            assert!(with(SECRET_KEY, KEY).build().is_err(), "{first}, {later}");
        }
    }
}

#[test]
fn a_dotenv_file_supplies_values_that_the_environment_lacks() {
    let path = dotenv("fills", "");
    assert_eq!(reading(&[]).dotenv(&path).build().unwrap().url(), URL);
    let other = [("SUPABASE_URL", "http://other.test")];
    let config = reading(&other).dotenv(&path).build().unwrap();
    assert_eq!(config.url(), "http://other.test");
    // Any of the names in the environment takes precedence over every name in the file.
    let anon = [("SUPABASE_ANON_KEY", SECRET_KEY)];
    let found = problems(reading(&anon).dotenv(&path));
    assert!(found[0].starts_with("api_key is a secret key"));
}

#[test]
fn the_error_of_an_unusable_dotenv_file_names_it_without_its_content() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let expected = format!(
        "dotenv `{folder}/none` cannot be read (entity not found); \
         check the path, or leave `.dotenv(..)` out"
    );
    let builder = reading(&VALID).dotenv(format!("{folder}/none"));
    assert_eq!(problems(builder), [expected]);
    for bad in ["hush", "A=hush hush", "A='hush", "1=hush"] {
        let expected = format!(
            "dotenv `{folder}/malformed/.env` has a line that is not `NAME=value`; \
             put values with blanks, `#` or `$` in single quotes"
        );
        let builder = reading(&VALID).dotenv(dotenv("malformed", bad));
        assert_eq!(problems(builder), [expected]);
    }
}

/// Prints what `from_env` reads from the process environment.
fn report() -> String {
    match Config::from_env() {
        Err(error) => format!("refused: {error}"),
        Ok(config) => {
            let client = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
            let token = client.token().unwrap();
            format!("token: {}\n", token.expose_secret())
        }
    }
}

/// The test runs itself again in child processes, because setting variables in this process would be
/// unsafe.
#[expect(
    clippy::disallowed_methods,
    reason = "the test tells itself apart from its children"
)]
#[test]
fn from_env_reads_the_process_environment_and_no_file() {
    const CHILD: &str = "SCOPED_TESTS_REPORT";
    if std::env::var_os(CHILD).is_some() {
        println!("{}", report());
        return;
    }
    let file = dotenv("unasked", "");
    let report = |variables: &[(&str, &str)]| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        for name in API_KEY_NAMES.into_iter().chain(VALID.map(|(name, _)| name)) {
            child.env_remove(name);
        }
        let name = "config::builder::from_env_reads_the_process_environment_and_no_file";
        child.args(["--exact", name, "--nocapture"]);
        child
            .current_dir(file.parent().unwrap())
            .env(CHILD, "1")
            .envs(variables.iter().copied());
        String::from_utf8(child.output().unwrap().stdout).unwrap()
    };
    let nothing = report(&[]);
    assert_eq!(nothing.matches("is missing").count(), 3, "{nothing}");
    let all = report(&VALID);
    let (_, token) = all.split_once("token: ").expect(&all);
    let claims = verified(token.lines().next().unwrap());
    assert_eq!(claims["iss"], "https://project.test/auth/v1");
    let key = report(&[VALID[0], VALID[2], ("SUPABASE_ANON_KEY", SECRET_KEY)]);
    assert!(key.contains("`api_key` is a secret key"), "{key}");
}

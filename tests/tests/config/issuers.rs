//! The issuer in every token: the project itself, or a third party that the project trusts.

use scoped_runtime::ScopedClients;

use crate::key::support::{cli, jwk, project};
use crate::support::{ALICE, config};

const URL: &str = "https://project.test";

#[test]
fn a_third_party_issuer_is_in_the_token_exactly_as_written() {
    let key = || jwk(&cli("es256"));
    for (builder, expected) in [
        (project(key()), "https://project.test/auth/v1"),
        (
            project(key()).issuer("https://issuer.test"),
            "https://issuer.test",
        ),
        (
            project(key()).issuer("https://Issuer.test:443/A/../b/"),
            "https://Issuer.test:443/A/../b/",
        ),
        (
            config(URL).issuer("http://127.0.0.1:9999/auth/v1"),
            "http://127.0.0.1:9999/auth/v1",
        ),
    ] {
        let config = builder.build().unwrap();
        assert_eq!(config.issuer(), expected);
        let client = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
        assert_eq!(client.token().unwrap().claims()["iss"], expected);
    }
}

#[test]
fn an_invalid_issuer_url_is_refused() {
    let hint = "give it as the project knows it, such as `https://issuer.example.com`";
    let (text, scheme) = (
        "has blanks, control or non-ASCII characters",
        "is not an http or https URL",
    );
    let (user, query, fragment) = (
        "has a user name or password",
        "has a query",
        "has a fragment",
    );
    for (issuer, expected) in [
        ("", &[scheme][..]),
        ("issuer.test", &[scheme]),
        ("https:issuer.test", &[scheme]),
        ("https:\\\\issuer.test", &[scheme]),
        ("ftp://issuer.test", &[scheme]),
        ("https://", &[scheme]),
        (" https://issuer.test", &[text]),
        ("https://issuer.test\n", &[text]),
        ("https://ïssuer.test", &[text]),
        ("https://issuer.test?", &[query]),
        ("https://issuer.test/#", &[fragment]),
        ("https://a:hush@issuer.test/?b#c", &[user, query, fragment]),
    ] {
        let error = config(URL).issuer(issuer).build().expect_err(issuer);
        let found: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|reason| format!("`issuer` {reason}; {hint}"))
            .collect();
        assert_eq!(found, expected, "{issuer}");
    }
}

#[test]
fn the_issuer_and_service_urls_have_one_slash_for_every_project_url() {
    for (url, base) in [
        (URL, URL),
        ("https://project.test/", URL),
        (" https://PROJECT.test// \n", URL),
        ("https://project.test:443", URL),
        ("http://127.0.0.1:54321", "http://127.0.0.1:54321"),
        ("https://host.test/supa/base", "https://host.test/supa/base"),
        (
            "https://host.test/supa/base//",
            "https://host.test/supa/base",
        ),
    ] {
        let config = config(url).build().unwrap();
        assert_eq!(config.url(), base, "{url}");
        assert_eq!(config.issuer(), format!("{base}/auth/v1"), "{url}");
        let client = ScopedClients::new(config).unwrap().get(ALICE).unwrap();
        let native = client.from("notes").into_builder().unwrap().build();
        let sent_to = native.build().unwrap().url().to_string();
        assert!(sent_to.starts_with(&format!("{base}/rest/v1/notes")));
    }
}

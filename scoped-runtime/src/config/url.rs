use url::Url;

use crate::error::Problem;

const ISSUER_EXAMPLE: &str =
    "give it as the project knows it, such as `https://issuer.example.com`";
const EXAMPLE: &str = "use a project URL such as `https://abcdefghijkl.supabase.co`";

/// The services of a Supabase project, by the first segment of their paths below its URL.
pub(crate) const SERVICES: [&str; 6] = [
    "rest",
    "auth",
    "storage",
    "functions",
    "graphql",
    "realtime",
];

/// The issuer of the tokens of the project's own Auth.
pub(super) fn own_issuer(project: &Url) -> String {
    format!("{project}auth/v1")
}

/// Checks the project's URL and gives it one trailing slash, so that paths can be joined to it.
pub(super) fn check(text: &str, problems: &mut Vec<Problem>) -> Option<Url> {
    let mut refuse = |reason: &str, remedy: &str| {
        problems.push(Problem::new("url", reason, remedy));
    };
    // The reasons do not quote the URL: it may contain a password or a key by mistake.
    let Ok(mut url) = Url::parse(text.trim()) else {
        refuse("is not a URL", EXAMPLE);
        return None;
    };
    let found = problems_of(&url);
    for (reason, remedy) in &found {
        refuse(reason, remedy);
    }
    if !found.is_empty() {
        return None;
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{path}/"));
    Some(url)
}

/// Checks the address of a third party's JWK set. The reasons do not quote it either.
pub(super) fn check_jwks_url(text: &str, problems: &mut Vec<Problem>) -> Option<Url> {
    let example = "use the `jwks_uri` of the issuer's discovery document";
    let url = Url::parse(text.trim()).ok();
    let url =
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    let reason = match &url {
        None => "is not an http or https URL",
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            "has a user name or password"
        }
        Some(url) if url.fragment().is_some() => "has a fragment",
        Some(_) => return url,
    };
    problems.push(Problem::new("jwks_url", reason, example));
    None
}

/// Checks the identifier of a third-party issuer (RFC 8414, section 2). It is compared as text, so it is not
/// normalised, and the reasons do not quote it: it may contain a password by mistake.
pub(super) fn check_issuer(text: &str, problems: &mut Vec<Problem>) {
    let mut refuse = |reason: &str| problems.push(Problem::new("issuer", reason, ISSUER_EXAMPLE));
    // A URL parser removes or encodes such characters.
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("has blanks, control or non-ASCII characters");
    }
    let url = Url::parse(text).ok().filter(|url| {
        let rest = text.get(url.scheme().len()..).unwrap_or_default();
        matches!(url.scheme(), "http" | "https") && rest.starts_with("://")
    });
    let Some(url) = url else {
        return refuse("is not an http or https URL");
    };
    if !url.username().is_empty() || url.password().is_some() {
        refuse("has a user name or password");
    }
    if url.query().is_some() {
        refuse("has a query");
    }
    if url.fragment().is_some() {
        refuse("has a fragment");
    }
}

/// The reason why a host of Supabase is not the API of a project.
fn not_a_project(host: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|host| host.ends_with('.'))
    };
    match host.as_str() {
        "supabase.com" | "www.supabase.com" | "app.supabase.com" | "supabase.io"
        | "app.supabase.io" | "supabase.co" | "www.supabase.co" | "app.supabase.co" => {
            Some("is the URL of the dashboard or the website, not of a project")
        }
        "api.supabase.com" | "api.supabase.io" => {
            Some("is the URL of the management API, not of a project")
        }
        host if is_below("pooler.supabase.com")
            || host.starts_with("db.") && is_below("supabase.co") =>
        {
            Some("is the URL of a database, not of a project's API")
        }
        _ => None,
    }
}

fn problems_of(url: &Url) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        found.push(("is not an http or https URL", EXAMPLE));
        return found;
    }
    if let Some(reason) = not_a_project(url.host_str().unwrap_or_default()) {
        found.push((reason, EXAMPLE));
    }
    if !url.username().is_empty() || url.password().is_some() {
        found.push((
            "has a user name or password",
            "remove everything before the `@`",
        ));
    }
    if url.query().is_some() {
        found.push(("has a query", "remove the `?` and everything after it"));
    }
    if url.fragment().is_some() {
        found.push(("has a fragment", "remove the `#` and everything after it"));
    }
    let mut segments = url.path().split('/').rev().filter(|part| !part.is_empty());
    let last = (segments.next(), segments.next());
    if matches!(last, (Some("v1"), Some(service)) if SERVICES.contains(&service)) {
        found.push((
            "is the URL of one service",
            "remove the path of the service, such as `/rest/v1`, from its end",
        ));
    }
    found
}

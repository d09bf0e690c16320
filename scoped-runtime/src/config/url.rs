use url::Url;

use crate::error::Problem;

const EXAMPLE: &str = "use a project URL such as `https://abcdefghijkl.supabase.co`";

/// Checks the project's URL and puts one slash at its end, so that paths join to it.
pub(super) fn check(text: &str, problems: &mut Vec<Problem>) -> Option<Url> {
    let mut refuse = |reason: &str, remedy: &str| {
        problems.push(Problem::new("url", reason, remedy));
    };
    // The URL is not quoted in the reasons: it may hold a password or a key put there by mistake.
    let Ok(mut url) = Url::parse(text.trim()) else {
        refuse("is not a URL", EXAMPLE);
        return None;
    };
    let found = problems_before(&url);
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

/// Checks where a third party lists its keys. It is not quoted either.
pub(super) fn check_keys(text: &str, problems: &mut Vec<Problem>) -> Option<Url> {
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

/// Hosts of Supabase's own that answer, but are not a project's API.
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

fn problems_before(url: &Url) -> Vec<(&'static str, &'static str)> {
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
        found.push(("has a query", "remove the `?` and everything behind it"));
    }
    if url.fragment().is_some() {
        found.push(("has a fragment", "remove the `#` and everything behind it"));
    }
    let services = [
        "rest",
        "auth",
        "storage",
        "functions",
        "graphql",
        "realtime",
    ];
    let mut segments = url.path().split('/').rev().filter(|part| !part.is_empty());
    let last = (segments.next(), segments.next());
    if matches!(last, (Some("v1"), Some(service)) if services.contains(&service)) {
        found.push((
            "is the URL of one service",
            "remove `/rest/v1` or the like from its end",
        ));
    }
    found
}

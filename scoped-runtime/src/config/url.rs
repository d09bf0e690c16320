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

fn problems_before(url: &Url) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        found.push(("is not an http or https URL", EXAMPLE));
        return found;
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

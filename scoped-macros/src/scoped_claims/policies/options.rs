use syn::LitStr;

use super::parse::{WrittenPolicies, is_in};
use crate::support::errors::Errors;
use scoped_rules::policies::{
    CompareOptions, FindingKind, KnownClaim, Project, entry_names_claim, entry_names_table,
};
use scoped_rules::similar::nearest;

/// The options of the comparison. An entry that names nothing is a mistake.
pub(super) fn options(
    written: &WrittenPolicies,
    name: &str,
    known: &[KnownClaim],
    project: &Project,
    errors: &mut Errors,
) -> CompareOptions {
    let claims = project.claims(known);
    let lists = [
        ("deny", &written.deny),
        ("warn", &written.warn),
        ("allow", &written.allow),
    ];
    for (index, (_, list)) in lists.iter().enumerate() {
        for entry in *list {
            let earlier = lists[..index]
                .iter()
                .find(|(_, earlier)| is_in(earlier, entry));
            if let Some((earlier, _)) = earlier {
                let message = format!("`{}` is in `{earlier}` already; remove one", entry.value());
                errors.at(entry, message);
            } else {
                check_entry(entry, name, &claims, errors);
            }
        }
    }
    for entry in &written.tables {
        check_table(entry, project, errors);
    }
    let texts = |list: &[LitStr]| list.iter().map(LitStr::value).collect();
    CompareOptions {
        tables: texts(&written.tables),
        deny: texts(&written.deny),
        warn: texts(&written.warn),
        allow: texts(&written.allow),
    }
}

fn check_entry(entry: &LitStr, name: &str, claims: &[String], errors: &mut Errors) {
    let written = entry.value();
    let kinds = FindingKind::ALL.map(FindingKind::name);
    let is_claim = claims
        .iter()
        .any(|claim| entry_names_claim(&written, claim));
    if is_claim || kinds.contains(&written.as_str()) {
        return;
    }
    let all: Vec<&str> = claims.iter().map(String::as_str).chain(kinds).collect();
    let remedy = match nearest(&written, &all) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write a claim's path, or one of `{}`", kinds.join("`, `")),
    };
    let message = format!(
        "`{written}` is neither a claim of `{name}` or of the SQL nor a kind of finding; {remedy}"
    );
    errors.at(entry, message);
}

fn check_table(entry: &LitStr, project: &Project, errors: &mut Errors) {
    let written = entry.value();
    let tables = &project.tables;
    if tables
        .iter()
        .any(|table| entry_names_table(&written, table))
    {
        return;
    }
    let names = tables.iter().map(|table| match table.schema.as_str() {
        "public" => table.name.clone(),
        _ => table.to_string(),
    });
    let names: Vec<String> = names.collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let remedy = match nearest(&written, &all) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            "write `documents` for a table of `public`, else `app.documents`, or `app.*`".into()
        }
    };
    errors.at(entry, format!("the SQL has no table `{written}`; {remedy}"));
}

//! Requests to PostgREST that were not written as a `Query`: by a native builder, or as a path with
//! parameters. What a `Query` refuses is refused here, as far as the parameters show it.

use http::{HeaderValue, Method};
use url::form_urlencoded;

use super::column::is_parameter;
use super::condition_syntax::{is_group, is_name_list, parse_column};
use super::mistake::Mistake;
use super::operator::{is_filter, is_list, is_operand_of_is};
use crate::error::ClientError;
use crate::transport::Outgoing;

/// The place of PostgREST below a project's URL.
pub(super) const ROOT: &str = "rest/v1/";

/// What the parameters of a request say.
#[derive(Default)]
struct Parameters {
    has_select: bool,
    /// Something restricts the rows of the table itself.
    restricts: bool,
    filters: Option<String>,
    embedded: Option<String>,
    limit: Option<u64>,
    offset: Option<u64>,
    /// `columns` and `on_conflict`, if they are given.
    names: Vec<String>,
    /// An order that reads like a filter on a column named `order`.
    ambiguous_order: Option<String>,
}

/// Checks a request to any path, and holds a limited write to its limit.
pub(super) fn check(request: &mut Outgoing, max_url_bytes: usize) -> Result<(), ClientError> {
    if request.target.len() > max_url_bytes {
        return Err(ClientError::UrlTooLong {
            bytes: request.target.len(),
            limit: max_url_bytes,
        });
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    if form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == "apikey") {
        let remedy = "leave it out";
        return Err(Mistake::named("parameter", "apikey", "is set by the client", remedy).into());
    }
    let Some(name) = path.strip_prefix(ROOT) else {
        return Ok(());
    };
    // PostgREST splits at `;`, too, and drops what has no `=`.
    let is_cut = |pair: &str| !pair.is_empty() && (!pair.contains('=') || pair.contains(';'));
    if query.split('&').any(is_cut) {
        return Err(refuse("a parameter has no `=`, or a `;` that is not encoded").into());
    }
    let mut parameters = Parameters::default();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters.read(&key, &value)?;
    }
    if name.starts_with("rpc/") {
        return Ok(());
    }
    match request.method {
        Method::PATCH | Method::DELETE => {
            parameters.check_change()?;
            if request.headers.contains_key("range") {
                return Err(refuse("a write has a `Range`, which the server ignores").into());
            }
            if let Some(limit) = parameters.limit {
                limit_affected_rows(request, limit)?;
            }
        }
        Method::POST => parameters.check_insert()?,
        _ => {}
    }
    Ok(())
}

impl Parameters {
    fn read(&mut self, key: &str, value: &str) -> Result<(), Mistake> {
        for text in [key, value] {
            if let Some(mistake) = Mistake::if_nul("parameter", text) {
                return Err(mistake);
            }
        }
        let last = key.rsplit('.').next().unwrap_or(key);
        if !is_parameter(last) || last == "not" {
            return self.read_filter(key, value);
        }
        if is_filter(value) {
            // Of a read, `eq.desc` may be an order by a column of that name.
            if last != "order" {
                return Err(reserved_parameter(key));
            }
            self.ambiguous_order = Some(key.to_owned());
        }
        let number = || {
            value.parse::<u64>().map_err(|_| {
                let remedy = "PostgREST would ignore it: give a number";
                Mistake::named("parameter", key, "is not a number", remedy)
            })
        };
        match (key, last) {
            ("select", _) if self.has_select => {
                let remedy = "name all columns in one";
                return Err(Mistake::new("`select` is given twice", remedy));
            }
            ("select", _) => self.has_select = true,
            ("limit", _) if self.limit.is_none() => self.limit = Some(number()?),
            ("offset", _) if self.offset.is_none() => self.offset = Some(number()?),
            ("limit" | "offset", _) => {
                let remedy = "keep the one that is meant";
                return Err(Mistake::named("parameter", key, "is given twice", remedy));
            }
            (_, "limit" | "offset") => {
                number()?;
            }
            (_, "and" | "or") => {
                if !is_group(value) {
                    return Err(Mistake::named(
                        "parameter",
                        key,
                        "is not a group of conditions to its end",
                        "use `Query` with `Condition`, which writes them",
                    ));
                }
                let table = key.trim_end_matches(last).trim_end_matches("not.");
                self.note(key, !table.is_empty());
                self.restricts |= table.is_empty();
            }
            ("columns" | "on_conflict", _) => {
                if self.names.contains(&last.to_owned()) || !is_name_list(value) {
                    let remedy = "give it once, as names with commas between";
                    return Err(Mistake::named(
                        "parameter",
                        key,
                        "is not one list of names",
                        remedy,
                    ));
                }
                self.names.push(last.to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// A filter: `column=eq.1`, or `table.column=eq.1`.
    fn read_filter(&mut self, key: &str, value: &str) -> Result<(), Mistake> {
        let Some(is_embedded) = parse_column(key) else {
            return Err(Mistake::named(
                "column",
                key,
                "has letters that PostgREST may not read as a name's",
                "use `Query`, which quotes the name",
            ));
        };
        let value = value.strip_prefix("not.").unwrap_or(value);
        if let Some(list) = value.strip_prefix("in.")
            && !is_list(list)
        {
            return Err(Mistake::named(
                "column",
                key,
                "is compared with a list that PostgREST reads as empty, or not at all",
                "use `Query::in_`",
            ));
        }
        if let Some(operand) = value.strip_prefix("is.")
            && !is_operand_of_is(operand)
        {
            return Err(Mistake::named(
                "column",
                key,
                "is compared by `is` with something else than null and booleans",
                "use `Query::is`, or `eq`",
            ));
        }
        self.note(key, is_embedded);
        // An empty array is in every row's array, and none overlaps it: nothing to rely on.
        let operator = value.strip_suffix(".{}").unwrap_or_default();
        let fits_all = matches!(operator, "cs" | "ov") || operator.ends_with(')');
        self.restricts |= !is_embedded && !fits_all;
        Ok(())
    }

    fn note(&mut self, key: &str, is_embedded: bool) {
        self.filters.get_or_insert_with(|| key.to_owned());
        if is_embedded {
            self.embedded.get_or_insert_with(|| key.to_owned());
        }
    }

    fn check_change(&self) -> Result<(), Mistake> {
        if let Some(key) = &self.ambiguous_order {
            return Err(reserved_parameter(key));
        }
        if let Some(key) = &self.embedded {
            return Err(Mistake::named(
                "filter",
                key,
                "is about an embedded table, which the server ignores on a write",
                "filter by a column of the table itself",
            ));
        }
        if self.offset.is_some_and(|offset| offset > 0) {
            return Err(refuse("a write has an offset, which the server ignores"));
        }
        if !self.restricts {
            return Err(refuse("a write has no filter, and would touch every row"));
        }
        Ok(())
    }

    fn check_insert(&self) -> Result<(), Mistake> {
        if let Some(key) = &self.filters {
            let remedy = "leave it out, or update the rows that are there";
            return Err(Mistake::named(
                "filter",
                key,
                "is ignored on an insert",
                remedy,
            ));
        }
        if self.limit.is_some() || self.offset.is_some() {
            return Err(refuse("an insert has a limit, which the server ignores"));
        }
        Ok(())
    }
}

fn reserved_parameter(key: &str) -> Mistake {
    Mistake::named(
        "parameter",
        key,
        "is given a filter, but PostgREST takes it for its own",
        "use `Query`, which quotes the name of such a column",
    )
}

fn refuse(what: &str) -> Mistake {
    Mistake::new(
        what,
        "use `Query`, which says it as it is meant: `from(..).delete()` with filters, `limit(n)` or `all_rows()`",
    )
}

/// Lets the server refuse the write if it touches more rows than its limit, which it would ignore.
fn limit_affected_rows(request: &mut Outgoing, mut limit: u64) -> Result<(), ClientError> {
    let mut settings = Vec::new();
    for value in request.headers.get_all("prefer") {
        for setting in value.to_str().unwrap_or_default().split(',').map(str::trim) {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "" | "handling" => {}
                "max-affected" => limit = limit.min(value.trim().parse().unwrap_or(limit)),
                _ => settings.push(setting.to_owned()),
            }
        }
    }
    settings.push("handling=strict".to_owned());
    settings.push(format!("max-affected={limit}"));
    let value = HeaderValue::from_str(&settings.join(","))
        .map_err(|_| refuse("a write has a `Prefer` header that is not text"))?;
    request.headers.insert("prefer", value);
    Ok(())
}

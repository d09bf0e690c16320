//! Checks of requests to PostgREST that are not built from a `Query`: native builders and requests
//! with a path and parameters. What a `Query` refuses is refused here, as far as the parameters show it.

use http::{HeaderValue, Method};
use url::form_urlencoded;

use super::column::is_parameter;
use super::condition_syntax::{is_group, is_name_list, parse_column};
use super::mistake::Mistake;
use super::operator::{is_filter, is_list, is_operand_of_is};
use crate::error::ClientError;
use crate::transport::TransportRequest;

/// The path of PostgREST below a project's URL.
pub(super) const ROOT: &str = "rest/v1/";

/// The content of a request's parameters.
#[derive(Default)]
struct Parameters {
    has_select: bool,
    /// Whether a filter can exclude rows of the table itself.
    restricts: bool,
    /// The first filter.
    filter: Option<String>,
    /// The first filter of an embedded table.
    embedded_filter: Option<String>,
    limit: Option<u64>,
    offset: Option<u64>,
    /// Those of the parameters `columns` and `on_conflict` that were read.
    names: Vec<String>,
    /// An order that could also be a filter on a column named `order`.
    ambiguous_order: Option<String>,
}

/// Checks a request to any path, and makes the server enforce the limit of a limited write.
pub(super) fn check(
    request: &mut TransportRequest,
    max_url_bytes: usize,
) -> Result<(), ClientError> {
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
    let Some((_, name)) = path
        .split_at_checked(ROOT.len())
        .filter(|(root, _)| root.eq_ignore_ascii_case(ROOT))
    else {
        return Ok(());
    };
    // PostgREST also splits parameters at `;`, and ignores a parameter without `=`.
    let is_misread = |pair: &str| !pair.is_empty() && (!pair.contains('=') || pair.contains(';'));
    if query.split('&').any(is_misread) {
        return Err(refuse("a parameter has no `=`, or contains a `;` that is not encoded").into());
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
                return Err(
                    refuse("a write has a `Range` header, which the server ignores").into(),
                );
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
            // In a read, `order=eq.desc` may sort by a column named `eq`.
            if last != "order" {
                return Err(reserved_parameter(key));
            }
            self.ambiguous_order = Some(key.to_owned());
        }
        let number = || {
            value.parse::<u64>().map_err(|_| {
                let remedy = "use a number, since PostgREST ignores other values";
                Mistake::named("parameter", key, "is not a number", remedy)
            })
        };
        match (key, last) {
            ("select", _) if self.has_select => {
                let remedy = "name all columns in one `select`";
                return Err(Mistake::new("`select` is set twice", remedy));
            }
            ("select", _) => self.has_select = true,
            ("limit", _) if self.limit.is_none() => self.limit = Some(number()?),
            ("offset", _) if self.offset.is_none() => self.offset = Some(number()?),
            ("limit" | "offset", _) => {
                let remedy = "keep one of them";
                return Err(Mistake::named("parameter", key, "is set twice", remedy));
            }
            (_, "limit" | "offset") => {
                number()?;
            }
            (_, "and" | "or") => {
                if !is_group(value) {
                    return Err(Mistake::named(
                        "parameter",
                        key,
                        "is not a group of conditions",
                        "use `Query` with `Condition`, which renders them",
                    ));
                }
                let table = key.trim_end_matches(last).trim_end_matches("not.");
                self.add_filter(key, !table.is_empty());
                self.restricts |= table.is_empty();
            }
            ("columns" | "on_conflict", _) => {
                if self.names.contains(&last.to_owned()) || !is_name_list(value) {
                    let remedy = "set it once, with commas between the names";
                    return Err(Mistake::named(
                        "parameter",
                        key,
                        "is not a single list of names",
                        remedy,
                    ));
                }
                self.names.push(last.to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads a filter: `column=eq.1`, or `table.column=eq.1`.
    fn read_filter(&mut self, key: &str, value: &str) -> Result<(), Mistake> {
        let Some(is_embedded) = parse_column(key) else {
            return Err(Mistake::named(
                "column",
                key,
                "has characters that PostgREST may not accept in a name",
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
                "is compared with a list that PostgREST cannot read, or reads as empty",
                "use `Query::in_`",
            ));
        }
        if let Some(operand) = value.strip_prefix("is.")
            && !is_operand_of_is(operand)
        {
            return Err(Mistake::named(
                "column",
                key,
                "is compared by `is` with a value other than null and booleans",
                "use `Query::is`, or `eq`",
            ));
        }
        self.add_filter(key, is_embedded);
        // With an empty array, these operators or their negations match every row.
        let operator = value.strip_suffix(".{}").unwrap_or_default();
        let may_match_all = matches!(operator, "cs" | "ov") || operator.ends_with(')');
        self.restricts |= !is_embedded && !may_match_all;
        Ok(())
    }

    fn add_filter(&mut self, key: &str, is_embedded: bool) {
        self.filter.get_or_insert_with(|| key.to_owned());
        if is_embedded {
            self.embedded_filter.get_or_insert_with(|| key.to_owned());
        }
    }

    fn check_change(&self) -> Result<(), Mistake> {
        if let Some(key) = &self.ambiguous_order {
            return Err(reserved_parameter(key));
        }
        if let Some(key) = &self.embedded_filter {
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
            return Err(refuse("a write has no filter and would affect every row"));
        }
        Ok(())
    }

    fn check_insert(&self) -> Result<(), Mistake> {
        if let Some(key) = &self.filter {
            let remedy = "leave it out, or update the existing rows";
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
        "has the value of a filter, but is a parameter of PostgREST",
        "use `Query`, which quotes the name of such a column",
    )
}

fn refuse(what: &str) -> Mistake {
    Mistake::new(
        what,
        "use `Query`, such as `from(..).delete()` with filters, `limit(n)` or `all_rows()`",
    )
}

/// Makes the server refuse the write if it affects more rows than its limit, which PostgREST ignores on writes.
fn limit_affected_rows(request: &mut TransportRequest, mut limit: u64) -> Result<(), ClientError> {
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

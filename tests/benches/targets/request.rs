//! Measures a query up to the finished request: ours for the current reqwest, and `postgrest`'s for its
//! version of reqwest.

use postgrest::Postgrest;
use scoped_runtime::__private::prepared;

use crate::measure::{Bench, SHORT, calls};
use crate::project::{KEY, URL, USER, client, clients, config, hs256};
use crate::table::{Row, at_most, time};

pub(crate) fn rows(bench: &mut Bench) -> Vec<Row> {
    let client = client(&clients(config(URL, hs256())));
    let token = client.token().expect("a token");
    let token = token.expose_secret();
    let bare = Postgrest::new(format!("{URL}/rest/v1")).insert_header("apikey", KEY);
    let ours = calls(|| {
        let query = client.from("notes").select("*").eq("owner", USER);
        prepared(&query).expect("a request")
    });
    let theirs = calls(|| {
        let query = bare.from("notes").auth(token).select("*").eq("owner", USER);
        query.build().build().expect("a request")
    });
    let measured = bench.measure("request", SHORT, vec![ours, theirs]);
    vec![at_most(
        "`from().select().eq()` to the request that is sent, to bare `postgrest` with `auth`",
        measured.ratio(0, 1),
        0.4,
        format!(
            "{} to {}",
            time(measured.fastest(0)),
            time(measured.fastest(1))
        ),
    )]
}

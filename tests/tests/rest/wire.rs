//! The requests that queries send.

use scoped_runtime::{Returning, all};
use serde_json::json;

use crate::support::{KEY, pair, parameters, sent};

#[tokio::test]
async fn the_api_key_and_the_token_travel_in_their_own_headers() {
    let request = sent(|it| it.from("notes").select("id").eq("id", 1)).await;
    assert_eq!(request.method(), "GET");
    assert_eq!(request.path(), "/rest/v1/notes");
    assert_eq!(
        parameters(&request),
        [pair("select", "id"), pair("id", "eq.1")]
    );
    assert_eq!(request.header("apikey"), Some(KEY));
    assert_eq!(request.headers().get_all("authorization").iter().count(), 1);
    assert!(
        request
            .header("authorization")
            .unwrap()
            .starts_with("Bearer ey")
    );
    assert!(
        request
            .header("user-agent")
            .unwrap()
            .starts_with("scoped-runtime/")
    );
}

#[tokio::test]
async fn every_operator_has_a_method() {
    let request = sent(|it| {
        let query = it
            .from("t")
            .eq("a", 1)
            .neq("a", 1)
            .gt("a", 1)
            .gte("a", 1)
            .lt("a", 1);
        let query = query
            .lte("a", 1)
            .like("a", "%x")
            .ilike("a", "%x")
            .matches("a", "^x");
        let query = query
            .imatches("a", all(["^x"]))
            .is_distinct("a", 1)
            .is_null("a");
        let query = query
            .in_("a", [1])
            .contains("a", [1])
            .contained_by("a", [1])
            .overlaps("a", [1]);
        let query = query
            .range_lt("a", 1..2)
            .range_gt("a", 1..2)
            .range_gte("a", 1..2);
        let query = query.range_lte("a", 1..2).range_adjacent("a", 1..2);
        let query = query.fts("a", "x", Some("english")).plfts("a", "x", None);
        let query = query
            .phfts("a", "x", None)
            .wfts("a", "x y", None)
            .not("a", "eq", 1);
        query
            .filter("a", "gte(any)", "{1}")
            .filter("a", "not.fts(german)", "x")
    })
    .await;
    let values = [
        "eq.1",
        "neq.1",
        "gt.1",
        "gte.1",
        "lt.1",
        "lte.1",
        "like.%x",
        "ilike.%x",
        "match.^x",
        "imatch(all).{\"^x\"}",
        "isdistinct.1",
        "is.null",
        "in.(1)",
        "cs.{1}",
        "cd.{1}",
        "ov.{1}",
        "sl.[1,2)",
        "sr.[1,2)",
        "nxl.[1,2)",
        "nxr.[1,2)",
        "adj.[1,2)",
        "fts(english).x",
        "plfts.x",
        "phfts.x",
        "wfts.x y",
        "not.eq.1",
        "gte(any).{1}",
        "not.fts(german).x",
    ];
    let expected: Vec<(String, String)> = values.iter().map(|value| pair("a", value)).collect();
    assert_eq!(parameters(&request), expected);
}

#[tokio::test]
async fn preferences_accumulate_and_a_later_one_replaces_the_same_name() {
    let request = sent(|it| it.from("t").exact_count().insert(json!({}))).await;
    assert_eq!(
        request.header("prefer"),
        Some("return=representation,count=exact")
    );
    let request = sent(|it| it.from("t").upsert(json!({})).planned_count()).await;
    assert_eq!(
        request.header("prefer"),
        Some("return=representation,resolution=merge-duplicates,count=planned")
    );
    let request = sent(|it| {
        let query = it
            .from("t")
            .prefer("return=minimal")
            .insert(json!({}))
            .exact_count();
        query
            .estimated_count()
            .prefer("timezone=UTC")
            .prefer("Timezone=Europe/Berlin")
    })
    .await;
    assert_eq!(
        request.header("prefer"),
        Some("return=minimal,count=estimated,timezone=Europe/Berlin")
    );
    assert_eq!(request.headers().get_all("prefer").iter().count(), 1);
}

#[tokio::test]
async fn a_limited_write_can_never_touch_more_rows() {
    let queries = [
        sent(|it| it.from("t").delete().eq("a", 1).limit(1)).await,
        sent(|it| it.from("t").limit(1).eq("a", 1).update(json!({}))).await,
        sent(|it| it.from("t").delete().eq("a", 1).limit(1).max_affected(9)).await,
        // A preference that would disable the limit has no effect.
        sent(|it| {
            it.from("t")
                .delete()
                .eq("a", 1)
                .prefer("handling=lenient")
                .limit(1)
        })
        .await,
        sent(|it| {
            it.from("t")
                .delete()
                .eq("a", 1)
                .prefer("max-affected=9")
                .limit(1)
        })
        .await,
    ];
    for request in queries {
        assert_eq!(
            parameters(&request),
            [pair("a", "eq.1"), pair("limit", "1")]
        );
        assert_eq!(
            request.header("prefer"),
            Some("return=representation,handling=strict,max-affected=1")
        );
    }
    let most = sent(|it| it.from("t").delete().eq("a", 1).max_affected(2)).await;
    assert_eq!(parameters(&most), [pair("a", "eq.1")]);
    let minimal = sent(|it| {
        let delete = it.from("t").delete().eq("a", 1).max_affected(2);
        delete.returning(Returning::Nothing)
    })
    .await;
    assert_eq!(
        minimal.header("prefer"),
        Some("return=minimal,handling=strict,max-affected=2")
    );
    let call = sent(|it| it.rpc("f", ()).limit(2)).await;
    assert_eq!(
        (parameters(&call), call.header("prefer")),
        (vec![pair("limit", "2")], None)
    );
}

#[tokio::test]
async fn functions_and_schemas_have_their_places() {
    let request = sent(|it| it.schema("api2").rpc("add", json!({"a": 1}))).await;
    assert_eq!(request.path(), "/rest/v1/rpc/add");
    assert_eq!(request.header("content-profile"), Some("api2"));
    let request = sent(|it| it.schema("api2").from("t").single()).await;
    assert_eq!(request.header("accept-profile"), Some("api2"));
    assert_eq!(
        request.header("accept"),
        Some("application/vnd.pgrst.object+json")
    );
}

#[tokio::test]
async fn a_selection_may_have_several_lines() {
    let request = sent(|it| {
        it.from("films").select(
            "id, title,
             directors!inner (
                 name
             )",
        )
    })
    .await;
    assert_eq!(
        parameters(&request),
        [pair("select", "id, title,directors!inner (name)")]
    );
}

#[tokio::test]
async fn header_and_param_send_headers_and_parameters_without_a_method() {
    let request = sent(|it| {
        let query = it
            .from("t")
            .header("x-region", "eu")
            .header("accept", "image/png");
        query.param("trace", "a b&c")
    })
    .await;
    assert_eq!(request.query(), "trace=a%20b%26c");
    assert_eq!(request.header("x-region"), Some("eu"));
    assert_eq!(request.header("accept"), Some("image/png"));
}

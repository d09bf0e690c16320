//! The model of PostgREST on texts with a known meaning: from the documentation of PostgREST, and from
//! observations of a real server.

use super::{Key, Operand, Refused, Request, Tree};
use crate::project::Arrived;

fn read(method: &str, target: &str) -> Result<Request, Refused> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Request::read(&Arrived {
        method: method.to_owned(),
        path: format!("/rest/v1/{path}"),
        query: query.to_owned(),
        ..Arrived::default()
    })
}

/// Returns the conditions, each as `table/column->key op value`.
fn conditions(target: &str) -> Vec<String> {
    let request = read("GET", target).unwrap();
    assert!(request.ignored.is_empty(), "{:?}", request.ignored);
    let at = |at: &super::At<Tree>| format!("{}{}", at.path.join("/"), shown(&at.said));
    request.conditions.iter().map(at).collect()
}

fn shown(tree: &Tree) -> String {
    match tree {
        Tree::Group {
            negated,
            any,
            members,
        } => {
            let members: Vec<String> = members.iter().map(shown).collect();
            let not = if *negated { "!" } else { "" };
            format!("{not}({})", members.join(if *any { " | " } else { " & " }))
        }
        Tree::Test(field, operation) => {
            let mut text = format!("[{}]", field.name);
            for step in &field.path {
                text.push_str(if step.as_text { "->>" } else { "->" });
                match &step.key {
                    Key::Name(name) => text.extend(["[", name, "]"]),
                    Key::Index(index) => text.push_str(index),
                }
            }
            let not = if operation.negated { "not " } else { "" };
            let modifier = operation.modifier.as_deref().unwrap_or_default();
            let operand = match &operation.operand {
                Operand::Single(value) => format!("{value:?}"),
                Operand::List(values) => format!("{values:?}"),
                Operand::Is(value) => (*value).to_owned(),
            };
            format!("{text} {not}{}{modifier} {operand}", operation.operator)
        }
    }
}

#[test]
fn the_model_reads_filters_as_documented() {
    for (target, expected) in [
        ("people?age=gte.18", r#"[age] gte "18""#),
        ("people?age=not.lt.13", r#"[age] not lt "13""#),
        (
            "people?last_name=like(any).{O*,P*}",
            r#"[last_name] likeany "{O*,P*}""#,
        ),
        ("people?a=in.(1,2,3)", r#"[a] in ["1", "2", "3"]"#),
        (
            "people?a=in.(%22hi,there%22,%22yes%22)",
            r#"[a] in ["hi,there", "yes"]"#,
        ),
        ("people?a=is.NULL", "[a] is null"),
        ("people?a=is.not_null", "[a] is not_null"),
        (
            "tsearch?t=fts(french).amusant",
            r#"[t] ftsfrench "amusant""#,
        ),
        (
            "people?t=not.phfts(english).The+Fat+Cats",
            r#"[t] not phftsenglish "The Fat Cats""#,
        ),
        (
            "people?json_data->>blood_type=eq.A-",
            r#"[json_data]->>[blood_type] eq "A-""#,
        ),
        (
            "people?json_data->phones->0->>number=eq.1",
            r#"[json_data]->[phones]->0->>[number] eq "1""#,
        ),
        (
            "films?actors.first_name=eq.Jehanne",
            r#"actors[first_name] eq "Jehanne""#,
        ),
        ("people?%22unknown.name%22=eq.x", r#"[unknown.name] eq "x""#),
        (
            "people?or=(age.eq.14,not.and(age.gte.11,age.lte.17))",
            r#"([age] eq "14" | !([age] gte "11" & [age] lte "17"))"#,
        ),
        (
            "people?not.and=(a.gt.1,b.in.(1,2))",
            r#"!([a] gt "1" & [b] in ["1", "2"])"#,
        ),
        (
            "films?actors.or=(n.eq.a,n.is.null)",
            r#"actors([n] eq "a" | [n] is null)"#,
        ),
        (
            r"people?or=(a.eq.%22x,\%22y\%22%22,b.cs.{1,2})",
            r#"([a] eq "x,\"y\"" | [b] cs "{1,2}")"#,
        ),
    ] {
        assert_eq!(conditions(target), [expected], "{target}");
    }
}

#[test]
fn the_model_ignores_the_parts_that_the_server_ignores() {
    for (method, target) in [
        ("GET", "t?limit=eq.5"),
        ("DELETE", "t?author.offset=eq.5"),
        ("DELETE", "t?author.name=eq.x"),
        ("DELETE", "t?a=eq.1&offset=3"),
        ("GET", "t?select=a&select=b"),
        ("GET", "t?name,foo=eq.Bo"),
        ("GET", "t?name(x)=eq.Bo"),
        ("GET", "t?a>b=eq.1"),
        ("GET", "t?m%C2%B2=eq.1"),
        ("GET", "t?data->>a.b=eq.1"),
        ("GET", "t?and=(a.eq.1)b,c.eq.2)"),
        ("GET", "t?a=is.nullified"),
        ("GET", "t?a=in.(1)2"),
        ("DELETE", "t?id"),
        ("POST", "t?id=eq.1"),
    ] {
        let request = read(method, target).unwrap();
        assert_eq!(request.ignored.len(), 1, "{target}: {:?}", request.ignored);
    }
    assert!(
        read("DELETE", "t?limit=eq.5")
            .unwrap()
            .conditions
            .is_empty()
    );
}

#[test]
fn the_model_cuts_and_empties_what_the_server_does() {
    assert_eq!(conditions("t?a=eq.nul%00other"), [r#"[a] eq "nul""#]);
    assert_eq!(conditions("t?a=in.(%22%22)"), ["[a] in []"]);
    assert_eq!(conditions("t?a=not.in.()"), ["[a] not in []"]);
    assert_eq!(conditions("t?a=in.(%22%22,%22%22)"), [r#"[a] in ["", ""]"#]);
    // A group reads a table named `not` as a negation.
    assert_eq!(conditions("t?%22not%22.and=(a.eq.1)"), [r#"!([a] eq "1")"#]);
    // Inside of parentheses an index is read as a key.
    let order = read("GET", "t?order=author(data->0)")
        .unwrap()
        .orders
        .remove(0)
        .said
        .remove(0);
    assert_eq!(order.field.path[0].key, Key::Name("0".to_owned()));
}

#[test]
fn the_model_refuses_what_the_server_refuses() {
    for target in [
        "t?or=()",
        "t?a=noop.1",
        "t?a=5",
        "t?a-=eq.1",
        "t?%22a=eq.1",
        "t?a=is.x",
        "t?a=in.1,2",
        "t?and=(a.eq.1",
        "t?order=a.descending",
        "t?a=not.not.eq.1",
        "t?or=(a.not.not.eq.1)",
        "t?order=a.b(c)",
        "t?->a=eq.1",
        "t?a..b=eq.1",
        "rpc/f?a=in.x",
        "rpc/f?a=not.x",
    ] {
        assert!(read("GET", target).is_err(), "{target}");
    }
    let call = read("GET", "rpc/f?a=x&b=eq.1").unwrap();
    assert_eq!(call.arguments, [("a".to_owned(), "x".to_owned())]);
}

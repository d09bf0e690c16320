//! The types that `graphql_client` makes of a schema and a query fit.

use graphql_client::GraphQLQuery;

use super::rls::write;
use crate::support::{graphql_project, new_user};

type BigInt = String;
type Datetime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "tests/services/graphql/schema.graphql",
    query_path = "tests/services/graphql/notes.graphql",
    response_derives = "Debug, PartialEq"
)]
struct NotesByBody;

#[tokio::test]
async fn the_types_of_graphql_client_fit() {
    let alice = graphql_project().await.get(new_user()).unwrap();
    write(&alice, "milk").await;
    write(&alice, "bread").await;
    let variables = notes_by_body::Variables {
        body: "milk".to_owned(),
    };
    let query = NotesByBody::build_query(variables);
    let operation = alice
        .graphql(query.query, &query.variables)
        .operation(query.operation_name);
    let data: notes_by_body::ResponseData = operation.fetch().await.unwrap();
    let notes = data.all_notes.unwrap().nodes;
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].as_ref().unwrap().body, "milk");
}

//! GraphQL. `PostGraphile` stands in for `pg_graphql`: it proves what is sent and how answers are read, not what
//! `pg_graphql` answers.

mod answers;
mod operations;
mod rls;
mod typed;

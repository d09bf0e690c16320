//! The methods that run statements, which a client and a transaction have in both modes.

/// Writes the methods on top of `run(Statement) -> Result<Answer, Error>`, async or blocking.
macro_rules! statement_methods {
    (async) => {
        $crate::postgres::statement_methods!(@ [async] [.await]
            /// ```no_run
            /// # async fn example(db: scoped_runtime::ScopedPostgres) -> Result<(), scoped_runtime::Error> {
            /// for row in db.query("select id, body from notes where stars >= $1", &[&3]).await? {
            ///     println!("{}", row.get::<_, String>("body"));
            /// }
            /// # Ok(()) }
            /// ```
            ///
        );
    };
    (blocking) => {
        $crate::postgres::statement_methods!(@ [] []);
    };
    (@ [$($asyncness:tt)*] [$($wait:tt)*] $(#[$example:meta])*) => {
        /// Runs a statement and returns its rows. The parameters `$1`, `$2`, .. are bound, never pasted into
        /// the SQL.
        ///
        $(#[$example])*
        /// # Errors
        /// [`Error::Postgres`](crate::Error::Postgres) when PostgreSQL refuses the statement, when a parameter
        /// does not fit, and when no answer came in time;
        /// [`Error::Configuration`](crate::Error::Configuration) without a pool, for a login role that is not
        /// safe, and for a role that the pool does not allow; [`Error::Token`](crate::Error::Token) when there
        /// are no live claims; [`Error::Client`](crate::Error::Client) when the client is closed, or the rows
        /// have more bytes than [`Limits::response_bytes`](crate::Limits::response_bytes).
        pub $($asyncness)* fn query(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<Vec<tokio_postgres::Row>, crate::error::Error> {
            let statement = $crate::postgres::Statement::Prepared(sql, parameters);
            Ok(self.run(statement)$($wait)*?.rows)
        }

        /// Runs a statement and returns its only row. Outside of a transaction, a statement that writes has
        /// been committed when the number of rows is found to be wrong.
        ///
        /// # Errors
        /// The errors of [`query`](Self::query), [`PostgresError::NoRow`](crate::PostgresError::NoRow) and
        /// [`PostgresError::MoreThanOneRow`](crate::PostgresError::MoreThanOneRow).
        pub $($asyncness)* fn query_one(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<tokio_postgres::Row, crate::error::Error> {
            $crate::postgres::rows::one(self.query(sql, parameters)$($wait)*?)
        }

        /// Runs a statement and returns its only row, or `None` if there is none.
        ///
        /// # Errors
        /// The errors of [`query_one`](Self::query_one), except the one for no row.
        pub $($asyncness)* fn query_opt(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<Option<tokio_postgres::Row>, crate::error::Error> {
            $crate::postgres::rows::optional(self.query(sql, parameters)$($wait)*?)
        }

        /// Runs a statement and returns how many rows it has written, or read.
        ///
        /// # Errors
        /// The errors of [`query`](Self::query).
        pub $($asyncness)* fn execute(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<u64, crate::error::Error> {
            let statement = $crate::postgres::Statement::Prepared(sql, parameters);
            Ok(self.run(statement)$($wait)*?.affected)
        }

        /// Runs a statement and reads its rows as `T`, by the names of the columns: the struct that reads the
        /// rows of [`Query::fetch`](crate::Query::fetch) reads these, too. A `T` that is one value reads rows
        /// of one column; a tuple reads the columns in their order.
        ///
        /// # Errors
        /// The errors of [`query`](Self::query), and
        /// [`PostgresError::Decode`](crate::PostgresError::Decode) when a row cannot be read as `T`.
        pub $($asyncness)* fn fetch<T: serde::de::DeserializeOwned>(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<Vec<T>, crate::error::Error> {
            $crate::postgres::rows::decode_all(&self.query(sql, parameters)$($wait)*?)
        }

        /// Runs a statement and reads its only row as `T`.
        ///
        /// # Errors
        /// The errors of [`query_one`](Self::query_one) and [`fetch`](Self::fetch).
        pub $($asyncness)* fn fetch_one<T: serde::de::DeserializeOwned>(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<T, crate::error::Error> {
            $crate::postgres::rows::decode_one(&self.query_one(sql, parameters)$($wait)*?)
        }

        /// Runs a statement and reads its only row as `T`, or returns `None` if there is none.
        ///
        /// # Errors
        /// The errors of [`query_opt`](Self::query_opt) and [`fetch`](Self::fetch).
        pub $($asyncness)* fn fetch_optional<T: serde::de::DeserializeOwned>(
            &self,
            sql: &str,
            parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)],
        ) -> Result<Option<T>, crate::error::Error> {
            let row = self.query_opt(sql, parameters)$($wait)*?;
            row.as_ref().map($crate::postgres::rows::decode_one).transpose()
        }

        /// Runs a statement with the types of its parameters and returns its rows. Nothing is prepared, so it
        /// takes one round trip from the first time on and works behind a transaction pooler. Columns of types
        /// that the database defines itself (enumerations, composite types) have to be cast, as in
        /// `state::text`, since the driver would look them up with named statements.
        ///
        /// # Errors
        /// The errors of [`query`](Self::query).
        pub $($asyncness)* fn query_typed(
            &self,
            sql: &str,
            parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type)],
        ) -> Result<Vec<tokio_postgres::Row>, crate::error::Error> {
            let statement = $crate::postgres::Statement::Typed(sql, parameters);
            Ok(self.run(statement)$($wait)*?.rows)
        }

        /// Runs a statement with the types of its parameters and returns how many rows it has written, or read;
        /// see [`query_typed`](Self::query_typed).
        ///
        /// # Errors
        /// The errors of [`query`](Self::query).
        pub $($asyncness)* fn execute_typed(
            &self,
            sql: &str,
            parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type)],
        ) -> Result<u64, crate::error::Error> {
            let statement = $crate::postgres::Statement::Typed(sql, parameters);
            Ok(self.run(statement)$($wait)*?.affected)
        }

        /// Runs a statement with the types of its parameters and reads its rows as `T`; see
        /// [`query_typed`](Self::query_typed) and [`fetch`](Self::fetch).
        ///
        /// # Errors
        /// The errors of [`fetch`](Self::fetch).
        pub $($asyncness)* fn fetch_typed<T: serde::de::DeserializeOwned>(
            &self,
            sql: &str,
            parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), tokio_postgres::types::Type)],
        ) -> Result<Vec<T>, crate::error::Error> {
            $crate::postgres::rows::decode_all(&self.query_typed(sql, parameters)$($wait)*?)
        }
    };
}

pub(crate) use statement_methods;

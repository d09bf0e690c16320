use postgrest::Builder;

use super::Query;
use super::condition::{Condition, list, quote};

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub fn $name(self, column: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.map(|builder| builder.$name(column.as_ref(), value.as_ref()))
        }
    )*};
}

macro_rules! ranges {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub fn $name(self, column: impl AsRef<str>, range: (i64, i64)) -> Self {
            self.map(|builder| builder.$name(column.as_ref(), range))
        }
    )*};
}

macro_rules! searches {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub fn $name(
            self,
            column: impl AsRef<str>,
            query: impl AsRef<str>,
            configuration: Option<&str>,
        ) -> Self {
            self.map(|builder| builder.$name(column.as_ref(), query.as_ref(), configuration))
        }
    )*};
}

/// Filters. Each narrows the rows further; a value cannot add a filter of its own.
/// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators>.
impl<M> Query<M> {
    comparisons! {
        /// Rows whose column equals the value.
        eq
        /// Rows whose column differs from the value.
        neq
        /// Rows whose column is greater.
        gt
        /// Rows whose column is greater or equal.
        gte
        /// Rows whose column is less.
        lt
        /// Rows whose column is less or equal.
        lte
        /// Rows whose column matches a pattern; `%` and `*` both stand for any text.
        like
        /// The same without regard to case.
        ilike
        /// Rows whose column is `null`, `true`, `false` or `unknown`.
        is
        /// Rows whose array, range or JSON contains the value, in PostgreSQL's own notation: `{a,b}`.
        cs
        /// Rows whose array, range or JSON is contained in the value.
        cd
        /// Rows whose array or range overlaps the value.
        ov
    }

    ranges! {
        /// Rows whose range is strictly left of this one.
        sl
        /// Rows whose range is strictly right of this one.
        sr
        /// Rows whose range does not extend to the left of this one.
        nxl
        /// Rows whose range does not extend to the right of this one.
        nxr
        /// Rows whose range is adjacent to this one.
        adj
    }

    searches! {
        /// Full-text search with `to_tsquery`.
        fts
        /// Full-text search with `plainto_tsquery`.
        plfts
        /// Full-text search with `phraseto_tsquery`.
        phfts
        /// Full-text search with `websearch_to_tsquery`.
        wfts
    }

    /// Rows whose column is one of these values. Each is quoted.
    pub fn in_<V: AsRef<str>>(
        self,
        column: impl AsRef<str>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| quote(value.as_ref()))
            .collect();
        self.map(|builder| builder.in_(column.as_ref(), values))
    }

    /// Rows for which the operator does not hold. The operator and the value are in PostgREST's
    /// notation: `not("in", "id", "(1,2)")`.
    pub fn not(
        self,
        operator: impl AsRef<str>,
        column: impl AsRef<str>,
        value: impl AsRef<str>,
    ) -> Self {
        self.map(|builder| builder.not(operator.as_ref(), column.as_ref(), value.as_ref()))
    }

    /// Rows for which all of these hold.
    pub fn and(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        let conditions: Vec<Condition> = conditions.into_iter().collect();
        self.and_raw(list(&conditions))
    }

    /// Rows for which at least one of these holds.
    ///
    /// ```no_run
    /// use scoped_runtime::Condition;
    /// # async fn example(client: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let name = "x,owner.not.is.null"; // cannot become a condition of its own
    /// let found = client.from("notes").or([Condition::eq("body", name), Condition::is_null("body")]);
    /// # found.execute().await?; Ok(()) }
    /// ```
    pub fn or(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        let conditions: Vec<Condition> = conditions.into_iter().collect();
        self.or_raw(list(&conditions))
    }

    /// [`and`](Self::and) in PostgREST's own notation, sent as it is: a user's text in it can add
    /// conditions.
    pub fn and_raw(self, conditions: impl AsRef<str>) -> Self {
        self.map(|builder: Builder| builder.and(conditions.as_ref()))
    }

    /// [`or`](Self::or) in PostgREST's own notation, sent as it is: a user's text in it can add
    /// conditions.
    pub fn or_raw(self, conditions: impl AsRef<str>) -> Self {
        self.map(|builder: Builder| builder.or(conditions.as_ref()))
    }
}

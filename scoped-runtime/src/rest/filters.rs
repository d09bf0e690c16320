//! The filters, as methods of [`Query`] and as constructors of [`Condition`].

use super::column::Column;
use super::comparison::Comparison;
use super::condition::{Condition, Operator};
use super::literal::{Composite, RangeValue};
use super::operand::Operand;
use super::operator::Is;
use super::query::Query;
use super::value::FilterValue;
use crate::client::Mode;

/// Defines each filter as a method of `Query` and as a constructor of `Condition`.
macro_rules! filters {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $type:ty),*) = $comparison:expr;
    )*) => {
        /// Filters. Rows must meet every filter of a query. Each filter takes a column as a name or as a
        /// [`Column`], and quotes its value, so that no value can add a filter.
        /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators>.
        ///
        /// ```no_run
        /// # async fn example(alice: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
        /// let notes: Vec<serde_json::Value> = alice
        ///     .from("notes")
        ///     .select("id,body")
        ///     .eq("state", "open")
        ///     .gte("stars", 3)
        ///     .in_("author.name", ["Ada", "Grace"])
        ///     .contains("tags", ["rust"])
        ///     .icontains_text("body", "100 %")
        ///     .fetch()
        ///     .await?;
        /// # Ok(()) }
        /// ```
        impl<M: Mode> Query<M> {$(
            $(#[$doc])*
            pub fn $name<'a>(self, column: impl Into<Column<'a>>, $($argument: $type),*) -> Self {
                self.compare($comparison(column.into(), $($argument),*))
            }
        )*}

        impl Condition {$(
            $(#[$doc])*
            pub fn $name<'a>(column: impl Into<Column<'a>>, $($argument: $type),*) -> Self {
                Self::of($comparison(column.into(), $($argument),*))
            }
        )*}
    };
}

filters! {
    /// `column = value`
    eq(value: impl Operand) = |column, value| Comparison::operand(column, "eq", &value);
    /// `column <> value`; rows whose column is null do not match
    neq(value: impl FilterValue) = |column, value| Comparison::value(column, "neq", &value);
    /// `column > value`
    gt(value: impl Operand) = |column, value| Comparison::operand(column, "gt", &value);
    /// `column >= value`
    gte(value: impl Operand) = |column, value| Comparison::operand(column, "gte", &value);
    /// `column < value`
    lt(value: impl Operand) = |column, value| Comparison::operand(column, "lt", &value);
    /// `column <= value`
    lte(value: impl Operand) = |column, value| Comparison::operand(column, "lte", &value);
    /// `column LIKE pattern`: `%` and `*` match any text, `_` matches one character. A literal `%`, `_` or `\`
    /// is escaped by a backslash. A literal `*` cannot be expressed; use `contains_text` for it
    #[doc(alias = "likeAnyOf")]
    #[doc(alias = "likeAllOf")]
    #[doc(alias = "like_any_of")]
    #[doc(alias = "like_all_of")]
    like(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "like", &pattern);
    /// `column ILIKE pattern`: the case-insensitive form of `like`
    #[doc(alias = "ilikeAnyOf")]
    #[doc(alias = "ilikeAllOf")]
    #[doc(alias = "ilike_any_of")]
    #[doc(alias = "ilike_all_of")]
    ilike(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "ilike", &pattern);
    /// `column ~ pattern`: a POSIX regular expression
    #[doc(alias = "match")]
    #[doc(alias = "regexMatch")]
    matches(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "match", &pattern);
    /// `column ~* pattern`: a case-insensitive POSIX regular expression
    #[doc(alias = "imatch")]
    #[doc(alias = "regexIMatch")]
    imatches(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "imatch", &pattern);
    /// `column IS DISTINCT FROM value`: like `neq`, but rows whose column is null match
    #[doc(alias = "isdistinct")]
    #[doc(alias = "isDistinct")]
    is_distinct(value: impl FilterValue) = |column, value| Comparison::value(column, "isdistinct", &value);
    /// `column IS NULL`; for the name of an embedded table: no row is embedded
    is_null() = |column| Comparison::is(column, Is::Null);
    /// `column IS ..`: null, not null, true, false or unknown, as an [`Is`], a `bool` or an `Option<bool>`
    #[doc(alias = "is_")]
    is(value: impl Into<Is>) = |column, value: _| Comparison::is(column, Into::<Is>::into(value));
    /// `column IN (..)`: one of these values. Without values, no row matches
    #[doc(alias = "in")]
    in_(values: impl IntoIterator<Item = impl FilterValue>) = |column, values: _| Comparison::in_(column, values);
    /// `column @> value`: the array, range or JSON in the column contains the value
    #[doc(alias = "cs")]
    contains(value: impl Composite) = |column, value| Comparison::literal(column, "cs", &value);
    /// `column <@ value`: the array, range or JSON in the column is contained in the value
    #[doc(alias = "cd")]
    #[doc(alias = "containedBy")]
    contained_by(value: impl Composite) = |column, value| Comparison::literal(column, "cd", &value);
    /// `column && value`: the array or range in the column has an element in common with the value
    #[doc(alias = "ov")]
    overlaps(value: impl Composite) = |column, value| Comparison::literal(column, "ov", &value);
    /// `column << range`: the range in the column is strictly left of this range
    #[doc(alias = "sl")]
    #[doc(alias = "rangeLt")]
    range_lt(range: impl RangeValue) = |column, range| Comparison::literal(column, "sl", &range);
    /// `column &< range`: the range in the column does not extend to the right of this range
    #[doc(alias = "nxr")]
    #[doc(alias = "rangeLte")]
    range_lte(range: impl RangeValue) = |column, range| Comparison::literal(column, "nxr", &range);
    /// `column >> range`: the range in the column is strictly right of this range
    #[doc(alias = "sr")]
    #[doc(alias = "rangeGt")]
    range_gt(range: impl RangeValue) = |column, range| Comparison::literal(column, "sr", &range);
    /// `column &> range`: the range in the column does not extend to the left of this range
    #[doc(alias = "nxl")]
    #[doc(alias = "rangeGte")]
    range_gte(range: impl RangeValue) = |column, range| Comparison::literal(column, "nxl", &range);
    /// `column -|- range`: the range in the column is adjacent to this range
    #[doc(alias = "adj")]
    #[doc(alias = "rangeAdjacent")]
    range_adjacent(range: impl RangeValue) = |column, range| Comparison::literal(column, "adj", &range);
    /// Full-text search with `to_tsquery`, with an optional configuration such as `Some("english")`
    #[doc(alias = "textSearch")]
    #[doc(alias = "text_search")]
    fts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "fts", AsRef::<str>::as_ref(&query), configuration);
    /// Full-text search with `plainto_tsquery`: the column contains all of the words
    plfts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "plfts", AsRef::<str>::as_ref(&query), configuration);
    /// Full-text search with `phraseto_tsquery`: the column contains the words in this order
    phfts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "phfts", AsRef::<str>::as_ref(&query), configuration);
    /// Full-text search with `websearch_to_tsquery`, in the syntax of web search engines
    wfts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "wfts", AsRef::<str>::as_ref(&query), configuration);
    /// Literal substring search: the column contains this text, in which no character is special
    contains_text(text: impl AsRef<str>) =
        |column, text: _| Comparison::contains_text(column, "match", AsRef::<str>::as_ref(&text));
    /// Case-insensitive literal substring search: no character of the text is special
    icontains_text(text: impl AsRef<str>) =
        |column, text: _| Comparison::contains_text(column, "imatch", AsRef::<str>::as_ref(&text));
    /// An operator and its operand in PostgREST's notation: `filter("id", "not.in", "(1,2)")`
    filter(operator: &str, operand: impl FilterValue) =
        |column, operator: _, operand| Comparison::raw(column, operator, &operand);
    /// The negation of an operator in PostgREST's notation: `not("id", "in", "(1,2)")`
    #[doc(alias = "not_")]
    not(operator: &str, operand: impl FilterValue) = |column, operator: _, operand| {
        Comparison::raw(column, operator, &operand).map(Comparison::negate)
    };
}

impl<M: Mode> Query<M> {
    /// Keeps the rows for which all of these conditions hold.
    pub fn and(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.condition(Condition::group(Operator::And, conditions))
    }

    /// Keeps the rows for which at least one of these conditions holds.
    ///
    /// ```no_run
    /// use scoped_runtime::Condition;
    /// # async fn example(client: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
    /// let name = "x,owner.not.is.null"; // cannot become a condition of its own
    /// let found = client.from("notes").or([Condition::eq("body", name), Condition::is_null("body")]);
    /// # found.execute().await?; Ok(()) }
    /// ```
    #[doc(alias = "or_")]
    pub fn or(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.condition(Condition::group(Operator::Or, conditions))
    }

    /// [`and`](Self::and) with conditions in PostgREST's notation, which are not quoted: never build the
    /// text from user input, which could add conditions.
    pub fn and_raw(self, conditions: impl AsRef<str>) -> Self {
        self.raw_condition(Operator::And, conditions.as_ref())
    }

    /// [`or`](Self::or) with conditions in PostgREST's notation, which are not quoted: never build the text
    /// from user input, which could add conditions.
    pub fn or_raw(self, conditions: impl AsRef<str>) -> Self {
        self.raw_condition(Operator::Or, conditions.as_ref())
    }
}

//! The filters, each for [`Query`] and [`Condition`] alike.

use super::column::Column;
use super::comparison::Comparison;
use super::condition::{Condition, Operator};
use super::literal::{Composite, RangeValue};
use super::operand::Operand;
use super::operator::Is;
use super::query::Query;
use super::value::FilterValue;
use crate::client::Mode;

/// Writes each filter once, as a method of `Query` and as a constructor of `Condition`.
macro_rules! filters {
    ($(
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $type:ty),*) = $comparison:expr;
    )*) => {
        /// Filters. Each narrows the rows further, and no value can add a filter of its own. All take a
        /// column as [`Column`] reads it.
        /// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#operators>.
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
    /// `column <> value`; rows whose column is null do not fit
    neq(value: impl FilterValue) = |column, value| Comparison::value(column, "neq", &value);
    /// `column > value`
    gt(value: impl Operand) = |column, value| Comparison::operand(column, "gt", &value);
    /// `column >= value`
    gte(value: impl Operand) = |column, value| Comparison::operand(column, "gte", &value);
    /// `column < value`
    lt(value: impl Operand) = |column, value| Comparison::operand(column, "lt", &value);
    /// `column <= value`
    lte(value: impl Operand) = |column, value| Comparison::operand(column, "lte", &value);
    /// `column LIKE pattern`: `%` or `*` stands for any text, `_` for one character. A literal `%`, `_`
    /// or `\` has a backslash before it; a literal `*` cannot be written, see `contains_text`.
    #[doc(alias = "likeAnyOf")]
    #[doc(alias = "likeAllOf")]
    #[doc(alias = "like_any_of")]
    #[doc(alias = "like_all_of")]
    like(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "like", &pattern);
    /// `column ILIKE pattern`: as `like`, without regard to case
    #[doc(alias = "ilikeAnyOf")]
    #[doc(alias = "ilikeAllOf")]
    #[doc(alias = "ilike_any_of")]
    #[doc(alias = "ilike_all_of")]
    ilike(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "ilike", &pattern);
    /// `column ~ pattern`: a POSIX regular expression
    #[doc(alias = "match")]
    #[doc(alias = "regexMatch")]
    matches(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "match", &pattern);
    /// `column ~* pattern`: a POSIX regular expression, without regard to case
    #[doc(alias = "imatch")]
    #[doc(alias = "regexIMatch")]
    imatches(pattern: impl Operand) = |column, pattern| Comparison::operand(column, "imatch", &pattern);
    /// `column IS DISTINCT FROM value`: as `neq`, but rows whose column is null fit
    #[doc(alias = "isdistinct")]
    #[doc(alias = "isDistinct")]
    is_distinct(value: impl FilterValue) = |column, value| Comparison::value(column, "isdistinct", &value);
    /// `column IS NULL`; for an embedded table: nothing is embedded
    is_null() = |column| Comparison::is(column, Is::Null);
    /// `column IS ..`: null, not null, true, false or unknown; also takes a `bool` or an `Option<bool>`
    #[doc(alias = "is_")]
    is(value: impl Into<Is>) = |column, value: _| Comparison::is(column, Into::<Is>::into(value));
    /// `column IN (..)`: one of these values. Of no values none fits
    #[doc(alias = "in")]
    in_(values: impl IntoIterator<Item = impl FilterValue>) = |column, values: _| Comparison::in_(column, values);
    /// `column @> value`: an array, range or JSON that contains this one
    #[doc(alias = "cs")]
    contains(value: impl Composite) = |column, value| Comparison::literal(column, "cs", &value);
    /// `column <@ value`: an array, range or JSON that is contained in this one
    #[doc(alias = "cd")]
    #[doc(alias = "containedBy")]
    contained_by(value: impl Composite) = |column, value| Comparison::literal(column, "cd", &value);
    /// `column && value`: an array or range that has something in common with this one
    #[doc(alias = "ov")]
    overlaps(value: impl Composite) = |column, value| Comparison::literal(column, "ov", &value);
    /// `column << range`: a range that is strictly left of this one
    #[doc(alias = "sl")]
    #[doc(alias = "rangeLt")]
    range_lt(range: impl RangeValue) = |column, range| Comparison::literal(column, "sl", &range);
    /// `column &< range`: a range that does not extend to the right of this one
    #[doc(alias = "nxr")]
    #[doc(alias = "rangeLte")]
    range_lte(range: impl RangeValue) = |column, range| Comparison::literal(column, "nxr", &range);
    /// `column >> range`: a range that is strictly right of this one
    #[doc(alias = "sr")]
    #[doc(alias = "rangeGt")]
    range_gt(range: impl RangeValue) = |column, range| Comparison::literal(column, "sr", &range);
    /// `column &> range`: a range that does not extend to the left of this one
    #[doc(alias = "nxl")]
    #[doc(alias = "rangeGte")]
    range_gte(range: impl RangeValue) = |column, range| Comparison::literal(column, "nxl", &range);
    /// `column -|- range`: a range that is adjacent to this one
    #[doc(alias = "adj")]
    #[doc(alias = "rangeAdjacent")]
    range_adjacent(range: impl RangeValue) = |column, range| Comparison::literal(column, "adj", &range);
    /// Full-text search with `to_tsquery`, in the configuration that is named, such as `Some("english")`
    #[doc(alias = "textSearch")]
    #[doc(alias = "text_search")]
    fts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "fts", AsRef::<str>::as_ref(&query), configuration);
    /// Full-text search with `plainto_tsquery`: all of the words
    plfts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "plfts", AsRef::<str>::as_ref(&query), configuration);
    /// Full-text search with `phraseto_tsquery`: the words in this order
    phfts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "phfts", AsRef::<str>::as_ref(&query), configuration);
    /// Full-text search with `websearch_to_tsquery`: as people type into a search box
    wfts(query: impl AsRef<str>, configuration: Option<&str>) =
        |column, query: _, configuration| Comparison::search(column, "wfts", AsRef::<str>::as_ref(&query), configuration);
    /// Text that contains this one, letter by letter: `%`, `_`, `*` and `\` mean themselves
    contains_text(text: impl AsRef<str>) =
        |column, text: _| Comparison::contains_text(column, "match", AsRef::<str>::as_ref(&text));
    /// Text that contains this one, without regard to case: `%`, `_`, `*` and `\` mean themselves
    icontains_text(text: impl AsRef<str>) =
        |column, text: _| Comparison::contains_text(column, "imatch", AsRef::<str>::as_ref(&text));
    /// An operator of PostgREST and its operand, in PostgREST's own notation: `filter("id", "not.in", "(1,2)")`
    filter(operator: &str, operand: impl FilterValue) =
        |column, operator: _, operand| Comparison::raw(column, operator, &operand);
    /// The rows for which an operator of PostgREST does not hold: `not("id", "in", "(1,2)")`
    #[doc(alias = "not_")]
    not(operator: &str, operand: impl FilterValue) = |column, operator: _, operand| {
        Comparison::raw(column, operator, &operand).map(Comparison::negate)
    };
}

impl<M: Mode> Query<M> {
    /// Rows for which all of these hold.
    pub fn and(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.condition(Condition::group(Operator::And, conditions))
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
    #[doc(alias = "or_")]
    pub fn or(self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        self.condition(Condition::group(Operator::Or, conditions))
    }

    /// [`and`](Self::and) in PostgREST's own notation, sent as it is: a user's text in it can add
    /// conditions.
    pub fn and_raw(self, conditions: impl AsRef<str>) -> Self {
        self.raw_condition(Operator::And, conditions.as_ref())
    }

    /// [`or`](Self::or) in PostgREST's own notation, sent as it is: a user's text in it can add
    /// conditions.
    pub fn or_raw(self, conditions: impl AsRef<str>) -> Self {
        self.raw_condition(Operator::Or, conditions.as_ref())
    }
}

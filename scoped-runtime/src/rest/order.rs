use super::column::Column;
use super::mistake::Mistake;

/// A column to sort by, with a direction.
///
/// A plain name sorts in ascending order. A column of an embedded table sorts the embedded rows, unless
/// [`top_level`](Self::top_level) is called.
///
/// See <https://docs.postgrest.org/en/stable/references/api/tables_views.html#ordering>.
///
/// ```no_run
/// use scoped_runtime::Order;
/// # async fn example(client: scoped_runtime::ScopedClient) -> Result<(), scoped_runtime::Error> {
/// let newest = client.from("notes").order(Order::desc("created_at").nulls_last()).order("id");
/// # newest.execute().await?; Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Order<'a> {
    column: Column<'a>,
    is_descending: bool,
    nulls: &'static str,
    is_top_level: bool,
}

impl<'a> Order<'a> {
    /// Ascending order: the smallest value first.
    pub fn asc(column: impl Into<Column<'a>>) -> Self {
        Self {
            column: column.into(),
            is_descending: false,
            nulls: "",
            is_top_level: false,
        }
    }

    /// Descending order: the greatest value first.
    pub fn desc(column: impl Into<Column<'a>>) -> Self {
        Self {
            is_descending: true,
            ..Self::asc(column)
        }
    }

    /// Sorts null before every value.
    #[doc(alias = "nullsFirst")]
    pub fn nulls_first(self) -> Self {
        Self {
            nulls: ".nullsfirst",
            ..self
        }
    }

    /// Sorts null after every value.
    pub fn nulls_last(self) -> Self {
        Self {
            nulls: ".nullslast",
            ..self
        }
    }

    /// Sorts the rows of the query, not the embedded rows, by a column of an embedded table. The query must
    /// embed at most one row of that table for each of its own rows.
    pub fn top_level(self) -> Self {
        Self {
            is_top_level: true,
            ..self
        }
    }

    /// The path of the embedded table whose rows are sorted (empty for the query's own), and the order in
    /// PostgREST's notation.
    pub(super) fn render(self) -> Result<(String, String), Mistake> {
        let parts = self.column.parts()?;
        if matches!(
            parts.field.as_ref(),
            "asc" | "desc" | "nullsfirst" | "nullslast"
        ) && !parts.table.is_empty()
        {
            return Err(Mistake::named(
                "order",
                &format!("{}.{}", parts.table, parts.field),
                "contains the direction in the name of the column",
                "write `Order::desc(column)` or `Order::asc(column)`",
            ));
        }
        if self.is_top_level && parts.depth > 0 && (parts.depth > 1 || parts.has_index) {
            return Err(Mistake::named(
                "order",
                &format!("{}.{}", parts.table, parts.field),
                "cannot sort the query's own rows, since it is two tables away or an element of a JSON array",
                "sort by a column of a to-one embedded table, or by a view",
            ));
        }
        let direction = if self.is_descending { ".desc" } else { "" };
        let (table, field) = if !self.is_top_level || parts.table.is_empty() {
            (parts.table.into_owned(), parts.field.into_owned())
        } else {
            (String::new(), format!("{}({})", parts.table, parts.field))
        };
        Ok((table, format!("{field}{direction}{}", self.nulls)))
    }
}

impl<'a, C: Into<Column<'a>>> From<C> for Order<'a> {
    fn from(column: C) -> Self {
        Self::asc(column)
    }
}

use super::mistake::Mistake;

/// A list of column names: a text with commas between the names, or a slice, array or vector of texts.
/// [`Query::columns`](crate::Query::columns) and [`Query::on_conflict`](crate::Query::on_conflict) take it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name columns",
    note = "write `\"a,b\"` or `[\"a\", \"b\"]`"
)]
pub trait ColumnNames: sealed::Names {}

mod sealed {
    pub trait Names {
        fn names(&self) -> Vec<&str>;
    }

    impl Names for &str {
        fn names(&self) -> Vec<&str> {
            self.split(',').map(str::trim).collect()
        }
    }

    impl Names for String {
        fn names(&self) -> Vec<&str> {
            self.split(',').map(str::trim).collect()
        }
    }

    impl<N: AsRef<str>> Names for &[N] {
        fn names(&self) -> Vec<&str> {
            self.iter().map(AsRef::as_ref).collect()
        }
    }

    impl<N: AsRef<str>, const LENGTH: usize> Names for [N; LENGTH] {
        fn names(&self) -> Vec<&str> {
            self.iter().map(AsRef::as_ref).collect()
        }
    }

    impl<N: AsRef<str>> Names for Vec<N> {
        fn names(&self) -> Vec<&str> {
            self.iter().map(AsRef::as_ref).collect()
        }
    }
}

impl ColumnNames for &str {}
impl ColumnNames for String {}
impl<N: AsRef<str>> ColumnNames for &[N] {}
impl<N: AsRef<str>, const LENGTH: usize> ColumnNames for [N; LENGTH] {}
impl<N: AsRef<str>> ColumnNames for Vec<N> {}

/// Returns the names, or a mistake if one of them cannot be sent.
pub(super) fn checked_names(columns: &impl ColumnNames) -> Result<Vec<String>, Mistake> {
    let names = columns.names();
    if names.is_empty() || names.contains(&"") {
        return Err(Mistake::new(
            "a list of columns is empty, or contains an empty name",
            "name each column, or leave the list out",
        ));
    }
    if let Some(mistake) = names
        .iter()
        .find_map(|name| Mistake::if_nul("column", name))
    {
        return Err(mistake);
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

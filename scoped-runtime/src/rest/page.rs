/// Some of the rows that a query finds, and how many there are in all.
///
/// See <https://docs.postgrest.org/en/stable/references/api/pagination_count.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows match in all.
    pub total: u64,
}

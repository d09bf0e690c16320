use serde::Serialize;

/// The column by which a listing is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SortColumn {
    /// The name.
    Name,
    /// When the object was made.
    CreatedAt,
    /// When the object was changed last.
    UpdatedAt,
}

/// The `sortBy` of a listing.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct SortBy {
    pub(super) column: SortColumn,
    pub(super) order: &'static str,
}

impl SortBy {
    pub(super) fn by_name() -> Self {
        Self {
            column: SortColumn::Name,
            order: "asc",
        }
    }
}

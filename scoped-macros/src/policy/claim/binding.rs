use super::model::Value;

/// Which qualifiers a bound name may have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Qualifier {
    /// None: a variable, or a function in FROM by its alias.
    Never,
    /// None, or the table's alias.
    Table(String),
    /// A column of a common table expression, whatever alias that gets.
    Any,
}

/// A name that stands for a value.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) name: String,
    pub(crate) qualifier: Qualifier,
    pub(crate) value: Value,
}

//! The orders of a request.

use super::name::{Field, field, name};
use super::text::{Read, Text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    /// The embedded table whose column sorts the outer rows.
    pub(crate) relation: Option<String>,
    pub(crate) field: Field,
    pub(crate) is_descending: bool,
    /// The place of nulls; `None` leaves it to PostgreSQL.
    pub(crate) nulls_first: Option<bool>,
}

/// Reads a list such as `name,stars.desc.nullslast,author(name)`.
pub(super) fn orders(value: &str) -> Read<(Vec<Order>, &str)> {
    let mut text = Text::new(value);
    let mut orders = vec![lexeme(&mut text)?];
    while text.eat(",") {
        orders.push(lexeme(&mut text)?);
    }
    Ok((orders, text.rest()))
}

fn lexeme(text: &mut Text<'_>) -> Read<Order> {
    text.skip_blanks();
    let order = match text.attempt(of_relation) {
        Some(order) => order,
        None => of_column(text)?,
    };
    text.skip_blanks();
    Ok(order)
}

fn of_relation(text: &mut Text<'_>) -> Read<Order> {
    let relation = name(text)?;
    text.expect("(")?;
    let field = field(text)?;
    text.expect(")")?;
    direction(text, Some(relation), field)
}

fn of_column(text: &mut Text<'_>) -> Read<Order> {
    let field = field(text)?;
    direction(text, None, field)
}

fn direction(text: &mut Text<'_>, relation: Option<String>, field: Field) -> Read<Order> {
    let is_descending = text.eat(".desc");
    if !is_descending {
        text.eat(".asc");
    }
    let nulls_first = if text.eat(".nullsfirst") {
        Some(true)
    } else if text.eat(".nullslast") {
        Some(false)
    } else {
        None
    };
    if !matches!(text.peek(), None | Some(',')) {
        return text.refuse("`,` or the end");
    }
    Ok(Order {
        relation,
        field,
        is_descending,
        nulls_first,
    })
}

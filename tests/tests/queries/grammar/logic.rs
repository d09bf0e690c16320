//! Conditions in `and=(..)` and `or=(..)`.

use super::name::{Field, field, names};
use super::operation::{Operation, Place, operation};
use super::text::{Read, Text};

/// A condition, or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    Test(Field, Operation),
    Group {
        negated: bool,
        any: bool,
        members: Vec<Tree>,
    },
}

/// Reads the embedded table in the name of the parameter, the group, and the ignored text behind the group.
pub(super) fn group(key: &str, value: &str) -> Read<(Vec<String>, Tree, String)> {
    let mut path = names(&mut Text::new(key))?;
    let operator = path.pop().unwrap_or_default();
    // Any part of the path that reads `not` negates the group, with or without quotes.
    let is_negated = path.iter().any(|name| name == "not");
    path.retain(|name| name != "not");
    let not = if is_negated { "not." } else { "" };
    // The operator and the value are read as one text: `and` and `(..)`.
    let whole = format!("{not}{operator}{value}");
    let mut text = Text::new(&whole);
    let tree = tree(&mut text)?;
    Ok((path, tree, text.rest().to_owned()))
}

fn members(text: &mut Text<'_>) -> Read<Vec<Tree>> {
    if !text.eat_lexeme("(") {
        return text.refuse("(");
    }
    let mut members = vec![tree(text)?];
    while text.eat_lexeme(",") {
        members.push(tree(text)?);
    }
    if !text.eat_lexeme(")") {
        return text.refuse(")");
    }
    Ok(members)
}

fn tree(text: &mut Text<'_>) -> Read<Tree> {
    if let Some(test) = text.attempt(test) {
        return Ok(test);
    }
    let negated = text.eat("not.");
    let any = if text.eat("and") {
        false
    } else if text.eat("or") {
        true
    } else {
        return text.refuse("a condition");
    };
    Ok(Tree::Group {
        negated,
        any,
        members: members(text)?,
    })
}

fn test(text: &mut Text<'_>) -> Read<Tree> {
    let field = field(text)?;
    text.expect(".")?;
    Ok(Tree::Test(field, operation(text, Place::Group)?))
}

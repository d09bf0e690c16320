//! Overload resolution: which of several functions with one name a call denotes.

use super::super::syntax::{ChainLink, Node};
use super::Catalog;
use super::function::Function;

/// An argument of a call: its name and its type, as far as they are known.
pub(crate) type CallArgument<'g> = (Option<&'g str>, Option<String>);

impl Catalog {
    /// The functions that match the arguments best.
    pub(crate) fn overloads(&self, known: &[usize], given: &[CallArgument<'_>]) -> Vec<usize> {
        let function = |id: &usize| &self.functions[*id];
        let mut fitting = known.to_vec();
        narrow(&mut fitting, |id| function(id).takes(given.len()));
        // Known types decide. An argument of unknown type matches every parameter, and a text parameter best.
        narrow(&mut fitting, |id| {
            let fits = |wanted: &String, kind: &Option<String>| {
                kind.as_ref().is_none_or(|kind| kind == wanted)
            };
            pairs(function(id), given)
                .all(|(wanted, kind)| wanted.is_some_and(|wanted| fits(wanted, kind)))
        });
        narrow(&mut fitting, |id| {
            let is_text = |wanted: &String| wanted == "text";
            pairs(function(id), given)
                .all(|(wanted, kind)| kind.is_some() || wanted.is_some_and(is_text))
        });
        narrow(&mut fitting, |id| {
            function(id).arguments.len() == given.len()
        });
        fitting
    }

    /// The type of an expression, if its syntax tells.
    pub(super) fn kind_of(&self, node: &Node) -> Option<String> {
        match node {
            Node::Number(number) if number.contains('.') => Some("numeric".to_owned()),
            Node::Number(_) => Some("integer".to_owned()),
            Node::Boolean(_) | Node::Not(_) | Node::Exists(_) => Some("boolean".to_owned()),
            Node::Prefix(inner) => self.kind_of(inner),
            Node::Chain(_, links) => match links.last()? {
                ChainLink::Cast(kind) => Some(self.type_identity(kind)),
                ChainLink::Operator(operator, ..) => match &**operator {
                    "->>" | "#>>" => Some("text".to_owned()),
                    "->" | "#>" => Some("jsonb".to_owned()),
                    "=" | "<>" | "and" | "or" => Some("boolean".to_owned()),
                    _ => None,
                },
                ChainLink::In(..) | ChainLink::IsPredicate(..) => Some("boolean".to_owned()),
                _ => None,
            },
            Node::Call(call) => {
                let in_auth = call.name.schema.as_deref() == Some("auth");
                match &*call.name.name {
                    "jwt" if in_auth => Some("jsonb".to_owned()),
                    "uid" if in_auth => Some("uuid".to_owned()),
                    "role" | "email" if in_auth => Some("text".to_owned()),
                    _ => None,
                }
            }
            Node::Query(query) => match query.selects.as_slice() {
                [select] => self.kind_of(&select.items.first()?.value),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Keeps the functions that match, unless none does.
fn narrow(all: &mut Vec<usize>, fits: impl Fn(&usize) -> bool) {
    if all.len() > 1 && all.iter().any(&fits) {
        all.retain(fits);
    }
}

/// Pairs of the type of a parameter and the type of its argument.
fn pairs<'g>(
    function: &'g Function,
    given: &'g [CallArgument<'_>],
) -> impl Iterator<Item = (Option<&'g String>, &'g Option<String>)> {
    given.iter().enumerate().map(|(index, (name, kind))| {
        let index = match name {
            Some(name) => function.names.iter().position(|known| known == name),
            None => Some(index),
        };
        (index.and_then(|index| function.arguments.get(index)), kind)
    })
}

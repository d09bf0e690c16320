//! The types that the files create.

use super::super::name::{QualifiedName, WrittenName};
use super::super::statements::{commas, skip_if_exists};
use super::super::token::TokenKind;
use super::super::type_name::type_at;
use super::{Catalog, Replay, SourceRange};

/// A type that the files create.
#[derive(Clone, Debug)]
pub(crate) enum UserType {
    /// A domain over this type, as the SQL writes it.
    Domain(String),
    /// The labels that an enum type has, or may have after a change that may not have run.
    Enum(Vec<String>),
    /// The columns of a composite type, with their types.
    Composite(Vec<(String, String)>),
    Other,
}

impl Catalog {
    fn kind(&self, written: &str) -> Option<(&QualifiedName, &UserType)> {
        let (schema, name) = match written.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, written),
        };
        let mut named = self.types.iter().filter(|(kind, _)| {
            kind.name == name && schema.is_none_or(|schema| schema == kind.schema)
        });
        let (first, second) = (named.next()?, named.next());
        // The schema is not known, so two types with one name are ambiguous.
        second.is_none().then_some(first)
    }

    /// The type that the name denotes; for a domain, the type that it is defined over.
    pub(crate) fn base_type<'s>(&'s self, written: &'s str) -> Option<&'s str> {
        let mut found = None;
        // Domains over domains end at another type, but damaged SQL may define a cycle.
        for _ in 0..self.types.len().min(32) {
            match self.kind(found.unwrap_or(written)) {
                Some((_, UserType::Domain(base))) => found = Some(base.as_str()),
                _ => break,
            }
        }
        found
    }

    /// The labels of an enum type.
    pub(crate) fn labels(&self, written: &str) -> Option<&[String]> {
        match self.kind(written)?.1 {
            UserType::Enum(labels) => Some(labels),
            _ => None,
        }
    }

    /// The columns of a composite type, or of a table, which is a composite type too.
    pub(crate) fn composite(&self, written: &str) -> Option<&[(String, String)]> {
        if written.is_empty() {
            return None;
        }
        if let Some((_, UserType::Composite(columns))) = self.kind(written) {
            return Some(columns);
        }
        let name = match written.split_once('.') {
            Some((schema, name)) => WrittenName {
                schema: Some(schema.to_owned()),
                name: name.to_owned(),
            },
            None => WrittenName {
                schema: None,
                name: written.to_owned(),
            },
        };
        let table = &self.tables[self.known_table(&name)?];
        (!table.columns.is_empty()).then_some(&table.columns)
    }
}

impl Replay<'_> {
    pub(super) fn create_domain(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, at)) = source.qualified(at) else {
            return;
        };
        let (base, _) = type_at(source, at + usize::from(source.is(at, "as")), part.range.1);
        let name = self.catalog.new_name(name);
        self.catalog
            .types
            .entry(name)
            .or_insert(UserType::Domain(base));
    }

    /// Applies `CREATE TYPE name AS ENUM (..)` and `CREATE TYPE name AS (columns)`.
    pub(super) fn create_type(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((name, at)) = source.qualified(at) else {
            return;
        };
        let name = self.catalog.new_name(name);
        let mut open = at + usize::from(source.is(at, "as"));
        let is_enum = source.is(open, "enum");
        open += usize::from(is_enum);
        let is_list = source.kind(open) == Some(TokenKind::Open) && open > at;
        let close = source.closing((open, part.range.1));
        let parts = commas(source, ((open + 1).min(close), close));
        let kind = if is_enum {
            UserType::Enum(
                parts
                    .iter()
                    .filter_map(|(at, _)| source.literal(*at))
                    .collect(),
            )
        } else if is_list {
            let column = |(at, end): &(usize, usize)| {
                Some((source.name(*at)?, type_at(source, at + 1, *end).0))
            };
            UserType::Composite(parts.iter().filter_map(column).collect())
        } else {
            UserType::Other
        };
        self.catalog.types.entry(name).or_insert(kind);
    }

    /// Applies `ALTER TYPE name ADD VALUE`, `RENAME VALUE`, `RENAME TO` and `SET SCHEMA`.
    pub(super) fn alter_type(&mut self, part: SourceRange, at: usize) {
        let source = &self.sources[part.source];
        let Some((written, at)) = source.qualified(at) else {
            return;
        };
        let name = self.catalog.kind_name(written);
        let unsure = self.unsure;
        if source.is(at, "add") && source.is(at + 1, "value") {
            let label = source.literal(skip_if_exists(source, at + 2));
            if let (Some(UserType::Enum(labels)), Some(label)) =
                (self.catalog.types.get_mut(&name), label)
                && !labels.contains(&label)
            {
                labels.push(label);
            }
        } else if source.is(at, "rename") && source.is(at + 1, "value") {
            let (old, new) = (source.literal(at + 2), source.literal(at + 4));
            if let (Some(UserType::Enum(labels)), Some(old), Some(new)) =
                (self.catalog.types.get_mut(&name), old, new)
            {
                if !unsure {
                    labels.retain(|label| *label != old);
                }
                labels.push(new);
            }
        } else {
            let new = match source.name(at + 2) {
                Some(new) if source.is(at, "rename") => QualifiedName::new(&name.schema, &new),
                Some(schema) if source.is(at, "set") => QualifiedName::new(&schema, &name.name),
                _ => return,
            };
            if let Some(kind) = self.catalog.types.remove(&name) {
                self.catalog.types.insert(new.clone(), kind);
                self.catalog
                    .rename_type(&name.to_string(), &new.to_string());
            }
        }
    }
}

impl Catalog {
    /// Functions keep the type, under its new name.
    fn rename_type(&mut self, old: &str, new: &str) {
        for function in &mut self.functions {
            for argument in &mut function.arguments {
                match argument.strip_suffix("[]") {
                    Some(base) if base == old => *argument = format!("{new}[]"),
                    None if argument == old => new.clone_into(argument),
                    _ => {}
                }
            }
        }
    }
}

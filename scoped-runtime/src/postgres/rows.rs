//! From rows to types, by serde.

use serde::de::value::{BorrowedStrDeserializer, UnitDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use tokio_postgres::Row;

use super::value::{Raw, ValueDeserializer};
use super::value_error::ValueError;
use crate::error::{Error, PostgresError};

/// The only row.
pub(crate) fn one(rows: Vec<Row>) -> Result<Row, Error> {
    optional(rows)?.ok_or_else(|| PostgresError::NoRow.into())
}

/// The only row, if there is one.
pub(crate) fn optional(rows: Vec<Row>) -> Result<Option<Row>, Error> {
    let mut rows = rows.into_iter();
    match (rows.next(), rows.next()) {
        (_, Some(_)) => Err(PostgresError::MoreThanOneRow.into()),
        (row, None) => Ok(row),
    }
}

pub(crate) fn decode_all<T: DeserializeOwned>(rows: &[Row]) -> Result<Vec<T>, Error> {
    rows.iter()
        .enumerate()
        .map(|(place, row)| decode(place, row))
        .collect()
}

pub(crate) fn decode_one<T: DeserializeOwned>(row: &Row) -> Result<T, Error> {
    decode(0, row)
}

fn decode<T: DeserializeOwned>(place: usize, row: &Row) -> Result<T, Error> {
    T::deserialize(RowDeserializer(row)).map_err(|ValueError { column, cause }| {
        PostgresError::Decode {
            row: place + 1,
            column,
            cause,
        }
        .into()
    })
}

/// A row: a map from the names of its columns, or a sequence; with one column also the value of that column.
struct RowDeserializer<'a>(&'a Row);

impl<'a> RowDeserializer<'a> {
    fn only_value(&self) -> Result<ValueDeserializer<'a>, ValueError> {
        match self.0.columns() {
            [_] => column_value(self.0, 0),
            columns => Err(ValueError::new(format!(
                "one value was asked for, and the row has {} columns",
                columns.len()
            ))),
        }
    }
}

/// Values are read from the only column.
macro_rules! from_the_only_column {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
            self.only_value()?.$method(visitor)
        }
    )*};
}

impl<'a> Deserializer<'a> for RowDeserializer<'a> {
    type Error = ValueError;

    from_the_only_column! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_option deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_map(Columns {
            row: self.0,
            next: 0,
        })
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_seq(Columns {
            row: self.0,
            next: 0,
        })
    }

    fn deserialize_tuple<V: Visitor<'a>>(
        self,
        columns: usize,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let found = self.0.len();
        if found != columns {
            let cause = format!("{columns} columns were asked for, and the row has {found}");
            return Err(ValueError::new(cause));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        columns: usize,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserialize_tuple(columns, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.only_value()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        UnitDeserializer::<ValueError>::new().deserialize_unit(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_unit()
    }
}

/// The columns of a row, one after the other.
struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> MapAccess<'a> for Columns<'a> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ValueError> {
        let Some(column) = self.row.columns().get(self.next) else {
            return Ok(None);
        };
        seed.deserialize(BorrowedStrDeserializer::new(column.name()))
            .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, ValueError> {
        let column = self.next;
        self.next += 1;
        value_of(self.row, column, seed)
    }
}

impl<'a> SeqAccess<'a> for Columns<'a> {
    type Error = ValueError;

    fn next_element_seed<S: DeserializeSeed<'a>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ValueError> {
        if self.next >= self.row.len() {
            return Ok(None);
        }
        let column = self.next;
        self.next += 1;
        value_of(self.row, column, seed).map(Some)
    }
}

/// Reads one column, and names it in the error.
fn value_of<'a, S: DeserializeSeed<'a>>(
    row: &'a Row,
    column: usize,
    seed: S,
) -> Result<S::Value, ValueError> {
    column_value(row, column)
        .and_then(|value| seed.deserialize(value))
        .map_err(|error| {
            let name = row
                .columns()
                .get(column)
                .map(|column| column.name().to_owned());
            ValueError {
                column: name,
                ..error
            }
        })
}

/// The value of one column.
fn column_value(row: &Row, column: usize) -> Result<ValueDeserializer<'_>, ValueError> {
    let missing = || ValueError::new("the row has no such column");
    let ty = row.columns().get(column).ok_or_else(missing)?.type_();
    let raw: Raw<'_> = row.try_get(column).map_err(|_| missing())?;
    Ok(ValueDeserializer::new(ty, raw.0))
}

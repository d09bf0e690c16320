use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use crate::error::PostgresError;

/// A parameter in its wire format. The application's `ToSql` has run by then: it must not run while a request
/// begins to be written, and the driver must not log its values, so `Debug` shows none.
pub(super) struct Encoded {
    /// `None` for NULL.
    bytes: Option<BytesMut>,
    is_text: bool,
}

impl Encoded {
    /// Encodes one parameter; `place` counts from 0.
    pub(super) fn new(
        place: usize,
        value: &(dyn ToSql + Sync),
        ty: &Type,
    ) -> Result<Self, PostgresError> {
        let mut bytes = BytesMut::new();
        match value.to_sql_checked(ty, &mut bytes) {
            Ok(is_null) => Ok(Self {
                bytes: matches!(is_null, IsNull::No).then_some(bytes),
                is_text: matches!(value.encode_format(ty), Format::Text),
            }),
            Err(_) => Err(PostgresError::Parameter {
                number: place + 1,
                expected: ty.to_string(),
            }),
        }
    }

    /// Encodes the parameters of a prepared statement.
    pub(super) fn all(
        values: &[&(dyn ToSql + Sync)],
        types: &[Type],
    ) -> Result<Vec<Self>, PostgresError> {
        if values.len() != types.len() {
            return Err(PostgresError::ParameterCount {
                expected: types.len(),
                found: values.len(),
            });
        }
        let pairs = values.iter().zip(types).enumerate();
        pairs
            .map(|(place, (value, ty))| Self::new(place, *value, ty))
            .collect()
    }

    /// Encodes parameters whose types are given.
    pub(super) fn typed(
        values: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<(Self, Type)>, PostgresError> {
        let pairs = values.iter().enumerate();
        pairs
            .map(|(place, (value, ty))| Ok((Self::new(place, *value, ty)?, ty.clone())))
            .collect()
    }
}

impl ToSql for Encoded {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Some(bytes) = &self.bytes else {
            return Ok(IsNull::Yes);
        };
        out.put_slice(bytes);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _: &Type) -> Format {
        if self.is_text {
            Format::Text
        } else {
            Format::Binary
        }
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

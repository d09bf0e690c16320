use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use crate::error::PostgresError;

/// A connection of the application's pool, which goes back only when the server has answered everything and no
/// transaction is open.
///
/// `sqlx` 0.9.0 counts a transaction once the answer to `begin` has arrived. If the future is dropped before, its
/// connection goes back to the pool within an open transaction: the next user's writes are lost, or made as
/// another user. This lease closes the connection then.
pub(super) struct SqlxLease {
    connection: Option<PoolConnection<Postgres>>,
    is_settled: bool,
}

impl SqlxLease {
    pub(super) fn new(connection: PoolConnection<Postgres>) -> Self {
        Self {
            connection: Some(connection),
            is_settled: true,
        }
    }

    /// The connection, which is closed when the lease ends, unless [`settle`](Self::settle) was called after its
    /// last use.
    pub(super) fn connection(&mut self) -> Result<&mut PgConnection, PostgresError> {
        self.is_settled = false;
        let connection = self.connection.as_mut();
        connection
            .map(|it| &mut **it)
            .ok_or(PostgresError::Abandoned)
    }

    /// Everything was answered, and no transaction is open.
    pub(super) fn settle(&mut self) {
        self.is_settled = true;
    }
}

impl Drop for SqlxLease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.is_settled
        {
            // The place in the pool is free at once. The server rolls back when it sees the end of the connection.
            drop(connection.detach());
        }
    }
}

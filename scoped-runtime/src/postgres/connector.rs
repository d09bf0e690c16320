//! Makes connections and cancels statements with the application's TLS, whose type is erased here.

use std::sync::Arc;

use deadpool_postgres::Connect;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{CancelToken, Client, Config, Error, Socket};

/// A connection, and the task that drives it.
type Connected = (Client, JoinHandle<()>);

pub(super) trait Connector: Send + Sync {
    fn connect(&self, config: &Config) -> BoxFuture<'static, Result<Connected, Error>>;

    /// Asks the server to cancel what the connection is doing, over a connection of its own.
    fn cancel(&self, token: CancelToken) -> BoxFuture<'static, Result<(), Error>>;
}

/// A connector with this TLS.
pub(super) struct WithTls<T>(pub(super) T);

impl<T> Connector for WithTls<T>
where
    T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
    T::Stream: Sync + Send,
    T::TlsConnect: Sync + Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    fn connect(&self, config: &Config) -> BoxFuture<'static, Result<Connected, Error>> {
        let (tls, config) = (self.0.clone(), config.clone());
        async move {
            let (client, connection) = config.connect(tls).await?;
            // The calls that wait for an answer get the error too.
            let task = tokio::spawn(async move { drop(connection.await) });
            Ok((client, task))
        }
        .boxed()
    }

    fn cancel(&self, token: CancelToken) -> BoxFuture<'static, Result<(), Error>> {
        let tls = self.0.clone();
        async move { token.cancel_query(tls).await }.boxed()
    }
}

/// Lets the pool make its connections here.
pub(super) struct Dial(pub(super) Arc<dyn Connector>);

impl Connect for Dial {
    fn connect(&self, config: &Config) -> BoxFuture<'_, Result<Connected, Error>> {
        self.0.connect(config)
    }
}

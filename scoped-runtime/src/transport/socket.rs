//! The socket of a connection: a TCP stream that counts written bytes, with or without TLS.

use std::io::{ErrorKind, IoSlice, Read, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf, Take};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// The state of a socket that is visible outside of hyper, which owns the socket.
#[derive(Debug, Default)]
pub(super) struct SocketState {
    written: AtomicU64,
    is_probing: AtomicBool,
}

impl SocketState {
    /// How many bytes the kernel has accepted.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Makes the next reads ask the kernel directly whether an idle connection has received anything. tokio learns
    /// of that only when it polls for events, which is too late in a busy runtime.
    pub(super) fn begin_probe(&self) {
        self.is_probing.store(true, Ordering::Relaxed);
    }

    pub(super) fn end_probe(&self) {
        self.is_probing.store(false, Ordering::Relaxed);
    }
}

/// A TCP stream that counts the bytes it writes.
pub(super) struct CountedTcp {
    /// Each read is limited to [`MAX_READ`].
    stream: Take<TcpStream>,
    state: Arc<SocketState>,
}

/// How much is read at once, in bytes. hyper allocates at most twice as much, and keeps it while a body is read. Parts of
/// this size are still in the processor's cache when they are used; larger ones are not.
const MAX_READ: u64 = 64 << 10;

impl CountedTcp {
    pub(super) fn new(stream: TcpStream, state: Arc<SocketState>) -> Self {
        let stream = stream.take(MAX_READ);
        Self { stream, state }
    }

    fn count(&self, written: Poll<Result<usize>>) -> Poll<Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.state
                .written
                .fetch_add(bytes as u64, Ordering::Relaxed);
        }
        written
    }

    /// Reads from the kernel without asking tokio whether the socket is readable. Under TLS there may be data on an
    /// idle connection, such as session tickets.
    fn read_now(&self, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        match (&*SockRef::from(self.stream.get_ref())).read(buffer.initialize_unfilled()) {
            Ok(bytes) => {
                buffer.advance(bytes);
                Poll::Ready(Ok(()))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl AsyncRead for CountedTcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if self.state.is_probing.load(Ordering::Relaxed) {
            let read = self.read_now(buffer);
            if read.is_ready() {
                return read;
            }
            self.state.is_probing.store(false, Ordering::Relaxed);
        }
        self.stream.set_limit(MAX_READ);
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for CountedTcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(self.stream.get_mut()).poll_write(cx, bytes);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(self.stream.get_mut()).poll_write_vectored(cx, parts);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.get_ref().is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(self.stream.get_mut()).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(self.stream.get_mut()).poll_shutdown(cx)
    }
}

/// The byte stream of a connection.
pub(super) enum Socket {
    Plain(CountedTcp),
    Tls(Box<TlsStream<CountedTcp>>),
}

macro_rules! forward {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Self::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Self::Tls($stream) => {
                let $stream = Pin::new(&mut **$stream);
                $call
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        forward!(self, stream => stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        forward!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        forward!(self, stream => stream.poll_write_vectored(cx, parts))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        forward!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        forward!(self, stream => stream.poll_shutdown(cx))
    }
}

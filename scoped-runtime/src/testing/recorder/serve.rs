use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::future::poll_fn;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::task::JoinSet;

use super::Recorded;
use super::answer_body::{AnswerBody, Disconnect};
use super::state::{MAX_BODY, State};

/// Serves connections until the future is dropped, which closes all of them.
pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let mut connections = JoinSet::new();
    // A connection that ended before it was accepted is an error of `accept`, and not one of the listener.
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let state = Arc::clone(&state);
            connections.spawn(async move {
                let service = service_fn(move |request| answer(Arc::clone(&state), request));
                let server = auto::Builder::new(TokioExecutor::new());
                // A connection ends with an error when the client or an answer closes it.
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Disconnect> {
    let (head, body) = request.into_parts();
    let answer = match read(body).await {
        Some((body, is_complete)) => {
            let request = Recorded::new(head, body, is_complete, state.key.as_ref());
            state.answer_to(&request)
        }
        None => state.refuse(413, "the recorder keeps at most 16 MiB of a body"),
    };
    answer.send().await
}

/// Returns the body and whether all of it arrived; `None` when it is over the limit.
async fn read(body: Incoming) -> Option<(Bytes, bool)> {
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    loop {
        match poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            None => return Some((bytes.freeze(), true)),
            Some(Err(_)) => return Some((bytes.freeze(), false)),
            Some(Ok(frame)) => {
                // A frame without data has trailers.
                let data = frame.into_data().unwrap_or_default();
                if bytes.len() + data.len() > MAX_BODY {
                    return None;
                }
                bytes.extend_from_slice(&data);
            }
        }
    }
}

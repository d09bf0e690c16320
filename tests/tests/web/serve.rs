//! Starts services on free ports. Each function returns the URL.

use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use axum::Router;
use tokio::net::TcpListener;

pub(crate) async fn axum(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// Starts the service on a thread of its own, with one worker.
pub(crate) fn actix(routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> String {
    actix_with(1, routes)
}

/// Starts the service on a thread of its own. Each worker has a runtime of its own.
pub(crate) fn actix_with(
    workers: usize,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> String {
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(routes.clone()))
                .workers(workers)
                .disable_signals();
            let server = server.bind("127.0.0.1:0").unwrap();
            sender.send(server.addrs()[0]).unwrap();
            server.run().await
        })
    });
    format!("http://{}", address.recv().unwrap())
}

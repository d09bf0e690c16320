//! What surrounds a service: CORS, headers on every response, an access log, and the operator's log.

use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, body::MessageBody, dev::ServiceRequest, dev::ServiceResponse, web};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{Method, Request, Response};
use scoped_runtime::{Caller, Error, Forwarded, RequireCaller, ScopedClients};
use scoped_tests::Listener;
use tower_http::cors::CorsLayer;
use tower_service::Service;
use tracing::Level;

use crate::verify::support::{Issuer, KID, claims, trusting};

const PAGE: &str = "https://app.test";

fn clients() -> (Issuer, ScopedClients) {
    let issuer = Issuer::new(KID);
    let (clients, _) = trusting(&issuer);
    (issuer, clients)
}

async fn axum_caller(caller: Caller) -> String {
    caller.user_id().to_string()
}

async fn axum_rows(db: Forwarded) -> Result<String, Error> {
    db.0.from("../secret").execute().await?;
    Ok(String::new())
}

fn axum_app(clients: &ScopedClients) -> Router {
    let cors = CorsLayer::new()
        .allow_origin([PAGE.parse().unwrap()])
        .allow_methods([Method::GET])
        .allow_headers([http::header::AUTHORIZATION]);
    Router::new()
        .route("/layer", get(|| async { "in" }))
        .layer(RequireCaller::new(clients))
        .route("/caller", get(axum_caller))
        .route("/rows", get(axum_rows))
        // The last layer is the outermost one.
        .layer(cors)
        .with_state(clients.clone())
}

async fn axum_answer(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().call(request).await.unwrap()
}

fn asking(method: Method, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(ORIGIN, PAGE)
}

#[tokio::test]
async fn in_axum_an_error_response_has_the_cors_headers() {
    let (_, clients) = clients();
    let app = axum_app(&clients);
    for path in ["/layer", "/caller"] {
        let request = asking(Method::GET, path).body(Body::empty()).unwrap();
        let answer = axum_answer(&app, request).await;
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(
            answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN],
            PAGE,
            "{path}"
        );
        let preflight = asking(Method::OPTIONS, path).header(ACCESS_CONTROL_REQUEST_METHOD, "GET");
        let answer = axum_answer(&app, preflight.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), 200, "{path}: a preflight has no token");
        assert_eq!(
            answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN],
            PAGE,
            "{path}"
        );
    }
}

/// The status of every response, as an access log records it.
#[derive(Clone, Default)]
struct Access(Arc<Mutex<Vec<u16>>>);

async fn log_access(
    access: web::Data<Access>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let answer = next.call(request).await?;
    access.0.lock().unwrap().push(answer.status().as_u16());
    Ok(answer)
}

async fn actix_caller(caller: Caller) -> String {
    caller.user_id().to_string()
}

async fn actix_rows(db: Forwarded) -> Result<String, Error> {
    db.0.from("../secret").execute().await?;
    Ok(String::new())
}

#[test]
fn in_actix_an_error_response_passes_through_the_outer_middleware() {
    let (issuer, clients) = clients();
    let access = Access::default();
    actix_web::rt::System::new().block_on(async {
        let cors = actix_cors::Cors::default()
            .allowed_origin(PAGE)
            .allowed_methods(["GET"]);
        let app = App::new()
            .app_data(web::Data::new(clients.clone()))
            .app_data(web::Data::new(access.clone()))
            .service(
                web::resource("/layer")
                    .wrap(RequireCaller::new(&clients))
                    .get(|| async { "in" }),
            )
            .route("/caller", web::get().to(actix_caller))
            .wrap(from_fn(log_access))
            .wrap(DefaultHeaders::new().add(("x-version", "1")))
            // The last middleware is the outermost one.
            .wrap(cors);
        let app = init_service(app).await;
        for path in ["/layer", "/caller"] {
            let request = TestRequest::get()
                .uri(path)
                .insert_header((ORIGIN.as_str(), PAGE));
            let answer = call_service(&app, request.to_request()).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
            let header = |name: &str| answer.headers().get(name).map(|it| it.to_str().unwrap());
            assert_eq!(header("x-version"), Some("1"), "{path}");
            assert_eq!(header("access-control-allow-origin"), Some(PAGE), "{path}");
            assert_eq!(header("www-authenticate"), Some("Bearer"), "{path}");
            let preflight = TestRequest::with_uri(path)
                .method(actix_web::http::Method::OPTIONS)
                .insert_header((ORIGIN.as_str(), PAGE))
                .insert_header(("access-control-request-method", "GET"));
            let answer = call_service(&app, preflight.to_request()).await;
            assert_eq!(
                answer.status(),
                StatusCode::OK,
                "{path}: a preflight has no token"
            );
        }
        assert_eq!(*access.0.lock().unwrap(), [401, 401]);
        let token = format!("Bearer {}", issuer.token(&claims(&serde_json::json!({}))));
        let request = TestRequest::get()
            .uri("/layer")
            .insert_header(("authorization", token));
        let answer = call_service(&app, request.to_request()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    });
}

/// Returns the log lines of these requests.
fn logged(ask: impl FnOnce()) -> Vec<String> {
    let listener = Listener::start(Level::INFO);
    ask();
    let text = listener.text();
    let of_web = text
        .lines()
        .filter(|line| line.contains("scoped_runtime::web"));
    of_web.map(str::to_owned).collect()
}

fn assert_told(lines: &[String], token: &str) {
    let [missing, invalid, failed] = lines else {
        panic!("one event for each request: {lines:#?}");
    };
    for (line, parts) in [
        (missing, vec!["INFO", "status=401", "no bearer token"]),
        (
            invalid,
            vec!["INFO", "status=401", "does not have three parts"],
        ),
        (
            failed,
            vec![
                "ERROR",
                "status=500",
                "code=\"internal\"",
                "../secret",
                "has a slash",
            ],
        ),
    ] {
        for part in parts {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!line.contains(token), "{line}");
    }
}

#[test]
fn in_axum_an_error_logs_one_event_with_the_cause() {
    let (issuer, clients) = clients();
    let token = issuer.token(&claims(&serde_json::json!({})));
    let lines = logged(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let app = axum_app(&clients);
            for (path, header) in [
                ("/layer", None),
                ("/caller", Some("x")),
                ("/rows", Some(&*token)),
            ] {
                let mut request = asking(Method::GET, path);
                if let Some(token) = header {
                    request = request.header("authorization", format!("Bearer {token}"));
                }
                axum_answer(&app, request.body(Body::empty()).unwrap()).await;
            }
        });
    });
    assert_told(&lines, &token);
}

#[test]
fn in_actix_an_error_logs_one_event_with_the_cause() {
    let (issuer, clients) = clients();
    let token = issuer.token(&claims(&serde_json::json!({})));
    let lines = logged(|| {
        actix_web::rt::System::new().block_on(async {
            let app = App::new()
                .app_data(web::Data::new(clients.clone()))
                .service(
                    web::resource("/layer")
                        .wrap(RequireCaller::new(&clients))
                        .get(|| async { "in" }),
                )
                .route("/caller", web::get().to(actix_caller))
                .route("/rows", web::get().to(actix_rows));
            let app = init_service(app).await;
            for (path, header) in [
                ("/layer", None),
                ("/caller", Some("x")),
                ("/rows", Some(&*token)),
            ] {
                let mut request = TestRequest::get().uri(path);
                if let Some(token) = header {
                    request = request.insert_header(("authorization", format!("Bearer {token}")));
                }
                call_service(&app, request.to_request()).await;
            }
        });
    });
    assert_told(&lines, &token);
}

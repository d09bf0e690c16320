use http::Method;

use super::{REQUEST_DURATION, Stopwatch, service};
use crate::clock::Clock;
use crate::error::{ClientError, Error};

/// Measures one request, including one whose future is dropped.
pub(crate) struct RequestTimer<'a> {
    stopwatch: Stopwatch<'a>,
    target: &'a str,
    method: &'a Method,
    status: &'static str,
}

impl<'a> RequestTimer<'a> {
    pub(crate) fn begin(clock: &'a dyn Clock, method: &'a Method, target: &'a str) -> Self {
        Self {
            stopwatch: Stopwatch::begin(clock),
            target,
            method,
            status: "cancelled",
        }
    }

    pub(crate) fn end(mut self, outcome: Result<u16, &Error>) {
        self.status = match outcome {
            Ok(status) => class(status),
            Err(Error::Token(_)) => "token",
            Err(Error::Client(ClientError::Timeout { .. })) => "timeout",
            Err(Error::Client(ClientError::Transport { .. })) => "connection",
            Err(Error::Client(ClientError::Closed)) => "closed",
            Err(Error::Client(ClientError::Redirect { status, .. })) => class(*status),
            Err(error) => error.response_status().map_or("other", class),
        };
    }
}

impl Drop for RequestTimer<'_> {
    fn drop(&mut self) {
        if cfg!(feature = "metrics") {
            let labels = [
                ("service", service(self.target)),
                ("method", method(self.method)),
                ("status", self.status),
            ];
            self.stopwatch.observe(REQUEST_DURATION, &labels);
        }
    }
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "other",
    }
}

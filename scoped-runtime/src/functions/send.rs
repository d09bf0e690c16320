//! The methods of a call that send it.

use std::future::IntoFuture;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::Method;
use http::header::ACCEPT;

use super::event_stream::EventStream;
use super::invocation::Invocation;
use crate::client::name::invalid;
use crate::client::{Core, Mode, answer};
use crate::error::{ClientError, Error, FunctionError, RELAY_ERROR};
use crate::rest::Request;
use crate::transport::{Response, StreamedResponse, TransportRequest, Upload};

impl<M: Mode> Invocation<M> {
    /// Sends the call and reads the whole answer: [`Response`] has its JSON, text, bytes, status and headers.
    ///
    /// # Errors
    /// [`Error::Function`] when the function or the relay answered with an error status; [`Error::Client`] for
    /// a mistake in the call, an answer over [`Limits::response_bytes`](crate::Limits::response_bytes), or when
    /// no answer arrived; [`Error::Token`] when there is no live token.
    pub fn execute(self) -> M::Answer<Response> {
        let core = Arc::clone(self.request.core());
        answer::<_, M>(&core, async {
            let call = self.into_call()?;
            let outcome = match call.upload {
                None => call.core.send(&call.outgoing).await,
                Some(upload) => call.core.send_upload(&call.outgoing, upload).await,
            };
            let response = outcome.map_err(|error| of(error, &call.function))?;
            if response.header(RELAY_ERROR) == Some("true") {
                let (status, headers) = (response.status(), response.headers());
                let kept = response
                    .bytes()
                    .len()
                    .min(call.core.settings().limits.error_bytes);
                let error = FunctionError::new(status, headers, &response.bytes()[..kept]);
                return Err(error.of(&call.function).into());
            }
            Ok(response)
        })
    }

    async fn send_for_stream(self) -> Result<(Arc<Core>, String, StreamedResponse), Error> {
        let Call {
            core,
            outgoing,
            upload,
            function,
        } = self.into_call()?;
        let outcome = core.stream(&outgoing, upload).await;
        let response = outcome.map_err(|error| of(error, &function))?;
        if response.header(RELAY_ERROR) == Some("true") {
            let error = FunctionError::new(response.status(), response.headers(), &[]);
            return Err(error.of(&function).into());
        }
        Ok((core, function, response))
    }

    /// The call with the core that sends it, checked.
    fn into_call(self) -> Result<Call, ClientError> {
        let request = match &self.region {
            Some(region) => in_region(self.request, region),
            None => self.request,
        };
        let (core, outgoing) = request.into_outgoing()?;
        let is_read = matches!(outgoing.method, Method::GET | Method::HEAD);
        if is_read && (!outgoing.body.is_empty() || self.upload.is_some()) {
            return Err(ClientError::InvalidQuery {
                what: format!("a call with {} has a body", outgoing.method),
                remedy: "pass `()` to `invoke` and use `query`, or use another method",
            });
        }
        Ok(Call {
            core,
            outgoing,
            upload: self.upload,
            function: self.function,
        })
    }

    /// Sends the call and returns the server-sent events of the answer, once its head has arrived.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute), and [`ClientError::ContentType`] when the answer is not
    /// `text/event-stream`.
    pub fn events(self) -> M::Answer<EventStream<M>> {
        let core = Arc::clone(self.request.core());
        answer::<_, M>(&core, async {
            let call = self.with(|request| request.header(ACCEPT, "text/event-stream"));
            let (core, function, response) = call.send_for_stream().await?;
            Ok(EventStream::new(&core, &function, response)?)
        })
    }
}

impl Invocation {
    /// Sends the call and returns the answer when its head has arrived. Use it for an answer that should be
    /// read while the function writes it, or that should not be in memory as a whole.
    ///
    /// # Errors
    /// The errors of [`execute`](Self::execute).
    pub async fn stream(self) -> Result<StreamedResponse, Error> {
        let (_, _, response) = self.send_for_stream().await?;
        Ok(response)
    }
}

impl<M: Mode> Invocation<M> {
    /// [`stream`](Invocation::stream), and the core, for blocking code.
    #[cfg(feature = "blocking")]
    pub(crate) async fn into_stream(self) -> Result<(Arc<Core>, StreamedResponse), Error> {
        let (core, _, response) = self.send_for_stream().await?;
        Ok((core, response))
    }

    /// The part that sends the call.
    #[cfg(feature = "blocking")]
    pub(crate) fn core(&self) -> &Arc<Core> {
        self.request.core()
    }
}

/// Sends the call; see [`execute`](Invocation::execute).
impl IntoFuture for Invocation {
    type Output = Result<Response, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.execute()
    }
}

struct Call {
    core: Arc<Core>,
    outgoing: TransportRequest,
    upload: Option<Upload>,
    function: String,
}

/// A request that the gateway sends to this region.
fn in_region<M: Mode>(request: Request<M>, region: &str) -> Request<M> {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(is_name) {
        let remedy = "use the name of a region such as `eu-west-3`, or `any`";
        return request.refuse(invalid(
            "region",
            region,
            "is not the name of a region",
            remedy,
        ));
    }
    if region == "any" {
        return request;
    }
    request
        .header("x-region", region)
        .query("forceFunctionRegion", region)
}

fn of(error: Error, function: &str) -> Error {
    match error {
        Error::Function(error) => error.of(function).into(),
        error => error,
    }
}

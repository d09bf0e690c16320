use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest_011::Client;
use reqwest_011::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{API_KEY, TransportRequest};
use crate::error::{ClientError, ConfigurationError, Problem};
use crate::token::AccessToken;

/// Converts between `postgrest` builders and the requests of this library.
pub(crate) struct PostgrestBridge {
    /// `postgrest` needs a client to build requests. It never opens a connection.
    client: Client,
    /// `{url}/rest/v1/`
    root: Url,
    /// The length of the project's URL, with which the URL of every request begins.
    pub(super) base_length: usize,
}

const OBJECT: &str = "application/vnd.pgrst.object+json";
const REPRESENTATION: &str = "return=representation";

impl PostgrestBridge {
    pub(crate) fn new(base: &Url) -> Result<Self, ConfigurationError> {
        // rustls is chosen explicitly and no root certificates are loaded: another crate may enable OpenSSL
        // in this version of `reqwest`, which takes 50 ms to load the certificates of the system.
        let client = Client::builder()
            .use_rustls_tls()
            .tls_built_in_root_certs(false)
            .no_proxy()
            .redirect(reqwest_011::redirect::Policy::none())
            // No certificate is trusted, so a builder that sends itself gets an error.
            .https_only(true)
            .build()
            .map_err(|_| Problem::new("url", "has no usable client", "report this as a bug"))?;
        let root = base.join("rest/v1/").map_err(|_| {
            Problem::new("url", "cannot have a path added", "use the project's URL")
        })?;
        Ok(Self {
            client,
            root,
            base_length: base.as_str().len(),
        })
    }

    /// A builder for a table or view. If the name or the schema cannot be sent, the builder gets a path that is
    /// refused when it is executed.
    pub(crate) fn table(&self, name: &str, schema: Option<&Arc<str>>) -> postgrest::Builder {
        let is_sendable = |schema: &Arc<str>| {
            !schema.is_empty() && schema.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
        };
        let segment = utf8_percent_encode(name, NON_ALPHANUMERIC)
            .to_string()
            .replace("%5F", "_");
        let path = match schema.filter(|schema| !is_sendable(schema)) {
            Some(_) => "%2F".to_owned(),
            None => segment,
        };
        postgrest::Builder::new(
            format!("{}{path}", self.root),
            schema
                .filter(|schema| is_sendable(schema))
                .map(ToString::to_string),
            HeaderMap::new(),
            self.client.clone(),
        )
    }

    fn url(&self, request: &TransportRequest) -> String {
        format!(
            "{}{}",
            &self.root.as_str()[..self.base_length],
            request.target
        )
    }

    /// Whether a URL leads to a table or function of this project, even if a gateway decodes `%2F..%2F` before it
    /// routes.
    pub(super) fn is_in_project(&self, url: &Url) -> bool {
        let path = url.path().to_ascii_lowercase();
        url.origin() == self.root.origin()
            && url.path().starts_with(self.root.path())
            && !["%2f", "%5c", "%2e", "//"]
                .iter()
                .any(|encoded| path.contains(encoded))
    }

    /// A builder that makes this request, with the API key and the token as headers.
    ///
    /// # Errors
    /// [`ClientError::NotNative`] for `Prefer` settings that the builder would overwrite.
    pub(crate) fn to_builder(
        &self,
        request: &TransportRequest,
        api_key: &[u8],
        token: &AccessToken,
    ) -> Result<postgrest::Builder, ClientError> {
        let mut headers = HeaderMap::with_capacity(request.headers.len() + 2);
        for (name, value) in &request.headers {
            insert(&mut headers, name.as_str(), value.as_bytes(), false)?;
        }
        insert(&mut headers, API_KEY, api_key, true)?;
        insert(
            &mut headers,
            AUTHORIZATION.as_str(),
            token.bearer().as_bytes(),
            true,
        )?;

        let text = |name: &str| {
            request
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let single = text("accept") == Some(OBJECT);
        let overwritten = text("prefer") != Some(REPRESENTATION);
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let builder =
            postgrest::Builder::new(self.url(request), None, headers, self.client.clone());
        let builder = match request.method.as_str() {
            // The builder's `insert` would overwrite the `Prefer` header; its `rpc` posts the same body and does
            // not.
            "POST" => builder.rpc(body),
            "PATCH" | "DELETE" if overwritten => {
                return Err(ClientError::NotNative {
                    what: "a limit, a count or another `Prefer` setting on a write",
                });
            }
            "PATCH" => builder.update(body),
            "DELETE" => builder.delete(),
            _ => builder,
        };
        Ok(if single { builder.single() } else { builder })
    }
}

fn insert(
    headers: &mut HeaderMap,
    name: &str,
    value: &[u8],
    sensitive: bool,
) -> Result<(), ClientError> {
    let (Ok(name), Ok(mut value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_bytes(value),
    ) else {
        return Err(ClientError::NotNative {
            what: "one of its headers",
        });
    };
    value.set_sensitive(sensitive);
    headers.append(name, value);
    Ok(())
}

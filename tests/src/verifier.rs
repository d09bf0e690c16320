use std::path::Path;

use scoped_runtime::testing::__private::{off_thread, run_script};
use serde_json::{Value, json};

use crate::{KitError, Result, python, script};

/// A library that verifies tokens. It shares no code with the runtime or with the other library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verifier {
    /// `jose` in Node, of the packages of the local server.
    Jose,
    /// `PyJWT` in Python, installed by `tests/python/requirements.txt`.
    PyJwt,
}

impl Verifier {
    /// Verifies each token with the JWK beside it, with the algorithm of the JWK and at the current time,
    /// all in one process.
    ///
    /// Returns the `header` of each token and its claims as `exact`, in which every number and text is a
    /// text (`"n:1.5"`, `"s:a"`), so that no number is rounded. For an invalid token it returns an object
    /// with `error`, the library's name of the error.
    pub async fn verify(self, tokens: &[(impl AsRef<str>, Value)]) -> Result<Vec<Value>> {
        let entry =
            |(token, jwk): &(_, Value)| json!({ "token": AsRef::<str>::as_ref(token), "jwk": jwk });
        let entries: Vec<Value> = tokens.iter().map(entry).collect();
        let input = json!({ "tokens": entries, "now": null });
        let expected = tokens.len();
        off_thread(self.step(), move || self.run(&input, expected)).await
    }

    fn step(self) -> &'static str {
        match self {
            Self::Jose => "jose",
            Self::PyJwt => "pyjwt",
        }
    }

    fn run(self, input: &Value, expected: usize) -> Result<Vec<Value>> {
        let tokens = input["tokens"].as_array().into_iter().flatten();
        let secrets: Vec<&str> = tokens
            .filter_map(|entry| entry["jwk"]["k"].as_str())
            .collect();
        let output = match self {
            Self::Jose => script::run(self.step(), "verify.mjs", input, &secrets)?,
            Self::PyJwt => {
                let files = Path::new(python::FILES);
                let path = std::env::var_os("PATH").unwrap_or_default();
                let python = python::install(&path, files)?;
                let script = files.join("verify.py");
                run_script(
                    self.step(),
                    &python,
                    &[script.as_os_str()],
                    files,
                    input,
                    &secrets,
                )?
            }
        };
        match output {
            Value::Array(values) if values.len() == expected => Ok(values),
            _ => Err(KitError::new(self.step(), "not one answer for each token")),
        }
    }
}

use std::path::Path;

use serde_json::{Value, json};

use crate::error::{Result, StartError};
use crate::install::{Installation, Machine};
use crate::node::run_script;
use crate::python;
use crate::worker::off_thread;

const PYTHON_FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");

/// A library that verifies tokens. It shares no code with the runtime or with the other library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verifier {
    /// `jose` in Node, installed by `tests/server/package-lock.json`.
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
        let machine = Machine::this();
        let (program, script) = match self {
            Self::Jose => {
                let installation = Installation::ensure(&machine)?;
                let script = installation.script("verify.mjs");
                (installation.node, script)
            }
            Self::PyJwt => {
                let files = Path::new(PYTHON_FILES);
                (
                    python::install(&machine.path, files)?,
                    files.join("verify.py"),
                )
            }
        };
        let tokens = input["tokens"].as_array().into_iter().flatten();
        let secrets: Vec<&str> = tokens
            .filter_map(|entry| entry["jwk"]["k"].as_str())
            .collect();
        match run_script(self.step(), &program, &script, input, &secrets)? {
            Value::Array(values) if values.len() == expected => Ok(values),
            _ => Err(StartError::new(
                self.step(),
                "not one answer for each token",
            )),
        }
    }
}

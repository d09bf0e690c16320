use std::ffi::OsStr;
use std::path::Path;

use scoped_runtime::testing::__private::{Installation, run_script};
use serde_json::Value;

use crate::{KitError, Result};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/server");

/// Runs a script of `tests/server/` on the packages of the local server, with JSON as input and output.
pub(crate) fn run(
    step: &'static str,
    script: &str,
    input: &Value,
    secrets: &[&str],
) -> Result<Value> {
    let file = Path::new(FOLDER).join(script);
    let text = std::fs::read_to_string(&file).map_err(|error| KitError::io(step, &file, error))?;
    let installation = Installation::ensure()?;
    // A script that is given as text imports from the current folder, in which the packages are.
    let arguments = ["--input-type=module", "--eval", &text].map(OsStr::new);
    let (node, folder) = (installation.node(), installation.folder());
    run_script(step, node, &arguments, folder, input, secrets)
}

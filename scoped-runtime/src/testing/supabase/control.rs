use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// The most bytes of an answer.
const LIMIT: u64 = 64 * 1024;

/// Asks a program a question over its socket: one JSON line, answered by one line.
#[cfg(unix)]
pub(crate) fn ask(socket: &Path, question: &Value, time: Duration) -> io::Result<Value> {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::os::unix::net::UnixStream;

    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(time))?;
    stream.set_write_timeout(Some(time))?;
    writeln!(stream, "{question}")?;
    let mut answer = String::new();
    BufReader::new(stream.take(LIMIT)).read_line(&mut answer)?;
    Ok(serde_json::from_str(&answer)?)
}

/// Returns whether a program listens on its socket. The file is there a moment before.
#[cfg(unix)]
pub(crate) fn listens(socket: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

/// Without a supervisor no program has started.
#[cfg(not(unix))]
pub(crate) fn listens(_: &Path) -> bool {
    false
}

/// Without a supervisor no program has started.
#[cfg(not(unix))]
pub(crate) fn ask(_: &Path, _: &Value, _: Duration) -> io::Result<Value> {
    let _ = LIMIT;
    Err(io::ErrorKind::Unsupported.into())
}

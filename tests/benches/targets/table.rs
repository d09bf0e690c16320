//! The table of docs/benchmarks.md.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::before;

const HEAD: &str = "# Benchmarks

The table is written by `cargo bench -p scoped-tests`; what follows it is written by hand.
Both sides of a ratio are measured in turns within one run. Computations count by the fastest of 2,000 batches, what waits by the
median of the ratios within each turn; round trips by the CPU time of the thread that is the client. Times are of this machine, and only a hint.
The column \"before\" is what a row measured before the library had its own transport: on another machine, and round
trips by elapsed time.
";

pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) target: String,
    /// `None` for a measure without a target.
    pub(crate) met: Option<bool>,
    pub(crate) hint: String,
}

/// A row for a ratio that must be at most the target.
pub(crate) fn at_most(what: impl Into<String>, ratio: f64, target: f64, hint: String) -> Row {
    Row {
        what: what.into(),
        measured: format!("{ratio:.2} x"),
        target: format!("at most {target} x"),
        met: Some(ratio <= target),
        hint,
    }
}

/// Formats seconds with a fitting unit.
pub(crate) fn time(seconds: f64) -> String {
    let nanoseconds = seconds * 1e9;
    match nanoseconds {
        ..1e3 => format!("{nanoseconds:.0} ns"),
        ..1e6 => format!("{:.2} us", nanoseconds / 1e3),
        _ => format!("{:.1} ms", nanoseconds / 1e6),
    }
}

/// Returns the text of the whole table.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = format!(
        "{HEAD}\n{}\n\n| what | before | measured | target | | times |\n|---|---:|---:|---:|---|---|\n",
        machine()
    );
    for row in rows {
        let met = match row.met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        let Row {
            what,
            measured,
            target,
            hint,
            ..
        } = row;
        let before = before::measured(what);
        let _ = writeln!(
            text,
            "| {what} | {before} | {measured} | {target} | {met} | {hint} |"
        );
    }
    text
}

/// Replaces the table and keeps the handwritten text behind it, which begins with the first heading.
pub(crate) fn write(text: &str) -> io::Result<()> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scoped-runtime/docs/benchmarks.md");
    let before = fs::read_to_string(&file)?;
    let by_hand = before.find("\n## ").map_or("", |start| &before[start..]);
    fs::write(file, format!("{text}{by_hand}"))
}

/// Describes the machine of the measurement.
fn machine() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let processor = processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!(
        "Machine: {processor}, {cores} cores, {}; {}.",
        std::env::consts::OS,
        rustc.unwrap_or_default(),
    )
}

//! Prints which claims the policies of a folder read, as a table of claim, reader and file, before a claims
//! struct exists.
//!
//! Run it with `cargo run --example policy_report -- supabase/migrations`, a folder, file or glob; with
//! `--json` for other programs. Without a folder it reads the local server's migrations.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use scoped_runtime::policies::{PoliciesError, Read, Survey, survey};
use serde_json::{Value, json};

const LOCAL_SERVER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/server/supabase/migrations"
);

fn main() -> ExitCode {
    match report() {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn report() -> Result<String, Box<dyn Error>> {
    let (options, folders): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    let as_json = options == ["--json"];
    if folders.len() > 1 || !options.is_empty() && !as_json {
        return Err("usage: policy_report [folder, file or glob] [--json]".into());
    }
    let here = std::env::current_dir()?;
    // The path is relative to the directory that the command was run in, not to the package.
    let folder = folders.first().map_or(LOCAL_SERVER, String::as_str);
    let survey = read(&here.join(folder))?;
    let file = |path: &Path| short(&here, path);
    Ok(if as_json {
        format!("{:#}", json_of(&survey, file))
    } else {
        table_of(&survey, file)
    })
}

fn read(folder: &Path) -> Result<Survey, PoliciesError> {
    // Resolves `..` if the folder exists, so that files are shown relative to the current directory.
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.into());
    survey(folder)
}

fn short(here: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

/// The type that a policy reads the claim as, such as `uuid`, and the function that reads it.
fn how(read: &Read) -> String {
    let cast = read.cast().unwrap_or_default();
    match read.through() {
        Some(function) => format!("{cast} via {function}").trim().to_owned(),
        None => cast.to_owned(),
    }
}

fn sorted(survey: &Survey) -> Vec<&Read> {
    let mut reads: Vec<&Read> = survey.reads().iter().collect();
    reads.sort_by_key(|read| (read.claim(), read.file(), read.line()));
    // USING and WITH CHECK often stand on one line and read the same claim.
    reads.dedup();
    reads
}

fn table_of(survey: &Survey, file: impl Fn(&Path) -> PathBuf) -> String {
    let mut rows = vec![["CLAIM", "AS", "READ BY", "FILE"].map(str::to_owned)];
    rows.extend(sorted(survey).into_iter().map(|read| {
        let place = format!("{}:{}", file(read.file()).display(), read.line());
        let reader = read.object().to_string().replace('`', "");
        [read.claim().to_owned(), how(read), reader, place]
    }));
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2)];
    let [first, second, third] = widths;
    let mut lines: Vec<String> = rows
        .iter()
        .map(|[claim, how, reader, place]| {
            format!("{claim:first$}  {how:second$}  {reader:third$}  {place}")
        })
        .collect();
    let (files, policies) = (survey.files().len(), survey.policies().count());
    lines.push(format!("\n{files} files, {policies} live policies"));
    lines.extend(
        survey
            .blind_spots()
            .iter()
            .map(|spot| format!("not seen: {spot}")),
    );
    lines.join("\n")
}

fn json_of(survey: &Survey, file: impl Fn(&Path) -> PathBuf) -> Value {
    let reads = sorted(survey).into_iter().map(|read| {
        let object = read.object();
        json!({
            "claim": read.claim(),
            "cast": read.cast(),
            "through": read.through(),
            "allows_absence": read.allows_absence(),
            "reader": format!("{:?}", object.kind()).to_lowercase(),
            "name": object.name(),
            "table": object.table(),
            "file": file(read.file()),
            "line": read.line(),
        })
    });
    json!({
        "files": survey.files().iter().map(|path| file(path)).collect::<Vec<_>>(),
        "policies": survey.policies().count(),
        "reads": reads.collect::<Vec<_>>(),
        "not_seen": survey.blind_spots().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

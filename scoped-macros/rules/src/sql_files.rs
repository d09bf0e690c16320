//! The SQL files that a folder or pattern names, in the order in which migration tools run them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The deepest nesting of folders that is searched, because symbolic links may form cycles.
const MAX_DEPTH: usize = 16;

/// The SQL files that a pattern names.
#[derive(Default, Debug)]
pub struct Listing {
    /// The files, in the order in which migration tools run them.
    pub files: Vec<PathBuf>,
    /// The paths that look like SQL but are left out. The reason continues a sentence that begins with the
    /// path.
    pub skipped: Vec<(PathBuf, String)>,
}

/// The SQL files of a folder, or those that match a glob such as `db/**/*.up.sql`, sorted by name: the order
/// in which migration tools run them. Subfolders of a folder are not read, as the Supabase CLI does not read
/// them; a file names itself. A path that does not exist is an error, an empty folder is not.
///
/// # Errors
/// The error of the operating system for a folder or file that cannot be read.
pub fn files(root: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
    Ok(list(root, pattern)?.files)
}

/// The same as [`files`], with the paths that are left out.
///
/// # Errors
/// The error of the operating system for a folder or file that cannot be read.
pub fn list(root: &Path, pattern: &str) -> io::Result<Listing> {
    let mut fixed = root.to_path_buf();
    let mut parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    if pattern.starts_with('/') {
        fixed = PathBuf::from("/");
    }
    while !parts.is_empty() && !parts[0].contains(['*', '?']) {
        fixed.push(parts.remove(0));
    }
    let mut found = Listing::default();
    if parts.is_empty() {
        if fs::metadata(&fixed)?.is_file() {
            found.files.push(fixed);
        } else {
            list_folder(&fixed, &mut found)?;
        }
    } else {
        fs::read_dir(&fixed)?;
        walk(&fixed, &parts, 0, &mut found)?;
    }
    found.files.sort();
    found.files.dedup();
    found.skipped.sort();
    found.skipped.dedup();
    Ok(found)
}

fn walk(folder: &Path, parts: &[&str], depth: usize, found: &mut Listing) -> io::Result<()> {
    let Some((part, rest)) = parts.split_first() else {
        return Ok(());
    };
    if depth > MAX_DEPTH {
        return Ok(());
    }
    if *part == "**" {
        walk(folder, rest, depth, found)?;
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let last = *part != "**" && rest.is_empty() && fits(name.as_bytes(), part.as_bytes());
        if path.is_dir() {
            if last && name.ends_with(".sql") {
                found.skipped.push((path, "is a folder".to_owned()));
            } else if *part == "**" {
                walk(&path, parts, depth + 1, found)?;
            } else if fits(name.as_bytes(), part.as_bytes()) {
                walk(&path, rest, depth + 1, found)?;
            }
        } else if last {
            found.add(path);
        }
    }
    Ok(())
}

impl Listing {
    /// Adds the file, if it can be opened.
    fn add(&mut self, path: PathBuf) {
        match fs::metadata(&path) {
            Ok(data) if data.is_file() => self.files.push(path),
            Ok(_) => self.skipped.push((path, "is not a file".to_owned())),
            Err(error) => {
                let why = format!("cannot be opened ({})", error.kind());
                self.skipped.push((path, why));
            }
        }
    }
}

/// Lists a folder as the Supabase CLI does: `*.sql` files whose names begin with a number. A folder without
/// such names belongs to another tool, and all of its `*.sql` files count.
fn list_folder(folder: &Path, found: &mut Listing) -> io::Result<()> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // The CLI distinguishes case.
        let is_sql = path.extension().is_some_and(|extension| extension == "sql");
        if path.is_dir() {
            if is_sql {
                found.skipped.push((path, "is a folder".to_owned()));
            } else if has_sql(&path) {
                let why = "is a subfolder with SQL files, which is not read; name it as well";
                found.skipped.push((path, why.to_owned()));
            }
        } else if is_sql {
            all.push((name, path));
        } else if name.to_ascii_lowercase().ends_with(".sql") {
            let why = "is not read, since only names that end with `.sql` are applied";
            found.skipped.push((path, why.to_owned()));
        }
    }
    all.sort();
    let numbered = all.iter().any(|(name, _)| is_numbered(name));
    let names: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
    for (index, (name, path)) in all.into_iter().enumerate() {
        let up = name
            .strip_suffix(".down.sql")
            .map(|stem| format!("{stem}.up.sql"));
        if numbered && !is_numbered(&name) {
            let why = "is not read, since its name does not begin with a number and `_`, so that the \
                       Supabase CLI does not apply it";
            found.skipped.push((path, why.to_owned()));
        } else if let Some(up) = up.filter(|up| names.contains(up)) {
            found
                .skipped
                .push((path, format!("is not read, since it undoes `{up}`")));
        } else if index == 0 && is_old_init(&name) {
            let why = "is not read, since the Supabase CLI skips the old `_init.sql`";
            found.skipped.push((path, why.to_owned()));
        } else {
            found.add(path);
        }
    }
    Ok(())
}

/// Whether the name matches `^[0-9]+(_.*)?\.sql$`.
fn is_numbered(name: &str) -> bool {
    let rest = name.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < name.len() && (rest == ".sql" || rest.starts_with('_'))
}

/// Whether the file is the dump of an early version of the CLI, which the CLI does not run.
fn is_old_init(name: &str) -> bool {
    let stamp = name.strip_suffix("_init.sql").unwrap_or_default();
    stamp.len() == 14 && stamp.bytes().all(|byte| byte.is_ascii_digit()) && stamp < "20211209000000"
}

fn has_sql(folder: &Path) -> bool {
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().ends_with(".sql")
    })
}

/// The text of a file, and what is wrong with its encoding, as the continuation of a sentence that begins
/// with the path. PostgreSQL accepts only UTF-8; other bytes become replacement characters.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> (String, Option<&'static str>) {
    let why = match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("is UTF-16, not UTF-8"),
        bytes if bytes.contains(&0) => Some("has NUL bytes, so it is not UTF-8"),
        _ => None,
    };
    match String::from_utf8(bytes) {
        Ok(text) => (text, why),
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, why.or(Some("is not UTF-8")))
        }
    }
}

/// Whether the name matches a pattern with `*` and `?`. Backtracking only to the last `*` keeps this fast.
fn fits(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut wanted) = (0, 0);
    let mut star = None;
    while at < name.len() {
        if wanted < pattern.len() && pattern[wanted] == b'*' {
            star = Some((at, wanted + 1));
            wanted += 1;
        } else if wanted < pattern.len() && (pattern[wanted] == b'?' || pattern[wanted] == name[at])
        {
            at += 1;
            wanted += 1;
        } else if let Some((from, behind)) = star {
            star = Some((from + 1, behind));
            (at, wanted) = (from + 1, behind);
        } else {
            return false;
        }
    }
    pattern[wanted..].iter().all(|byte| *byte == b'*')
}

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Symbolic links may make circles.
const MAX_DEPTH: usize = 16;

/// The SQL files of a folder, or those that fit a pattern such as `db/**/*.up.sql`, by name: the
/// order in which migrations are applied. A folder is read without its subfolders, as Supabase does;
/// a file is itself. Nothing there is an error, nothing in it is not.
pub fn files(root: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
    let mut fixed = root.to_path_buf();
    let mut parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    if pattern.starts_with('/') {
        fixed = PathBuf::from("/");
    }
    while !parts.is_empty() && !parts[0].contains(['*', '?']) {
        fixed.push(parts.remove(0));
    }
    let mut found = Vec::new();
    if parts.is_empty() {
        if fs::metadata(&fixed)?.is_file() {
            return Ok(vec![fixed]);
        }
        parts.push("*.sql");
    }
    fs::read_dir(&fixed)?;
    walk(&fixed, &parts, 0, &mut found)?;
    found.sort();
    found.dedup();
    Ok(found)
}

fn walk(folder: &Path, parts: &[&str], depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
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
        if path.is_dir() {
            if *part == "**" {
                walk(&path, parts, depth + 1, found)?;
            } else if fits(name.as_bytes(), part.as_bytes()) {
                walk(&path, rest, depth + 1, found)?;
            }
        } else if *part != "**" && rest.is_empty() && fits(name.as_bytes(), part.as_bytes()) {
            found.push(path);
        }
    }
    Ok(())
}

/// `*` and `?`, without going back further than the last star.
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

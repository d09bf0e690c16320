//! What of a folder is applied.

use std::fs;
use std::io;
use std::path::Path;

use super::files::Listing;

/// Lists a folder as the Supabase CLI does: `*.sql` whose names begin with a number. Where no name does, the
/// folder is one of another tool, and all of it counts.
pub(crate) fn list(folder: &Path, found: &mut Listing) -> io::Result<()> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // The CLI minds the case.
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

/// `^[0-9]+(_.*)?\.sql$`.
fn is_numbered(name: &str) -> bool {
    let rest = name.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.len() < name.len() && (rest == ".sql" || rest.starts_with('_'))
}

/// The dump that early versions of the CLI made is not applied.
fn is_old_init(name: &str) -> bool {
    let stamp = name.strip_suffix("_init.sql").unwrap_or_default();
    stamp.len() == 14 && stamp.bytes().all(|byte| byte.is_ascii_digit()) && stamp < "20211209000000"
}

fn has_sql(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().ends_with(".sql")
    })
}

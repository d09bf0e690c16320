use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;
use std::{fs, io};

use scoped_rules::policies::Project;
use scoped_rules::sql_files::decode;

/// The modification time and the length, which change with a file: a process that expands macros, such as
/// rust-analyzer's, may live for days.
type Stamp = (Option<SystemTime>, u64);

/// The files that were left out, with the reason.
type Skipped = Vec<(PathBuf, String)>;

/// The projects that were read, by their files. A later version replaces an earlier one.
type Histories = HashMap<Vec<PathBuf>, (Vec<Stamp>, Skipped, Arc<Project>)>;

static READ: LazyLock<Mutex<Histories>> = LazyLock::new(Mutex::default);

/// Reads the files as one history, unless they have not changed since the last time. The error names a file
/// that cannot be read.
pub(super) fn read(
    manifest: &Path,
    files: &[PathBuf],
    skipped: &[(PathBuf, String)],
) -> Result<Arc<Project>, String> {
    // The stamps are taken first, so that a file that changes in between is read again the next time.
    let stamps = files.iter().map(|file| at(manifest, file, stamp));
    let stamps: Vec<Stamp> = stamps.collect::<Result<_, _>>()?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((earlier, left_out, project)) = read.get(files)
        && *earlier == stamps
        && left_out == skipped
    {
        return Ok(Arc::clone(project));
    }
    let mut odd = Vec::new();
    let mut history = Vec::new();
    for file in files {
        let (text, why) = decode(at(manifest, file, |file| fs::read(file))?);
        odd.extend(why.map(|why| (file, why)));
        history.push((shown(manifest, file), text));
    }
    let mut project = Project::read(&history);
    let skipped_now = skipped.iter().map(|(file, why)| (file, why.as_str()));
    for (file, why) in skipped_now
        .filter(|(file, _)| !files.contains(file))
        .chain(odd)
    {
        project.skip(&shown(manifest, file), why);
    }
    let project = Arc::new(project);
    let known = (stamps, skipped.to_vec(), Arc::clone(&project));
    read.insert(files.to_vec(), known);
    Ok(project)
}

/// The path of a file relative to the manifest, also if the file is outside of the crate.
pub(in super::super) fn shown(manifest: &Path, file: &Path) -> PathBuf {
    file.strip_prefix(manifest).unwrap_or(file).to_owned()
}

fn stamp(file: &Path) -> io::Result<Stamp> {
    let data = fs::metadata(file)?;
    Ok((data.modified().ok(), data.len()))
}

fn at<T>(
    manifest: &Path,
    file: &Path,
    read: impl FnOnce(&Path) -> io::Result<T>,
) -> Result<T, String> {
    read(file).map_err(|error| {
        let file = shown(manifest, file);
        format!("`{}` cannot be read ({})", file.display(), error.kind())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use super::read;

    #[test]
    fn only_changed_files_are_read_again() {
        let folder = std::env::temp_dir().join(format!("scoped-history-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("1.sql");
        fs::write(&file, "create policy p on t using (true);").unwrap();
        let files = [file.clone()];
        let first = read(&folder, &files, &[]).unwrap();
        assert!(Arc::ptr_eq(&first, &read(&folder, &files, &[]).unwrap()));

        // The new content has the same length, so only the time differs.
        fs::write(&file, "create policy q on t using (true);").unwrap();
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let opened = fs::File::options().write(true).open(&file).unwrap();
        opened.set_modified(later).unwrap();
        let second = read(&folder, &files, &[]).unwrap();
        assert!(!Arc::ptr_eq(&first, &second));
        assert!(second.objects[0].kind.to_string().contains('q'));

        // The file has the same time, so only the length differs.
        fs::write(&file, "").unwrap();
        opened.set_modified(later).unwrap();
        assert!(read(&folder, &files, &[]).unwrap().objects.is_empty());

        fs::remove_dir_all(&folder).unwrap();
        let message = read(&folder, &files, &[]).unwrap_err();
        assert_eq!(message, "`1.sql` cannot be read (entity not found)");
    }
}

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;
use std::{fs, io};

use crate::policy::Project;

/// What tells a file from its later versions: a process that expands macros may live for days.
type Stamp = (Option<SystemTime>, u64);

/// By the files. A later version takes the place of the one before.
type Histories = HashMap<Vec<PathBuf>, (Vec<Stamp>, Arc<Project>)>;

static READ: LazyLock<Mutex<Histories>> = LazyLock::new(Mutex::default);

/// Reads the files as one history, unless they are as they were. A file that cannot be read is named.
pub(super) fn read(manifest: &Path, files: &[PathBuf]) -> Result<Arc<Project>, String> {
    // The stamps come first: what changes in between is then read once more the next time.
    let stamps = files.iter().map(|file| at(manifest, file, stamp));
    let stamps: Vec<Stamp> = stamps.collect::<Result<_, _>>()?;
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((earlier, project)) = read.get(files)
        && *earlier == stamps
    {
        return Ok(Arc::clone(project));
    }
    let text = |file: &PathBuf| {
        let bytes = at(manifest, file, |file| fs::read(file))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok((shown(manifest, file), text))
    };
    let history: Vec<_> = files.iter().map(text).collect::<Result<_, String>>()?;
    let project = Arc::new(Project::read(&history));
    read.insert(files.to_vec(), (stamps, Arc::clone(&project)));
    Ok(project)
}

/// A file as people name it: from the manifest on, also when it is outside of the crate.
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
    fn unchanged_files_are_read_once_and_changed_ones_again() {
        let folder = std::env::temp_dir().join(format!("scoped-history-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("1.sql");
        fs::write(&file, "create policy p on t using (true);").unwrap();
        let files = [file.clone()];
        let first = read(&folder, &files).unwrap();
        assert!(Arc::ptr_eq(&first, &read(&folder, &files).unwrap()));

        // As long as before: the time alone tells.
        fs::write(&file, "create policy q on t using (true);").unwrap();
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let opened = fs::File::options().write(true).open(&file).unwrap();
        opened.set_modified(later).unwrap();
        let second = read(&folder, &files).unwrap();
        assert!(!Arc::ptr_eq(&first, &second));
        assert!(second.objects[0].kind.to_string().contains('q'));

        // As old as before: the length alone tells.
        fs::write(&file, "").unwrap();
        opened.set_modified(later).unwrap();
        assert!(read(&folder, &files).unwrap().objects.is_empty());

        fs::remove_dir_all(&folder).unwrap();
        let message = read(&folder, &files).unwrap_err();
        assert_eq!(message, "`1.sql` cannot be read (entity not found)");
    }
}

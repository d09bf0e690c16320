use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::local::{SCRIPT, STEP};
use crate::testing::machine::random_hex;
use crate::testing::packages::{cache_folder, digest};

/// A fresh cluster in the cache folder, which is unpacked in a fraction of the time of `initdb`. It has no password.
///
/// Without it everything works too, so that a cache that cannot be used is no error.
pub(super) struct Archive(Option<PathBuf>);

impl Archive {
    /// The archive for these programs.
    pub(super) fn of(programs: &Path) -> Self {
        let version = Command::new(programs.join("postgres"))
            .arg("--version")
            .output();
        let (Ok(version), Ok(folder)) = (version, cache_folder()) else {
            return Self(None);
        };
        let digest = digest(&[
            &String::from_utf8_lossy(&version.stdout),
            &programs.to_string_lossy(),
            SCRIPT,
        ]);
        // The server is started in another folder.
        Self(std::path::absolute(folder.join(format!("cluster-{digest}.tar"))).ok())
    }

    #[cfg(test)]
    pub(super) fn at(path: PathBuf) -> Self {
        Self(Some(path))
    }

    /// Where it is, or would be; an empty path if there is no cache folder.
    pub(super) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// Keeps an archive that was just made, and removes it from its place.
    pub(super) fn keep(&self, made: &Path) {
        if let (Some(archive), true, Ok(name)) = (&self.0, made.is_file(), random_hex::<8>(STEP)) {
            // Several processes may do this at the same time, also in containers, where they may have the same ID.
            let unfinished = archive.with_extension(name);
            let kept = copy(made, &unfinished).and_then(|()| fs::rename(&unfinished, archive));
            if kept.is_err() {
                let _ = fs::remove_file(&unfinished);
            }
        }
        let _ = fs::remove_file(made);
    }
}

/// Copies the content without the permissions: the server's user, who may be another one, reads the copy.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = open(from)?;
    fs::create_dir_all(to.parent().unwrap_or(Path::new("")))?;
    io::copy(&mut from, &mut File::create_new(to)?).map(drop)
}

/// Opens a file if it belongs to the owner of its folder. Root would read every file that the server's user, who owns
/// the folder, puts there as a symbolic link.
fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let folder = fs::metadata(path.parent().unwrap_or(Path::new("")))?;
        if file.metadata()?.uid() != folder.uid() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::Archive;

    #[test]
    fn an_archive_is_kept_whole_and_leaves_the_place_where_it_was_made() {
        let folder = std::env::temp_dir().join(format!("scoped-archive-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let made = folder.join("data.tar");
        fs::write(&made, "cluster").unwrap();
        let archive = Archive::at(folder.join("cache/cluster-1.tar"));
        archive.keep(&made);
        assert_eq!(fs::read(archive.path()).unwrap(), b"cluster");
        let names = fs::read_dir(folder.join("cache")).unwrap().count();
        assert_eq!((names, made.exists()), (1, false));
        // Nothing was made by a server that was unpacked.
        archive.keep(&made);
        assert!(archive.path().exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_of_another_user_is_not_kept() {
        let folder = std::env::temp_dir().join(format!("scoped-linked-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        // Only root can give the folder away; others do not own the file.
        let _ = std::os::unix::fs::chown(&folder, Some(65_534), None);
        let made = folder.join("data.tar");
        std::os::unix::fs::symlink("/etc/passwd", &made).unwrap();
        let archive = Archive::at(folder.join("cache/cluster-1.tar"));
        archive.keep(&made);
        assert_eq!((archive.path().exists(), made.exists()), (false, false));
        assert!(!folder.join("cache").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn without_a_cache_nothing_is_kept_and_nothing_is_left() {
        let made = std::env::temp_dir().join(format!("scoped-no-cache-{}", std::process::id()));
        fs::write(&made, "cluster").unwrap();
        let archive = Archive(None);
        archive.keep(&made);
        assert_eq!((archive.path(), made.exists()), (Path::new(""), false));
    }
}

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scoped_runtime::testing::__private::find_program;

use crate::{KitError, Result};

const STEP: &str = "python";
/// The scripts in Python, and the packages that they load.
pub(crate) const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
const INSTALL_PYTHON: &str = "install Python 3.10 or newer with its venv module \
     (https://www.python.org; Debian and Ubuntu: python3 and python3-venv)";

/// Makes the venv in `files` if it is missing or has other requirements, and returns its Python.
pub(crate) fn install(path: &OsStr, files: &Path) -> Result<PathBuf> {
    let venv = files.join(".venv");
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let list = files.join("requirements.txt");
    let requirements =
        fs::read_to_string(&list).map_err(|error| KitError::io(STEP, &list, error))?;
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let stamp = format!("{os} {arch}\n{requirements}");
    let stamp_file = venv.join(".installed");
    let is_current = || fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp);
    if is_current() {
        return Ok(python);
    }
    // Test binaries start at the same time. The first one installs, and the others wait here.
    let lock = files.join(".install.lock");
    let failed = |error| KitError::io(STEP, &lock, error);
    let guard = File::create(&lock).map_err(failed)?;
    guard.lock().map_err(failed)?;
    if is_current() {
        return Ok(python);
    }
    let of_machine = ["python3", "python"]
        .iter()
        .find_map(|name| find_program(path, name))
        .ok_or_else(|| KitError::new(STEP, "no `python3` on PATH").remedy(INSTALL_PYTHON))?;
    let make = Command::new(of_machine)
        .args(["-m", "venv", "--clear"])
        .arg(&venv)
        .output();
    finish("python3 -m venv", INSTALL_PYTHON, make)?;
    let pip = Command::new(&python)
        // Only wheels are installed, so no code of a package runs during the installation.
        .args("-m pip install --quiet --disable-pip-version-check --no-input --no-deps".split(' '))
        // Python compiles a module when it is first imported; most modules of these packages never are.
        .arg("--no-compile")
        .args(["--only-binary", ":all:", "--requirement"])
        .arg(&list)
        .output();
    finish(
        "pip install",
        "try again once the package index can be reached",
        pip,
    )?;
    fs::write(&stamp_file, stamp).map_err(|error| KitError::io(STEP, &stamp_file, error))?;
    Ok(python)
}

fn finish(what: &str, remedy: &str, output: std::io::Result<Output>) -> Result<()> {
    let failed = |cause: &dyn std::fmt::Display| {
        KitError::new(STEP, format!("`{what}` failed: {cause}")).remedy(remedy)
    };
    let output = output.map_err(|error| failed(&error))?;
    if output.status.success() {
        return Ok(());
    }
    // `venv` writes its errors to standard output.
    let log = [output.stdout, output.stderr].concat();
    Err(failed(&output.status).log(&String::from_utf8_lossy(&log), &[]))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    #[test]
    fn without_python_the_error_says_what_to_do() {
        let files = std::env::temp_dir().join(format!("no-python-{}", std::process::id()));
        std::fs::create_dir_all(&files).unwrap();
        std::fs::write(files.join("requirements.txt"), "").unwrap();
        let error = super::install(OsStr::new(""), &files)
            .unwrap_err()
            .to_string();
        std::fs::remove_dir_all(&files).unwrap();
        assert!(
            error.starts_with("python: no `python3` on PATH; install Python 3.10 or newer"),
            "{error}"
        );
    }
}

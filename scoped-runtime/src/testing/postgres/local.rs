use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::archive::Archive;
use super::session::Login;
use crate::testing::error::{KitError, Result};
use crate::testing::machine::{self, random_hex};
use crate::testing::supervisor::{Program, Supervisor};

pub(super) const STEP: &str = "postgres";
pub(super) const SCRIPT: &str = include_str!("server.sh");
/// The number of attempts to find a port, because another process may take it between its choice and its use.
pub(crate) const PORT_TRIES: usize = 5;
const LIMIT: Duration = Duration::from_secs(2 * 60);

/// A PostgreSQL of this process on the loopback address, with passwords. It ends when it is dropped.
pub(crate) struct LocalServer {
    _supervisor: Supervisor,
    port: u16,
    superuser_password: String,
}

impl LocalServer {
    /// Starts the server with the programs in this folder.
    pub(crate) fn start(programs: &Path) -> Result<Self> {
        Self::start_from(programs, &Archive::of(programs))
    }

    fn start_from(programs: &Path, archive: &Archive) -> Result<Self> {
        let run_as = if machine::is_root() {
            Some(machine::ordinary_user()?)
        } else {
            None
        };
        let superuser_password = random_hex::<16>(STEP)?;
        for _ in 0..PORT_TRIES {
            let port = free_port(STEP)?;
            let arguments = [
                "-c".to_owned(),
                SCRIPT.to_owned(),
                "scoped-kit-postgres".to_owned(),
                programs.display().to_string(),
                port.to_string(),
                archive.path().display().to_string(),
            ];
            let mut supervisor = Supervisor::start(&Program {
                step: STEP,
                path: Path::new("/bin/sh"),
                args: arguments.to_vec(),
                env: vec![("SUPERUSER_PASSWORD", superuser_password.clone())],
                run_as,
                stop: "QUIT",
            })?;
            supervisor.run()?;
            let state = supervisor.folder().join("data/postmaster.pid");
            match supervisor.wait_until(LIMIT, &[&superuser_password], || is_ready(&state)) {
                Ok(()) => {
                    archive.keep(&supervisor.folder().join("data.tar"));
                    return Ok(Self {
                        _supervisor: supervisor,
                        port,
                        superuser_password,
                    });
                }
                Err(_) if supervisor.log().contains("could not bind") => {}
                Err(error) if run_as.is_some() => {
                    return Err(error.remedy(format!(
                        "as root it runs as `postgres` or `nobody`, who must be able to read {}",
                        programs.display()
                    )));
                }
                Err(error) => return Err(error),
            }
        }
        Err(KitError::new(STEP, "every port was taken"))
    }

    /// The superuser.
    pub(crate) fn superuser(&self) -> Login {
        self.login("supabase_admin", &self.superuser_password)
    }

    /// Another user.
    pub(crate) fn login(&self, user: &str, password: &str) -> Login {
        Login::local(self.port, user, password)
    }
}

/// Returns a port that is free at this moment.
pub(crate) fn free_port(step: &'static str) -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| KitError::new(step, format!("no free port: {error}")))
}

/// The eighth line of `postmaster.pid` is the server's state. `initdb` and the setting of the password
/// write that file for a moment too, without that line.
fn is_ready(state: &PathBuf) -> bool {
    std::fs::read_to_string(state).is_ok_and(|text| {
        text.lines()
            .nth(7)
            .is_some_and(|state| state.trim() == "ready")
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::super::archive::Archive;
    use super::super::programs;
    use super::LocalServer;

    fn tar_of_an_empty_cluster(folder: &Path) -> Vec<u8> {
        fs::create_dir_all(folder.join("data")).unwrap();
        let tar = Command::new("tar")
            .args(["-cf", "-", "data"])
            .current_dir(folder)
            .output()
            .unwrap();
        tar.stdout
    }

    #[test]
    fn a_server_is_unpacked_from_its_archive_and_a_damaged_archive_is_replaced() {
        let folder = std::env::temp_dir().join(format!("scoped-clusters-{}", std::process::id()));
        let archive = Archive::at(folder.join("cluster.tar"));
        let programs = programs().unwrap();
        fs::create_dir_all(&folder).unwrap();
        let answers = |server: &LocalServer| server.superuser().texts("test", "select 1").unwrap();
        // Neither text nor an archive; an archive without an entry; an archive whose cluster has no file.
        let empty_folder = tar_of_an_empty_cluster(&folder);
        for damaged in [b"damaged".to_vec(), Vec::new(), empty_folder] {
            fs::write(archive.path(), &damaged).unwrap();
            let made = LocalServer::start_from(&programs, &archive).unwrap();
            assert_eq!(answers(&made), ["1"]);
            assert!(fs::metadata(archive.path()).unwrap().len() > 1_000_000);
        }

        fs::remove_file(archive.path()).unwrap();
        let made = LocalServer::start_from(&programs, &archive).unwrap();
        assert_eq!(answers(&made), ["1"]);
        let kept = fs::metadata(archive.path()).unwrap();
        assert!(kept.len() > 1_000_000, "{kept:?}");

        let unpacked = LocalServer::start_from(&programs, &archive).unwrap();
        assert_eq!(answers(&unpacked), ["1"]);
        let same = fs::metadata(archive.path()).unwrap();
        assert_eq!(kept.modified().unwrap(), same.modified().unwrap());
        // The archive has no password, and each server has its own.
        let other = unpacked.login("supabase_admin", &made.superuser_password);
        let refused = other.texts("test", "select 1").unwrap_err();
        assert!(refused.to_string().contains("no connection"), "{refused}");
        fs::remove_dir_all(&folder).unwrap();
    }
}

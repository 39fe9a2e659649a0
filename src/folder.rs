//! The data folder: who owns it, how its owner is reached, and the small things kept in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::private;

/// The socket in the data folder.
const SOCKET: &str = "otklik.sock";

/// A Unix socket's path must fit 108 bytes on Linux.
const MAX_SOCKET_PATH: usize = 100;

/// A data folder by its path. The process that holds its [`Lock`] owns it.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

/// Held by the one process that owns the folder. The system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// A path that holds while this does.
#[derive(Debug)]
pub struct ShortPath {
    path: PathBuf,
    _folder: Option<File>,
}

impl AsRef<Path> for ShortPath {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// The number of the rule set in force: it grows when the rules change.
#[derive(Debug, Serialize, Deserialize, Default)]
struct RuleSet {
    number: u32,
    hash: String,
}

impl Folder {
    /// The folder that was given; otherwise the one of a running instance, the one that exists, or where a first one would go.
    pub fn find(given: Option<&Path>, sample: bool) -> Folder {
        if let Some(path) = given {
            // The engine of the figures joins paths to what it is given, and resolves a relative one elsewhere.
            return Folder { path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()) };
        }
        let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let base = base.unwrap_or_else(|| {
            std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from).join(".local/share")
        });
        let own = Folder { path: base.join("otklik") };
        let of_sample = Folder { path: base.join("otklik-sample") };
        if sample {
            return of_sample;
        }
        if !own.is_held() && (of_sample.is_held() || !own.path.exists() && of_sample.path.exists()) {
            return of_sample;
        }
        own
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes the folder, which is created if it is not there; `None` if another process holds it.
    pub fn take(&self) -> Result<Option<Lock>> {
        let path = self.file("lock");
        private::make_folder(&self.path)
            .with_context(|| format!("cannot make the data folder {}", self.path.display()))?;
        let unreadable = || format!("cannot read the data folder {}", self.path.display());
        // What is neither new nor a data folder yet has other things in it, whose rights are not ours to change.
        let ours = path.exists() || std::fs::read_dir(&self.path).with_context(unreadable)?.next().is_none();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot open {}; is the data folder writable?", path.display()))?;
        match file.try_lock() {
            Ok(()) => {
                if ours {
                    private::mend(&self.path).with_context(unreadable)?;
                }
                Ok(Some(Lock { _file: file }))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Whether a process holds it now.
    fn is_held(&self) -> bool {
        File::open(self.file("lock")).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Where its owner listens: always in the folder, which is closed to others.
    pub fn socket(&self) -> PathBuf {
        self.file(SOCKET)
    }

    /// The same to listen at or to connect to: where the path is too long for a socket, the open folder stands for it.
    pub fn short_socket(&self) -> std::io::Result<ShortPath> {
        let inside = self.socket();
        if inside.as_os_str().len() <= MAX_SOCKET_PATH {
            return Ok(ShortPath { path: inside, _folder: None });
        }
        let folder = File::open(&self.path)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(SOCKET);
        Ok(ShortPath { path, _folder: Some(folder) })
    }

    /// The number of a rule set: the stored one where its hash is the same, else the next.
    pub fn rule_set(&self, hash: &str) -> Result<u32> {
        let stored: RuleSet = self.read_json("rules.json")?.unwrap_or_default();
        if stored.hash == hash {
            return Ok(stored.number);
        }
        let next = RuleSet { number: stored.number + 1, hash: hash.to_owned() };
        if next.number > model::MAX_RULE_SET {
            bail!("the rules were changed {} times: start a new data folder", stored.number);
        }
        self.write_json("rules.json", &next)?;
        Ok(next.number)
    }

    /// The number of the rule set last in force, for commands that only read.
    pub fn stored_rule_set(&self) -> Result<u32> {
        Ok(self.read_json::<RuleSet>("rules.json")?.unwrap_or_default().number)
    }

    /// The name of this folder among the nodes of a cluster, made when it is first asked for. A new folder reads the streams from their start.
    pub fn node(&self) -> Result<String> {
        const FILE: &str = "node.json";
        if let Some(name) = self.read_json(FILE)? {
            return Ok(name);
        }
        let mut random = [0; 32];
        (ingest::os_random())(&mut random).context("cannot read random bytes")?;
        let name = hex::encode(&random[..6]);
        self.write_json(FILE, &name)?;
        Ok(name)
    }

    /// Reads a small JSON file; `None` where it is not there.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let path = self.file(name);
        let json = match std::fs::read(&path) {
            Ok(json) => json,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        serde_json::from_slice(&json).map(Some).with_context(|| format!("{} is damaged", path.display()))
    }

    /// Writes a small JSON file so that a crash leaves the old or the new one, never half of it.
    pub fn write_json<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        let path = self.file(name);
        let half = self.file(&format!("{name}.new"));
        let written = || -> std::io::Result<()> {
            let mut file = File::create(&half)?;
            serde_json::to_writer(&mut file, value)?;
            file.sync_all()?;
            std::fs::rename(&half, &path)
        };
        written().with_context(|| format!("cannot write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_set_gets_the_next_number_when_the_rules_change_and_keeps_it_while_they_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::find(Some(folder.path()), false);
        let numbers: Vec<u32> = ["a", "a", "b", "a"].iter().map(|hash| folder.rule_set(hash).unwrap()).collect();
        assert_eq!(numbers, [1, 1, 2, 3]);
    }

    #[test]
    fn a_folder_has_one_owner() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::find(Some(&folder.path().join("new")), false);
        let lock = folder.take().unwrap().unwrap();
        assert!(folder.is_held());
        assert!(folder.take().unwrap().is_none());
        drop(lock);
        assert!(!folder.is_held());
        assert!(folder.take().unwrap().is_some());
    }

    #[test]
    fn a_relative_path_is_made_absolute() {
        let folder = Folder::find(Some(Path::new("district/data")), false);
        assert_eq!(folder.file("facts"), std::env::current_dir().unwrap().join("district/data/facts"));
    }

    #[test]
    fn a_folder_with_a_long_path_has_its_socket_inside_all_the_same() {
        use std::os::unix::net::{UnixListener, UnixStream};
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::find(Some(&place.path().join("x".repeat(200))), false);
        let _lock = folder.take().unwrap().unwrap();
        let _listener = UnixListener::bind(folder.short_socket().unwrap()).unwrap();
        assert!(folder.socket().exists());
        UnixStream::connect(folder.short_socket().unwrap()).unwrap();
    }

    #[test]
    fn a_folder_that_holds_other_things_is_not_closed() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let other = place.path().join("other");
        std::fs::write(&other, "x").unwrap();
        std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o644)).unwrap();
        let _lock = Folder::find(Some(place.path()), false).take().unwrap().unwrap();
        assert_eq!(std::fs::metadata(&other).unwrap().permissions().mode() & 0o777, 0o644);
    }
}

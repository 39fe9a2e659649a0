//! Where secrets are read from.

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where a secret is read from when it is used; the value itself is never in the configuration.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A file whose trimmed content is the secret.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

impl Secret {
    /// Reads the secret. The error names where it was looked for, never what was found.
    pub fn read(&self) -> Result<String, String> {
        let value = match self {
            Secret::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("не читается секрет из {}: {error}", path.display()))?,
            Secret::Env(name) => std::env::var(name).map_err(|_| format!("не задана переменная окружения {name}"))?,
        };
        let value = value.trim();
        if value.is_empty() { Err(format!("секрет пуст: {self:?}")) } else { Ok(value.to_owned()) }
    }
}

/// A shared secret of fewer characters may be guessed.
const LEAST_CHARS: usize = 32;

/// Rights of users other than the owner and the group, and the group's right to write.
const OF_OTHERS: u32 = 0o027;

impl Secret {
    /// Reads a secret that lets in whoever knows it: long, and in a file that others cannot read. The error says what to do.
    pub fn read_long(&self) -> Result<String, String> {
        let value = self.read()?;
        if value.chars().count() < LEAST_CHARS {
            return Err(format!(
                "секрет короче {LEAST_CHARS} знаков ({self:?}): его можно подобрать; положите туда длинную случайную строку, например: openssl rand -hex 32"
            ));
        }
        if let Secret::File(path) = self
            && is_open_to_others(path)
        {
            let path = path.display();
            return Err(format!("секрет в {path} открыт другим пользователям машины: выполните chmod 600 {path}"));
        }
        Ok(value)
    }
}

/// Whether others than the owner of a file and its group can read it, or others than the owner can exchange what it holds.
pub fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.mode() & OF_OTHERS != 0)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::File(path) => write!(f, "file {}", path.display()),
            Secret::Env(name) => write!(f, "${name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_shared_secret_is_long_and_in_a_closed_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let read = |content: &str, mode: u32| {
            std::fs::write(&file, content).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            Secret::File(file.clone()).read_long()
        };
        let long = "0123456789abcdef0123456789abcdef";
        assert_eq!(read(&format!("{long}\n"), 0o600).unwrap(), long);
        assert_eq!(read(long, 0o640).unwrap(), long);
        let short = read(&long[1..], 0o600).unwrap_err();
        assert!(
            short.contains("короче 32") && short.contains("openssl rand") && !short.contains(&long[1..]),
            "{short}"
        );
        for open in [0o644, 0o604, 0o660, 0o602] {
            let words = read(long, open).unwrap_err();
            assert!(words.contains("chmod 600") && !words.contains(long), "{words}");
        }
    }
}

//! The configuration's files as texts: from a folder, or as compiled in.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

/// A larger file is no rule file; reading it whole would fill the memory.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// More files are some other folder given by mistake.
const MAX_FILES: usize = 2_000;

/// Folders of rule files. Anything else in the folder is left alone.
const FOLDERS: [&str; 3] = ["places", "risks", "taxonomy"];

/// Folders that describe one district: files laid over them replace the folder, they do not mix with another district's.
const REPLACED_WHOLE: [&str; 1] = ["places"];

static TAXONOMY: Dir = include_dir!("$CARGO_MANIFEST_DIR/taxonomy");
static RISKS: Dir = include_dir!("$CARGO_MANIFEST_DIR/risks");
static PLACES: Dir = include_dir!("$CARGO_MANIFEST_DIR/places");
static SINGLE: [(&str, &str); 9] = [
    ("alerts.toml", include_str!("../alerts.toml")),
    ("calendar.toml", include_str!("../calendar.toml")),
    ("deadlines.toml", include_str!("../deadlines.toml")),
    ("channels.toml", include_str!("../channels.toml")),
    ("otklik.toml", include_str!("../otklik.toml")),
    ("people.toml", include_str!("../people.toml")),
    ("recipients.toml", include_str!("../recipients.toml")),
    ("searches.toml", include_str!("../searches.toml")),
    ("sources.toml", include_str!("../sources.toml")),
];

/// Texts of configuration files by their path, relative and with `/`, e.g. `taxonomy/jkh.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    texts: BTreeMap<String, String>,
    /// Where they were read: what they name by a relative path lies there.
    folder: Option<PathBuf>,
}

/// Why a configuration folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The folder or a file in it cannot be opened or read.
    #[error("не читается {path}: {error}; укажите папку, в которой лежит otklik.toml, и дайте право её читать")]
    Io {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Beyond the size a file of rules can have.
    #[error("{0} больше {limit} МиБ; разделите файл или укажите другую папку", limit = MAX_FILE_BYTES / 1024 / 1024)]
    TooLarge(PathBuf),
    /// Not UTF-8, as TOML has to be.
    #[error("{0} — не UTF-8; сохраните файл в UTF-8")]
    NotUtf8(PathBuf),
    /// More files than a configuration has.
    #[error("в {0} больше {MAX_FILES} файлов; укажите папку, в которой лежит otklik.toml")]
    TooMany(PathBuf),
}

impl Files {
    /// Reads the `*.toml` files of a folder and of its known subfolders. A `Cargo.toml` is not configuration.
    pub fn read(dir: &Path) -> Result<Files, ReadError> {
        let mut files = Files { folder: Some(dir.to_owned()), ..Files::default() };
        files.read_folder(dir, "")?;
        for folder in FOLDERS {
            let path = dir.join(folder);
            if path.is_dir() {
                files.read_folder(&path, &format!("{folder}/"))?;
            }
        }
        Ok(files)
    }

    /// The files compiled in.
    pub fn shipped() -> Files {
        let single = SINGLE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let folders = [("taxonomy", &TAXONOMY), ("risks", &RISKS), ("places", &PLACES)];
        let rules = folders.into_iter().flat_map(|(folder, dir)| {
            dir.files().filter_map(move |file| {
                let name = file.path().file_name()?.to_str().filter(|name| is_toml(name))?;
                Some((format!("{folder}/{name}"), file.contents_utf8()?.to_owned()))
            })
        });
        single.chain(rules).collect()
    }

    /// Lays other files over these: one of the same path replaces, and any in `places/` replace that whole folder.
    #[must_use]
    pub fn overlay(mut self, other: impl IntoIterator<Item = (String, String)>) -> Files {
        let other: Vec<(String, String)> = other.into_iter().collect();
        for folder in REPLACED_WHOLE {
            let within = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            if other.iter().any(|(path, _)| within(path)) {
                self.texts.retain(|path, _| !within(path));
            }
        }
        self.texts.extend(other);
        self
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// A path that a file names, which is relative to the folder the files were read from.
    pub fn path(&self, named: &str) -> PathBuf {
        self.folder.as_ref().map_or_else(|| PathBuf::from(named), |folder| folder.join(named))
    }

    /// All files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn read_folder(&mut self, dir: &Path, prefix: &str) -> Result<(), ReadError> {
        let failed = |error| ReadError::Io { path: dir.to_owned(), error };
        for entry in fs::read_dir(dir).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if !is_toml(name) || name == "Cargo.toml" || !path.is_file() {
                continue;
            }
            if self.texts.len() >= MAX_FILES {
                return Err(ReadError::TooMany(dir.to_owned()));
            }
            self.texts.insert(format!("{prefix}{name}"), read_file(&path)?);
        }
        Ok(())
    }
}

impl FromIterator<(String, String)> for Files {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(files: I) -> Files {
        Files { texts: files.into_iter().collect(), folder: None }
    }
}

impl IntoIterator for Files {
    type Item = (String, String);
    type IntoIter = std::collections::btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.texts.into_iter()
    }
}

/// Editors leave hidden copies beside what they edit.
fn is_toml(name: &str) -> bool {
    name.ends_with(".toml") && !name.starts_with('.')
}

fn read_file(path: &Path) -> Result<String, ReadError> {
    let failed = |error| ReadError::Io { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(failed)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge(path.to_owned()));
    }
    // Windows editors begin a UTF-8 file with a mark that TOML does not want in a line and column.
    let text = String::from_utf8(bytes).map_err(|_| ReadError::NotUtf8(path.to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> Files {
        texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_folder_gives_its_toml_files_and_those_of_known_subfolders() {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["taxonomy", "src"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        for (path, text) in [
            ("otklik.toml", "\u{feff}a = 1"),
            ("Cargo.toml", "x"),
            ("notes.txt", "x"),
            (".otklik.toml", "x"),
            ("taxonomy/jkh.toml", "b"),
            ("src/other.toml", "x"),
        ] {
            fs::write(dir.path().join(path), text).unwrap();
        }
        let read = Files::read(dir.path()).unwrap();
        assert!(read.iter().eq([("otklik.toml", "a = 1"), ("taxonomy/jkh.toml", "b")]));
        assert_eq!(read.path("sectors.model"), dir.path().join("sectors.model"));
        assert_eq!(read.path("/var/sectors.model"), Path::new("/var/sectors.model"));
    }

    #[track_caller]
    fn refused(content: &[u8], message: &str) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("otklik.toml"), content).unwrap();
        let error = Files::read(dir.path()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn unreadable_folders_and_files_are_named_errors() {
        refused(&[0xff, 0xfe], "не UTF-8");
        refused(&vec![b' '; MAX_FILE_BYTES as usize + 1], "больше 4 МиБ");
        assert!(Files::read(Path::new("/no/such/folder")).unwrap_err().to_string().contains("/no/such/folder"));
    }

    #[test]
    fn an_overlay_replaces_paths_and_the_places_of_another_district() {
        let shipped =
            files(&[("otklik.toml", "1"), ("places/a.toml", "1"), ("places/b.toml", "1"), ("risks/a.toml", "1")]);
        let over = files(&[("places/c.toml", "2"), ("risks/b.toml", "2"), ("otklik.toml", "2")]);
        assert_eq!(
            shipped.clone().overlay(over),
            files(&[("otklik.toml", "2"), ("places/c.toml", "2"), ("risks/a.toml", "1"), ("risks/b.toml", "2")])
        );
        assert_eq!(shipped.clone().overlay(Files::default()), shipped);
    }

    #[test]
    fn what_is_compiled_in_is_what_lies_in_the_folder() {
        assert!(Files::shipped().iter().eq(Files::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap().iter()));
    }
}

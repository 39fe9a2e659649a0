//! What is written here is for the one who runs this and for nobody else on the machine: folders are 0700, files 0600.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::OnceLock;

use rustix::fs::Mode;
use rustix::process::umask;

/// Rights of the group and of all others.
const OF_OTHERS: u32 = 0o077;

/// A folder that all may write into, such as `/tmp`, keeps their files apart by this; it is nobody's own.
const STICKY: u32 = 0o1000;

/// What the one who started this takes from the rights of new files.
static USUAL: OnceLock<u32> = OnceLock::new();

/// From here on whatever this process makes is closed to others. Databases, the index and the engine of the figures make files of their
/// own with the usual rights: only the mask of the process reaches all of them. Called before there are threads.
pub fn close_to_others() {
    let usual = umask(Mode::from_raw_mode(OF_OTHERS));
    let _ = USUAL.set(usual.as_raw_mode());
}

/// A file that somebody asked for by name, as a page for others to read: it has the rights that their new files have.
pub fn create_as_usual(path: &Path) -> io::Result<File> {
    let new = !path.exists();
    let file = File::create(path)?;
    if new && let Some(usual) = USUAL.get() {
        file.set_permissions(Permissions::from_mode(0o666 & !usual))?;
    }
    Ok(file)
}

/// Makes a folder for us alone, with those above it.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Closes a folder and all that is in it, where an earlier build or another mask left it open. It looks at every file and changes
/// only what is open, so it may be asked at every start. Links are left alone: what they lead to is not ours to change.
pub fn mend(folder: &Path) -> io::Result<()> {
    let metadata = fs::metadata(folder)?;
    if metadata.mode() & STICKY != 0 {
        tracing::warn!(folder = %folder.display(), "others may write into this folder; choose one of your own");
        return Ok(());
    }
    // First the folder itself: once that is closed nobody exchanges anything below.
    close(folder, metadata.mode());
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                // Files come and go while the folder is in use.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if metadata.is_symlink() {
                continue;
            }
            close(&entry.path(), metadata.mode());
            if metadata.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
}

/// A right that cannot be taken away, as on a volume that is another's, is no reason not to run.
fn close(path: &Path, mode: u32) {
    if mode & OF_OTHERS == 0 {
        return;
    }
    match fs::set_permissions(path, Permissions::from_mode(mode & 0o7777 & !OF_OTHERS)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "others may read this, and it cannot be closed to them");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn an_open_folder_is_closed_with_all_that_is_in_it_and_links_are_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let (folder, outside) = (place.path().join("data"), place.path().join("outside"));
        fs::create_dir_all(folder.join("index/deep")).unwrap();
        for file in [folder.join("journal.db"), folder.join("index/deep/a"), outside.clone()] {
            fs::write(&file, "x").unwrap();
            fs::set_permissions(&file, Permissions::from_mode(0o666)).unwrap();
        }
        for open in [folder.join("index/deep"), folder.join("index"), folder.clone()] {
            fs::set_permissions(open, Permissions::from_mode(0o777)).unwrap();
        }
        std::os::unix::fs::symlink(&outside, folder.join("link")).unwrap();
        for _ in 0..2 {
            mend(&folder).unwrap();
            for closed in ["", "index", "index/deep"] {
                assert_eq!(mode(&folder.join(closed)), 0o700, "{closed}");
            }
            for closed in ["journal.db", "index/deep/a"] {
                assert_eq!(mode(&folder.join(closed)), 0o600, "{closed}");
            }
            assert_eq!(mode(&outside), 0o666);
        }
    }

    #[test]
    fn a_folder_of_everybody_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        fs::set_permissions(place.path(), Permissions::from_mode(0o1777)).unwrap();
        mend(place.path()).unwrap();
        assert_eq!(mode(place.path()), 0o777);
    }
}

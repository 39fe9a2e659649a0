//! Nobody else on the machine reads what is kept, whatever the mask of whoever starts it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Place, post_line};

/// Runs a command as somebody whose new files are everybody's. It must end well.
#[track_caller]
fn without_mask(place: &Place, args: &[&str]) {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_otklik")]).args(args);
    command.env("OTKLIK_DATA", place.data()).env("LC_ALL", "C").current_dir(place.path());
    let done = command.output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// A folder and all that is in it. Links, of which the figures have some, have no rights of their own.
fn tree(path: &Path) -> Vec<PathBuf> {
    let below = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| !path.is_symlink());
    let below = below.flat_map(|path| if path.is_dir() { tree(&path) } else { vec![path] });
    [path.to_owned()].into_iter().chain(below).collect()
}

#[track_caller]
fn check_closed(folder: &Path, at_least: usize) {
    let all = tree(folder);
    assert!(all.len() >= at_least, "{} has {all:?}", folder.display());
    for path in &all {
        assert_eq!(mode(path) & 0o077, 0, "{} is {:o}", path.display(), mode(path));
    }
    assert_eq!(mode(folder), 0o700);
}

fn open_to_all(folder: &Path) {
    for path in tree(folder) {
        let mode = if path.is_dir() { 0o777 } else { 0o666 };
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn data_backups_and_restored_folders_are_closed_whatever_the_mask() {
    let place = Place::new();
    let posts: String = (1..=3).map(|n| post_line(n, "2026-11-20T08:00:00Z", &format!("Вода {n}"))).collect();
    let file = place.file("in.ndjson", &posts);
    without_mask(&place, &["import", "ndjson", &file]);
    check_closed(&place.data(), 20);

    // As an earlier build left it.
    open_to_all(&place.data());
    let backup = place.path().join("backup");
    without_mask(&place, &["backup", backup.to_str().unwrap()]);
    check_closed(&place.data(), 20);
    check_closed(&backup, 8);

    open_to_all(&backup);
    let restored = place.path().join("restored");
    without_mask(&place, &["--data", restored.to_str().unwrap(), "restore", backup.to_str().unwrap()]);
    check_closed(&restored, 20);

    // What somebody asks for by name is theirs to show.
    without_mask(&place, &["search", "вода", "--csv", "found.csv"]);
    assert_eq!(mode(&place.path().join("found.csv")), 0o666);
}

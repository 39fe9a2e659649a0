//! What an earlier build left behind opens with this one, and people see the same: `tests/fixtures/earlier/` has a data folder, its
//! configuration and what that build showed, packed by `pack.sh` there. Each release adds an archive of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Output, Place, post_line};

/// Sizes of files, which `status` tells: a schema step may change them.
const SIZE: &str = "bytes";

/// What an alert quotes: until 0.1.0 copies of one text too. The first quote stays.
const QUOTES: &str = "quotes";

fn archives() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/earlier");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let archives: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "gz")).collect();
    assert!(!archives.is_empty(), "no archive of an earlier build");
    archives
}

/// Unpacks an archive; its configuration names files of its own by `@CONFIG@`.
fn unpack(archive: &Path) -> Place {
    let place = Place::new();
    let done = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(place.path()).status().unwrap();
    assert!(done.success(), "{} cannot be unpacked", archive.display());
    for folder in ["config", "config-full"] {
        let folder = place.path().join(folder);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&path).unwrap();
                std::fs::write(&path, text.replace("@CONFIG@", &folder.display().to_string())).unwrap();
            }
        }
    }
    place
}

fn run(place: &Place, config: &str, args: &str) -> Output {
    let mut command = place.command(&["--config", config]);
    let done = command.args(args.split(' ')).env("LC_ALL", "ru_RU.UTF-8").output().unwrap();
    Output {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

/// Fields that the earlier build showed and this one does not show, or shows differently. More fields than it showed are fine.
fn differences(path: &str, earlier: &Value, now: &Value, found: &mut Vec<String>) {
    match (earlier, now) {
        (Value::Object(earlier), Value::Object(now)) => {
            for (key, value) in earlier {
                if path.starts_with("status") && key == SIZE {
                    continue;
                }
                match now.get(key) {
                    Some(other) if key == QUOTES => {
                        differences(&format!("{path}.{key}[0]"), &value[0], &other[0], found)
                    }
                    Some(other) => differences(&format!("{path}.{key}"), value, other, found),
                    None => found.push(format!("{path}.{key} is gone; it was {value}")),
                }
            }
        }
        (Value::Array(earlier), Value::Array(now)) if earlier.len() == now.len() => {
            for (n, (earlier, now)) in earlier.iter().zip(now).enumerate() {
                differences(&format!("{path}[{n}]"), earlier, now, found);
            }
        }
        (earlier, now) if earlier == now => {}
        (earlier, now) => found.push(format!("{path}: {earlier} is now {now}")),
    }
}

/// Without the quotes of an alert and where they were published.
fn unquoted(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with("  «") && !line.starts_with("    ")).collect()
}

#[test]
fn a_data_folder_of_an_earlier_build_opens_and_shows_the_same() {
    for archive in archives() {
        let place = unpack(&archive);
        let commands = std::fs::read_to_string(place.path().join("commands.txt")).unwrap();
        let mut found = Vec::new();
        for (n, command) in commands.lines().enumerate() {
            let earlier = std::fs::read_to_string(place.path().join(format!("expected/{:02}", n + 1))).unwrap();
            let now = run(&place, "config", command);
            if now.code != 0 {
                found.push(format!("{command} ends with {}: {}", now.code, now.err));
            } else if command.ends_with("--json") {
                let [earlier, now] = [&earlier, &now.out].map(|text| serde_json::from_str(text).unwrap());
                differences(command, &earlier, &now, &mut found);
            } else if unquoted(&earlier) != unquoted(&now.out) {
                found.push(format!("{command} showed\n{earlier}\nand shows\n{}", now.out));
            }
        }
        assert!(found.is_empty(), "{}:\n{}", archive.display(), found.join("\n"));

        // And it works on: what is new comes to what is there.
        let before = place.json(&["--config", "config", "status", "--json"])["index"]["docs"].as_u64().unwrap();
        let file = place.file("new.ndjson", &post_line(5, "2026-11-20T08:00:00Z", "Фонарь на улице Садовой не горит"));
        place.ok(&["--config", "config", "import", "ndjson", &file]);
        let status = place.json(&["--config", "config", "status", "--json"]);
        assert_eq!((&status["index"]["docs"], &status["facts"]["posts"]), (&(before + 1).into(), &(before + 1).into()));
        assert_eq!(
            place.json(&["--config", "config", "search", "фонарь источник:archive", "--json"])["hits"][0]["id"],
            "vk:-77_5"
        );
        assert_eq!(run(&place, "config", "audit verify").code, 0);
    }
}

/// File and line of each table of rules that this build no longer reads.
fn outdated(config: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(config.join("risks")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let tables =
            (1..).zip(text.lines()).filter(|(_, line)| ["[[risk]]", "[[list]]", "[[words]]"].contains(&line.trim()));
        found.extend(tables.map(|(line, _)| format!("risks/{name}:{line}: [[")));
    }
    assert!(!found.is_empty());
    found
}

/// What roles apart must do since: keep their secret from other users of the machine, and speak TLS between machines. `check` says so of
/// each, and of nothing else; then it is done, the latter by putting them on one machine.
fn secure_roles(place: &Place) {
    let refused = run(place, "config-full", "check");
    let lines: Vec<&str> = refused.err.trim().lines().map(|line| line.trim_start_matches("otklik: ")).collect();
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(lines.iter().all(|line| line.starts_with("[roles]")), "{}", refused.err);
    let folder = place.path().join("config-full");
    let secret = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.join("secrets/roles-secret"), secret).unwrap();
    let settings = std::fs::read_to_string(folder.join("otklik.toml")).unwrap();
    std::fs::write(folder.join("otklik.toml"), settings.replace("http://10.0.0.", "http://127.0.0.")).unwrap();
}

#[test]
fn the_configuration_of_an_earlier_build_with_every_key_in_use_is_still_valid() {
    for archive in archives() {
        let place = unpack(&archive);
        secure_roles(&place);
        for config in ["config", "config-full"] {
            let done = run(&place, config, "check");
            assert_eq!(done.code, 0, "{}, {config}:\n{}{}", archive.display(), done.out, done.err);
            for line in outdated(&place.path().join(config)) {
                assert!(done.err.lines().any(|told| told.starts_with(&line)), "{line} is not named in\n{}", done.err);
            }
        }
    }
}

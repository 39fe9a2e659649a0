//! The files of `deploy/` against the program: what they name exists, and they agree with one another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Place, until};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(deploy().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn yaml(file: &str) -> Value {
    let mut read: serde_yaml_ng::Value = serde_yaml_ng::from_str(&read(file)).unwrap();
    read.apply_merge().unwrap();
    serde_json::to_value(read).unwrap()
}

/// Names of our metrics in a text.
fn metrics(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("otklik_")).map(str::to_owned).collect()
}

/// The service at an address of the configuration, and its port.
#[track_caller]
fn service(compose: &Value, url: &str) -> (Value, String) {
    let (name, port) = url.trim_start_matches("http://").split_once(':').unwrap();
    let service = &compose["services"][name];
    assert!(service.is_object(), "{url} names no service");
    (service.clone(), port.to_owned())
}

#[test]
fn the_dashboard_and_the_rules_name_metrics_that_there_are() {
    let place = Place::new();
    let running = place.start(&[]);
    let scrape = || running.get("/metrics");
    // A metric is there once it has a sample, and a source once it was seen.
    until("a source was seen", || scrape().1.contains("otklik_source_unseen_seconds"));
    let (status, text) = scrape();
    assert_eq!(status, 200);
    let typed = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let exported: BTreeSet<String> = typed.map(str::to_owned).collect();
    assert!(exported.len() > 10, "{exported:?}");
    for file in ["compose/grafana/dashboards/otklik.json", "compose/alerts.yml"] {
        let named = metrics(&read(file));
        assert!(named.len() > 3, "{file}");
        assert_eq!(named.difference(&exported).collect::<Vec<_>>(), [""; 0], "{file}");
    }
    let dashboard: Value = serde_json::from_str(&read("compose/grafana/dashboards/otklik.json")).unwrap();
    let source = &yaml("compose/grafana/provisioning/datasources/prometheus.yaml")["datasources"][0]["uid"];
    assert!(dashboard["panels"].as_array().unwrap().iter().all(|panel| panel["datasource"]["uid"] == *source));
}

/// The check of Kafka's jars, which the set-up makes after Maven: of those brought, of one exchanged, of one too few and one too many.
#[test]
fn jars_that_are_not_kafkas_own_are_refused() {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cache"));
    let sums = read("kafka/jars.sha256");
    let version = read("kafka/pom.xml").split("<kafka.version>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(sums.contains(&format!("  kafka_2.13-{version}.jar\n")), "the sums are of another version");
    let brought =
        std::env::var_os("OTKLIK_KAFKA").map_or_else(|| cache.join("otklik/kafka").join(version), PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<&str> = sums.lines().map(|line| line.split("  ").nth(1).unwrap()).collect();
    for name in &names {
        std::os::unix::fs::symlink(brought.join(name), folder.path().join(name)).unwrap();
    }
    let check = || {
        let mut command = std::process::Command::new(deploy().join("kafka/check_jars.sh"));
        let done = command.arg(folder.path()).output().unwrap();
        (done.status.success(), String::from_utf8(done.stderr).unwrap())
    };
    assert_eq!(check(), (true, String::new()));
    std::fs::write(folder.path().join("more.jar"), "x").unwrap();
    assert!(matches!(check(), (false, words) if words.contains("more.jar")));
    std::fs::remove_file(folder.path().join("more.jar")).unwrap();
    let jar = folder.path().join(names[0]);
    std::fs::remove_file(&jar).unwrap();
    assert!(matches!(check(), (false, words) if words.contains(names[0])));
    std::fs::write(&jar, "another").unwrap();
    assert!(matches!(check(), (false, words) if words.contains(names[0])));
}

#[test]
fn without_the_advisory_database_nothing_counts_as_checked() {
    let mut make = std::process::Command::new("make");
    let done =
        make.args(["advisories", "ADVISORY_DB=file:///no/such/database"]).current_dir(deploy().join("..")).output();
    let done = done.unwrap();
    let words = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && words.contains("nothing was checked"), "{words}");
}

#[test]
fn the_services_of_the_compose_file_find_one_another() {
    let compose = yaml("compose.yaml");
    let shipped = config::Files::shipped();
    let overlay = vec![("otklik.toml".to_owned(), read("compose/otklik.toml"))];
    config::Config::parse(&shipped.overlay(overlay)).unwrap();
    let settings: toml::Table = read("compose/otklik.toml").parse().unwrap();

    let (clickhouse, port) = service(&compose, settings["facts"]["url"].as_str().unwrap());
    assert_eq!(
        (port.as_str(), clickhouse["environment"]["CLICKHOUSE_DB"].as_str()),
        ("8123", settings["facts"]["database"].as_str())
    );
    assert_eq!(clickhouse["environment"]["CLICKHOUSE_USER"].as_str(), settings["facts"]["user"].as_str());

    let process = &compose["services"]["otklik"];
    for table in settings.values().filter_map(toml::Value::as_table) {
        for (_, name) in table.iter().filter(|(key, _)| key.ends_with("_env")) {
            let name = name.as_str().unwrap();
            assert!(process["environment"][name].is_string(), "{name} is not given");
        }
    }
    let command: Vec<&str> = process["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let listen = command.last().unwrap().split(':').next_back().unwrap();
    let targets = &yaml("compose/prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"];
    assert_eq!(*targets, serde_json::json!([format!("otklik:{listen}")]));
    assert!(process["volumes"].to_string().contains(":/var/lib/otklik"));

    // Every secret is asked for and none is written down; every file that is mounted is there.
    let text = read("compose.yaml");
    for line in read("compose/.env.example").lines().filter(|line| !line.starts_with('#')) {
        let name = line.strip_suffix('=').unwrap_or_else(|| panic!("a value in .env.example: {line}"));
        assert!(text.contains(&format!("${{{name}")), "{name}");
    }
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("- ./")) {
        assert!(deploy().join(line.split(':').next().unwrap()).exists(), "{line}");
    }
}

#[test]
fn the_image_and_the_unit_run_what_there_is_with_no_rights() {
    let image = read("Dockerfile");
    assert!(image.contains("\nUSER 10001:10001\n") && image.contains("libchdb.so"));
    let place = Place::new();
    let unit = "systemd/otklik.service";
    let text = read(unit);
    for line in
        ["DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "PrivateTmp=yes"]
    {
        assert!(text.lines().any(|written| written == line), "{unit}: {line}");
    }
    for line in text.lines().filter_map(|line| line.strip_prefix("Environment=")) {
        let name = line.split('=').next().unwrap();
        let documented = std::fs::read_to_string(deploy().join("../docs/interface.md")).unwrap();
        assert!(documented.contains(&format!("`{name}")), "{unit}: {name}");
    }
    let start = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let arguments: Vec<&str> = start.split(' ').skip(1).collect();
    let help = place.run(&[&arguments[..], &["--help"]].concat());
    assert_eq!(help.code, 0, "{unit}: {}", help.err);
}

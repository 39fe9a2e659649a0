use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

use clickhouse::{Client, Row};
use serde::{Deserialize, Serialize};

use super::*;
use crate::facts::EngineError;

/// Sends one request as it is written here; returns status, head and body. One that gives its own length is cut off.
fn raw(held: &Held, request: &str, body: &[u8]) -> (u16, String, String) {
    raw_at(held.url.strip_prefix("http://").unwrap(), &held.password, request, body)
}

fn raw_at(host: &str, password: &str, request: &str, body: &[u8]) -> (u16, String, String) {
    let request = request.replace("HOST", host).replace("PASSWORD", password);
    let mut stream = TcpStream::connect(host).unwrap();
    let cut = request.contains("content-length");
    let length = if cut { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    write!(stream, "{request}\r\n{length}connection: close\r\n\r\n").unwrap();
    stream.write_all(body).unwrap();
    if cut {
        stream.shutdown(std::net::Shutdown::Write).unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_owned(), body.to_owned())
}

const GUEST: &str = "POST / HTTP/1.1\r\nhost: HOST";
const WRITER: &str = "POST / HTTP/1.1\r\nhost: HOST\r\nx-clickhouse-user: otklik\r\nx-clickhouse-key: PASSWORD";

#[track_caller]
fn check(held: &Held, request: &str, sql: &str, status: u16, says: &str) {
    let (got, _, body) = raw(held, request, sql.as_bytes());
    assert!(got == status && body.contains(says), "{request:?} {sql:?}: {got} {body:?}");
}

#[test]
fn the_official_client_selects_inserts_and_binds() {
    #[derive(Debug, PartialEq, Row, Serialize, Deserialize)]
    struct Line {
        number: u64,
        name: String,
        tags: Vec<String>,
    }
    let held = engine();
    let _ = held.facts("client");
    let client =
        Client::default().with_url(&held.url).with_user("otklik").with_password(&held.password).with_database("client");
    let lines: Vec<Line> = (0..50_000)
        .map(|number| Line {
            number,
            name: format!("строка\0\n'\\? {number}"),
            tags: vec!["а".into(); number as usize % 3],
        })
        .collect();
    held.run(async {
        let create =
            "CREATE TABLE line (number UInt64, name String, tags Array(String)) ENGINE = MergeTree ORDER BY number";
        client.query(create).execute().await.unwrap();
        let mut insert = client.insert::<Line>("line").await.unwrap();
        for line in &lines {
            insert.write(line).await.unwrap();
        }
        insert.end().await.unwrap();
        let back = client.query("SELECT ?fields FROM line ORDER BY number").fetch_all::<Line>().await.unwrap();
        assert_eq!(back.len(), lines.len());
        assert!(back == lines);

        let bound = client.query("SELECT ?fields FROM line WHERE name = ? AND number IN ?");
        let bound = bound.bind(&lines[7].name).bind([6, 7]).fetch_one::<Line>().await.unwrap();
        assert_eq!(bound, lines[7]);
        let by_name = client.query("SELECT count() FROM line WHERE name = {name:String}").param("name", "нет\tтакой'");
        assert_eq!(by_name.fetch_one::<u64>().await.unwrap(), 0);
        let set = client.query("SELECT toUInt64(getSetting('max_threads'))").with_setting("max_threads", "1");
        assert_eq!(set.fetch_one::<u64>().await.unwrap(), 1);

        // An INSERT that is not ended stores nothing.
        let mut cut = client.insert::<Line>("line").await.unwrap();
        cut.write(&lines[0]).await.unwrap();
        drop(cut);
        assert_eq!(client.query("SELECT count() FROM line").fetch_one::<u64>().await.unwrap(), 50_000);
        let error = client.query("SELECT nothing FROM line").execute().await.unwrap_err().to_string();
        assert!(error.contains("Code: 47"), "{error}");
    });
}

#[test]
fn a_guest_reads_and_does_nothing_else() {
    let held = engine();
    let (facts, _) = (held.facts("otklik"), held.facts("guest"));
    held.take_in(&facts, &[post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Jkh)]);
    let secret = held.folder.join("password");
    let secret = secret.to_str().unwrap();
    check(&held, GUEST, "SELECT count(), any(url) FROM otklik.posts FINAL", 200, "1\t");
    check(&held, GUEST, "SELECT count() FROM posts", 200, "1\n");
    check(&held, GUEST, "SHOW TABLES FROM otklik", 200, "posts");
    check(&held, GUEST, "SELECT name FROM system.settings WHERE name = 'readonly'", 200, "readonly");
    for sql in [
        "INSERT INTO otklik.posts (id) VALUES ('x')",
        "INSERT INTO otklik.posts (id) FORMAT CSV\nx",
        "DROP TABLE otklik.posts",
        "ALTER TABLE otklik.posts DELETE WHERE 1",
        "OPTIMIZE TABLE otklik.posts FINAL",
        "CREATE TABLE otklik.x (a Int8) ENGINE = Memory",
        "SELECT * FROM guest.posts",
        "EXISTS TABLE guest.posts",
        "EXPLAIN SELECT * FROM guest.posts",
        "WITH (SELECT count() FROM guest.posts) AS x SELECT x",
        "SELECT * FROM merge('guest', 'posts')",
        "SET ROLE everything",
        "SELECT * FROM system.processes",
        "SHOW PROCESSLIST",
        "CREATE TEMPORARY TABLE x (a Int8)",
        "SET readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "KILL QUERY WHERE 1",
        "SYSTEM SHUTDOWN",
        "USE otklik",
        &format!("SELECT 1 INTO OUTFILE '{secret}.out'"),
        &format!("SELECT file('{secret}')"),
        &format!("SELECT `file`('{secret}')"),
        &format!("SELECT * FROM file('{secret}', 'LineAsString')"),
        &format!("SELECT * FROM `{secret}`"),
        &format!("DESCRIBE `{secret}`"),
        "DESCRIBE url('http://127.0.0.1:1/', 'CSV')",
        "SELECT * FROM s3('http://127.0.0.1:1/abc/b', 'CSV')",
        "SELECT * FROM remote('127.0.0.1:1', 'otklik.posts')",
        "SELECT * FROM executable('ls', 'TSV', 'a String')",
    ] {
        let (status, _, body) = raw(&held, GUEST, sql.as_bytes());
        assert!(status >= 400 && !body.contains(&held.password), "{sql}: {status} {body}");
    }
    assert!(!held.folder.join("password.out").exists());
    check(&held, GUEST, "SELECT count() FROM otklik.posts", 200, "1\n");
    let other = "POST /?database=guest HTTP/1.1\r\nhost: HOST";
    check(&held, other, "SELECT count() FROM posts", 400, "Code: 164");
    let set = "POST /?max_threads=1 HTTP/1.1\r\nhost: HOST";
    check(&held, set, "SELECT 1", 400, "Code: 164");
}

#[test]
fn a_guest_learns_nothing_of_the_files_of_the_machine() {
    let held = engine();
    let _ = held.facts("otklik");
    let there = held.folder.join("password");
    let (there, not) = (there.to_str().unwrap(), held.folder.join("passwort"));
    for ask in [
        "EXISTS TABLE default.\"PATH\"",
        "EXISTS TABLE default.`PATH`",
        "EXISTS `PATH`",
        "DESCRIBE default.\"PATH\"",
        "SELECT * FROM default.\"PATH\"",
        "SHOW CREATE TABLE default.\"PATH\"",
        "SELECT hasColumnInTable('default', 'PATH', 'c1')",
        "SELECT count() FROM system.tables WHERE database = 'default' AND name = 'PATH'",
        "SHOW TABLES FROM default LIKE 'PATH'",
    ] {
        let answer = |path: &str| {
            let (status, _, body) = raw(&held, GUEST, ask.replace("PATH", path).as_bytes());
            (status, body.replace(path, ""))
        };
        let (of_a_file, of_none) = (answer(there), answer(not.to_str().unwrap()));
        assert_eq!(of_a_file, of_none, "{ask}");
        assert!(!of_a_file.1.contains(&held.password), "{ask}");
    }
    // Nor has the account such a database while guests are about.
    check(&held, WRITER, &format!("EXISTS TABLE default.\"{there}\""), 200, "0\n");
}

#[test]
fn a_guest_takes_little_of_the_machine() {
    let held = engine();
    let _ = held.facts("otklik");
    let refuse = |sql: &str, says: &str| {
        let (status, _, body) = raw(&held, GUEST, sql.as_bytes());
        assert!(status >= 400 && body.contains(says), "{sql}: {status} {}", body.chars().take(300).collect::<String>());
    };
    refuse("SELECT length(groupArray(number)) FROM numbers(1000000000)", "Code: 241");
    refuse("SELECT number FROM numbers(10001)", "Code: 396");
    refuse("SELECT arrayJoin(range(3000000))", "Code: 396");
    let limits = "SELECT getSetting('max_execution_time'), getSetting('max_threads'), getSetting('readonly')";
    check(&held, GUEST, limits, 200, "10\t1\t1\n");
}

#[test]
fn without_the_setting_and_beyond_the_loopback_there_are_no_guests() {
    let held = engine();
    let _ = held.facts("otklik");
    let nowhere_else: std::net::SocketAddr = "0.0.0.0:0".parse().unwrap();
    for (listen, guests) in [(None, false), (Some(nowhere_else), true)] {
        let engine = held.run(Engine::start(&held.library, &held.folder, listen, guests)).unwrap();
        let host = format!("127.0.0.1:{}", engine.address().port());
        let status = |request: &str, sql: &str| raw_at(&host, engine.password(), request, sql.as_bytes()).0;
        assert_eq!(status(GUEST, "SELECT count() FROM otklik.posts"), 403);
        assert_eq!(status(&GUEST.replace("POST /", "GET /?query=SELECT%201"), ""), 403);
        assert_eq!(status(WRITER, "SELECT 1"), 200);
        held.run(engine.stop());
    }
}

#[test]
fn a_page_of_another_site_is_refused_whoever_it_asks_as() {
    let held = engine();
    for who in [GUEST, WRITER] {
        check(&held, &format!("{who}\r\norigin: http://evil.example"), "SELECT 1", 403, "Code: 516");
        check(&held, &format!("{who}\r\norigin: null"), "SELECT 1", 403, "Code: 516");
        check(&held, &format!("{who}\r\nsec-fetch-site: cross-site"), "SELECT 1", 403, "Code: 516");
    }
    check(&held, &format!("{WRITER}\r\norigin: http://HOST"), "SELECT 1", 200, "1\n");
}

#[test]
fn get_only_reads_even_for_the_writer() {
    let held = engine();
    let get = |query: &str| format!("GET /?user=otklik&password=PASSWORD&query={query} HTTP/1.1\r\nhost: HOST");
    check(&held, &get("SELECT%201"), "", 200, "1\n");
    check(&held, &get("SELECT%201&default_format=JSONEachRow"), "", 200, "{\"1\":1}");
    check(&held, &get("SELECT%20%7Ba:String%7D&param_a=x%5Cty"), "", 200, "x\\ty");
    check(&held, &get("CREATE%20DATABASE%20got"), "", 400, "Code: 164");
    check(&held, "GET /ping HTTP/1.1\r\nhost: HOST", "", 200, "Ok.");
    check(&held, "GET / HTTP/1.1\r\nhost: HOST", "", 200, "Ok.");
}

#[test]
fn wrong_passwords_and_strange_names_are_refused() {
    let held = engine();
    let as_user = |user: &str, key: &str| {
        format!("POST / HTTP/1.1\r\nhost: HOST\r\nx-clickhouse-user: {user}\r\nx-clickhouse-key: {key}")
    };
    check(&held, &as_user("otklik", "guess"), "SELECT 1", 403, "Code: 516");
    check(&held, &as_user("otklik", ""), "SELECT 1", 403, "Code: 516");
    check(&held, &as_user("root", ""), "SELECT 1", 403, "Code: 516");
    check(&held, "POST / HTTP/1.1\r\nhost: rebound.example", "SELECT 1", 403, "Code: 516");
    let mode = std::fs::metadata(held.folder.join("password")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn malformed_requests_are_answered_and_stop_nothing() {
    let held = engine();
    let _ = held.facts("malformed");
    check(&held, WRITER, "", 400, "Code: 62");
    check(&held, WRITER, "SELEC 1", 400, "Code: 62");
    check(&held, WRITER, "SELECT 1; SELECT 2", 400, "Code: 62");
    check(&held, WRITER, "SELECT 'open", 400, "Code: 62");
    check(&held, WRITER, "SELECT * FROM nowhere", 404, "Code: 60");
    check(&held, WRITER, "SELECT 1 FORMAT Nothing", 404, "Code: 73");
    check(&held, WRITER, "INSERT INTO malformed.counters (id) FORMAT RowBinary\n\u{5}ab", 500, "Code: 33");
    check(&held, WRITER, "INSERT INTO malformed.nowhere (id) FORMAT CSV\n1", 404, "Code: 60");
    check(&held, &format!("{WRITER}\r\ncontent-encoding: lz4"), "SELECT 1", 501, "Code: 48");
    check(&held, &format!("{WRITER}\r\ncontent-type: multipart/form-data; boundary=b"), "--b\r\n", 400, "Code: 36");
    check(&held, &WRITER.replace("/ HTTP", "/?database=nowhere HTTP"), "SELECT 1", 404, "Code: 81");
    check(&held, &WRITER.replace("/ HTTP", "/?max_threads=many HTTP"), "SELECT 1", 400, "Code: 36");
    check(&held, &WRITER.replace("/ HTTP", "/?path=/tmp HTTP"), "SELECT 1", 404, "Code: 115");
    check(&held, &WRITER.replace("/ HTTP", "/?database=a%60b%5C HTTP"), "SELECT 1", 404, "Code: 81");
    assert_eq!(raw(&held, WRITER, b"SELECT '\xff'").0, 400);
    let long = format!("SELECT '{}'", "x".repeat(5 << 20));
    check(&held, WRITER, &long, 413, "Code: 229");
    assert_eq!(raw(&held, "PUT / HTTP/1.1\r\nhost: HOST", b"").0, 405);

    // A body that breaks off before its length stores nothing.
    let cut = format!("{WRITER}\r\ncontent-length: 1000");
    raw(&held, &cut, b"INSERT INTO malformed.counters (id) FORMAT CSV\nvk:-1_1\n");
    check(&held, WRITER, "SELECT count() FROM malformed.counters", 200, "0\n");
    check(&held, WRITER, "INSERT INTO malformed.counters (id) FORMAT CSV\nvk:-1_1\n", 200, "");
    check(&held, WRITER, "INSERT INTO malformed.counters (id) VALUES ('vk:-1_2')", 200, "");
    check(&held, WRITER, "SELECT count() FROM malformed.counters", 200, "2\n");
}

#[test]
fn answers_carry_what_clients_look_for() {
    let held = engine();
    let asked = WRITER.replace("/ HTTP", "/?query_id=q7 HTTP");
    let (status, head, _) = raw(&held, &asked, b"SELECT 1 FORMAT JSON");
    assert_eq!(status, 200);
    for header in [
        "x-clickhouse-format: JSON",
        "content-type: application/json; charset=UTF-8",
        "x-clickhouse-query-id: q7",
        "x-clickhouse-timezone: ",
        "x-clickhouse-server-display-name: otklik",
        "x-clickhouse-summary: {\"read_rows\":",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    let (_, head, body) = raw(&held, WRITER, b"SELECT x");
    assert!(head.contains("x-clickhouse-exception-code: 47") && body.contains("(version "), "{head} {body}");
}

#[test]
fn a_folder_has_one_engine_and_keeps_its_password() {
    let held = engine();
    let other = TempDir::new().unwrap();
    let second = held.run(Engine::start(&held.library, other.path(), None, false)).err().unwrap();
    assert!(matches!(second, EngineError::Open(_)), "{second}");
    let absent = held.run(Engine::start(Path::new("/nowhere/libchdb.so"), other.path(), None, false)).err().unwrap();
    assert!(matches!(absent, EngineError::Library { .. }), "{absent}");
    let again = held.run(Engine::start(&held.library, &held.folder, None, false)).unwrap();
    assert_eq!(again.password(), held.password);
    held.run(again.stop());
}

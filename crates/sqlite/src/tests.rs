use super::*;

const ONE: Step = |file| file.execute_batch("CREATE TABLE IF NOT EXISTS a (x INTEGER)");
const TWO: Step = |file| file.execute_batch("ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7");
const FAILS: Step = |file| file.execute_batch("CREATE TABLE b (x INTEGER); INSERT INTO absent VALUES (1)");

struct File {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
}

fn file() -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    File { _folder: folder, path }
}

fn tables(file: &File) -> Vec<String> {
    let connection = Connection::open(&file.path).unwrap();
    let mut select = connection.prepare("SELECT name FROM sqlite_schema ORDER BY name").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn an_empty_file_takes_every_step_and_none_twice() {
    let file = file();
    for _ in 0..2 {
        let connection = open(&file.path, &[ONE, TWO]).unwrap();
        assert_eq!(taken(&connection).unwrap(), 2);
        connection.execute("INSERT INTO a (x) VALUES (1)", []).unwrap();
    }
}

#[test]
fn a_file_takes_only_the_steps_it_lacks_and_keeps_its_rows() {
    let file = file();
    open(&file.path, &[ONE]).unwrap().execute("INSERT INTO a VALUES (1)", []).unwrap();
    let connection = open(&file.path, &[ONE, TWO]).unwrap();
    let row = connection.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(row, (1, 7));
}

#[test]
fn a_file_from_before_the_numbers_is_taken_for_one_that_lacks_every_step() {
    let file = file();
    Connection::open(&file.path)
        .unwrap()
        .execute_batch("CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)")
        .unwrap();
    let connection = open(&file.path, &[ONE, TWO]).unwrap();
    assert_eq!(connection.query_row("SELECT x + y FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 8);
}

#[test]
fn a_step_that_fails_leaves_the_file_as_it_was() {
    let file = file();
    open(&file.path, &[ONE]).unwrap();
    assert!(matches!(open(&file.path, &[ONE, TWO, FAILS]), Err(OpenError::Sqlite(_))));
    assert_eq!(tables(&file), ["a"]);
    assert_eq!(taken(&open(&file.path, &[ONE]).unwrap()).unwrap(), 1);
}

#[test]
fn a_file_of_a_newer_build_is_refused_by_name_and_left_alone() {
    let file = file();
    open(&file.path, &[ONE, TWO]).unwrap();
    let refused = open(&file.path, &[ONE]).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 2, known: 1, .. }));
    assert!(refused.to_string().contains("a.db was written by a newer build (schema 2"), "{refused}");
    assert_eq!(taken(&open(&file.path, &[ONE, TWO]).unwrap()).unwrap(), 2);
}

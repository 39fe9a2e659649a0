//! The tables on a cluster, as far as one engine can tell: it parses and formats every statement and runs what needs no
//! keeper of replicas.

use super::*;
use crate::facts::tables::{MIGRATIONS, local, migrations_table, on_cluster, statements};

fn generated() -> Vec<String> {
    let statements = MIGRATIONS.iter().flat_map(|(_, sql)| statements(sql));
    let mut all: Vec<String> = statements.flat_map(|statement| on_cluster(statement, "main`x").unwrap()).collect();
    all.push(migrations_table("main`x"));
    all
}

#[test]
fn every_migration_has_a_form_for_clusters_that_the_engine_parses() {
    let held = engine();
    let facts = held.facts("cluster_parsed");
    let all = generated();
    assert_eq!(all.len(), 9, "{all:#?}");
    for sql in &all {
        let formatted: String = held.run(facts.client.query("SELECT formatQuery(?)").bind(sql).fetch_one()).unwrap();
        let kind = ["CREATE TABLE", "ALTER TABLE"].iter().any(|kind| formatted.starts_with(kind));
        assert!(kind && formatted.contains("ON CLUSTER `main"), "{formatted}");
    }
}

#[test]
fn shards_go_by_the_key_that_versions_have_in_common() {
    let all = generated();
    let shards: Vec<&str> = all.iter().filter_map(|sql| sql.split("cityHash64(").nth(1)).collect();
    assert_eq!(shards, ["id))", "id))", "source))"]);
    let replicated: Vec<&str> =
        all.iter().filter_map(|sql| sql.split("ReplicatedReplacingMergeTree(").nth(1)).collect();
    assert!(replicated[0].starts_with("'/clickhouse/tables/{shard}/{database}/posts', '{replica}', version, deleted)"));
    assert!(replicated[1].starts_with("'/clickhouse/tables/{shard}/{database}/counters', '{replica}')"));
    assert_eq!(local("posts", None), ("posts".into(), String::new()));
    assert_eq!(local("posts", Some("c")), ("posts_local".into(), " ON CLUSTER `c`".into()));
}

/// The columns, keys and settings are those of one server: with the replicas taken out again the statement makes the table.
#[test]
fn the_tables_of_a_shard_are_those_of_one_server() {
    let held = engine();
    let facts = held.facts("cluster_made");
    let mut made = Vec::new();
    for statement in MIGRATIONS.iter().flat_map(|(_, sql)| statements(sql)) {
        let shard = on_cluster(statement, "c").unwrap()[0].replace(" ON CLUSTER `c`", "");
        let alone = match shard.split_once("Replicated").map(|(_, rest)| rest.split_once("'{replica}'").unwrap()) {
            Some((engine, _)) => shard
                .replace(&format!("Replicated{engine}'{{replica}}', "), "ReplacingMergeTree(")
                .replace(&format!("Replicated{engine}'{{replica}}')"), "ReplacingMergeTree"),
            None => shard,
        };
        held.run(facts.client.query_raw(&alone).execute()).unwrap();
        made.extend(
            alone.strip_prefix("CREATE TABLE IF NOT EXISTS ").map(|rest| rest.split_once('\n').unwrap().0.to_owned()),
        );
    }
    assert_eq!(made, ["posts_local", "counters_local", "coverage_local"]);
    for table in made {
        let columns = |name: &str| -> String {
            let sql = "SELECT toString(groupArray((name, type, compression_codec, is_in_primary_key))) FROM system.columns \
                       WHERE database = 'cluster_made' AND table = ?";
            held.run(facts.client.query(sql).bind(name).fetch_one()).unwrap()
        };
        assert_eq!(columns(&table), columns(table.trim_end_matches("_local")), "{table}");
    }
}

//! The tables on a cluster of ClickHouse servers, created from the same migrations.
//!
//! Each shard keeps its part of a table, replicated between its servers, under the table's name and `_local`; the table
//! itself is a `Distributed` one over them, so that every query and insert is the same as on one server. A post's versions
//! all live on the shard of its id, where they replace each other.

/// Where a cluster's servers keep their tables in Keeper, by macros that its operator defines on each of them.
const PATH: &str = "/clickhouse/tables/{shard}/{database}";

/// The statements of a migration on one server.
pub(in crate::facts) fn statements(migration: &str) -> impl Iterator<Item = &str> {
    migration.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

/// A statement of a migration for a cluster; `None` if it is of a kind that has no such form yet.
pub(in crate::facts) fn on_cluster(statement: &str, cluster: &str) -> Option<Vec<String>> {
    let code = statement.lines().skip_while(|line| line.starts_with("--")).collect::<Vec<_>>().join("\n");
    if let Some((table, change)) = code.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once('\n')) {
        // First where the rows are: the `Distributed` one hands on what it is asked.
        let tables = [format!("{table}_local"), table.to_owned()];
        return Some(
            tables.map(|table| format!("ALTER TABLE {table} ON CLUSTER {}\n{change}", quoted(cluster))).into(),
        );
    }
    let rest = code.strip_prefix("CREATE TABLE IF NOT EXISTS ")?;
    let (table, rest) = rest.split_once('\n')?;
    let (columns, rest) = rest.split_once("\nENGINE = ReplacingMergeTree")?;
    let (arguments, rest) = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')').map(|(arguments, rest)| (format!(", {arguments}"), rest))?,
        None => (String::new(), rest),
    };
    // The first column of the key: rows that replace each other have it in common.
    let key = rest.split_once("ORDER BY ")?.1;
    let shard_by = key.trim_start_matches('(').split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    let name = quoted(cluster);
    Some(vec![
        format!(
            "CREATE TABLE IF NOT EXISTS {table}_local ON CLUSTER {name}\n{columns}\n\
             ENGINE = ReplicatedReplacingMergeTree('{PATH}/{table}', '{{replica}}'{arguments}){rest}"
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS {table} ON CLUSTER {name} AS {table}_local\n\
             ENGINE = Distributed({name}, currentDatabase(), {table}_local, cityHash64({shard_by}))"
        ),
    ])
}

/// The table of migrations: one for the whole cluster.
pub(in crate::facts) fn migrations_table(cluster: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS migrations ON CLUSTER {} (number UInt32, applied_at DateTime DEFAULT now()) \
         ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{{database}}/migrations', '{{shard}}-{{replica}}') ORDER BY number",
        quoted(cluster)
    )
}

/// Which tables rows are changed in, and the clause for it: those under the `Distributed` one.
pub(in crate::facts) fn local(table: &str, cluster: Option<&str>) -> (String, String) {
    match cluster {
        Some(cluster) => (format!("{table}_local"), format!(" ON CLUSTER {}", quoted(cluster))),
        None => (table.to_owned(), String::new()),
    }
}

/// The name of a cluster in SQL.
pub(in crate::facts) fn quoted(cluster: &str) -> String {
    format!("`{}`", cluster.replace('\\', "\\\\").replace('`', "\\`"))
}

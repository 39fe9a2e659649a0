//! `[fetch]`.

use super::section::{Section, ways};
use crate::parse::reader::{Ids, Located, Table};
use crate::settings::{Fetch, HostPace, Way};

pub fn fetch(section: &mut Section) -> Fetch {
    let host_interval_ms = section.number("host_interval_ms", 1000, 0..=600_000);
    let host_parallel = section.number("host_parallel", 2, 1..=1024);
    Fetch {
        contact: section.get(None, |table| Some(table.parsed("contact", contact))),
        connect_timeout_s: section.number("connect_timeout_s", 10, 1..=600),
        header_timeout_s: section.number("header_timeout_s", 20, 1..=600),
        timeout_s: section.number("timeout_s", 30, 1..=600),
        max_mb: section.number("max_mb", 10, 1..=1000),
        host_interval_ms,
        host_parallel: host_parallel as usize,
        parallel: section.number("parallel", 16, 1..=1024) as usize,
        hosts: section.get(Vec::new(), |table| {
            let mut names = Ids::new("темп для узла");
            let paces = table.tables("host").into_iter();
            Some(paces.filter_map(|table| host_pace(table, host_interval_ms, host_parallel, &mut names)).collect())
        }),
        ways: ways(section, &[Way::Direct]),
        ignore_robots: hosts(section, "ignore_robots"),
        allow_private: hosts(section, "allow_private"),
    }
}

fn hosts(section: &mut Section, key: &'static str) -> Vec<String> {
    section.get(Vec::new(), |table| {
        Some(table.list(key).into_iter().map(|host| host.value.to_ascii_lowercase()).collect())
    })
}

fn host_pace(mut table: Table, interval_ms: u32, parallel: u32, names: &mut Ids) -> Option<HostPace> {
    let name = table.required("name").map(|name| Located { value: name.value.to_ascii_lowercase(), ..name });
    if let Some(name) = &name {
        names.unique(table.report(), name);
        if name.value.contains(['/', ':', ' ']) {
            table.report().add(&name.at, format!("`name`: {:?} — не имя узла; пишите, например, \"t.me\"", name.value));
        }
    }
    let interval_ms = table.number("interval_ms", interval_ms, 0..=600_000);
    let parallel = table.number("parallel", parallel, 1..=1024) as usize;
    table.finish();
    Some(HostPace { name: name?.value, interval_ms, parallel })
}

/// It becomes a part of a header.
fn contact(text: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > 200 || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err("пишите почту или адрес страницы латиницей, не длиннее 200 знаков: это уходит в заголовке запроса"
            .to_owned());
    }
    Ok(text.to_owned())
}

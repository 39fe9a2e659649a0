//! Roles apart on Kafka: a person's word reaches every role, whoever dies meanwhile, and holds until it is withdrawn.

use journal::{Journal, Stream};
use serde_json::{Value, json};

use super::apart::post;
use crate::support::cluster::{Cluster, number};
use crate::support::until;

/// What search, figures and alerts tell of the fire; `None` while somebody does not answer.
fn told(cluster: &Cluster) -> Option<Value> {
    let ask = |name: &str, path: &str| {
        let (status, body) = cluster.ask(name, path)?;
        (status == 200).then(|| serde_json::from_str::<Value>(&body).unwrap())
    };
    let hit = ask("web", "/api/search?query=%D0%BF%D0%BE%D0%B6%D0%B0%D1%80")?;
    let hit = &hit["hits"][0];
    let sectors = ask("web", "/api/figures?by=sector&step=day&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")?;
    let sectors: Vec<&Value> = sectors.as_array().unwrap().iter().map(|figure| &figure["key"]).collect();
    let alerts = ask("web", "/api/alerts?all=true")?;
    let told = alerts.as_array().unwrap().iter().any(|alert| alert["post_ids"].to_string().contains("vk:-8_1"));
    Some(json!([hit["sector"], hit["risks"].as_array().map(Vec::len), sectors, told]))
}

/// Says something of the fire by the role that serves the page; the command ends when all have it.
fn correct(cluster: &Cluster, arguments: &[&str]) {
    let web = cluster.data("web").display().to_string();
    let command = [&["--data", &web, "correct", "vk:-8_1", "--by", "Иванова"], arguments].concat();
    let done = cluster.place.run(&command);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
}

#[test]
fn a_persons_word_reaches_every_role_and_outlives_kills() {
    let mut cluster = Cluster::start(&[]);
    cluster.start_all();
    let journal = cluster.journal();
    journal.append(Stream::Posts, &[post(1, "Пожар! Горит жилой дом, в квартире дети, помогите")]).unwrap();
    let (ruled, corrected) = (json!(["other", 1, ["other"], true]), json!(["social", 0, ["social"], false]));
    until("told by the rules", || told(&cluster) == Some(ruled.clone()));

    correct(&cluster, &["--sector", "social", "--level", "none"]);
    assert_eq!(told(&cluster), Some(corrected.clone()));

    // Everybody who holds posts dies and comes back; one index at a time, so that the page asks the other.
    for dies in [&["store-1", "facts"][..], &["store-2", "alerts"], &["classify-1", "classify-2"]] {
        dies.iter().for_each(|name| cluster.kill(number(name)));
        dies.iter().for_each(|name| cluster.spawn(number(name)));
        dies.iter().for_each(|name| cluster.wait(number(name)));
        until("corrected after a kill", || told(&cluster) == Some(corrected.clone()));
    }

    // Said while those who must hear it are away: they have it once they are back, as later versions of the post do.
    let away = ["store-1", "alerts"];
    away.iter().for_each(|name| cluster.kill(number(name)));
    let withdrawal =
        model::Correction::withdrawal(model::PostId::new("vk:-8_1").unwrap(), model::Time::now(), "Петров");
    journal.append(Stream::Corrections, &[journal::Record::new("vk:-8_1", model::wire::write(&withdrawal))]).unwrap();
    away.iter().for_each(|name| cluster.spawn(number(name)));
    away.iter().for_each(|name| cluster.wait(number(name)));
    until("the rules count again", || told(&cluster) == Some(ruled.clone()));
    let codes = cluster.stop();
    assert!(codes.iter().all(|(_, code)| *code == 0), "{codes:?}");
}

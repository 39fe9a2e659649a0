//! `otklik source try`.

use std::sync::Arc;

use ::classify::Classifier;
use anyhow::anyhow;
use config::Address;
use ingest::KnownChat;
use model::{Platform, Time};

use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::folder::Folder;

/// Posts shown.
const SHOWN: usize = 5;

/// A post shows this much of its text.
const SHOWN_CHARS: usize = 240;

/// Fetches a source once and shows, in Russian, what it would bring. Nothing is stored.
pub async fn try_source(locations: &Locations, url: &str) -> Result<Exit, Failure> {
    let config = Arc::new(configuration(locations)?);
    if url.trim() == Platform::Max.as_str() {
        return known_chats(locations);
    }
    let tried = ingest::try_source(url, &config.settings, env!("CARGO_PKG_VERSION"), Arc::new(Time::now)).await;
    let tried = tried.map_err(|error| Failure::usage(error.to_string()))?;
    let Some(toml) = &tried.toml else {
        let detail = tried.detail.filter(|_| !tried.outcome.says_all()).map(|detail| format!(" ({detail})"));
        let advice = tried.outcome.advice().map(|advice| format!("; {advice}"));
        let (detail, advice) = (detail.unwrap_or_default(), advice.unwrap_or_default());
        return Err(anyhow!("{url}: {}{detail}{advice}", tried.outcome.words()).into());
    };
    println!("{}: публикаций прочитано {}\n", tried.name.as_deref().unwrap_or(url), tried.posts.len());
    let mut posts = tried.posts;
    posts.sort_by_key(|post| std::cmp::Reverse(post.published_at));
    let mut classifier = Classifier::new(Arc::clone(&config), 0);
    for post in posts.into_iter().take(SHOWN) {
        let tagged = classifier.classify(post);
        let at = tagged
            .post
            .published_at
            .to_zoned_datetime(config.timezone().clone())
            .strftime("%d.%m.%Y %H:%M")
            .to_string();
        let mut tags = vec![at, tagged.tags.sector.name_ru().to_owned()];
        tags.extend(tagged.tags.topics.iter().map(|topic| config.topic_name(topic).to_owned()));
        tags.extend(
            tagged
                .tags
                .risks
                .iter()
                .map(|risk| format!("⚠ {} ({})", config.risk_name(&risk.kind), risk.level.name_ru())),
        );
        let words: Vec<&str> =
            tagged.post.title.iter().chain([&tagged.post.text]).flat_map(|part| part.split_whitespace()).collect();
        let text: String = words.join(" ").chars().take(SHOWN_CHARS).collect();
        println!("{}\n  {text}\n", tags.join(" · "));
    }
    for problem in &tried.problems {
        eprintln!("{}: {}", problem.position, problem.reason);
    }
    println!("Строки для config/sources.toml:\n\n{}", toml.trim_end());
    let needs_token = tried.address.is_some_and(|address| matches!(address, Address::Vk(_) | Address::VkSearch(_)));
    if needs_token && config.settings.vk.tokens.is_empty() {
        println!("\nДля {} нужен ключ доступа: [vk] token_file в otklik.toml.", Platform::Vk);
    }
    Ok(Exit::Done)
}

/// Shows the chats of MAX that the bot has heard of: nothing but its events tells it of them.
fn known_chats(locations: &Locations) -> Result<Exit, Failure> {
    let data = Folder::find(locations.data.as_deref(), false);
    let chats = KnownChat::read(data.path(), Platform::Max).map_err(anyhow::Error::from)?;
    if chats.is_empty() {
        println!(
            "Бот MAX ещё не слышал ни об одном чате. Укажите его токен в разделе [max] файла otklik.toml, запустите otklik и добавьте бота\n\
             в чат или канал администратором с правом читать все сообщения."
        );
    }
    for chat in chats {
        let kind = match chat.is_channel {
            Some(true) => "канал",
            Some(false) => "группа",
            None => "чат",
        };
        let title = chat.title.as_deref();
        let left = chat.left_at.map(|at| format!(", бота убрали {}", at.strftime("%d.%m.%Y"))).unwrap_or_default();
        println!("# {kind} {}{left}", title.unwrap_or("без известного названия"));
        println!("{}", ingest::source_lines(&Address::Max { chat: chat.id, name: None }, title));
    }
    Ok(Exit::Done)
}

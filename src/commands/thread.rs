//! `otklik thread`.

use std::collections::HashMap;

use config::Config;
use model::TaggedPost;
use serde::Serialize;
use store::search::Thread;

use crate::cli;
use crate::client::Client;
use crate::commands::output::print_json;
use crate::configuration::Locations;
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::language::say;
use crate::roles::Role;
use crate::terminal::bold_line;

/// Deeper answers are not moved further to the right: a terminal has eighty columns.
const MAX_INDENT: usize = 8;

/// What is asked of the owner of the index.
#[derive(Serialize)]
struct Asked<'a> {
    id: &'a str,
}

/// Shows a post and the conversation under it.
pub async fn thread(locations: &Locations, args: cli::Thread) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Store])).await?;
    let config = client.config().await?;
    let found: Result<Thread, _> = client.get("/api/thread", &Asked { id: &args.of }).await;
    client.close().await;
    let thread = found?;
    if args.json {
        print_json(&thread)?;
    } else {
        print(&thread, &config);
    }
    Ok(Exit::Done)
}

fn print(thread: &Thread, config: &Config) {
    let mut voices = Voices::default();
    match &thread.post {
        Some(post) => show(post, 0, config, &mut voices),
        None => println!(
            "{} {}\n",
            thread.root,
            say("— самой публикации в архиве нет", "— the post itself is not in the archive")
        ),
    }
    for answer in &thread.comments {
        show(&answer.comment, answer.depth, config, &mut voices);
    }
    let shown = thread.comments.len();
    println!("{}: {} ({} {shown})", say("Ответов", "Answers"), thread.total, say("показано", "shown"));
}

fn show(tagged: &TaggedPost, depth: usize, config: &Config, voices: &mut Voices) {
    let post = &tagged.post;
    let indent = "  ".repeat(depth.min(MAX_INDENT));
    let at = post.published_at.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M");
    let who = voices.name(post.author.as_deref()).unwrap_or_else(|| config.source_name(&post.source).to_owned());
    bold_line(&format!("{indent}{at} · {who}"));
    for line in post.title.iter().chain([&post.text]).flat_map(|part| part.lines()) {
        println!("{indent}{line}");
    }
    if let Some(url) = &post.url {
        println!("{indent}{url}");
    }
    println!();
}

/// Who speaks in a thread: private persons have numbers in it, in the order in which they speak, and nothing else.
#[derive(Default)]
struct Voices(HashMap<String, usize>);

impl Voices {
    fn name(&mut self, author: Option<&str>) -> Option<String> {
        let next = self.0.len() + 1;
        let number = self.0.entry(author?.to_owned()).or_insert(next);
        Some(format!("{} {number}", say("житель", "resident")))
    }
}

//! A post that a collector read, and that its channel deleted, leaves no trace in any file: on its way it was a dead letter, in the
//! journal, the index, the figures, an alert, an undelivered message and a digest.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};

use crate::support::{Deadline, PATIENCE, Place, Site, files_with};

/// Letters that no dictionary, index or engine has of its own, so that any file with them holds the deleted text.
const MARKER: &str = "wqzxkjvbhpmfgt8291";

/// What the channel shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shows {
    /// Its post, under a date that no post may have.
    Undatable,
    Post,
    Nothing,
}

/// The web preview of a channel.
struct Channel {
    shows: Arc<Mutex<Shows>>,
    /// One for each page asked for.
    asked: Receiver<()>,
    base: String,
    _site: Site,
}

impl Channel {
    fn new() -> Channel {
        let shows = Arc::new(Mutex::new(Shows::Undatable));
        let (sender, asked) = channel();
        let state = shows.clone();
        let answer = move |State(state): State<Arc<Mutex<Shows>>>, request: Request| {
            let page = page(*state.lock().unwrap(), request.uri().path());
            let _ = sender.send(());
            async move { axum::response::Html(page) }
        };
        let site = Site::new(axum::Router::new().fallback(answer).with_state(state));
        Channel { shows, asked, base: site.url(), _site: site }
    }

    /// Shows something else, and waits until a question of the test is answered with yes after some poll.
    #[track_caller]
    fn until(&self, shows: Shows, is_so: impl Fn() -> bool) {
        *self.shows.lock().unwrap() = shows;
        let deadline = Deadline::new(PATIENCE);
        while !is_so() {
            let left = deadline.left(|| format!("what follows once the channel shows {shows:?}"));
            self.asked.recv_timeout(left).expect("the channel is polled");
        }
    }
}

fn page(shows: Shows, path: &str) -> String {
    let block = |number: u32, date: &str, text: &str| {
        format!(
            r#"<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message"
            data-post="gorod_news/{number}"><div class="tgme_widget_message_text js-message_text">{text}</div>
            <a class="tgme_widget_message_date" href="https://t.me/gorod_news/{number}"><time datetime="{date}"></time></a></div></div>"#
        )
    };
    let now = jiff::Timestamp::now();
    let earlier =
        |minutes: i64| (now - jiff::SignedDuration::from_mins(minutes)).strftime("%Y-%m-%dT%H:00:00Z").to_string();
    let text = format!("Пожар! Горит жилой дом на Садовой, в квартире дети, {MARKER}, помогите");
    let post = match shows {
        Shows::Undatable => Some(block(2, "2098-01-01T10:00:00Z", &text)),
        Shows::Post => Some(block(2, &earlier(60), &text)),
        Shows::Nothing => None,
    };
    if path.starts_with("/s/") {
        let other = block(1, &earlier(180), "Нет воды на Садовой с утра");
        return format!("<section class=\"tgme_channel_history\">{other}{}</section>", post.unwrap_or_default());
    }
    post.unwrap_or_else(|| r#"<div class="tgme_widget_message_error">Post not found</div>"#.to_owned())
}

#[test]
fn what_a_channel_deleted_is_in_no_file_of_the_data_folder() {
    let (place, channel) = (Place::new(), Channel::new());
    let settings = format!(
        "[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\nhost_interval_ms = 0\nallow_private = [\"127.0.0.1\"]\n[telegram]\npreview = \"{}\"\n",
        channel.base
    );
    let config = place.config(&[
        ("otklik.toml", &settings),
        ("sources.toml", "[[source]]\nid = \"gorod\"\nname = \"Город\"\nchannel = \"gorod_news\"\nevery = \"5s\"\n"),
        // Nobody listens there, so that the message stays in the outbox.
        ("alerts.toml", "webhook = \"http://127.0.0.1:9/\"\n"),
    ]);
    let running = place.serve(&["--config", &config]);
    let count = |command: &[&str]| place.json(command).as_array().unwrap().len();

    channel.until(Shows::Undatable, || count(&["dead-letters", "--json"]) == 1);
    let found = || place.json(&["search", MARKER, "--json"])["total"] == 1;
    channel.until(Shows::Post, || found() && place.json(&["status", "--json"])["facts"]["posts"] == 2);
    channel.until(Shows::Post, || place.json(&["status", "--json"])["alerts"]["pending"] == 1);
    let today =
        model::Time::now().to_zoned_datetime(jiff::tz::TimeZone::get("Europe/Moscow").unwrap()).date().to_string();
    assert_eq!(place.run(&["digest", "--config", &config, "--date", &today]).code, 0);
    let holding: Vec<String> =
        files_with(&place.data(), MARKER).iter().map(|file| file.to_string_lossy().into_owned()).collect();
    // The figures' parts are compressed, and no search of bytes tells what is in them: `deletions` counts the versions they hold.
    for part in ["journal.db", "alerts.db", "/index/"] {
        assert!(
            holding.iter().any(|file| file.contains(part)),
            "{part} does not hold it, so nothing is proved: {holding:?}"
        );
    }

    channel.until(Shows::Nothing, || count(&["deletions", "--json"]) == 1);
    let listed = place.json(&["deletions", "--purge", "--json"]);
    assert!(listed[0]["index"].is_string() && listed[0]["facts"].is_string(), "{listed}");
    assert_eq!(files_with(&place.data(), MARKER), [] as [PathBuf; 0], "while it runs");
    assert_eq!(running.stop(), 0);
    assert_eq!(files_with(&place.data(), MARKER), [] as [PathBuf; 0], "after it stopped");
}

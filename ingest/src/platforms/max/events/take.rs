//! Takes events in.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use config::{Config, Source};
use model::{Clock, Platform};

use crate::outcome::PollOutcome;
use crate::platforms::max::chat::chat_of;
use crate::platforms::max::parse::{Chat, ChatChange, ChatNews, Updates, parse_updates};
use crate::platforms::max::profile::PROFILE;
use crate::poll::{Failure, Intake, PollResult};

/// Sources of which an event said that the bot may read them now, or no longer: they are polled at once.
#[derive(Clone, Default)]
pub(crate) struct Awaited(Arc<Mutex<HashSet<String>>>);

impl Awaited {
    pub(crate) fn sources(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What events are taken in with.
#[derive(Clone)]
pub(crate) struct Events {
    pub config: Arc<Config>,
    pub intake: Arc<Intake>,
    pub clock: Clock,
    pub awaited: Awaited,
}

impl Events {
    /// Takes what an answer or a request tells into the journal and the state. Returns where the next answer goes on. Blocks.
    pub(super) fn take(&self, body: &[u8]) -> Result<Option<i64>, Failure> {
        let sources = self.config.sources.iter().filter(|source| source.enabled);
        let (sources, chats): (Vec<&Source>, Vec<Chat>) =
            sources.filter_map(|source| Some((source, chat_of(&source.address, &source.id)?.1))).unzip();
        let Updates { marker, pages, chats: news } = parse_updates(body, &chats)?;
        for (source, page) in sources.iter().zip(pages).filter(|(_, page)| page.blocks > 0) {
            let mut result = PollResult::new((self.clock)());
            result.add_events(page, |_| true);
            self.intake.take_events(source, PROFILE, result)?;
        }
        for news in news {
            let of_chat = |(_, own): &(_, &Chat)| own.id == Some(news.chat);
            let read_by = sources.iter().zip(&chats).find(of_chat).map(|(source, _)| source.id.as_str());
            let noted = self.note(news, read_by);
            noted.map_err(|error| Failure { outcome: PollOutcome::StateFailed, detail: Some(error.to_string()) })?;
        }
        Ok(marker)
    }

    /// Remembers what became of a chat, and has the source that reads it polled where its rights have changed.
    fn note(&self, ChatNews { chat, change }: ChatNews, read_by: Option<&str>) -> rusqlite::Result<()> {
        let (state, now) = (self.intake.state(), (self.clock)());
        let admitted = match change {
            ChatChange::Heard { is_channel } => return state.note_chat(Platform::Max, chat, Some(is_channel), now),
            ChatChange::Titled(title) => return state.title_chat(Platform::Max, chat, &title),
            ChatChange::Admitted { is_channel } => {
                state.note_chat(Platform::Max, chat, is_channel, now)?;
                true
            }
            ChatChange::Removed => {
                state.leave_chat(Platform::Max, chat, now)?;
                false
            }
        };
        tracing::info!(chat, admitted, source = read_by, "what the bot of MAX may read has changed");
        self.awaited.sources().extend(read_by.map(str::to_owned));
        Ok(())
    }
}

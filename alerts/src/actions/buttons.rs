//! Buttons that people press in messengers.

use std::sync::Arc;
use std::time::Duration;

use config::{ChannelKind, Person};
use tokio::sync::watch;

use super::request::ActionRequest;
use crate::notify::channels::{Channels, Press};
use crate::notify::render::FORWARD;
use crate::store::action::Action;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::meta;
use crate::store::own_thread::OwnThread;

/// Pause after a bot did not answer.
const BOT_PAUSE: Duration = Duration::from_secs(10);

/// What a button of a group answers to whom it does not know.
const NOT_LISTED: &str = "Вас нет в people.toml: отметить тревогу в группе может тот, у кого там есть и личный чат с ботом; \
                          напишите боту лично /start";

/// What the bot answers to whatever is no button.
const HELP: &str = "Бот присылает тревоги; отметить их можно кнопками под сообщением";

/// What becomes of a press.
pub(crate) struct Pressed {
    /// The answer in Russian.
    pub words: String,
    /// A text to send to the chat.
    pub message: Option<String>,
    /// Whether the configuration knows who pressed.
    pub known: bool,
}

/// Takes the presses of a bot's buttons, until `stop` turns true.
pub async fn listen(own: OwnThread, channels: Arc<Channels>, kind: ChannelKind, mut stop: watch::Receiver<bool>) {
    let mut failed = false;
    loop {
        let asked = async {
            let after = own.run(move |alerts| alerts.bot_position(kind)).await?;
            match channels.presses(kind, after).await {
                Ok((presses, next)) => {
                    for press in &presses {
                        let pressed = press.clone();
                        let pressed = own.run(move |alerts| Ok(alerts.pressed(&pressed))).await?;
                        let Pressed { words, message, known } = pressed;
                        match known {
                            true => channels.answer(press, &words).await,
                            false => channels.answer_stranger(press, &words).await,
                        }
                        if let Some(text) = message {
                            // Without the press's number it is a message of its own, which has room.
                            channels.answer(&Press { id: None, ..press.clone() }, &text).await;
                        }
                    }
                    if let Some(next) = next {
                        own.run(move |alerts| alerts.note_bot_position(kind, next)).await?;
                    }
                    Ok(None)
                }
                Err(error) => Ok(Some(error)),
            }
        };
        let asked: Result<_, AlertError> = tokio::select! {
            asked = asked => asked,
            _ = stop.changed() => return,
        };
        let pause = match asked {
            Ok(None) => {
                failed = false;
                continue;
            }
            Ok(Some(error)) => {
                if !failed {
                    tracing::warn!(channel = kind.as_str(), %error, "buttons are not heard; tried again until they are");
                }
                error.after.unwrap_or(BOT_PAUSE)
            }
            Err(error) => {
                tracing::error!(channel = kind.as_str(), %error, "presses cannot be stored");
                BOT_PAUSE
            }
        };
        failed = true;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

impl Alerts {
    /// Does what a button says, if the person who pressed it may.
    pub(crate) fn pressed(&self, press: &Press) -> Pressed {
        let Some(person) = self.who_pressed(press) else {
            let words = match press.action.starts_with('/') {
                true if press.direct => {
                    format!("Ваш номер чата: {}. Администратор впишет его в people.toml.", press.chat)
                }
                true => format!("Номер этой группы: {}. Администратор впишет его в people.toml.", press.chat),
                false if press.direct => "Вас нет в people.toml: отметить тревогу может тот, кому она пришла".into(),
                false => NOT_LISTED.into(),
            };
            return Pressed { words, message: None, known: false };
        };
        let (words, message) = self.press_of(person, press);
        Pressed { words, message, known: true }
    }

    fn press_of(&self, person: &Person, press: &Press) -> (String, Option<String>) {
        match press.action.split_once(':') {
            Some((FORWARD, alert)) => match self.get(alert) {
                Ok(found) => match found.and_then(|alert| alert.forward) {
                    Some(text) => ("Текст — следующим сообщением".into(), Some(text)),
                    None => ("У этой тревоги нет текста для пересылки".into(), None),
                },
                Err(error) => (error.to_string(), None),
            },
            Some((action, alert)) => (self.act_by_button(press.kind, action, alert, &person.name), None),
            None => (HELP.into(), None),
        }
    }

    fn act_by_button(&self, kind: ChannelKind, action: &str, alert: &str, by: &str) -> String {
        let Some(action) = Action::parse(action) else { return HELP.into() };
        let reason = match action {
            Action::FalseAlarm | Action::Resolve => format!("кнопкой, {}", kind.name_ru()),
            Action::Ack | Action::Work | Action::Assign => String::new(),
        };
        let request = ActionRequest::Alert { alert: alert.to_owned(), action, reason, to: None };
        self.act(&request, by).unwrap_or_else(|error| error.to_string())
    }

    /// The person who pressed: the one whose own chat it is, or whose number the user has. Whose group it is says nothing of who
    /// in it pressed.
    fn who_pressed(&self, press: &Press) -> Option<&Person> {
        let with = |to: &str| {
            let own = |person: &&Person| person.addresses.iter().any(|at| at.channel == press.kind && at.to == to);
            self.config().people.persons.iter().find(own)
        };
        if press.direct {
            let person = with(&press.chat).or_else(|| with(&press.from))?;
            self.note_account(press);
            return Some(person);
        }
        // Of MAX addresses are numbers of chats: whose dialogue it was that this user wrote in tells who they are.
        with(&press.from).or_else(|| with(&self.dialogue_of(press)?))
    }

    /// Remembers in which dialogue a user writes, so that they are known in groups.
    fn note_account(&self, press: &Press) {
        if press.from != press.chat && self.dialogue_of(press).as_ref() != Some(&press.chat) {
            let noted = meta::set(&self.database(), &account(press), &press.chat);
            if let Err(error) = noted {
                tracing::error!(channel = press.kind.as_str(), %error, "a person will not be known in groups");
            }
        }
    }

    fn dialogue_of(&self, press: &Press) -> Option<String> {
        meta::get(&self.database(), &account(press)).ok().flatten()
    }

    fn bot_position(&self, kind: ChannelKind) -> Result<Option<i64>, AlertError> {
        let stored = self.read(|database| meta::get(database, &format!("bot:{}", kind.as_str())))?;
        Ok(stored.and_then(|at| at.parse().ok()))
    }

    fn note_bot_position(&self, kind: ChannelKind, at: i64) -> Result<(), AlertError> {
        meta::set(&self.database(), &format!("bot:{}", kind.as_str()), &at.to_string())
    }
}

/// The name under which the dialogue of a user is remembered.
fn account(press: &Press) -> String {
    format!("dialogue:{}:{}", press.kind.as_str(), press.from)
}

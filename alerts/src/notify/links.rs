//! Signed one-time links: an alert can be acted on from an e-mail, without an account.
//!
//! A link names the action, the alert, the person and its end, and carries an HMAC over them. It acts once, and only after a page has
//! asked for confirmation: mail programs open links by themselves.

use model::Time;
use rusqlite::params;
use sha2::{Digest, Sha256};

use crate::store::action::Action;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::link_key::LinkKey;
use crate::store::meta;

/// A link ends after so many seconds: an alert of last month is settled elsewhere.
const LIFETIME_S: i64 = 14 * 86_400;

/// What a link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The action.
    pub action: Action,
    /// The alert.
    pub alert: String,
    /// The person it was sent to.
    pub person: String,
}

/// Why a link does nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It was changed or cut on its way.
    #[error("ссылка повреждена: откройте её из письма целиком")]
    Damaged,
    /// It is too old.
    #[error("срок ссылки вышел; отметьте тревогу командой otklik alerts")]
    Over,
    /// The person it was sent to is not in `people.toml` any more.
    #[error("того, кому послана эта ссылка, больше нет в people.toml")]
    Left,
    /// It acted already.
    #[error("по этой ссылке уже отмечено")]
    Used,
    /// The file of alerts failed.
    #[error(transparent)]
    Alerts(#[from] AlertError),
}

/// A link as a text that nobody can change unnoticed.
fn token(key: &LinkKey, link: &Link, until: i64) -> String {
    let text = format!("{}.{}.{}.{until}", link.action.as_str(), link.alert, link.person);
    format!("{text}.{}", key.sign(&text))
}

/// What a text says, if it was made by [`token`] and is not too old.
fn read(key: &LinkKey, token: &str, now: Time) -> Result<Link, LinkError> {
    let (text, signature) = token.rsplit_once('.').ok_or(LinkError::Damaged)?;
    // Comparing digests tells an attacker nothing about where the signatures differ.
    if Sha256::digest(key.sign(text)) != Sha256::digest(signature) {
        return Err(LinkError::Damaged);
    }
    let mut parts = text.splitn(3, '.');
    let (Some(action), Some(alert), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(LinkError::Damaged);
    };
    let (person, until) = rest.rsplit_once('.').ok_or(LinkError::Damaged)?;
    let until: i64 = until.parse().map_err(|_| LinkError::Damaged)?;
    let action = Action::parse(action).ok_or(LinkError::Damaged)?;
    if now.as_second() >= until {
        return Err(LinkError::Over);
    }
    Ok(Link { action, alert: alert.to_owned(), person: person.to_owned() })
}

impl Alerts {
    /// A link that takes an action for a person; none where no public address is set or links are not used.
    pub(crate) fn link(&self, action: Action, alert: &str, person: &str) -> Option<String> {
        let key = self.link_key()?;
        let base = self.config().settings.public_url.as_deref()?.trim_end_matches('/');
        let link = Link { action, alert: alert.to_owned(), person: person.to_owned() };
        let until = self.now().as_second() + LIFETIME_S;
        Some(format!("{base}/act/{}", token(key, &link, until)))
    }

    /// What a link would do, without doing it.
    pub fn open_link(&self, token: &str) -> Result<Link, LinkError> {
        let key = self.link_key().ok_or(LinkError::Damaged)?;
        let link = read(key, token, self.now())?;
        if self.config().people.person(&link.person).is_none() {
            return Err(LinkError::Left);
        }
        match self.is_used(token)? {
            true => Err(LinkError::Used),
            false => Ok(link),
        }
    }

    /// Marks a link as used; false if it was already.
    pub fn use_link(&self, token: &str) -> Result<bool, AlertError> {
        let name = format!("link:{token}");
        let used =
            self.database().execute("INSERT OR IGNORE INTO meta (name, value) VALUES (?1, 'used')", params![name])?;
        Ok(used > 0)
    }

    fn is_used(&self, token: &str) -> Result<bool, AlertError> {
        self.read(|database| Ok(meta::get(database, &format!("link:{token}"))?.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_it_was_made_for_until_its_end_and_nothing_else() {
        let key = LinkKey([7; 32]);
        let at = |second| Time::from_second(second).unwrap();
        let link = Link { action: Action::Ack, alert: "0123456789ab".into(), person: "duty.1".into() };
        let token = token(&key, &link, 1_000);
        assert_eq!(read(&key, &token, at(999)).unwrap(), link);
        assert!(matches!(read(&key, &token, at(1_000)), Err(LinkError::Over)));
        for change in ["ack", "0123", "duty", "1000"] {
            let other = token.replacen(change, "9999", 1);
            assert!(matches!(read(&key, &other, at(0)), Err(LinkError::Damaged)), "{other}");
        }
        assert!(matches!(read(&LinkKey([8; 32]), &token, at(0)), Err(LinkError::Damaged)));
        for hostile in ["", ".", "....", "ack.1.2.3.", "ж.ж.ж.ж.ж"] {
            assert!(read(&key, hostile, at(0)).is_err(), "{hostile}");
        }
    }
}

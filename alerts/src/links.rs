//! Signed one-time links: an alert can be acted on from an e-mail, without an account.
//!
//! A link names the step, the alert, the person and its end, and carries an HMAC over them by a key that is made at the first start and
//! stays in the data folder. It acts once, and only after a page asked whether to: mail programs open links by themselves.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use model::Time;
use rusqlite::params;
use sha2::{Digest, Sha256};

use crate::life::Step;
use crate::{AlertError, Alerts};

/// A link ends after so many seconds: an alert of last month is settled elsewhere.
const LIFETIME_S: i64 = 14 * 86_400;

/// Bytes of the signature in a link: nobody guesses 128 bits.
const SIGNATURE_BYTES: usize = 16;

/// What a link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The step.
    pub step: Step,
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
    /// It acted already.
    #[error("по этой ссылке уже отмечено")]
    Used,
    /// The file of alerts failed.
    #[error(transparent)]
    Alerts(#[from] AlertError),
}

/// The key that links are signed with.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// Reads the key of a file; where there is none, makes it of `random` and stores it for the owner alone.
    pub fn open(path: &Path, random: [u8; 32]) -> std::io::Result<LinkKey> {
        match fs::read(path) {
            Ok(bytes) => {
                let key = bytes.try_into().map_err(|_| {
                    std::io::Error::other(format!(
                        "{} is no key of 32 bytes; remove it: links that were sent stop working",
                        path.display()
                    ))
                })?;
                Ok(LinkKey(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(&random)?;
                file.sync_all()?;
                Ok(LinkKey(random))
            }
            Err(error) => Err(error),
        }
    }

    fn sign(&self, text: &str) -> String {
        // A key of any length fits an HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(text.as_bytes());
        config::hex(&mac.finalize().into_bytes()[..SIGNATURE_BYTES])
    }

    fn token(&self, link: &Link, until: i64) -> String {
        let text = format!("{}.{}.{}.{until}", link.step.as_str(), link.alert, link.person);
        format!("{text}.{}", self.sign(&text))
    }

    fn read(&self, token: &str, now: Time) -> Result<Link, LinkError> {
        let (text, signature) = token.rsplit_once('.').ok_or(LinkError::Damaged)?;
        // Digests take the same time to compare whatever they are made of.
        if Sha256::digest(self.sign(text)) != Sha256::digest(signature) {
            return Err(LinkError::Damaged);
        }
        let mut parts = text.splitn(3, '.');
        let (Some(step), Some(alert), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(LinkError::Damaged);
        };
        let (person, until) = rest.rsplit_once('.').ok_or(LinkError::Damaged)?;
        let until: i64 = until.parse().map_err(|_| LinkError::Damaged)?;
        let step = Step::parse(step).ok_or(LinkError::Damaged)?;
        if now.as_second() >= until {
            return Err(LinkError::Over);
        }
        Ok(Link { step, alert: alert.to_owned(), person: person.to_owned() })
    }
}

impl Alerts {
    /// A link that takes a step for a person; none where no public address is set or links are not used.
    pub(crate) fn link(&self, step: Step, alert: &str, person: &str) -> Option<String> {
        let key = self.link_key()?;
        let base = self.config().settings.public_url.as_deref()?.trim_end_matches('/');
        let link = Link { step, alert: alert.to_owned(), person: person.to_owned() };
        let until = self.now().as_second() + LIFETIME_S;
        Some(format!("{base}/act/{}", key.token(&link, until)))
    }

    /// What a link would do, without doing it.
    pub fn open_link(&self, token: &str) -> Result<Link, LinkError> {
        let key = self.link_key().ok_or(LinkError::Damaged)?;
        let link = key.read(token, self.now())?;
        match self.is_used(token)? {
            true => Err(LinkError::Used),
            false => Ok(link),
        }
    }

    /// Marks a link as used; false where it was before.
    pub fn use_link(&self, token: &str) -> Result<bool, AlertError> {
        let name = format!("link:{token}");
        let used =
            self.database().execute("INSERT OR IGNORE INTO meta (name, value) VALUES (?1, 'used')", params![name])?;
        Ok(used > 0)
    }

    fn is_used(&self, token: &str) -> Result<bool, AlertError> {
        Ok(crate::book::meta(&self.database(), &format!("link:{token}"))?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_it_was_made_for_until_its_end_and_nothing_else() {
        let key = LinkKey([7; 32]);
        let at = |second| Time::from_second(second).unwrap();
        let link = Link { step: Step::Ack, alert: "0123456789ab".into(), person: "duty.1".into() };
        let token = key.token(&link, 1_000);
        assert_eq!(key.read(&token, at(999)).unwrap(), link);
        assert!(matches!(key.read(&token, at(1_000)), Err(LinkError::Over)));
        for change in ["ack", "0123", "duty", "1000"] {
            let other = token.replacen(change, "9999", 1);
            assert!(matches!(key.read(&other, at(0)), Err(LinkError::Damaged)), "{other}");
        }
        assert!(matches!(LinkKey([8; 32]).read(&token, at(0)), Err(LinkError::Damaged)));
        for hostile in ["", ".", "....", "ack.1.2.3.", "ж.ж.ж.ж.ж"] {
            assert!(key.read(hostile, at(0)).is_err(), "{hostile}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_read_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("link-key");
        let first = LinkKey::open(&path, [1; 32]).unwrap();
        assert_eq!(LinkKey::open(&path, [2; 32]).unwrap().0, first.0);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert!(LinkKey::open(&path, [3; 32]).is_err());
    }
}

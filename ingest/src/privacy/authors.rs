//! Private authors become a keyed hash, so that repeats of one person can be told within a month and nobody can be named.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use model::{Platform, Time};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;

use super::person::PersonOnPlatform;

/// Where new keys come from.
pub type Random = Box<dyn Fn(&mut [u8; 32]) -> io::Result<()> + Send + Sync>;

/// Randomness of the operating system.
pub fn os_random() -> Random {
    Box::new(|key| std::fs::File::open("/dev/urandom")?.read_exact(key))
}

/// The keys, one a month of `published_at`, in a file of their own: backups of the data folder leave it out.
pub(crate) struct AuthorKeys {
    db: Connection,
    random: Random,
}

/// The numbered steps of the file's tables. Files written before steps were numbered have the table already.
const STEPS: &[sqlite::Step] = &[
    |file| {
        file.execute_batch("CREATE TABLE IF NOT EXISTS key (month TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID")
    },
    // Months whose keys were destroyed, until the audit has it.
    |file| file.execute_batch("CREATE TABLE destroyed (month TEXT PRIMARY KEY) WITHOUT ROWID"),
];

/// Whether a text has the form of a keyed hash.
pub(crate) fn is_keyed_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Why an author could not be hashed. The poll is then given up: a post without its author would be another version.
#[derive(Debug, thiserror::Error)]
pub enum AuthorError {
    /// The file of keys.
    #[error("cannot use the keys of authors: {0}")]
    Keys(#[from] rusqlite::Error),
    /// Its tables.
    #[error("cannot open the keys of authors: {0}")]
    Open(#[from] sqlite::OpenError),
    /// The randomness.
    #[error("cannot make a key for authors: {0}")]
    Random(#[from] io::Error),
}

impl AuthorKeys {
    /// Opens or makes the file, readable by its owner alone.
    pub(crate) fn open(path: &Path, random: Random) -> Result<AuthorKeys, AuthorError> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?;
        let mut db = Connection::open(path)?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "secure_delete", "ON")?;
        sqlite::migrate(&mut db, STEPS)?;
        Ok(AuthorKeys { db, random })
    }

    /// The hash of an author of a post: 16 hexadecimal digits, the same for all posts published within a month (UTC).
    pub(crate) fn hash(&self, platform: Platform, author: &str, published_at: Time) -> Result<String, AuthorError> {
        let key = self.key(&published_at.strftime("%Y-%m").to_string())?;
        Ok(hash(&key, platform, author))
    }

    /// The hashes of an author under every key that there is.
    pub(crate) fn hashes(&self, author: &PersonOnPlatform) -> Result<Vec<String>, AuthorError> {
        let mut select = self.db.prepare("SELECT key FROM key")?;
        let keys = select.query_map([], |row| row.get::<_, Vec<u8>>(0))?.collect::<Result<Vec<_>, _>>()?;
        let of_key = |key: &Vec<u8>| author.spellings.iter().map(|name| hash(key, author.platform, name)).collect();
        Ok(keys.iter().flat_map(|key| -> Vec<String> { of_key(key) }).collect())
    }

    /// Destroys the keys of the months that were over before a time: from then on nobody can tell whose hash is whose. Returns the months
    /// whose destruction was not [confirmed](AuthorKeys::confirm) yet.
    pub(crate) fn destroy(&mut self, before: Time) -> Result<Vec<String>, AuthorError> {
        let month = before.strftime("%Y-%m").to_string();
        let change = self.db.transaction()?;
        change.execute("INSERT OR IGNORE INTO destroyed SELECT month FROM key WHERE month < ?1", [&month])?;
        change.execute("DELETE FROM key WHERE month < ?1", [&month])?;
        change.commit()?;
        let mut select = self.db.prepare("SELECT month FROM destroyed ORDER BY month")?;
        let months = select.query_map([], |row| row.get(0))?;
        Ok(months.collect::<Result<_, _>>()?)
    }

    /// Notes that the audit has the destruction of the keys of months.
    pub(crate) fn confirm(&mut self, months: &[String]) -> Result<(), AuthorError> {
        let change = self.db.transaction()?;
        for month in months {
            change.execute("DELETE FROM destroyed WHERE month = ?1", [month])?;
        }
        Ok(change.commit()?)
    }

    fn key(&self, month: &str) -> Result<Vec<u8>, AuthorError> {
        let mut find = self.db.prepare_cached("SELECT key FROM key WHERE month = ?1")?;
        if let Some(key) = find.query_row([month], |row| row.get(0)).optional()? {
            return Ok(key);
        }
        let mut key = [0; 32];
        (self.random)(&mut key)?;
        self.db.execute("INSERT INTO key (month, key) VALUES (?1, ?2)", params![month, key])?;
        Ok(key.to_vec())
    }
}

fn hash(key: &[u8], platform: Platform, author: &str) -> String {
    #[allow(clippy::expect_used)] // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(platform.as_str().as_bytes());
    mac.update(b":");
    mac.update(author.as_bytes());
    hex::encode(&mac.finalize().into_bytes()[..8])
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    fn counting() -> Random {
        let next = AtomicU8::new(1);
        Box::new(move |key| {
            key.fill(next.fetch_add(1, Ordering::Relaxed));
            Ok(())
        })
    }

    #[test]
    fn an_author_has_one_hash_a_month_which_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("author-keys.db");
        let hash =
            |keys: &AuthorKeys, author: &str, at: &str| keys.hash(Platform::Vk, author, at.parse().unwrap()).unwrap();
        let keys = AuthorKeys::open(&path, counting()).unwrap();
        let november = hash(&keys, "100", "2026-11-01T10:00:00Z");
        assert_eq!(november.len(), 16);
        assert_eq!(hash(&keys, "100", "2026-11-30T23:59:59Z"), november);
        assert_ne!(hash(&keys, "100", "2026-12-01T00:00:00Z"), november);
        assert_ne!(hash(&keys, "101", "2026-11-01T10:00:00Z"), november);
        drop(keys);
        let keys = AuthorKeys::open(&path, Box::new(|_| panic!("the key is there already"))).unwrap();
        assert_eq!(hash(&keys, "100", "2026-11-02T10:00:00Z"), november);
    }

    #[test]
    fn keys_of_months_that_are_over_are_destroyed_and_told_until_that_is_confirmed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("k");
        let mut keys = AuthorKeys::open(&path, counting()).unwrap();
        let hash = |keys: &AuthorKeys, at: &str| keys.hash(Platform::Vk, "100", at.parse().unwrap()).unwrap();
        let [old, edge] = ["2025-09-30T23:59:59Z", "2025-10-31T22:00:00Z"].map(|at| (at, hash(&keys, at)));
        let stored = || std::fs::read(&path).unwrap().windows(32).any(|bytes| bytes == [1; 32]);
        assert!(stored());
        // The month begins at midnight in Moscow; that of the keys ends by Greenwich, and posts of it are kept.
        let before: Time = "2025-10-31T21:00:00Z".parse().unwrap();
        for _ in 0..2 {
            assert_eq!(keys.destroy(before).unwrap(), ["2025-09"], "told until it is confirmed");
        }
        assert!(!stored(), "the key is not in the file any more");
        assert_eq!(hash(&keys, edge.0), edge.1);
        assert_ne!(hash(&keys, old.0), old.1, "its key is gone for good");
        keys.confirm(&["2025-09".to_owned()]).unwrap();
        let later: Time = "2025-12-01T00:00:00Z".parse().unwrap();
        assert_eq!(keys.destroy(later).unwrap(), ["2025-09", "2025-10"]);
    }

    #[test]
    fn a_person_has_a_hash_under_every_key_that_is_left_and_nobody_elses() {
        let dir = tempfile::tempdir().unwrap();
        let mut keys = AuthorKeys::open(&dir.path().join("k"), counting()).unwrap();
        let months = ["2026-09-10T10:00:00Z", "2026-10-10T10:00:00Z", "2026-11-10T10:00:00Z"];
        let of = |keys: &AuthorKeys, platform, author: &str| {
            months.map(|at| keys.hash(platform, author, at.parse().unwrap()).unwrap())
        };
        let vk = of(&keys, Platform::Vk, "100");
        let others = [of(&keys, Platform::Vk, "101"), of(&keys, Platform::Telegram, "https://t.me/zhitel")].concat();
        let asked = |keys: &AuthorKeys, said: &str| keys.hashes(&PersonOnPlatform::parse(said).unwrap()).unwrap();
        assert_eq!(asked(&keys, "vk.com/id100"), vk);
        assert!(!asked(&keys, "vk:100").iter().any(|hash| others.contains(hash)));
        assert!(others[3..].iter().all(|hash| asked(&keys, "@Zhitel").contains(hash)), "in lower case too");
        keys.destroy("2026-10-01T00:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(asked(&keys, "100"), vk[1..]);
    }

    #[test]
    fn without_randomness_there_is_no_hash_rather_than_a_weak_one() {
        let dir = tempfile::tempdir().unwrap();
        let keys = AuthorKeys::open(&dir.path().join("k"), Box::new(|_| Err(io::Error::other("none")))).unwrap();
        assert!(keys.hash(Platform::Vk, "100", Time::UNIX_EPOCH).is_err());
    }
}

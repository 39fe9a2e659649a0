//! How a role proves to another that a request is its own: it is signed with the secret that they share, for one address, is good for a
//! minute, and acts once. docs/decisions/0035 says why.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use model::{Clock, Time};
use sha2::{Digest, Sha256};

/// The first word of what a request shows; another build may sign otherwise.
const SCHEME: &str = "Otklik-1";

/// How far the clocks of two machines may differ, and how long a request may be on its way. For so long it is remembered.
const WINDOW_MS: i64 = 60_000;

/// What a request asks for, as both ends see it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing that a role of this build would show.
    #[error("this is a role of Otklik that answers the other roles; people use the role web")]
    Stranger,
    /// A role of an earlier build shows the secret itself.
    #[error("asked by a role of an earlier build: bring all roles to the same build")]
    Earlier,
    /// It was signed for another process, or this one does not stand in its own configuration.
    #[error("signed for another address: is this process's address in [roles], the same on every machine?")]
    Elsewhere,
    /// It comes from another time.
    #[error("signed too long ago or ahead: the clocks of the machines must not differ by a minute")]
    Clock,
    /// It came before.
    #[error("this request was here before")]
    Repeated,
}

/// Signs requests and lets signed ones in.
pub struct Proofs {
    key: Hmac<Sha256>,
    clock: Clock,
    /// Random, so that no two processes sign the same request in the same way.
    node: [u8; 8],
    count: AtomicU64,
    /// Nothing from before is let in: what a former process has let in this one does not know.
    started: Time,
    /// What was let in, and when it was signed.
    seen: Mutex<HashMap<[u8; 32], Time>>,
}

/// A signed request whose body is yet to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    at: Time,
    signature: [u8; 32],
    body: [u8; 32],
}

impl Signed {
    /// Whether this is the body that was signed.
    pub fn is_of(&self, body: &[u8]) -> bool {
        Sha256::digest(body).as_slice() == self.body
    }
}

impl Proofs {
    /// By the time of the machine and random bytes of it.
    pub fn new(secret: &str, clock: Clock, node: [u8; 8]) -> Result<Proofs> {
        let key = Hmac::new_from_slice(secret.as_bytes()).context("the secret of [roles] is no key")?;
        let started = clock();
        Ok(Proofs { key, clock, node, count: AtomicU64::new(0), started, seen: Mutex::default() })
    }

    /// What a request to an address shows in its header `Authorization`.
    pub fn sign(&self, address: &str, asked: Asked<'_>, body: &[u8]) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let nonce = hex::encode([self.node, count].concat());
        let at = (self.clock)().as_millisecond();
        let body = hex::encode(Sha256::digest(body));
        let signature = hex::encode(self.signature(address, asked, at, &nonce, &body));
        format!("{SCHEME} {at} {nonce} {body} {signature} {address}")
    }

    /// Whether a request was signed by a role, for one of these addresses and lately. It may have come before.
    pub fn read(&self, shown: &str, own: &[&str], asked: Asked<'_>) -> std::result::Result<Signed, Refused> {
        let mut parts = shown.split(' ');
        match parts.next() {
            Some(SCHEME) => {}
            Some("Bearer") => return Err(Refused::Earlier),
            _ => return Err(Refused::Stranger),
        }
        let mut next = || parts.next().ok_or(Refused::Stranger);
        let (at, nonce, body, signature, address) = (next()?, next()?, next()?, next()?, next()?);
        let millisecond: i64 = at.parse().map_err(|_| Refused::Stranger)?;
        let expected = self.signature(address, asked, millisecond, nonce, body);
        // Digests take the same time to compare whatever they are made of.
        if Sha256::digest(hex::encode(expected)) != Sha256::digest(signature) {
            return Err(Refused::Stranger);
        }
        if !own.contains(&address) {
            return Err(Refused::Elsewhere);
        }
        let at = Time::from_millisecond(millisecond).map_err(|_| Refused::Clock)?;
        let now = (self.clock)().as_millisecond();
        if (now - millisecond).abs() > WINDOW_MS || at < self.started {
            return Err(Refused::Clock);
        }
        let mut hash = [0; 32];
        hex::decode_to_slice(body, &mut hash).map_err(|_| Refused::Stranger)?;
        Ok(Signed { at, signature: expected, body: hash })
    }

    /// Lets a request in, once.
    pub fn admit(&self, signed: &Signed) -> std::result::Result<(), Refused> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = (self.clock)().as_millisecond();
        // What is older than this is refused by its time. Only roles add to it, so that it stays as small as their minute.
        if seen.len() >= seen.capacity() {
            seen.retain(|_, at| now - at.as_millisecond() <= WINDOW_MS);
        }
        match seen.insert(signed.signature, signed.at) {
            None => Ok(()),
            Some(_) => Err(Refused::Repeated),
        }
    }

    fn signature(&self, address: &str, asked: Asked<'_>, at: i64, nonce: &str, body: &str) -> [u8; 32] {
        let mut mac = self.key.clone();
        mac.update(format!("{}\n{}\n{address}\n{at}\n{nonce}\n{body}", asked.method, asked.path).as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicI64;

    use std::result::Result;

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const HERE: &str = "http://10.0.0.1:8687";
    const ASKED: Asked<'static> = Asked { method: "POST", path: "/internal/act?alert=1" };

    struct At(Arc<AtomicI64>);

    impl At {
        fn proofs(&self, secret: &str, node: u8) -> Proofs {
            let now = Arc::clone(&self.0);
            let clock: Clock = Arc::new(move || Time::from_millisecond(now.load(Ordering::Relaxed)).unwrap());
            Proofs::new(secret, clock, [node; 8]).unwrap()
        }
    }

    fn start() -> At {
        At(Arc::new(AtomicI64::new(1_800_000_000_000)))
    }

    fn let_in(proofs: &Proofs, shown: &str, asked: Asked<'_>) -> Result<(), Refused> {
        proofs.admit(&proofs.read(shown, &[HERE], asked)?)
    }

    #[test]
    fn a_request_of_another_role_is_let_in_once() {
        let at = start();
        let (one, other) = (at.proofs(SECRET, 1), at.proofs(SECRET, 2));
        let shown = one.sign(HERE, ASKED, b"");
        assert_eq!(let_in(&other, &shown, ASKED), Ok(()));
        assert_eq!(let_in(&other, &shown, ASKED), Err(Refused::Repeated));
        assert_eq!(
            let_in(&other, &one.sign(HERE, ASKED, b""), ASKED),
            Ok(()),
            "the same asked again is another request"
        );
        for _ in 0..10_000 {
            assert_eq!(let_in(&other, &one.sign(HERE, ASKED, b""), ASKED), Ok(()));
        }
        assert_eq!(let_in(&other, &shown, ASKED), Err(Refused::Repeated), "among many others too");
        at.0.fetch_add(WINDOW_MS + 1, Ordering::Relaxed);
        assert_eq!(let_in(&other, &shown, ASKED), Err(Refused::Clock), "nor when it is forgotten");
    }

    #[test]
    fn what_was_signed_before_a_start_is_not_let_in_after_it() {
        let at = start();
        let shown = at.proofs(SECRET, 1).sign(HERE, ASKED, b"");
        at.0.fetch_add(1, Ordering::Relaxed);
        assert_eq!(let_in(&at.proofs(SECRET, 2), &shown, ASKED), Err(Refused::Clock));
    }

    #[test]
    fn nothing_of_a_request_can_be_changed() {
        let at = start();
        let (one, other) = (at.proofs(SECRET, 1), at.proofs(SECRET, 2));
        let shown = one.sign(HERE, ASKED, b"body");
        for asked in [Asked { method: "GET", ..ASKED }, Asked { path: "/internal/act?alert=2", ..ASKED }] {
            assert_eq!(let_in(&other, &shown, asked), Err(Refused::Stranger));
        }
        for (part, word) in shown.split(' ').enumerate().skip(1) {
            let mut words: Vec<String> = shown.split(' ').map(str::to_owned).collect();
            words[part] = word.replacen(|c: char| c != 'h', "7", 1).replacen("77", "78", 1) + "0";
            assert!(let_in(&other, &words.join(" "), ASKED).is_err(), "{words:?}");
        }
        let signed = other.read(&shown, &[HERE], ASKED).unwrap();
        assert!(signed.is_of(b"body") && !signed.is_of(b"Body"));
        assert_eq!(other.read(&shown, &["http://10.0.0.2:8687"], ASKED), Err(Refused::Elsewhere));
        let forged = at.proofs("another secret of the right length", 1).sign(HERE, ASKED, b"");
        assert_eq!(let_in(&other, &forged, ASKED), Err(Refused::Stranger));
        assert_eq!(let_in(&other, &format!("Bearer {SECRET}"), ASKED), Err(Refused::Earlier));
        for nothing in ["", "Otklik-1", "Otklik-1 1 2 3 4", "Otklik-1 x 2 3 4 5"] {
            assert_eq!(let_in(&other, nothing, ASKED), Err(Refused::Stranger), "{nothing:?}");
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        let (here, there) = (start(), start());
        let one = here.proofs(SECRET, 1);
        for (apart, expect) in [(59_000, Ok(())), (61_000, Err(Refused::Clock)), (-61_000, Err(Refused::Clock))] {
            there.0.store(0, Ordering::Relaxed);
            let other = there.proofs(SECRET, 2);
            there.0.store(1_800_000_000_000 + apart, Ordering::Relaxed);
            assert_eq!(let_in(&other, &one.sign(HERE, ASKED, b""), ASKED), expect, "{apart}");
        }
    }
}

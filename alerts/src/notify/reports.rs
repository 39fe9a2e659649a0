//! Reports and digests on their way to people.

use config::PersonRole;
use model::Time;
use rusqlite::Transaction;

use crate::notify::letter::Letter;
use crate::notify::outbox::{Entry, enqueue};
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::meta;

impl Alerts {
    /// Puts a report into the outbox for everybody in these roles who has an address.
    pub(crate) fn report(
        &self,
        transaction: &Transaction<'_>,
        purpose: &str,
        letter: &Letter,
        roles: &[PersonRole],
        now: Time,
    ) -> Result<(), AlertError> {
        let people = &self.config().people;
        for person in roles.iter().flat_map(|role| people.with_role(*role)) {
            let Some(contact) = person.addresses.first() else { continue };
            let entry = Entry {
                alert: None,
                purpose,
                person: Some(&person.id),
                rank: 0,
                contact,
                level: None,
                letter,
                not_before: now,
                message_id: None,
            };
            enqueue(transaction, &entry, now)?;
        }
        audit::append(transaction, &Record { at: now, who: OTKLIK, what: "reported", subject: purpose, detail: "" })
    }

    /// The day of the digest that was put into the outbox last.
    pub fn digest_sent(&self) -> Result<Option<String>, AlertError> {
        self.read(|database| meta::get(database, "digest_sent"))
    }

    /// Puts the digest of a day into the outbox, to every address of everybody who is head: a page that nobody opens is no digest.
    pub fn send_digest(&self, day: &str, letter: &Letter) -> Result<(), AlertError> {
        let now = self.now();
        let mut database = self.database();
        let transaction = database.transaction()?;
        let purpose = format!("digest-{day}");
        for person in self.config().people.with_role(PersonRole::Head) {
            for (rank, contact) in person.addresses.iter().enumerate() {
                let entry = Entry {
                    alert: None,
                    purpose: &purpose,
                    person: Some(&person.id),
                    rank,
                    contact,
                    level: None,
                    letter,
                    not_before: now,
                    message_id: None,
                };
                enqueue(&transaction, &entry, now)?;
            }
        }
        meta::set(&transaction, "digest_sent", day)?;
        audit::append(&transaction, &Record { at: now, who: OTKLIK, what: "reported", subject: &purpose, detail: "" })?;
        Ok(transaction.commit()?)
    }
}

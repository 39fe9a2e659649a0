//! From the outbox to the channels.

use std::collections::BTreeMap;

use config::ChannelKind;

use crate::notify::channels::Channels;
use crate::notify::outbox::Delivery;
use crate::store::error::AlertError;
use crate::store::own_thread::OwnThread;

/// Tries each message whose time has come. Different channels do not wait for one another; to each its messages go in order.
pub async fn send_due(own: &OwnThread, channels: &Channels) -> Result<(), AlertError> {
    let due = own.run(|alerts| alerts.due(alerts.now())).await?;
    let mut by_kind: BTreeMap<ChannelKind, Vec<Delivery>> = BTreeMap::new();
    for delivery in due {
        by_kind.entry(delivery.contact.channel).or_default().push(delivery);
    }
    let attempts = by_kind.into_values().map(|deliveries| async move {
        for delivery in deliveries {
            attempt(own, channels, delivery).await?;
        }
        Ok::<(), AlertError>(())
    });
    for done in futures_util::future::join_all(attempts).await {
        done?;
    }
    Ok(())
}

async fn attempt(own: &OwnThread, channels: &Channels, delivery: Delivery) -> Result<(), AlertError> {
    let contact = &delivery.contact;
    if channels.wait(contact.channel, &contact.to).is_some() {
        // The channel's own limits hold it back: its turn comes within a few ticks.
        return Ok(());
    }
    let key = delivery.key.clone();
    own.run(move |alerts| alerts.note_attempt(&key, alerts.now())).await?;
    let message = delivery.message();
    let outcome = match (&delivery.message_id, delivery.is_update()) {
        (Some(id), true) => channels.update(contact.channel, id, &message).await,
        _ => channels.send(contact.channel, &message).await,
    };
    if let Some(reason) = outcome.reason() {
        let (key, attempts) = (&delivery.key, delivery.attempts + 1);
        tracing::warn!(key, attempts, outcome = reason.name, "message not accepted");
    }
    own.run(move |alerts| alerts.note_outcome(&delivery, &outcome, alerts.now()).map(drop)).await
}

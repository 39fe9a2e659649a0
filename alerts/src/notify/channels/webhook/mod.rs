//! A URL that takes JSON by POST: `{"version": 1, "event": "alert", "key": …, "critical": …, "subject": …, "text": …, "alert": {…}}`.
//!
//! `Idempotency-Key` is the same at every attempt. With a secret `Otklik-Signature: t=<unix>,v1=<hex>` proves who sent it and when:
//! HMAC-SHA-256 over `<unix>.<body>`.

#[cfg(test)]
pub mod tests;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use model::{Clock, Time};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use sha2::Sha256;

use super::channel::Channel;
use super::http::{client, exchange};
use super::message::{Event, Message};
use super::outcome::{DeliveryOutcome, Reason};

/// Version of the body, raised when a field changes its meaning.
const VERSION: u32 = 1;

pub struct Webhook {
    client: reqwest::Client,
    url: String,
    secret: Option<String>,
    clock: Clock,
}

impl Webhook {
    pub fn open(settings: &config::Webhook, clock: Clock) -> Result<Webhook, String> {
        let secret = settings.secret.as_ref().map(config::Secret::read).transpose()?;
        Ok(Webhook { client: client(settings.proxy.as_ref(), None)?, url: settings.url.clone(), secret, clock })
    }

    async fn post(&self, message: &Message) -> DeliveryOutcome {
        let body = body(message).to_string();
        let mut request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", &message.key);
        if let Some(secret) = &self.secret {
            request = request.header("Otklik-Signature", signature(secret, (self.clock)(), &body));
        }
        let reply = match exchange(request.body(body)).await {
            Ok(reply) => reply,
            Err(outcome) => return outcome,
        };
        let words = format!("получатель ответил {}", reply.status.as_u16());
        match reply.status {
            status if status.is_success() => DeliveryOutcome::Accepted { message_id: None },
            StatusCode::GONE => Reason::new("webhook_gone", "получатель больше не принимает (410)").refused(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Reason::new("webhook_busy", words).after(reply.retry_after)
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Reason::new("webhook_busy", words).later(),
            // The key makes another attempt harmless, wherever this one failed.
            status if status.is_server_error() => Reason::new("webhook_failed", words).later(),
            _ => Reason::new("webhook_refused", words).refused(),
        }
    }
}

impl Channel for Webhook {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        self.post(message).boxed()
    }
}

fn body(message: &Message) -> serde_json::Value {
    let event = match message.event {
        Event::Alert => "alert",
        Event::Digest => "digest",
        Event::Report => "report",
    };
    serde_json::json!({
        "version": VERSION,
        "event": event,
        "key": message.key,
        "critical": message.critical,
        "subject": message.subject,
        "text": message.text,
        event: message.payload,
    })
}

fn signature(secret: &str, now: Time, body: &str) -> String {
    let signed = format!("{}.{body}", now.as_second());
    // HMAC takes keys of any length.
    let code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(signed.as_bytes());
        mac.finalize().into_bytes()
    });
    let hex = code.map(hex::encode).unwrap_or_default();
    format!("t={},v1={hex}", now.as_second())
}

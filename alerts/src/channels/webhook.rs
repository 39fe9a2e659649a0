//! A URL that takes JSON by POST: `{"version": 1, "event": "alert", "key": …, "critical": …, "subject": …, "text": …, "alert": {…}}`.
//!
//! `Idempotency-Key` is the same at every try. With a secret `Otklik-Signature: t=<unix>,v1=<hex>` proves who sent it and when:
//! HMAC-SHA-256 over `<unix>.<body>`.

use hmac::{Hmac, KeyInit, Mac};
use model::Time;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use sha2::Sha256;

use super::http::{client, exchange};
use super::{Event, Message, Outcome, Reason};

/// Version of the body; it rises when a field changes its meaning.
const VERSION: u32 = 1;

pub(super) struct Webhook {
    client: reqwest::Client,
    url: String,
    secret: Option<String>,
}

impl Webhook {
    pub(super) fn open(settings: &config::Webhook) -> Result<Webhook, String> {
        let secret = settings.secret.as_ref().map(config::Secret::read).transpose()?;
        Ok(Webhook { client: client(settings.proxy.as_ref(), None)?, url: settings.url.clone(), secret })
    }

    pub(super) async fn send(&self, message: &Message, now: Time) -> Outcome {
        let body = body(message).to_string();
        let mut request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", &message.key);
        if let Some(secret) = &self.secret {
            request = request.header("Otklik-Signature", signature(secret, now, &body));
        }
        let reply = match exchange(request.body(body)).await {
            Ok(reply) => reply,
            Err(outcome) => return outcome,
        };
        let words = format!("получатель ответил {}", reply.status.as_u16());
        match reply.status {
            status if status.is_success() => Outcome::Accepted { message_id: None },
            StatusCode::GONE => Reason::new("webhook_gone", "получатель больше не принимает (410)").refused(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Reason::new("webhook_busy", words).after(reply.retry_after)
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Reason::new("webhook_busy", words).later(),
            // The key makes a repeat harmless, wherever it failed.
            status if status.is_server_error() => Reason::new("webhook_failed", words).later(),
            _ => Reason::new("webhook_refused", words).refused(),
        }
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
    let hex: String = code.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={hex}", now.as_second())
}

//! A telephone, by a gateway of whichever firm the operator has a contract with: it is asked over HTTP, in the shape that the
//! configuration gives, to send a short message or to read a text out.

#[cfg(test)]
pub mod tests;

use config::{ChannelKind, GatewayRequest, PhoneGateway};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::channel::Channel;
use super::http::{Reply, client, exchange};
use super::message::Message;
use super::outcome::{DeliveryOutcome, Reason};
use super::text::{cut, marked_if_repeat, units};

pub struct Phone {
    client: reqwest::Client,
    kind: ChannelKind,
    gateway: PhoneGateway,
    secret: Option<String>,
}

/// What the marks of a request stand for.
struct Marks<'a> {
    to: &'a str,
    text: String,
    key: &'a str,
    secret: &'a str,
}

impl Marks<'_> {
    /// A value of the configuration with its marks filled in, each once: what a post says is no mark.
    fn fill(&self, value: &str) -> String {
        let mut filled = String::new();
        let mut rest = value;
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let marks = [("{to}", self.to), ("{text}", &self.text), ("{key}", self.key), ("{secret}", self.secret)];
            let (mark, filling) = marks.into_iter().find(|(mark, _)| rest.starts_with(mark)).unwrap_or(("{", "{"));
            filled.push_str(filling);
            rest = &rest[mark.len()..];
        }
        filled + rest
    }

    fn fill_json(&self, document: &Value) -> Value {
        match document {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.fill_json(item)).collect()),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (name.clone(), self.fill_json(value))).collect())
            }
            other => other.clone(),
        }
    }

    fn fill_pairs(&self, pairs: &[(String, String)]) -> String {
        let filled = pairs.iter().map(|(name, value)| (name, self.fill(value)));
        Serializer::new(String::new()).extend_pairs(filled).finish()
    }
}

impl Phone {
    pub fn open(kind: ChannelKind, settings: &PhoneGateway) -> Result<Phone, String> {
        let secret = settings.secret.as_ref().map(config::Secret::read).transpose()?;
        Ok(Phone { client: client(settings.proxy.as_ref(), None)?, kind, gateway: settings.clone(), secret })
    }

    fn request(&self, message: &Message) -> RequestBuilder {
        let text = text(message, self.kind.is_brief(), self.gateway.max_chars as usize);
        let secret = self.secret.as_deref().unwrap_or_default();
        let marks = Marks { to: &message.to, text, key: &message.key, secret };
        let url = &self.gateway.url;
        let request = match &self.gateway.request {
            GatewayRequest::Form(pairs) => self
                .client
                .post(url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(marks.fill_pairs(pairs)),
            GatewayRequest::Query(pairs) => {
                let between = if url.contains('?') { '&' } else { '?' };
                self.client.get(format!("{url}{between}{}", marks.fill_pairs(pairs)))
            }
            GatewayRequest::Json(document) => self
                .client
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(marks.fill_json(document).to_string()),
        };
        self.gateway.headers.iter().fold(request, |request, (name, value)| request.header(name, marks.fill(value)))
    }

    fn outcome(&self, reply: &Reply) -> DeliveryOutcome {
        let body = String::from_utf8_lossy(&reply.body);
        let accepted = &self.gateway.accepted;
        let says = |text: &str| without_spaces(&body).contains(&without_spaces(text));
        let refused = |words: String| {
            // Some repeat what they were asked with.
            let said = match self.secret.as_deref().filter(|secret| !secret.is_empty()) {
                Some(secret) => body.replace(secret, "…"),
                None => body.to_string(),
            };
            Reason::said("gateway_refused", &words, &said).refused()
        };
        match reply.status {
            status if status.is_success() => match accepted.is_empty() || accepted.iter().any(|text| says(text)) {
                true => DeliveryOutcome::Accepted { message_id: None },
                false => refused("сервис не взял сообщение".to_owned()),
            },
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Reason::new("gateway_busy", busy(reply)).after(reply.retry_after)
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Reason::new("gateway_busy", busy(reply)).later(),
            // It may have been passed on before the gateway failed.
            status if status.is_server_error() => Reason::new("gateway_failed", busy(reply)).unknown(),
            status => refused(format!("сервис ответил {}", status.as_u16())),
        }
    }
}

impl Channel for Phone {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        async {
            match exchange(self.request(message)).await {
                Ok(reply) => self.outcome(&reply),
                Err(outcome) => outcome,
            }
        }
        .boxed()
    }
}

fn busy(reply: &Reply) -> String {
    format!("сервис ответил {}", reply.status.as_u16())
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The subject, and of the text what has room beside it.
fn text(message: &Message, is_brief: bool, most: usize) -> String {
    let (subject, _) = marked_if_repeat(message, most.saturating_mul(4));
    let subject = cut(&subject, most);
    let room = most.saturating_sub(units(&subject) + 1);
    match cut(&message.text, room) {
        text if is_brief || text.is_empty() => subject,
        text => format!("{subject}\n{text}"),
    }
}

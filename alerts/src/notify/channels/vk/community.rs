//! The community's requests.

use std::time::Duration;

use config::{ChannelKind, VkCommunity};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use model::Clock;
use sha2::{Digest, Sha256};

use super::super::channel::Channel;
use super::super::http::{client, exchange};
use super::super::message::Message;
use super::super::outcome::DeliveryOutcome;
use super::super::rate_limiter::RateLimiter;
use super::super::sliding_windows::{Limit, Limits};
use super::super::text::{BETWEEN, cut, links, units};
use super::answer::outcome_of;

const VERSION: &str = "5.199";

/// VK answers 914 to longer messages.
const MAX_TEXT: usize = 4096;

/// <https://dev.vk.com/ru/api/api-requests>: of a community's key.
const LIMITS: Limits = Limits { all: &[Limit { messages: 20, within: Duration::from_secs(1) }], chat: &[], group: &[] };

pub struct Vk {
    client: reqwest::Client,
    url: String,
    token: String,
    limiter: RateLimiter,
}

impl Vk {
    pub fn open(settings: &VkCommunity, clock: Clock) -> Result<Vk, String> {
        Ok(Vk {
            client: client(settings.proxy.as_ref(), None)?,
            url: format!("{}/messages.send", settings.api),
            token: settings.token.read()?,
            limiter: RateLimiter::new(ChannelKind::Vk, LIMITS, clock),
        })
    }

    async fn send_message(&self, message: &Message) -> DeliveryOutcome {
        if let Err(later) = self.limiter.acquire(&message.to) {
            return later;
        }
        let text = text(message);
        let random_id = random_id(&message.key).to_string();
        let form: [(&str, &str); 6] = [
            ("access_token", self.token.as_str()),
            ("v", VERSION),
            ("peer_id", &message.to),
            ("random_id", &random_id),
            ("message", &text),
            ("dont_parse_links", "1"),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request =
            self.client.post(&self.url).header("Content-Type", "application/x-www-form-urlencoded").body(body);
        match exchange(request).await {
            Ok(reply) => outcome_of(&reply),
            Err(outcome) => outcome,
        }
    }
}

impl Channel for Vk {
    fn wait(&self, to: &str) -> Option<Duration> {
        self.limiter.wait(to)
    }

    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        self.send_message(message).boxed()
    }
}

/// The same number for the same key: VK delivers a message once for one. Zero would mean no number.
fn random_id(key: &str) -> i32 {
    let hash = Sha256::digest(key.as_bytes());
    let number = i32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) & i32::MAX;
    number.max(1)
}

fn text(message: &Message) -> String {
    let links = links(&message.buttons);
    let room = MAX_TEXT.saturating_sub(units(&links) + BETWEEN.len());
    let text = cut(&format!("{}{BETWEEN}{}", message.subject, message.text), room);
    if links.is_empty() { text } else { format!("{text}{BETWEEN}{links}") }
}

//! Settings of librdkafka for what we do with it.

use std::time::Duration;

use rdkafka::ClientConfig;

use super::KafkaSettings;

/// The longest message: a post of the greatest length, escaped in JSON, with its tags. Topics allow the same.
pub const MAX_MESSAGE_BYTES: usize = 8 << 20;

/// An append that no broker confirms within this fails, and its caller holds its position.
const DELIVERY_MS: u32 = 30_000;

/// Waiting for a last message that compaction may have taken: the end is reached without it.
pub const TAIL: Duration = Duration::from_secs(2);

/// What every client says.
pub fn common(settings: &KafkaSettings) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &settings.brokers)
        .set("client.id", "otklik")
        .set("message.max.bytes", MAX_MESSAGE_BYTES.to_string())
        // A broker that comes back is noticed within two seconds.
        .set("reconnect.backoff.ms", "100")
        .set("reconnect.backoff.max.ms", "2000");
    let security = &settings.security;
    config.set(
        "security.protocol",
        match (&security.tls, &security.sasl) {
            (None, None) => "plaintext",
            (Some(_), None) => "ssl",
            (None, Some(_)) => "sasl_plaintext",
            (Some(_), Some(_)) => "sasl_ssl",
        },
    );
    if let Some(tls) = &security.tls {
        if let Some(ca) = &tls.ca_file {
            config.set("ssl.ca.location", ca);
        }
        if let Some((certificate, key)) = &tls.client {
            config.set("ssl.certificate.location", certificate).set("ssl.key.location", key);
        }
    }
    if let Some(sasl) = &security.sasl {
        config
            .set("sasl.mechanism", &sasl.mechanism)
            .set("sasl.username", &sasl.user)
            .set("sasl.password", &sasl.password);
    }
    config
}

/// Confirmed by all replicas, in order, each message once for each time it is sent.
pub fn producer(settings: &KafkaSettings) -> ClientConfig {
    let mut config = common(settings);
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("compression.type", "zstd")
        // The default, 3, takes half as much processor time again for a tenth fewer bytes.
        .set("compression.level", "1")
        .set("linger.ms", "5")
        .set("message.timeout.ms", DELIVERY_MS.to_string())
        // Bounds the memory of what waits for the broker; beyond it an append waits.
        .set("queue.buffering.max.messages", "100000")
        .set("queue.buffering.max.kbytes", "65536");
    config
}

/// Positions are committed by hand and never reset.
pub fn consumer(settings: &KafkaSettings, group: &str) -> ClientConfig {
    let mut config = common(settings);
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "error")
        .set("fetch.wait.max.ms", "100")
        .set("fetch.queue.backoff.ms", "20")
        .set("fetch.message.max.bytes", MAX_MESSAGE_BYTES.to_string())
        // Bounds the memory of what was fetched ahead.
        .set("queued.max.messages.kbytes", "32768");
    config
}

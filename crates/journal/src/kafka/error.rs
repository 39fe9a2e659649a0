//! What librdkafka's errors mean for a caller of the journal.

use rdkafka::error::KafkaError;

use crate::api::Error;

impl From<KafkaError> for Error {
    fn from(error: KafkaError) -> Error {
        Error::Backend(format!("Kafka: {error}"))
    }
}

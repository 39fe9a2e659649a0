//! What a person pastes to `otklik source try`.

use config::Address;
use url::Url;

use crate::fetch::SetupError;

/// A text that should name a source.
pub(crate) struct Given<'a> {
    /// As pasted, without spaces around it.
    pub text: &'a str,
    /// As a URL, with the scheme that people leave out; none where it is none.
    pub url: Option<Url>,
}

impl<'a> Given<'a> {
    pub(crate) fn new(text: &'a str) -> Given<'a> {
        let text = text.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let is_host = |host: &str| host.contains(['.', ':']) || host == "localhost";
        let url = Url::parse(&with_scheme).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(is_host) && !text.starts_with('@')
        });
        Given { text, url }
    }

    /// That it names nothing.
    pub(crate) fn unknown(&self) -> TryError {
        TryError::Address(self.text.to_owned())
    }
}

/// What a text names on a platform.
#[derive(Debug, PartialEq)]
pub(crate) enum Target {
    /// A place that can be read.
    Address(Address),
    /// A name whose address only the platform knows.
    Name(String),
}

/// Why an address was not tried. Said to the operator, in Russian.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// Not an address of anything.
    #[error(
        "«{0}» не похоже на адрес: нужна ссылка на канал t.me, сообщество vk.com, канал или чат max.ru, ленту или сайт, либо @имя канала"
    )]
    Address(String),
    /// A link that invites into a closed chat.
    #[error(
        "это приглашение в закрытый чат: читаются открытые каналы с именем, например t.me/example, а в MAX — чаты, куда добавлен бот, по номеру"
    )]
    Invitation,
    /// The page of a person.
    #[error("это страница человека: читаются только сообщества, каналы и группы")]
    Person,
    /// The HTTP client.
    #[error("не удалось подготовить запрос: {0}")]
    Http(#[from] SetupError),
}

//! Kinds of channels that reach a person.

/// A way by which a message reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelKind {
    /// A Telegram bot.
    Telegram,
    /// E-mail.
    Email,
    /// A message of a VK community.
    Vk,
    /// A MAX bot.
    Max,
    /// Signed JSON to a URL.
    Webhook,
    /// A terminal that follows the alerts.
    Terminal,
}

impl ChannelKind {
    /// All kinds.
    pub const ALL: [ChannelKind; 6] = [
        ChannelKind::Telegram,
        ChannelKind::Email,
        ChannelKind::Vk,
        ChannelKind::Max,
        ChannelKind::Webhook,
        ChannelKind::Terminal,
    ];

    /// The code in configuration and on disk.
    pub fn as_str(self) -> &'static str {
        match self {
            ChannelKind::Telegram => "telegram",
            ChannelKind::Email => "email",
            ChannelKind::Vk => "vk",
            ChannelKind::Max => "max",
            ChannelKind::Webhook => "webhook",
            ChannelKind::Terminal => "terminal",
        }
    }

    /// The kind of a code.
    pub fn parse(code: &str) -> Option<ChannelKind> {
        ChannelKind::ALL.into_iter().find(|kind| kind.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            ChannelKind::Telegram => "Telegram",
            ChannelKind::Email => "электронная почта",
            ChannelKind::Vk => "ВКонтакте",
            ChannelKind::Max => "MAX",
            ChannelKind::Webhook => "вебхук",
            ChannelKind::Terminal => "терминал",
        }
    }
}

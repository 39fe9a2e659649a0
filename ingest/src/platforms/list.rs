//! The one list of platforms.

use config::Settings;
use model::{Clock, Platform};

use super::connector::Connector;
use super::max::MaxConnector;
use super::portal::PortalConnector;
use super::recognise::{Given, Target, TryError};
use super::telegram::TelegramConnector;
use super::vk::{Sleep, TokenPool, VkConnector};
use crate::state::SharedState;

/// Every platform that is read.
pub(crate) struct Platforms {
    telegram: TelegramConnector,
    pub(crate) vk: VkConnector,
    pub(crate) max: MaxConnector,
    portal: PortalConnector,
}

impl Platforms {
    /// `saved`: where what is counted outlives a restart; none where a command reads a source once.
    pub(crate) fn new(settings: &Settings, saved: Option<SharedState>, clock: Clock, sleep: Sleep) -> Platforms {
        let telegram = TelegramConnector::new(&settings.telegram, clock.clone());
        let tokens = TokenPool::new(&settings.vk, saved, clock.clone(), sleep);
        let max = MaxConnector::new(&settings.max, clock.clone());
        Platforms { telegram, vk: VkConnector::new(&settings.vk, tokens, clock), max, portal: PortalConnector }
    }

    pub(crate) fn of(&self, platform: Platform) -> &dyn Connector {
        match platform {
            Platform::Telegram => &self.telegram,
            Platform::Vk => &self.vk,
            Platform::Max => &self.max,
            Platform::Portal => &self.portal,
        }
    }

    /// All of them. Portals come last, since any site may be one.
    pub(crate) fn all(&self) -> [&dyn Connector; 4] {
        [Platform::Telegram, Platform::Vk, Platform::Max, Platform::Portal].map(|platform| self.of(platform))
    }

    /// The platform of a text that a person pasted, and what it names there.
    pub(crate) fn recognise(&self, text: &str) -> Result<(&dyn Connector, Target), TryError> {
        let given = Given::new(text);
        let found = self.all().into_iter().find_map(|connector| Some((connector, connector.recognise(&given)?)));
        let (connector, target) = found.ok_or_else(|| given.unknown())?;
        Ok((connector, target?))
    }
}

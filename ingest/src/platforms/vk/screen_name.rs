//! Which community a pasted link means.

use config::Address;
use model::{PageLink, Platform, PostLink};

use super::client::VkClient;
use super::parse::parse_response;
use crate::outcome::PollOutcome;
use crate::platforms::connector::Unresolved;
use crate::platforms::recognise::{Given, Target, TryError};
use crate::schedule::quota::Call;

/// What a link to VK names.
pub(super) fn recognise(given: &Given<'_>) -> Option<Result<Target, TryError>> {
    let page = PageLink::parse(given.text).filter(|page| page.platform == Platform::Vk)?;
    // A post that was opened over another page names its own wall.
    if let Some(PostLink::Vk { owner, .. }) = PostLink::parse(given.text) {
        return Some(if owner < 0 { Ok(Target::Address(Address::Vk(owner))) } else { Err(TryError::Person) });
    }
    Some(page.parts().next().ok_or_else(|| given.unknown()).and_then(community))
}

fn community(name: &str) -> Result<Target, TryError> {
    let number = |prefix: &str| name.strip_prefix(prefix)?.split('_').next()?.parse::<i64>().ok();
    if let Some(id) = ["club", "public", "event", "wall-"].iter().find_map(|prefix| number(prefix)) {
        return Ok(Target::Address(Address::Vk(-id.abs())));
    }
    if ["id", "wall"].iter().any(|prefix| number(prefix).is_some()) {
        return Err(TryError::Person);
    }
    Ok(Target::Name(name.to_owned()))
}

/// The wall of a name, by `utils.resolveScreenName`.
pub(super) async fn resolve(vk: VkClient<'_>, name: &str) -> Result<Address, Unresolved> {
    let form = [("screen_name", name)];
    let answer =
        vk.call(Call::of("utils.resolveScreenName"), &form, parse_response).await.map_err(Unresolved::Failed)?;
    match (answer["type"].as_str(), answer["object_id"].as_i64()) {
        (Some("group" | "page" | "event"), Some(number)) => Ok(Address::Vk(-number)),
        (Some("user"), Some(_)) => Err(Unresolved::Rejected(TryError::Person)),
        _ => Err(Unresolved::Failed(PollOutcome::NotFound.into())),
    }
}

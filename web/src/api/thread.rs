//! `/api/thread`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use model::{PostId, PostLink};
use serde::Deserialize;
use store::search::Thread;

use crate::error::ApiError;
use crate::state::Web;

/// Whose conversation is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The id or the link of a post, or of any comment under it.
    id: String,
}

/// A post and the conversation under it, in the order in which it is read.
pub async fn thread(
    State(web): State<Web>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Thread>, ApiError> {
    let Query(Asked { id }) = asked.map_err(|error| ApiError::asked(error.body_text()))?;
    let (post, above) = meant(id.trim()).ok_or_else(|| {
        ApiError::asked(format!(
            "«{id}» — не номер публикации (vk:-1_2, tg:gorod/3) и не ссылка на публикацию VK или Telegram"
        ))
    })?;
    let index = web.index.ok_or_else(|| ApiError::absent("store"))?;
    let found = web.work.searches.search(move |_| index.thread(&post, above.as_ref())).await?;
    found.map(Json).ok_or_else(|| ApiError::missing(format!("публикации «{id}» и ответов на неё в архиве нет")))
}

/// The post or comment that is meant, and the post that the link of a comment names.
fn meant(id: &str) -> Option<(PostId, Option<PostId>)> {
    if let Ok(id) = PostId::new(id) {
        // The id of a comment of Telegram begins with that of its post.
        let above = id.as_str().split_once("?comment=").and_then(|(above, _)| PostId::new(above).ok());
        return Some((id, above));
    }
    let link = PostLink::parse(id)?;
    let above = match &link {
        PostLink::Vk { owner, post, reply: Some(_) } => PostId::new(format!("vk:{owner}_{post}")).ok(),
        PostLink::Telegram { channel, post, comment: Some(_) } => {
            PostLink::Telegram { channel: channel.clone(), post: *post, comment: None }.id()
        }
        _ => None,
    };
    Some((link.id()?, above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, expect: &str, above: Option<&str>) {
        let (post, root) = meant(id).unwrap();
        assert_eq!((post.as_str(), root.as_ref().map(PostId::as_str)), (expect, above), "{id}");
    }

    #[test]
    fn ids_and_links_of_posts_and_comments_name_a_conversation() {
        check("vk:-1_2", "vk:-1_2", None);
        check("https://vk.com/wall-1_2?reply=5&thread=4", "vk:-1_5", Some("vk:-1_2"));
        check("vk.ru/wall-1_2", "vk:-1_2", None);
        check("https://t.me/Gorod/3?comment=9", "tg:gorod/3?comment=9", Some("tg:gorod/3"));
        check("tg:gorod/3?comment=9", "tg:gorod/3?comment=9", Some("tg:gorod/3"));
        check("t.me/s/gorod/3", "tg:gorod/3", None);
        for other in ["", "вода", "https://city.example/1", "vk.com/gorod"] {
            assert!(meant(other).is_none(), "{other}");
        }
    }
}

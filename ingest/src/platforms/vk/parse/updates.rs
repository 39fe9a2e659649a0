//! The events that Bots Long Poll and the Callback API send.

use std::borrow::Cow;

use serde_json::Value;

/// Collects what events say of posts and comments of a wall; other events say nothing here.
pub(super) fn items<'a>(updates: &'a [Value], items: &mut Vec<Cow<'a, Value>>) {
    for update in updates {
        let kind = update["type"].as_str().unwrap_or_default();
        let object = &update["object"];
        match kind {
            "wall_post_new" | "wall_repost" | "wall_post_edit" | "wall_post_restore" | "wall_reply_new"
            | "wall_reply_edit" | "wall_reply_restore" => items.push(Cow::Borrowed(object)),
            "wall_reply_delete" | "wall_post_delete" if object.is_object() => {
                let mut deleted = object.clone();
                deleted["deleted"] = Value::Bool(true);
                items.push(Cow::Owned(deleted));
            }
            _ => {}
        }
    }
}

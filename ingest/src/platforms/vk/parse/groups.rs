//! Answers of `groups.getById` (<https://dev.vk.com/ru/method/groups.getById>): what a community is called and whether it can be read.

use serde_json::Value;

use super::answer::parse_response;
use super::item;
use crate::parsing::PageError;

/// A community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its number, without a minus.
    pub id: i64,
    /// The name people see.
    pub name: String,
    /// Whether strangers read it.
    pub state: GroupState,
}

/// Whether strangers read a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// They do.
    Open,
    /// Only who was let in.
    Closed,
    /// Only who was invited.
    Private,
    /// VK has blocked it.
    Banned,
    /// It was deleted.
    Deleted,
}

impl GroupState {
    /// Words for people, in Russian.
    pub fn words(self) -> &'static str {
        match self {
            GroupState::Open => "сообщество открыто",
            GroupState::Closed => "сообщество закрыто: его читают только участники",
            GroupState::Private => "сообщество частное: его читают только приглашённые",
            GroupState::Banned => "сообщество заблокировано ВКонтакте",
            GroupState::Deleted => "сообщество удалено",
        }
    }
}

/// Reads the communities of an answer, of whichever version.
///
/// # Errors
/// As [`super::parse_wall`].
pub fn parse_groups(json: &[u8]) -> Result<Vec<Group>, PageError> {
    let response = parse_response(json)?;
    let list = response.as_array().or_else(|| response["groups"].as_array());
    let list = list.ok_or_else(|| PageError::Format("an answer of VK without a list of communities".into()))?;
    Ok(list.iter().filter_map(group).collect())
}

fn group(group: &Value) -> Option<Group> {
    let id = item::number(&group["id"]).or_else(|| item::number(&group["gid"])).filter(|id| *id > 0)?;
    let state = match (group["deactivated"].as_str(), item::number(&group["is_closed"])) {
        (Some("banned"), _) => GroupState::Banned,
        (Some(_), _) => GroupState::Deleted,
        (None, Some(1)) => GroupState::Closed,
        (None, Some(2)) => GroupState::Private,
        (None, _) => GroupState::Open,
    };
    Some(Group { id, name: group["name"].as_str().unwrap_or_default().trim().to_owned(), state })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(group: &str, state: GroupState) {
        for answer in [format!("{{\"response\":[{group}]}}"), format!("{{\"response\":{{\"groups\":[{group}]}}}}")] {
            let groups = parse_groups(answer.as_bytes()).unwrap();
            assert_eq!(groups, [Group { id: 5, name: "Город".into(), state }], "{answer}");
        }
    }

    #[test]
    fn a_community_is_named_with_what_keeps_strangers_out() {
        check(r#"{"id":5,"name":" Город ","is_closed":0}"#, GroupState::Open);
        check(r#"{"id":"5","name":"Город"}"#, GroupState::Open);
        check(r#"{"gid":5,"name":"Город","is_closed":1}"#, GroupState::Closed);
        check(r#"{"id":5,"name":"Город","is_closed":2}"#, GroupState::Private);
        check(r#"{"id":5,"name":"Город","is_closed":1,"deactivated":"banned"}"#, GroupState::Banned);
        check(r#"{"id":5,"name":"Город","deactivated":"deleted"}"#, GroupState::Deleted);
    }

    #[test]
    fn what_lists_no_communities_is_refused() {
        for (answer, reason) in [
            (r#"{"response":7}"#, "not_this_format"),
            (r#"{"error":{"error_code":100,"error_msg":"no"}}"#, "vk_error_100"),
            ("", "not_this_format"),
        ] {
            assert!(parse_groups(answer.as_bytes()).unwrap_err().to_string().starts_with(reason), "{answer}");
        }
        assert_eq!(parse_groups(br#"{"response":[{"name":"a"},7]}"#).unwrap(), []);
    }
}

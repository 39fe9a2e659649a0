//! Mentions of persons, links to their pages, and links that begin a conversation with them.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, expression, names};
use crate::privacy::table::What;

/// Finds them.
pub(super) fn find(text: &str, found: &mut Found) {
    for link in BRACKETS.captures_iter(text) {
        let (Some(whole), Some(target), Some(label)) = (link.get(0), link.get(1), link.get(2)) else { continue };
        let target = target.as_str();
        let is_page = target.contains("vk.") || target.contains("vkontakte") || target.contains("ok.ru");
        if OF_A_PERSON.is_match(target) || (is_page && names::is_of_a_person(label.as_str())) {
            found.push(whole.start(), whole.end(), What::Person);
        }
    }
    for link in PERSON.captures_iter(text) {
        let Some(whole) = link.get(0) else { continue };
        if OF_A_COMMUNITY.is_match(whole.as_str()) {
            continue;
        }
        let before = link.get(1).or(link.get(2)).map_or(0, |before| before.len());
        found.push(whole.start() + before, whole.end(), What::Person);
    }
    for link in CHAT.find_iter(text) {
        found.push(link.start(), link.end(), What::Chat);
    }
}

/// Whether a text is a link to a person, or to what stands on a person's wall.
pub(in crate::privacy) fn is_of_a_person(text: &str) -> bool {
    PERSON.is_match(text) || CHAT.is_match(text) || OF_A_PERSON.is_match(text)
}

/// VK's links with a label: `[id12|Имя]`, in an answer `[id12:bp-1_2|Имя]`, `[https://vk.com/id12|Имя]`.
static BRACKETS: LazyLock<Regex> = LazyLock::new(|| expression(r"\[([^\]|\[\n]{1,200})\|([^\]\n]{0,200})\]"));

/// What such a link leads to, where that is a person.
static OF_A_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) ^\s* [@*]? id[0-9]+ (?-u:\b) | (?-u:\b) (?: id | write | im\?sel= | gim[0-9]*\?sel= ) [0-9]+ (?-u:\b)
        | (?-u:\b) (?: wall | photo | video | album | albums | doc | audios? | videos | friends\?id= | gifts | topic | story | clip ) [0-9]+ (?: _ [0-9]+ )? (?-u:\b) | /profile/?[0-9]+ | friendid=",
    )
});

/// The same where it stands by itself.
static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) (^|[^\w/]) [@*]id[0-9]+(?-u:\b) (?: \s? \( [^)\n]* \) )?   # as people type it: @id12 (Name)
        | (?: https?:// )? (?: (?: www | m | new | vk ) \. )? (?: vk \. (?: com | ru | me | cc ) | vkontakte \. (?: ru | com ) ) / \s? (?:
            (?: id | write | im\?sel= | gim[0-9]*\?sel= | audios | videos | albums | gifts | friends\?id= | profile/ ) [0-9]+ (?-u:\b) [^\s,;)\]]*
          | (?: [a-z0-9_.?=&%-]* [?&=/] )? (?: wall | photo | video | album | doc | story | clip ) [0-9]+ _ [0-9]+ [^\s,;)\]]* )
        | (?: https?:// )? (?: (?: www | m ) \. )? vk\.me / (?: @ )? [a-z0-9_.]+
        | (?-u:\b) vk:// (?: profile | id | write ) /? [0-9]+
        | (^|[\s(,«]) (?: wall | photo | video | doc ) [0-9]+ _ [0-9]+ (?-u:\b)
        | (?: https?:// )? (?: (?: www | m ) \. )? (?: ok | odnoklassniki ) \.ru/ (?: profile/? [0-9]+ | dk\?\S* friendid= ) [^\s,;)\]]*
        | (?: https?:// )? (?: (?: www | m ) \. )? facebook\.com/ profile\.php\?id=[0-9]+
        | (?: https?:// )? (?: web\. )? max\.ru/ u/ [a-z0-9_-]+
        | tg:// (?: user\?id=[0-9]+ | openmessage\?user_id=[0-9]+ | resolve\?phone=\+?[0-9]+ )
        | (?: https?:// )? (?: t | telegram ) \. (?: me | dog ) / \+ [0-9]{7,15}(?-u:\b)
        | (?-u:\b) skype [\s:]{1,4} [a-z][a-z0-9._-]{5,31} (?-u:\b)",
    )
});

/// A conversation with a community, which answers in public.
static OF_A_COMMUNITY: LazyLock<Regex> = LazyLock::new(|| expression(r"(?i)vk\.me/@?(?:club|public|event)[0-9]+$"));

/// Links that begin a conversation, and invitations to closed chats.
static CHAT: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?ix) (?: https?:// )? (?: www\. )? wa\.me/ \+? [a-z0-9_/]+ (?: \? [^\s,;)\]]* )?
        | (?: https?:// )? (?: api | web ) \.whatsapp\.com/send/? \? [^\s,;)\]]*
        | (?: https?:// )? chat\.whatsapp\.com/ [a-z0-9_/-]+
        | whatsapp://send [^\s,;)\]]*
        | viber:// (?: chat | add | contact | call ) [^\s,;)\]]*
        | (?: https?:// )? viber\.click/ \+? [0-9]+
        | (?: https?:// )? (?: t | telegram ) \. (?: me | dog ) / (?: \+ | joinchat/ ) [a-z0-9_-]+
        | tg:// (?: join\?invite= | joinchat\?invite= ) [a-z0-9_-]+
        | (?: https?:// )? (?: web\. )? max\.ru/ join/ [a-z0-9_-]+",
    )
});

//! How a person who asks to be forgotten is named.

use model::Platform;

/// A person as a platform knows them, in every spelling that collectors may have met as an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonOnPlatform {
    pub(super) platform: Platform,
    pub(super) spellings: Vec<String>,
}

impl PersonOnPlatform {
    /// Reads `vk:123`, `vk.com/id123`, `max:123`, `tg:name`, `@name`, `t.me/name`, or `tg:` and the name that a profile without a link shows.
    /// The error says in Russian what to write.
    pub fn parse(said: &str) -> Result<PersonOnPlatform, String> {
        let bare = said.trim();
        let bare = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")).unwrap_or(bare);
        let bare = bare.strip_prefix("www.").or_else(|| bare.strip_prefix("m.")).unwrap_or(bare);
        let after = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| bare.strip_prefix(prefix));
        if let Some(name) = after(&["tg:@", "tg:", "t.me/", "telegram.me/", "@"]).filter(|name| !name.is_empty()) {
            return Ok(PersonOnPlatform::telegram(name));
        }
        let (platform, bare) = match bare.strip_prefix("max:") {
            Some(number) => (Platform::Max, number),
            None => (Platform::Vk, bare),
        };
        let after = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| bare.strip_prefix(prefix));
        let number = after(&["vk:id", "vk:", "vk.com/id", "vk.ru/id", "id"]).unwrap_or(bare).trim_start_matches('0');
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!(
                "{said:?} — не человек на площадке; пишите vk:НОМЕР (номер страницы, не короткое имя), max:НОМЕР (user_id) или tg:ИМЯ, как в адресе t.me/ИМЯ"
            ));
        }
        Ok(PersonOnPlatform { platform, spellings: vec![number.to_owned()] })
    }

    /// Telegram shows the link of the profile, in the letters that its owner chose, or the name alone where there is no link.
    fn telegram(name: &str) -> PersonOnPlatform {
        let lower = name.to_lowercase();
        let links = [name, &lower].map(|name| format!("https://t.me/{name}"));
        let mut spellings = vec![name.to_owned()];
        spellings.extend(links);
        spellings.dedup();
        PersonOnPlatform { platform: Platform::Telegram, spellings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, expect: Option<(Platform, &[&str])>) {
        let person = PersonOnPlatform::parse(said).ok();
        let read =
            person.as_ref().map(|person| (person.platform, person.spellings.iter().map(String::as_str).collect()));
        assert_eq!(read, expect.map(|(platform, spellings)| (platform, spellings.to_vec())), "{said}");
    }

    #[test]
    fn a_person_is_named_as_people_name_them() {
        for said in
            ["vk:100", "100", "id100", "vk:id100", "vk.com/id100", " https://vk.com/id100", "https://m.vk.com/id100"]
        {
            check(said, Some((Platform::Vk, &["100"])));
        }
        for said in ["tg:Zhitel", "@Zhitel", "t.me/Zhitel", "https://t.me/Zhitel", "tg:@Zhitel"] {
            check(said, Some((Platform::Telegram, &["Zhitel", "https://t.me/Zhitel", "https://t.me/zhitel"])));
        }
        check(
            "tg:житель без ссылки",
            Some((Platform::Telegram, &["житель без ссылки", "https://t.me/житель без ссылки"])),
        );
        check("max:100", Some((Platform::Max, &["100"])));
        for said in ["", "max:", "max:-100", "vk:", "vk:0", "tg:", "vk.com/ivan_petrov", "vk:-100", "Иван Петров"]
        {
            check(said, None);
        }
    }
}

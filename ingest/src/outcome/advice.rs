//! What people are told of an outcome, in Russian.

use super::poll_outcome::PollOutcome;

impl PollOutcome {
    /// Russian words for people.
    pub fn words(&self) -> &'static str {
        model::outcome_ru(self.name())
    }

    /// What the operator can do about it, in Russian; none where there is nothing to do or only time helps.
    pub fn advice(&self) -> Option<&'static str> {
        use PollOutcome::*;
        Some(match self {
            PrivateAddress => "если так и задумано, внесите узел в allow_private раздела [fetch] файла otklik.toml",
            DnsFailed => "проверьте, нет ли опечатки в адресе и открывается ли он в браузере на этой же машине",
            ConnectFailed | Timeout => {
                "откройте адрес в браузере на этой же машине; если сеть выходит наружу через прокси, укажите proxy в разделе [fetch]"
            }
            NetworkDown { .. } => {
                "узнайте командой otklik check --network, какие узлы и порты не открываются, и попросите их открыть или укажите другой proxy"
            }
            Certificate => {
                "откройте адрес в браузере на этой же машине: если сертификат там на чужое имя, соединение подменяют, выйдите в сеть через другой proxy; если он от неизвестного центра, поставьте сертификат этого центра в систему"
            }
            ForeignPage => {
                "откройте адрес в браузере на этой же машине; если там страница провайдера, попросите открыть доступ или укажите proxy в разделе [fetch]"
            }
            NotFound | Gone | BadUrl | Redirects => "проверьте адрес: откройте его в браузере и скопируйте заново",
            Forbidden => {
                "откройте адрес в браузере на этой же машине; если он открывается, попросите владельца сайта пускать Отклик"
            }
            Robots => {
                "попросите владельца сайта разрешить чтение; если он согласен, внесите узел в ignore_robots раздела [fetch]"
            }
            RateLimited { .. } | ServerError { .. } | VkTooFast | VkFlood { .. } | VkQuota { .. } | VkRetry => {
                "повторите позже"
            }
            NotThisFormat | Broken | NothingParsed => {
                "найдите на сайте ссылку на ленту (RSS, Atom) или опишите страницу новостей ключом list в sources.toml"
            }
            ParseOverrun => {
                "откройте адрес в браузере: если страница обычная, найдите на сайте ленту покороче; если нет, сайт мог быть взломан"
            }
            ItemsLeft => {
                "найдите на сайте ленту покороче: длинная читается по частям, и о пропусках в ней узнать труднее"
            }
            NoPreview | Group | Bot | JoinWall => {
                "читаются только открытые каналы: найдите канал, который виден по адресу t.me/s/имя"
            }
            VkNoToken | VkToken => "проверьте ключ доступа: token_file или token_env в разделе [vk] файла otklik.toml",
            VkIdToken => {
                "ключ, выданный через VK ID, этого не читает: выпустите сервисный ключ приложения или ключ сообщества и укажите его в разделе [vk]"
            }
            VkHuman => {
                "войдите во ВКонтакте в браузере под владельцем ключа, пройдите проверку и выпустите ключ заново"
            }
            MaxNoToken | MaxToken => {
                "проверьте токен читающего бота MAX: token_file или token_env в разделе [max] файла otklik.toml"
            }
            MaxDenied => {
                "попросите владельца чата или канала MAX добавить бота и сделать его администратором с правом читать все сообщения: без этого история боту не видна"
            }
            MaxDialogue => "читаются только каналы и группы; личные разговоры с ботом не берутся",
            TooLarge => "если так и должно быть, увеличьте max_mb в разделе [fetch]",
            _ => return None,
        })
    }

    /// Whether its words say all that its details, which are English, would.
    pub fn says_all(&self) -> bool {
        use PollOutcome::{BadUrl, DnsFailed, NotModified, Ok, PrivateAddress, Redirects, Robots};
        matches!(self, Ok | NotModified | BadUrl | DnsFailed | PrivateAddress | Redirects | Robots)
    }
}

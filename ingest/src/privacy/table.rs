//! What is masked where: one table, from which the masks are made. `docs/privacy.ru.md` shows it to operators.

/// Who speaks in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// A private person, in a post.
    Person,
    /// Whoever writes a comment, unless it is known to be a community.
    Comment,
    /// A resident whose words a community passes on.
    PassedOn,
    /// A community, a channel, a portal or an authority, in its own name.
    Official,
}

/// What a mask stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// A mention of a person's page, or a link to it.
    Person,
    /// An invitation to a closed chat, or a link that begins a conversation with whoever has a number.
    Chat,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Mail,
    /// A bank card.
    Card,
    /// A bank account of a person.
    Account,
    /// СНИЛС.
    Snils,
    /// A passport, or a driving licence.
    Passport,
    /// A person's ИНН.
    Inn,
    /// A policy of medical insurance.
    Oms,
    /// A number plate.
    Plate,
    /// A name with a patronymic beside the address of a flat.
    Name,
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// What is masked.
    pub what: What,
    /// What it is called in the documents.
    pub name: &'static str,
    /// What stands in its place: no letters, so that no search and no rule finds it.
    pub mask: &'static str,
    /// Whether it is masked in what a person, a comment, a resident passed on, and an authority or community says.
    pub masked_for: [bool; 4],
    /// An invented example.
    pub example: &'static str,
    /// The example, masked.
    pub masked: &'static str,
}

/// Stands for a mention of a private user, or a link to one.
pub const USER: &str = "@…";
/// Stands for a telephone number, or a link that calls one.
pub const PHONE: &str = "☎…";
/// Stands for an e-mail address.
pub const EMAIL: &str = "✉…";
/// Stands for the number of a document, a card or an account.
pub const NUMBER: &str = "#…";
/// Stands for a number plate.
pub const PLATE: &str = "🚗…";
/// Stands for a name.
pub const NAME: &str = "👤…";

/// In each text, and in those of private persons only.
const ALL: [bool; 4] = [true; 4];
const PRIVATE: [bool; 4] = [true, true, true, false];

/// The table, in the order of [`What`].
pub const TABLE: [Row; 12] = [
    row(What::Person, "упоминание человека или ссылка на него", USER, ALL, "[id1|Имя], vk.com/id2", "@…, @…"),
    row(What::Chat, "ссылка на разговор или закрытый чат", PHONE, PRIVATE, "wa.me/79001234567", "☎…"),
    row(What::Phone, "телефон", PHONE, PRIVATE, "8_900_123_45_67, Мария", "☎…, Мария"),
    row(What::Mail, "электронная почта", EMAIL, PRIVATE, "name [at] mail.ru", "✉…"),
    row(What::Card, "банковская карта", NUMBER, ALL, "на карту 2200 1234 5678 9019", "на карту #…"),
    row(What::Account, "банковский счёт человека", NUMBER, ALL, "счёт 40817810000000000001", "счёт #…"),
    row(What::Snils, "СНИЛС", NUMBER, ALL, "СНИЛС 112-233-445 95", "СНИЛС #…"),
    row(What::Passport, "паспорт, водительское удостоверение", NUMBER, ALL, "паспорт 14 05 123456", "паспорт #…"),
    row(What::Inn, "ИНН человека", NUMBER, PRIVATE, "ИНН 500100732259", "ИНН #…"),
    row(What::Oms, "полис ОМС", NUMBER, ALL, "полис ОМС 3155 0808 4200 0123", "полис ОМС #…"),
    row(What::Plate, "номер автомобиля", PLATE, PRIVATE, "стоит А123ВС31 на газоне", "стоит 🚗… на газоне"),
    row(
        What::Name,
        "имя с отчеством рядом с адресом квартиры",
        NAME,
        ALL,
        "Петрова Анна Ивановна, Мира 5, кв. 12",
        "👤…, Мира 5, кв. 12",
    ),
];

impl What {
    /// Its row of the table.
    pub(super) fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Whether it is masked in what a voice says.
    pub(super) fn is_masked_for(self, voice: Voice) -> bool {
        self.row().masked_for[voice as usize]
    }
}

const fn row(
    what: What,
    name: &'static str,
    mask: &'static str,
    masked_for: [bool; 4],
    example: &'static str,
    masked: &'static str,
) -> Row {
    Row { what, name, mask, masked_for, example, masked }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::Masks;

    const VOICES: [Voice; 4] = [Voice::Person, Voice::Comment, Voice::PassedOn, Voice::Official];

    #[test]
    fn each_row_is_what_the_masks_do() {
        for (number, row) in TABLE.iter().enumerate() {
            assert_eq!(row.what as usize, number);
            for voice in VOICES {
                let expect = if row.what.is_masked_for(voice) { row.masked } else { row.example };
                assert_eq!(Masks::default().text(row.example, voice), expect, "{voice:?}");
            }
        }
    }

    #[test]
    fn the_table_of_the_document_is_this_one() {
        let document = include_str!("../../../docs/privacy.ru.md");
        for row in &TABLE {
            let [person, comment, passed_on, official] = row.masked_for.map(|is| if is { "да" } else { "нет" });
            let line = format!(
                "| {} | `{}` | `{}` | {person} | {comment} | {passed_on} | {official} |",
                row.name, row.example, row.masked
            );
            assert!(document.lines().any(|l| l == line.replace("id1|", "id1\\|")), "docs/privacy.ru.md lacks: {line}");
        }
    }
}

//! `otklik --help` in Russian: what each command is for. The keys of a command are told in English by its own `--help`.

use clap::Command;

const ABOUT: &str =
    "Отклик: что жители сообщают открыто, распознано, находится, посчитано и сказано тем, кто должен действовать.";

const TEMPLATE: &str = "\
{about}

Вызов: otklik [КЛЮЧИ] КОМАНДА

Команды:
{subcommands}

Ключи:
{options}{after-help}";

const AFTER_HELP: &str = "\
Подробно о команде: otklik КОМАНДА --help.
Коды завершения: 0 — сделано; 1 — не вышло; 2 — неверный вызов или настройки; 3 — сделано, но что-то пропущено.
Язык сообщений — по LC_ALL, LC_MESSAGES или LANG. OTKLIK_LOG=info показывает, что происходит.
Первые шаги: `otklik run --sample` проигрывает пятнадцать дней выдуманного района; рядом с ним — `otklik search 'нет воды'`.";

/// What each command is for.
const COMMANDS: [(&str, &str); 25] = [
    ("run", "Запустить всё: сбор, распознавание, поиск, подсчёт, тревоги и страницу"),
    ("check", "Проверить настройки целиком: каждая ошибка с файлом и строкой, каждое правило на его примерах"),
    ("sources", "Что за день видно в каждом источнике и что нет; try — проверить источник; suggest — найти незнакомые"),
    ("parse", "Разобрать сохранённую страницу, ответ или ленту"),
    ("classify", "Распознать публикации со стандартного ввода"),
    ("train", "Обучить модель секторов на таблице размеченных текстов"),
    ("evaluate", "Сравнить распознанные секторы с теми, что поставили люди"),
    ("match", "Сопоставить публикации со множеством запросов"),
    ("tokens", "Разбить строки на слова с их начальными формами"),
    ("import", "Загрузить прежние публикации из файлов; никого не оповещает"),
    ("search", "Искать публикации"),
    ("alerts", "Тревоги: показать, принять, передать, закрыть, заглушить, объяснить"),
    ("audit", "Кто что делал с тревогами; проверить, что запись не изменена"),
    ("digest", "Показать или записать сводку за день"),
    ("rehearse", "Примерить правило на архиве, прежде чем включить"),
    ("replay", "Распознать заново то, что лежит в журнале, после правки правил"),
    ("dead-letters", "Что не удалось понять и почему"),
    ("deletions", "Удалённое у источника: что, когда и откуда убран текст"),
    ("status", "Каждая роль и каждый источник: место, отставание, размер, за сколько будет увидена публикация"),
    ("topics", "Создать и проверить темы Kafka"),
    ("backup", "Скопировать папку данных, на ходу или нет"),
    ("restore", "Восстановить папку данных из копии"),
    ("rebuild", "Построить поиск или цифры заново"),
    ("bench", "Измерить эту машину"),
    ("help", "Показать это или справку о команде"),
];

/// The command line with its first page in Russian.
pub fn first_page(command: Command) -> Command {
    let mut command = command.about(ABOUT).after_help(AFTER_HELP).help_template(TEMPLATE);
    // What clap adds by itself is there only then.
    command.build();
    let command = command.mut_args(|arg| match arg.get_id().as_str() {
        "config" => arg.help(
            "Папка настроек [если не указана: ./config, где есть otklik.toml, затем /etc/otklik, затем встроенные]",
        ),
        "data" => arg.help("Папка данных, своя или работающего экземпляра [если не указана: ~/.local/share/otklik]"),
        "help" => arg.help("Показать справку"),
        "version" => arg.help("Показать версию"),
        _ => arg,
    });
    command.mut_subcommands(|sub| match COMMANDS.iter().find(|(name, _)| *name == sub.get_name()) {
        Some((_, about)) => sub.about(*about),
        None => sub,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_has_its_line() {
        let mut command = first_page(Cli::command());
        let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let help = command.render_help().to_string();
        for name in names {
            assert!(COMMANDS.iter().any(|(known, _)| *known == name), "{name}");
        }
        assert!(help.contains("Команды:\n  run") && help.contains("Папка данных"), "{help}");
        assert!(!help.contains("Print") && !help.contains("Validate"), "{help}");
    }
}

//! The help in Russian, on the first page and for each command. What clap itself says of a mistake in the command line stays
//! English.

mod words;

use clap::builder::{PossibleValue, Resettable};
use clap::{Arg, ArgAction, Command};

use words::{COMMANDS, KEYS, VALUES};

const ABOUT: &str =
    "Отклик: что жители сообщают открыто, распознано, находится, посчитано и сказано тем, кто должен действовать.";

const AFTER_HELP: &str = "\
Подробно о команде: otklik КОМАНДА --help.
Коды завершения: 0 — сделано; 1 — не вышло; 2 — неверный вызов или настройки; 3 — сделано, но что-то пропущено.
Язык сообщений — по LC_ALL, LC_MESSAGES или LANG. OTKLIK_LOG=info показывает, что происходит.
Первые шаги: `otklik run --sample` проигрывает пятнадцать дней выдуманного района; рядом с ним — `otklik search 'нет воды'`.";

/// The command line with its help in Russian.
pub fn help(command: Command) -> Command {
    let mut command = command.about(ABOUT).after_help(AFTER_HELP);
    // What clap adds by itself is there only then.
    command.build();
    translated(command, "")
}

fn translated(mut command: Command, path: &str) -> Command {
    // clap adds this one wherever there are others.
    let of = if path.ends_with(" help") { "help" } else { path };
    if let Some((_, about)) = COMMANDS.iter().find(|(known, _)| *known == of) {
        command = command.about(*about);
    }
    let usage = usage(&mut command);
    let command = command.override_usage(usage).mut_args(|arg| key(arg, path));
    let template = template(&command);
    command.help_template(template).mut_subcommands(|sub| {
        let name = sub.get_name();
        let path = if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
        translated(sub, &path)
    })
}

/// The order of the page, without parts that would be empty.
fn template(command: &Command) -> String {
    let mut template = "{about}\n\nВызов: {usage}".to_owned();
    if command.has_subcommands() {
        template += "\n\nКоманды:\n{subcommands}";
    }
    if command.get_positionals().next().is_some() {
        template += "\n\nЧто указать:\n{positionals}";
    }
    template + "\n\nКлючи:\n{options}{after-help}"
}

/// The line that clap makes, with Russian names in it.
fn usage(command: &mut Command) -> String {
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage:").unwrap_or(&usage).trim().to_owned();
    let mut usage =
        usage.replace("[OPTIONS]", "[КЛЮЧИ]").replace("COMMAND]", "КОМАНДА]").replace("<COMMAND>", "<КОМАНДА>");
    for (english, russian) in VALUES {
        for (open, close) in [("<", ">"), ("[", "]")] {
            usage = usage.replace(&format!("{open}{english}{close}"), &format!("{open}{russian}{close}"));
        }
    }
    usage
}

/// A key with its words. What clap would add in English is said in them.
fn key(arg: Arg, path: &str) -> Arg {
    let id = arg.get_id().as_str();
    let find = |path: &str| KEYS.iter().find(|(of, known, _)| *of == path && *known == id).map(|(_, _, words)| *words);
    let Some(words) = find(path).or_else(|| find("")) else { return arg };
    let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let shown = !arg.is_hide_default_value_set() && !default.iter().all(String::is_empty) && takes_value(&arg);
    // Values are named in the words, unless those speak of something else.
    let values: Vec<_> = arg.get_possible_values().iter().map(PossibleValue::get_name).map(str::to_owned).collect();
    let unnamed = takes_value(&arg) && values.iter().any(|value| !words.contains(value.as_str()));
    let mut words = words.to_owned();
    if unnamed {
        words += &format!(" [возможно: {}]", values.join(", "));
    }
    if shown {
        words += &format!(" [если не указано: {}]", default.join(" "));
    }
    let russian = |name: &str| VALUES.iter().find(|(english, _)| *english == name).map(|(_, russian)| *russian);
    let name = arg.get_value_names().and_then(|names| names.first()).and_then(|name| russian(name));
    let arg = arg.help(words).long_help(Resettable::Reset);
    let arg = arg.hide_default_value(true).hide_possible_values(true).hide_env(true);
    match name {
        Some(name) => arg.value_name(name),
        None => arg,
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    /// Every page, by the path of its command.
    fn pages(command: &mut Command, path: &str, pages: &mut Vec<(String, String)>) {
        pages.push((path.to_owned(), command.render_help().to_string()));
        pages.push((path.to_owned(), command.render_long_help().to_string()));
        for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
            let path = format!("{path} {}", sub.get_name()).trim().to_owned();
            self::pages(sub, &path, pages);
        }
    }

    #[test]
    fn every_command_and_every_key_has_russian_words() {
        let mut all = Vec::new();
        pages(&mut help(Cli::command()), "", &mut all);
        assert!(all.len() > 80, "{}", all.len());
        let is_russian = |line: &str| line.chars().any(|c| ('а'..='я').contains(&c));
        for (path, page) in &all {
            // A key's line may be only its form, when its words follow on the next; and the shape of JSON is no language.
            for line in page.lines().filter(|line| line.contains("  ") && !line.contains("{\"")) {
                let words = line.trim().split_once("  ").map(|(_, words)| words);
                assert!(words.is_none_or(is_russian), "{path}: {line}");
            }
            let mut values = page.split('<').skip(1).filter_map(|rest| rest.split('>').next());
            assert!(
                values.all(|value| !value.contains(|c: char| c.is_ascii_uppercase())),
                "{path} has English values:\n{page}"
            );
            for english in ["Usage", "Options", "[default", "[possible", "[env", "Print", "[OPTIONS]", "COMMAND"] {
                assert!(!page.contains(english), "{path} has {english}:\n{page}");
            }
        }
    }

    #[test]
    fn no_words_are_left_over() {
        let mut used = std::collections::BTreeSet::new();
        let mut commands = std::collections::BTreeSet::new();
        fn walk(
            command: &Command,
            path: &str,
            used: &mut std::collections::BTreeSet<(String, String)>,
            commands: &mut std::collections::BTreeSet<String>,
        ) {
            commands.insert(path.to_owned());
            for arg in command.get_arguments() {
                let id = arg.get_id().to_string();
                let own = KEYS.iter().any(|(of, known, _)| *of == path && *known == id);
                used.insert((if own { path } else { "" }.to_owned(), id));
            }
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name()).trim().to_owned();
                walk(sub, &path, used, commands);
            }
        }
        let mut command = Cli::command();
        command.build();
        walk(&command, "", &mut used, &mut commands);
        for (path, key, _) in KEYS {
            assert!(used.contains(&(path.to_owned(), key.to_owned())), "{path}: {key}");
        }
        for (path, _) in COMMANDS {
            assert!(commands.contains(path), "{path}");
        }
    }

    #[test]
    fn a_page_says_what_happens_without_a_key_and_what_may_be_given() {
        let mut all = Vec::new();
        pages(&mut help(Cli::command()), "", &mut all);
        let page = |path: &str| &all.iter().find(|(known, _)| known == path).unwrap().1;
        let search = page("search");
        assert!(search.contains("Вызов: otklik search [КЛЮЧИ] [ЗАПРОС]"), "{search}");
        assert!(search.contains("[если не указано: 20]") && search.contains("--csv <ФАЙЛ>"), "{search}");
        assert!(page("run").contains("[возможно: ingest, classify,"), "{}", page("run"));
        assert!(page("").contains("Команды:\n  run") && page("").contains("Папка данных"), "{}", page(""));
    }
}

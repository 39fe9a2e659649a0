//! A query that begins with a minus and so looks like an option.

use clap::Command;

use crate::language::say;

/// Commands whose argument is a query.
const QUERIES: [&str; 2] = ["search", "rehearse"];

/// What to write instead, where an argument of the command line looks like an option and is a query or a word.
pub(super) fn advice(command: &Command, arguments: &[String]) -> Option<String> {
    let at = arguments.iter().position(|argument| command.find_subcommand(argument).is_some())?;
    let (name, rest) = (&arguments[at], &arguments[at + 1..]);
    let is_query = QUERIES.contains(&name.as_str());
    let looks_like = |argument: &&String| {
        let body = argument.strip_prefix('-').filter(|body| !body.starts_with('-'));
        // There are options of one letter only.
        body.is_some_and(|body| {
            body.chars().nth(1).is_some() && (is_query || !body.starts_with(|c: char| c.is_ascii_alphanumeric()))
        })
    };
    let argument = rest.iter().take_while(|argument| *argument != "--").find(looks_like)?;
    let more = if argument.contains(' ') { "" } else { " …" };
    let words = if is_query {
        say(
            "выглядит как ключ. Запрос с минусом впереди пишется после «--», весь в одних кавычках",
            "looks like an option. A query that begins with a minus goes after `--`, in one pair of quotes",
        )
    } else {
        say(
            "выглядит как ключ. То, что начинается с минуса и ключом не является, пишется после «--»",
            "looks like an option. What begins with a minus and is none goes after `--`",
        )
    };
    Some(format!("«{argument}» {words}: otklik {name} -- '{argument}{}'", if is_query { more } else { "" }))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn check(line: &[&str], expect: Option<&str>) {
        let line: Vec<String> = line.iter().map(|argument| (*argument).to_owned()).collect();
        let said = advice(&Cli::command(), &line);
        assert_eq!(said.as_deref().map(|said| said.rsplit_once(": ").unwrap().1), expect, "{line:?}");
    }

    #[test]
    fn a_query_with_a_minus_is_told_how_to_be_written() {
        check(&["search", "-вода"], Some("otklik search -- '-вода …'"));
        check(&["search", "-wifi"], Some("otklik search -- '-wifi …'"));
        check(&["--data", "x", "search", "-вода свет"], Some("otklik search -- '-вода свет'"));
        check(&["search", "-(вода | свет) газ", "--json"], Some("otklik search -- '-(вода | свет) газ'"));
        check(&["match", "-запросы.tsv"], Some("otklik match -- '-запросы.tsv'"));
        check(&["search", "вода", "--nonsense"], None);
        check(&["search", "--", "-вода"], None);
        check(&["status", "-x"], None);
    }
}

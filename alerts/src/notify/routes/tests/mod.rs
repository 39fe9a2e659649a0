mod addressees;
mod escalation;

use config::{Config, Files};

fn config(people: &str) -> Config {
    let files = Files::from_iter([("people.toml".to_owned(), people.to_owned())]);
    Config::parse(&files).unwrap_or_else(|problems| panic!("{problems}"))
}

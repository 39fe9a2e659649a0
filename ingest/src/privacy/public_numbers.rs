//! Numbers that everybody may read: those of the recipients in the configuration.

use std::collections::HashSet;

use config::Config;

/// Digits of a number without the country's 7 or the trunk's 8.
const WITHOUT_TRUNK: usize = 10;

/// Numbers that are never masked.
#[derive(Debug, Default)]
pub(super) struct PublicNumbers(HashSet<String>);

impl PublicNumbers {
    pub(super) fn of(config: &Config) -> PublicNumbers {
        let phones = config.recipients.iter().filter_map(|recipient| recipient.phone.as_deref());
        PublicNumbers(phones.map(number).filter(|digits| !digits.is_empty()).collect())
    }

    /// Whether digits are one of them, with or without its area code.
    pub(super) fn contains(&self, digits: &str) -> bool {
        let digits = without_trunk(digits);
        self.0.contains(digits) || (digits.len() >= 5 && self.0.iter().any(|known| known.ends_with(digits)))
    }
}

/// The digits of a number, its extension aside.
fn number(phone: &str) -> String {
    let main = phone.split("доб").next().unwrap_or(phone);
    let digits: String = main.chars().filter(char::is_ascii_digit).collect();
    without_trunk(&digits).to_owned()
}

fn without_trunk(digits: &str) -> &str {
    match digits.len() > WITHOUT_TRUNK && digits.starts_with(['7', '8']) {
        true => &digits[1..],
        false => digits,
    }
}

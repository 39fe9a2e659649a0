//! Telephone numbers as people write them.

/// Digits of a number: from «112» to the longest that E.164 allows.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=15;

/// «+7 (47241) 2-34-56», «112», «8 800 100-00-00 доб. 15»; or what is wrong with it.
pub fn phone(written: &str) -> Result<String, String> {
    let (number, extension) = match written.split_once("доб.") {
        Some((number, extension)) => (number.trim(), Some(extension.trim())),
        None => (written.trim(), None),
    };
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let rest = number.strip_prefix('+').unwrap_or(number);
    let is_number = DIGITS.contains(&digits) && rest.chars().all(|c| c.is_ascii_digit() || " -()".contains(c));
    let is_extension = extension.is_none_or(|extension| {
        (1..=6).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_number && is_extension {
        return Ok(written.trim().to_owned());
    }
    Err(format!(
        "{written:?} — не номер телефона; пишите как «+7 (47241) 2-34-56», «112» или «8 800 100-00-00 доб. 15»"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_they_are_written() {
        for good in ["112", "+7 (47241) 2-34-56", " 8 800 100-00-00 доб. 15 ", "84724123456"] {
            assert_eq!(phone(good).as_deref(), Ok(good.trim()), "{good}");
        }
        for bad in
            ["", "12", "телефон", "2-34-56, 2-34-57", "1234567890123456", "112 доб.", "112 доб. 1234567", "7+123"]
        {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }
}

//! Checks of single fields: each takes the typed text and returns the cleaned value.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use email_address::{EmailAddress, Options};

use super::{currencies, dates, error::Problem, lists::MAX_VIEW_NAME, money, text};

/// The most people at an event.
pub const MAX_ATTENDEES: i32 = 1_000_000;
/// The longest name or title, in characters as a person counts them.
pub const MAX_NAME: usize = 100;
/// The longest notes, in characters as a person counts them.
pub const MAX_NOTES: usize = 10_000;
/// The longest e-mail address, in bytes.
const MAX_EMAIL: usize = 254;

fn bounded(cleaned: String, max: usize) -> Result<String, Problem> {
    if text::length(&cleaned) > max || cleaned.chars().count() > max * text::CODE_POINTS_PER_CHARACTER {
        Err(Problem::TooLong(max))
    } else {
        Ok(cleaned)
    }
}

/// 3–30 of the letters `a`–`z` in either case, digits, `.`, `_`, `-`.
///
/// Errors: `Required`, `UsernameCharacters`, `TooShort`, `TooLong`.
pub fn username(typed: &str) -> Result<String, Problem> {
    let name = text::clean(typed);
    match name.chars().count() {
        0 => Err(Problem::Required),
        _ if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) => {
            Err(Problem::UsernameCharacters)
        }
        1..=2 => Err(Problem::TooShort(3)),
        3..=30 => Ok(name),
        _ => Err(Problem::TooLong(30)),
    }
}

/// The name of an account of a database server: at most 32 letters, digits, `.`, `_`, `-`.
///
/// Errors: `Required`, `UsernameCharacters`, `TooLong`.
pub fn account(typed: &str) -> Result<String, Problem> {
    let name = text::clean(typed);
    match name.chars().count() {
        0 => Err(Problem::Required),
        _ if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) => {
            Err(Problem::UsernameCharacters)
        }
        1..=32 => Ok(name),
        _ => Err(Problem::TooLong(32)),
    }
}

/// A name, company or title of 1–100 characters. Errors: `Required`, `TooLong`.
pub fn name(typed: &str) -> Result<String, Problem> {
    match bounded(text::clean(typed), MAX_NAME)? {
        empty if empty.is_empty() => Err(Problem::Required),
        name => Ok(name),
    }
}

/// The name of a view, of 1–60 characters. Errors: `Required`, `TooLong`.
pub fn view_name(typed: &str) -> Result<String, Problem> {
    match bounded(text::clean(typed), MAX_VIEW_NAME)? {
        empty if empty.is_empty() => Err(Problem::Required),
        name => Ok(name),
    }
}

/// One line of at most `max` characters, which may be empty. Error: `TooLong`.
pub fn optional_text(typed: &str, max: usize) -> Result<String, Problem> {
    bounded(text::clean(typed), max)
}

/// The day of something that has happened, such as a signature or a payment: not after today, and not so long
/// ago that it is a typing error. It may be older than its record.
///
/// Errors: `InTheFuture`, `YearOutOfRange`.
pub fn day_until(day: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    let (least, most) = (*dates::YEARS.start(), *dates::YEARS.end());
    match day {
        day if day > today => Err(Problem::InTheFuture),
        day if day.year() < least => Err(Problem::YearOutOfRange(least, most)),
        _ => Ok(()),
    }
}

/// Several lines of at most [`MAX_NOTES`] characters, which may be empty. Error: `TooLong`.
pub fn notes(typed: &str) -> Result<String, Problem> {
    bounded(text::clean_multiline(typed), MAX_NOTES)
}

/// An e-mail address as it was typed, or `None` when empty; never an invented one. At most 254
/// bytes; its domain has a dot, since `kevin@gmail` is a typing error far more often than a host.
///
/// Errors: `TooLong`, `NotAnEmail`.
pub fn optional_email(typed: &str) -> Result<Option<String>, Problem> {
    let email = text::clean(typed);
    if email.is_empty() {
        return Ok(None);
    }
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    if email.len() > MAX_EMAIL {
        return Err(Problem::TooLong(MAX_EMAIL));
    }
    EmailAddress::parse_with_options(&email, options).map_err(|_| Problem::NotAnEmail)?;
    Ok(Some(email))
}

/// A phone number as it was typed: 6–15 digits with `+ ( ) . - /` and spaces, 40
/// characters in all. Errors: `Required`, `NotAPhone`.
pub fn phone(typed: &str) -> Result<String, Problem> {
    optional_phone(typed)?.ok_or(Problem::Required)
}

/// A phone number as for [`phone`], or `None` when empty. Error: `NotAPhone`.
pub fn optional_phone(typed: &str) -> Result<Option<String>, Problem> {
    let phone = text::clean(typed);
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let plain = phone.chars().all(|c| c.is_ascii_digit() || "+().-/ ".contains(c));
    if phone.is_empty() {
        Ok(None)
    } else if plain && (6..=15).contains(&digits) && phone.len() <= 40 {
        Ok(Some(phone))
    } else {
        Err(Problem::NotAPhone)
    }
}

/// 1–6 digits, leading zeros kept, or `None` when empty. Error: `NotAnEmployeeNumber`.
pub fn optional_employee_number(typed: &str) -> Result<Option<String>, Problem> {
    let number = text::clean(typed);
    match number.len() {
        0 => Ok(None),
        1..=6 if number.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(number)),
        _ => Err(Problem::NotAnEmployeeNumber),
    }
}

/// How many people attend, 0–1,000,000; empty text means 0.
///
/// Errors: `NotANumber`, `OutOfRange`.
pub fn attendees(typed: &str) -> Result<i32, Problem> {
    if typed.trim().is_empty() {
        return Ok(0);
    }
    let out = Problem::OutOfRange(0, MAX_ATTENDEES.into());
    let number = money::parse_whole(typed).map_err(|problem| match problem {
        Problem::OutOfRange(..) => out,
        other => other,
    })?;
    i32::try_from(number).ok().filter(|number| (0..=MAX_ATTENDEES).contains(number)).ok_or(out)
}

/// The number of a port, or nothing for the usual one. Errors: `NotANumber`, `OutOfRange`.
pub fn optional_port(typed: &str) -> Result<Option<u16>, Problem> {
    let out = Problem::OutOfRange(1, u16::MAX.into());
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let number = money::parse_whole(typed).map_err(|problem| match problem {
        Problem::OutOfRange(..) => out,
        other => other,
    })?;
    u16::try_from(number).ok().filter(|port| *port > 0).map(Some).ok_or(out)
}

/// The code of a currency, typed as [`currencies::code`] reads it. Errors: `Required`, `NotACurrency`.
pub fn currency(typed: &str) -> Result<String, Problem> {
    if text::clean(typed).is_empty() {
        return Err(Problem::Required);
    }
    currencies::code(typed).map(str::to_owned).ok_or(Problem::NotACurrency)
}

/// A time zone of the IANA list, its name written in any case. Errors: `Required`, `NotATimeZone`.
pub fn time_zone(typed: &str) -> Result<Tz, Problem> {
    let name = text::clean(typed);
    if name.is_empty() {
        return Err(Problem::Required);
    }
    let known = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&name));
    known.copied().ok_or(Problem::NotATimeZone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_from_the_company_s_own_documents_are_accepted() {
        assert_eq!(optional_email("kevin@startup.io"), Ok(Some("kevin@startup.io".to_owned())));
        assert_eq!(optional_email("jacky@loubouzin.grd"), Ok(Some("jacky@loubouzin.grd".to_owned())));
        for number in ["+678 123 456 78", "+1 234 567 8901", "+666 12345"] {
            assert_eq!(phone(number), Ok(number.to_owned()));
        }
        assert_eq!(name("Aliénor Vichum"), Ok("Aliénor Vichum".to_owned()));
    }

    #[test]
    fn email_addresses_keep_their_signs_and_invalid_ones_are_refused() {
        assert_eq!(
            optional_email("  o'brien.x+y@mail.example.org "),
            Ok(Some("o'brien.x+y@mail.example.org".to_owned()))
        );
        assert_eq!(optional_email("   "), Ok(None));
        for wrong in ["kevin", "kevin@", "@startup.io", "a b@c.io", "Kevin <k@s.io>", "k@@s.io"] {
            assert_eq!(optional_email(wrong), Err(Problem::NotAnEmail), "{wrong}");
        }
    }

    #[test]
    fn limits_are_the_specified_ones() {
        assert_eq!(username("ab"), Err(Problem::TooShort(3)));
        assert_eq!(username("a b c"), Err(Problem::UsernameCharacters));
        assert_eq!(username(&"x".repeat(31)), Err(Problem::TooLong(30)));
        assert_eq!(name(""), Err(Problem::Required));
        assert!(name(&"é".repeat(100)).is_ok());
        assert_eq!(name(&"é".repeat(101)), Err(Problem::TooLong(100)));
        assert_eq!(phone("12345"), Err(Problem::NotAPhone));
        assert_eq!(phone("call me 123456"), Err(Problem::NotAPhone));
        assert_eq!(optional_employee_number("0042"), Ok(Some("0042".to_owned())));
        assert_eq!(optional_employee_number("1234567"), Err(Problem::NotAnEmployeeNumber));
        assert_eq!(attendees("1 000 000"), Ok(1_000_000));
        assert_eq!(attendees("1000001"), Err(Problem::OutOfRange(0, 1_000_000)));
        for typed in ["-1", "99999999999999", "99999999999999999999"] {
            assert_eq!(attendees(typed), Err(Problem::OutOfRange(0, 1_000_000)), "{typed}");
        }
        assert_eq!(attendees(" "), Ok(0));
        assert_eq!(attendees("50 EUR"), Err(Problem::NotANumber));
        assert_eq!(time_zone("europe/paris"), Ok(Tz::Europe__Paris));
        assert_eq!(currency("eur"), Ok("EUR".to_owned()));
        assert_eq!(currency("€"), Ok("EUR".to_owned()));
        assert_eq!(currency("ABC"), Err(Problem::NotACurrency));
        assert_eq!(time_zone("Paris"), Err(Problem::NotATimeZone));
        assert_eq!(optional_port(" 3306 "), Ok(Some(3306)));
        assert_eq!(optional_port(""), Ok(None));
        for wrong in ["0", "-1", "65536", "99999999999999999999"] {
            assert_eq!(optional_port(wrong), Err(Problem::OutOfRange(1, 65_535)), "{wrong}");
        }
        assert_eq!(optional_port("mysql"), Err(Problem::NotANumber));
        assert_eq!(optional_email(&format!("k@{}.io", "x.".repeat(130))), Err(Problem::TooLong(254)));
    }

    #[test]
    fn a_text_of_the_allowed_length_fits_its_column() {
        let four = "👨\u{200d}👩\u{200d}";
        assert_eq!(name("👨‍👩‍👧‍👦".repeat(100).as_str()), Err(Problem::TooLong(100)));
        assert!(optional_text(&four.repeat(50), 100).is_ok());
        assert_eq!(notes(&"x".repeat(MAX_NOTES + 1)), Err(Problem::TooLong(MAX_NOTES)));
        for nothing in ["\u{200d}", "\u{3164}", "\u{2800}", "\u{202e} \u{7}"] {
            assert_eq!(name(nothing), Err(Problem::Required), "{nothing:?}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_value_is_accepted_again_unchanged(text in any::<String>()) {
            for check in [name, username, phone, notes, currency] {
                if let Ok(kept) = check(&text) {
                    prop_assert_eq!(check(&kept), Ok(kept));
                }
            }
            let _ = (optional_email(&text), optional_employee_number(&text), attendees(&text), time_zone(&text));
        }
    }
}

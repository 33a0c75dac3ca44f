//! Money: whole cents of the company's one currency, read and written as people write amounts.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::BigInt,
};
use serde::{Deserialize, Serialize};

use super::{error::Problem, language::Language};

/// An exact amount in cents; an integer in JSON and in the database.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, AsExpression, FromSqlRow, Deserialize,
)]
#[diesel(sql_type = BigInt)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl<DB: Backend> FromSql<BigInt, DB> for Cents
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Cents
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// The largest amount, in whole units; its negative is the smallest.
const MAX_UNITS: i64 = 1_000_000_000_000;

/// The currencies that may be written before or after an amount, in any case. A longer word comes
/// before one that it begins with.
const CURRENCIES: [&str; 19] = [
    "€", "$", "£", "¥", "euros", "euro", "EUR", "USD", "GBP", "CHF", "CAD", "AUD", "JPY", "SEK", "NOK", "DKK", "PLN",
    "CZK", "MAD",
];

impl Cents {
    /// Reads `12000`, `12 000,50`, `12,000.50`, `12.000,50`, `1234,5`, with or without a currency
    /// before or after it. A single separator before three digits groups thousands; before one or
    /// two digits it is the decimal separator.
    ///
    /// Errors: `Required` when empty, `NotAnAmount`, and `OutOfRange` (in whole units) beyond
    /// 1,000,000,000,000.00 on either side of zero.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let text = unified(typed);
        if text.is_empty() {
            return Err(Problem::Required);
        }
        let (negative, number) = bare_number(&text);
        let (digits, cents) = units_and_cents(number).ok_or(Problem::NotAnAmount)?;
        let too_large = Problem::OutOfRange(0, MAX_UNITS);
        let units: i64 = digits.parse().map_err(|_| too_large)?;
        let amount = units.checked_mul(100).and_then(|whole| whole.checked_add(cents)).ok_or(too_large)?;
        if amount > MAX_UNITS * 100 {
            return Err(too_large);
        }
        Ok(Self(if negative { -amount } else { amount }))
    }

    /// The amount as the language writes it: `12,000.50`, or `12 000,50` with no-break spaces;
    /// always with two decimals.
    pub fn format(self, language: Language) -> String {
        let (separator, point) = match language {
            Language::En => (',', '.'),
            Language::Fr => ('\u{a0}', ','),
        };
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs();
        format!("{sign}{}{point}{:02}", grouped(whole / 100, separator), whole % 100)
    }

    /// `12000.50`: exact, and a number to any program.
    pub fn plain(self) -> String {
        self.format(Language::En).replace(',', "")
    }
}

/// A whole number with its thousands separated.
pub fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// Reads a whole number as people write it: `1200`, `1 200`, `1,200`; no currency, no decimals.
///
/// Errors: `Required` when empty, `NotANumber`, and `OutOfRange` beyond 1,000,000,000,000 on either
/// side of zero.
pub fn parse_whole(typed: &str) -> Result<i64, Problem> {
    let text = unified(typed);
    if text.is_empty() {
        return Err(Problem::Required);
    }
    let (sign, number) = signed(&text);
    let digits = ungrouped(number).ok_or(Problem::NotANumber)?;
    let out = Problem::OutOfRange(0, MAX_UNITS);
    let value: i64 = digits.parse().map_err(|_| out)?;
    if value > MAX_UNITS { Err(out) } else { Ok(if sign == Some('-') { -value } else { value }) }
}

/// Replaces every run of white space by one space, every apostrophe and minus by the ASCII one.
fn unified(typed: &str) -> String {
    typed.split_whitespace().collect::<Vec<_>>().join(" ").replace('’', "'").replace('−', "-")
}

/// The sign at the beginning, and the text after it.
fn signed(text: &str) -> (Option<char>, &str) {
    match text.chars().next() {
        Some(sign @ ('-' | '+')) => (Some(sign), text[1..].trim_start()),
        _ => (None, text),
    }
}

/// Whether the amount is negative, and its digits and separators without sign and currency. The
/// sign may be on either side of a currency in front.
fn bare_number(text: &str) -> (bool, &str) {
    let (outer, rest) = signed(text);
    let Some(behind) = without_prefix(rest) else {
        return (outer == Some('-'), without_suffix(rest).unwrap_or(rest));
    };
    let (sign, number) = if outer.is_some() { (outer, behind) } else { signed(behind) };
    (sign == Some('-'), number)
}

fn without_prefix(text: &str) -> Option<&str> {
    let starts = |sign: &&&str| text.get(..sign.len()).is_some_and(|head| head.eq_ignore_ascii_case(sign));
    CURRENCIES.iter().find(starts).map(|sign| text[sign.len()..].trim_start())
}

fn without_suffix(text: &str) -> Option<&str> {
    CURRENCIES.iter().find_map(|sign| {
        let (number, tail) = text.split_at_checked(text.len().checked_sub(sign.len())?)?;
        tail.eq_ignore_ascii_case(sign).then(|| number.trim_end())
    })
}

/// The digits before the decimals, and the decimals in cents.
fn units_and_cents(number: &str) -> Option<(String, i64)> {
    if let Some(digits) = ungrouped(number) {
        return Some((digits, 0));
    }
    let at = number.rfind([',', '.'])?;
    let (units, decimals) = (&number[..at], &number[at + 1..]);
    // The same separator cannot both group thousands and begin the decimals.
    if units.contains(&number[at..=at]) || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let cents: i64 = match decimals.len() {
        1 => decimals.parse::<i64>().ok()? * 10,
        2 => decimals.parse().ok()?,
        _ => return None,
    };
    ungrouped(units).map(|digits| (digits, cents))
}

/// The digits of a whole number whose thousands may be grouped, with one kind of separator.
fn ungrouped(units: &str) -> Option<String> {
    let separator = units.chars().find(|c| !c.is_ascii_digit());
    let Some(separator) = separator else { return (!units.is_empty()).then(|| units.to_owned()) };
    let groups: Vec<&str> = units.split(separator).collect();
    let (first, others) = groups.split_first()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let grouped = matches!(separator, ' ' | '\'' | ',' | '.')
        && (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && others.iter().all(|group| group.len() == 3 && digits(group));
    grouped.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (typed, cents) in [
            ("12000", 1_200_000),
            ("12 000,50", 1_200_050),
            ("12\u{a0}000,50", 1_200_050),
            ("12\u{202f}000", 1_200_000),
            ("12\u{2009}000 \u{202f}€", 1_200_000),
            ("12'000.50", 1_200_050),
            ("12’000", 1_200_000),
            ("12,000.50", 1_200_050),
            ("12.000,50", 1_200_050),
            ("1234,5", 123_450),
            ("12,50", 1_250),
            ("12,000", 1_200_000),
            ("12.000", 1_200_000),
            ("1,234,567.89", 123_456_789),
            ("€ 12", 1_200),
            ("12,00 EUR", 1_200),
            ("chf 12", 1_200),
            ("1 200 Euros", 120_000),
            ("-5", -500),
            ("−5", -500),
            ("+ 5", 500),
            ("-€5", -500),
            ("€ -5", -500),
            ("0.5", 50),
            ("0", 0),
            ("1000000000000", 100_000_000_000_000),
        ] {
            assert_eq!(Cents::parse(typed), Ok(Cents(cents)), "{typed}");
        }
    }

    #[test]
    fn text_that_is_not_an_amount_is_refused() {
        for typed in [
            "nan",
            "inf",
            "1e5",
            "0x10",
            "1,23,456",
            "12.345.6",
            "1.2.3",
            "--5",
            "12,345,6",
            "1 23",
            "5 €5",
            "twelve",
            "0,125",
            "1.2345",
            "1234 567",
            "1234,567",
            "1'234 567",
            "1 000,000",
            "12,000 000",
            "0,000",
            "€ 5 €",
            "€",
            "-",
            "-€-5",
            "12.",
            ".5",
            "١٢",
            "5 -",
        ] {
            assert_eq!(Cents::parse(typed), Err(Problem::NotAnAmount), "{typed}");
        }
        assert_eq!(Cents::parse(" \u{a0} "), Err(Problem::Required));
        for typed in ["99999999999999999999", "-92233720368547758", "1000000000000.01", "-1 000 000 000 000,01"] {
            assert_eq!(Cents::parse(typed), Err(Problem::OutOfRange(0, MAX_UNITS)), "{typed}");
        }
    }

    #[test]
    fn whole_numbers_have_no_decimals_and_no_currency() {
        for (typed, number) in [("1 200", 1_200), ("1,200", 1_200), ("1.200", 1_200), ("75", 75), ("-3", -3)] {
            assert_eq!(parse_whole(typed), Ok(number), "{typed}");
        }
        for typed in ["75,5", "75.0", "1 200.0", "50 EUR", "€50", "1e3", "1234 567", "--1"] {
            assert_eq!(parse_whole(typed), Err(Problem::NotANumber), "{typed}");
        }
        assert_eq!(parse_whole(""), Err(Problem::Required));
    }

    #[test]
    fn amounts_are_formatted_for_each_language() {
        assert_eq!(Cents(1_200_050).format(Language::En), "12,000.50");
        assert_eq!(Cents(1_200_050).format(Language::Fr), "12\u{a0}000,50");
        assert_eq!(Cents(-5).format(Language::En), "-0.05");
        assert_eq!(Cents(i64::MIN).format(Language::En), "-92,233,720,368,547,758.08");
        assert_eq!(serde_json::to_string(&Cents(-5)).unwrap(), "-5");
    }

    proptest! {
        #[test]
        fn formatted_amounts_are_read_back(cents in -100_000_000_000_000_i64..=100_000_000_000_000) {
            for language in [Language::En, Language::Fr] {
                prop_assert_eq!(Cents::parse(&Cents(cents).format(language)), Ok(Cents(cents)));
            }
        }

        #[test]
        fn no_typed_text_panics(text in prop_oneof![any::<String>(), "[-+0-9., '€$eEuUrR]{0,20}"]) {
            let _ = (Cents::parse(&text), parse_whole(&text));
        }
    }
}

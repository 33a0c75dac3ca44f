//! Money: whole cents of the company's one currency, read and written as people do.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::BigInt,
};

use super::{error::Problem, language::Language};

/// An exact amount in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
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

/// The largest amount, in whole units.
const MAX_UNITS: i64 = 1_000_000_000_000;

impl Cents {
    /// Reads `12000`, `12 000,50`, `12,000.50`, `12.000,50`, `1234,5`, with or without a
    /// currency before or behind. A single separator before three digits groups
    /// thousands; before one or two digits it is the decimal point.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let bare: String = typed.trim().chars().filter(|c| !is_blank(*c)).collect();
        if bare.is_empty() {
            return Err(Problem::Required);
        }
        let (negative, bare) = match bare.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, bare.strip_prefix('+').unwrap_or(&bare)),
        };
        let number = without_currency(bare);
        if !number.starts_with(|c: char| c.is_ascii_digit()) || !blanks_group_thousands(typed) {
            return Err(Problem::NotAnAmount);
        }
        let (units, cents) = split_decimals(number).ok_or(Problem::NotAnAmount)?;
        let digits = ungrouped(units).ok_or(Problem::NotAnAmount)?;
        let too_large = Problem::OutOfRange(0, MAX_UNITS);
        let units: i64 = digits.parse().map_err(|_| too_large)?;
        if units > MAX_UNITS {
            return Err(too_large);
        }
        let amount = units * 100 + cents;
        Ok(Self(if negative { -amount } else { amount }))
    }

    /// As the language writes it: `12,000.50` or `12 000,50`; always two decimals.
    pub fn format(self, language: Language) -> String {
        let (separator, point) = match language {
            Language::En => (',', '.'),
            Language::Fr => ('\u{a0}', ','),
        };
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs();
        format!("{sign}{}{point}{:02}", grouped(whole / 100, separator), whole % 100)
    }
}

/// A whole number with its thousands apart.
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

/// Spaces of all kinds and apostrophes, which group thousands.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

/// Between digits, blanks stand before exactly three digits.
fn blanks_group_thousands(typed: &str) -> bool {
    let parts: Vec<&str> = typed.trim().split(is_blank).collect();
    parts.windows(2).all(|pair| {
        let after_digit = pair[0].ends_with(|c: char| c.is_ascii_digit());
        let run = pair[1].chars().take_while(char::is_ascii_digit).count();
        !after_digit || run == 0 || run == 3
    })
}

fn without_currency(text: &str) -> &str {
    const CURRENCIES: [&str; 12] = ["€", "$", "£", "¥", "EUR", "USD", "GBP", "CHF", "CAD", "eur", "euros", "euro"];
    let text = CURRENCIES.iter().find_map(|sign| text.strip_prefix(sign)).unwrap_or(text);
    CURRENCIES.iter().find_map(|sign| text.strip_suffix(sign)).unwrap_or(text)
}

/// The part before the decimals, and the decimals as cents.
fn split_decimals(number: &str) -> Option<(&str, i64)> {
    let Some(at) = number.rfind([',', '.']) else { return Some((number, 0)) };
    let (units, decimals) = (&number[..at], &number[at + 1..]);
    let separator = &number[at..=at];
    let groups =
        decimals.len() == 3 && !units.starts_with('0') && !units.contains(if separator == "," { '.' } else { ',' });
    if groups {
        return Some((number, 0));
    }
    let digits = !decimals.is_empty() && decimals.len() <= 2 && decimals.bytes().all(|b| b.is_ascii_digit());
    // The same sign cannot both group thousands and begin the decimals.
    if !digits || units.contains(separator) {
        return None;
    }
    let value: i64 = decimals.parse().ok()?;
    Some((units, if decimals.len() == 1 { value * 10 } else { value }))
}

/// The digits of a number whose thousands may be grouped by one kind of sign.
fn ungrouped(units: &str) -> Option<String> {
    let groups: Vec<&str> = units.split([',', '.']).collect();
    let one_sign = !(units.contains(',') && units.contains('.'));
    let sizes =
        groups.len() == 1 || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
    let digits: String = groups.concat();
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (one_sign && sizes && all_digits).then_some(digits)
}

/// A whole number as people write it: `1200`, `1 200`, `1,200`.
pub fn parse_whole(typed: &str) -> Result<i64, Problem> {
    let amount = Cents::parse(typed).map_err(|problem| match problem {
        Problem::NotAnAmount => Problem::NotANumber,
        other => other,
    })?;
    let decimal = typed.trim().rsplit([',', '.']).next().is_some_and(|end| end.len() < 3);
    let separated = typed.contains([',', '.']);
    if amount.0 % 100 != 0 || (separated && decimal) { Err(Problem::NotANumber) } else { Ok(amount.0 / 100) }
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
            ("12,000.50", 1_200_050),
            ("12.000,50", 1_200_050),
            ("1234,5", 123_450),
            ("12,50", 1_250),
            ("12,000", 1_200_000),
            ("12.000", 1_200_000),
            ("1,234,567.89", 123_456_789),
            ("€ 12", 1_200),
            ("12,00 EUR", 1_200),
            ("-5", -500),
            ("0.5", 50),
            ("0", 0),
        ] {
            assert_eq!(Cents::parse(typed), Ok(Cents(cents)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for typed in [
            "nan", "inf", "1e5", "0x10", "1,23,456", "12.345.6", "1.2.3", "--5", "12,345,6", "1 23", "5 €5", "twelve",
            "0,125", "1.2345",
        ] {
            assert_eq!(Cents::parse(typed), Err(Problem::NotAnAmount), "{typed}");
        }
        assert_eq!(Cents::parse("  "), Err(Problem::Required));
        assert!(matches!(Cents::parse("99999999999999999999"), Err(Problem::OutOfRange(..))));
    }

    #[test]
    fn whole_numbers_have_no_decimals() {
        assert_eq!(parse_whole("1 200"), Ok(1_200));
        assert_eq!(parse_whole("1,200"), Ok(1_200));
        assert_eq!(parse_whole("75"), Ok(75));
        assert_eq!(parse_whole("75,5"), Err(Problem::NotANumber));
        assert_eq!(parse_whole("75.0"), Err(Problem::NotANumber));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(cents in -100_000_000_000_000_i64..=100_000_000_000_000) {
            for language in [Language::En, Language::Fr] {
                prop_assert_eq!(Cents::parse(&Cents(cents).format(language)), Ok(Cents(cents)));
            }
        }

        #[test]
        fn nothing_typed_panics(text in any::<String>()) {
            let _ = Cents::parse(&text);
        }
    }
}

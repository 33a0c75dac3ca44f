use super::*;

const PLAIN: Shown = Shown::PLAIN;

fn number_of(digits: u8, decimals: u8) -> Shown {
    Shown::Number { digits, decimals: Some(decimals) }
}

#[test]
fn formats_are_told_by_their_codes() {
    for (code, shown) in [
        ("General", PLAIN),
        ("0.00", number_of(1, 2)),
        ("0.000", number_of(1, 3)),
        ("#,##0.00\\ \"€\";[Red]\\-#,##0.00\\ \"€\"", number_of(1, 2)),
        ("#,##0", number_of(1, 2)),
        ("00000", number_of(5, 2)),
        ("0#\\ ##\\ ##\\ ##\\ ##", number_of(10, 2)),
        ("0.00E+00", PLAIN),
        ("0%", Shown::Percent),
        ("dd/mm/yyyy", Shown::Day),
        ("[$-40C]d mmmm yyyy;@", Shown::Day),
        ("mmmm", Shown::Day),
        ("dd/mm/yyyy\\ hh:mm", Shown::DayTime),
        ("h:mm AM/PM", Shown::Time),
        ("[h]:mm", Shown::Duration),
        ("[$-40C]\\+00000000000", Shown::Abroad),
        ("\"+\"## # ## ## ## ##", Shown::Abroad),
        ("+0;-0", number_of(1, 2)),
        ("+#,##0.00", number_of(1, 2)),
        ("00000000\\+", number_of(8, 2)),
        ("mm:ss", Shown::Time),
        ("[Red]0", number_of(1, 2)),
        ("\"dy\"0", number_of(1, 2)),
        ("@", PLAIN),
    ] {
        assert_eq!(Shown::of_code(code), shown, "{code}");
    }
    for (id, shown) in [(0, PLAIN), (9, Shown::Percent), (14, Shown::Day), (20, Shown::Time), (22, Shown::DayTime)] {
        assert_eq!(Shown::built_in(id), shown);
    }
}

#[test]
fn numbers_are_written_plainly() {
    use Epoch::{Of1900, Of1904};
    for (shown, raw, epoch, text) in [
        (PLAIN, "12000.5", Of1900, "12000.5"),
        (PLAIN, "12000", Of1900, "12000"),
        (PLAIN, "1.2E4", Of1900, "12000"),
        (PLAIN, "0.30000000000000004", Of1900, "0.3"),
        (PLAIN, "33612345678", Of1900, "33612345678"),
        (PLAIN, "-0", Of1900, "0"),
        (PLAIN, "NaN", Of1900, "NaN"),
        (PLAIN, "-1500.25", Of1900, "-1500.25"),
        (number_of(10, 2), "612345678", Of1900, "0612345678"),
        (number_of(5, 2), "1000.5", Of1900, "1000.5"),
        // An amount that was computed, and one of which only a part is seen.
        (number_of(1, 2), "2057.142857142857", Of1900, "2057.14"),
        (number_of(1, 2), "2.675", Of1900, "2.68"),
        (number_of(1, 2), "-2.675", Of1900, "-2.68"),
        (number_of(1, 2), "99.9", Of1900, "99.9"),
        // Nobody may take these for thousands.
        (PLAIN, "12.345", Of1900, "12.3450"),
        (number_of(1, 3), "12.3454", Of1900, "12.3450"),
        (PLAIN, "12.3456", Of1900, "12.3456"),
        (Shown::Percent, "0.3", Of1900, "30%"),
        (Shown::Day, "44304", Of1900, "2021-04-18"),
        (Shown::Day, "44304.54", Of1900, "2021-04-18"),
        (Shown::Day, "42842", Of1904, "2021-04-18"),
        (Shown::Day, "59", Of1900, "1900-02-28"),
        (Shown::Day, "61", Of1900, "1900-03-01"),
        (Shown::Day, "-1", Of1900, "-1"),
        (Shown::Day, "1e300", Of1900, &format!("1{}", "0".repeat(300))),
        (Shown::DayTime, "44304.541666666664", Of1900, "2021-04-18 13:00"),
        (Shown::DayTime, "44304", Of1900, "2021-04-18 00:00"),
        (Shown::DayTime, "44304.99999999999", Of1900, "2021-04-19 00:00"),
        (Shown::Time, "0.541666666666667", Of1900, "13:00"),
        (Shown::Time, "1.5625", Of1900, "13:30"),
        (Shown::Time, "44304.541666666664", Of1900, "13:00"),
        (Shown::Duration, "1.5625", Of1900, "37:30"),
        (Shown::Duration, "0.020833333333333", Of1900, "00:30"),
        (Shown::Abroad, "33612345678", Of1900, "+33612345678"),
        (Shown::Abroad, "-1", Of1900, "-1"),
    ] {
        assert_eq!(shown.text(raw, epoch), text, "{raw}");
    }
    for (raw, shown, text) in [
        ("2057.142857142857", "2 057,14 €", "2057.14"),
        ("2057.142857142857", "2057", "2057.14"),
        ("12.345", "12,345", "12.3450"),
        ("1234.5", "1,235", "1234.5"),
        ("1.2E3", "", "1200"),
        ("soon", "soon", "soon"),
        // Postal codes and telephone numbers.
        ("1000", "01000", "01000"),
        ("612345678", "06 12 34 56 78", "0612345678"),
        ("612345678", "06.12.34.56.78", "0612345678"),
        ("33612345678", "+33 6 12 34 56 78", "+33612345678"),
        ("5", "+5", "5"),
        ("0", "0,00", "0"),
        ("5", "5,00 €", "5"),
    ] {
        assert_eq!(number(raw, shown), text, "{raw}");
    }
    assert_eq!(iso_day("2021-04-18T13:00:00"), "2021-04-18 13:00");
    assert_eq!(iso_day("2021-04-18T13:00:37.000Z"), "2021-04-18 13:00:37");
    assert_eq!(iso_day("2021-04-18"), "2021-04-18");
    assert_eq!(iso_day("soon"), "soon");
    for (raw, shown, text) in [
        ("2021-04-18", "18/04/2021 00:00", "2021-04-18 00:00"),
        ("2021-04-18", "18 avril 2021", "2021-04-18"),
        ("2021-04-18T00:00:00", "18 avril 2021 0 h 00", "2021-04-18 00:00"),
        ("2021-04-18T13:00:00", "dim. 18 avril 2021", "2021-04-18"),
        ("2021-04-18T13:00:00", "04/18/21 1 PM", "2021-04-18 13:00"),
        ("2021-04-18T13:00:00", "", "2021-04-18 13:00"),
        ("2021-04-18T12:59:59.999999998", "18/04/21 13:00", "2021-04-18 13:00"),
        ("soon", "soon", "soon"),
    ] {
        assert_eq!(day(raw, shown), text, "{raw}");
    }
    for (raw, shown, text) in [
        ("PT13H05M00S", "13:05", "13:05"),
        ("PT13H05M07.5S", "", "13:05:07"),
        ("PT13H04M59.9999999S", "13:05", "13:05"),
        ("PT37H30M00S", "37:30", "37:30"),
        ("PT37H30M00S", "", "37:30"),
        ("PT1063309H00M00S", "13:00", "13:00"),
        ("soon", "soon", "soon"),
    ] {
        assert_eq!(time(raw, shown), text, "{raw}");
    }
}

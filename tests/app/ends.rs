//! The end of an event in its form: counted from the start, said beside the field, and moved with the start.

use super::desk::*;

/// The end of an event follows its start, as long as the user has not set it in the same form.
#[test]
fn the_end_of_an_event_follows_its_start() {
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('e')).see("21/12/2026 09:00").see("21/12/2026 12:00");
    to(&mut desk, "Starts").ctrl('u').write("23/12/2026 18h30").press(KeyCode::Tab);
    desk.see("Wed 23 December 2026, 18:30").see("21:30, 3 h later");
    // A start that cannot be read moves nothing, and the next one moves it from where it is.
    desk.press(KeyCode::BackTab).ctrl('u').write("someday").press(KeyCode::Tab).see("23/12/2026 21:30");
    desk.press(KeyCode::BackTab).ctrl('u').write("24/12/2026 10h").ctrl('s');
    desk.see("Starts: Mon 21 December 2026, 09:00 -> Thu 24 December 2026,");
    desk.see("Ends: Mon 21 December 2026, 12:00 -> Thu 24 December 2026, 13:00").press(KeyCode::Enter);
    desk.see("Thu 24 December 2026, 13:00");
    // A picked day moves it too, and an end that was typed stays.
    desk.press(KeyCode::Char('e'));
    to(&mut desk, "Starts").press(KeyCode::F(4)).press(KeyCode::Right).press(KeyCode::Enter).press(KeyCode::Tab);
    desk.see("25/12/2026 13:00").ctrl('u').write("26/12/2026 2h").press(KeyCode::BackTab).ctrl('u');
    desk.write("25/12/2026 20h").press(KeyCode::Tab).see("02:00 the next day, 6 h later");
    desk.press(KeyCode::Esc).press(KeyCode::Char('y'));
    // Back to where it was, nothing has changed.
    desk.press(KeyCode::Char('e'));
    to(&mut desk, "Starts").ctrl('u').write("30/12/2026 10h").press(KeyCode::Tab).see("30/12/2026 13:00");
    desk.press(KeyCode::BackTab).ctrl('u').write("24/12/2026 10:00").press(KeyCode::Tab);
    desk.see("24/12/2026 13:00").press(KeyCode::Esc).not("Discard");
}

/// What was understood of an end is said from its start at once; without a start there is no date that it could be
/// mistaken for.
#[test]
fn an_end_is_said_from_its_start() {
    for (language, new, ends) in [
        (
            Language::En,
            "new event",
            [
                ("5h", "20:30, 5 h later"),
                ("5h00", "05:00 the next day, 13 h 30 later"),
                ("17h30", "17:30, 2 h later"),
                ("+45min", "16:15, 45 min later"),
                ("26/12 2h", "Sat 26 December 2026, 02:00"),
                ("24/12 9h", "Thu 24 December 2026, 09:00"),
            ],
        ),
        (
            Language::Fr,
            "nouvel événement",
            [
                ("5h", "20:30, 5 h après"),
                ("5h00", "05:00 le lendemain, 13 h 30 après"),
                ("17h30", "17:30, 2 h après"),
                ("+45min", "16:15, 45 min après"),
                ("26/12 2h", "sam. 26 décembre 2026, 02:00"),
                ("24/12 9h", "jeu. 24 décembre 2026, 09:00"),
            ],
        ),
    ] {
        let [start, end, waits] = match language {
            Language::En => ["Starts", "Ends", "once the start is understood"],
            Language::Fr => ["Début", "Fin", "attend une date de début valable"],
        };
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(new);
        to(&mut desk, end).not(waits).write("5h").see(waits).not("20:30").not("2026");
        to(&mut desk, start).write("some day").see(waits).not("2026, ").ctrl('s').not("2026, ");
        to(&mut desk, start).ctrl('u').write("24 décembre 15 h 30").not(waits).see("24 ");
        for (typed, said) in ends {
            to(&mut desk, end).ctrl('u').write(typed).see(said);
        }
    }
}

/// The length that is said beside an end is the time that really passes, also when the clocks are put forward or
/// back meanwhile.
#[test]
fn a_length_across_a_change_of_clocks_is_the_time_that_passes() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("new event");
    for (start, end, said) in [
        ("27/3/2027 22h", "+6h", "04:00 the next day, 5 h later"),
        ("27/3/2027 22h", "3h30", "03:30 the next day, 4 h 30 later"),
        ("30/10/2027 22h", "+6h", "04:00 the next day, 7 h later"),
        ("31/10/2027 1h", "+30min", "01:30, 30 min later"),
        ("31/10/2027 1h", "+2h", "03:00, 3 h later"),
    ] {
        to(&mut desk, "Starts").ctrl('u').write(start);
        to(&mut desk, "Ends").ctrl('u').write(end).see(said);
    }
}

/// A day without a year that was before the start is not taken for one in the next year.
#[test]
fn an_end_before_its_start_is_said_to_be_so_without_a_year_too() {
    for (language, new, [starts, ends], day, told) in [
        (Language::En, "new event", ["Starts", "Ends"], "Thu 3 December 2026, 10:00", "The end is before the start."),
        (
            Language::Fr,
            "nouvel événement",
            ["Début", "Fin"],
            "jeu. 3 décembre 2026, 10:00",
            "La fin est avant le début.",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.world.records();
        desk.go(new);
        to(&mut desk, starts).write("05/12/2026 18h");
        to(&mut desk, ends).ctrl('u').write("3/12 10h").see(day).press(KeyCode::Tab).see(told);
        to(&mut desk, starts).ctrl('u').write("30/12/2026 18h");
        to(&mut desk, ends).ctrl('u').write("2/1 2h").see("2027, 02:00").press(KeyCode::Tab).not(told);
    }
}

/// While the start is not understood, an end is not counted from today: only what it says whatever the start is, is
/// said and checked.
#[test]
fn an_end_is_not_counted_from_today_while_its_start_is_not_understood() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("new event");
    to(&mut desk, "Starts").write("some day").press(KeyCode::Tab);
    let waits = "once the start is understood";
    for (typed, said, not, is_a_date) in [
        ("24/12", waits, "At what time?", true),
        ("lundi 14/12", waits, "At what time?", true),
        ("tomorrow", waits, "22/11/2026", true),
        ("24/12/2026 21h", "Thu 24 December 2026, 21:00", waits, true),
        ("24/12/2026", "At what time? Write for example 24/12/2026 18:30.", waits, true),
        ("soon", waits, "2026, ", false),
    ] {
        let screen = to(&mut desk, "Ends").ctrl('u').write(typed).press(KeyCode::Tab).see(said).not(not).screen();
        // That is said of the start in any case.
        let refused = screen.matches("This is not a date with a time.").count();
        assert_eq!(refused, if is_a_date { 1 } else { 2 }, "{typed}: {screen}");
    }
    // A picked day keeps a time of day, but not a length.
    for (typed, kept) in [("17h", "21/11/2026 17:00"), ("5h", "21/11/2026   ")] {
        to(&mut desk, "Ends").ctrl('u').write(typed).press(KeyCode::F(4)).press(KeyCode::Enter);
        let screen = desk.screen();
        let line = screen.lines().find(|line| line.contains("> Ends")).unwrap().to_owned();
        assert!(line.contains(kept), "{typed}: {line}");
    }
    // An end without any start is refused as before.
    to(&mut desk, "Starts").ctrl('u');
    to(&mut desk, "Ends").ctrl('u').write("5h").press(KeyCode::Tab).see("Please give the start first.");
}

//! The calendar, and the month from which a day is picked.

use super::desk::*;
use epic_events::{
    domain::{EventId, assigning::Assignment},
    storage,
};

/// Creates three events at the same time next week, two of them assigned to the same person.
fn busy(desk: &mut Desk) -> Vec<EventId> {
    let records = desk.world.records();
    let events: Vec<EventId> = ["Gala", "Dinner", "Concert"]
        .into_iter()
        .map(|title| {
            let draft = support::world::event_draft(title, 4);
            EventId::new(
                desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0,
            )
        })
        .collect();
    let support = Some(desk.world.support.actor.id);
    let two = events[..2].iter().map(|event| Assignment { event: *event, version: 1, support }).collect();
    desk.world.manage(&Request::Write(WriteRequest::AssignSupport(two)));
    events
}

#[test]
fn support_is_assigned_in_the_calendar() {
    let mut desk = Desk::of("manager", Language::En);
    let events = busy(&mut desk);
    desk.go("events").press(KeyCode::Char('c')).see("Week of Mon 16 November 2026").press(KeyCode::PageDown);
    desk.see("Week of Mon 23 November 2026").press(KeyCode::Left).press(KeyCode::Left).press(KeyCode::Left);
    insta::assert_snapshot!("week", desk.screen());
    desk.see("Wed 25 November 2026").see("Concert").press(KeyCode::Char('a')).press(KeyCode::Enter);
    desk.see("Person other.support supports Concert.").see("> Person");
    let stored = storage::events::find(&mut desk.world.connection(), events[2]).unwrap().unwrap();
    assert_eq!(stored.support_id, Some(desk.world.other_support.actor.id));
    desk.press(KeyCode::Char('u')).see("Undone.").press(KeyCode::Char('v')).see("November 2026");
    insta::assert_snapshot!("month", desk.screen());
    desk.press(KeyCode::PageDown).see("December 2026").press(KeyCode::Home).see("Sat 21 November 2026");
}

#[test]
fn clashes_are_described_in_words() {
    let mut desk = Desk::of("manager", Language::En);
    busy(&mut desk);
    desk.go("calendar").press(KeyCode::PageDown);
    for _ in 0..3 {
        desk.press(KeyCode::Left);
    }
    desk.press(KeyCode::Down).press(KeyCode::Down).see("!09").see("Clashes with");
    desk.press(KeyCode::Enter).see("Contract (1)").press(KeyCode::Esc).see("Week of");
}

#[test]
fn under_the_restricted_setting_support_sees_only_their_own_calendar() {
    let mut desk = Desk::of("other.support", Language::En);
    let settings = storage::settings::load(&mut desk.world.connection()).unwrap();
    let visibility = epic_events::domain::settings::Visibility::Restricted;
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
    busy(&mut desk);
    desk.wait(4_000)
        .go("calendar")
        .press(KeyCode::PageDown)
        .see("Person other.support")
        .not("Gala")
        .not("Person support");
}

#[test]
fn a_day_is_picked_from_its_month() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("new event").press(KeyCode::Tab).press(KeyCode::Tab).see("F4 pick a day");
    desk.press(KeyCode::F(4)).see("November 2026").see("*21");
    insta::assert_snapshot!("month_picker", desk.screen());
    desk.press(KeyCode::PageDown).see("December 2026").press(KeyCode::Right).press(KeyCode::Enter);
    desk.write("18h30").see("22/12/2026 18h30").see("Tue 22 December 2026, 18:30");
    // A time that was typed is kept when another day is picked.
    desk.press(KeyCode::F(4)).press(KeyCode::Down).press(KeyCode::Enter).see("29/12/2026 18:30");
}

#[test]
fn a_week_that_failed_to_load_is_not_shown_as_empty() {
    for (language, calendar, none, not_read) in [
        (Language::En, "calendar", "no events", "could not be loaded. Press F5"),
        (Language::Fr, "calendrier", "aucun événement", "Chargement impossible. Appuyez sur F5"),
    ] {
        let mut desk = Desk::of("manager", language);
        busy(&mut desk);
        desk.go(calendar).see(none);
        for keys in [&[KeyCode::PageDown][..], &[KeyCode::PageUp], &[KeyCode::Char('v')]] {
            desk.held = Some(Vec::new());
            for key in keys {
                desk.press(*key);
            }
            desk.not(none);
            desk.refuse();
            desk.not(none).see(not_read).press(KeyCode::F(5)).not(not_read).see(none);
        }
    }
}

/// The reply for the previous week says nothing about the week that is shown now.
#[test]
fn a_week_that_is_still_loading_is_not_shown_as_empty() {
    let mut desk = Desk::of("manager", Language::En);
    busy(&mut desk);
    desk.go("calendar").see("no events").press(KeyCode::PageUp);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::PageDown).press(KeyCode::PageDown);
    let (id, session, request) = desk.held.as_mut().unwrap().remove(0);
    desk.answer(id, session.as_deref(), &request);
    desk.see("Week of Mon 23 November 2026").not("no events").not("Gala");
    desk.release();
    desk.see("no events").see("Gala");
    // After the user stops waiting, the week is shown as not loaded.
    desk.held = Some(Vec::new());
    desk.press(KeyCode::PageUp).wait(300).press(KeyCode::Esc).not("no events").see("could not be loaded");
}

#[test]
fn the_selected_day_is_spelled_out_below_its_month() {
    for (language, new, day) in [
        (Language::En, "new event", "Sun 22 November 2026"),
        (Language::Fr, "nouvel événement", "dim. 22 novembre 2026"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(new).press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::Tab);
        for (width, height) in [(80, 24), (60, 16)] {
            desk.resize(width, height).press(KeyCode::F(4)).press(KeyCode::Right).see(day).press(KeyCode::Esc);
        }
        // August 2026 is the longest kind of month: it spans six weeks.
        desk.press(KeyCode::F(4)).press(KeyCode::PageUp).press(KeyCode::PageUp).press(KeyCode::PageUp).see("30");
    }
}

/// At 80 columns, and at 60, the events of the selected day stand in full below the lanes.
#[test]
fn the_selected_day_stands_in_full_below_the_calendar() {
    for (language, calendar, nobody, week) in [
        (Language::En, "calendar", "no support", "PgDn next week"),
        (Language::Fr, "calendrier", "sans support", "PgSuiv semaine d'après"),
    ] {
        let mut desk = Desk::of("manager", language);
        busy(&mut desk);
        desk.go(calendar).press(KeyCode::PageDown);
        for _ in 0..3 {
            desk.press(KeyCode::Left);
        }
        desk.see("!09:00-12:00 Gala").see("!09:00-12:00 Dinner").see(" 09:00-12:00 Concert").see("Salle des fêtes");
        desk.see(nobody).see(week);
        insta::assert_snapshot!(format!("day_{language}"), desk.screen());
        // A narrow and low window shows the selected one of them.
        desk.resize(60, 16).see("Concert").press(KeyCode::Down).press(KeyCode::Down).see("!09:00-12:00 Gala");
        desk.press(KeyCode::Down).see("!09:00-12:00 Dinner");
        insta::assert_snapshot!(format!("day_{language}_60x16"), desk.screen());
        desk.press(KeyCode::Char('v')).see("!09:00-12:00 Dinner");
    }
}

/// The bottom line says how to move by days and weeks or months, at 80 columns too.
#[test]
fn the_bottom_line_says_how_to_move_in_the_calendar() {
    for (language, calendar, day, week, month) in [
        (Language::En, "calendar", "Right next day", "PgDn next week", "PgDn next month"),
        (Language::Fr, "calendrier", "Droite lendemain", "PgSuiv semaine d'après", "PgSuiv mois suivant"),
    ] {
        for who in ["manager", "sales", "support"] {
            let mut desk = Desk::of(who, language);
            busy(&mut desk);
            desk.go(calendar).see(day).see(week).press(KeyCode::Char('v')).see(day).see(month);
        }
    }
}

/// "No events" is not said above the events of others.
#[test]
fn a_day_with_events_of_others_is_not_called_empty() {
    for (language, calendar, nothing) in
        [(Language::En, "calendar", "no events"), (Language::Fr, "calendrier", "aucun événement")]
    {
        let mut desk = Desk::of("manager", language);
        let records = desk.world.records();
        let draft = support::world::event_draft("Gala", 1);
        let event = EventId::new(
            desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract: records.signed, draft })).0,
        );
        let support = Some(desk.world.support.actor.id);
        desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
            event,
            version: 1,
            support,
        }])));
        desk.go(calendar).press(KeyCode::Right).see("Gala").not(nothing).press(KeyCode::Right).see(nothing);
    }
}

/// The day lists the events of all, so its heading names nobody; an event until midnight says so.
#[test]
fn the_day_below_the_calendar_has_the_events_of_all_and_names_midnight() {
    for (language, calendar, heading, nobody) in [
        (Language::En, "calendar", "Sun 22 November 2026", "2026, no support"),
        (Language::Fr, "calendrier", "dim. 22 novembre 2026", "2026, sans support"),
    ] {
        let mut desk = Desk::of("manager", language);
        let contract = desk.world.records().signed;
        let midnight =
            support::world::start().date().succ_opt().unwrap().succ_opt().unwrap().and_time(chrono::NaiveTime::MIN);
        let draft = support::world::event_draft("Gala", 1);
        let draft = epic_events::domain::events::EventDraft {
            starts_at: Some(midnight - chrono::TimeDelta::hours(8)),
            ends_at: Some(midnight),
            ..draft
        };
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
        desk.go(calendar).press(KeyCode::Right).see(heading).not(nobody).see("16:00-00:00 Gala");
    }
}

#[test]
fn the_bottom_line_of_a_month_names_the_arrows() {
    for (language, new, keys) in [
        (Language::En, "new event", "arrows choose  Enter take  PgUp PgDn month  Home today  Esc cancel"),
        (Language::Fr, "nouvel événement", "flèches choisir  Entrée valider  PgPréc PgSuiv mois  "),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(new).press(KeyCode::Tab).press(KeyCode::Tab).press(KeyCode::F(4)).see(keys);
    }
}

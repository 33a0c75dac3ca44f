//! Forms: typed text is kept, and keeps its meaning when it is saved.

use super::desk::*;
use epic_events::{
    domain::{EventId, events::EventDraft},
    storage,
};
use support::world::event_draft;

#[test]
fn text_typed_while_the_settings_are_saved_stays() {
    let mut desk = Desk::of("manager", Language::En);
    desk.go("settings of the company").ctrl('u').write("Epic");
    desk.held = Some(Vec::new());
    desk.ctrl('s').press(KeyCode::Char('y')).write("urus");
    desk.release();
    desk.see("up to what you have typed since").see("Epicurus").ctrl('s').see("Company: Epic -> Epicurus");
    desk.press(KeyCode::Char('y')).see("Settings: company is now Epicurus.");
    assert_eq!(storage::settings::load(&mut desk.world.connection()).unwrap().company_name, "Epicurus");
}

/// Another currency or time zone changes what stored amounts and times mean: the summary says so, and saving asks
/// for the password.
#[test]
fn a_new_currency_or_time_zone_says_what_it_changes() {
    for (language, form, currency, zone, converted, moved) in [
        (
            Language::En,
            "settings of the company",
            "Currency",
            "Time zone",
            "are not converted: what is 100 EUR",
            "Events do not move",
        ),
        (Language::Fr, "réglages de l'entreprise", "Devise", "Fuseau", "ne sont pas convertis", "reste à 18 h"),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(form);
        to(&mut desk, currency).ctrl('u').write("usd");
        desk.ctrl('s').see("EUR -> ").see(converted).not(moved).press(KeyCode::Esc);
        to(&mut desk, zone).ctrl('u').write("Asia/Tokyo").press(KeyCode::Enter);
        desk.ctrl('s').see(converted).see(moved).see("Europe/Paris -> Asia/Tokyo");
    }
}

/// Another length of passwords says whom it concerns.
#[test]
fn a_new_length_of_passwords_says_that_present_ones_stay_valid() {
    for (language, form, length, told) in [
        (Language::En, "settings of the company", "Shortest password", "Present passwords stay valid"),
        (
            Language::Fr,
            "réglages de l'entreprise",
            "Longueur du mot de passe",
            "mots de passe actuels restent valables",
        ),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(form);
        to(&mut desk, length).ctrl('u').write("16");
        desk.ctrl('s').see("12 -> 16").see(told);
    }
}

/// Fills in a new member of staff and saves it while the replies are held back.
fn hire(desk: &mut Desk) {
    desk.go("new member of staff").write("zoe").press(KeyCode::Tab).write("Zoe Zander");
    to(desk, "Temporary password *").write("a word for the start").press(KeyCode::Tab).write("a word for the start");
    desk.held = Some(Vec::new());
    desk.ctrl('s');
}

#[test]
fn text_typed_while_a_new_member_of_staff_is_saved_stays() {
    let mut desk = Desk::of("manager", Language::En);
    hire(&mut desk);
    to(&mut desk, "Full name").write(" Smith");
    desk.release();
    desk.see("up to what you have typed since").see("a word for the start").press(KeyCode::Enter);
    desk.see("Edit member of staff").see("Zoe Zander Smith").not("Password").not("password");
    desk.ctrl('s').see("Zoe Zander -> Zoe Zander Smith").press(KeyCode::Enter);
    desk.see("Zoe Zander: full name is now Zoe Zander Smith.");
    let staff = desk.world.state().iter().filter(|row| row.0 == "users").count();
    assert_eq!(staff, 6, "one new member, not two");
}

/// A password is saved as it was when Ctrl+S was pressed; the message says that what was typed afterwards is
/// not part of it.
#[test]
fn text_typed_into_a_password_during_its_save_is_reported_as_unsaved() {
    for (language, new, told) in [
        (Language::En, "new member of staff", "except what you have typed into the password since"),
        (Language::Fr, "nouveau collaborateur", "sauf ce que vous avez tapé depuis dans le mot de passe"),
    ] {
        let mut desk = Desk::of("manager", language);
        let french = language == Language::Fr;
        desk.go(new).write("zoe").press(KeyCode::Tab).write("Zoe Zander");
        to(&mut desk, if french { "Mot de passe temporaire *" } else { "Temporary password *" });
        desk.write("a word for the start").press(KeyCode::Tab).write("a word for the start");
        desk.held = Some(Vec::new());
        desk.ctrl('s').write("99");
        desk.release();
        desk.see(told).see("zoe");
        assert!(desk.world.sign_in("zoe", "a word for the start").is_ok());
        desk.press(KeyCode::Esc).go(if french { "collaborateurs" } else { "staff" });
        desk.press(KeyCode::Char('/')).write("person sales").press(KeyCode::Enter).press(KeyCode::Down);
        desk.press(KeyCode::Char('p')).write("a new one for now").press(KeyCode::Tab).write("a new one for now");
        desk.held = Some(Vec::new());
        desk.ctrl('s').press(KeyCode::Char('y')).write("99");
        desk.release();
        desk.see(told).press(KeyCode::Enter);
        desk.go(if french { "changer mon mot de passe" } else { "change my password" }).write(PASSWORD);
        desk.press(KeyCode::Tab).write("new words of mine").press(KeyCode::Tab).write("new words of mine");
        desk.held = Some(Vec::new());
        desk.ctrl('s').write("99");
        desk.release();
        desk.see(told);
        assert!(desk.world.sign_in("manager", "new words of mine").is_ok());
    }
}

#[test]
fn choosing_another_contract_fills_in_its_contact() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    let other = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    assert_eq!(desk.world.signed_contract(other).0, 3);
    let pick = |desk: &mut Desk, number: char| {
        desk.press(KeyCode::Char(number)).press(KeyCode::Enter);
    };
    desk.go("new event");
    pick(&mut desk, '2');
    desk.see("2 - Kevin Casey").see("+678 123 456 78");
    let draft = epic_events::domain::clients::ClientDraft {
        phone: "+666 12345".to_owned(),
        company_name: String::new(),
        ..support::world::client_draft("Lou Bouzin")
    };
    desk.world.save(&Request::Write(WriteRequest::UpdateClient { id: other, version: 1, draft }));
    pick(&mut desk, '3');
    desk.see("3 - Lou Bouzin\n").see("+666 12345").not("Kevin Casey").not("+678");
    // A contact that the user typed is not replaced.
    to(&mut desk, "Contact").ctrl('u').write("Jacky");
    to(&mut desk, "Contract");
    pick(&mut desk, '2');
    desk.see("2 - Kevin Casey").see("Jacky");
}

/// A day alone is not taken for midnight; the end follows the start that stands above it.
#[test]
fn a_start_without_a_time_is_asked_for_and_an_end_may_be_a_length() {
    let mut desk = Desk::of("manager", Language::En);
    let contract = desk.world.records().signed;
    let draft = event_draft("Board dinner", 20);
    let id = EventId::new(desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0);
    desk.go("events").press(KeyCode::Char('/')).write("board").press(KeyCode::Enter).see("1–1 of 1");
    desk.press(KeyCode::Char('e'));
    to(&mut desk, "Starts").ctrl('u').write("in 3 days").see("Tue 24 November 2026").not("00:00");
    desk.press(KeyCode::Tab).see("At what time? Write for example 24/11/2026 18:30.");
    to(&mut desk, "Starts").write(" 6pm").see("Tue 24 November 2026, 18:00").not("At what time?");
    to(&mut desk, "Ends").ctrl('u').write("5h").see("23:00, 5 h later");
    // The end is read again when the start is changed.
    to(&mut desk, "Starts").ctrl('u').write("demain minuit").see("Sun 22 November 2026, 00:00");
    desk.see("05:00, 5 h later").ctrl('s').press(KeyCode::Enter).see("Press u to undo.");
    let stored = storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap();
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    assert_eq!((stored.starts_at, stored.ends_at), (day.and_hms_opt(0, 0, 0), day.and_hms_opt(5, 0, 0)));
    // What starts at midnight can be edited without another word.
    desk.press(KeyCode::Char('e'));
    to(&mut desk, "Starts").see("22/11/2026 00:00").press(KeyCode::Tab).not("At what time?");
    to(&mut desk, "Place").ctrl('u').write("Elsewhere").ctrl('s').press(KeyCode::Enter).see("Press u to undo.");
    let mut desk = Desk::of("manager", Language::Fr);
    desk.world.records();
    desk.go("nouvel événement").press(KeyCode::Tab).press(KeyCode::Tab).write("dans 3 jours").press(KeyCode::Tab);
    desk.see("À quelle heure\u{a0}? Écrivez par exemple 24/11/2026 18:30.");
}

/// An end typed without a day is on the day of the start shown above it, even if another user moves the start
/// before the save.
#[test]
fn an_end_keeps_its_day_when_another_user_moves_the_start() {
    let mut desk = Desk::of("manager", Language::En);
    let contract = desk.world.records().signed;
    let draft = event_draft("Board dinner", 20);
    let id =
        EventId::new(desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: draft.clone() })).0);
    desk.go("events").press(KeyCode::Char('/')).write("board").press(KeyCode::Enter).see("1–1 of 1");
    desk.press(KeyCode::Char('e'));
    to(&mut desk, "Ends").ctrl('u').write("18h").see("18:00, 9 h later");
    let starts_at = draft.starts_at.map(|start| start - chrono::TimeDelta::days(1));
    let theirs = EventDraft { starts_at, ..draft.clone() };
    desk.world.save(&Request::Write(WriteRequest::UpdateEvent { id, version: 1, draft: theirs }));
    desk.ctrl('s').press(KeyCode::Enter).see("Board dinner: end is now");
    let stored = storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap();
    let ends = draft.starts_at.unwrap().date().and_hms_opt(18, 0, 0);
    assert_eq!((stored.starts_at, stored.ends_at), (starts_at, ends));
}

/// The summary before a save shows every change, in the smallest window too.
#[test]
fn every_change_of_a_summary_can_be_read_in_the_smallest_window() {
    for (language, settings, more, last) in [
        (Language::En, "settings of the company", "Up and Down show the rest", "new ones."),
        (Language::Fr, "réglages de l'entreprise", "Haut et Bas montrent la suite", "nouveaux."),
    ] {
        let mut desk = Desk::of("manager", language);
        desk.go(settings).ctrl('u').write("Epic and Epic and Epic and Epic and Epic and Epic and Epic");
        // Currency and time zone stay; the other settings change.
        for keys in ["", "", " ", " ", " ", " ", "0"] {
            desk.press(KeyCode::Tab).write(keys);
        }
        desk.press(KeyCode::Tab).ctrl('u').write("20");
        let before = desk.world.state();
        desk.resize(60, 16).ctrl('s').see("Epic and Epic").see(more).not("-> 20");
        for _ in 0..12 {
            desk.press(KeyCode::Down);
        }
        desk.see(last);
        for _ in 0..4 {
            desk.press(KeyCode::Up);
        }
        desk.see("-> 20").not("Epic and Epic");
        for _ in 0..12 {
            desk.press(KeyCode::Up);
        }
        desk.see("Epic and Epic").not("-> 20");
        // After scrolling, Esc still cancels.
        desk.press(KeyCode::Down).press(KeyCode::Esc);
        assert_eq!(desk.world.state(), before);
        desk.ctrl('s').press(KeyCode::Enter);
        let stored = storage::settings::load(&mut desk.world.connection()).unwrap();
        assert_eq!((stored.session_minutes, stored.min_password_length), (150, 20));
    }
}

/// A range that nothing can match is refused under its field instead of giving an empty list.
#[test]
fn a_filter_that_ends_before_it_begins_is_refused_under_its_field() {
    let dates = ("24/12/2026", "1/12/2026");
    for (list, first, last, (from, until)) in [
        ("clients", "Last contact from", "Last contact to", dates),
        ("contracts", "Created from", "Created to", dates),
        ("contracts", "Signed from", "Signed to", dates),
        ("contracts", "Total at least", "Total at most", ("500", "400")),
        ("contracts", "Due at least", "Due at most", ("500", "400")),
        ("events", "Starts from", "Starts to", dates),
        ("audit log", "Done from", "Done to", dates),
    ] {
        let mut desk = Desk::of("manager", Language::En);
        desk.world.records();
        desk.go(list).press(KeyCode::Char('f'));
        to(&mut desk, &format!("{first} ")).write(from);
        to(&mut desk, &format!("{last} ")).write(until).ctrl('s');
        desk.see(&format!("> {last}")).see("so nothing would be found").not("Nothing found.");
        desk.ctrl('u').write(from).ctrl('s').see("Filtered: ");
    }
    let mut desk = Desk::of("manager", Language::Fr);
    desk.go("événements").press(KeyCode::Char('f')).write("24/12/2026").press(KeyCode::Tab).write("1/12/2026");
    desk.see("Début du").see("Début au").ctrl('s').see("rien ne serait trouvé");
    desk.ctrl('u').write("26/12/2026").ctrl('s').see("Filtré\u{a0}: début du 24/12/2026, début au 26/12/2026");
}

/// Who makes an event and cannot change it afterwards is told so before it is saved.
#[test]
fn who_cannot_correct_a_new_event_is_told_beforehand() {
    let english = "Check it before you save. Only the event's support or management may edit events afterwards.";
    let french = "Vérifiez avant d'enregistrer. Seuls le support de l'événement et la gestion peuvent le modifier";
    for (who, language, new, told, is_told) in [
        ("sales", Language::En, "new event", english, true),
        ("sales", Language::Fr, "nouvel événement", french, true),
        ("manager", Language::En, "new event", "Check it before you save.", false),
    ] {
        let mut desk = Desk::of(who, language);
        desk.resize(120, 24).go(new);
        if is_told {
            desk.see(told)
        } else {
            desk.not(told)
        };
    }
}

/// What is typed first takes the place of a proposal; Backspace removes it and every other key keeps it. What a record
/// holds already is not replaced.
#[test]
fn what_is_typed_takes_the_place_of_a_proposal() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("contract 2").press(KeyCode::Char('p')).see("> Amount").see("500.00 EUR");
    desk.write("20").see("20.00 EUR").press(KeyCode::Tab).press(KeyCode::BackTab).write("0").see("200.00 EUR");
    desk.press(KeyCode::Esc).press(KeyCode::Char('y'));
    desk.go("events").press(KeyCode::Home).press(KeyCode::Char('e'));
    to(&mut desk, "Title").write("!").see("!").press(KeyCode::Esc).see("Discard what you typed?");
    desk.press(KeyCode::Enter).ctrl('s').see("->").see("!");
}

#[test]
fn a_problem_beside_the_name_of_its_field_goes_on_in_lower_case_in_french() {
    let mut desk = Desk::of("manager", Language::Fr);
    desk.go("nouveau client");
    to(&mut desk, "E-mail").write("kevin").ctrl('s').see("Nom complet : veuillez remplir ce champ.");
}

/// The arrows stop at the ends of a form; Tab goes round.
#[test]
fn down_stays_on_the_last_field_and_up_on_the_first() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Kevin Casey").press(KeyCode::Up).see("> Full name");
    for _ in 0..12 {
        desk.press(KeyCode::Down);
    }
    desk.write("Likes tea").press(KeyCode::Down).write(" and milk").see("Likes tea and milk").see("Kevin Casey");
    desk.press(KeyCode::Tab).see("> Full name").write("Bill").see("Bill");
}

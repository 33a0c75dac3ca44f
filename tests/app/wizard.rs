//! The set-up wizard: what is wrong is said on leaving a field, in words that say what would be right.

use super::desk::*;

/// The wizard at its first page.
fn wizard(language: Language) -> Desk {
    let mut desk = Desk::new(language);
    let preferences = desk.app.preferences();
    let embedded = "sqlite:///nowhere".to_owned();
    let options = Options { preferences, demo: Vec::new(), embedded, server: None, suspends: true };
    desk.app = App::new(options, true, desk.now);
    desk
}

/// Goes on to the page of the company, whose database answers.
fn to_company(desk: &mut Desk) {
    desk.press(KeyCode::Enter);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Enter);
    for (id, ..) in desk.held.take().unwrap() {
        let reply = epic_events::services::Reply::Connected { server: "SQLite".to_owned() };
        desk.event(AppEvent::Reply { id, reply: Box::new(Ok(reply)) });
    }
}

#[test]
fn a_port_is_checked_when_it_is_left() {
    let mut desk = wizard(Language::En);
    desk.press(KeyCode::Enter).press(KeyCode::Right).press(KeyCode::Enter).see("Port").press(KeyCode::Tab);
    for wrong in ["0", "70000", "-1"] {
        desk.ctrl('u').write(wrong).press(KeyCode::Tab).see("From 1 to 65,535, please.").press(KeyCode::BackTab);
    }
    desk.ctrl('u').write("mysql").press(KeyCode::Tab).see("This is not a whole number.").press(KeyCode::BackTab);
    desk.ctrl('u').write("3307").press(KeyCode::Tab).not("please");
}

#[test]
fn a_currency_is_checked_when_it_is_left() {
    for (language, words) in [
        (Language::En, "No such currency. Write a code such as EUR, CHF or GBP."),
        (Language::Fr, "Devise inconnue. Tapez un code tel que EUR, CHF ou GBP."),
    ] {
        let mut desk = wizard(language);
        to_company(&mut desk);
        for wrong in ["ABC", "monnaie"] {
            desk.press(KeyCode::Tab).ctrl('u').write(wrong).press(KeyCode::Tab).see(words).press(KeyCode::BackTab);
            desk.press(KeyCode::BackTab);
        }
        desk.press(KeyCode::Tab).ctrl('u').write("chf").see("CHF").press(KeyCode::Tab).not(words);
        // Signs and names mean the code, which is shown beside the field and kept.
        desk.press(KeyCode::BackTab).ctrl('u').write("£").see("GBP").press(KeyCode::Tab).not(words);
    }
}

#[test]
fn the_settings_keep_a_currency_that_is_not_in_the_list_but_take_no_other() {
    use diesel::prelude::*;
    use epic_events::schema::settings;
    let mut desk = Desk::new(Language::En);
    let db = &mut desk.world.connection();
    diesel::update(settings::table.find("currency")).set(settings::value.eq("ABC")).execute(db).unwrap();
    desk.write("manager").press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
    desk.go("settings").ctrl('u').write("Grand Events").ctrl('s').write("y").see("company is now Grand Events");
    desk.go("settings").press(KeyCode::Tab).ctrl('u').write("XYZ").press(KeyCode::Tab).see("No such currency.");
    desk.press(KeyCode::BackTab)
        .ctrl('u')
        .write("euros")
        .see("EUR")
        .ctrl('s')
        .see("ABC -> EUR")
        .write("y")
        .see("currency is now EUR");
    assert_eq!(epic_events::storage::settings::load(&mut desk.world.connection()).unwrap().currency, "EUR");
    desk.press(KeyCode::Esc).go("settings").see("EUR").not("euros");
}

#[test]
fn a_time_zone_is_found_by_its_city() {
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.press(KeyCode::Tab).press(KeyCode::Tab).see("type a city or country");
    desk.write("Paris").see("│ Europe/Paris").press(KeyCode::Enter).see("Europe/Paris").not("Nothing found.");
    desk.write("new york").press(KeyCode::Enter).see("America/New_York");
    // Up and Down choose, Esc leaves it as it was.
    desk.write("ind").see("America/Indiana").press(KeyCode::Down).press(KeyCode::Esc).see("America/New_York");
    desk.press(KeyCode::Enter).see("first manager");
}

/// What people type, and the first line that the picker offers for it.
#[test]
fn a_time_zone_is_found_by_a_country_and_by_any_large_city() {
    for (language, typed, zone) in [
        (Language::Fr, "Lyon", "Europe/Paris"),
        (Language::Fr, "lille", "Europe/Paris"),
        (Language::Fr, "saint-etienne", "Europe/Paris"),
        (Language::Fr, "france", "Europe/Paris"),
        (Language::En, "France", "Europe/Paris"),
        (Language::Fr, "Suisse", "Europe/Zurich"),
        (Language::Fr, "Genève", "Europe/Zurich"),
        (Language::Fr, "geneve", "Europe/Zurich"),
        (Language::Fr, "Londres", "Europe/London"),
        (Language::Fr, "Belgique", "Europe/Brussels"),
        (Language::Fr, "Bruxelles", "Europe/Brussels"),
        (Language::En, "munich", "Europe/Berlin"),
        (Language::Fr, "Germany", "Europe/Berlin"),
        (Language::En, "allemagne", "Europe/Berlin"),
        (Language::En, "barcelona", "Europe/Madrid"),
        (Language::Fr, "Milan", "Europe/Rome"),
        (Language::Fr, "Montréal", "America/Toronto"),
        (Language::Fr, "New York", "America/New_York"),
        (Language::En, "usa", "America/New_York"),
        (Language::Fr, "états-unis", "America/New_York"),
        (Language::Fr, "la réunion", "Indian/Reunion"),
    ] {
        let mut desk = wizard(language);
        to_company(&mut desk);
        desk.press(KeyCode::Tab).press(KeyCode::Tab).write(typed).see(zone).press(KeyCode::Enter).see(zone);
    }
    let mut desk = wizard(Language::Fr);
    to_company(&mut desk);
    desk.press(KeyCode::Tab).press(KeyCode::Tab).write("zurich").see("Europe/Zurich").see("Suisse");
}

#[test]
fn the_settings_find_a_time_zone_by_its_city_too() {
    let mut desk = Desk::of("manager", Language::Fr);
    desk.go("réglages").press(KeyCode::Tab).press(KeyCode::Tab).write("montréal").press(KeyCode::Esc);
    desk.write("Toronto").press(KeyCode::Enter).see("America/Toronto").ctrl('s').see("America/Toronto");
}

#[test]
fn passwords_are_checked_when_they_are_left() {
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.ctrl('s').see("first manager").write("boss").press(KeyCode::Tab).write("Marta Olsen");
    desk.press(KeyCode::Tab)
        .press(KeyCode::Tab)
        .write("short")
        .press(KeyCode::Tab)
        .see("At least 12 characters, please.");
    desk.press(KeyCode::BackTab).ctrl('u').write("correct horse battery").press(KeyCode::Tab).not("please");
    desk.write("another").press(KeyCode::Tab).see("The two passwords differ.");
    // A field that nobody has filled in yet is not complained about on the way.
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.ctrl('s').see("first manager");
    for _ in 0..3 {
        desk.press(KeyCode::Tab);
    }
    desk.press(KeyCode::BackTab).not("differ").not("characters, please");
}

/// All that is wrong on the page of the manager is shown at once, and the first of it is gone to.
#[test]
fn an_error_of_the_password_stays_while_another_field_is_wrong() {
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.ctrl('s').see("first manager").press(KeyCode::Tab).write("Marta Olsen").press(KeyCode::Tab);
    desk.press(KeyCode::Tab).write("short").press(KeyCode::Tab).see("At least 12 characters, please.");
    desk.write("short").ctrl('s').see("> Username").see("Please fill this in").see("At least 12 characters, please.");
    desk.write("marta").ctrl('s').see("> Password *").see("At least 12 characters, please.");
    desk.ctrl('u').write("correct horse battery").ctrl('s').see("> Password again").see("The two passwords differ.");
}

#[test]
fn a_change_of_the_language_keeps_what_was_chosen_and_typed() {
    let mut desk = wizard(Language::En);
    desk.press(KeyCode::Enter).press(KeyCode::Right).see("the company's MySQL server >").press(KeyCode::Enter);
    desk.ctrl('u').write("db.example.org");
    for _ in 0..5 {
        desk.press(KeyCode::Tab);
    }
    desk.press(KeyCode::Right).press(KeyCode::Right).see("< encrypted").press(KeyCode::F(2));
    desk.see("db.example.org").see("Chiffrement").see("Étape 3 sur").press(KeyCode::Esc);
    desk.see("le serveur MySQL de l'entreprise >").press(KeyCode::Esc).see("< Français >");
    // On the first page the choice speaks at once.
    desk.press(KeyCode::Left).see("Which language").see("< English >").press(KeyCode::Enter);
    desk.see("the company's MySQL server >").press(KeyCode::Enter).see("db.example.org").see("encrypted");
}

#[test]
fn the_keys_are_explained_on_each_page() {
    let mut desk = wizard(Language::En);
    let last = |desk: &mut Desk| desk.screen().lines().last().unwrap().trim().to_owned();
    assert_eq!(last(&mut desk), "Left Right choose  Enter next  Ctrl+C quit  F2 Français  F1 help");
    desk.press(KeyCode::Enter);
    assert_eq!(last(&mut desk), "Left Right choose  Enter next  Esc back  F2 Français  F1 help");
    desk.press(KeyCode::Right).press(KeyCode::Enter);
    assert_eq!(last(&mut desk), "Ctrl+S test connection and go on  Esc back  Tab next field  F1 help");
    desk.press(KeyCode::Esc).press(KeyCode::Left).press(KeyCode::Esc);
    to_company(&mut desk);
    desk.ctrl('s').write("boss").press(KeyCode::Tab).write("Marta Olsen").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("correct horse battery").press(KeyCode::Tab).write("correct horse battery").press(KeyCode::Enter);
    assert_eq!(last(&mut desk), "Enter create the company  Esc back  F2 Français  F1 help");
}

#[test]
fn the_proposed_name_of_the_company_is_replaced_by_what_is_typed() {
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.see("The data will be kept in a file on this computer.").write("Fêtes").see("Fêtes").not("EventsFêtes");
    desk.press(KeyCode::Tab).press(KeyCode::Home).write("C").see("CEUR").press(KeyCode::BackTab).write(" & Cie");
    desk.see("Fêtes & Cie");
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.press(KeyCode::Backspace).press(KeyCode::Tab).see("Please fill this in.");
    let mut desk = wizard(Language::En);
    to_company(&mut desk);
    desk.press(KeyCode::Left).press(KeyCode::Char('X')).see("Epic EventXs");
}

/// Copying a company asks for no manager, and says so at its end.
#[test]
fn a_company_that_is_copied_keeps_its_accounts() {
    use epic_events::services::Reply;
    for (language, tests, copies, done, never) in [
        (Language::En, "Ctrl+S tests the connection", "copy the company", "with all its accounts", "first manager"),
        (
            Language::Fr,
            "Ctrl+S teste la connexion",
            "copier l'entreprise",
            "avec tous ses comptes",
            "premier gestionnaire",
        ),
    ] {
        let mut desk = wizard(language);
        let answer = |desk: &mut Desk, reply: Reply| {
            for (id, ..) in desk.held.take().unwrap() {
                desk.event(AppEvent::Reply { id, reply: Box::new(Ok(reply.clone())) });
            }
        };
        desk.press(KeyCode::Enter).press(KeyCode::Right).press(KeyCode::Enter).see(tests);
        desk.held = Some(Vec::new());
        desk.ctrl('s');
        answer(
            &mut desk,
            Reply::Movable { server: "MariaDB 11.4".to_owned(), company: "Epic".to_owned(), copied: false },
        );
        desk.see("MariaDB 11.4").press(KeyCode::Enter).ctrl('s').see(copies).not(never);
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Enter);
        answer(&mut desk, Reply::IsSetUp { unguarded: Vec::new() });
        desk.see(done).not(never);
    }
}

/// Every line of the help is a sentence, here too.
#[test]
fn the_help_of_the_wizard_says_what_enter_does() {
    for (language, told) in [(Language::En, "Go to the next page."), (Language::Fr, "Aller à la page suivante.")] {
        let mut desk = wizard(language);
        desk.press(KeyCode::F(1)).see(told).press(KeyCode::Esc).not(told);
    }
}

/// Once the company is copied, no page says that nothing was written, and no key that it is going to be copied.
#[test]
fn what_the_last_step_has_done_already_is_said() {
    use epic_events::services::Reply;
    let statements = || Reply::AccountNeeded { statements: "CREATE USER 'daily';\nGRANT SELECT;".to_owned().into() };
    for (language, copied_words, check, never, steps, found, account) in [
        (
            Language::En,
            "The company is on the server",
            "check the account",
            "Nothing has been written",
            "Step 6 of 6",
            "this computer's company is copied",
            "everyday account",
        ),
        (
            Language::Fr,
            "L'entreprise est sur le serveur",
            "vérifier le compte",
            "Rien n'a encore",
            "Étape 6 sur 6",
            "l'entreprise de cet ordinateur y est",
            "compte quotidien",
        ),
    ] {
        let mut desk = wizard(language);
        let answer = |desk: &mut Desk, reply: Reply| {
            for (id, ..) in desk.held.take().unwrap() {
                desk.event(AppEvent::Reply { id, reply: Box::new(Ok(reply.clone())) });
            }
        };
        desk.press(KeyCode::Enter).press(KeyCode::Right).press(KeyCode::Enter);
        desk.held = Some(Vec::new());
        desk.ctrl('s');
        answer(
            &mut desk,
            Reply::Movable { server: "MariaDB 11.4".to_owned(), company: "Epic".to_owned(), copied: false },
        );
        desk.press(KeyCode::Enter).ctrl('s').see(never);
        desk.held = Some(Vec::new());
        desk.press(KeyCode::Enter);
        answer(&mut desk, statements());
        desk.see("CREATE USER 'daily'").see(check).see(steps).press(KeyCode::Esc);
        desk.see(copied_words).see(check).not(never);
        // Another server is another matter. What was copied cannot be exchanged for a new company.
        desk.press(KeyCode::Esc).press(KeyCode::Esc).see("localhost");
        desk.held = Some(Vec::new());
        desk.ctrl('s');
        answer(
            &mut desk,
            Reply::Movable { server: "MariaDB 11.4".to_owned(), company: "Epic".to_owned(), copied: false },
        );
        desk.press(KeyCode::Enter).ctrl('s').see(never);
        // Nor is it another matter if the copy is found there, whatever was chosen before.
        desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Right).press(KeyCode::Esc).see("localhost");
        desk.held = Some(Vec::new());
        desk.ctrl('s');
        let copied = Reply::Movable { server: "MariaDB 11.4".to_owned(), company: "Epic".to_owned(), copied: true };
        answer(&mut desk, copied);
        desk.see(found).see(account).ctrl('s').see(copied_words).see(check).not(never);
    }
}

/// A server with a company that is no copy says what can be done there.
#[test]
fn another_company_on_the_server_is_no_dead_end() {
    for (language, told) in [(Language::En, "name an empty database."), (Language::Fr, "indiquez une base vide.")] {
        let mut desk = wizard(language);
        desk.press(KeyCode::Enter).press(KeyCode::Right).press(KeyCode::Enter);
        desk.held = Some(Vec::new());
        desk.ctrl('s');
        for (id, ..) in desk.held.take().unwrap() {
            desk.event(AppEvent::Reply { id, reply: Box::new(Err(Error::AlreadySetUp)) });
        }
        desk.see(told).see("localhost");
    }
}

/// The statements belong to the last step, whose number does not change when they turn out to be needed.
#[test]
fn the_number_of_steps_stays_when_statements_are_needed() {
    use epic_events::services::Reply;
    let mut desk = wizard(Language::En);
    let answer = |desk: &mut Desk, reply: Reply| {
        for (id, ..) in desk.held.take().unwrap() {
            desk.event(AppEvent::Reply { id, reply: Box::new(Ok(reply.clone())) });
        }
    };
    desk.press(KeyCode::Enter).press(KeyCode::Right).see("Step 2 of 7").press(KeyCode::Enter);
    desk.held = Some(Vec::new());
    desk.ctrl('s');
    answer(&mut desk, Reply::Connected { server: "MariaDB 11.4".to_owned() });
    desk.ctrl('s').ctrl('s').see("first manager").write("boss").press(KeyCode::Tab).write("Marta Olsen");
    desk.press(KeyCode::Tab).press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Tab).write(PASSWORD).ctrl('s');
    desk.see("Step 7 of 7").see("Nothing has been written so far");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Enter);
    answer(&mut desk, Reply::AccountNeeded { statements: "CREATE USER 'daily';".to_owned().into() });
    desk.see("Step 7 of 7").see("create the company").press(KeyCode::Esc).see("Step 7 of 7");
    desk.see("So far there are only the tables").not("Nothing has been written");
}

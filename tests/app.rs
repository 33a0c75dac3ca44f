//! The application by keys, without a terminal: its screen is a buffer, its worker is
//! inline or holds replies back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use crossterm::event::{
    Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use epic_events::{
    app::{App, Effect, Event, Options},
    domain::{
        Error,
        error::ConnectionProblem,
        language::Language,
        session::{Moment, Session},
        settings::Settings,
    },
    services::Request,
    ui::theme::Theme,
};
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};
use support::{
    Engine,
    world::{PASSWORD, World, client_draft, start},
};

/// A request whose reply is held back.
type Held = (u64, Option<Box<Session>>, Box<Request>);

/// The app with its company.
struct Desk {
    world: World,
    app: App,
    terminal: Terminal<TestBackend>,
    now: Moment,
    /// Requests that wait, while replies are held back.
    held: Option<Vec<Held>>,
    quit: bool,
}

impl Desk {
    fn new(language: Language) -> Self {
        let world = World::new(Engine::Sqlite);
        let options =
            Options { language, theme: Theme::standard(), demo: Vec::new(), embedded: String::new(), server: None };
        let now = Moment { utc: start() + chrono::TimeDelta::hours(1), ticks: 10_000_000 };
        let app = App::new(options, false, now);
        let terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        Self { world, app, terminal, now, held: None, quit: false }
    }

    /// Signed in as this person.
    fn of(name: &str, language: Language) -> Self {
        let mut desk = Self::new(language);
        desk.write(name).press(KeyCode::Tab).write(PASSWORD).press(KeyCode::Enter);
        desk
    }

    fn event(&mut self, event: Event) {
        for effect in self.app.update(event, self.now) {
            match effect {
                Effect::Send { id, session, request } => match &mut self.held {
                    Some(held) => held.push((id, session, request)),
                    None => self.answer(id, session.as_deref(), &request),
                },
                Effect::Quit => self.quit = true,
                _ => {}
            }
        }
    }

    fn answer(&mut self, id: u64, session: Option<&Session>, request: &Request) {
        let reply = self.world.services.execute(session, request, self.now);
        self.event(Event::Reply { id, reply: Box::new(reply) });
    }

    /// Gives all replies that were held back.
    fn release(&mut self) {
        for (id, session, request) in self.held.take().unwrap_or_default() {
            self.answer(id, session.as_deref(), &request);
        }
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) -> &mut Self {
        self.event(Event::Terminal(TerminalEvent::Key(KeyEvent::new(code, modifiers))));
        self
    }

    fn press(&mut self, code: KeyCode) -> &mut Self {
        self.key(code, KeyModifiers::NONE)
    }

    fn ctrl(&mut self, c: char) -> &mut Self {
        self.key(KeyCode::Char(c), KeyModifiers::CONTROL)
    }

    fn write(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
        self
    }

    /// Goes somewhere by the palette.
    fn go(&mut self, words: &str) -> &mut Self {
        self.press(KeyCode::Char(':')).write(words).press(KeyCode::Enter)
    }

    /// Time passes, on the clock that nobody sets.
    fn wait(&mut self, milliseconds: u64) -> &mut Self {
        self.now.ticks += milliseconds;
        self.event(Event::Tick);
        self
    }

    fn screen(&mut self) -> String {
        self.terminal.draw(|frame| self.app.draw(frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let columns = usize::from(buffer.area.width);
        let rows =
            buffer.content.chunks(columns).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
        rows.map(|row| row.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    fn see(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(text), "no \"{text}\" in:\n{screen}");
        self
    }

    fn not(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(text), "\"{text}\" in:\n{screen}");
        self
    }
}

/// What each role looks at all day. Pictures to be read by a person when they change.
#[test]
fn the_screens_of_each_role() {
    for (language, name) in
        [(Language::En, "manager"), (Language::En, "sales"), (Language::En, "support"), (Language::Fr, "manager")]
    {
        let mut desk = Desk::of(name, language);
        desk.world.records();
        let title = |screen: &str| format!("{name}_{language}_{screen}");
        desk.press(KeyCode::F(5));
        insta::assert_snapshot!(title("home"), desk.screen());
        for screen in ["clients", "contracts", "events"] {
            let word = if language == Language::Fr { desk_word(screen) } else { screen };
            desk.go(word);
            insta::assert_snapshot!(title(screen), desk.screen());
            desk.press(KeyCode::Enter);
            insta::assert_snapshot!(title(&format!("{screen}_detail")), desk.screen());
            if name == "manager" {
                desk.press(KeyCode::Char('e'));
                insta::assert_snapshot!(title(&format!("{screen}_form")), desk.screen());
                desk.press(KeyCode::Esc);
            }
            desk.press(KeyCode::Esc).press(KeyCode::Esc);
        }
        desk.press(KeyCode::Char('?'));
        insta::assert_snapshot!(title("help"), desk.screen());
    }
}

fn desk_word(screen: &str) -> &'static str {
    match screen {
        "clients" => "clients",
        "contracts" => "contrats",
        _ => "événements",
    }
}

#[test]
fn typing_never_waits_for_the_database() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").see("New client");
    desk.write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab).press(KeyCode::Tab);
    desk.write("+678 123 456 78");
    // From here the database takes five seconds.
    desk.held = Some(Vec::new());
    desk.ctrl('s').wait(200).see("Working...").see("Saving...");
    desk.press(KeyCode::Tab).write("29/3/2023").see("Wed 29 March 2023");
    desk.wait(4_000).see("takes long to answer. Esc gives up waiting");
    desk.press(KeyCode::Esc).see("it may or may not have been saved").see("Kevin Casey").see("29/3/2023");
    // The reply comes late: nobody waits for it, and the form is as it was.
    desk.release();
    desk.see("New client").see("29/3/2023").not("Saved.");
}

#[test]
fn a_save_under_way_is_not_sent_twice() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab);
    desk.press(KeyCode::Tab).write("+678 123 456 78");
    desk.held = Some(Vec::new());
    desk.ctrl('s').ctrl('s').ctrl('s');
    assert_eq!(desk.held.as_ref().unwrap().len(), 1);
    desk.release();
    desk.see("Saved.").see("Kevin Casey");
}

#[test]
fn the_session_locks_at_its_minute_and_gives_the_form_back() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    let limit = u64::from(Settings::default().session_minutes) * 60_000;
    desk.wait(limit - 30_000).see("Locks in 30 s");
    // The clock on the wall may jump as it likes.
    desk.now.utc += chrono::TimeDelta::days(1);
    desk.wait(29_999).see("Half written");
    desk.wait(1).see("Locked").not("Half written");
    desk.write("wrong password").press(KeyCode::Enter).see("do not fit together").not("Half written");
    desk.now.utc += chrono::TimeDelta::hours(1);
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    // Any key puts the lock off.
    desk.wait(limit - 1_000).press(KeyCode::Char('!')).wait(2_000).see("Half written!");
}

#[test]
fn whoever_is_deactivated_is_signed_out_within_five_seconds() {
    let mut desk = Desk::of("support", Language::En);
    desk.see("my next events");
    let id = desk.world.support.actor.id;
    desk.world.save(&Request::DeactivateUser { id, version: 2, heir: None });
    for _ in 0..5 {
        desk.wait(1_000);
    }
    desk.see("Your account was changed. Please sign in again.").not("my next events");
}

#[test]
fn quitting_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("q").see("q");
    desk.ctrl('c').see("Quit without saving?").press(KeyCode::Enter);
    assert!(!desk.quit, "Cancel is preselected");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Right).press(KeyCode::Enter);
    desk.see("Waiting for you").press(KeyCode::Char('q'));
    assert!(desk.quit);
}

#[test]
fn two_who_edit_the_same_record_see_each_other() {
    let mut desk = Desk::of("manager", Language::En);
    let records = desk.world.records();
    desk.go("clients").press(KeyCode::Char('e')).see("Edit client");
    desk.ctrl('u').write("K. Casey").press(KeyCode::Tab).press(KeyCode::Tab).ctrl('u').write("k@startup.io");
    let sales = desk.world.sales.clone();
    let draft = epic_events::domain::client::ClientDraft {
        company_name: "Warm Startup".to_owned(),
        email: Some("k@startup.io".to_owned()),
        ..client_draft("Kevin C.")
    };
    let theirs = Request::UpdateClient { id: records.client, version: 1, draft };
    desk.world.ask(Some(&sales), &theirs).unwrap();
    desk.ctrl('s').see("Person sales saved this first").see("Person sales: Kevin C.");
    // What only they changed is taken, what both changed is mine until I say otherwise.
    desk.see("Warm Startup").see("K. Casey");
    desk.ctrl('t').see("Person sales: K. Casey").ctrl('t').ctrl('s').see("Saved.");
    let stored = epic_events::storage::clients::find(&mut desk.world.connection(), records.client).unwrap().unwrap();
    assert_eq!((stored.full_name.as_str(), stored.company_name.as_str()), ("K. Casey", "Warm Startup"));
}

#[test]
fn several_marked_events_are_assigned_at_once() {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    let contract = desk.world.signed_contract(client);
    for (title, days) in [("One", 5), ("Two", 6), ("Three", 7)] {
        let draft = support::world::event_draft(title, days);
        desk.world.save(&Request::CreateEvent { contract, draft });
    }
    desk.press(KeyCode::F(5)).press(KeyCode::Enter).see("1 of 3").press(KeyCode::Char(' ')).press(KeyCode::Char(' '));
    desk.see("2 marked").press(KeyCode::Char('a')).see("Support for 2 events").write("other").press(KeyCode::Enter);
    desk.see("Person other.support supports 2 events.").see("1 of 1").see("Three");
    desk.press(KeyCode::Char('u')).see("2 events changed.").see("of 3");
}

#[test]
fn the_mouse_selects_and_opens() {
    let mut desk = Desk::of("manager", Language::En);
    for name in ["Anna", "Bruno", "Chloé"] {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
    let click = |desk: &mut Desk, text: &str| {
        let screen = desk.screen();
        let row = screen.lines().position(|line| line.contains(text)).unwrap();
        let kind = MouseEventKind::Down(MouseButton::Left);
        let (row, modifiers) = (u16::try_from(row).unwrap(), KeyModifiers::NONE);
        desk.event(Event::Terminal(TerminalEvent::Mouse(MouseEvent { kind, column: 10, row, modifiers })));
    };
    click(&mut desk, "Clients");
    desk.see("1 of 3");
    click(&mut desk, "Bruno");
    desk.see("2 of 3");
    click(&mut desk, "Bruno");
    desk.see("Contracts (0)");
}

#[test]
fn leaving_staff_are_followed_by_an_heir() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("staff")
        .press(KeyCode::Char('/'))
        .write("person sales")
        .press(KeyCode::Enter)
        .press(KeyCode::Down)
        .see("2 of 2");
    desk.press(KeyCode::Char('x')).see("Deactivate").press(KeyCode::Right).press(KeyCode::Enter);
    desk.see("Who takes over 1 client?").write("other").press(KeyCode::Enter).see("Saved.");
}

#[test]
fn french_is_complete_on_the_way_to_a_client() {
    let mut desk = Desk::of("sales", Language::Fr);
    desk.see("À faire").see("mes clients").go("nouveau client").see("Entreprise");
    desk.ctrl('s').see("Veuillez remplir ce champ.");
}

#[test]
fn a_small_window_says_how_large_it_should_be() {
    let mut desk = Desk::of("manager", Language::En);
    for (width, height, says) in [(60, 16, "Waiting for you"), (59, 16, "too small"), (1, 1, ""), (300, 100, "Waiting")]
    {
        desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        desk.see(says);
    }
}

#[test]
fn the_footer_shows_what_the_help_explains() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.press(KeyCode::F(5)).go("events");
    let footer = desk.screen().lines().last().unwrap().to_owned();
    for key in ["Enter", "a", "n", "e"] {
        assert!(footer.contains(&format!("{key} ")), "{footer}");
    }
    desk.press(KeyCode::Char('?')).see("Give the event, or all marked ones, to a support person.");
    // Chosen in the help, a key does what it does.
    desk.write("give").press(KeyCode::Enter).see("Support for Lou Bouzin General Assembly");
}

/// A name that was written past the program does not reach the terminal as it is.
#[test]
fn hostile_names_stay_text() {
    use diesel::prelude::*;
    use epic_events::schema::clients;
    let mut desk = Desk::of("sales", Language::En);
    let records = desk.world.records();
    diesel::update(clients::table.find(records.client))
        .set(clients::full_name.eq("\u{1b}]52;c;evil\u{7}[/b]\u{202e}日本語"))
        .execute(&mut desk.world.connection())
        .unwrap();
    desk.go("clients").see("]52;c;evil[/b]");
    desk.press(KeyCode::Enter).see("]52;c;evil[/b]");
    let buffer = desk.terminal.backend().buffer().clone();
    assert!(buffer.content.iter().all(|cell| !cell.symbol().chars().any(|c| c.is_control() || c == '\u{202e}')));
}

fn limit() -> u64 {
    u64::from(Settings::default().session_minutes) * 60_000
}

/// Everything that a new client needs, the caret in the phone number.
fn fill_in_client(desk: &mut Desk) {
    desk.go("new client").write("Kevin Casey").press(KeyCode::Tab).write("Cool Startup").press(KeyCode::Tab);
    desk.press(KeyCode::Tab).write("+678 123 456 78");
}

#[test]
fn the_key_that_wakes_a_laptop_does_not_keep_the_session_open() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    desk.now.ticks += limit() + 3_600_000;
    desk.press(KeyCode::Char('x')).see("Locked").not("Half written");
    // Nor does it get into the password.
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written").not("Half writtenx");
}

#[test]
fn leaving_a_locked_session_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(limit()).see("Locked");
    desk.press(KeyCode::Esc).see("Discard what you typed?").press(KeyCode::Enter).see("Your work is kept");
    desk.ctrl('c').see("Quit without saving?").press(KeyCode::Enter).see("Your work is kept");
    assert!(!desk.quit, "Cancel is preselected");
    desk.write("wrong password").press(KeyCode::Enter).see("do not fit together").not("Half written");
    desk.now.utc += chrono::TimeDelta::hours(1);
    desk.write(PASSWORD).press(KeyCode::Enter).see("Half written");
    desk.wait(limit())
        .press(KeyCode::Esc)
        .press(KeyCode::Right)
        .press(KeyCode::Enter)
        .see("Username or e-mail address");
}

/// The reply to a wrong password comes while something else is asked.
#[test]
fn a_wrong_password_never_unlocks() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written").wait(limit()).see("Locked");
    desk.held = Some(Vec::new());
    desk.write("wrong password").press(KeyCode::Enter).press(KeyCode::Esc).see("Discard what you typed?");
    desk.release();
    desk.see("Locked").not("Half written");
}

#[test]
fn nothing_of_the_records_shows_while_locked() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('a')).write("other");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Enter).press(KeyCode::Char('L')).see("Locked");
    desk.release();
    desk.see("Locked").not("Lou Bouzin");
    desk.write(PASSWORD).press(KeyCode::Enter).see("Person other.support supports Lou Bouzin");
}

#[test]
fn leaving_by_the_palette_asks_when_something_is_unsaved() {
    let mut desk = Desk::of("sales", Language::En);
    desk.go("new client").write("Half written");
    for place in ["sign out", "home"] {
        desk.ctrl('p').write(place).press(KeyCode::Enter).see("Discard what you typed?");
        desk.press(KeyCode::Enter).see("Half written");
    }
    desk.ctrl('p').write("home").press(KeyCode::Enter).press(KeyCode::Right).press(KeyCode::Enter);
    desk.see("Waiting for you");
}

#[test]
fn giving_up_tells_of_a_write_behind_a_read() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).press(KeyCode::Char('t')).press(KeyCode::Down).press(KeyCode::Enter).wait(300);
    desk.press(KeyCode::Esc).see("may or may not");
}

#[test]
fn a_late_reply_closes_its_own_screen_only() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').ctrl('p').write("new client").press(KeyCode::Enter).write("Second one");
    desk.release();
    desk.see("Second one").press(KeyCode::Esc).see("Discard").press(KeyCode::Right).press(KeyCode::Enter);
    // Below it is the client that was saved, no longer its form.
    desk.see("Kevin Casey").see("History (1)").press(KeyCode::Esc).see("Waiting for you");
}

#[test]
fn a_question_goes_with_the_form_that_asked_it() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').press(KeyCode::Esc).see("Discard what you typed?");
    desk.release();
    desk.see("Saved.").not("Discard what you typed?");
}

#[test]
fn typing_while_a_save_is_under_way_does_not_allow_another() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.held = Some(Vec::new());
    desk.ctrl('s').write("9").ctrl('s');
    assert_eq!(desk.held.as_ref().unwrap().len(), 1);
}

#[test]
fn lists_and_pickers_work_after_giving_up() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.held = Some(Vec::new());
    desk.go("events").wait(300).press(KeyCode::Esc).see("F5 tries again");
    desk.held = None;
    desk.press(KeyCode::F(5)).see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('a')).wait(300).press(KeyCode::Esc).see("Support for");
    desk.held = None;
    desk.write("other").see("Person other.support");
}

#[test]
fn a_picker_works_after_a_failure() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").see("Lou Bouzin");
    desk.held = Some(Vec::new());
    desk.press(KeyCode::Char('a'));
    for (id, ..) in desk.held.take().unwrap() {
        let reply = Box::new(Err(Error::Unavailable(ConnectionProblem::Lost)));
        desk.event(Event::Reply { id, reply });
    }
    desk.see("connection to the database was lost").write("other").see("Person other.support");
}

#[test]
fn the_lock_is_announced_whatever_was_said_before() {
    let mut desk = Desk::of("sales", Language::En);
    fill_in_client(&mut desk);
    desk.ctrl('s').see("Saved.").wait(limit() - 30_000).see("Locks in 30 s");
}

#[test]
fn that_it_takes_long_is_said_no_longer_than_it_does() {
    let mut desk = Desk::of("sales", Language::En);
    desk.held = Some(Vec::new());
    desk.press(KeyCode::F(5)).wait(5_000).see("takes long");
    desk.release();
    desk.not("takes long");
}

#[test]
fn undoing_is_told_on_every_screen() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.go("events").press(KeyCode::Char('a')).write("other").press(KeyCode::Enter).see("Press u to undo");
    desk.press(KeyCode::Esc).see("Waiting for you").press(KeyCode::Char('u'));
    desk.see("Person support supports Lou Bouzin General Assembly.");
}

#[test]
fn esc_never_quits_the_wizard() {
    let mut desk = Desk::new(Language::En);
    let options = Options {
        language: Language::En,
        theme: Theme::standard(),
        demo: Vec::new(),
        embedded: "sqlite:///nowhere".to_owned(),
        server: None,
    };
    desk.app = App::new(options, true, desk.now);
    desk.see("Step 1 of").see("Ctrl+C quit").press(KeyCode::Esc).see("Step 1 of");
    assert!(!desk.quit);
    desk.ctrl('c');
    assert!(desk.quit);
}

/// A key out of those that mean something, and some that do not.
fn keys() -> impl Strategy<Value = KeyEvent> {
    let plain = prop_oneof![
        5 => prop::char::any().prop_map(KeyCode::Char),
        12 => prop::sample::select("jknexastfhpvSuyL/ :?q1[".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        12 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Enter, KeyCode::Tab, KeyCode::BackTab, KeyCode::Up, KeyCode::Down, KeyCode::Left,
            KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Backspace,
            KeyCode::Delete, KeyCode::F(1), KeyCode::F(5), KeyCode::Esc, KeyCode::Esc,
        ]),
    ];
    let modifiers = prop_oneof![
        12 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::ALT),
        1 => Just(KeyModifiers::CONTROL | KeyModifiers::ALT),
    ];
    (plain, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 50, ..ProptestConfig::default() })]

    /// Whatever is pressed: no panic, always a screen.
    #[test]
    fn no_keys_break_it(keys in prop::collection::vec(keys(), 250), role in 0_usize..3) {
        let name = ["manager", "sales", "support"][role];
        let mut desk = Desk::of(name, Language::En);
        desk.world.records();
        for (number, key) in keys.into_iter().enumerate() {
            desk.key(key.code, key.modifiers);
            if number % 10 == 0 {
                let (width, height) = (20 + u16::try_from(number).unwrap() % 120, 5 + u16::try_from(number).unwrap() % 40);
                desk.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            }
            prop_assert!(!desk.screen().trim().is_empty());
        }
        let managers = desk.world.audit().iter().filter(|verb| *verb == "user.created").count();
        prop_assert!(role == 0 || managers == 5, "only management makes accounts");
    }
}

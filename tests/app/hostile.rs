//! Harmful text, typed or written into the tables without the program, is shown and exported as plain text, and
//! the columns stay aligned. `EPIC_EVENTS_ROUNDS` is the number of rounds, of twenty strings each.

use std::io::Write;

use diesel::prelude::*;
use epic_events::{
    domain::{
        ClientId,
        clients::{ClientDraft, ClientFilter, ClientSort},
        contracts::ContractDraft,
        events::EventDraft,
        page::{Edge, Listing},
    },
    schema::{clients, contracts, events, settings, users},
    services::{Reply, export::Format},
};
use ratatui::backend::CrosstermBackend;

use super::desk::*;
use crate::support::world::event_draft;

/// Pieces that broke other programs; the strings are combinations of them.
const PIECES: [&str; 40] = [
    "\u{0}",
    "\u{7}",
    "\u{8}",
    "\t",
    "\n",
    "\r\n",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{9b}31m",
    "\u{9d}52;c;ZXZpbA==\u{9c}",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}P+q\u{1b}\\",
    "\u{202a}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{200d}",
    "\u{2060}",
    "\u{feff}",
    "\u{ad}",
    "\u{2028}",
    "\u{e0041}",
    "日本語",
    "👩‍👩‍👧‍👦",
    "🇫🇷",
    "שלום",
    "e\u{301}",
    "ﷺ",
    "'); DROP TABLE clients; --",
    "\" OR 1=1 --",
    "%_!\\",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "＝1＋1",
    "'=1+1",
    "[/b][red]{}",
];
const COMBINING: &str = "\u{301}\u{302}\u{303}\u{304}\u{307}";

/// A string of a few pieces, chosen by `number`.
fn hostile(number: usize) -> String {
    let mut text = String::new();
    let mut left = number;
    for place in 0..=number % 4 {
        text += PIECES[left % PIECES.len()];
        left = left / PIECES.len() + number / 7 + place;
        text += ["", "a", " Zoë ", "z"][left % 4];
    }
    if number.is_multiple_of(11) {
        text = format!("x{}", COMBINING.repeat(20));
    }
    text
}

/// Checks that the cells of the screen have no control characters and that the ASCII mode shows ASCII only.
/// Returns the screen.
fn look(desk: &mut Desk, what: &str) -> String {
    let screen = desk.screen();
    for cell in &desk.terminal.backend().buffer().content {
        let bad = |c: char| {
            c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2028}' | '\u{feff}')
        };
        assert!(!cell.symbol().chars().any(bad), "{what}: {:?}", cell.symbol());
        assert!(cell.symbol().chars().count() <= 30, "{what}: a heap of marks in one cell");
    }
    let mut plain = desk.terminal.backend().buffer().clone();
    epic_events::ui::widgets::chrome::letters_to_ascii(&mut plain);
    let shown = |symbol: &str| symbol.len() == 1 && symbol.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    assert!(plain.content.iter().all(|cell| shown(cell.symbol())), "{what} is not ASCII where that is wanted");
    screen
}

/// The bytes of one whole frame as a terminal receives them.
fn bytes(desk: &Desk) -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut terminal = Terminal::with_options(
            CrosstermBackend::new(&mut bytes),
            ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(ratatui::layout::Rect::new(0, 0, 80, 24)) },
        )
        .unwrap();
        terminal.draw(|frame| desk.app.draw(frame)).unwrap();
        terminal.backend_mut().flush().unwrap();
    }
    bytes
}

/// Whether every escape sequence only sets colours, the cursor position or modes.
fn is_tame(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.split('\u{1b}').skip(1).all(|rest| {
        let Some(rest) = rest.strip_prefix('[') else { return false };
        let end = rest.find(|c: char| !c.is_ascii_digit() && !";?".contains(c));
        end.is_some_and(|at| "mHhl".contains(rest[at..].chars().next().unwrap()))
    })
}

/// The columns in which a text begins, over all rows: a single one if the column is aligned.
fn columns(desk: &Desk, text: &str) -> std::collections::BTreeSet<usize> {
    let buffer = desk.terminal.backend().buffer();
    let width = usize::from(buffer.area.width);
    let rows = buffer.content.chunks(width);
    rows.filter_map(|row| {
        (0..width).find(|at| {
            let rest: String = row[*at..].iter().map(ratatui::buffer::Cell::symbol).collect();
            rest.starts_with(text)
        })
    })
    .collect()
}

fn rounds() -> usize {
    crate::support::rounds(4)
}

/// Creates twenty clients, each with a contract and an event, whose texts are overwritten in every round.
fn company(desk: &mut Desk) -> Vec<(i64, i64, i64)> {
    let owner = desk.world.sales.actor.id;
    let one = |number: usize| {
        let client = desk.world.client_of(owner, &format!("Client {number}"));
        let contract = desk.world.signed_contract(client);
        let request = Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("Party", 30) });
        (client.0, contract.0, desk.world.save(&request).0)
    };
    (0..20).map(one).collect()
}

fn write_past_the_program(desk: &Desk, rows: &[(i64, i64, i64)], texts: &[String]) {
    let db = &mut desk.world.connection();
    for ((client, contract, event), text) in rows.iter().zip(texts) {
        let (name, all) = (clients::full_name.eq(text), (clients::company_name.eq(text), clients::phone.eq(text)));
        let mail = clients::email.eq(format!("{client}{text}"));
        diesel::update(clients::table.find(client))
            .set((name, all, clients::notes.eq(text), mail))
            .execute(db)
            .unwrap();
        diesel::update(contracts::table.find(contract)).set(contracts::notes.eq(text)).execute(db).unwrap();
        let event = diesel::update(events::table.find(event));
        let (title, place) = (events::title.eq(text), events::location.eq(text));
        event.set((title, place, events::client_contact.eq(text), events::notes.eq(text))).execute(db).unwrap();
    }
    let person = users::table.filter(users::username.eq("other.support"));
    diesel::update(person).set((users::full_name.eq(&texts[0]), users::phone.eq(&texts[1]))).execute(db).unwrap();
    diesel::update(settings::table.find("company_name")).set(settings::value.eq(&texts[2])).execute(db).unwrap();
}

#[test]
fn hostile_text_in_the_tables_stays_text_on_every_screen_and_in_every_file() {
    let mut desk = Desk::of("manager", Language::En);
    let rows = company(&mut desk);
    for round in 0..rounds() {
        // SQLite measures a text up to its first NUL, and the table refuses an empty name.
        let first = |text: &str| if text.starts_with('\0') { "x" } else { "" };
        let texts = (0..20).map(|number| hostile(round * 20 + number));
        let texts: Vec<String> = texts.map(|text| format!("{}{text}.", first(&text))).collect();
        write_past_the_program(&desk, &rows, &texts);
        for (screen, straight) in [
            ("clients", "Person sales"),
            ("contracts", "1,000.00"),
            ("events", "nobody yet"),
            ("staff", ""),
            ("audit log", ""),
        ] {
            desk.go(screen).press(KeyCode::F(5));
            look(&mut desk, screen);
            assert!(is_tame(&bytes(&desk)), "{screen} in round {round}");
            if !straight.is_empty() {
                assert_eq!(columns(&desk, straight).len(), 1, "{screen} in round {round}:\n{}", desk.screen());
            }
            for _ in 0..round % 19 {
                desk.press(KeyCode::Down);
            }
            desk.press(KeyCode::Enter);
            look(&mut desk, "a detail");
            assert!(is_tame(&bytes(&desk)), "a detail of {screen} in round {round}");
            desk.press(KeyCode::Char('e'));
            look(&mut desk, "a form");
            desk.press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc).press(KeyCode::Esc);
        }
        desk.press(KeyCode::F(4));
        look(&mut desk, "the calendar");
        desk.press(KeyCode::Esc);
        if round % 10 == 0 {
            export(&mut desk);
        }
    }
    println!("FIGURE 6 hostile text (screens, files): {} strings, none more than text", rounds() * 20);
}

/// Exports have no control characters except line ends, and no formulas.
fn export(desk: &mut Desk) {
    let list = |format| Request::Export { query: Query::Client(listing("")), format };
    for format in [Format::Csv, Format::Json, Format::Vcf] {
        let Reply::Exported { path, .. } = desk.world.manage(&list(format)) else { panic!("a file") };
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.chars().any(|c| c.is_control() && c != '\r' && c != '\n'), "{format:?}");
        if format == Format::Csv {
            let mut sheet = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let records: Vec<csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
            assert_eq!(records.len(), 20);
            let formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
            assert!(!records.iter().flatten().any(formula), "{text}");
        }
        std::fs::remove_file(path).unwrap();
    }
}

fn listing(text: &str) -> Listing<ClientFilter, ClientSort> {
    let filter = ClientFilter { text: text.to_owned(), ..ClientFilter::default() };
    Listing { filter, sort: ClientSort::Name, descending: false, edge: Edge::Start, limit: 50 }
}

/// Text typed into any field is stored clean or refused, and searching for it does no harm.
#[test]
fn hostile_text_that_is_typed_is_stored_as_text_or_refused() {
    let mut desk = Desk::of("manager", Language::En);
    let owner = desk.world.sales.actor.id;
    let client = desk.world.client_of(owner, "Somebody");
    let contract = desk.world.signed_contract(client);
    let event =
        desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft: event_draft("Party", 30) })).0;
    let (mut client_version, mut contract_version, mut event_version) = (1, 2, 1);
    let manager = desk.world.manager.clone();
    for number in 0..rounds() * 20 {
        let text = hostile(number);
        let mut draft = client_draft(&text);
        (draft.company_name, draft.notes) = (format!("{text}."), text.clone());
        let (id, version) = (client, client_version);
        match desk
            .world
            .ask(Some(&manager), &Request::Write(WriteRequest::UpdateClient { id, version, draft: draft.clone() }))
        {
            Ok(Reply::Saved { version, .. }) => client_version = version,
            Err(Error::Invalid(_)) => {}
            other => panic!("{text:?}: {other:?}"),
        }
        for field in 0..2 {
            let mut bad = ClientDraft { full_name: "Somebody".to_owned(), ..draft.clone() };
            if field == 0 {
                bad.email = Some(text.clone());
            } else {
                bad.phone = text.clone();
            }
            match desk.world.ask(
                Some(&manager),
                &Request::Write(WriteRequest::UpdateClient { id, version: client_version, draft: bad }),
            ) {
                Ok(Reply::Saved { version, .. }) => client_version = version,
                Err(Error::Invalid(_)) => {}
                other => panic!("{text:?}: {other:?}"),
            }
        }
        let draft = ContractDraft { notes: text.clone(), ..crate::support::world::contract_draft(100_000) };
        let (id, version) = (contract, contract_version);
        if let Ok(Reply::Saved { version, .. }) = desk
            .world
            .ask(Some(&manager), &Request::Write(WriteRequest::UpdateContract { id, version, draft, difference: None }))
        {
            contract_version = version;
        }
        let (title, location, client_contact, notes) = (text.clone(), text.clone(), text.clone(), text.clone());
        let draft = EventDraft { title, location, client_contact, notes, ..event_draft("Party", 30) };
        let (id, version) = (epic_events::domain::EventId::new(event), event_version);
        if let Ok(Reply::Saved { version, .. }) =
            desk.world.ask(Some(&manager), &Request::Write(WriteRequest::UpdateEvent { id, version, draft }))
        {
            event_version = version;
        }
        stored_is_clean(&desk, client, &text);
        // As a filter it is treated as words, never as part of a query.
        let request = Request::Read(ReadRequest::List(Query::Client(listing(&text))));
        assert!(
            matches!(desk.world.ask(Some(&manager), &request), Ok(Reply::Page(page)) if page.rows.len() <= 1),
            "{text:?}"
        );
        assert!(desk.world.sign_in(&text, "some password").is_err());
    }
    // Text pasted into a form is shown as plain text.
    for number in 0..rounds() * 20 {
        desk.go("new client");
        desk.event(AppEvent::Terminal(TerminalEvent::Paste(hostile(number))));
        look(&mut desk, "a paste");
        assert!(is_tame(&bytes(&desk)));
        desk.press(KeyCode::Esc);
        if desk.screen().contains("Discard") {
            desk.press(KeyCode::Right).press(KeyCode::Enter);
        }
    }
    assert_eq!(clients::table.count().get_result::<i64>(&mut desk.world.connection()).unwrap(), 1);
    println!("FIGURE 6 hostile text (typed, pasted): {} strings, stored as text or refused", rounds() * 20);
}

fn stored_is_clean(desk: &Desk, id: ClientId, typed: &str) {
    let client = epic_events::storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap();
    let texts = [client.full_name, client.company_name, client.phone, client.email.unwrap_or_default()];
    for text in &texts {
        let bad = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!text.chars().any(bad), "{typed:?} was stored as {text:?}");
    }
}

/// A name may contain the sign that the program's own words put around a key, and stays as it was typed.
#[test]
fn a_name_is_never_replaced_by_a_key() {
    for (language, new, told, undo, clients) in [
        (Language::En, "new client", "⌨quit⌨ Ltd is a client now.", "Press u to undo.", "clients"),
        (Language::Fr, "nouveau client", "⌨quit⌨ Ltd", "Appuyez sur u pour annuler.", "clients"),
    ] {
        let mut desk = Desk::of("sales", language);
        desk.resize(120, 24).go(new).write("⌨quit⌨ Ltd").press(KeyCode::Tab).write("⌨nothing⌨ ⌨").press(KeyCode::Tab);
        desk.press(KeyCode::Tab).write("+678 123 456 78").ctrl('s').see(told).see("⌨nothing⌨ ⌨");
        desk.press(KeyCode::Char('e')).press(KeyCode::End).write("⌨undo⌨").ctrl('s').see("⌨quit⌨ Ltd⌨undo⌨");
        desk.press(KeyCode::Enter).see("⌨quit⌨ Ltd").see("⌨undo⌨").see(undo);
        desk.go(clients).press(KeyCode::Char('/')).write("⌨save⌨").see("⌨save⌨");
    }
}

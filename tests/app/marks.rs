//! Marks: an action applies to the marked records, whatever the list shows by then.

use super::desk::*;
use epic_events::domain::{ClientId, EventId, assigning::Assignment};
use std::collections::BTreeSet;
use support::world::{event_draft, new_contract};

/// More records than a list keeps in memory once it has jumped to its other end.
const MANY: usize = 120;

/// A list with many numbered records, and the table that holds them.
struct Town {
    desk: Desk,
    table: &'static str,
    ids: Vec<i64>,
    /// The number of the next record that no action was applied to yet.
    next: usize,
}

impl Town {
    fn of(table: &'static str) -> Self {
        let mut desk = Desk::of("manager", Language::En);
        let sales = desk.world.sales.actor.id;
        let ids = match table {
            "clients" => (0..MANY).map(|number| desk.world.client_of(sales, &name(number)).0).collect(),
            "contracts" => {
                let contract = |number| {
                    let client = desk.world.client_of(sales, &name(number));
                    desk.world.save(&new_contract(client, 100_000, 50_000)).0
                };
                (0..MANY).map(contract).collect()
            }
            _ => {
                let client = desk.world.client_of(sales, "Lou Bouzin");
                let contract = desk.world.signed_contract(client);
                let event = |number| {
                    let draft = event_draft(&name(number), 30);
                    desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0
                };
                (0..MANY).map(event).collect()
            }
        };
        Self { desk, table, ids, next: 0 }
    }

    /// Marks the next `count` unused records, and returns their numbers.
    fn mark(&mut self, count: usize) -> Vec<usize> {
        let marked: Vec<usize> = (self.next..self.next + count).collect();
        self.next += count;
        self.desk.go("home").go(self.table);
        for number in &marked {
            filter(&mut self.desk, &name(*number)).see("1–1 of 1").press(KeyCode::Char(' '));
        }
        filter(&mut self.desk, "").see(&format!("{count} marked"));
        marked
    }

    /// The id and version of each record of the table.
    fn versions(&self) -> Vec<(i64, i32)> {
        let all = self.desk.world.state();
        all.into_iter().filter(|(table, ..)| *table == self.table).map(|(_, id, version, _)| (id, version)).collect()
    }
}

fn name(number: usize) -> String {
    format!("Guest {number:03}")
}

/// Replaces the filter by these words.
fn filter<'a>(desk: &'a mut Desk, words: &str) -> &'a mut Desk {
    desk.press(KeyCode::Char('/')).ctrl('u').write(words).press(KeyCode::Enter)
}

/// Confirms a question whose first button is *Cancel*.
fn confirm(desk: &mut Desk) -> &mut Desk {
    desk.press(KeyCode::Right).press(KeyCode::Enter)
}

type Keys = fn(&mut Desk) -> &mut Desk;

/// How the list may change between marking and the action.
const MOVES: &[(&str, Keys)] = &[
    ("the other end", |desk| desk.press(KeyCode::End)),
    ("other words", |desk| filter(desk, "guest 11").see("1–10 of 10")),
    ("nothing found", |desk| filter(desk, "zzzz").see("marked")),
    ("another order", |desk| desk.press(KeyCode::Char('s')).press(KeyCode::Down).press(KeyCode::Enter)),
    ("read again", |desk| desk.press(KeyCode::F(5)).press(KeyCode::Down)),
];

/// An action: its list, its key, the number of records that it is applied to, and the keys that answer its
/// question.
type Case = (&'static str, char, usize, Keys);

const CASES: &[Case] = &[
    ("clients", 'h', 2, |desk| confirm(desk.write("other").press(KeyCode::Enter))),
    ("clients", 'x', 2, confirm),
    ("clients", 'e', 1, |desk| desk.ctrl('u').write("Renamed").ctrl('s').press(KeyCode::Enter)),
    ("contracts", 'x', 2, confirm),
    ("contracts", 'S', 1, |desk| desk.press(KeyCode::Enter).press(KeyCode::Char('y'))),
    ("contracts", 'e', 1, |desk| desk.ctrl('u').write("2000").ctrl('s').press(KeyCode::Enter)),
    ("events", 'a', 2, |desk| confirm(desk.write("other").press(KeyCode::Enter))),
    ("events", 'x', 2, confirm),
    ("events", 't', 1, |desk| desk.press(KeyCode::Down).press(KeyCode::Enter)),
    ("events", 'e', 1, |desk| desk.ctrl('u').write("Renamed").ctrl('s').press(KeyCode::Enter)),
];

/// Tries every action of every list after every change of the list: exactly the marked records change.
#[test]
fn every_action_applies_to_the_marked_records_whatever_the_list_shows() {
    for table in ["clients", "contracts", "events"] {
        let mut town = Town::of(table);
        for (_, key, count, answer) in CASES.iter().filter(|case| case.0 == table) {
            for (moved, go) in MOVES {
                let what = format!("{table}, {key}, {moved}");
                let marked = town.mark(*count);
                let before = town.versions();
                go(&mut town.desk);
                town.desk.see(&format!("{count} marked")).press(KeyCode::Char(*key));
                let asked = town.desk.screen();
                for number in &marked {
                    assert!(asked.contains(&name(*number)), "{what}: {} is not named in\n{asked}", name(*number));
                }
                answer(&mut town.desk);
                let after = town.versions();
                let changed = before.iter().zip(&after).filter(|(before, after)| before != after);
                let changed: BTreeSet<i64> = changed.map(|(before, _)| before.0).collect();
                let wanted: BTreeSet<i64> = marked.iter().map(|number| town.ids[*number]).collect();
                assert_eq!(changed, wanted, "{what}\n{}", town.desk.screen());
                town.desk.not("marked");
            }
        }
    }
}

#[test]
fn a_mark_stays_when_its_row_is_no_longer_in_memory() {
    let mut desk = Desk::of("manager", Language::En);
    let sales = desk.world.sales.actor.id;
    for number in 0..450 {
        desk.world.client_of(sales, &name(number));
    }
    desk.go("clients").press(KeyCode::Char(' ')).see("1 marked");
    for _ in 0..28 {
        desk.press(KeyCode::PageDown);
    }
    desk.see("Guest 42").press(KeyCode::Char('h')).see("Hand over Guest 000 to").write("other");
    confirm(desk.press(KeyCode::Enter)).see("Guest 000 is Person other.sales's client now.");
    let first = ClientId::new(1);
    let stored = epic_events::storage::clients::find(&mut desk.world.connection(), first).unwrap().unwrap();
    assert_eq!(stored.sales_contact_id, desk.world.other_sales.actor.id);
}

/// Opens a list of three clients.
fn three(language: Language) -> (Desk, [ClientId; 3]) {
    let mut desk = Desk::of("manager", language);
    let sales = desk.world.sales.actor.id;
    let ids = ["Anna Almeida", "Bruno Costa", "Chloe Dupont"].map(|name| desk.world.client_of(sales, name));
    desk.go("clients").see("3");
    (desk, ids)
}

#[test]
fn the_question_names_the_first_three_marked_records_and_counts_the_others() {
    let (mut desk, _) = three(Language::En);
    for name in ["Dora Evans", "Emil Frank"] {
        desk.world.client_of(desk.world.sales.actor.id, name);
    }
    desk.press(KeyCode::F(5)).see("of 5");
    for _ in 0..5 {
        desk.press(KeyCode::Char(' '));
    }
    let named = "Anna Almeida, Bruno Costa, Chloe Dupont and 2 more";
    desk.see("5 marked").press(KeyCode::Char('h')).see("Hand over 5 clients to").see(named).press(KeyCode::Esc);
    desk.press(KeyCode::Char('x')).see("Archive 5 records?").see(named);
}

#[test]
fn marks_are_counted_over_an_empty_list_and_cleared_by_esc() {
    let (mut desk, _) = three(Language::En);
    desk.press(KeyCode::Char(' ')).see("1 marked");
    filter(&mut desk, "zzzz").see("Nothing found").see("1 marked").see("Esc clear filter");
    desk.press(KeyCode::Esc).see("1 marked").see("of 3").see("Esc clear marks");
    desk.press(KeyCode::Esc).see("1–3 of 3").not("marked").see("Clients: all");
}

#[test]
fn an_action_for_a_single_record_is_refused_for_several_marked_ones() {
    let mut desk = Desk::of("manager", Language::En);
    desk.world.records();
    desk.world.records();
    for (list, keys) in [("clients", "e"), ("contracts", "eS"), ("events", "et")] {
        desk.go("home").go(list).press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).see("2 marked");
        for key in keys.chars() {
            let before = desk.world.state();
            desk.press(KeyCode::Char(key)).see("one record at a time").see("2 marked").see(" of ");
            assert_eq!(desk.world.state(), before, "{list} {key}");
        }
    }
}

#[test]
fn a_marked_record_that_was_changed_is_named_when_the_list_is_reloaded() {
    let (mut desk, [anna, ..]) = three(Language::En);
    desk.press(KeyCode::Char(' ')).press(KeyCode::Char(' ')).see("2 marked");
    let sales = desk.world.sales.clone();
    let theirs =
        Request::Write(WriteRequest::UpdateClient { id: anna, version: 1, draft: client_draft("Anna Almeida") });
    desk.world.ask(Some(&sales), &theirs).unwrap();
    desk.press(KeyCode::F(5)).see("Changed since you marked it: Anna Almeida");
    desk.press(KeyCode::Char('h')).write("other").press(KeyCode::Enter);
    confirm(&mut desk).see("2 clients are Person other.sales's now.");
}

#[test]
fn marked_records_that_were_changed_or_archived_meanwhile_are_named() {
    let (mut desk, [anna, bruno, chloe]) = three(Language::En);
    for _ in 0..3 {
        desk.press(KeyCode::Char(' '));
    }
    let sales = desk.world.sales.clone();
    let theirs =
        Request::Write(WriteRequest::UpdateClient { id: anna, version: 1, draft: client_draft("Anna Almeida") });
    desk.world.ask(Some(&sales), &theirs).unwrap();
    desk.world.save(&Request::Write(WriteRequest::ArchiveClient { id: bruno, version: 1 }));
    desk.press(KeyCode::Char('h')).write("other").press(KeyCode::Enter);
    confirm(&mut desk).see("Chloe Dupont is Person other.sales's client now.");
    desk.see("Person sales changed this meanwhile").see("Bruno Costa").see("archived").see("Chloe Dupont").see("done");
    let owner = |id| epic_events::storage::clients::find(&mut desk.world.connection(), id).unwrap().unwrap();
    let (sales, other) = (desk.world.sales.actor.id, desk.world.other_sales.actor.id);
    assert_eq!([anna, bruno, chloe].map(|id| owner(id).sales_contact_id), [sales, sales, other]);
}

#[test]
fn marked_events_that_were_changed_or_archived_meanwhile_are_named() {
    let mut desk = Desk::of("manager", Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Lou Bouzin");
    let contract = desk.world.signed_contract(client);
    let mut event = |title, days| {
        let draft = event_draft(title, days);
        EventId::new(desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0)
    };
    let [one, two, three] = [("Taken gala", 5), ("Archived gala", 6), ("Free gala", 7)].map(|(t, d)| event(t, d));
    desk.go("events").see("of 3");
    for _ in 0..3 {
        desk.press(KeyCode::Char(' '));
    }
    let support = Some(desk.world.support.actor.id);
    desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
        event: one,
        version: 1,
        support,
    }])));
    desk.world.save(&Request::Write(WriteRequest::ArchiveEvent { id: two, version: 1 }));
    desk.press(KeyCode::Char('a')).write("other").press(KeyCode::Enter);
    desk.see("Taken gala").see("Person manager changed this meanwhile").see("Archived gala").see("archived");
    let helper = |id| epic_events::storage::events::find(&mut desk.world.connection(), id).unwrap().unwrap().support_id;
    assert_eq!([one, two, three].map(helper), [support, None, Some(desk.world.other_support.actor.id)]);
}

#[test]
fn a_single_marked_record_that_was_changed_meanwhile_is_named_and_stays_marked() {
    let mut town = Town::of("clients");
    town.mark(1);
    town.desk.press(KeyCode::End).see("1 marked");
    let theirs = Request::Write(WriteRequest::UpdateClient {
        id: ClientId::new(town.ids[0]),
        version: 1,
        draft: client_draft("Guest 000"),
    });
    town.desk.world.save(&theirs);
    let before = town.versions();
    confirm(town.desk.press(KeyCode::Char('h')).write("other").press(KeyCode::Enter));
    town.desk.see("Guest 000: Person manager changed this meanwhile.").see("1 marked");
    assert_eq!(town.versions(), before);
    // Once the list has shown the record's current version, the action applies to it.
    town.desk.press(KeyCode::Home).see("Changed since you marked it: Guest 000").press(KeyCode::Char('h'));
    confirm(town.desk.write("other").press(KeyCode::Enter)).see("Guest 000 is Person other").not("marked");
}

/// A held key repeats faster than the database responds: at the last loaded row the selection waits for the
/// next page.
#[test]
fn a_held_space_key_marks_each_record_once_while_the_next_page_is_loading() {
    let mut town = Town::of("clients");
    let desk = &mut town.desk;
    desk.go("clients").see("of 120");
    desk.held = Some(Vec::new());
    for _ in 0..105 {
        desk.press(KeyCode::Char(' '));
    }
    desk.see("100 marked");
    desk.release();
    desk.see("100 marked").press(KeyCode::Char(' ')).see("101 marked").press(KeyCode::Up);
    // Without a page being loaded, Space removes a mark as usual.
    desk.press(KeyCode::Char(' ')).see("100 marked");
}

/// Terminals accept a limited amount of clipboard text and silently drop what is longer.
#[test]
fn text_too_long_for_the_clipboard_is_not_reported_as_copied() {
    for (language, clients, told) in [
        (Language::En, "clients", "too much for the clipboard"),
        (Language::Fr, "clients", "trop pour le presse-papiers"),
    ] {
        let mut desk = Desk::of("manager", language);
        let sales = desk.world.sales.actor.id;
        for number in 0..260 {
            let draft = epic_events::domain::clients::ClientDraft {
                company_name: "Q".repeat(100),
                email: Some(format!("{}@example.org", format!("{number:03}").repeat(20))),
                ..client_draft(&format!("{number:03} {}", "Z".repeat(90)))
            };
            desk.world.save(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: Some(sales) }));
        }
        desk.go(clients).see("260");
        for _ in 0..260 {
            desk.press(KeyCode::Char(' '));
        }
        desk.see("260").press(KeyCode::Char('y'));
        assert_eq!(desk.copied.take().map(|text| text.len()), None, "bytes sent to a terminal that accepts 74,000");
        desk.see(told).see("X").not("Copied").not("Copié.");
    }
}

//! The rights as seen on the screens: each key that changes something, on own and on other records, opens what
//! it should or says why not. The expectations are written by hand, as in `tests/rights` for the services.

use epic_events::{
    domain::{assigning::Assignment, settings::Visibility},
    storage,
};

use super::desk::*;
use crate::support::world::{event_draft, new_contract};

/// The screen on which the key is pressed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Clients,
    Client,
    Contract,
    SignedContract,
    Event,
    Staff,
    Person,
}

const PEOPLE: [&str; 5] = ["manager", "sales", "other.sales", "support", "other.support"];
/// Place, key, what it opens, and whether it may for: management, sales on own records, sales on others,
/// support on own records, support on others.
type Row = (Place, char, &'static str, [bool; 5]);
const Y: bool = true;
const N: bool = false;

#[rustfmt::skip]
const EXPECTED: &[Row] = &[
    (Place::Clients,        'n', "/  New client",            [Y, Y, Y, N, N]),
    (Place::Client,         'e', "/  Edit client",           [Y, Y, N, N, N]),
    (Place::Client,         'h', "Hand over",             [Y, Y, N, N, N]),
    (Place::Client,         'x', "Archive",               [Y, N, N, N, N]),
    (Place::Client,         'n', "/  New contract",          [Y, N, N, N, N]),
    (Place::Contract,       'e', "/  Edit contract",         [Y, Y, N, N, N]),
    (Place::Contract,       'S', "Signed on",             [Y, Y, N, N, N]),
    (Place::Contract,       'x', "Archive",               [Y, N, N, N, N]),
    (Place::SignedContract, 'n', "/  New event",             [Y, Y, N, N, N]),
    (Place::Event,          'e', "/  Edit event",            [Y, N, N, Y, N]),
    (Place::Event,          'a', "Support for",           [Y, N, N, N, N]),
    (Place::Event,          't', "confirmed",             [Y, N, N, Y, N]),
    (Place::Event,          'x', "Archive",               [Y, N, N, N, N]),
    (Place::Staff,          'n', "/  New member of staff",   [Y, N, N, N, N]),
    (Place::Person,         'e', "/  Edit member of staff",  [Y, N, N, N, N]),
    (Place::Person,         'x', "Deactivate",            [Y, N, N, N, N]),
    (Place::Person,         'p', "/  Reset password",        [Y, N, N, N, N]),
];

const REFUSALS: [&str; 4] = ["\n Only ", "This is not your client.", "This event was not given to you.", "sees this"];

fn stand(name: &str, place: Place) -> Desk {
    let mut desk = Desk::of(name, Language::En);
    let client = desk.world.client_of(desk.world.sales.actor.id, "Kevin Casey");
    match place {
        Place::Contract => {
            desk.world.save(&new_contract(client, 100_000, 50_000));
        }
        Place::SignedContract | Place::Event => {
            let contract = desk.world.signed_contract(client);
            if place == Place::Event {
                let draft = event_draft("Assembly", 30);
                let event = desk.world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft })).0;
                let event = epic_events::domain::EventId::new(event);
                let support = Some(desk.world.support.actor.id);
                desk.world.manage(&Request::Write(WriteRequest::AssignSupport(vec![Assignment {
                    event,
                    version: 1,
                    support,
                }])));
            }
        }
        _ => {}
    }
    let (list, opens) = match place {
        Place::Clients => ("clients", false),
        Place::Client => ("clients", true),
        Place::Contract | Place::SignedContract => ("contracts", true),
        Place::Event => ("events", true),
        Place::Staff => ("staff", false),
        Place::Person => ("staff", true),
    };
    desk.press(KeyCode::Esc).go(list);
    if opens {
        desk.press(KeyCode::Enter);
    }
    desk
}

#[test]
fn each_key_opens_its_action_or_says_why_it_is_not_allowed() {
    for (place, key, opens, expected) in EXPECTED {
        for (name, allowed) in PEOPLE.iter().zip(expected) {
            let mut desk = stand(name, *place);
            let cell = format!("{key} on {place:?} by {name}");
            let (before, log) = (desk.world.state(), desk.world.audit());
            let was = desk.screen();
            assert!(!was.contains(opens), "{cell} shows nothing new:\n{was}");
            let shows = desk.press(KeyCode::Char(*key)).screen();
            assert_eq!(shows.contains(opens), *allowed, "{cell}:\n{shows}");
            assert_eq!(REFUSALS.iter().any(|words| shows.contains(words)), !allowed, "{cell}:\n{shows}");
            assert_eq!((desk.world.state(), desk.world.audit()), (before, log), "{cell}: a key alone writes nothing");
        }
    }
}

#[test]
fn only_management_finds_its_screens_in_the_palette() {
    for (name, allowed) in PEOPLE.iter().zip([Y, N, N, N, N]) {
        for (words, opens) in [("settings of the company", "Sales create contracts"), ("new member", "Password again")]
        {
            let mut desk = Desk::of(name, Language::En);
            let shows = desk.go(words).screen();
            assert_eq!(shows.contains(opens), allowed, "{words} by {name}:\n{shows}");
        }
    }
}

/// While the session is locked, no key shows or changes a record; with a temporary password, every way leads to
/// changing it.
#[test]
fn no_key_reaches_a_record_while_locked_or_with_a_temporary_password() {
    for name in PEOPLE {
        let mut desk = stand(name, Place::Event);
        desk.press(KeyCode::Char('L')).see("Locked");
        let (before, log) = (desk.world.state(), desk.world.audit());
        for (_, key, opens, _) in EXPECTED {
            desk.press(KeyCode::Char(*key)).not("Assembly").not(opens);
        }
        desk.ctrl('p').not("Go to, or do").ctrl('s').see("Locked");
        assert_eq!((desk.world.state(), desk.world.audit()), (before, log), "{name}");
    }
    let mut desk = Desk::new(Language::En);
    let draft = crate::support::world::user_draft("fresh", epic_events::domain::users::Role::Management);
    let password = secrecy::SecretString::from("only for the first time");
    desk.world.save(&Request::Write(WriteRequest::CreateUser { draft, password }));
    desk.write("fresh").press(KeyCode::Tab).write("only for the first time").press(KeyCode::Enter);
    desk.see("Your password is temporary");
    let before = desk.world.state();
    for words in ["clients", "new client", "settings of the company"] {
        desk.ctrl('p').not("Go to, or do").write(words).press(KeyCode::Enter).see("/  Change my password");
    }
    desk.press(KeyCode::Esc).not("Waiting for you");
    assert_eq!(desk.world.state(), before);
}

/// Under the restricted setting colleagues' records are not read, so nothing is said of their number; one's own are
/// shown.
#[test]
fn details_of_staff_show_only_lists_that_were_read() {
    let mut desk = Desk::of("support", Language::En);
    desk.world.records();
    let settings = storage::settings::load(&mut desk.world.connection()).unwrap();
    let restricted = Settings { visibility: Visibility::Restricted, ..settings };
    desk.world.manage(&Request::Write(WriteRequest::UpdateSettings(restricted)));
    let mut open = |name: &str, downs: usize| {
        desk.go("staff").press(KeyCode::Char('/')).ctrl('u').write(name).press(KeyCode::Enter);
        for _ in 0..downs {
            desk.press(KeyCode::Down);
        }
        desk.press(KeyCode::Enter).see("E-mail").screen()
    };
    let own = open("support", 1);
    assert!(own.contains("Events (1)") && own.contains("Lou Bouzin") && !own.contains("Clients ("), "{own}");
    for colleague in ["other.support", "other.sales"] {
        let screen = open(colleague, 0);
        assert!(!screen.contains("Clients (") && !screen.contains("Events (") && !screen.contains("yet"), "{screen}");
    }
}

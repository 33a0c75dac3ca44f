//! A long file of which every row was made to be new, known in some way, or bad in some way. What the program has to
//! find in it follows from how it was made. `EPIC_EVENTS_ROUNDS` is the number of rows: one in fifty is bad, one in
//! twenty-five is about a known client.

use std::collections::BTreeMap;

use epic_events::schema::users;

use super::*;
use crate::support::rounds;

/// A client as a file and the database have it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Client {
    name: String,
    company: String,
    email: String,
    phone: String,
    last_contact: String,
    owner: &'static str,
    notes: String,
}

impl Client {
    fn number(number: usize) -> Self {
        Self {
            name: format!("Client {number}"),
            company: format!("Company {number}"),
            email: format!("c{number}@example.com"),
            phone: format!("+33 1 {number:08}"),
            last_contact: format!("2023-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
            owner: if number.is_multiple_of(3) { "other.sales" } else { "sales" },
            notes: format!("Note; \"{number}\"\nand more"),
        }
    }
}

/// Changes a row.
type Change = fn(&mut Client);
/// Makes a row a copy of another one.
type Copy = fn(&mut Client, &Client);

const NO_SUCH_DAY: Problem = Problem::NoSuchDay { day: 31, month: 2, year: Some(2023) };

/// What makes a row bad, and the only thing that is to be said about it.
const BAD: [(Change, Field, Problem); 9] = [
    (|row| row.phone.clear(), Field::Phone, Problem::Required),
    (|row| row.name.clear(), Field::FullName, Problem::Required),
    (|row| row.email = row.email.replace('@', " at "), Field::Email, Problem::NotAnEmail),
    (|row| row.owner = "nobody", Field::SalesContactId, Problem::Unknown),
    (|row| row.owner = "support", Field::SalesContactId, Problem::NotActiveSales),
    (|row| row.last_contact = "2031-01-01".into(), Field::LastContactAt, Problem::InTheFuture),
    (|row| row.last_contact = "31/02/2023".into(), Field::LastContactAt, NO_SUCH_DAY),
    (|row| row.name = "N".repeat(101), Field::FullName, Problem::TooLong(100)),
    (|row| row.phone = "call me".into(), Field::Phone, Problem::NotAPhone),
];

/// What makes a row bad that stands below another one, and the field that says so.
const COPIES: [(Copy, Field); 3] = [
    (|row, other| row.email = other.email.to_uppercase(), Field::Email),
    (|row, other| *row = Client { email: String::new(), ..other.clone() }, Field::FullName),
    // The other one is about a known client.
    (|row, other| *row = Client { notes: "Once more".to_owned(), ..other.clone() }, Field::FullName),
];

/// How a row may differ from the known client that it is about, without bringing anything new.
const SAME: [Change; 3] =
    [|_| {}, |row| row.email.clear(), |row| (row.company, row.notes) = (String::new(), String::new())];

/// What a row brings for the known client that it is about. The last one was archived.
const CHANGED: [Change; 7] = [
    |row| row.name += " junior",
    |row| row.company += " Ltd.",
    |row| row.phone = row.phone.replace("+33 1", "+33 6"),
    |row| row.last_contact = "2024-02-29".into(),
    |row| row.owner = if row.owner == "sales" { "other.sales" } else { "sales" },
    |row| row.notes = "Other notes".into(),
    |_| {},
];

/// What leaves open whether a row is about a known client.
const SUSPECTED: [fn(&mut Client, usize); 3] = [
    |row, number| *row = Client { phone: row.phone.clone(), ..Client::number(number) },
    |row, number| *row = Client { email: String::new(), phone: Client::number(number).phone, ..row.clone() },
    |row, number| {
        let Client { email, phone, .. } = Client::number(number);
        *row = Client { email, phone, ..row.clone() };
    },
];

/// What is to be found in a row.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    New,
    Changed,
    Unchanged,
    Suspected,
    Bad(Field, Problem),
    /// The row at this place of the list stands above it and is about the same client.
    Copy(Field, usize),
}

/// The rows of a file in the order in which they were made, and the known clients.
struct Made {
    rows: Vec<(Client, Found)>,
    known: Vec<(Client, bool)>,
    counts: Counts,
}

fn made(total: usize) -> Made {
    let (refused, known) = (total / 50, total / 25);
    let (changed, suspected) = (known * 3 / 10, known / 5);
    let (unchanged, created) = (known - changed - suspected, total - refused - known);
    let kinds = BAD.len() + COPIES.len();
    assert!(refused >= kinds && changed >= CHANGED.len(), "{total} rows are too few for every kind");
    let (mut rows, mut clients) = (Vec::new(), Vec::new());
    for number in 0..known {
        let (client, mut row) = (Client::number(number), Client::number(number));
        let found = if number < unchanged {
            SAME[number % SAME.len()](&mut row);
            Found::Unchanged
        } else if number < unchanged + changed {
            CHANGED[number % CHANGED.len()](&mut row);
            Found::Changed
        } else {
            SUSPECTED[number % SUSPECTED.len()](&mut row, total + number);
            Found::Suspected
        };
        clients.push((client, found == Found::Changed && number % CHANGED.len() == CHANGED.len() - 1));
        rows.push((row, found));
    }
    rows.extend((0..created).map(|number| (Client::number(known + number), Found::New)));
    for number in 0..refused {
        let mut row = Client::number(known + created + number);
        let found = if let Some((spoil, field, problem)) = BAD.get(number % kinds) {
            spoil(&mut row);
            Found::Bad(*field, *problem)
        } else {
            let (copy, field) = &COPIES[number % kinds - BAD.len()];
            // Each is the copy of another row: of a new one, or of one that is about a known client and the same.
            let is_of_known = number % kinds == kinds - 1;
            let of = if is_of_known { number / kinds * SAME.len() } else { known + number };
            copy(&mut row, &rows[of].0);
            Found::Copy(*field, of)
        };
        rows.push((row, found));
    }
    Made { rows, known: clients, counts: counts(created, changed, unchanged, refused, suspected) }
}

/// The place of each row in the file, in no order, except that a copy is below what it is a copy of.
fn places(rows: &[(Client, Found)]) -> Vec<usize> {
    // A prime, so that every place is taken once.
    let mut places: Vec<usize> = (0..rows.len()).map(|at| at * 7_919 % rows.len()).collect();
    for (at, (_, found)) in rows.iter().enumerate() {
        if let Found::Copy(_, of) = found
            && places[*of] > places[at]
        {
            places.swap(*of, at);
        }
    }
    places
}

fn csv(rows: &[(Client, Found)], places: &[usize]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["Full name", "Company", "E-mail", "Phone", "Last contact", "Sales contact", "Notes"]).unwrap();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| places[*at]);
    for at in order {
        let Client { name, company, email, phone, last_contact, owner, notes } = &rows[at].0;
        writer.write_record([name, company, email, phone, last_contact, *owner, notes]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn create(world: &mut World, client: &Client, archived: bool) {
    let Client { name, company, email, phone, last_contact, owner, notes } = client.clone();
    let draft = ClientDraft {
        full_name: name,
        company_name: company,
        email: Some(email),
        phone,
        last_contact_at: Some(last_contact.parse().unwrap()),
        notes,
    };
    let owner = if owner == "sales" { &world.sales } else { &world.other_sales }.actor.id;
    let created = WriteRequest::CreateClient { draft, sales_contact: Some(owner) };
    let id = ClientId::new(world.save(&Request::Write(created)).0);
    if archived {
        world.manage(&Request::Write(WriteRequest::ArchiveClient { id, version: 1 }));
    }
}

/// All clients of the company by their e-mail addresses; none of them is archived.
fn stored(world: &World) -> BTreeMap<String, Client> {
    let db = &mut world.connection();
    let people: HashMap<epic_events::domain::UserId, String> =
        users::table.select((users::id, users::username)).load(db).unwrap().into_iter().collect();
    let all: Vec<epic_events::domain::clients::Client> =
        stored_clients::table.select(epic_events::domain::clients::Client::as_select()).load(db).unwrap();
    let read = |client: epic_events::domain::clients::Client| {
        assert_eq!(client.archived_at, None, "{client:?}");
        let email = client.email.unwrap();
        let owner = if people[&client.sales_contact_id] == "sales" { "sales" } else { "other.sales" };
        let read = Client {
            name: client.full_name,
            company: client.company_name,
            email: email.clone(),
            phone: client.phone,
            last_contact: client.last_contact_at.unwrap().to_string(),
            owner,
            notes: client.notes,
        };
        (email, read)
    };
    all.into_iter().map(read).collect()
}

/// A preview of a long file finds in each row what it was made of, the import writes just that, and the same file
/// again changes nothing.
#[rstest]
fn every_row_of_a_long_file_is_counted_as_it_was_made(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let total = rounds(600);
    let Made { rows, known, counts } = made(total);
    let mut world = World::new(engine);
    for (client, archived) in &known {
        create(&mut world, client, *archived);
    }
    let places = places(&rows);
    let number = |at: usize| u32::try_from(places[at]).unwrap() + 2;
    let mut file = file_of(&mut world, "long.csv", &csv(&rows, &places));
    file.sales_contact = None;
    let (before, log) = (world.state(), world.audit().len());
    let seen = preview(&mut world, &file);
    assert_eq!(seen.counts, counts);
    let mut by_number: HashMap<u32, &Finding> = seen.rows.iter().map(|row| (row.number, &row.finding)).collect();
    for (at, (row, made)) in rows.iter().enumerate() {
        let finding = by_number.remove(&number(at)).unwrap();
        let found = match finding {
            Finding::New => Found::New,
            Finding::Changed(_) => Found::Changed,
            Finding::Unchanged => Found::Unchanged,
            Finding::Suspected(_) => Found::Suspected,
            Finding::Refused(errors) => match (errors.0.as_slice(), made) {
                ([(field, Problem::SameAsRow(above))], Found::Copy(_, of)) if *above == number(*of) => {
                    Found::Copy(*field, *of)
                }
                ([(field, problem)], _) => Found::Bad(*field, *problem),
                _ => panic!("{row:?}: {errors:?}"),
            },
        };
        assert_eq!(found, *made, "{row:?}: {finding:?}");
    }
    assert!(by_number.is_empty() && world.state() == before && world.audit().len() == log);

    let write = ImportRequest::Write(Box::new(file.clone()), seen.counts);
    let Reply::Imported(done) = world.manage(&write.into()) else { panic!() };
    assert_eq!(done.counts, counts);
    assert_eq!(world.audit().len(), log + counts.written() + 1);
    let mut expected: BTreeMap<String, Client> =
        known.into_iter().map(|(client, _)| (client.email.clone(), client)).collect();
    let written = rows.into_iter().filter(|(_, made)| matches!(made, Found::New | Found::Changed));
    expected.extend(written.map(|(client, _)| (client.email.clone(), client)));
    assert!(stored(&world) == expected);

    let before = records(&world);
    let again = preview(&mut world, &file).counts;
    let unchanged = counts.unchanged + counts.written();
    assert_eq!(again, Counts { created: 0, changed: 0, unchanged, ..counts });
    let Reply::Imported(done) = world.manage(&ImportRequest::Write(Box::new(file), again).into()) else { panic!() };
    assert_eq!(done.counts, again);
    assert!(records(&world) == before && stored(&world) == expected);
    println!("FIGURE 30 counts of an import ({}): {total} rows as they were made, {counts:?}", engine.name());
}

//! Imports of spreadsheets: what a file brings, what the preview says of it, and taking it back.

mod counting;
mod moving;
mod parsing;
mod reading;
mod refusing;
mod repeating;
mod reverting;
mod telling_apart;

use std::{collections::HashMap, fs, sync::Arc};

use diesel::prelude::*;
use epic_events::{
    domain::{
        FieldErrors,
        day_order::DayOrder,
        imports::{Choice, Counts, Finding, Import},
    },
    schema::clients as stored_clients,
    services::{
        ImportRequest,
        import::{ImportFile, Preview, Progress},
    },
};

use super::*;

/// The file with this content, as it is when nothing was chosen for it.
pub(super) fn file_of(world: &mut World, name: &str, content: &[u8]) -> ImportFile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let sheet = match world.manage(&ImportRequest::Open(path).into()) {
        Reply::Opened(sheet) => sheet,
        other => panic!("{other:?}"),
    };
    ImportFile {
        name: name.to_owned(),
        sheet,
        kind: None,
        columns: None,
        order: None,
        sales_contact: Some(world.sales.actor.id),
        choices: HashMap::new(),
        otherwise: Choice::Skip,
        seen: None,
        progress: Arc::new(Progress::default()),
    }
}

pub(super) fn preview(world: &mut World, file: &ImportFile) -> Preview {
    match world.manage(&ImportRequest::Preview(Box::new(file.clone())).into()) {
        Reply::ImportPreview(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

/// Imports a file of which no row is refused, and checks that the import did what the preview said.
pub(super) fn import(world: &mut World, file: &ImportFile) -> Import {
    let preview = preview(world, file);
    let refused: Vec<_> = preview.rows.iter().filter(|row| matches!(row.finding, Finding::Refused(_))).collect();
    assert!(preview.missing.is_empty() && refused.is_empty(), "{:?} {refused:?}", preview.missing);
    match world.manage(&ImportRequest::Write(Box::new(file.clone()), preview.counts).into()) {
        Reply::Imported(import) => import,
        other => panic!("{other:?}"),
    }
}

fn counts(created: usize, changed: usize, unchanged: usize, refused: usize, suspected: usize) -> Counts {
    Counts { created, changed, unchanged, refused, suspected }
}

/// Lines of clients with names and addresses of their own.
fn clients(numbers: std::ops::Range<u32>) -> String {
    let line = |n: u32| format!("Client {n},Company {n},c{n}@example.com,+33 1 {n:04} 0000\n");
    numbers.map(line).collect::<Vec<_>>().concat()
}

/// The rows of the company's records, without those of imports.
pub(super) fn records(world: &World) -> Vec<(&'static str, i64, i32, chrono::NaiveDateTime)> {
    world.state().into_iter().filter(|(table, ..)| *table != "imports").collect()
}

const HEADINGS: &str = "Full name,Company,E-mail,Phone\n";

/// A file with new, known and bad rows: the preview counts each kind exactly, also of rows that are far apart, and
/// importing it does just that. Importing it again changes nothing.
#[rstest]
fn a_preview_counts_what_the_import_does(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(0..40)).as_bytes());
    assert_eq!(import(&mut world, &first).counts, counts(40, 0, 0, 0, 0));
    let known = clients(0..20).replace("Company 1", "Firm 1");
    let bad = "No phone,Company,np@example.com,\n,Nobody,nobody@example.com,+33 1 11 11 11\n\
               Bad mail,Company,at example.com,+33 1 22 22 22\nClient 3,Other,c600@example.com,+33 1 33 33 33\n";
    let text = format!("{HEADINGS}{known}{}{bad}", clients(100..700));
    let file = file_of(&mut world, "second.csv", text.as_bytes());
    let seen = preview(&mut world, &file);
    // Company 1 and Company 10 to 19 have changed. The address of the last row is that of row 522.
    assert_eq!(seen.counts, counts(600, 11, 9, 4, 0));
    let refused = |row: &epic_events::domain::imports::ImportRow| match &row.finding {
        Finding::Refused(errors) => Some((row.number, errors.0.clone())),
        _ => None,
    };
    let refusals: Vec<_> = seen.rows.iter().filter_map(refused).collect();
    assert_eq!(
        refusals,
        [
            (622, vec![(Field::Phone, Problem::Required)]),
            (623, vec![(Field::FullName, Problem::Required)]),
            (624, vec![(Field::Email, Problem::NotAnEmail)]),
            (625, vec![(Field::Email, Problem::SameAsRow(522))]),
        ]
    );
    // Looking changes nothing, and the refused rows are left out.
    let log = world.audit().len();
    let write = ImportRequest::Write(Box::new(file.clone()), seen.counts);
    let Reply::Imported(done) = world.manage(&write.into()) else { panic!() };
    assert_eq!(done.counts, counts(600, 11, 9, 4, 0));
    assert_eq!(world.audit().len(), log + 600 + 11 + 1);
    assert_eq!(preview(&mut world, &file).counts, counts(0, 0, 620, 4, 0));
    let again = file_of(&mut world, "third.csv", format!("{HEADINGS}{}", clients(100..700)).as_bytes());
    let before = records(&world);
    assert_eq!(import(&mut world, &again).counts, counts(0, 0, 600, 0, 0));
    assert!(records(&world) == before);
}

/// A client that shares only a name and company with a known one is the person's to decide about.
#[rstest]
fn a_possible_duplicate_is_updated_created_or_left_out(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(1..4)).as_bytes());
    import(&mut world, &first);
    let twins = "Client 1,company 1,new1@example.com,+33 6 00 00 00 01\nCLIENT 2,Company 2,,+33 6 00 00 00 02\n\
                 Client 3,Company 3,,+33 6 00 00 00 03\n";
    let mut file = file_of(&mut world, "twins.csv", format!("{HEADINGS}{twins}").as_bytes());
    assert_eq!(preview(&mut world, &file).counts, counts(0, 0, 0, 0, 3));
    file.choices = HashMap::from([(2, Choice::Create), (3, Choice::Update)]);
    let done = import(&mut world, &file);
    assert_eq!(done.counts, counts(1, 1, 0, 0, 1));
    let all = {
        let rows =
            stored_clients::table.order(stored_clients::id).select((stored_clients::full_name, stored_clients::phone));
        rows.load::<(String, String)>(&mut world.connection()).unwrap()
    };
    let all: Vec<(&str, &str)> = all.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    assert_eq!(
        all,
        [
            ("Client 1", "+33 1 0001 0000"),
            ("CLIENT 2", "+33 6 00 00 00 02"),
            ("Client 3", "+33 1 0003 0000"),
            ("Client 1", "+33 6 00 00 00 01"),
        ]
    );
    // The one that was created is known from now on, and so is the one that was updated.
    assert_eq!(preview(&mut world, &file).counts, counts(0, 0, 2, 0, 1));
}

/// What a colleague has changed since the preview is not overwritten, even if as many rows change.
#[rstest]
fn a_change_that_was_not_seen_is_not_overwritten(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let other = format!("{HEADINGS}{}", clients(1..3).replace("Company 1", "Firm"));
    let mut file = file_of(&mut world, "other.csv", other.as_bytes());
    let seen = preview(&mut world, &file);
    file.seen = Some(seen.mark);
    let db = &mut world.connection();
    let client = storage::clients::find(db, ClientId::new(1)).unwrap().unwrap();
    let draft = ClientDraft { company_name: "Of a colleague".to_owned(), ..ClientDraft::from(&client) };
    world.manage(&Request::Write(WriteRequest::UpdateClient { id: client.id, version: client.version, draft }));
    let (before, manager) = (world.state(), world.manager.clone());
    let answer = world.ask(Some(&manager), &ImportRequest::Write(Box::new(file.clone()), seen.counts).into());
    assert_eq!(answer.unwrap_err(), Error::ImportChanged);
    assert_eq!(world.state(), before);
    // Seen again, it is imported.
    file.seen = Some(preview(&mut world, &file).mark);
    import(&mut world, &file);
}

/// An account is known by what its owner signs in with, and a contract by a client whose name and address agree.
#[rstest]
fn a_row_is_about_nobody_else(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let name = world.sales.actor.full_name.clone();
    let staff = format!("Username,Full name,Role,E-mail\n{name},Somebody Else,sales,else@example.org\n");
    let staff = file_of(&mut world, "staff.csv", staff.as_bytes());
    assert_eq!(preview(&mut world, &staff).counts.changed, 0);
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let text = "Client,E-mail,Total\nClient 1,c2@example.com,1000\nClient 1,c1@example.com,1000\n";
    let contracts = file_of(&mut world, "contracts.csv", text.as_bytes());
    let seen = preview(&mut world, &contracts);
    assert_eq!(seen.rows[0].finding, Finding::Refused(FieldErrors::one(Field::Email, Problem::NameDiffers)));
    assert_eq!(seen.rows[1].finding, Finding::New);
}

/// A contract that brings no number gets none that another row of the file brings.
#[rstest]
fn numbers_of_a_file_are_kept_for_their_rows(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let text = "Number,Client,Total\n,Client 1,1000\n1,Client 2,2000\n";
    let contracts = file_of(&mut world, "contracts.csv", text.as_bytes());
    assert_eq!(import(&mut world, &contracts).counts, counts(2, 0, 0, 0, 0));
    let numbered = storage::contracts::find(&mut world.connection(), ContractId::new(1)).unwrap().unwrap();
    assert_eq!(numbered.total_cents, Cents(200_000));
}

/// Between the preview and the import somebody else may write. Then nothing is imported.
#[rstest]
fn an_import_does_what_was_seen_or_nothing(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let file = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(1..4)).as_bytes());
    let seen = preview(&mut world, &file).counts;
    let draft = ClientDraft { email: Some("C2@example.com".to_owned()), ..client_draft("Somebody") };
    let owner = Some(world.other_sales.actor.id);
    world.manage(&Request::Write(WriteRequest::CreateClient { draft, sales_contact: owner }));
    let (before, manager) = (world.state(), world.manager.clone());
    let answer = world.ask(Some(&manager), &ImportRequest::Write(Box::new(file.clone()), seen).into());
    assert_eq!(answer.unwrap_err(), Error::ImportChanged);
    assert_eq!(world.state(), before);
    // Stopped by the person.
    let seen = preview(&mut world, &file).counts;
    file.progress.stop();
    let answer = world.ask(Some(&manager), &ImportRequest::Write(Box::new(file), seen).into());
    assert_eq!(answer.unwrap_err(), Error::Stopped);
    assert_eq!(world.state(), before);
}

#[rstest]
fn dates_are_read_in_one_order_that_is_asked_for_if_nothing_tells(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let line = |n: u32, day: &str| format!("Client {n},c{n}@example.com,+33 1 {n:04} 0000,{day}\n");
    let headings = "Full name,E-mail,Phone,Last contact\n";
    let open = format!("{headings}{}{}", line(1, "04/05/2023"), line(2, "06/07/2023"));
    let mut file = file_of(&mut world, "open.csv", open.as_bytes());
    let seen = preview(&mut world, &file);
    assert_eq!((seen.order, seen.rows.len()), (None, 0));
    file.order = Some(DayOrder::MonthFirst);
    import(&mut world, &file);
    let decided = format!("{headings}{}{}", line(3, "04/05/2023"), line(4, "06/27/2023"));
    let file = file_of(&mut world, "decided.csv", decided.as_bytes());
    assert_eq!(preview(&mut world, &file).order, Some(DayOrder::MonthFirst));
    import(&mut world, &file);
    let days = stored_clients::table.order(stored_clients::id).select(stored_clients::last_contact_at);
    let days: Vec<Option<chrono::NaiveDate>> = days.load(&mut world.connection()).unwrap();
    let days: Vec<String> = days.into_iter().map(|day| day.unwrap().to_string()).collect();
    assert_eq!(days, ["2023-04-05", "2023-06-07", "2023-04-05", "2023-06-27"]);
}

/// What was chosen for the columns of a file is chosen again for the next one with the same headings.
#[rstest]
fn columns_are_matched_as_they_were_last_time(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = |n: u32| format!("Full name,Zzz,Phone\nClient {n},c{n}@example.com,+33 1 {n:04} 0000\n");
    let mut file = file_of(&mut world, "one.csv", text(1).as_bytes());
    assert_eq!(preview(&mut world, &file).columns[1].field, None);
    file.kind = Some(EntityKind::Client);
    file.columns = Some(vec![Some(Field::FullName), Some(Field::Email), Some(Field::Phone)]);
    import(&mut world, &file);
    let next = file_of(&mut world, "two.csv", text(2).as_bytes());
    assert_eq!(preview(&mut world, &next).columns[1].field, Some(Field::Email));
}

/// Only management imports, and the refusal is in the audit log.
#[rstest]
fn others_cannot_import(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let file = file_of(&mut world, "first.csv", format!("{HEADINGS}{}", clients(1..4)).as_bytes());
    let seen = preview(&mut world, &file).counts;
    let before = world.state();
    for who in [world.sales.clone(), world.support.clone()] {
        let write = ImportRequest::Write(Box::new(file.clone()), seen);
        for request in [ImportRequest::Preview(Box::new(file.clone())), write, ImportRequest::List] {
            let denied = denied(world.ask(Some(&who), &request.into()));
            assert!(matches!(denied, Reason::Role(..)), "{denied:?}");
            assert_eq!(world.audit().last().unwrap(), "action.refused");
        }
    }
    assert_eq!(world.state(), before);
}

/// The history of a record says which file an import has written it from, of the entries of that import alone.
#[rstest]
fn the_history_of_a_record_names_the_file(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let heading = "Full name,Company,E-mail,Phone\n";
    let file = file_of(&mut world, "clients.csv", format!("{heading}{}", clients(1..3)).as_bytes());
    import(&mut world, &file);
    let id: ClientId = stored_clients::table
        .select(stored_clients::id)
        .order(stored_clients::id)
        .first(&mut world.connection())
        .unwrap();
    let draft = epic_events::domain::clients::ClientDraft { notes: "Later".to_owned(), ..client_draft("Client 1") };
    world.manage(&Request::Write(WriteRequest::UpdateClient { id, version: 1, draft }));
    let Reply::Client(detail) = world.manage(&ReadRequest::ViewClient(id).into()) else { panic!() };
    let history: Vec<_> = detail.history.rows.iter().map(|row| (row.action.as_str(), row.import.as_deref())).collect();
    assert_eq!(history, [("client.updated", None), ("client.created", Some("clients.csv"))]);
}

//! What stands in a file is neither cut nor taken for something else.

use chrono_tz::Tz;
use epic_events::{
    domain::{language::Language, settings::Settings},
    services::{export::Format, import::Refused},
    ui::reasons,
};

use super::*;

fn refused(seen: &Preview) -> Vec<(u32, Vec<(Field, Problem)>)> {
    let of = |row: &epic_events::domain::imports::ImportRow| match &row.finding {
        Finding::Refused(errors) => Some((row.number, errors.0.clone())),
        _ => None,
    };
    seen.rows.iter().filter_map(of).collect()
}

/// An amount without quotation marks is in two cells of a file with commas, and would be imported without its end. In the
/// file of refused rows it is refused as long as nobody mends it.
#[rstest]
fn a_row_with_more_values_than_headings_is_refused(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "clients.csv", format!("{HEADINGS}{}", clients(1..4)).as_bytes());
    import(&mut world, &first);
    let text = "Client,Total\nClient 1,1,234.50\nClient 2,\"1,234.50\",\n";
    let file = file_of(&mut world, "contracts.csv", text.as_bytes());
    let seen = preview(&mut world, &file);
    assert_eq!(seen.counts, counts(1, 0, 0, 1, 0));
    assert_eq!(refused(&seen), [(2, vec![(Field::TotalCents, Problem::MoreValues)])]);
    let say = |language| reasons::reasons(language, (&*file.sheet, &seen), &seen.rows[0]);
    assert_eq!(
        say(Language::En),
        "Total \"1\": the row has more values than there are headings. A value that contains the separator has to stand in \
         quotation marks."
    );
    assert!(say(Language::Fr).contains("plus de valeurs qu'il n'y a d'en-têtes"), "{}", say(Language::Fr));
    world.manage(&ImportRequest::Write(Box::new(file.clone()), seen.counts).into());
    let contract = storage::contracts::find(&mut world.connection(), ContractId::new(1)).unwrap().unwrap();
    assert_eq!(contract.total_cents, Cents(123_450));
    let reasons = vec![(2, "Reason".to_owned())];
    let save =
        Refused { name: file.name.clone(), sheet: Arc::clone(&file.sheet), heading: "Why refused".into(), reasons };
    let Reply::RefusedSaved { path, .. } = world.manage(&ImportRequest::SaveRefused(Box::new(save)).into()) else {
        panic!()
    };
    let saved = fs::read_to_string(&path).unwrap();
    let again = file_of(&mut world, "again.csv", saved.as_bytes());
    assert_eq!(preview(&mut world, &again).counts, counts(0, 0, 0, 1, 0), "{saved}");
    let mended = file_of(&mut world, "mended.csv", saved.replace("1,234.50", "\"1,234.50\"").as_bytes());
    assert_eq!(import(&mut world, &mended).counts, counts(1, 0, 0, 0, 0));
}

/// Spreadsheet programs end every row with the separators of the widest one, so a remark beside the table has its place.
#[test]
fn a_remark_below_an_empty_heading_is_left_out() {
    let mut world = World::new(Engine::Sqlite);
    let text = "Clients;;;\nFull name;E-mail;Phone;\nClient 1;c1@example.com;+33 1 0001 0000;call back\n";
    let file = file_of(&mut world, "clients.csv", text.as_bytes());
    assert_eq!(import(&mut world, &file).counts, counts(1, 0, 0, 0, 0));
}

/// A client may be called like the label of a total.
#[rstest]
fn a_contract_of_a_client_called_total_is_no_total(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    for name in ["Person 2", "Total"] {
        world.client_of(world.sales.actor.id, name);
    }
    let text = "Client,Total\nPerson 2,100\nTotal,250000\n";
    let file = file_of(&mut world, "contracts.csv", text.as_bytes());
    assert_eq!(import(&mut world, &file).counts, counts(2, 0, 0, 0, 0));
    let text = "N° contrat;Client;Montant\n7;Person 2;12 000,50 €\nTOTAL;;12 000,50 €\n";
    let file = file_of(&mut world, "contrats.csv", text.as_bytes());
    assert_eq!(file.sheet.seen.left_out, 1);
    // Whoever does not sum has to look at it.
    let text = "Client,Total\nPerson 2,300\nGrand total,301\n";
    let file = file_of(&mut world, "wrong.csv", text.as_bytes());
    assert_eq!(refused(&preview(&mut world, &file)), [(3, vec![(Field::ClientId, Problem::Unknown)])]);
}

/// The family name of a contact is neither lost nor taken for that of the company.
#[rstest]
fn a_contact_keeps_the_family_name_beside_the_name_of_the_company(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = "Name,First name,Last name,Phone\nAcme Ltd,Kevin,Casey,+33 6 11 11 11 11\n";
    let file = file_of(&mut world, "clients.csv", text.as_bytes());
    import(&mut world, &ImportFile { kind: Some(EntityKind::Client), ..file });
    let client = storage::clients::find(&mut world.connection(), ClientId::new(1)).unwrap().unwrap();
    assert_eq!((client.full_name.as_str(), client.company_name.as_str()), ("Kevin Casey", "Acme Ltd"));
}

/// The days of signatures that a company sees, as it exports them.
fn days(world: &mut World) -> Vec<String> {
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let all = storage::contracts::find(&mut world.connection(), ContractId::new(1)).unwrap();
    let day = |at| epic_events::domain::dates::to_wall(at, settings.time_zone).date().to_string();
    all.into_iter().filter_map(|contract| contract.signed_at.map(day)).collect()
}

/// Exports have the time of a signature in UTC, which may be on another day than the company's.
#[rstest]
fn the_day_of_a_signature_survives_moving_to_a_new_company(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
    // When it is signed, in hours after 9:00 UTC, and which day that is there.
    #[values(
        (Tz::America__Los_Angeles, 19, "2026-11-21"),
        (Tz::Asia__Tokyo, 9, "2026-11-22"),
        (Tz::Pacific__Auckland, 0, "2026-11-20")
    )]
    (time_zone, hours, day): (Tz, i64, &str),
) {
    let company = |hours: i64| {
        let mut world = World::new(engine);
        let settings = storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { time_zone, ..settings })));
        world.client_of(world.sales.actor.id, "Kevin Casey");
        world.pass_hours(hours);
        world
    };
    let mut old = company(hours);
    let contract = ContractId::new(old.save(&new_contract(ClientId::new(1), 1_000, 1_000)).0);
    let sign = WriteRequest::SignContract { id: contract, version: 1, day: day.parse().unwrap() };
    old.save(&Request::Write(sign));
    assert_eq!(days(&mut old), [day]);
    let export = Request::Export { query: Query::all(EntityKind::Contract), format: Format::Csv };
    let Reply::Exported { path, .. } = old.manage(&export) else { panic!() };
    let content = fs::read(path).unwrap();
    let mut new = company(hours);
    let mut file = file_of(&mut new, "contracts.csv", &content);
    file.kind = Some(EntityKind::Contract);
    import(&mut new, &file);
    assert_eq!(days(&mut new), [day]);
    // Known again, and the same.
    assert_eq!(preview(&mut new, &file).counts, counts(0, 0, 1, 0, 0));
}

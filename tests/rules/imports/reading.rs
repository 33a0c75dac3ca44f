//! How the rows of a file are understood, and what is said of those that are not.

use epic_events::{
    domain::day_order::DayOrder,
    services::import::{Refused, understood},
};
use serde_json::json;

use super::*;

fn wrong(seen: &Preview, number: u32) -> Vec<(Field, Problem)> {
    let row = seen.rows.iter().find(|row| row.number == number).unwrap();
    match &row.finding {
        Finding::Refused(errors) => errors.0.clone(),
        _ => Vec::new(),
    }
}

/// The earlier row that a row may repeat.
fn repeats(seen: &Preview, number: u32) -> Option<u32> {
    let row = seen.rows.iter().find(|row| row.number == number).unwrap();
    match &row.finding {
        Finding::Suspected(known) => known.row,
        _ => None,
    }
}

/// A payment or contract that stands in the file twice is asked about; it may have been paid twice.
#[rstest]
fn a_row_that_repeats_an_earlier_one_is_asked_about(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "clients.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let text = "Client,Total,Signed\nClient 1,1000,2026-01-05\nClient 2,1000,2026-01-05\nClient 1,1000,2026-01-05\n\
                Client 1,1000,2026-01-06\n";
    let contracts = file_of(&mut world, "contracts.csv", text.as_bytes());
    let seen = preview(&mut world, &contracts);
    assert_eq!((seen.counts, repeats(&seen, 4)), (counts(3, 0, 0, 0, 1), Some(2)));
    assert_eq!(import(&mut world, &contracts).counts, counts(3, 0, 0, 0, 1));
    let text = "Contract,Amount,Paid on,Reference\n1,100,2026-02-05,VIR 1\n1,100,2026-02-05,VIR 2\n\
                1,100,2026-02-05,vir 1\n1,100,2026-02-05,VIR 1\n";
    let mut payments = file_of(&mut world, "payments.csv", text.as_bytes());
    let seen = preview(&mut world, &payments);
    assert_eq!(seen.counts, counts(2, 0, 0, 0, 2));
    assert_eq!((repeats(&seen, 4), repeats(&seen, 5)), (Some(2), Some(2)));
    payments.choices = HashMap::from([(4, Choice::Create)]);
    assert_eq!(import(&mut world, &payments).counts, counts(3, 0, 0, 0, 1));
    let contract = storage::contracts::find(&mut world.connection(), ContractId::new(1)).unwrap().unwrap();
    assert_eq!(contract.due_cents, Cents(70_000));
}

/// Of two people of one name the file means the one who is active.
#[rstest]
fn who_has_left_is_not_taken_for_a_namesake(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let name = world.sales.actor.full_name.clone();
    let namesake = UserDraft { full_name: name.clone(), ..user_draft("namesake", Role::Sales) };
    let create = WriteRequest::CreateUser { draft: namesake, password: SecretString::from(PASSWORD) };
    let id = epic_events::domain::UserId::new(world.save(&Request::Write(create)).0);
    let text = format!("Full name,Phone,Sales contact\nKevin Casey,+33 6 11 11 11 11,{name}\n");
    let file = file_of(&mut world, "clients.csv", text.as_bytes());
    assert_eq!(wrong(&preview(&mut world, &file), 2), [(Field::SalesContactId, Problem::Ambiguous(2))]);
    world.manage(&Request::Write(WriteRequest::DeactivateUser { id, version: 1, heirs: None }));
    import(&mut world, &file);
    let client = storage::clients::find(&mut world.connection(), ClientId::new(1)).unwrap().unwrap();
    assert_eq!(client.sales_contact_id, world.sales.actor.id);
}

/// A telephone number in another spelling is no change, and nobody signs in with another name because of a file.
#[rstest]
fn what_means_the_same_is_no_change(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let text = "Full name,Company,E-mail,Phone\nKevin Casey,Startup,k@example.com,+33 6 11 11 11 11\n";
    let first = file_of(&mut world, "first.csv", text.as_bytes());
    import(&mut world, &first);
    let again = file_of(&mut world, "again.csv", text.replace("+33 6 11 11 11 11", "06.11.11.11.11").as_bytes());
    assert_eq!(import(&mut world, &again).counts, counts(0, 0, 1, 0, 0));
    let sales = storage::users::find(&mut world.connection(), world.sales.actor.id).unwrap().unwrap();
    let text = format!("Username,Full name,Role,E-mail\nanother,{},sales,{}\n", sales.full_name, sales.email.unwrap());
    let staff = file_of(&mut world, "staff.csv", text.as_bytes());
    assert_eq!(wrong(&preview(&mut world, &staff), 2), [(Field::Username, Problem::NotByImport)]);
}

/// What is wrong is said of what stands in the file.
#[rstest]
fn reasons_are_about_what_the_file_says(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let first = file_of(&mut world, "clients.csv", format!("{HEADINGS}{}", clients(1..3)).as_bytes());
    import(&mut world, &first);
    let text =
        "Client,Total,Due,Signed\nClient 1,500,700,15/09/2024\nClient 2,500,-1,09/15/2024\nClient 2,600,,09/15/2024\n";
    let mut file = file_of(&mut world, "contracts.csv", text.as_bytes());
    file.order = Some(DayOrder::MonthFirst);
    let seen = preview(&mut world, &file);
    let not_a_date = (Field::SignedAt, Problem::NotADateIn(DayOrder::MonthFirst));
    assert_eq!(wrong(&seen, 2), [not_a_date]);
    assert_eq!(wrong(&seen, 3), [(Field::DueCents, Problem::Negative)]);
    file.order = Some(DayOrder::DayFirst);
    assert_eq!(wrong(&preview(&mut world, &file), 2), [(Field::DueCents, Problem::PaidAboveTotal)]);
    // What a new row is understood as.
    let today = world.now().utc.date();
    let values = understood(&file, &seen, 4, (today, chrono_tz::UTC));
    let expected = [
        (Field::ClientId, json!("Client 2")),
        (Field::TotalCents, json!(60_000)),
        (Field::SignedAt, json!("2024-09-15")),
    ];
    assert_eq!(values, expected);
}

/// The file of refused rows is separated like the one that they are from, and its columns are read as that one's were.
#[rstest]
fn refused_rows_are_read_like_the_file_that_they_are_from(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = "Zzz;Qqq;Reason\nKevin Casey;+33 6 11 11 11 11;\nNobody;none;\n";
    let mut file = file_of(&mut world, "clients.csv", text.as_bytes());
    file.kind = Some(EntityKind::Client);
    file.columns = Some(vec![Some(Field::FullName), Some(Field::Phone), None]);
    let seen = preview(&mut world, &file);
    world.manage(&ImportRequest::Write(Box::new(file.clone()), seen.counts).into());
    let heading = "Why refused".to_owned();
    let refused = Refused {
        name: file.name.clone(),
        sheet: Arc::clone(&file.sheet),
        heading,
        reasons: vec![(3, "No.".to_owned())],
    };
    let saved = world.manage(&ImportRequest::SaveRefused(Box::new(refused)).into());
    let Reply::RefusedSaved { path, .. } = saved else { panic!("{saved:?}") };
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().nth(1), Some("Nobody;none;;No."));
    let mut mended = file_of(&mut world, "mended.csv", text.replace("none", "+33 6 22 22 22 22").as_bytes());
    mended.kind = Some(EntityKind::Client);
    let columns: Vec<Option<Field>> = preview(&mut world, &mended).columns.iter().map(|column| column.field).collect();
    assert_eq!(columns, [Some(Field::FullName), Some(Field::Phone), None, None]);
}

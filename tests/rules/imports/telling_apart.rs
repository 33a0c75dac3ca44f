//! Rows that look like a known client are about another one if a country code says so; and what is written is what was
//! confirmed.

use epic_events::domain::clients::Client;

use super::*;

fn clients_of(world: &World) -> Vec<Client> {
    stored_clients::table.order(stored_clients::id).select(Client::as_select()).load(&mut world.connection()).unwrap()
}

fn known(world: &mut World, rows: &str) {
    let file = file_of(world, "known.csv", format!("{HEADINGS}{rows}").as_bytes());
    import(world, &file);
}

fn clients_file(world: &mut World, rows: &str) -> ImportFile {
    file_of(world, "clients.csv", format!("{HEADINGS}{rows}").as_bytes())
}

/// What somebody else chooses meanwhile for the columns of a file with the same headings, or another order of day and month,
/// does not change where the values go that were seen.
#[rstest]
fn columns_and_order_are_those_that_were_confirmed(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let text = |n: u32| format!("Full name,Zzz,Phone,Yyy,Last contact\nClient {n},z,+33 1 {n:04} 0000,y,05/04/2024\n");
    let read_into = |zzz, yyy| {
        let (name, phone, day) = (Some(Field::FullName), Some(Field::Phone), Some(Field::LastContactAt));
        Some(vec![name, zzz, phone, yyy, day])
    };
    let file = |world: &mut World, n| {
        let file = file_of(world, "clients.csv", text(n).as_bytes());
        ImportFile { kind: Some(EntityKind::Client), order: Some(DayOrder::DayFirst), ..file }
    };
    let mine = ImportFile { columns: read_into(Some(Field::Notes), None), ..file(&mut world, 1) };
    import(&mut world, &mine);
    let mine = file(&mut world, 2);
    let seen = preview(&mut world, &mine);
    assert_eq!(seen.columns[1].field, Some(Field::Notes));
    let others = ImportFile { columns: read_into(None, Some(Field::Notes)), ..file(&mut world, 3) };
    import(&mut world, &others);
    let (before, manager) = (world.state(), world.manager.clone());
    let columns = Some(seen.columns.iter().map(|column| column.field).collect());
    let confirmed = ImportFile { seen: Some(seen.mark), columns, ..mine.clone() };
    let of_others = ImportFile { seen: Some(seen.mark), ..mine };
    let other_order = ImportFile { order: Some(DayOrder::MonthFirst), ..confirmed.clone() };
    for other in [of_others, other_order] {
        let answer = world.ask(Some(&manager), &ImportRequest::Write(Box::new(other), seen.counts).into());
        assert_eq!(answer.unwrap_err(), Error::ImportChanged);
        assert_eq!(world.state(), before);
    }
    world.manage(&ImportRequest::Write(Box::new(confirmed), seen.counts).into());
    assert_eq!(clients_of(&world)[2].notes, "z");
}

/// A country code that is written out makes another number; without one a number is the same in any country.
#[rstest]
fn a_corrected_country_code_is_a_change(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    known(
        &mut world,
        "Ann One,Alpha,ann@example.com,+33 6 00 00 00 01\nBob Two,Alpha,,+33 6 00 00 00 02\n\
         Cleo Three,Alpha,cleo@example.com,06 00 00 00 03\n",
    );
    let respelt = "Ann One,Alpha,ann@example.com,0033 600000001\nBob Two,Alpha,,06.00.00.00.02\n\
                   Cleo Three,Alpha,cleo@example.com,+32 6 00 00 00 03\n";
    let file = clients_file(&mut world, respelt);
    assert_eq!(preview(&mut world, &file).counts, counts(0, 0, 3, 0, 0));
    let corrected = "Ann One,Alpha,ann@example.com,+32 6 00 00 00 01\nBob Two,Alpha,,0032 6 00 00 00 02\n";
    let file = clients_file(&mut world, corrected);
    assert_eq!(import(&mut world, &file).counts, counts(0, 1, 0, 0, 1));
    assert_eq!(clients_of(&world)[0].phone, "+32 6 00 00 00 01");
}

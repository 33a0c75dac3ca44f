//! Printed documents: what is in the file, who may have it, and what the audit log says.

use std::{os::unix::fs::MetadataExt, path::PathBuf};

use diesel::prelude::*;
use epic_events::{
    domain::{
        Cents, PaymentId,
        instalments::{Due, InstalmentDraft},
        payments::{Method, PaymentDraft, Words},
        session::Session,
        settings::Visibility,
        users::UserDraft,
    },
    schema,
    services::paper::Document,
    ui::paper::html,
};
use support::world::{pay, payment_draft};

use super::{
    payments::{cancel, contract, paid, record},
    *,
};

fn print(document: Document, language: Language) -> Request {
    Request::Print { document, language, typeset: html }
}

/// The text of the file, which only its owner may read.
fn printed(world: &mut World, who: &Session, document: Document) -> (PathBuf, String) {
    let answer = world.ask(Some(who), &print(document, Language::En)).unwrap();
    let Reply::Printed { path, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "no {word:?} in:\n{page}");
    }
}

/// Gives somebody a telephone number.
fn give_phone(world: &mut World, who: &Session, phone: &str) {
    let id = who.actor.id;
    let person = storage::users::find(&mut world.connection(), id).unwrap().unwrap();
    let draft = UserDraft { phone: Some(phone.to_owned()), ..user_draft(&person.username, person.role) };
    world.save(&Request::Write(WriteRequest::UpdateUser { id, version: person.version, draft, heirs: None }));
}

#[rstest]
fn documents_hold_what_the_details_show_and_are_audited(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let records = world.records();
    let (manager, sales, support) = (world.manager.clone(), world.sales.clone(), world.support.clone());
    give_phone(&mut world, &sales, "+33 1 11 11 11 11");
    give_phone(&mut world, &support, "+33 6 22 22 22 22");
    let log = world.audit().len();
    let (sheet, page) = printed(&mut world, &manager, Document::EventSheet(records.event));
    holds(&page, &["Epic Events", "Lou Bouzin General Assembly", "Monday 21 December 2026", "from 09:00 to 12:00"]);
    holds(&page, &["Salle des fêtes de Mufflins", "Jacky Blangier", "Kevin Casey", "Cool Startup LLC", "200"]);
    holds(&page, &["+678 123 456 78", "+33 1 11 11 11 11", "+33 6 22 22 22 22", "support@example.org"]);
    holds(&page, &["Made on Saturday 21 November 2026 by Person manager"]);
    let (statement, page) = printed(&mut world, &manager, Document::Statement(records.signed));
    holds(&page, &["Contract no. ", "1,000.00\u{a0}EUR", "500.00\u{a0}EUR", "Saturday 21 November 2026"]);
    holds(&page, &["Kevin Casey", "Lou Bouzin General Assembly", "21 December 2026", "Person sales"]);
    for (path, begins) in [(&sheet, "epic-events-event-sheet-"), (&statement, "epic-events-statement-")] {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with(begins) && path.extension().unwrap() == "html", "{name}");
    }
    // An unsigned contract has a statement too, and what is archived can still be printed.
    let (_, page) = printed(&mut world, &manager, Document::Statement(records.contract));
    holds(&page, &["not signed yet", "10,000.00\u{a0}EUR"]);
    world.save(&Request::Write(WriteRequest::ArchiveEvent { id: records.event, version: records.event_version }));
    printed(&mut world, &manager, Document::EventSheet(records.event));
    let verbs = ["record.printed", "record.printed", "record.printed", "event.archived", "record.printed"];
    assert_eq!(world.audit()[log..], verbs);
    let missing = Document::EventSheet(EventId::new(99_999));
    assert_eq!(world.ask(Some(&manager), &print(missing, Language::En)).unwrap_err(), Error::NotFound);
    assert_eq!(world.audit().len(), log + verbs.len());
}

/// The audit log names the record, in whose history the row stands.
#[rstest]
fn the_audit_log_says_who_printed_what(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let support = world.support.clone();
    printed(&mut world, &support, Document::EventSheet(records.event));
    printed(&mut world, &support, Document::Statement(records.signed));
    let Reply::Event(event) = world.manage(&Request::Read(ReadRequest::ViewEvent(records.event))) else { panic!() };
    let Reply::Contract(contract) = world.manage(&Request::Read(ReadRequest::ViewContract(records.signed))) else {
        panic!()
    };
    for (history, name) in [(event.history, "Lou Bouzin General Assembly"), (contract.history, "Kevin Casey")] {
        let AuditRow { action, record_name, actor_name, .. } = &history.rows[0];
        let told = (action.as_str(), record_name.as_str(), actor_name.as_str());
        assert_eq!(told, ("record.printed", name, "Person support"));
    }
}

/// Two documents of the same second have two files.
#[rstest]
fn no_document_replaces_another_file(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let event = world.records().event;
    let (manager, now) = (world.manager.clone(), world.now());
    let mut paths: Vec<PathBuf> = (0..3)
        .map(|_| {
            let request = print(Document::EventSheet(event), Language::Fr);
            match world.services.execute(Some(&manager), &request, now) {
                Ok(Reply::Printed { path, .. }) => path,
                other => panic!("{other:?}"),
            }
        })
        .collect();
    paths.dedup();
    assert_eq!(paths.len(), 3);
    let left = std::fs::read_dir(world.exports.path()).unwrap().count();
    assert_eq!(left, 3, "nothing else is left behind");
}

/// Whoever may open a record may print it, and nobody else; the refusal is the same, and leaves no file.
#[rstest]
fn a_document_is_refused_as_the_details_are(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let records = world.records();
    let payment = paid(&mut world, records.signed, 10_000);
    let people =
        [&world.manager, &world.sales, &world.other_sales, &world.support, &world.other_support].map(Clone::clone);
    for (visibility, seen) in [(Visibility::Open, 5), (Visibility::Restricted, 3)] {
        let settings = storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { visibility, ..settings })));
        for (view, document) in [
            (ReadRequest::ViewEvent(records.event), Document::EventSheet(records.event)),
            (ReadRequest::ViewContract(records.signed), Document::Statement(records.signed)),
            (ReadRequest::ViewPayment(payment), Document::Receipt(payment)),
        ] {
            let mut allowed = 0;
            for who in &people {
                let files = || std::fs::read_dir(world.exports.path()).unwrap().count();
                let before = files();
                let viewed = world.ask(Some(who), &Request::Read(view.clone()));
                let answer = world.ask(Some(who), &print(document, Language::En));
                let after = std::fs::read_dir(world.exports.path()).unwrap().count();
                match viewed {
                    Ok(_) => assert!(answer.is_ok(), "{answer:?}"),
                    Err(refused) => assert_eq!(answer.as_ref().unwrap_err(), &refused, "{document:?}"),
                }
                assert_eq!(after - before, usize::from(answer.is_ok()));
                allowed += usize::from(answer.is_ok());
            }
            assert_eq!(allowed, seen, "{document:?}, {visibility:?}");
        }
    }
}

/// Under restricted visibility a statement names only the events that its reader may see.
#[rstest]
fn a_statement_names_only_the_events_that_may_be_seen(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let contract = world.records().signed;
    let draft = event_draft("Of somebody else", 40);
    world.save(&Request::Write(WriteRequest::CreateEvent { contract, draft }));
    let settings = storage::settings::load(&mut world.connection()).unwrap();
    let settings = Settings { visibility: Visibility::Restricted, ..settings };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
    let (sales, support) = (world.sales.clone(), world.support.clone());
    for (who, all) in [(&sales, true), (&support, false)] {
        let (_, page) = printed(&mut world, who, Document::Statement(contract));
        holds(&page, &["Lou Bouzin General Assembly"]);
        assert_eq!(page.contains("Of somebody else"), all);
    }
}

/// Text that somebody wrote into the tables cannot reverse or hide what stands beside it.
#[rstest]
fn a_document_holds_no_sign_that_acts(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use schema::clients;
    let mut world = World::new(engine);
    let records = world.records();
    let name = "Evil\u{202e}eman\u{1b}[31m<b>\u{200b}";
    diesel::update(clients::table).set(clients::full_name.eq(name)).execute(&mut world.connection()).unwrap();
    let manager = world.manager.clone();
    let (_, page) = printed(&mut world, &manager, Document::EventSheet(records.event));
    assert!(!page.contains(['\u{202e}', '\u{1b}', '\u{200b}']));
    assert!(!page.contains("<b>"));
    holds(&page, &["Evileman[31m&#60;b&#62;"]);
}

/// The texts between two others, in order.
fn between<'a>(page: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    page.split(before).skip(1).map(|rest| rest.split(after).next().unwrap()).collect()
}

/// The amounts of the payments of a statement, of which the last is their sum, in cents.
fn amounts(page: &str) -> Vec<i64> {
    let table = page.split("Payments</h2>").nth(1).unwrap_or_default();
    let amounts = between(table, "<td class=\"amount\">", "</td>").into_iter();
    amounts.map(|amount| amount.replace([',', '.'], "").replace('\u{2212}', "-").parse().unwrap()).collect()
}

/// More payments than the details of a contract show, in the order of their days and not of their entry; those that
/// are cancelled are left out.
#[rstest]
fn a_statement_lists_all_payments_that_count(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 500_000, 500_000);
    let today = start().date();
    for number in 1..=60_u32 {
        let paid_on = today - chrono::Days::new(number.into());
        let reference = format!("VIR-{number:02}");
        let method = if number == 1 { Method::Cheque } else { Method::Transfer };
        world
            .save(&record(id, PaymentDraft { paid_on, reference, method, ..payment_draft(1_000 + i64::from(number)) }));
    }
    paid(&mut world, id, -12_345);
    let wrong = paid(&mut world, id, 99_999);
    world.save(&cancel(wrong, 1));
    let sales = world.sales.clone();
    let (_, page) = printed(&mut world, &sales, Document::Statement(id));
    let rows: Vec<i64> = (1..=60).rev().map(|number| 1_000 + number).chain([-12_345]).collect();
    let paid: i64 = rows.iter().sum();
    assert_eq!(amounts(&page), rows.into_iter().chain([paid]).collect::<Vec<_>>());
    holds(&page, &["Cheque", "Refund, bank transfer", "VIR-01", "VIR-60", "494.85\u{a0}EUR", "4,505.15\u{a0}EUR"]);
    assert!(!page.contains("999.99") && !page.contains("Wrong contract"));
}

/// In the order in which they fall due, with what is paid of each today.
#[rstest]
fn a_statement_lists_the_instalments_of_its_contract(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 500_000, 500_000);
    let today = start().date();
    let rows = [
        ("Balance", 250_000, Due::Event(-30)),
        ("Deposit", 100_000, Due::On(today - chrono::Days::new(10))),
        ("", 150_000, Due::On(today)),
    ];
    let rows =
        rows.map(|(label, cents, due)| InstalmentDraft { label: label.to_owned(), amount_cents: Cents(cents), due });
    world.save(&Request::Write(WriteRequest::SetInstalments { contract: id, version: 1, rows: rows.to_vec() }));
    let sales = world.sales.clone();
    let instalments = |page: &str| -> Vec<String> {
        let table = page.split("Instalments</h2>").nth(1).unwrap().split("</table>").next().unwrap();
        let rows = between(table.split("<tbody>").nth(1).unwrap(), "<tr", "</tr>").into_iter();
        rows.map(|row| {
            let cells = between(row, "<td", "</td>").into_iter().map(|cell| cell.split_once('>').unwrap().1);
            cells.collect::<Vec<_>>().join("|")
        })
        .collect()
    };
    let (_, page) = printed(&mut world, &sales, Document::Statement(id));
    assert_eq!(
        instalments(&page),
        [
            "Deposit|11 November 2026|1,000.00|1,000.00|overdue",
            "Instalment 3|21 November 2026|1,500.00|1,500.00|open",
            "Balance|not known yet|2,500.00|2,500.00|open",
            "Total|5,000.00|5,000.00|",
        ]
    );
    holds(&page, &["of which overdue"]);
    paid(&mut world, id, 120_000);
    let (_, page) = printed(&mut world, &sales, Document::Statement(id));
    assert_eq!(
        instalments(&page)[..2],
        ["Deposit|11 November 2026|1,000.00|0.00|paid", "Instalment 3|21 November 2026|1,500.00|1,300.00|open"]
    );
    assert!(!page.contains("of which overdue"));
    world.pass_days(1);
    let (_, page) = printed(&mut world, &sales, Document::Statement(id));
    holds(&page, &["of which overdue", "1,300.00\u{a0}EUR"]);
}

/// A statement is a bounded document: what was paid before its payments is one sum.
#[rstest]
fn a_statement_sums_up_what_would_not_fit(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use schema::{contracts, payments as p};
    let mut world = World::new(engine);
    let id = contract(&mut world, 500_000, 500_000);
    let db = &mut world.connection();
    db.transaction(|db| {
        for number in 0..1_003_u32 {
            let day = start().date() - chrono::Days::new(number.into());
            let words = (p::notes.eq(""), p::search.eq(""), p::client_search.eq(""), p::client_key.eq(""));
            let written = (p::created_at.eq(start()), p::updated_at.eq(start()));
            let paid = (p::contract_id.eq(id), p::amount_cents.eq(Cents(100)), p::paid_on.eq(day));
            diesel::insert_into(p::table).values((paid, p::method.eq(Method::Card), words, written)).execute(db)?;
        }
        diesel::QueryResult::Ok(())
    })
    .unwrap();
    diesel::update(contracts::table.find(id)).set(contracts::due_cents.eq(Cents(399_700))).execute(db).unwrap();
    let sales = world.sales.clone();
    let (_, page) = printed(&mut world, &sales, Document::Statement(id));
    let amounts = amounts(&page);
    assert_eq!((amounts.len(), amounts[0], amounts.last()), (1_002, 300, Some(&100_300)));
    holds(&page, &["Earlier payments", "1,003.00\u{a0}EUR", "3,997.00\u{a0}EUR"]);
}

/// Somebody pays while the statement is read: its payments sum to what it says all the same.
#[rstest]
fn a_statement_sums_up_while_others_pay(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 500_000, 499_900);
    let (url, session) = (world.db.url.clone(), world.manager.clone());
    let (manager, now) = (world.manager.clone(), world.now());
    let payer = std::thread::spawn(move || {
        let mut services =
            epic_events::services::Services::new(storage::Target::parse(&url).unwrap(), "payer".to_owned(), 4);
        for number in 1..=40 {
            let draft = PaymentDraft { reference: number.to_string(), ..payment_draft(number) };
            services.execute(Some(&session), &record(id, draft), now).unwrap();
        }
    });
    let mut seen = Vec::new();
    loop {
        let is_last = payer.is_finished();
        let (path, page) = printed(&mut world, &manager, Document::Statement(id));
        std::fs::remove_file(path).unwrap();
        let mut amounts = amounts(&page);
        let sum = amounts.pop().unwrap();
        assert_eq!(amounts.iter().sum::<i64>(), sum);
        seen.push(sum);
        if is_last {
            break;
        }
    }
    payer.join().unwrap();
    assert_eq!(seen.last(), Some(&(100 + 40 * 41 / 2)));
}

#[rstest]
fn a_receipt_says_what_was_paid_and_what_is_due_now(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let id = contract(&mut world, 500_000, 500_000);
    let draft = PaymentDraft {
        method: Method::Cheque,
        reference: "CHQ 7".to_owned(),
        notes: "A note that stays in the company".to_owned(),
        ..payment_draft(150_000)
    };
    let cheque = PaymentId::new(world.save(&record(id, draft)).0);
    let refund = paid(&mut world, id, -20_000);
    let (sales, log) = (world.sales.clone(), world.audit().len());
    let (path, page) = printed(&mut world, &sales, Document::Receipt(cheque));
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with(&format!("epic-events-receipt-{}", cheque.0)), "{name}");
    holds(&page, &["Epic Events", &format!("Receipt no. {}", cheque.0), "Kevin Casey", "Cool Startup LLC", "Cheque"]);
    holds(&page, &["CHQ 7", "Saturday 21 November 2026", "1,500.00\u{a0}EUR", &format!("no. {}", id.0)]);
    holds(&page, &["Still due as of 21 November 2026", "3,700.00\u{a0}EUR"]);
    assert!(!page.contains("stays in the company"));
    let (_, page) = printed(&mut world, &sales, Document::Receipt(refund));
    holds(&page, &["Refund receipt no. ", "Refunded to", "Amount refunded", "200.00\u{a0}EUR"]);
    // Days later more is paid, and the payment is corrected: the receipt says what is true today.
    world.pass_days(9);
    world.save(&pay(id, 370_000));
    let words = Words { reference: "CHQ 8".to_owned(), notes: String::new() };
    world.save(&Request::Write(WriteRequest::UpdatePayment { id: cheque, version: 1, words }));
    let (_, page) = printed(&mut world, &sales, Document::Receipt(cheque));
    holds(&page, &["Paid in full as of 30 November 2026", "CHQ 8", "Received on", "Saturday 21 November 2026"]);
    // The client may hold the receipt of a payment that was cancelled since: it says so, but not why.
    world.save(&cancel(cheque, 2));
    let (_, page) = printed(&mut world, &sales, Document::Receipt(cheque));
    holds(&page, &["Cancelled on Monday 30 November 2026", "This receipt is no longer valid.", "1,500.00\u{a0}EUR"]);
    assert!(!page.contains("Wrong contract"));
    assert_eq!(world.audit()[log..].iter().filter(|verb| *verb == "record.printed").count(), 4);
    let missing = Document::Receipt(PaymentId::new(99_999));
    assert_eq!(world.ask(Some(&sales), &print(missing, Language::En)).unwrap_err(), Error::NotFound);
    // The payment's history says who has printed its receipt, under the client's name.
    let Reply::Payment(detail) = world.manage(&Request::Read(ReadRequest::ViewPayment(refund))) else { panic!() };
    let AuditRow { action, record_name, .. } = &detail.history.rows[0];
    assert_eq!((action.as_str(), record_name.as_str()), ("record.printed", "Kevin Casey"));
}

//! The rights: every request by every role, on own and on other records, on every engine. The expectations are
//! written by hand and not computed from the program's own table.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod requests;
mod table;

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use epic_events::{
    domain::{
        Error, Reason,
        audit::Verb,
        clients::ClientRow,
        entity::Query,
        error::SignedOutBecause,
        policy::{GRANTS, Permission},
        session::Session,
        settings::{Reauth, Settings, Visibility},
        users::Role,
    },
    services::{Merge, ReadRequest, Reply, Request, WriteRequest},
};
use requests::{listing, person_version, plan_draft, request, spare};
use rstest::rstest;
use secrecy::SecretString;
use strum::IntoEnumIterator;
use support::{
    Engine,
    world::{Records, World, user_draft},
};
use table::{EXPECTED, RESTRICTED, Row, WIDENED};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

fn actors(world: &World) -> [Session; 5] {
    [&world.manager, &world.sales, &world.other_sales, &world.support, &world.other_support].map(Clone::clone)
}

/// Tries one cell of the table. If allowed, the request succeeds, with one audit row if it writes. If denied,
/// nothing changes except for one refusal in the audit log.
fn try_cell(world: &mut World, name: &str, who: &Session, allowed: bool) {
    let mut records = world.records();
    if matches!(name, "archive client" | "restore client" | "archive clients" | "restore clients") {
        // Only a client without contracts can be archived.
        records.client = world.client_of(world.sales.actor.id, "Without Contracts");
    }
    match name {
        "read what to merge" | "read undo of merge" | "merge clients" | "undo merge" => {
            let [other, kept] = ["Other", "Kept"].map(|name| world.client_of(world.sales.actor.id, name));
            records.client = kept;
            if matches!(name, "undo merge" | "read undo of merge") {
                let (sales_contact, draft) = (world.sales.actor.id, support::world::client_draft("Kept"));
                let merge = Merge { kept: (kept, 1), other: (other, 1), draft, sales_contact };
                world.save(&Request::Write(WriteRequest::MergeClients(Box::new(merge))));
            }
        }
        "restore client" | "restore clients" => {
            world.save(&Request::Write(WriteRequest::ArchiveClient { id: records.client, version: 1 }));
        }
        "restore contract" | "restore contracts" => {
            world.save(&Request::Write(WriteRequest::ArchiveContract { id: records.contract, version: 1 }));
        }
        "cancel payment of yesterday" => world.pass_days(1),
        "edit plan" | "remove plan" => {
            let draft = plan_draft(&format!("Plan {}", records.event.0));
            world.save(&Request::Write(WriteRequest::CreatePlan(draft)));
        }
        "restore event" | "restore events" => {
            let (id, version) = (records.event, records.event_version);
            world.save(&Request::Write(WriteRequest::ArchiveEvent { id, version }));
        }
        _ => {}
    }
    try_request(world, name, &records, who, allowed);
}

/// The events of what people do that `work` adds to the log files.
fn logged<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let done = tracing::subscriber::with_default(tracing_subscriber::registry().with(Seen(Arc::clone(&seen))), work);
    (done, std::mem::take(&mut *seen.lock().unwrap()))
}

struct Seen(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Seen {
    fn on_event(&self, event: &tracing::Event, _: Context<S>) {
        struct Name(Option<String>);
        impl tracing::field::Visit for Name {
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                if field.name() == "event" {
                    self.0 = Some(value.to_owned());
                }
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
        }
        let mut name = Name(None);
        event.record(&mut name);
        if event.metadata().target() == "epic_events::business" {
            self.0.lock().unwrap().extend(name.0);
        }
    }
}

fn try_request(world: &mut World, name: &str, records: &Records, who: &Session, allowed: bool) {
    let request = request(name, records, world);
    let (before, log) = (world.state(), world.audit());
    let (answer, events) = logged(|| world.ask(Some(who), &request));
    let added = world.audit()[log.len()..].to_vec();
    let cell = format!("{name} by {} ({answer:?}, {added:?})", who.actor.username);
    let expected: Vec<String> = added.iter().map(|verb| verb.parse::<Verb>().unwrap().as_event()).collect();
    assert_eq!(events, expected, "the log files, {cell}");
    if allowed {
        assert!(answer.is_ok(), "{cell}");
        let logged = request.writes() || request.writes_file();
        // A payment changes its contract too, and a merge two clients.
        let changes_contract = ["payment.recorded", "payment.cancelled", "client.merged", "client.merge_undone"]
            .contains(&added.first().map_or("", String::as_str));
        // An import has a row of its own beside that of its client.
        let imports = added.last().is_some_and(|verb| verb == "records.imported");
        let expected = usize::from(logged) + usize::from(changes_contract) + usize::from(imports);
        assert_eq!(added.len(), expected, "{cell}");
    } else {
        assert!(matches!(answer, Err(Error::Denied(_))), "{cell}");
        assert_eq!(world.state(), before, "{cell}");
        assert_eq!(added, ["action.refused"], "{cell}");
    }
}

fn try_table(world: &mut World, table: &[Row]) {
    for (name, row) in table {
        for (who, allowed) in actors(world).iter().zip(row) {
            try_cell(world, name, who, *allowed);
        }
    }
}

#[rstest]
fn every_request_by_every_role(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    world.hire("spare", Role::Support);
    try_table(&mut world, EXPECTED);
}

#[rstest]
fn settings_widen_and_restrict_the_rights(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    let widened = Settings { sales_create_contracts: true, support_hands_over: true, ..settings };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(widened)));
    try_table(&mut world, WIDENED);
    let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
    world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings {
        visibility: Visibility::Restricted,
        ..settings
    })));
    try_table(&mut world, RESTRICTED);
    let Reply::Page(page) = world
        .ask(Some(&world.other_sales.clone()), &Request::Read(ReadRequest::List(Query::Client(listing()))))
        .unwrap()
    else {
        panic!("a list of clients");
    };
    let own = |row: ClientRow| row.client.sales_contact_id == world.other_sales.actor.id;
    assert!(page.of().rows.into_iter().all(own));
}

/// Without a session, after a change of the account or password, and with a temporary password, every request
/// is refused.
#[rstest]
fn without_a_valid_session_nothing_is_allowed(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    world.hire("spare", Role::Support);
    let gone = world.hire("gone", Role::Management);
    let version = person_version(&world, gone.actor.id);
    world.save(&Request::Write(WriteRequest::DeactivateUser { id: gone.actor.id, version, heirs: None }));
    let create = Request::Write(WriteRequest::CreateUser {
        draft: user_draft("fresh", Role::Management),
        password: SecretString::from("some temporary words"),
    });
    world.save(&create);
    let fresh = world.sign_in("fresh", "some temporary words").unwrap();
    let renewed = world.hire("renewed", Role::Management);
    let (id, version) = (renewed.actor.id, person_version(&world, renewed.actor.id));
    world.save(&Request::Write(WriteRequest::ResetPassword {
        id,
        version,
        password: SecretString::from("some temporary words"),
    }));
    for (name, _) in EXPECTED {
        let records = world.records();
        let request = request(name, &records, &world);
        for (who, expected) in [
            (None, Error::SignedOut(SignedOutBecause::NotSignedIn)),
            (Some(&gone), Error::SignedOut(SignedOutBecause::AccountChanged)),
            (Some(&renewed), Error::SignedOut(SignedOutBecause::AccountChanged)),
            (Some(&fresh), Error::Denied(Reason::ChangePasswordFirst)),
        ] {
            if *name == "read settings" && who == Some(&fresh) {
                continue;
            }
            let (before, log) = (world.state(), world.audit());
            assert_eq!(world.ask(who, &request).unwrap_err(), expected, "{name}");
            assert_eq!(world.state(), before, "{name}");
            assert_eq!(world.audit()[log.len()..], ["action.refused"], "{name}");
        }
    }
}

/// The error and the audit log give the reason: the role, a setting, or the owner of the record.
#[rstest]
fn a_refusal_gives_its_reason(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    use diesel::prelude::*;
    use epic_events::schema::audit_log as log;
    let mut world = World::new(engine);
    let records = world.records();
    let [_, sales, other_sales, support, other_support] = actors(&world);
    for (name, who, reason, logged) in [
        ("edit client", &support, Reason::Role(Permission::EditClient, Role::Support), "edit_client: role"),
        ("archive client", &sales, Reason::Role(Permission::ArchiveClient, Role::Sales), "archive_client: role"),
        ("edit client", &other_sales, Reason::NotYourClient, "edit_client: NotYourClient"),
        ("edit event", &other_support, Reason::NotYourEvent, "edit_event: NotYourEvent"),
        ("create contract", &sales, Reason::Setting(Permission::CreateContract), "create_contract: setting"),
        ("assign support", &support, Reason::Setting(Permission::AssignSupport), "assign_support: setting"),
    ] {
        let request = request(name, &records, &world);
        assert_eq!(world.ask(Some(who), &request).unwrap_err(), Error::Denied(reason), "{name}");
        let last = log::table.order(log::id.desc()).select((log::record_name, log::actor_id));
        let (said, by): (String, Option<i64>) = last.first(&mut world.connection()).unwrap();
        assert_eq!((said.as_str(), by), (logged, Some(who.actor.id.0)));
    }
}

/// The requests that need the password again under `sensitive`; those in `PLAIN` do so only under `always`.
const SENSITIVE: [&str; 14] = [
    "create person",
    "change role",
    "deactivate person",
    "reactivate person",
    "reset password",
    "archive client",
    "merge clients",
    "archive contract",
    "archive event",
    "archive clients",
    "archive contracts",
    "archive events",
    "sign contract",
    "change settings",
];
const PLAIN: [&str; 8] = [
    "edit person",
    "create client for another",
    "edit client",
    "hand over client",
    "create contract",
    "edit contract",
    "edit event",
    "assign support",
];

/// The request for a name of the two tables above.
fn sensitive_or_plain(name: &str, world: &mut World) -> Request {
    let mut records = world.records();
    match name {
        "archive client" | "archive clients" => {
            records.client = world.client_of(world.sales.actor.id, "Without Contracts");
        }
        "merge clients" => {
            let [_, kept] = ["Other", "Kept"].map(|name| world.client_of(world.sales.actor.id, name));
            records.client = kept;
        }
        "deactivate person" | "reactivate person" | "reset password" => {
            let person = epic_events::storage::users::find(&mut world.connection(), spare(world)).unwrap().unwrap();
            let (id, version) = (person.id, person.version);
            match (person.active, name) {
                (true, "reactivate person") => {
                    _ = world.save(&Request::Write(WriteRequest::DeactivateUser { id, version, heirs: None }));
                }
                (false, "deactivate person" | "reset password") => {
                    world.save(&Request::Write(WriteRequest::ReactivateUser { id, version }));
                }
                _ => {}
            }
        }
        "change role" => {
            let id = spare(world);
            let person = epic_events::storage::users::find(&mut world.connection(), id).unwrap().unwrap();
            let role = if person.role == Role::Sales { Role::Support } else { Role::Sales };
            let (version, draft) = (person.version, user_draft("spare", role));
            return Request::Write(WriteRequest::UpdateUser { id, version, draft, heirs: None });
        }
        _ => {}
    }
    request(name, &records, world)
}

#[rstest]
fn the_password_is_required_again_according_to_the_setting(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    const GRACE: u64 = 5 * 60 * 1_000;
    const TO_SEND_IT_AGAIN: u64 = 10_000;
    let mut world = World::new(engine);
    world.hire("spare", Role::Support);
    for (reauth, asks, grace) in [
        (Reauth::Never, [false, false], GRACE),
        (Reauth::Sensitive, [true, false], GRACE),
        (Reauth::Always, [true, true], TO_SEND_IT_AGAIN),
    ] {
        // The manager who prepares the records has just confirmed the password.
        world.manager.confirmed_at = Some(u64::MAX);
        let settings = epic_events::storage::settings::load(&mut world.connection()).unwrap();
        world.manage(&Request::Write(WriteRequest::UpdateSettings(Settings { reauth, ..settings })));
        for (name, asks) in SENSITIVE.iter().map(|name| (name, asks[0])).chain(PLAIN.iter().map(|name| (name, asks[1])))
        {
            let request = sensitive_or_plain(name, &mut world);
            let now = world.now();
            let now = epic_events::domain::session::Moment { ticks: now.ticks + 10 * GRACE, ..now };
            for (given, fresh) in [(None, false), (Some(now.ticks - grace - 1), false), (Some(now.ticks - grace), true)]
            {
                let session = Session { confirmed_at: given, ..world.manager.clone() };
                let (before, log) = (world.state(), world.audit().len());
                let answer = world.services.execute(Some(&session), &request, now);
                let told = format!("{name} under {reauth:?}, given {given:?}: {answer:?}");
                if asks && !fresh {
                    assert!(matches!(answer, Err(Error::PasswordNeeded)), "{told}");
                    assert_eq!((world.state(), world.audit().len()), (before, log), "{told}");
                } else {
                    assert!(answer.is_ok(), "{told}");
                    break;
                }
            }
        }
    }
}

/// The whole table as text, so that a change of it must be repeated here.
#[test]
fn the_rights_table_is_the_agreed_one() {
    let mut text = String::new();
    for permission in Permission::iter() {
        let _ = write!(text, "{permission}:");
        for (_, role, reach, when) in GRANTS.iter().filter(|(one, ..)| *one == permission) {
            let _ = write!(text, " {role} {reach}");
            if when.to_string() != "always" {
                let _ = write!(text, " if {when}");
            }
            text.push(',');
        }
        text = text.trim_end_matches(',').to_owned() + "\n";
    }
    let agreed = "\
see_records: management any, sales any if visibility_open, sales own, support any if visibility_open, support own
see_staff: management any, sales any, support any
manage_users: management any
change_own_password: management own, sales own, support own
create_client: management any, sales own
edit_client: management any, sales own
hand_over_client: management any, sales own
archive_client: management any
merge_clients: management any
create_contract: management any, sales own if sales_create_contracts
edit_contract: management any, sales own
sign_contract: management any, sales own
archive_contract: management any
create_event: management any, sales own
edit_event: management any, support own
assign_support: management any, support own if support_hands_over
set_status: management any, support own
archive_event: management any
record_payment: management any, sales own
cancel_payment: management any, sales own
read_audit: management any, sales own, support own
change_settings: management any
own_preferences: management own, sales own, support own
share_views: management any
manage_plans: management any
import: management any
";
    assert_eq!(text, agreed);
}

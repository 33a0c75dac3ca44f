//! What every write answers, in both languages: a sentence that says what is now true.

mod imports;

use std::{collections::BTreeSet, fmt::Write};

use epic_events::{
    domain::{
        Cents, ClientId, ContractId, EventId, ImportId, PaymentId, PlanId, UserId, ViewId,
        assigning::Assignment,
        audit::Verb,
        clients::ClientFilter,
        entity::EntityKind,
        events::{EventDraft, Status},
        imports::{Counts, IMPORTED, Import, Kept},
        instalments::{Due, InstalmentDraft},
        lists::{ChosenColumn, ColumnName, Lists, ViewContent, ViewDraft},
        payments::Words,
        plans::{PlanDraft, PlanPart},
        settings::{Reauth, Visibility},
        users::{Role, UserDraft},
    },
    services::{HandOver, ImportRequest, Marked, Merge, Reply, export::Format, paper::Document},
    storage,
    ui::{Context, keymap::Keys, paper::html, report, theme::Theme},
};
use secrecy::SecretString;
use strum::{IntoEnumIterator, VariantNames};

use super::desk::*;
use support::world::{contract_draft, event_draft, hand_over, heirs, payment_draft, user_draft};

/// A company whose records are written to, and what was said about it so far.
struct Told {
    world: World,
    /// Each request by name with its sentences, the one of its undo among them.
    said: Vec<(String, [String; 2])>,
    verbs: BTreeSet<String>,
}

impl Told {
    fn new() -> Self {
        Self { world: World::new(Engine::Sqlite), said: Vec::new(), verbs: BTreeSet::new() }
    }

    fn sentences(&self, to: &Request, reply: &Reply) -> [String; 2] {
        [Language::En, Language::Fr].map(|language| {
            let look = Look::default();
            let (theme, session) = (Theme::of(look), &self.world.manager);
            let preferences = Preferences { language, look, mouse: true };
            let now = support::world::start();
            let (lists, keys) = (Lists::default(), Keys::usual());
            let ctx = Context {
                language,
                theme: &theme,
                session,
                lists: &lists,
                preferences,
                now,
                beat: 0,
                saving: false,
                keys,
                method: epic_events::domain::payments::Method::default(),
            };
            report::words(to, reply, &ctx).unwrap_or_default()
        })
    }

    /// Executes a write, and its undo if that is offered.
    fn tell(&mut self, write: WriteRequest) -> Reply {
        let request = Request::Write(write);
        let Request::Write(named) = &request else { unreachable!() };
        let name: &'static str = named.into();
        let reply = self.world.manage(&request);
        if let Reply::Saved { done: Some(done), .. } = &reply {
            self.verbs.insert(done.verb.to_string());
        }
        let sentences = self.sentences(&request, &reply);
        self.said.push((name.to_owned(), sentences));
        if let Some(undo) = reply.undo() {
            let back = self.world.manage(&undo);
            if let Reply::Saved { done: Some(done), .. } = &back {
                self.verbs.insert(done.verb.to_string());
            }
            let sentences = self.sentences(&undo, &back);
            self.said.push((format!("{name}, undone"), sentences));
        }
        reply
    }

    /// Executes a write that is not undone.
    fn keep(&mut self, write: WriteRequest) -> i64 {
        let name: &'static str = (&write).into();
        let request = Request::Write(write);
        let reply = self.world.manage(&request);
        if let Reply::Saved { done: Some(done), .. } = &reply {
            self.verbs.insert(done.verb.to_string());
        }
        let sentences = self.sentences(&request, &reply);
        self.said.push((name.to_owned(), sentences));
        if let Reply::Saved { id, .. } = reply { id } else { 0 }
    }
}

fn version_of_user(told: &Told, id: UserId) -> i32 {
    storage::users::find(&mut told.world.connection(), id).unwrap().unwrap().version
}

fn version_of_event(told: &Told, id: EventId) -> i32 {
    storage::events::find(&mut told.world.connection(), id).unwrap().unwrap().version
}

fn clients(told: &mut Told) -> ClientId {
    use WriteRequest as W;
    let (sales, other) = (told.world.sales.actor.id, told.world.other_sales.actor.id);
    let draft = client_draft("Anna Almeida");
    let anna = ClientId::new(told.keep(W::CreateClient { draft: draft.clone(), sales_contact: Some(sales) }));
    told.tell(W::UpdateClient { id: anna, version: 1, draft: draft.clone() });
    let moved = epic_events::domain::clients::ClientDraft { phone: "+33 6 12 34 56 78".to_owned(), ..draft.clone() };
    told.tell(W::UpdateClient { id: anna, version: 1, draft: moved });
    let renamed = epic_events::domain::clients::ClientDraft {
        full_name: "Anna Costa".to_owned(),
        company_name: "Costa & Filhos".to_owned(),
        email: Some("anna@example.org".to_owned()),
        phone: "+33 6 12 34 56 78".to_owned(),
        last_contact_at: chrono::NaiveDate::from_ymd_opt(2026, 11, 20),
        notes: "Likes\nto be called in the morning, and never on a Friday.".to_owned(),
        ..draft
    };
    told.tell(W::UpdateClient { id: anna, version: 3, draft: renamed });
    told.tell(W::HandOverClients(vec![HandOver { client: anna, version: 5, to: other }]));
    told.tell(W::ArchiveClient { id: anna, version: 7 });
    let more = ["Bruno", "Chloe", "Dora"].map(|name| told.world.client_of(sales, name));
    let Request::Write(several) = hand_over(&more.map(|id| (id, 1)), other) else { panic!() };
    told.tell(several);
    let third = told.world.hire("third", Role::Sales).actor.id;
    let turns = [other, third, other];
    let shared = more.iter().zip(turns).map(|(client, to)| HandOver { client: *client, version: 3, to }).collect();
    told.tell(W::HandOverClients(shared));
    told.tell(W::ArchiveAll(Marked::Clients(more.map(|id| (id, 5)).into())));
    told.tell(W::ArchiveAll(Marked::Clients(vec![(anna, 9)])));
    merges(told);
    anna
}

/// Two clients that are merged with and without contracts.
fn merges(told: &mut Told) {
    let sales_contact = told.world.sales.actor.id;
    for contracts in 0..3 {
        let [kept, other] = ["Emma Faure", "E. Faure"].map(|name| told.world.client_of(sales_contact, name));
        for _ in 0..contracts {
            told.world.signed_contract(other);
        }
        let draft = client_draft("Emma Faure");
        let merge = Merge { kept: (kept, 1), other: (other, 1), draft, sales_contact };
        told.tell(WriteRequest::MergeClients(Box::new(merge)));
    }
}

fn contracts(told: &mut Told, client: ClientId) -> ContractId {
    use WriteRequest as W;
    let create =
        |total| W::CreateContract { client, draft: contract_draft(total), paid_before: epic_events::domain::Cents(0) };
    let [first, second] = [1_200_000, 50_000].map(|total| ContractId::new(told.keep(create(total))));
    let draft =
        epic_events::domain::contracts::ContractDraft { notes: "Discount.".to_owned(), ..contract_draft(1_000_050) };
    told.tell(W::UpdateContract { id: first, version: 1, draft, difference: None });
    told.keep(W::SignContract { id: first, version: 3, day: support::world::start().date() });
    payments(told, first);
    let row =
        |amount, days| InstalmentDraft { label: "Part".to_owned(), amount_cents: Cents(amount), due: Due::Event(days) };
    told.tell(W::SetInstalments { contract: second, version: 1, rows: vec![row(20_000, -30), row(30_000, 0)] });
    told.keep(W::SetInstalments { contract: second, version: 3, rows: vec![row(50_000, 0)] });
    told.keep(W::SetInstalments { contract: second, version: 4, rows: Vec::new() });
    plans(told);
    told.tell(W::ArchiveContract { id: second, version: 5 });
    told.tell(W::ArchiveAll(Marked::Contracts(vec![(second, 7)])));
    first
}

fn plans(told: &mut Told) {
    use WriteRequest as W;
    let part = |share, days| PlanPart { label: String::new(), share, due: Due::Signature(days) };
    let draft = PlanDraft { name: "Halves".to_owned(), parts: vec![part(5_000, 0), part(5_000, 30)] };
    let id = PlanId::new(told.keep(W::CreatePlan(draft.clone())));
    told.keep(W::UpdatePlan { id, version: 1, draft: PlanDraft { name: "50/50".to_owned(), ..draft } });
    told.keep(W::RemovePlan { id, version: 2 });
}

fn payments(told: &mut Told, contract: ContractId) {
    use WriteRequest as W;
    let words = Words { reference: "VIR 12".to_owned(), notes: String::new() };
    for amount in [400_000, 600_050] {
        told.tell(W::RecordPayment { contract, draft: payment_draft(amount) });
    }
    let id = PaymentId::new(told.keep(W::RecordPayment { contract, draft: payment_draft(50_000) }));
    told.tell(W::UpdatePayment { id, version: 1, words });
    let refund = PaymentId::new(told.keep(W::RecordPayment { contract, draft: payment_draft(-20_000) }));
    for id in [refund, id] {
        let version = storage::payments::find(&mut told.world.connection(), id).unwrap().unwrap().version;
        told.keep(W::CancelPayment { id, version, reason: "Wrong contract".to_owned() });
    }
}

fn events(told: &mut Told, contract: ContractId) {
    use WriteRequest as W;
    let unknown = EventDraft { starts_at: None, ends_at: None, ..event_draft("Some day", 9) };
    told.keep(W::CreateEvent { contract, draft: unknown });
    let draft = event_draft("Gala", 20);
    let gala = EventId::new(told.keep(W::CreateEvent { contract, draft: draft.clone() }));
    let starts_at = draft.starts_at.map(|start| start + chrono::TimeDelta::hours(1));
    told.tell(W::UpdateEvent { id: gala, version: 1, draft: EventDraft { starts_at, ..draft.clone() } });
    let bare = EventDraft { ends_at: None, location: String::new(), attendees: 75, ..draft };
    told.tell(W::UpdateEvent { id: gala, version: 3, draft: bare });
    for status in [Status::Confirmed, Status::Done, Status::Cancelled] {
        told.tell(W::SetStatus { id: gala, version: version_of_event(told, gala), status });
    }
    let (support, other) = (Some(told.world.support.actor.id), Some(told.world.other_support.actor.id));
    let give = |told: &Told, event, support| Assignment { event, version: version_of_event(told, event), support };
    told.tell(W::AssignSupport(vec![give(told, gala, support)]));
    told.tell(W::ArchiveEvent { id: gala, version: version_of_event(told, gala) });
    let more = ["One", "Two"].map(|title| {
        let draft = event_draft(title, 30);
        EventId::new(told.world.save(&Request::Write(W::CreateEvent { contract, draft })).0)
    });
    told.tell(W::AssignSupport(more.iter().map(|event| give(told, *event, other)).collect()));
    told.world.manage(&Request::Write(W::AssignSupport(vec![give(told, more[0], support)])));
    told.tell(W::AssignSupport(more.iter().map(|event| give(told, *event, other)).collect()));
    let seen = more.map(|event| (event, version_of_event(told, event)));
    told.tell(W::ArchiveAll(Marked::Events(seen.into())));
}

/// An event that is restored, or planned again, after its support person has left.
fn left_alone(told: &mut Told, contract: ContractId) {
    use WriteRequest as W;
    let helper = told.world.hire("helper", Role::Support).actor.id;
    let [archived, cancelled] = ["Archived gala", "Cancelled gala"].map(|title| {
        let draft = event_draft(title, 30);
        EventId::new(told.world.save(&Request::Write(W::CreateEvent { contract, draft })).0)
    });
    for event in [archived, cancelled] {
        told.world.manage(&Request::Write(W::AssignSupport(vec![Assignment {
            event,
            version: 1,
            support: Some(helper),
        }])));
    }
    told.world.save(&Request::Write(W::ArchiveEvent { id: archived, version: 2 }));
    told.world.save(&Request::Write(W::SetStatus { id: cancelled, version: 2, status: Status::Cancelled }));
    told.keep(W::DeactivateUser { id: helper, version: version_of_user(told, helper), heirs: None });
    told.keep(W::RestoreEvent { id: archived, version: 3 });
    told.keep(W::SetStatus { id: cancelled, version: 3, status: Status::Planned });
}

fn staff(told: &mut Told) {
    use WriteRequest as W;
    let password = || SecretString::from("some temporary words");
    let draft = user_draft("lea", Role::Sales);
    let draft = UserDraft { full_name: "Léa Martin".to_owned(), ..draft };
    let lea = UserId::new(told.keep(W::CreateUser { draft: draft.clone(), password: password() }));
    let called = UserDraft { phone: Some("+33 1 23 45 67 89".to_owned()), email: None, ..draft.clone() };
    told.tell(W::UpdateUser { id: lea, version: 1, draft: called, heirs: None });
    told.keep(W::ResetPassword { id: lea, version: 3, password: password() });
    told.tell(W::DeactivateUser { id: lea, version: 4, heirs: None });
    told.keep(W::DeactivateUser { id: lea, version: 6, heirs: None });
    told.tell(W::ReactivateUser { id: lea, version: 7 });
    let moved = UserDraft { role: Role::Management, ..draft };
    told.keep(W::ReactivateUser { id: lea, version: version_of_user(told, lea) });
    told.keep(W::UpdateUser { id: lea, version: version_of_user(told, lea), draft: moved, heirs: None });
    // What a leaver owns goes to one person, or to several.
    let helper = told.world.hire("leaver", Role::Support).actor.id;
    let contract = ContractId::new(1);
    let event = event_draft("Board dinner", 12);
    let event = EventId::new(told.world.save(&Request::Write(W::CreateEvent { contract, draft: event })).0);
    told.world.manage(&Request::Write(W::AssignSupport(vec![Assignment { event, version: 1, support: Some(helper) }])));
    let heir = heirs(&[told.world.support.actor.id], 0, 1);
    told.keep(W::DeactivateUser { id: helper, version: version_of_user(told, helper), heirs: heir });
    let seller = told.world.hire("seller", Role::Sales).actor.id;
    for number in 0..3 {
        told.world.client_of(seller, &format!("Guest {number}"));
    }
    let heirs = heirs(&[told.world.sales.actor.id, told.world.other_sales.actor.id], 3, 0);
    let draft = user_draft("seller", Role::Support);
    told.keep(W::UpdateUser { id: seller, version: version_of_user(told, seller), draft, heirs });
}

fn lists(told: &mut Told) {
    use WriteRequest as W;
    let content = ViewContent { query: Query::clients(ClientFilter::default()), columns: None };
    let draft = ViewDraft { name: "Lyon".to_owned(), shared: false, content };
    let view = ViewId::new(told.keep(W::SaveView(draft.clone())));
    told.keep(W::ReplaceView { id: view, version: 1, draft: ViewDraft { shared: true, ..draft } });
    told.keep(W::RemoveView { id: view, version: 2 });
    let columns = Some(vec![ChosenColumn { name: ColumnName::Name, width: None }]);
    told.keep(W::SaveColumns { kind: EntityKind::Client, columns });
}

fn company(told: &mut Told) {
    use WriteRequest as W;
    let settings = storage::settings::load(&mut told.world.connection()).unwrap();
    told.keep(W::UpdateSettings(settings.clone()));
    told.keep(W::UpdateSettings(Settings {
        visibility: Visibility::Restricted,
        sales_create_contracts: true,
        support_hands_over: true,
        ..settings.clone()
    }));
    let settings = Settings {
        version: settings.version + 1,
        currency: "GBP".to_owned(),
        session_minutes: 30,
        reauth: Reauth::Never,
        ..settings
    };
    told.keep(W::UpdateSettings(settings));
    told.keep(W::ChangeOwnPassword {
        current: SecretString::from(PASSWORD),
        new: SecretString::from("other words of mine"),
    });
}

/// The picture is read as a text: each line is a sentence that says what is now true. A new request or verb is
/// missing here until it has its row above.
#[test]
fn every_write_says_what_is_now_true() {
    let mut told = Told::new();
    let anna = clients(&mut told);
    let contract = contracts(&mut told, anna);
    events(&mut told, contract);
    left_alone(&mut told, contract);
    staff(&mut told);
    for format in [Format::Csv, Format::Ics] {
        let query = Query::events(epic_events::domain::events::EventFilter::default());
        let reply = told.world.manage(&Request::Export { query, format });
        let Reply::Exported { rows, left_out, among_newest, .. } = reply else { panic!() };
        let reply = Reply::Exported { rows, left_out, among_newest, path: "/home/kate/events.csv".into() };
        let sentences = told.sentences(&Request::Session(epic_events::services::SessionRequest::Heartbeat), &reply);
        told.said.push(("Export".to_owned(), sentences));
    }
    let receipt = Document::Receipt(PaymentId::new(1));
    for document in [Document::EventSheet(EventId::new(1)), Document::Statement(contract), receipt] {
        let request = Request::Print { document, language: Language::En, typeset: html };
        let Reply::Printed { name, .. } = told.world.manage(&request) else { panic!() };
        let sentences = told.sentences(&request, &Reply::Printed { name, path: "/home/kate/page.html".into() });
        told.said.push(("Print".to_owned(), sentences));
    }
    lists(&mut told);
    imports::imports(&mut told);
    company(&mut told);
    let mut page = String::new();
    for (name, [english, french]) in &told.said {
        for sentence in [english, french] {
            let ends_in_path = ["Export", "SaveRefused"].contains(&name.as_str());
            assert!(sentence.ends_with('.') || ends_in_path, "{name}: {sentence}");
        }
        writeln!(page, "{name}\n    {english}\n    {french}").unwrap();
    }
    insta::assert_snapshot!("messages", page);
    for request in WriteRequest::VARIANTS {
        let undone = format!("{request}, undone");
        let is_told = told.said.iter().any(|(name, _)| name == request || *name == undone);
        // These are the undo of their opposite.
        let opposite = request.replace("Restore", "Archive").replace("Reactivate", "Deactivate");
        let opposite = opposite.replace("UndoMerge", "MergeClients");
        let told_by_undo = told.said.iter().any(|(name, _)| *name == format!("{opposite}, undone"));
        assert!(is_told || told_by_undo, "{request} says nothing here");
    }
    // Hand-overs, assignments and imports answer with sentences of their own; contracts move with the merge of their
    // clients.
    let others = [Verb::ClientHandedOver, Verb::SupportAssigned, Verb::PasswordChanged];
    let others = others
        .into_iter()
        .chain([Verb::Imported, Verb::ImportReverted, Verb::ContractMoved])
        .map(|verb| verb.to_string());
    let others: Vec<String> = others.collect();
    for verb in Verb::iter().filter(|verb| verb.changes_its_record()).map(|verb| verb.to_string()) {
        assert!(told.verbs.contains(&verb) || others.contains(&verb), "{verb} says nothing here");
    }
}

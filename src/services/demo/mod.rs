//! A fictional company to try the program with, in a database of its own.

mod money;
mod twins;

use std::{io, path::Path, time::Duration};

use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use secrecy::SecretString;

use super::{
    auth::Hasher,
    context::ServiceError,
    outcome::created,
    samples::{COMPANIES, Dice, FIRST, LAST, Samples, samples},
    write::instalments,
};
use crate::{
    domain::{
        ContractId, Error, UserId,
        audit::Verb,
        clients::ClientDraft,
        error::ConnectionProblem,
        events::{EventDraft, Status},
        language::Language,
        session::{Moment, random_id},
        settings::Settings,
        users::{Role, UserDraft},
    },
    storage::{
        self, Db, Target,
        audit::{AuditEntry, Author, By},
        backup,
        events::EventState,
        migrate::Level,
        part::{self, PartialFile},
        users::NewUser,
    },
};

/// The password of all demo accounts.
const PASSWORD: &str = "look-around-freely";
/// The dates of a demo lie around the day on which it was created, so it is recreated after this
/// many days.
const LASTS_DAYS: i64 = 7;
/// How long a start waits for another one that creates the demo, which takes a few seconds.
const LONGEST_START: Duration = Duration::from_secs(20);

const STAFF: [(&str, &str, Role); 12] = [
    ("manager", "Marta Olsen", Role::Management),
    ("sales", "Bill Boquet", Role::Sales),
    ("support", "Kate Hastroff", Role::Support),
    ("henri.dumas", "Henri Dumas", Role::Management),
    ("ines.carvalho", "Inês Carvalho", Role::Sales),
    ("tom.baker", "Tom Baker", Role::Sales),
    ("lea.fontaine", "Léa Fontaine", Role::Sales),
    ("alienor.vichum", "Aliénor Vichum", Role::Support),
    ("oskar.lind", "Oskar Lind", Role::Support),
    ("priya.nair", "Priya Nair", Role::Support),
    ("samuel.weiss", "Samuel Weiß", Role::Support),
    ("zoe.martin", "Zoë Martin", Role::Support),
];

/// The accounts that the sign-in screen offers: username and password.
fn accounts() -> Vec<(String, String)> {
    STAFF[..3].iter().map(|(name, ..)| ((*name).to_owned(), PASSWORD.to_owned())).collect()
}

/// Creates the demo database if there is none. One that is too old, or was created by a newer
/// version of the program, is recreated unless another program has it open. The language is that of
/// the titles and notes. Returns the accounts to try.
pub fn prepare(path: &Path, language: Language, now: Moment) -> Result<Vec<(String, String)>, Error> {
    let unwritable = |_| Error::Unavailable(ConnectionProblem::NotAccessible);
    part::make_folder_of(path).map_err(unwritable)?;
    // One start at a time: another one that only looks at the demo must not pass for a program that
    // uses it.
    let _alone = part::lock_folder_of(path, LONGEST_START);
    let open = || Db::open(&Target::Sqlite(path.to_owned()));
    if open().is_ok_and(|mut db| is_fresh(&mut db, now)) {
        return Ok(accounts());
    }
    if !backup::discard(path, |db| !is_fresh(db, now))? {
        // Another program has it open. If a newer version created it, this program cannot use it.
        let newer = open().is_ok_and(|mut db| is_newer(&mut db));
        return if newer { Err(Error::Unavailable(ConnectionProblem::SchemaTooNew)) } else { Ok(accounts()) };
    }
    // Filled under a temporary name, so that it is whole once it can be found. Where folders cannot be
    // locked, another program may create a demo at the same time.
    let (demo, opened) = PartialFile::beside(path).map_err(unwritable)?;
    drop(opened);
    let mut db = Db::open(&Target::Sqlite(demo.path().to_owned())).map_err(Error::Unavailable)?;
    storage::migrate::migrate(&mut db).map(drop)?;
    fill(&mut db, language, now)?;
    drop(db);
    match demo.name(path) {
        // The other program was faster; its demo is used.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(accounts()),
        named => named.map(|()| accounts()).map_err(unwritable),
    }
}

/// Creates a demo with this many events, in a database without a company. If `path` is given, the
/// database file there is removed first. `told` is called with the rows written so far and their
/// total.
pub fn prepare_scaled(
    address: &str,
    path: Option<&Path>,
    events: u64,
    language: Language,
    now: Moment,
    told: impl FnMut(u64, u64),
) -> Result<Vec<(String, String)>, Error> {
    if let Some(path) = path
        && !backup::discard(path, |_| true)?
    {
        return Err(Error::Unavailable(ConnectionProblem::InUse));
    }
    let target = Target::parse(address).map_err(Error::Unavailable)?;
    let mut db = Db::create(&target).map_err(Error::Unavailable)?;
    storage::migrate::migrate(&mut db).map(drop)?;
    if storage::settings::is_set_up(&mut db)? {
        return Err(Error::AlreadySetUp);
    }
    fill(&mut db, language, now)?;
    db.in_bulk(|db| super::scale::fill(db, events, samples(language), now, told))?;
    Ok(accounts())
}

/// Whether a newer version of the program has created or migrated the tables.
fn is_newer(db: &mut Db) -> bool {
    matches!(storage::migrate::level(db), Ok(Level::Ahead))
}

fn is_fresh(db: &mut Db, now: Moment) -> bool {
    let made = storage::settings::set_up_at(db).ok().flatten();
    !is_newer(db) && made.is_some_and(|made| now.utc - made < TimeDelta::days(LASTS_DAYS) && made <= now.utc)
}

/// Creates all records in one transaction: either all of them exist or none.
fn fill(db: &mut Db, language: Language, now: Moment) -> Result<(), ServiceError> {
    // The password is public, so the cheapest hash is enough.
    let hash = Hasher::new(4).hash(&SecretString::from(PASSWORD)).unwrap_or_default();
    let samples = samples(language);
    let mut settings = Settings { company_name: samples.company.to_owned(), ..Settings::default() };
    db.transact(|db| {
        if !storage::settings::claim_set_up(db, now.utc)? {
            return Err(Error::AlreadySetUp.into());
        }
        let plan = Demo::plans(db, samples, now)?;
        settings.default_plan = Some(plan.id);
        storage::settings::save_all(db, &settings, now.utc)?;
        let staff = hire(db, &hash, now)?;
        let of = |role| staff.iter().filter(|(_, one)| *one == role).map(|(id, _)| *id).collect::<Vec<_>>();
        let (sales, support) = (of(Role::Sales), of(Role::Support));
        let wall = settings.wall_clock(now.utc);
        let mut demo = Demo { dice: Dice(7), samples, now, settings: settings.clone(), wall, sales, support };
        demo.papers(db)?;
        for number in 0..147 {
            demo.client(db, number)?;
        }
        demo.twins(db)?;
        instalments::make_anew(db, (&settings, Some(&plan)), now.utc)
    })
}

fn hire(db: &mut Db, hash: &str, now: Moment) -> Result<Vec<(UserId, Role)>, ServiceError> {
    let mut staff = Vec::new();
    for (number, (username, full_name, role)) in (1..).zip(STAFF) {
        let draft = UserDraft {
            username: username.to_owned(),
            full_name: full_name.to_owned(),
            email: Some(format!("{username}@epic-events.example")),
            phone: Some(format!("+33 1 55 01 00 {number:02}")),
            employee_number: Some(format!("{number:04}")),
            role,
            ..UserDraft::default()
        };
        let new = NewUser { draft: &draft, password_hash: hash, must_change_password: false };
        let id = storage::users::insert(db, &new, now.utc)?;
        let user = storage::users::find(db, id)?.ok_or(Error::NotFound)?;
        note(db, created(Verb::UserCreated, &user.full_name, &user), now.utc)?;
        staff.push((id, role));
    }
    Ok(staff)
}

fn note(db: &mut Db, entry: AuditEntry, at: NaiveDateTime) -> Result<(), ServiceError> {
    let operation = random_id();
    let author = Author {
        by: By::Command { command: "demo", name: "Demo" },
        host: "demo",
        session: "demo",
        operation: &operation,
    };
    Ok(storage::audit::add(db, &author, &[entry], at)?)
}

struct Demo {
    dice: Dice,
    samples: &'static Samples,
    now: Moment,
    settings: Settings,
    wall: NaiveDateTime,
    sales: Vec<UserId>,
    support: Vec<UserId>,
}

/// The amounts of a contract, and when it was signed.
struct Deal {
    total: i64,
    due: i64,
    /// Days since the signature; `None` if it is not signed.
    signed: Option<i64>,
}

impl Demo {
    /// The clients, contracts and events of the company's own example documents.
    fn papers(&mut self, db: &mut Db) -> Result<(), ServiceError> {
        let day = |y, m, d| chrono::NaiveDate::from_ymd_opt(y, m, d);
        let time = |date: Option<chrono::NaiveDate>, hour| date.and_then(|date| date.and_hms_opt(hour, 0, 0));
        let who = |name: &str, email: &str, phone: &str, company: &str| ClientDraft {
            full_name: name.to_owned(),
            company_name: company.to_owned(),
            email: Some(email.to_owned()),
            phone: phone.to_owned(),
            last_contact_at: day(2023, 3, 29),
            ..ClientDraft::default()
        };
        let (bill, kate) = (self.sales[0], self.support[0]);
        let kevin = who("Kevin Casey", "kevin@startup.io", "+678 123 456 78", "Cool Startup LLC");
        self.deal(db, &kevin, bill, &Deal { total: 500_000, due: 500_000, signed: None })?;
        let john = who("John Ouick", "john.ouick@gmail.com", "+1 234 567 8901", "");
        let contract = self.deal(db, &john, bill, &Deal { total: 1_850_000, due: 0, signed: Some(1_300) })?;
        let wedding = EventDraft {
            title: self.samples.wedding.to_owned(),
            client_contact: "John Ouick".to_owned(),
            contact_phone: john.phone.clone(),
            starts_at: time(day(2023, 6, 4), 13),
            ends_at: time(day(2023, 6, 5), 2),
            location: "53 Rue du Château, 41120 Candé-sur-Beuvron, France".to_owned(),
            attendees: 75,
            notes: self.samples.wedding_notes.to_owned(),
            ..EventDraft::default()
        };
        self.event(db, contract, &wedding, Status::Done, Some(kate))?;
        let lou = who("Lou Bouzin", "jacky@loubouzin.grd", "+666 12345", "Lou Bouzin SA");
        let contract = self.deal(db, &lou, bill, &Deal { total: 960_000, due: 320_000, signed: Some(1_300) })?;
        let assembly = EventDraft {
            title: self.samples.assembly.to_owned(),
            client_contact: "Jacky Blangier".to_owned(),
            contact_phone: "+666 12378".to_owned(),
            starts_at: time(day(2023, 5, 5), 15),
            ends_at: time(day(2023, 5, 5), 17),
            location: "Salle des fêtes de Mufflins".to_owned(),
            attendees: 200,
            notes: "Assemblée générale des actionnaires (~200 personnes).".to_owned(),
            ..EventDraft::default()
        };
        self.event(db, contract, &assembly, Status::Done, Some(self.support[1]))
    }

    fn client(&mut self, db: &mut Db, number: usize) -> Result<(), ServiceError> {
        let (first, last) = (self.dice.pick(&FIRST), self.dice.pick(&LAST));
        let company = format!("{} {}", self.dice.pick(&COMPANIES), self.dice.pick(&["", "SA", "SARL", "GmbH", "Ltd"]));
        let private = number % 9 == 4;
        let ago = u64::try_from(self.dice.roll(90)).unwrap_or(0);
        let draft = ClientDraft {
            full_name: format!("{first} {last}"),
            company_name: if private { String::new() } else { company.trim().to_owned() },
            email: Some(format!("client{number:03}@clients.example")),
            phone: format!("+33 6 12 {:02} {:02} {:02}", self.dice.roll(100), self.dice.roll(100), number % 100),
            last_contact_at: self.wall.date().checked_sub_days(Days::new(ago)),
            ..ClientDraft::default()
        };
        let owner = self.dice.pick(&self.sales.clone());
        let total = i64::try_from(20 + self.dice.roll(400)).unwrap_or(20) * 5_000;
        let signed = self.dice.roll(4) > 0;
        let due = if signed { total * self.dice.pick(&[0, 0, 25, 50, 100]) / 100 } else { total };
        let ago = i64::try_from(self.dice.roll(170)).unwrap_or(0);
        let contract = self.deal(db, &draft, owner, &Deal { total, due, signed: signed.then_some(ago) })?;
        if signed && self.dice.roll(6) > 0 {
            // The person to call is not known of every event.
            let contact_phone = if number.is_multiple_of(5) {
                String::new()
            } else {
                format!("+33 7 55 01 {:02} {:02}", number / 100, number % 100)
            };
            let event = EventDraft { contact_phone, ..self.occasion(last) };
            let over = event.ends_at.is_some_and(|end| end < self.wall);
            let status = if over {
                Status::Done
            } else {
                self.dice.pick(&[Status::Planned, Status::Planned, Status::Confirmed])
            };
            let alone = !over && self.dice.roll(4) == 0;
            let support = (!alone).then(|| self.dice.pick(&self.support.clone()));
            self.event(db, contract, &event, status, support)?;
        }
        if signed && due > 0 && !number.is_multiple_of(3) {
            self.agree(db, &draft.full_name, contract, number)?;
        }
        Ok(())
    }

    /// An event between two months ago and four months ahead, more often than not on a Saturday.
    fn occasion(&mut self, name: &str) -> EventDraft {
        // Some events lie in the next days, so that the current week is not empty.
        let ahead = match self.dice.roll(10) {
            0 => i64::try_from(self.dice.roll(5)).unwrap_or(0),
            _ => i64::try_from(self.dice.roll(180)).unwrap_or(0) - 60,
        };
        let mut day = self.wall.date() + TimeDelta::days(ahead);
        if self.dice.roll(2) == 0 {
            while day.weekday() != Weekday::Sat {
                day = day + Days::new(1);
            }
        }
        let hour =
            NaiveTime::from_hms_opt(u32::try_from(9 + self.dice.roll(10)).unwrap_or(9), 0, 0).unwrap_or_default();
        let starts = day.and_time(hour);
        let hours = i64::try_from(2 + self.dice.roll(8)).unwrap_or(2);
        let known = self.dice.roll(8) > 0;
        EventDraft {
            title: format!("{} {name}", self.dice.pick(&self.samples.occasions)),
            client_contact: format!("{} {name}", self.dice.pick(&FIRST)),
            starts_at: Some(starts),
            ends_at: known.then(|| starts + TimeDelta::hours(hours)),
            location: self.dice.pick(&self.samples.places).to_owned(),
            attendees: i32::try_from(10 + self.dice.roll(40) * 10).unwrap_or(10),
            notes: self.dice.pick(&self.samples.notes).to_owned(),
            ..EventDraft::default()
        }
    }

    fn event(
        &self,
        db: &mut Db,
        contract: ContractId,
        draft: &EventDraft,
        status: Status,
        support_id: Option<UserId>,
    ) -> Result<(), ServiceError> {
        let planned = storage::events::insert(db, contract, draft, self.now.utc)?;
        let (id, state) = (planned.id, EventState { status, support_id, archived_at: None });
        storage::events::set_state(db, &planned.as_it_is(), state, self.now.utc)?;
        let stored = storage::events::find(db, id)?.ok_or(Error::NotFound)?;
        note(db, created(Verb::EventCreated, &draft.title, &stored), self.now.utc)
    }
}

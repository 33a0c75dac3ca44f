//! `epic-events import`.

use std::{
    collections::HashMap,
    io::{BufRead, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use epic_events::{
    app,
    cli::{Duplicates, FileKind, Import, Order},
    domain::{
        Error, Field, UserId,
        audit::Changes,
        day_order::{DayOrder, Found},
        entity::{EntityKind, Query, Record},
        imports::{self, Choice, Finding, ImportRow},
        language::Language,
        page::{Edge, Listing, PAGE, Page},
        session::Session,
        text as words,
        users::{Role, UserFilter, UserSort, UserView},
    },
    services::{
        ImportRequest, ReadRequest, Reply, Request, Services, SessionRequest,
        import::{ImportFile, Preview, Progress},
        spreadsheet::{
            headings,
            sheet::{Seen, Sheet},
        },
    },
    ui::{
        reasons,
        text::{self, ImportPhrase},
    },
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{Run, Stop, exit, print};

/// How many refused rows and possible duplicates are listed for people; `--json` lists all.
const LISTED: usize = 20;

/// A signed-in user on the command line.
struct Signed<'a> {
    services: Services,
    session: Session,
    password: SecretString,
    run: &'a Run<'a>,
}

impl Run<'_> {
    /// Imports a file, or shows what importing it would do. The exit code is 1 if rows are refused, and then
    /// nothing is written unless they were to be left out.
    pub fn import(&self, asked: &Import, as_json: bool) -> Result<(), Stop> {
        let (kind, file) = asked.of();
        let mut signed = self.sign_in(&asked.username)?;
        let Reply::Opened(sheet) = signed.ask(&ImportRequest::Open(file.to_owned()).into())? else {
            return Err(self.say_why(ImportPhrase::KindUnknown));
        };
        let mut file = ImportFile {
            name: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            sheet,
            kind: kind.map(kind_of),
            columns: None,
            order: asked.day_order.map(|order| match order {
                Order::DayFirst => DayOrder::DayFirst,
                Order::MonthFirst => DayOrder::MonthFirst,
            }),
            sales_contact: asked.sales_contact.as_deref().map(|name| signed.sales_person(name)).transpose()?,
            choices: HashMap::new(),
            otherwise: match asked.duplicates {
                Duplicates::Skip => Choice::Skip,
                Duplicates::Update => Choice::Update,
                Duplicates::Create => Choice::Create,
            },
            seen: None,
            progress: Arc::new(Progress::default()),
        };
        let mut preview = signed.preview(&file)?;
        if !asked.columns.is_empty() {
            file.columns = Some(self.columns(&asked.columns, &preview)?);
            preview = signed.preview(&file)?;
        }
        self.check(&preview)?;
        file.kind = preview.kind;
        let refused = preview.counts.refused;
        let is_dry = asked.dry_run || (refused > 0 && !asked.without_refused);
        if !as_json {
            // The others are only counted, and a long file needs the memory for its import.
            preview.rows.retain(|row| matches!(row.finding, Finding::Refused(_) | Finding::Suspected(_)));
            preview.rows.shrink_to_fit();
        }
        let imported = if is_dry { None } else { signed.write(&file, &preview)? };
        if as_json {
            let id = imported.as_ref().map(|import| import.id.0);
            let data = self.data(&file, &preview, id);
            print(format!("{data}\n").as_bytes())?;
        } else {
            self.tell(&file, &preview)?;
        }
        match imported {
            Some(import) if !as_json => self.say(
                ImportPhrase::Done {
                    created: import.counts.created,
                    changed: import.counts.changed,
                    left_out: import.counts.refused + import.counts.suspected,
                }
                .into(),
            )?,
            None if !as_json && !is_dry => {
                let left_out = preview.counts.suspected;
                self.say(ImportPhrase::NothingNew { refused, left_out }.into())?;
            }
            None if !as_json && asked.dry_run && refused == 0 => self.say(ImportPhrase::DryRun(0).into())?,
            Some(_) | None => {}
        }
        if preview.kind == Some(EntityKind::User) && !is_dry && !as_json && preview.counts.created > 0 {
            self.say(ImportPhrase::NewAccounts(preview.counts.created).into())?;
        }
        if refused > 0 && is_dry {
            let is_asked = asked.dry_run;
            let why = if is_asked { ImportPhrase::DryRun(refused) } else { ImportPhrase::RefusedAll(refused) };
            return Err(self.say_why(why));
        }
        Ok(())
    }

    fn say_why(&self, why: ImportPhrase) -> Stop {
        Stop(exit::ERROR, text::say(self.config.preferences.language, why.into()))
    }

    /// Signs in with the password on the first line of standard input.
    fn sign_in(&self, username: &str) -> Result<Signed<'_>, Stop> {
        let mut password = String::new();
        std::io::stdin().lock().read_line(&mut password).map_err(|error| Stop(exit::USAGE, error.to_string()))?;
        let password = SecretString::from(password.trim_end_matches(['\n', '\r']));
        let mut services = crate::services(&self.config.database, self.config).map_err(self.said())?;
        let sign_in = SessionRequest::SignIn { login: username.to_owned(), password: password.clone() };
        let reply = services.execute(None, &Request::Session(sign_in), app::now()).map_err(self.said())?;
        let Reply::SignedIn(session) = reply else { return Err(self.said()(Error::NotFound)) };
        Ok(Signed { services, session: *session, password, run: self })
    }

    /// The fields of the columns, with those that the arguments name changed.
    fn columns(&self, named: &[String], preview: &Preview) -> Result<Vec<Option<Field>>, Stop> {
        let fields = preview.kind.map_or(&[] as &[Field], headings::fields);
        let mut columns: Vec<Option<Field>> = preview.columns.iter().map(|column| column.field).collect();
        for one in named {
            let (heading, name) = one.rsplit_once('=').unwrap_or((one, ""));
            let is_named = |at: &usize| words::fold(&preview.columns[*at].heading) == words::fold(heading);
            let Some(at) = (0..columns.len()).find(is_named) else {
                return Err(self.say_why(ImportPhrase::NoHeading(heading)));
            };
            let field = fields.iter().find(|field| is_called(**field, name)).copied();
            if field.is_none() && !name.is_empty() {
                let fields: Vec<String> = fields.iter().map(Field::to_string).collect();
                return Err(self.say_why(ImportPhrase::NoField { field: name, fields: &fields.join(", ") }));
            }
            columns.iter_mut().filter(|of| field.is_some() && **of == field).for_each(|of| *of = None);
            columns[at] = field;
        }
        Ok(columns)
    }

    /// Refuses a file whose rows cannot be read.
    fn check(&self, preview: &Preview) -> Result<(), Stop> {
        if preview.kind.is_none() {
            return Err(self.say_why(ImportPhrase::KindUnknown));
        }
        if !preview.missing.is_empty() {
            let names: Vec<&str> =
                preview.missing.iter().map(|field| text::field(self.config.preferences.language, *field)).collect();
            return Err(self.say_why(ImportPhrase::Missing(&names.join(", "))));
        }
        let why = match (preview.order, preview.found) {
            (None, Found::Contradictory) => ImportPhrase::OrderMixed,
            (None, Found::Undecided | Found::Decided(_)) => ImportPhrase::OrderUnknown,
            (Some(_), _) => return Ok(()),
        };
        let language = self.config.preferences.language;
        let [why, how] = [why, ImportPhrase::OrderOption].map(|phrase| text::say(language, phrase.into()));
        Err(Stop(exit::ERROR, format!("{why} {how}")))
    }

    /// Tells how the file was read.
    fn tell_reading(&self, sheet: &Sheet, preview: &Preview) -> Result<(), Stop> {
        let language = self.config.preferences.language;
        let Seen { format, sheet: name, heading_row, left_out } = &sheet.seen;
        let (rows, heading_row) = (sheet.rows.len(), *heading_row);
        self.say(ImportPhrase::Seen { format: *format, sheet: name.as_deref(), rows, heading_row }.into())?;
        if *left_out > 0 {
            self.say(ImportPhrase::SeenLeftOut(*left_out).into())?;
        }
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for column in preview.columns.iter().filter(|column| !column.heading.is_empty()) {
            match column.field {
                Some(field) => read.push(format!("{} = {}", column.heading, text::field(language, field))),
                None => unread.push(column.heading.as_str()),
            }
        }
        let (read, unread) = (read.join(", "), unread.join(", "));
        self.say(ImportPhrase::ReadAs { read: &read, unread: &unread }.into())
    }

    /// Tells the counts, and the first rows that are refused or suspected.
    fn tell(&self, file: &ImportFile, preview: &Preview) -> Result<(), Stop> {
        let language = self.config.preferences.language;
        self.tell_reading(&file.sheet, preview)?;
        self.say(ImportPhrase::Counts(preview.counts).into())?;
        let told = preview.rows.iter().filter(|row| matches!(row.finding, Finding::Refused(_) | Finding::Suspected(_)));
        for row in told.clone().take(LISTED) {
            let (name, number) = (row.name.as_str(), row.number);
            match &row.finding {
                Finding::Refused(_) => {
                    let why = reasons::reasons(language, (&*file.sheet, preview), row);
                    self.say(ImportPhrase::Refused { row: number, name, reasons: &why }.into())?;
                }
                Finding::Suspected(known) => {
                    let earlier = known.row.map(|row| text::say(language, ImportPhrase::RowOfFile(row).into()));
                    let detail = if earlier.is_some() { "" } else { known.detail.as_str() };
                    let known = earlier.as_deref().unwrap_or(&known.name);
                    self.say(ImportPhrase::Suspected { row: number, name, known, detail }.into())?;
                }
                Finding::New | Finding::Changed(_) | Finding::Unchanged => {}
            }
        }
        match told.count().saturating_sub(LISTED) {
            0 => Ok(()),
            more => self.say(ImportPhrase::More(more).into()),
        }
    }

    /// The preview as data for programs. `import` is the number of the import that was made of it.
    fn data(&self, file: &ImportFile, preview: &Preview, import: Option<i64>) -> Value {
        let columns = preview.columns.iter();
        let columns: Vec<Value> = columns
            .map(|column| json!({"heading": column.heading, "field": column.field.map(|field| field.to_string())}))
            .collect();
        let counts = preview.counts;
        let language = self.config.preferences.language;
        let rows = preview.rows.iter().map(|row| row_data(language, (&*file.sheet, preview), row));
        json!({
            "version": 1,
            "file": file.name,
            "kind": preview.kind.map(|kind| kind.to_string()),
            "columns": columns,
            "day_order": preview.order.map(|order| match order {
                DayOrder::DayFirst => "day-first",
                DayOrder::MonthFirst => "month-first",
            }),
            "counts": {
                "new": counts.created,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "refused": counts.refused,
                "suspected": counts.suspected,
            },
            "rows": rows.collect::<Vec<_>>(),
            "import": import,
        })
    }
}

impl Signed<'_> {
    fn ask(&mut self, request: &Request) -> Result<Reply, Stop> {
        self.services.execute(Some(&self.session), request, app::now()).map_err(self.run.said())
    }

    fn preview(&mut self, file: &ImportFile) -> Result<Preview, Stop> {
        match self.ask(&ImportRequest::Preview(Box::new(file.clone())).into())? {
            Reply::ImportPreview(preview) => Ok(*preview),
            _ => Err(self.run.said()(Error::NotFound)),
        }
    }

    /// Confirms the password, which was just read, for the write that follows: a long preview may have outlasted the
    /// time for which the one at the sign-in is valid.
    fn confirm(&mut self) -> Result<(), Stop> {
        let password = self.password.clone();
        let reply = self.ask(&Request::Session(SessionRequest::Confirm { password }))?;
        self.session.confirmed_at = if let Reply::Confirmed { at } = reply { Some(at) } else { None };
        Ok(())
    }

    /// Imports the file, if it has anything new. On a terminal standard error shows how far it is.
    fn write(&mut self, file: &ImportFile, preview: &Preview) -> Result<Option<imports::Import>, Stop> {
        if preview.counts.written() + preview.counts.suspected == 0 {
            return Ok(None);
        }
        self.confirm()?;
        let rows = file.sheet.rows.len();
        let progress = Arc::clone(&file.progress);
        let done = Arc::new(AtomicBool::new(false));
        let teller = std::io::stderr().is_terminal().then(|| {
            let done = Arc::clone(&done);
            std::thread::spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    write!(std::io::stderr(), "\r{} / {rows}", progress.done()).ok();
                    std::thread::park_timeout(Duration::from_millis(200));
                }
                write!(std::io::stderr(), "\r\x1b[K").ok();
            })
        });
        let file = ImportFile { seen: Some(preview.mark), ..file.clone().read_as(preview) };
        let reply = self.ask(&ImportRequest::Write(Box::new(file), preview.counts).into());
        done.store(true, Ordering::Relaxed);
        if let Some(teller) = teller {
            teller.thread().unpark();
            teller.join().ok();
        }
        match reply? {
            Reply::Imported(import) => Ok(Some(import)),
            _ => Err(self.run.said()(Error::NotFound)),
        }
    }

    /// The active sales person with this username.
    fn sales_person(&mut self, username: &str) -> Result<UserId, Stop> {
        let filter = UserFilter { view: UserView::default(), text: username.to_owned(), ..UserFilter::default() };
        let listing = Listing { filter, sort: UserSort::default(), descending: false, edge: Edge::Start, limit: PAGE };
        let reply = self.ask(&ReadRequest::List(Query::User(listing)).into())?;
        let rows = if let Reply::Page(Page { rows, .. }) = reply { rows } else { Vec::new() };
        let found = rows.into_iter().find_map(|row| match row {
            Record::User(user) if user.username == username.to_lowercase() => Some(user),
            _ => None,
        });
        let sales = found.filter(|user| user.active && user.role == Role::Sales).map(|user| user.id);
        sales.ok_or_else(|| self.run.say_why(ImportPhrase::NoSalesPerson(username)))
    }
}

/// Whether a field has this name: that of the program, or that of the screen in either language.
fn is_called(field: Field, name: &str) -> bool {
    let on_screen = |language| words::fold(text::field(language, field)) == words::fold(name.trim());
    field.to_string() == name || on_screen(Language::En) || on_screen(Language::Fr)
}

/// The kind of record that a word of the command line names.
fn kind_of(kind: FileKind) -> EntityKind {
    match kind {
        FileKind::Clients => EntityKind::Client,
        FileKind::Contracts => EntityKind::Contract,
        FileKind::Events => EntityKind::Event,
        FileKind::Staff => EntityKind::User,
        FileKind::Payments => EntityKind::Payment,
    }
}

/// A row as data for programs, with the reasons of a refused one in words.
fn row_data(language: Language, in_file: (&Sheet, &Preview), row: &ImportRow) -> Value {
    let changes = |changes: &Changes| {
        let one = |(field, old, new): &(Field, Value, Value)| (field.to_string(), json!([old, new]));
        Value::Object(changes.0.iter().map(one).collect::<Map<_, _>>())
    };
    let mut data = json!({"row": row.number, "name": row.name});
    if let Some(contract) = row.contract {
        data["contract"] = json!(contract.0);
    }
    match &row.finding {
        Finding::New => data["finding"] = json!("new"),
        Finding::Unchanged => data["finding"] = json!("unchanged"),
        Finding::Changed(changed) => {
            data["finding"] = json!("changed");
            data["changes"] = changes(changed);
        }
        Finding::Suspected(known) => {
            data["finding"] = json!("suspected");
            data["known"] = match known.row {
                Some(row) => json!({"row": row}),
                None => json!({"name": known.name, "detail": known.detail}),
            };
            data["changes"] = changes(&known.changes);
        }
        Finding::Refused(_) => {
            data["finding"] = json!("refused");
            let one = |(field, reason): (Field, String)| json!({"field": field.to_string(), "reason": reason});
            data["reasons"] = reasons::each_reason(language, in_file, row).into_iter().map(one).collect();
        }
    }
    data
}

//! What an entity has to declare, and the types of what it declares. An entity's file imports only
//! this file; the functions for records of any kind stand above both.

use chrono::{NaiveDate, NaiveDateTime};
use strum::IntoEnumIterator;

pub use super::part::{DetailPart, PartContent};
use crate::{
    domain::{
        Cents, ClientId, ContractId, Field,
        assigning::Candidate,
        audit::AuditedFields,
        dates::{self, Direction},
        entity::{EntityKind, Record},
        lists::ColumnName,
        page::{Listing, Sums},
        policy::Permission,
        users::Role,
    },
    services::{Marked, ReadRequest, Reply, WriteRequest, paper::Document},
    ui::{
        Context,
        form::{Choices, FormField, FormSpec, Reader, value},
        keys::Command,
        text::{Phrase, TimePhrase},
        widgets::table::Column,
    },
};

/// What an entity shows and offers. Each entity implements it once, for a type without values.
pub trait Entity {
    /// A row of its lists.
    type Row: 'static;
    type Filter;
    type Sort: IntoEnumIterator;
    type View: Copy + PartialEq + 'static;

    /// The columns of a list with their titles, in the order of [`Entity::cells`].
    const COLUMNS: &'static [(Phrase<'static>, Column)];
    /// What can be done with its records, with the right that it needs, in the order of the bottom
    /// line.
    const COMMANDS: &'static [(Command, Permission, Begins<Self::Row>)];
    /// How records are created and edited; `None` if users do neither.
    const FORM: Option<EntityForm<Self::Row>>;
    /// What can be created for a record of this kind, on its screen.
    const CHILD: Option<EntityKind>;
    /// Whether its records are shown in the calendar.
    const HAS_CALENDAR: bool;

    /// The row, if the record is of this kind.
    fn row(record: &Record) -> Option<&Self::Row>;
    fn cells(row: &Self::Row, ctx: &Context) -> Vec<String>;
    /// What the record is called.
    fn heading(row: &Self::Row, ctx: &Context) -> String;
    /// The labelled values for details and previews, without the notes. Empty ones are left out by
    /// the caller.
    fn facts(row: &Self::Row, ctx: &Context) -> Vec<(String, String)>;

    /// What a sort order is called.
    fn sort_title(sort: Self::Sort) -> Phrase<'static>;
    /// The saved views that a role can choose; a list opens in the first.
    fn views(role: Role) -> &'static [(Self::View, Phrase<'static>)];
    /// Adapts the order of a list to the view that was just chosen.
    fn view_chosen(_listing: &mut Listing<Self::Filter, Self::Sort>) {}
    /// The columns whose values the view or the filter fixes: each row would repeat them for who has
    /// this role, so they are left out.
    fn fixed(filter: &Self::Filter, role: Role) -> Vec<ColumnName>;
    /// The fields of the structured filters, filled in; empty if there are no such filters.
    fn filter_fields(filter: &Self::Filter, ctx: &Context) -> Vec<FormField>;
    /// What the records are called by which lists are filtered and to which the row belongs.
    fn filter_names(_row: &Self::Row) -> Vec<(Field, String)> {
        Vec::new()
    }
    /// Reads these fields back into the filter.
    fn read_filter(filter: &mut Self::Filter, form: &mut Reader);

    /// The request for a record with what belongs to it; `None` if it has no screen of its own.
    fn read(id: i64) -> Option<ReadRequest>;
    /// What the reply to that request contains.
    fn detail(reply: &Reply) -> Option<RecordDetail>;

    /// What a record is called of which a search has found only the id and the name.
    fn found_name(_id: i64, name: &str, _ctx: &Context) -> String {
        name.to_owned()
    }
    /// Name and details in a list to pick from.
    fn choice(row: &Self::Row, ctx: &Context) -> (String, String) {
        (Self::heading(row, ctx), String::new())
    }
    /// What a form shows for the picked record.
    fn picked_name(row: &Self::Row, ctx: &Context) -> String {
        Self::heading(row, ctx)
    }
}

/// How an entity is created and edited.
pub struct EntityForm<R> {
    pub new_title: Phrase<'static>,
    pub edit_title: Phrase<'static>,
    /// The fields for a new record, which may be created for another one.
    pub new_fields: fn(Option<&Record>, &Context) -> Vec<FormField>,
    pub edit_fields: fn(&R, &Context) -> Vec<FormField>,
    /// The request of a completed form for a new record. What cannot be read is noted in the reader.
    pub create: fn(&mut Reader) -> WriteRequest,
    /// The same for the form of the record that was seen.
    pub update: fn(Seen, &mut Reader) -> WriteRequest,
    /// What only the creation sets, passwords aside: it cannot be edited afterwards.
    pub set_once: &'static [Field],
    /// What a record that was just picked proposes for other fields.
    pub suggests: fn(&Record, &Context) -> Vec<(Field, String)>,
}

/// How a command on records begins.
pub enum Begins<R: 'static> {
    /// With the form for a new record.
    New,
    /// With the form for a new record of another kind, which is created for this one.
    NewFor(EntityKind),
    /// With the form of the record.
    Edit,
    /// With a question. What is archived already is restored.
    Archive {
        /// The write for one record, which is hidden already or not.
        one: fn(Seen, bool) -> WriteRequest,
        /// Several records, if they can be archived at once.
        several: Option<fn(&[Seen]) -> Marked>,
    },
    /// For one record at a time.
    One(fn(&R, &Context) -> Begun),
    /// For one record or several; there is at least one.
    Several(fn(&[&R], &Context) -> Begun),
}

impl<R> Begins<R> {
    /// Whether the command can be applied to several records at once.
    pub fn is_for_several(&self) -> bool {
        match self {
            Self::Archive { several, .. } => several.is_some(),
            Self::Several(_) => true,
            Self::New | Self::NewFor(_) | Self::Edit | Self::One(_) => false,
        }
    }
}

/// What a command begins with: a form, or a question and the write that follows the answer.
pub enum Begun {
    Form(FormSpec),
    Confirm {
        title: String,
        lines: Vec<String>,
        /// The word on the button that confirms.
        verb: String,
        write: WriteRequest,
    },
    /// Pick a user from a list that is searched while the user types.
    PickUser {
        title: String,
        /// What the choice is about, if the title does not say it.
        about: Option<String>,
        choices: Choices,
        /// The label of the line for nobody, if that is offered.
        nobody: Option<String>,
        /// Whether several people can be marked, who then share.
        several: bool,
        records: Vec<Record>,
        then: ThenUsers,
    },
    /// Choose one of a few options.
    Choose {
        title: String,
        about: Option<String>,
        options: Vec<String>,
        /// The index of the option that is selected at first.
        at: usize,
        record: Box<Record>,
        then: ThenOption,
    },
    /// Read what there is to ask about two clients that are to be merged.
    Merge([ClientId; 2]),
    /// Nothing has to be asked (any more).
    Write(WriteRequest),
    Print(Document),
    /// Open the form of the instalments of a contract.
    Instalments(ContractId),
}

/// What follows for these records and the picked users, none if nobody was picked; `None` if that is
/// not possible.
pub type ThenUsers = fn(&[Record], &[Candidate], &Context) -> Option<Begun>;
/// What follows for this record and the option at the index.
pub type ThenOption = fn(&Record, usize, &Context) -> Option<Begun>;

/// A record in the version that the user has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub id: i64,
    pub version: i32,
}

impl Seen {
    pub fn of(record: &Record) -> Self {
        Self { id: record.id(), version: record.version() }
    }
}

/// A record with what belongs to it.
#[derive(Debug, Clone)]
pub struct RecordDetail {
    pub record: Record,
    pub notes: String,
    /// The number of the signed contracts below it, and their sums.
    pub signed: Option<(i64, Sums)>,
    pub parts: Vec<DetailPart>,
}

/// The columns whose condition holds.
pub fn columns_if(conditions: &[(bool, ColumnName)]) -> Vec<ColumnName> {
    conditions.iter().filter(|(holds, _)| *holds).map(|(_, column)| *column).collect()
}

/// The audited fields of a record in words, without its notes. `names` are shown in the place of
/// ids.
pub fn labelled(fields: &AuditedFields, names: &[(Field, &str)], ctx: &Context) -> Vec<(String, String)> {
    let shown = fields.0.iter().filter(|(field, _)| *field != Field::Notes);
    let in_words = shown.map(|(field, raw)| {
        let name = names.iter().find(|(named, _)| named == field);
        (ctx.field(*field), name.map_or_else(|| value(*field, raw, ctx), |(_, name)| (*name).to_owned()))
    });
    in_words.collect()
}

/// Names in one line: all of them, or the first three and how many more there are.
pub fn name_list(mut names: impl ExactSizeIterator<Item = String>, ctx: &Context) -> String {
    const NAMED: usize = 3;
    let first: Vec<String> = names.by_ref().take(NAMED).collect();
    match names.len() {
        0 => first.join(", "),
        more => format!("{} {}", first.join(", "), ctx.say(Phrase::AndMore(more))),
    }
}

/// The names of several records, for a question whose title only counts them; `None` for one record.
pub fn named_if_several<E: Entity>(rows: &[&E::Row], ctx: &Context) -> Option<String> {
    (rows.len() > 1).then(|| name_list(rows.iter().map(|row| E::heading(row, ctx)), ctx))
}

/// A client with its company; private people have none.
pub fn with_company(client: &str, company: &str) -> String {
    if company.is_empty() { client.to_owned() } else { format!("{client} ({company})") }
}

/// An amount with its currency.
pub fn money(amount: Cents, ctx: &Context) -> String {
    format!("{} {}", amount.format(ctx.language), ctx.settings().currency)
}

/// A time in UTC as lists show it, in the company's time zone.
pub fn wall_time(utc: NaiveDateTime, ctx: &Context) -> String {
    dates::format_date_time(ctx.settings().wall_clock(utc))
}

/// The fields of a filter for the day that [`TimePhrase::From`] says.
pub(super) fn from_to(
    of: EntityKind,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    prefer: Direction,
) -> [FormField; 2] {
    [(Field::From, from, TimePhrase::From(of)), (Field::To, to, TimePhrase::To(of))].map(|(field, day, called)| {
        FormField { called: Some(Phrase::Time(called)), ..FormField::day(field, day, prefer) }
    })
}

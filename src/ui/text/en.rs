//! English.

use super::{
    Naming,
    admin::AdminPhrase,
    doctor::Label,
    imports::ImportPhrase,
    instalments::InstalmentPhrase,
    known::KnownPhrase,
    lists::ListPhrase,
    paper::PaperPhrase,
    payments::PaymentPhrase,
    phrase::Phrase,
    set_up::SetUpPhrase,
    times::{TimePhrase, lasting},
    told::{Asked, Deed, Lasting, Told},
};
use crate::{
    domain::{
        Cents, Error, Field, Problem, Reason,
        audit::Verb,
        dates,
        day_order::DayOrder,
        diagnosis::{Check, Finding, Found, Verdict},
        entity::EntityKind,
        error::{ConnectionProblem, Inheritance, SignInProblem, SignedOutBecause, Versions},
        events::Status,
        file_problem::FileProblem,
        imports::{Choice, Counts, RowKind, Tally},
        instalments::Standing,
        known::Shared,
        language::Language,
        money::grouped,
        page::NEWEST,
        password::Strength,
        payments::Method,
        policy::{self, Permission, Reach},
        settings::{Reauth, Visibility},
        users::Role,
    },
    services::{
        HomeLine, Share,
        admin::Fault,
        export::Format,
        figures::{About, BarLabel},
        paper::Document,
        spreadsheet::sheet::{Encoding, Separator, SheetFormat},
    },
    ui::{keys::Command, span::Span, theme::Palette},
};

fn number(number: i64) -> String {
    grouped(number.unsigned_abs(), ',')
}

fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

fn some(count: usize, one: &str, many: &str) -> String {
    plural(i64::try_from(count).unwrap_or(i64::MAX), one, many)
}

pub(super) fn say(what: Phrase, naming: Naming) -> String {
    let fixed = match what {
        Phrase::ContractOf { number, client } => return format!("Contract {number}, {client}"),
        Phrase::GivenTo { what, name } => return format!("{what}, to {name}"),
        Phrase::FromTo { old, new } => {
            let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
            return format!("{} -> {}", or_nothing(old), or_nothing(new));
        }
        Phrase::Role(role) => role_name(role),
        Phrase::Status(status) => match status {
            Status::Planned => "planned",
            Status::Confirmed => "confirmed",
            Status::Done => "done",
            Status::Cancelled => "cancelled",
        },
        Phrase::Visibility(Visibility::Open) => "everybody sees everything",
        Phrase::Visibility(Visibility::Restricted) => "sales and support see only their own",
        Phrase::Reauth(reauth) => match reauth {
            Reauth::Sensitive => "to sign, archive or change accounts",
            Reauth::Always => "before every change",
            Reauth::Never => "never",
        },
        Phrase::Strength(strength) => match strength {
            Strength::VeryWeak => "very weak",
            Strength::Weak => "weak",
            Strength::Fair => "fair",
            Strength::Good => "good",
            Strength::Strong => "strong",
        },
        Phrase::Waits(line) => match line {
            HomeLine::EventsWithoutSupport => "events without support",
            HomeLine::ContractsNotSigned => "contracts not signed",
            HomeLine::BalancesDue => "contracts with a balance due",
            HomeLine::Overdue => "contracts overdue",
            HomeLine::DueSoon => "contracts due in 30 days",
            HomeLine::EventsThisWeek => "events this week",
            HomeLine::MyClients => "my clients",
            HomeLine::MyContractsNotSigned => "my contracts not signed",
            HomeLine::MySignedWithoutEvent => "my signed contracts without event",
            HomeLine::MyNotFullyPaid => "my contracts not fully paid",
            HomeLine::MyOverdue => "my contracts overdue",
            HomeLine::MyDueSoon => "my contracts due in 30 days",
            HomeLine::MyNextEvents => "my next events",
            HomeLine::MyIncompleteEvents => "my events without notes or end",
        },
        Phrase::ListOf(kind) => match kind {
            EntityKind::Client => "Clients",
            EntityKind::Contract => "Contracts",
            EntityKind::Event => "Events",
            EntityKind::Payment => "Payments",
            EntityKind::User => "Staff",
            EntityKind::Audit => "Audit log",
        },
        Phrase::OneOf(kind) => match kind {
            EntityKind::Client => "Client",
            EntityKind::Contract => "Contract",
            EntityKind::Event => "Event",
            EntityKind::Payment => "Payment",
            EntityKind::User => "Member of staff",
            EntityKind::Audit => "Line of the audit log",
        },
        Phrase::EmptyList(kind) => match kind {
            EntityKind::Client => "No clients here.",
            EntityKind::Contract => "No contracts here.",
            EntityKind::Event => "No events here.",
            EntityKind::Payment => "No payments here.",
            EntityKind::User => "Nobody here.",
            EntityKind::Audit => "Nothing is recorded here.",
        },
        Phrase::ArchiveVerb { kind: EntityKind::User, hidden: false } => "deactivate",
        Phrase::ArchiveVerb { kind: EntityKind::User, hidden: true } => "reactivate",
        Phrase::ArchiveVerb { kind: EntityKind::Payment, .. } => "cancel",
        Phrase::ArchiveVerb { hidden: false, .. } => "archive",
        Phrase::ArchiveVerb { hidden: true, .. } => "restore",
        Phrase::ArchivingMeans { kind: EntityKind::User, hidden: false } => {
            "Deactivate: no more sign-in; clients and events go to others. Activating the account again does not bring them back."
        }
        Phrase::ArchivingMeans { kind: EntityKind::User, hidden: true } => "Reactivate: the person can sign in again.",
        Phrase::ArchivingMeans { kind: EntityKind::Payment, .. } => {
            "Cancel: it stays visible and does not count any more."
        }
        Phrase::ArchivingMeans { hidden: false, .. } => "Archive: hidden from the lists; management can restore it.",
        Phrase::ArchivingMeans { hidden: true, .. } => "Restore: back in the lists.",
        Phrase::Numbered(id) => return format!("no. {id}"),
        Phrase::Number(count) => return number(count),
        Phrase::MoreThan(count) => return format!("{}+", number(count)),
        Phrase::FirstOfTwo { time, zone } => {
            return format!("The clocks go back that night, so {time} comes twice: the first one is taken ({zone}).");
        }
        Phrase::ResetPasswordMeans => {
            "The person is signed out everywhere at once. The new password is temporary: \
             at the first sign-in the person has to choose another."
        }
        Phrase::Marked(count) => return format!("{count} marked"),
        Phrase::MarksFull(most) => {
            return format!("No more than {} can be marked at once.", some(most, "record", "records"));
        }
        Phrase::MarkedChanged(names) => return format!("Changed since you marked it: {names}"),
        Phrase::OneAtATime => "This works on one record at a time. Esc clears the marks.",
        Phrase::MarksClear => "clear marks",
        Phrase::Position { from, to, total } => return format!("{}–{} of {total}", number(from), number(to)),
        Phrase::FilteredBy(text) => return format!("Filter: {text}"),
        Phrase::SupportFor(title) => return format!("Support for {title}"),
        Phrase::SupportForSome(count) => return format!("Support for {}", some(count, "event", "events")),
        Phrase::HandOverOf(name) => return format!("Hand over {name} to"),
        Phrase::HandOverSome(count) => return format!("Hand over {} to", some(count, "client", "clients")),
        Phrase::Told(Told::LooksAfter { client, name }) => {
            return format!("{client} is {} client now.", possessive(name));
        }
        Phrase::Told(Told::TakenOver(shares)) => return format!("{} now.", taken_over(shares)),
        Phrase::ArchiveSome { count, hidden: false } => {
            return format!("Archive {}?", some(count, "record", "records"));
        }
        Phrase::ArchiveSome { count, hidden: true } => return format!("Restore {}?", some(count, "record", "records")),
        Phrase::Told(Told::ArchivedSome { kind, count, restored }) => {
            let what = match kind {
                EntityKind::Client => some(count, "client is", "clients are"),
                EntityKind::Contract => some(count, "contract is", "contracts are"),
                EntityKind::Event => some(count, "event is", "events are"),
                EntityKind::Payment | EntityKind::User | EntityKind::Audit => some(count, "record is", "records are"),
            };
            return format!("{what} {}.", if restored { "back in the lists" } else { "archived" });
        }
        Phrase::Told(Told::Now(deed)) => return now(&deed),
        Phrase::Told(Told::FieldNow { field, value }) => return field_now(field, value),
        Phrase::Told(Told::SwitchNow { field: Field::SalesCreateContracts, on }) => {
            return format!("sales {} create contracts", if on { "may now" } else { "may no longer" });
        }
        Phrase::Told(Told::SwitchNow { field: Field::SupportHandsOver, on }) => {
            return format!("support {} hand over events", if on { "may now" } else { "may no longer" });
        }
        Phrase::Told(Told::SwitchNow { field: of, on }) => {
            return format!("{} is now {}", field(of).to_lowercase(), if on { "on" } else { "off" });
        }
        Phrase::Told(Told::LeftView { kind, gone: 1, of: 1 }) => match kind {
            EntityKind::Client => "The client is no longer in this view.",
            EntityKind::Contract => "The contract is no longer in this view.",
            EntityKind::Event => "The event is no longer in this view.",
            EntityKind::Payment => "The payment is no longer in this view.",
            EntityKind::User => "The account is no longer in this view.",
            EntityKind::Audit => "It is no longer in this view.",
        },
        Phrase::Told(Told::LeftView { gone, of, .. }) if gone == of => "They are no longer in this view.",
        Phrase::Told(Told::LeftView { gone, .. }) => {
            return format!("{} no longer in this view.", some(gone, "of them is", "of them are"));
        }
        Phrase::AndMore(count) => return format!("and {count} more"),
        Phrase::LineOf { at, of } => return format!("line {at} of {of}"),
        Phrase::MoreLines { from, to, of, up, down } => {
            return format!("{from}–{to} of {of}: {up} and {down} show the rest");
        }
        Phrase::UndoTooLate("") => return "This cannot be undone: somebody has changed it since.".to_owned(),
        Phrase::UndoTooLate(name) => return format!("This cannot be undone: {name} has changed it since."),
        Phrase::Told(Told::Assigned { title, name }) => return format!("{name} supports {title}."),
        Phrase::Told(Told::Unassigned(title)) => return format!("{title} has no support any more."),
        Phrase::Told(Told::AssignedSome { count, name }) => {
            return format!("{name} supports {}.", some(count, "event", "events"));
        }
        Phrase::Told(Told::UnassignedSome(count)) => {
            return format!("{} no support any more.", some(count, "event has", "events have"));
        }
        Phrase::Told(Told::StatusAlready(status)) => {
            return format!("It is {} already.", say(Phrase::Status(status), naming));
        }
        Phrase::Told(Told::AssignedAlready { title, name }) => return format!("{name} supports {title} already."),
        Phrase::Told(Told::UnassignedAlready(title)) => {
            return format!("{title} has no support: nothing had to be changed.");
        }
        Phrase::Told(Told::AssignedAsBefore(count)) => {
            return format!("{} the same support as before.", some(count, "event has", "events have"));
        }
        Phrase::Told(Told::Overlaps { title, other }) => {
            let title = if title.is_empty() { "It" } else { title };
            return match other {
                Some((other, times)) => format!("{title} overlaps {other}, {times}."),
                None => format!("{title} overlaps another event of theirs."),
            };
        }
        Phrase::Told(Told::MoreOverlaps(1)) => "There is 1 more overlap.",
        Phrase::Told(Told::MoreOverlaps(count)) => return format!("There are {count} more overlaps."),
        Phrase::FreeThen(load) => return format!("free, {load}"),
        Phrase::BusyThatDay(load) => return format!("busy that day, {load}"),
        Phrase::BusyThen(load) => return format!("busy at that time, {load}"),
        Phrase::Clashes { title, load } => return format!("clashes with {title}, {load}"),
        Phrase::Time(phrase) => return times(phrase),
        Phrase::Paper(phrase) => return paper(phrase),
        Phrase::ConflictWith { name: "", when } => {
            return format!("Somebody saved this first ({when}). Look at the differences, then save again.");
        }
        Phrase::ConflictWith { name, when } => {
            return format!("{name} saved this first ({when}). Look at the differences, then save again.");
        }
        Phrase::Theirs { name, value } => {
            let name = if name.is_empty() { "Somebody" } else { name };
            let keys = naming.keys_in("⌨take-theirs⌨ swaps, ⌨save⌨ keeps yours");
            return format!("{name}: {value}   {keys}");
        }
        Phrase::LocksIn(seconds) => return format!("Locks in {seconds} s: press any key to stay."),
        Phrase::Asked(Asked::HeirFor(inheritance)) => {
            return format!("Who takes over {} {}?", possessive(&inheritance.name), inherited(inheritance));
        }
        Phrase::Asked(Asked::Owns(Inheritance { clients: 0, events: 0, .. })) => "Nothing has to be handed over.",
        Phrase::Asked(Asked::Owns(inheritance)) => {
            let (name, owns) = (&inheritance.name, inherited(inheritance));
            return format!("{name} looks after {owns}. You choose next who takes over.");
        }
        Phrase::Asked(Asked::HandsOverTo(name)) => {
            return format!("Enter hands over to {name}. Space marks several.");
        }
        Phrase::Asked(Asked::MarkedPeople { count: 1, who }) => {
            return format!("1 marked: {who}. Enter hands over to this person.");
        }
        Phrase::Asked(Asked::MarkedPeople { count, who }) => {
            return format!("{count} marked: {who}. Enter hands over to them.");
        }
        Phrase::Asked(Asked::NoSuchZone) => {
            "Nothing found. Try the capital or the nearest large city, the country or the continent."
        }
        Phrase::Asked(Asked::OwnsOthersNow(name)) => {
            return format!("What {name} looks after has changed meanwhile, so nothing is saved yet.");
        }
        Phrase::Asked(Asked::ChooseOthers) => "Choose other people",
        Phrase::Asked(Asked::CurrencyMeans { old, new }) => {
            return format!("Amounts are not converted: what is 100 {old} today will be 100 {new}.");
        }
        Phrase::Asked(Asked::TimeZoneMeans(zone)) => {
            return format!(
                "Events do not move: 18:00 stays 18:00, in {zone}. The times of changes, signatures and sign-ins are shown in {zone}, and so is what is today or overdue."
            );
        }
        Phrase::Asked(Asked::DefaultPlanMeans) => {
            "The due days of contracts without instalments of their own change, and with them what is overdue."
        }
        Phrase::Asked(Asked::DefaultFollowers(0)) => "No contract that is not fully paid follows it.",
        Phrase::Asked(Asked::DefaultFollowers(1)) => "1 contract that is not fully paid follows it.",
        Phrase::Asked(Asked::DefaultFollowers(count)) => {
            return format!("{} contracts that are not fully paid follow it.", number(count));
        }
        Phrase::Asked(Asked::PasswordLengthMeans) => "Present passwords stay valid; the length counts for new ones.",
        Phrase::Asked(Asked::NotGivenBack(Role::Sales)) => "Clients that were handed over do not come back.",
        Phrase::Asked(Asked::NotGivenBack(Role::Support)) => "Events that were handed over do not come back.",
        Phrase::Asked(Asked::NotGivenBack(Role::Management)) => "",
        Phrase::Asked(Asked::SharesOf(Inheritance { name, clients, events, .. })) => {
            return format!("Hand over {} {}?", possessive(name), owned(*clients, *events));
        }
        Phrase::Asked(Asked::ShareOf(Share { name, clients, events })) => {
            return format!("{name}: {}", owned(*clients, *events));
        }
        Phrase::Asked(Asked::NotForAll(load)) => return format!("cannot be at all of these, {load}"),
        Phrase::Asked(Asked::TheseOverlap { count, titles }) => return format!("{count} of these overlap: {titles}"),
        Phrase::Asked(Asked::OthersCorrect(right)) => {
            return format!("Check it before you save. {} afterwards.", only(right));
        }
        Phrase::NoSupport => "no support",
        Phrase::SupportRemoved => "support removed",
        Phrase::Asked(Asked::AssignAnyway { title, name }) => return format!("Give {title} to {name} all the same?"),
        Phrase::Asked(Asked::AssignSomeAnyway { count, name }) => {
            return format!("Give {} to {name} all the same?", some(count, "event", "events"));
        }
        Phrase::Asked(Asked::HandOverAsk(name)) => return format!("Hand over {name}?"),
        Phrase::Asked(Asked::HandOverAskSome(count)) => {
            return format!("Hand over {}?", some(count, "client", "clients"));
        }
        Phrase::Step { at, of } => return format!("Step {at} of {of}"),
        Phrase::TooSmall { width, height } => {
            return format!("This window is too small: please make it at least {width} columns by {height} lines.");
        }
        Phrase::SignedInAs { name, role } => return format!("{name}, {}", role_name(role)),
        Phrase::Yes => "yes",
        Phrase::No => "no",
        Phrase::On => "On",
        Phrase::Off => "Off",
        Phrase::Home => "Home",
        Phrase::Settings => "Settings of the company",
        Phrase::OwnPassword => "Change my password",
        Phrase::SignIn => "Sign in",
        Phrase::NewClient => "New client",
        Phrase::EditClient => "Edit client",
        Phrase::NewContract => "New contract",
        Phrase::EditContract => "Edit contract",
        Phrase::NewEvent => "New event",
        Phrase::EditEvent => "Edit event",
        Phrase::NewUser => "New member of staff",
        Phrase::EditUser => "Edit member of staff",
        Phrase::ResetPassword => "Reset password",
        Phrase::ViewAll => "All",
        Phrase::ViewMine => "Mine",
        Phrase::ViewArchived => "Archived",
        Phrase::ViewDuplicates => "Possible duplicates",
        Phrase::ViewNotSigned => "Not signed",
        Phrase::ViewSigned => "Signed",
        Phrase::ViewNotPaid => "Not fully paid",
        Phrase::ViewMineNotSigned => "Mine, not signed",
        Phrase::ViewMineWithoutEvent => "Mine, signed, without event",
        Phrase::ViewMineNotPaid => "Mine, not fully paid",
        Phrase::ViewOverdue => "Overdue",
        Phrase::ViewDueSoon => "Due in 30 days, none overdue",
        Phrase::ViewMineOverdue => "Mine, overdue",
        Phrase::ViewMineDueSoon => "Mine, due in 30 days, none overdue",
        Phrase::ViewWithoutSupport => "Without support",
        Phrase::ViewWeek => "This week",
        Phrase::ViewOpen => "Open",
        Phrase::ViewPast => "Past",
        Phrase::ViewMineNext => "Mine, next",
        Phrase::ViewMineIncomplete => "Mine, without notes or end",
        Phrase::ViewActive => "Active",
        Phrase::ViewDeactivated => "Deactivated",
        Phrase::ViewRefused => "Refused",
        Phrase::ColName => "Name",
        Phrase::ColCompany => "Company",
        Phrase::ColEmail => "E-mail",
        Phrase::ColPhone => "Phone",
        Phrase::ColSales => "Sales contact",
        Phrase::ColLastContact => "Last contact",
        Phrase::ColUpdated => "Updated",
        Phrase::ColNumber => "No.",
        Phrase::ColClient => "Client",
        Phrase::ClientPhone => "Client phone",
        Phrase::ColTotal => "Total",
        Phrase::ColDue => "Due",
        Phrase::ColNextDue => "Next due",
        Phrase::ColSigned => "Signed",
        Phrase::ColCreated => "Created",
        Phrase::ColStarts => "Starts",
        Phrase::ColTitle => "Title",
        Phrase::ColPlace => "Place",
        Phrase::ColPeople => "Attendees",
        Phrase::ColStatus => "Status",
        Phrase::ColSupport => "Support",
        Phrase::ColUsername => "Username",
        Phrase::ColRole => "Department",
        Phrase::ColLastLogin => "Last sign-in",
        Phrase::ColWhen => "When",
        Phrase::ColWho => "Who",
        Phrase::ColWhat => "What",
        Phrase::ColRecord => "Record",
        Phrase::Computer => "Computer",
        Phrase::NotSigned => "not signed",
        Phrase::NotKnown => "not known yet",
        Phrase::Any => "any",
        Phrase::Nobody => "nobody yet",
        Phrase::PartContracts => "Contracts",
        Phrase::PartContract => "Contract",
        Phrase::PartEvents => "Events",
        Phrase::PartClients => "Clients",
        Phrase::PartHistory => "History",
        Phrase::EmptyPart => "None yet.",
        Phrase::WaitingTitle => "Waiting for you",
        Phrase::SectionsTitle => "Go to",
        Phrase::SortTitle => "Sort by",
        Phrase::Lists(phrase) => return lists(phrase, naming),
        Phrase::Payment(phrase) => return payments(phrase, naming),
        Phrase::Import(phrase) => return imports(phrase, naming),
        Phrase::Known(phrase) => return known(phrase, naming),
        Phrase::Instalment(phrase) => return instalments(phrase, naming),
        Phrase::SetUp(phrase) => return set_up(phrase, naming),
        Phrase::Admin(phrase) => return admin(phrase),
        Phrase::ViewTitle => "Show",
        Phrase::HelpTitle => "What you can do here",
        Phrase::PaletteTitle => "Go to, or do",
        Phrase::NothingFound => "Nothing found.",
        Phrase::NotRead => "This could not be loaded. Press ⌨refresh⌨ to try again.",
        Phrase::NothingSelected => "Nothing is selected.",
        Phrase::NothingChanged => "Nothing had to be changed.",
        Phrase::Told(Told::TypedSince) => "What you have typed since is not saved yet: ⌨save⌨ saves it.",
        Phrase::Told(Told::LostSince { fields, rest }) => {
            let rest = if rest { naming.keys_in(" ⌨save⌨ saves the rest.") } else { String::new() };
            return format!("What you have typed since into {fields} is not saved.{rest}");
        }
        Phrase::Told(Told::PreferencesKept) => "Your preferences are kept on this computer.",
        Phrase::Told(Told::GaveUpFile) => "You stopped waiting. If the file is written all the same, you will be told.",
        Phrase::Saving => "Saving...",
        Phrase::PasswordChanged => "Your password is changed.",
        Phrase::CalendarSpan(Span::Week) => "month",
        Phrase::CalendarSpan(Span::Month) => "week",
        Phrase::CalendarBefore(Span::Week) => "week before",
        Phrase::CalendarBefore(Span::Month) => "month before",
        Phrase::CalendarAfter(Span::Week) => "next week",
        Phrase::CalendarAfter(Span::Month) => "next month",
        Phrase::WeekOf(day) => return format!("Week of {day}"),
        Phrase::ClashesWith(title) => return format!("Clashes with {title}."),
        Phrase::Calendar => "Calendar",
        Phrase::CalendarToday => "today",
        Phrase::CalendarMore => "More events than can be shown.",
        Phrase::NoEventsThen => "no events",
        Phrase::Figure(about) => match about {
            About::SignedByMonth => "Signed by month",
            About::DueByAge => "Overdue, by days late",
            About::SupportLoad => "Events in the next four weeks",
            About::MyWeeks => "My events by week",
        },
        Phrase::BarLabel(BarLabel::Month(month)) => return dates::short_month(*month, Language::En),
        Phrase::BarLabel(BarLabel::Days(least, Some(most))) => return format!("{least}-{most}"),
        Phrase::BarLabel(BarLabel::Days(least, None)) => return format!("{least}+"),
        Phrase::BarLabel(BarLabel::Person(name)) => return name.clone(),
        Phrase::BarLabel(BarLabel::Week(monday)) => return monday.format("from %d/%m").to_string(),
        Phrase::Format(format) => match format {
            Format::Csv => "CSV, for spreadsheets",
            Format::Json => "JSON, for other programs",
            Format::Ics => "iCalendar, for calendars",
            Format::Vcf => "vCard, for address books",
        },
        Phrase::Exported { rows, left_out, among_newest, path } => {
            let partly = among_newest.then(|| format!(" (of the newest {} records only)", number(NEWEST)));
            let without = (left_out > 0).then(|| {
                format!(" (left out: {})", plural(left_out, "event without a start", "events without a start"))
            });
            let (rows, is) = (plural(rows, "row", "rows"), if rows == 1 { "is" } else { "are" });
            return format!("{rows}{}{} {is} now in {path}.", partly.unwrap_or_default(), without.unwrap_or_default());
        }
        Phrase::Printed { document, name, path } => {
            let what = match document {
                Document::EventSheet(_) => format!("The event sheet of {name}"),
                Document::Statement(id) => format!("The statement of contract {} ({name})", id.0),
                Document::Receipt(id) => format!("Receipt {} ({name})", id.0),
            };
            return format!("{what} is now in {path}. Open it in a browser to print it.");
        }
        Phrase::ExportTitle => "Export this list as",
        Phrase::Palette(palette) => match palette {
            Palette::Standard => "the terminal's own",
            Palette::Plain => "none",
            Palette::Contrast => "high contrast",
        },
        Phrase::Preferences => "My preferences",
        Phrase::CopyTitle => "Copy which?",
        Phrase::FilterDone => "keep filter",
        Phrase::FilterClear => "clear filter",
        Phrase::FiguresHelp => "Go to the figures beside the list, and back.",
        Phrase::TypeToNarrow => "Type to narrow",
        Phrase::MenuHelp => "What you type narrows the list. Up and Down choose, Enter takes, Esc cancels.",
        Phrase::MoreChoices => "There are more: type to find them.",
        Phrase::AmongNewest => return format!("Only the newest {} records were searched.", number(NEWEST)),
        Phrase::NotKept(why) => return format!("Your choice could not be stored for the next time: {why}"),
        Phrase::FiguresKey => "figures",
        Phrase::KeepEditing => "Keep editing",
        Phrase::SavedSoFar => "Saved, up to what you have typed since. ⌨save⌨ saves that too.",
        Phrase::PasswordAsSaved => "Saved, except what you have typed into the password since.",
        Phrase::ResultDone => "done",
        Phrase::UndoHint => "Press ⌨undo⌨ to undo.",
        Phrase::Cancel => "Cancel",
        Phrase::YesKey => "y",
        Phrase::Told(Told::NothingSigned) => "Nothing was signed.",
        Phrase::Told(Told::NothingRemoved) => "Nothing was removed.",
        Phrase::Told(Told::NothingArchived) => "Nothing was archived.",
        Phrase::Told(Told::NothingRestored) => "Nothing was restored.",
        Phrase::Told(Told::NothingHandedOver) => "Nothing was handed over.",
        Phrase::Told(Told::NothingSaved) => "Nothing was saved.",
        Phrase::NewPassword => "New password",
        Phrase::TemporaryTitle => "Temporary password",
        Phrase::TemporaryOf(name) => {
            return format!("Read it to {name} now: it is not shown again after this.");
        }
        Phrase::CloseKey => "close",
        Phrase::Told(Told::StillActive) => "The account stays active.",
        Phrase::Told(Told::StillDeactivated) => "The account stays deactivated.",
        Phrase::Told(Told::PasswordStays) => "The password stays as it was.",
        Phrase::Told(Told::SupportStays) => "Nothing was assigned.",
        Phrase::Told(Told::StatusStays) => "The status stays as it was.",
        Phrase::KeyShare => "share among several",
        Phrase::VerbHandOver => "Hand over",
        Phrase::Asked(Asked::AssignVerb) => "Assign",
        Phrase::Asked(Asked::ContractsGoAlong) => "Contracts go along with their client.",
        Phrase::VerbDone => "It is done",
        Phrase::Asked(Asked::DoneAhead(when)) => return format!("It begins only on {when}. Is it done all the same?"),
        Phrase::VerbSign => "Sign",
        Phrase::VerbSave => "Save",
        Phrase::VerbDiscard => "Discard",
        Phrase::VerbFilter => "Filter",
        Phrase::VerbQuit => "Quit",
        Phrase::VerbLeave => "Leave",
        Phrase::KeyChoose => "choose",
        Phrase::KeyArrows => "arrows",
        Phrase::KeyMonth => "month",
        Phrase::KeyHelp => "help",
        Phrase::KeyCancel => "cancel",
        Phrase::KeyTake => "take",
        Phrase::DiscardTitle => "Discard what you typed?",
        Phrase::EscDiscards => "Esc again discards what you typed.",
        Phrase::DiscardMeans => "What you typed is not saved.",
        Phrase::SummaryTitle => "Save these changes?",
        Phrase::SignContract => "Sign the contract",
        Phrase::TemporaryPassword => "Temporary: it must be changed at the first sign-in.",
        Phrase::PasswordProposed => "Read this password to the person: it disappears when you leave this form.",
        Phrase::SignatureIsFinal => "A signature is final: the contract stays signed.",
        Phrase::AsChosen => "as chosen",
        Phrase::ZoneHint => "type a city or country",
        Phrase::PickHint => "press Enter to choose",
        Phrase::PasswordTitle => "Your password, please",
        Phrase::PasswordWhy(Some(right)) => {
            return format!("Please type your password to {}.", permission(right));
        }
        Phrase::PasswordWhy(None) => "Please type your password: it confirms that it is you.",
        Phrase::LockedTitle => "Locked",
        Phrase::LockedMeans => "Your work is kept. Type your password to go on; Esc signs in as somebody else.",
        Phrase::UnlockKey => "go on",
        Phrase::SomebodyElseKey => "sign in as somebody else",
        Phrase::QuitTitle => "Quit without saving?",
        Phrase::QuitMeans => "Something you typed is not saved.",
        Phrase::Waiting => "Working...",
        Phrase::Patience => "The database takes long to answer. Esc gives up waiting.",
        Phrase::GaveUp => "You stopped waiting.",
        Phrase::GaveUpWriting => "You stopped waiting: it may or may not have been saved.",
        Phrase::F5TriesAgain => "⌨refresh⌨ tries again.",
        Phrase::F5Shows => "⌨refresh⌨ shows what is stored now.",
        Phrase::TypeAgain => "Type your password again.",
        Phrase::EnterTriesAgain => "Enter tries again.",
        Phrase::LookBeforeSaving => "Look before saving again.",
        Phrase::LookIn(place) => return format!("Look in {place} before saving again."),
        Phrase::MayBeSaved => "What you typed may have been saved.",
        Phrase::LeaveInDoubt => "Leave all the same?",
        Phrase::NoHint => "",
        Phrase::SavedAfterAll => "It was saved after all.",
        Phrase::NotSavedAfterAll(why) => return format!("What you stopped waiting for was not saved. {why}"),
        Phrase::NotDone(why) => return format!("What you asked for was not done. {why}"),
        Phrase::StillSaving => "Something is still being saved.",
        Phrase::LeaveWhileSaving => "If you leave now, it may or may not be saved.",
        Phrase::HomeWhileSaving => "If that fails, what you typed is lost.",
        Phrase::QuestionWaits => "A question waits until you are done here.",
        Phrase::NoShell => "There is no shell behind this window: Ctrl+Z does nothing here.",
        Phrase::Copied(value) => return format!("Copied: {value}"),
        Phrase::RecordCopied(name) => return format!("Copied: all values of {name}"),
        Phrase::TooMuchToCopy => "Nothing copied: too much for the clipboard. ⌨export⌨ in a list writes a file.",
        Phrase::NothingToUndo => "There is nothing to undo.",
        Phrase::Undone => "Undone.",
        Phrase::Told(Told::NothingUndone) => "Nothing was undone.",
        Phrase::Told(Told::Lasts { what, name, shares }) => return lasts(what, name, shares, naming),
        Phrase::SignedOutNow => "You are signed out.",
        Phrase::ChangeFirst => "Your password is temporary. Please choose one that nobody else knows.",
        Phrase::DemoAccounts => "Demo accounts",
        Phrase::SignInMissing => "Type your user name and your password.",
        Phrase::PasswordMissing => "Type your password.",
        Phrase::SignInHint => "Username or e-mail address, then your password.",
        Phrase::NextKey => "next",
        Phrase::BackKey => "back",
        Phrase::QuitKey => "quit",
        Phrase::SignOut => "Sign out",
        Phrase::Lock => "Lock",
        Phrase::DumbTerminal => {
            "This terminal cannot show a full screen (TERM=dumb). Start the program in a terminal window, or set TERM to what this one is, for example TERM=xterm-256color."
        }
        Phrase::NoTerminal => {
            "Epic Events needs a terminal: start it in a terminal window, not in a pipe or from a script."
        }
    };
    naming.keys_in(fixed)
}

/// What is now true of the record that was written.
fn now(deed: &Deed) -> String {
    let Deed { number, name, values, shares, .. } = *deed;
    let contract = || format!("Contract {number} ({name})");
    let support = if deed.without_support { ", and has no support any more" } else { "" };
    let heirs = if shares.is_empty() { String::new() } else { format!("; {} now", taken_over(shares)) };
    match deed.verb {
        Verb::UserCreated => format!("{name} has an account now, with a temporary password."),
        Verb::UserUpdated => format!("{name}: {values}{heirs}."),
        Verb::UserDeactivated => format!("{name} is deactivated{heirs}."),
        Verb::UserReactivated => format!("{name} can sign in again."),
        Verb::PasswordReset => format!("{name} has a temporary password now, and is signed out everywhere."),
        Verb::PasswordChanged => "Your password is changed.".to_owned(),
        Verb::ClientCreated => format!("{name} is a client now."),
        Verb::ClientUpdated | Verb::EventUpdated => format!("{name}: {values}."),
        Verb::ClientHandedOver => format!("{name} has another sales contact now."),
        Verb::ClientArchived | Verb::EventArchived => format!("{name} is archived."),
        Verb::ClientRestored => format!("{name} is back in the lists."),
        Verb::ClientMerged => format!("{name} is merged."),
        Verb::MergeUndone => format!("The merge of {name} is undone."),
        Verb::ContractMoved => format!("{} has another client.", contract()),
        Verb::ContractCreated => format!("{} is created, and not signed yet.", contract()),
        Verb::ContractUpdated => format!("{}: {values}.", contract()),
        Verb::InstalmentsSet if deed.values.is_empty() => {
            format!("{} has no instalments of its own any more.", contract())
        }
        Verb::InstalmentsSet => format!("{} is to be paid in {}.", contract(), deed.values),
        Verb::ContractSigned => format!("{} is signed.", contract()),
        Verb::ContractArchived => format!("{} is archived.", contract()),
        Verb::ContractRestored => format!("{} is back in the lists.", contract()),
        Verb::PaymentUpdated => format!("The payment of {name}: {values}."),
        Verb::EventCreated if values.is_empty() => format!("{name} is planned, its time not known yet."),
        Verb::EventCreated => format!("{name} is planned for {values}."),
        Verb::StatusChanged => format!("{name} is {values}{support}."),
        Verb::SupportAssigned => format!("{name} has other support now."),
        Verb::EventRestored => format!("{name} is back in the lists{support}."),
        Verb::PlanCreated => format!("The payment plan {name} is created."),
        Verb::PlanUpdated => format!("The payment plan {name} is changed."),
        Verb::PlanRemoved => format!("The payment plan {name} is removed."),
        Verb::Imported => format!("{name} is imported."),
        Verb::ImportReverted => format!("The import of {name} is taken back."),
        Verb::SettingsUpdated => format!("Settings: {values}."),
        Verb::ViewSaved
        | Verb::ViewChanged
        | Verb::ViewRemoved
        | Verb::ColumnsSaved
        | Verb::PaymentRecorded
        | Verb::PaymentCancelled
        | Verb::SignedIn
        | Verb::SignInRefused
        | Verb::Refused
        | Verb::Exported
        | Verb::Printed => {
            format!("{name}: {}.", verb(deed.verb))
        }
    }
}

/// Why a change cannot be undone, and what to do instead.
fn lasts(what: Lasting, name: &str, shares: &[Share], naming: Naming) -> String {
    let not = naming.keys_in("cannot be undone with ⌨undo⌨");
    let (done, instead) = match what {
        Lasting::New(EntityKind::User) => {
            ("A new account".to_owned(), "Deactivate it with ⌨archive⌨ if it is not needed.")
        }
        Lasting::New(kind) => {
            let kind = say(Phrase::OneOf(kind), naming).to_lowercase();
            (format!("A new {kind}"), "Management can archive it with ⌨archive⌨.")
        }
        Lasting::Deactivated => {
            let activate =
                naming.keys_in("Press ⌨archive⌨ on the account (Staff, view Deactivated) to activate it again.");
            return format!("Deactivating {name} {not}: {} now. {activate}", taken_over(shares));
        }
        Lasting::RoleChanged => {
            let back = naming.keys_in("Edit the account with ⌨edit⌨ to change it back.");
            let told = format!("The new department of {name} {not}. {back}");
            return match shares {
                [] => told,
                _ => format!("{told} What was handed over stays where it is: {}.", taken_over(shares)),
            };
        }
        Lasting::PasswordReset => ("A temporary password".to_owned(), "Set another one with ⌨reset-password⌨."),
        Lasting::OwnPassword => ("A new password".to_owned(), "Change it again: ⌨palette⌨, Change my password."),
        Lasting::Signed => return "A signature is final: it cannot be undone.".to_owned(),
        Lasting::Settings => (
            "A change of the settings".to_owned(),
            "Set the former values in the settings again; the audit log shows them.",
        ),
        Lasting::PaymentCancelled => ("Cancelling a payment".to_owned(), "Record it again with ⌨pay⌨ on its contract."),
        Lasting::ViewSaved => ("A saved view".to_owned(), "Change or remove it with ⌨view⌨."),
        Lasting::ViewRemoved => ("Removing a view".to_owned(), "Save it again with ⌨view⌨."),
        Lasting::Columns => ("A choice of columns".to_owned(), "Choose them again with ⌨columns⌨."),
    };
    format!("{done} {not}. {}", naming.keys_in(instead))
}

/// The new value of a field: "phone is now +33 6 12".
fn field_now(of: Field, value: &str) -> String {
    let name = match of {
        Field::Visibility => return value.to_owned(),
        Field::DefaultPlan if value.is_empty() => return "there is no default payment plan any more".to_owned(),
        Field::DefaultPlan => return "there is another default payment plan now".to_owned(),
        Field::Reauth => return format!("the password is asked for again {value}"),
        Field::StartsAt => "start".to_owned(),
        Field::EndsAt => "end".to_owned(),
        Field::DueCents => "amount due".to_owned(),
        other => field(other).to_lowercase(),
    };
    let is = if matches!(of, Field::Notes | Field::Attendees | Field::SessionMinutes) { "are" } else { "is" };
    match (of, value) {
        (_, "") => format!("{name} {is} now empty"),
        (Field::Notes, _) => format!("{name} {is} now \"{value}\""),
        _ => format!("{name} {is} now {value}"),
    }
}

/// "34 clients are Léa's and 2 events are Bill's".
fn taken_over(shares: &[Share]) -> String {
    let share = |Share { name, clients, events }: &Share| {
        let is = if clients + events == 1 { "is" } else { "are" };
        format!("{} {is} {}", owned(*clients, *events), possessive(name))
    };
    listed(&shares.iter().map(share).collect::<Vec<_>>())
}

fn owned(clients: usize, events: usize) -> String {
    let counted = [(clients, "client", "clients"), (events, "event", "events")];
    let some = counted.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| some(*count, one, many));
    listed(&some.collect::<Vec<_>>())
}

/// "5 clients, 1 of them archived".
fn inherited(owned_by: &Inheritance) -> String {
    let all = owned(owned_by.clients, owned_by.events);
    if owned_by.archived > 0 { format!("{all}, {} of them archived", owned_by.archived) } else { all }
}

/// "one, two and three".
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn possessive(name: &str) -> String {
    format!("{name}'s")
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Management => "management",
        Role::Sales => "sales",
        Role::Support => "support",
    }
}

pub(super) fn field(field: Field) -> &'static str {
    match field {
        Field::Username => "Username",
        Field::FullName => "Full name",
        Field::Email => "E-mail",
        Field::Phone => "Phone",
        Field::EmployeeNumber => "Employee number",
        Field::Role => "Department",
        Field::Active => "Active",
        Field::Password => "Password",
        Field::PasswordAgain => "Password again",
        Field::Login => "Username or e-mail",
        Field::CurrentPassword => "Current password",
        Field::CompanyName => "Company",
        Field::SalesContactId => "Sales contact",
        Field::LastContactAt => "Last contact",
        Field::Notes => "Notes",
        Field::ArchivedAt => "Archived",
        Field::Number => "Number",
        Field::MergedIntoId => "Merged into",
        Field::OtherClient => "Other client",
        Field::ClientId => "Client",
        Field::TotalCents => "Total",
        Field::DueCents => "Still due",
        Field::SignedAt => "Signed on",
        Field::ContractId => "Contract",
        Field::Title => "Title",
        Field::ClientContact => "Contact on the day",
        Field::ContactPhone => "Contact phone",
        Field::StartsAt => "Starts",
        Field::EndsAt => "Ends",
        Field::Location => "Place",
        Field::Attendees => "Attendees",
        Field::Status => "Status",
        Field::SupportId => "Support",
        Field::AmountCents => "Amount",
        Field::PaidOn => "Paid on",
        Field::Method => "Method",
        Field::Reference => "Reference",
        Field::CancelledAt => "Cancelled",
        Field::CancelReason => "Reason",
        Field::PaidBefore => "Paid before",
        Field::Instalments => "Instalments",
        Field::Label => "Label",
        Field::DueOn => "Due",
        Field::Share => "Share",
        Field::Difference => "Difference goes to",
        Field::Currency => "Currency",
        Field::TimeZone => "Time zone",
        Field::Visibility => "Visibility",
        Field::SalesCreateContracts => "Sales create contracts",
        Field::SupportHandsOver => "Support may hand over",
        Field::Reauth => "Ask for password",
        Field::SessionMinutes => "Lock after (minutes)",
        Field::MinPasswordLength => "Shortest password",
        Field::DefaultPlan => "Default payment plan",
        Field::Language => "Language",
        Field::Engine => "The data is on",
        Field::Host => "Server",
        Field::Port => "Port",
        Field::Database => "Database",
        Field::DatabaseUser => "User",
        Field::DatabasePassword => "Password",
        Field::Tls => "Encryption (TLS)",
        Field::AuthorityFile => "CA file",
        Field::EverydayUser => "Everyday user",
        Field::EverydayPassword => "Its password",
        Field::From => "From",
        Field::Palette => "Colours",
        Field::Ascii => "ASCII lines only",
        Field::Accessible => "For screen readers",
        Field::Mouse => "Mouse",
        Field::SignedFrom => "Signed from",
        Field::SignedTo => "Signed to",
        Field::DueFrom => "Due from",
        Field::DueTo => "Due to",
        Field::To => "To",
        Field::Above => "Total at least",
        Field::Below => "Total at most",
        Field::DueAbove => "Due at least",
        Field::DueBelow => "Due at most",
        Field::Place => "Place",
        Field::Name => "Name",
        Field::Kind => "List",
        Field::Shared => "Shared",
        Field::Content => "Shows",
        Field::Columns => "Columns",
        Field::Outcome => "Result",
    }
}

pub(super) fn problem(problem: Problem) -> String {
    let fixed = match problem {
        Problem::Required => "Please fill this in.",
        Problem::TooShort(least) => return format!("At least {least} characters, please."),
        Problem::TooLong(most) => return format!("At most {most} characters, please."),
        Problem::TooManyBytes(most) => {
            return format!("This is too long: at most {most} bytes (accented letters count two or more).");
        }
        Problem::UsernameCharacters => "Only letters, digits and . _ - are allowed.",
        Problem::NotAnEmail => "This is not an e-mail address.",
        Problem::NotAPhone => "A phone number has 6 to 15 digits, with + ( ) . - / and spaces.",
        Problem::NotAnEmployeeNumber => "An employee number has 1 to 6 digits.",
        Problem::NotAnAmount => "This is not an amount. Write it like 12,000.50.",
        Problem::NotANumber => "This is not a whole number.",
        Problem::NotACurrency => "No such currency. Write a code such as EUR, CHF or GBP.",
        Problem::NotATimeZone => "No such time zone. Type a city or a country, such as Lyon or France.",
        Problem::NotADate => "This is not a date. Write it like 14/08/2026, tomorrow or +3d.",
        Problem::NotADateIn(DayOrder::DayFirst) => {
            "This is not a date. In this file the day comes first, as in 14/08/2026."
        }
        Problem::NotADateIn(DayOrder::MonthFirst) => {
            "This is not a date. In this file the month comes first, as in 08/14/2026."
        }
        Problem::MoreValues => {
            "The row has more values than there are headings. A value that contains the separator has to stand in quotation marks."
        }
        Problem::YearMissing => "A file has to give the whole date with its year, such as 14/08/2026.",
        Problem::NoSuchDay { day, month, year } => {
            return format!("{} does not exist.", dates::spell_any_day(day, month, year, Language::En));
        }
        Problem::NotADateTime => "This is not a date with a time. Write it like 14/08/2026 18:30 or tomorrow 6pm.",
        Problem::TimeMissing(day) => {
            return format!("At what time? Write for example {} 18:30.", dates::format_date(day));
        }
        Problem::YearOutOfRange(least, most) => return format!("Only years from {least} to {most} are accepted."),
        Problem::SkippedByClocks(from, to) => {
            let (from, to) = (from.format("%H:%M"), to.format("%H:%M"));
            return format!("The clocks skip from {from} to {to} on that day.");
        }
        Problem::NotPositive => "This must be more than zero.",
        Problem::Negative => "This must not be negative.",
        Problem::IsZero => "This must not be zero.",
        Problem::MoreThanDue(Cents(0)) => "Nothing is due any more. Only a refund is possible, written with a minus.",
        Problem::MoreThanDue(most) => return more_than_due(&most.format(Language::En)),
        Problem::MoreThanPaid(Cents(0)) => "Nothing was paid, so nothing can be refunded.",
        Problem::MoreThanPaid(most) => {
            return format!("Only {} was paid, so no more can be refunded.", most.format(Language::En));
        }
        Problem::BelowPaid(paid) => {
            return format!("{} was paid already, so the total cannot be less.", paid.format(Language::En));
        }
        Problem::PaidAboveTotal => "This cannot be more than the total.",
        Problem::SumDiffers { sum, total } => {
            let words = if sum > total { "too much" } else { "missing" };
            let difference = Cents((sum.0 - total.0).abs()).format(Language::En);
            return format!("{difference} {words}: the instalments must sum to {}.", total.format(Language::En));
        }
        Problem::SharesDiffer(sum) => {
            return format!("The shares sum to {} %, not to 100 %.", Cents(sum).format(Language::En));
        }
        Problem::TooMany(most) => return format!("At most {most} rows are possible."),
        Problem::NotADueDay => {
            "Type a date, or days from the signature or the event, such as \"signature + 30\" or \"60 days before the event\"."
        }
        Problem::OnlyDays => "Please count in days, since months differ in length: 30 days, for instance.",
        Problem::NotAShare => "This is not a share in percent, such as 30 or 33.33.",
        Problem::NeedsAnchor => "A plan counts from the signature or the event, for instance \"event - 60\".",
        Problem::OutOfRange(least, most) => {
            return format!("From {} to {}, please.", number(least), number(most));
        }
        Problem::InThePast => "This is in the past.",
        Problem::InTheFuture => "This is in the future.",
        Problem::NothingBetween => "The range ends before it begins, so nothing would be found.",
        Problem::EndBeforeStart => "The end is before the start.",
        Problem::EndWithoutStart => "Please give the start first.",
        Problem::Taken => "Somebody else has this already.",
        Problem::NameInUse => "There is already a view of this name.",
        Problem::ControlCharacters => {
            "This contains characters that cannot be shown. Please type it instead of pasting it."
        }
        Problem::CommonPassword => "This password is too common. Several unrelated words make a good one.",
        Problem::PasswordIsName => "The password cannot be the username or the company's name.",
        Problem::PasswordsDiffer => "The two passwords differ.",
        Problem::PasswordUnchanged => "The new password is the old one.",
        Problem::WrongPassword => "That is not your password.",
        Problem::SameAccount => "This is the set-up account. Choose another one for every day.",
        Problem::AccountExists => "An account of this name exists, with another password.",
        Problem::AccountTooMighty => "This account has too many rights: it can change tables or the audit log.",
        Problem::PasswordRefused => "The server's password rules refuse this one.",
        Problem::NotAChoice => "This cannot be chosen here.",
        Problem::Unknown => "There is none like this here.",
        Problem::Ambiguous(fitting) => {
            return format!(
                "{} fit this. Name the one that is meant more exactly.",
                number(i64::try_from(fitting).unwrap_or(i64::MAX))
            );
        }
        Problem::SameAsRow(row) => return format!("Row {row} of the file is about the same."),
        Problem::FollowsPayments(due) => {
            return format!(
                "{} is due here, which follows from the payments. Record payments to change it.",
                due.format(Language::En)
            );
        }
        Problem::NotByImport => "An import does not change this. Change it in the program.",
        Problem::OtherClient => "The contract with this number belongs to another client.",
        Problem::NameDiffers => "The client with this address has another name.",
        Problem::IsNotSigned => "This contract is not signed yet.",
        Problem::RestDiffers(rest) => {
            return format!("After what was paid, {} of the total is due.", rest.format(Language::En));
        }
        Problem::LastInstalment => {
            "The last instalment is smaller than what the total loses. Change the instalments first."
        }
        Problem::IsArchived => "This is archived. Restore it first.",
        Problem::ParentIsArchived => "Its client or contract is archived, so it has to be archived too.",
        Problem::HasContracts(count) => {
            return format!(
                "This client still has {}. Archive its contracts first.",
                plural(count, "contract", "contracts")
            );
        }
        Problem::HasEvents(count) => {
            return format!("This contract still has {}. Archive its events first.", plural(count, "event", "events"));
        }
        Problem::IsCancelled => "This payment is cancelled, so it stays as it is.",
        Problem::NotActiveSales => "Only an active sales person can look after a client.",
        Problem::NotActiveSupport => "Only an active support person can be given an event.",
    };
    fixed.to_owned()
}

/// What a right allows, after "may" or "to".
fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::SeeRecords => "see this",
        Permission::SeeStaff => "see the staff",
        Permission::ManageUsers => "manage the accounts of the staff",
        Permission::ChangeOwnPassword => "change this password",
        Permission::CreateClient => "create clients",
        Permission::EditClient => "edit clients",
        Permission::HandOverClient => "hand over clients",
        Permission::ArchiveClient => "archive clients",
        Permission::CreateContract => "create contracts",
        Permission::EditContract => "edit contracts",
        Permission::SignContract => "sign contracts",
        Permission::ArchiveContract => "archive contracts",
        Permission::CreateEvent => "create events",
        Permission::EditEvent => "edit events",
        Permission::AssignSupport => "assign support",
        Permission::SetStatus => "set the status of events",
        Permission::ArchiveEvent => "archive events",
        Permission::RecordPayment => "record payments",
        Permission::CancelPayment => "cancel payments",
        Permission::ReadAudit => "read the audit log",
        Permission::ChangeSettings => "change the settings",
        Permission::OwnPreferences => "arrange lists",
        Permission::ShareViews => "share views",
        Permission::ManagePlans => "change payment plans",
        Permission::Import => "import files",
        Permission::MergeClients => "merge clients",
    }
}

/// Who has a right whatever the settings are: "Only sales or management may edit clients".
fn only(right: Permission) -> String {
    let who = [Role::Sales, Role::Support, Role::Management].into_iter().filter_map(|role| {
        let reach = policy::always(right, role)?;
        Some(match role {
            Role::Support if reach == Reach::Own => "the event's support",
            role => role_name(role),
        })
    });
    let who: Vec<&str> = who.collect();
    match who.as_slice() {
        [] => "Nobody may do this".to_owned(),
        some => format!("Only {} may {}", some.join(" or "), permission(right)),
    }
}

pub(super) fn reason(reason: Reason, naming: Naming) -> String {
    let fixed = match reason {
        Reason::Role(right, _) => return format!("{}.", only(right)),
        Reason::Setting(right) => return format!("{} (company setting).", only(right)),
        Reason::NotYourClient => "This is not your client.",
        Reason::NotYourEvent => "This event was not given to you.",
        Reason::ChangePasswordFirst => "Please change your temporary password first.",
        Reason::ContractNotSigned(contract) => return format!("Contract {contract} is not signed yet."),
        Reason::ContractAlreadySigned(contract) => return format!("Contract {contract} is signed already."),
        Reason::Archived => "This is archived. Management can restore it with ⌨archive⌨.",
        Reason::NotArchived => "This is not archived.",
        Reason::ParentArchived => "Its client or contract is archived. Restore that first.",
        Reason::ClientHasContracts(count) => {
            return format!(
                "This client still has {}. Archive its contracts first.",
                plural(count, "contract", "contracts")
            );
        }
        Reason::ContractHasEvents(count) => {
            return format!("This contract still has {}. Archive its events first.", plural(count, "event", "events"));
        }
        Reason::PaymentCancelled => "This payment is cancelled.",
        Reason::RecordedEarlier => "It was not recorded today, so only management can cancel it.",
        Reason::RefundedMeanwhile => {
            "Without this payment more would be refunded than was paid. Cancel the refund first."
        }
        Reason::PaidMeanwhile => {
            "Without this refund more would be paid than the contract's total. Raise the total or cancel a payment first."
        }
        Reason::AlreadyReverted => "This import was taken back already.",
        Reason::PlanIsDefault => "This is the default plan. Choose another one in the settings first.",
        Reason::PlansFull(most) => {
            return format!("There are {most} plans already. Remove one that is no longer needed.");
        }
        Reason::Merged => "This client was merged into another one, which has everything now.",
        Reason::ClientChangedSince(name) => {
            return format!("The merge cannot be undone: {name} was changed since.");
        }
        Reason::ContractChangedSince(number) => {
            return format!("The merge cannot be undone: contract {number} was changed since.");
        }
        Reason::LastManager => "This is the last active manager. Make somebody else a manager first.",
        Reason::Inactive => "This person is deactivated.",
        Reason::AlreadyActive => "This person is active already.",
        Reason::ViewsFull(most) => {
            return format!("You have {most} views already. Remove one that you no longer need.");
        }
        Reason::SharedViewsFull(most) => {
            return format!("{most} views are shared already. Share one no longer, or remove one.");
        }
        Reason::NotActive { name, role } if name.is_empty() => {
            return format!("Only an active {} person can take this over.", role_name(role));
        }
        Reason::NotActive { name, role } => {
            return format!("{name} is not an active {} person, and cannot take this over.", role_name(role));
        }
        Reason::NobodyElse(role) => {
            let what_to_do = naming.keys_in("Create one first (Staff, ⌨new⌨).");
            return format!("There is no other active {} person. {what_to_do}", role_name(role));
        }
    };
    naming.keys_in(fixed)
}

pub(super) fn error(error: &Error, naming: Naming) -> String {
    let fixed = match error {
        Error::Denied(why) => return reason(why.clone(), naming),
        Error::Invalid(errors) => {
            let first = errors.0.first();
            return first.map(|(of, wrong)| format!("{}: {}", field(*of), problem(*wrong))).unwrap_or_default();
        }
        Error::Conflict(conflict) if conflict.by.is_empty() => "Somebody else changed this meanwhile.",
        Error::Conflict(conflict) => {
            return format!("{} changed this meanwhile. Here it is as it is now.", conflict.by);
        }
        Error::NotFound => "This no longer exists, or you may not see it.",
        Error::PasswordNeeded => "Your password is needed again.",
        Error::NeedsHeir(_) => "Somebody has to take over first.",
        Error::SignIn(SignInProblem::Wrong) => "This name and password do not match.",
        Error::SignIn(SignInProblem::Wait(seconds)) => {
            return format!(
                "Too many failures. Please wait {}, then try again.",
                plural(i64::from(*seconds), "second", "seconds")
            );
        }
        Error::SignedOut(SignedOutBecause::AccountChanged) => {
            "Your account was changed, or a backup was restored. Please sign in again."
        }
        Error::SignedOut(SignedOutBecause::NotSignedIn) => "Please sign in.",
        Error::Unavailable(why) => return connection(why),
        Error::AlreadySetUp => "There is a company in this database already. Nothing was changed.",
        Error::OutcomeUnknown => "The connection broke while saving. Please check whether it was saved.",
        Error::File(why) => return file_problem(*why),
        Error::Stopped => "Stopped. Nothing was changed.",
        Error::ImportChanged => {
            "Records were changed since you looked. Nothing was imported. Look at the preview again."
        }
        Error::InRow { row, why } => {
            let why = match &**why {
                Error::Conflict(conflict) if !conflict.by.is_empty() => {
                    format!("{} changed it meanwhile.", conflict.by)
                }
                other => self::error(other, naming),
            };
            return format!("Row {row} cannot be imported any more, so nothing was imported. {why}");
        }
        Error::NotWritable(folder) => {
            return format!(
                "No file can be written in {folder}. Check the folder, its permissions and the free space on the disk."
            );
        }
        Error::Internal(reference) => {
            return format!(
                "Something went wrong in the program. Please give the administrator this reference: {reference}."
            );
        }
    };
    naming.keys_in(fixed)
}

fn connection(problem: &ConnectionProblem) -> String {
    let fixed = match problem {
        ConnectionProblem::HostNotFound => "There is no database server of this name. Check the spelling.",
        ConnectionProblem::Refused => {
            "Nothing answers at the database server's address. Is it running, and is the port right?"
        }
        ConnectionProblem::Timeout => "The database does not answer in time. Please try again in a moment.",
        ConnectionProblem::Lost => "The connection to the database was lost. What you typed is kept.",
        ConnectionProblem::AccessDenied => {
            "The database server does not accept this user with this password. If the database's password was changed while the program was open, start the program again."
        }
        ConnectionProblem::AccessDeniedInClear => {
            "The database server does not accept this user with this password, or it accepts encrypted connections only and this one is not (ssl_mode)."
        }
        ConnectionProblem::NoPassword => {
            "The database server does not accept this user without a password, and none was given. Put it into the address, DB_PASSWORD or DB_PASSWORD_FILE."
        }
        ConnectionProblem::EncryptionRequired => {
            "The database server accepts encrypted connections only, and this one is not. Set db_ssl_ca, or ssl_mode=required in the address."
        }
        ConnectionProblem::NoSuchDatabase => {
            "There is no such database on the server: `epic-events --init` creates it, if this user may."
        }
        ConnectionProblem::DatabaseDenied => "The database server does not let this user use or create this database.",
        ConnectionProblem::NoTls => "The database server offers no encryption, but it is required.",
        ConnectionProblem::BadCertificate => {
            "The database server's certificate cannot be trusted: wrong issuer, wrong name or expired. If your own authority signed it, name its file in db_ssl_ca (ssl_ca in an address)."
        }
        ConnectionProblem::NotADatabase => "The database file is not a database, or it is damaged.",
        ConnectionProblem::NotAccessible => {
            "The database file cannot be read or written. Check its folder and its permissions."
        }
        ConnectionProblem::NotSetUp => {
            "There is no company here yet: `epic-events --init` sets one up, `epic-events --demo` shows an example."
        }
        ConnectionProblem::SchemaTooNew => {
            "A newer version of this program has changed the database. Please update this program."
        }
        ConnectionProblem::SchemaTooOld(Versions { from, to }) => {
            return format!(
                "The company's tables are of an older version of this program and have to be brought up to date ({from} to {to}). The administrator runs `epic-events migrate` with the set-up account."
            );
        }
        ConnectionProblem::MigrationDenied(Versions { from, to }) if from.is_empty() => {
            return format!(
                "This account may not create the company's tables ({to}). That needs the set-up account (see docs/administration.md)."
            );
        }
        ConnectionProblem::MigrationDenied(Versions { from, to }) => {
            return format!(
                "The company's tables have to be brought up to date ({from} to {to}), and this account may not do that. Run `epic-events migrate` with the set-up account."
            );
        }
        ConnectionProblem::SetUpAccountNeeded => {
            "Only the set-up account may do this. Give its address in DATABASE_URL for this one command. Nothing was changed."
        }
        ConnectionProblem::NotGranted(right) => {
            return format!(
                "The database account may not do this: {right}. The administrator gives it the rights that `epic-events doctor` names."
            );
        }
        ConnectionProblem::SetUpNotGranted { right, grant } => {
            return format!(
                "The set-up account may not do this: {right}. The server's administrator gives it its rights, and then the command is run again: {grant}"
            );
        }
        ConnectionProblem::NoDefiner => {
            "The database account that guards the records is missing, so nothing can be saved. Tell your administrator: `epic-events doctor` says what to do."
        }
        ConnectionProblem::AccountLocked => {
            "The database server has locked this account. The set-up account is unlocked only for its own work: see docs/administration.md."
        }
        ConnectionProblem::AuthorityFile(path) => {
            return format!("The CA file {path} cannot be read. Check its path and its permissions.");
        }
        ConnectionProblem::NoCertificate(path) => {
            return format!("The CA file {path} contains no certificate. Put the server's authority (ca.pem) there.");
        }
        ConnectionProblem::BadSslMode(mode) => {
            return format!(
                "The ssl_mode \"{}\" is not known. It can be: verify_identity, verify_ca, required, disabled.",
                crate::domain::text::for_terminal(mode)
            );
        }
        ConnectionProblem::PasswordNotEncoded { signs, shown } => {
            return format!(
                "The password in the database's address contains signs that have a meaning there. Write their codes instead ({signs}) in {shown}, or give the password as DB_PASSWORD."
            );
        }
        ConnectionProblem::NoSuchFile(path) => return format!("There is no file {path}. Nothing was changed."),
        ConnectionProblem::NoMajority => {
            "The database servers cannot reach each other, so nothing can be saved now. Please tell whoever runs them."
        }
        ConnectionProblem::NotEmbedded => {
            "This is for the embedded database. A server's is copied by its own tools: see docs/administration.md."
        }
        ConnectionProblem::FileExists => "There is a file of this name already. Nothing was changed.",
        ConnectionProblem::Moved => "Database file moved or replaced: nothing is saved. Tell the administrator.",
        ConnectionProblem::InUse => "Another program has this database open. Close it there and try again.",
        ConnectionProblem::NotOurTables(name) => {
            return format!(
                "The file is no backup that this program made: \"{}\" is not as it should be. Nothing was changed.",
                crate::domain::text::for_terminal(name)
            );
        }
        ConnectionProblem::OtherProgram(table) => {
            return format!(
                "This file belongs to another program: it holds a table \"{}\". Choose another file. Nothing was changed.",
                crate::domain::text::for_terminal(table)
            );
        }
        ConnectionProblem::UnfinishedCopy => {
            "This database holds a copy of a company that was not finished. Begin it again with `epic-events copy --from OLD_ADDRESS --to THIS_ADDRESS --again`, or drop the database."
        }
        ConnectionProblem::BeingMade => {
            "Another copy into this database is under way, or a set-up. When it has ended, `epic-events doctor` says what is there; one that broke off can be begun again after ten minutes at most."
        }
        ConnectionProblem::TakenOver => {
            "This program was held up, and meanwhile somebody else went to work on the database or made it anew. So it stopped and left it to them. Run `epic-events doctor` to see what is there."
        }
        ConnectionProblem::CopyCutOff => {
            "The connection to the database was lost before the copy was finished. Run the command again: if a part of the copy is still there, it says how to begin anew."
        }
        ConnectionProblem::CopyInDoubt => {
            "The connection to the database was lost at the very end. The copy may be complete: run `epic-events doctor` on the new database, which says so or that the copy was not finished."
        }
        ConnectionProblem::SourceBusy => {
            "People are saving in the database that is to be copied, so it could not be locked. Nothing was copied. Run the command again when fewer people work."
        }
        ConnectionProblem::NotEmpty(table) => {
            return format!(
                "A company is copied into an empty database only, and this one has a table \"{}\". Nothing was changed.",
                crate::domain::text::for_terminal(table)
            );
        }
        ConnectionProblem::CopyDiffers(table) => {
            return format!(
                "The table \"{table}\" of the copy is not the same as the original, so nothing of it was kept. Run the command again."
            );
        }
        ConnectionProblem::SameFile => {
            "This file is the database itself. To go back to an earlier state, name a backup of it. Nothing was changed."
        }
        ConnectionProblem::DiskFull => "The disk is full. Nothing was saved; free some space and try again.",
        ConnectionProblem::BadAddress(part) if part.is_empty() => {
            "The database's address is not understood. Write sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME."
        }
        ConnectionProblem::BadAddress(part) => {
            return format!(
                "The database's address is not understood at \"{part}\". Write sqlite://PATH or mysql://USER:PASSWORD@HOST:PORT/NAME."
            );
        }
        ConnectionProblem::Other(detail) => return format!("The database cannot be used: {detail}"),
    };
    fixed.to_owned()
}

/// Of the wizard that sets up a company.
/// Why a file is not read, and what to do.
pub(super) fn file_problem(problem: FileProblem) -> String {
    let fixed = match problem {
        FileProblem::NotFound => "There is no such file. Check its name and its folder.",
        FileProblem::Folder => "This is a folder. Choose a file in it.",
        FileProblem::NotAFile => "This is a device or a pipe. Choose a file.",
        FileProblem::NotReadable => "The file cannot be read. Check its rights, and whether another program holds it.",
        FileProblem::Empty => "The file is empty.",
        FileProblem::NotASpreadsheet => "This is not a spreadsheet. Files in xlsx, ods and CSV can be read.",
        FileProblem::OldWorkbook => {
            "Workbooks in .xls and .xlsb cannot be read. Save it as .xlsx in your spreadsheet program, and choose that."
        }
        FileProblem::Password => "The file is protected by a password. Save it without one, and choose it again.",
        FileProblem::Damaged => {
            "The file is damaged or incomplete. Fetch it again, or save it anew in your spreadsheet program."
        }
        FileProblem::NotText => "The letters of this file cannot be told. Save it as .xlsx, or as CSV in UTF-8.",
        FileProblem::TooLarge { mebibytes } => {
            return format!("The file is larger than {mebibytes} MB. Split it into several files.");
        }
        FileProblem::TooMuch => "The file holds too much for one import. Split it, or delete columns without use.",
        FileProblem::TooManyRows(most) => {
            return format!("The file has more than {} rows. Split it into several files.", number(most.into()));
        }
        FileProblem::TooManyColumns(most) => {
            return format!(
                "The file has more than {} columns. Delete those that are of no use here.",
                number(most.into())
            );
        }
        FileProblem::NoHeadings => {
            "No row of headings was found. Above the data, each column needs its name, such as Client or Phone."
        }
        FileProblem::NoRows => "There is nothing below the headings.",
    };
    fixed.to_owned()
}

fn set_up(phrase: SetUpPhrase, naming: Naming) -> String {
    let fixed = match phrase {
        SetUpPhrase::Title => "Set up Epic Events",
        SetUpPhrase::OnThisComputer => "this computer",
        SetUpPhrase::OnServer => "the company's MySQL server",
        SetUpPhrase::TlsDefault => "verified, unless on this computer",
        SetUpPhrase::TlsVerify => "verified",
        SetUpPhrase::TlsRequired => "encrypted, not verified",
        SetUpPhrase::TlsOff => "off",
        SetUpPhrase::StatementsCopied => "The statements are copied.",
        SetUpPhrase::Done => "Epic Events is set up. Sign in as the first manager.",
        SetUpPhrase::Copied => "The company is on the server now, with all its accounts. Sign in as before.",
        SetUpPhrase::KeptHere => "The data will be kept in a file on this computer.",
        SetUpPhrase::KeptOnServer(server) => {
            return format!("Connected to {server}: the data will be kept there.");
        }
        SetUpPhrase::CopiedBefore(server) => {
            return format!("Connected to {server}: this computer's company is copied there already.");
        }
        SetUpPhrase::CompanyThere => {
            "There is a company in this database already. Nothing was changed. To work with it, this computer needs the address of its everyday account (docs/administration.md). To set up another company, or to move the one of this computer, name an empty database."
        }
        SetUpPhrase::NextMeans => "Go to the next page.",
        SetUpPhrase::TestKey => "test connection and go on",
        SetUpPhrase::UpdateKey => "bring up to date",
        SetUpPhrase::CreateKey => "create the company",
        SetUpPhrase::CopyKey => "copy the company",
        SetUpPhrase::CheckKey => "check the account",
        SetUpPhrase::Language => "Which language do you speak? Left and Right choose, Enter goes on.",
        SetUpPhrase::Place => {
            "Where does the company's data live? It can be one file on this computer, or a server that several computers share."
        }
        SetUpPhrase::Server => {
            "The set-up account creates the tables and later updates them: ask whoever runs the server for it. ⌨save⌨ tests the connection and writes nothing."
        }
        SetUpPhrase::Update((from, to)) => {
            return format!(
                "There is a company here already, and its tables are of an older version of this program. Enter brings them up to date ({from} to {to}); no manager is asked for. If this account may not do that, Esc goes back to name the one that set it up."
            );
        }
        SetUpPhrase::Account => {
            "The everyday account goes into the configuration of each computer: it can change neither tables nor the audit log. The last step creates it, or shows what the server's administrator has to run. Only this account is stored."
        }
        SetUpPhrase::SummaryAgain => {
            "This is what will be created. So far there are only the tables. Enter creates the company, Esc goes back."
        }
        SetUpPhrase::Statements => {
            "The set-up account may not create the everyday account. Have the server's administrator run this (⌨copy⌨ copies it), then press Enter:"
        }
        SetUpPhrase::AccountNotReady => {
            "The everyday account is not there yet, lacks one of these rights, or has another password (another company's? Esc, and another name)."
        }
        SetUpPhrase::Company => {
            "The company. The currency is a code of three letters, such as EUR. Type a city or a country to find the time zone. Management can change this later in the settings."
        }
        SetUpPhrase::Manager => "The first manager, who will create the accounts of everybody else.",
        SetUpPhrase::Summary => {
            "This is what will be created. Nothing has been written so far. Enter creates the company, Esc goes back."
        }
        SetUpPhrase::MoveMeans(name) => {
            return format!(
                "There is a company on this computer: {name}. It can be copied to the server with everything in it: people keep their passwords, records and the audit log. The one on this computer stays as it is."
            );
        }
        SetUpPhrase::MoveCompany => "copy it to the server",
        SetUpPhrase::NewCompany => "set up a new one",
        SetUpPhrase::MoveSummary => {
            "Nothing has been written so far. The last step copies the company and compares the copy, which may take minutes; nobody can save on this computer meanwhile."
        }
        SetUpPhrase::MoveSummaryAgain => {
            "The company is on the server. Only the everyday account is missing: Enter checks it and ends the set-up, Esc goes back."
        }
    };
    naming.keys_in(fixed)
}

/// For administrators.
fn admin(phrase: AdminPhrase) -> String {
    match phrase {
        AdminPhrase::PasswordIsReset { name, username } => format!(
            "{name} ({username}) has a temporary password and is signed out everywhere. It is shown this once and has to be changed at the next sign-in:"
        ),
        AdminPhrase::ManagerReactivated(name) => {
            format!("No manager was active any more, so the account of {name} is active again.")
        }
        AdminPhrase::NoAccount(username) => {
            format!("There is no account with the username \"{username}\". Nothing was changed.")
        }
        AdminPhrase::AccountDeactivated(name) => format!(
            "The account of {name} is deactivated. A manager activates it on the staff screen. Nothing was changed."
        ),
        AdminPhrase::Guarded(names) => {
            format!("Triggers were created, so the server enforces these rules too: {}.", names.join(", "))
        }
        AdminPhrase::WouldGuard(names) => {
            format!("Triggers would be created for these rules: {}. Nothing was changed.", names.join(", "))
        }
        AdminPhrase::GuardsNotSeen => {
            "This account can neither see nor create triggers. Run `migrate` with the set-up account to see whether one is missing.".to_owned()
        }
        AdminPhrase::CopiedTable { name, rows, checksum } => {
            let rows = plural(i64::try_from(rows).unwrap_or(i64::MAX), "row", "rows");
            format!("{name}: {rows}, checksum {checksum}, the same in both.")
        }
        AdminPhrase::CopyDone { to } => format!(
            "The company is copied to {to}. Put the new address into every configuration. The database that it was copied from is as it was: keep it until everybody works with the new one."
        ),
        AdminPhrase::CopyAgain(command) => format!("The whole command: {command}"),
        AdminPhrase::AfterCopy => {
            "On the server, its administrator then creates the everyday account, with a password of your choice, which is the one to put into every configuration. The account that made the copy is locked, unless it serves other purposes too; it must not be dropped:".to_owned()
        }
        AdminPhrase::CompanyHere => {
            "There is a company here already: start the program without --init. Nothing was changed.".to_owned()
        }
        AdminPhrase::HowToMove(from) => format!(
            "To move the company of this computer to a server, run: epic-events copy --from {from} --to ADDRESS, with the address of an empty database and the set-up account (see docs/administration.md)."
        ),
        AdminPhrase::ForgotPassword => "Forgotten your password? A manager gives you a temporary one.".to_owned(),
        AdminPhrase::ManagerForgotPassword => {
            "A manager asks the administrator (`epic-events reset-password`).".to_owned()
        }
        AdminPhrase::DoctorVersions { tables, program } => {
            let tables = if tables.is_empty() { "none" } else { tables };
            format!("tables {tables}, program {program}")
        }
        AdminPhrase::DoctorFaults(count) => format!("{} found: see the report.", some(count, "fault", "faults")),
        AdminPhrase::UpToDate(version) => format!("The tables are up to date ({version}). Nothing had to be done."),
        AdminPhrase::WouldMigrate(Versions { from, to }) => {
            format!("The tables would be brought up to date: {from} to {to}. Nothing was changed.")
        }
        AdminPhrase::Migrated(Versions { from, to }) => {
            format!("The tables were brought up to date: {from} to {to}.")
        }
        AdminPhrase::Unguarded(names) => {
            format!(
                "The server does not let this account create triggers, so only the program enforces these rules: {}. Run epic-events migrate with an account that may create them, and the server enforces them too.",
                names.join(", ")
            )
        }
        AdminPhrase::LeftAlone(file) => format!("{file} names another database and was left as it is."),
        AdminPhrase::EverydayHint => {
            "The set-up account is not stored. docs/administration.md says how the everyday account gets into config.toml.".to_owned()
        }
        AdminPhrase::DoctorOverruled { by, origin } => format!("overruled by {by} ({origin})"),
        AdminPhrase::BackupDone(file) => format!("The backup is in {file}. It was checked and is complete."),
        AdminPhrase::RestoreDone(file) => {
            format!("Everything is as it was when {file} was made. Everybody has to sign in again.")
        }
        AdminPhrase::RestoreKept(file) => format!("What was there before is kept in {file}."),
        AdminPhrase::AuditWhole { rows, head } => {
            format!("The audit log is whole: {}. Head: {head}", plural(rows, "row", "rows"))
        }
        AdminPhrase::AuditFault(fault) => {
            match fault {
                Fault::Changed(seq) => format!("Row {} of the audit log was changed.", number(*seq)),
                Fault::Removed(seq) => format!("Row {} of the audit log was removed.", number(*seq)),
                Fault::Inserted(id) => format!("The row with the id {id} was put into the audit log by hand."),
                Fault::Before { known, found } => format!(
                    "The audit log had {} rows before its chain began, and has {} now: some were removed or put in by hand.",
                    number(*known),
                    number(*found)
                ),
                Fault::Cut(seq) => format!("The end of the audit log was cut off: row {} is missing.", number(*seq)),
            }
        }
        AdminPhrase::BadHead => "A head is written NUMBER:HASH, as this command prints it.".to_owned(),
    }
}

/// On printed documents.
fn paper(phrase: PaperPhrase) -> String {
    let fixed = match phrase {
        PaperPhrase::EventSheet => "Event sheet",
        PaperPhrase::Statement => "Statement",
        PaperPhrase::Receipt => "Receipt",
        PaperPhrase::Refund => "Refund receipt",
        PaperPhrase::Number(number) => return format!("no. {number}"),
        PaperPhrase::Contract(number) => return format!("Contract no. {number}"),
        PaperPhrase::When => "When",
        PaperPhrase::Hours { from, to } => return format!("from {from} to {to}"),
        PaperPhrase::From(from) => return format!("from {from}, end not known yet"),
        PaperPhrase::DayAt { day, hour } => return format!("{day}, {hour}"),
        PaperPhrase::Until(end) => return format!("to {end}"),
        PaperPhrase::Where => "Place",
        PaperPhrase::Attendees => "Attendees",
        PaperPhrase::Client => "Client",
        PaperPhrase::Contacts => "Contacts",
        PaperPhrase::OnTheDay => "Contact on the day",
        PaperPhrase::SalesContact => "Sales contact",
        PaperPhrase::Support => "Support",
        PaperPhrase::Name => "Name",
        PaperPhrase::Telephone => "Telephone",
        PaperPhrase::Email => "E-mail",
        PaperPhrase::Notes => "Notes",
        PaperPhrase::NotKnown => "not known yet",
        PaperPhrase::NobodyYet => "nobody yet",
        PaperPhrase::ContractLabel => "Contract",
        PaperPhrase::SignedOn => "Signed on",
        PaperPhrase::NotSigned => "not signed yet",
        PaperPhrase::AsOf => "As of",
        PaperPhrase::DueAsOf(day) => return format!("Still due as of {day}"),
        PaperPhrase::SettledAsOf(day) => return format!("Paid in full as of {day}"),
        PaperPhrase::ContractTotal => "Total of the contract",
        PaperPhrase::Total => "Total",
        PaperPhrase::Paid => "Paid",
        PaperPhrase::StillDue => "Still due",
        PaperPhrase::PaidInFull => "Paid in full",
        PaperPhrase::Overdue => "of which overdue",
        PaperPhrase::Standing(standing) => match standing {
            Standing::Paid => "paid",
            Standing::Overdue => "overdue",
            Standing::Due | Standing::NotYetKnown => "open",
        },
        PaperPhrase::Events => "Events",
        PaperPhrase::Event => "Event",
        PaperPhrase::Day => "Date",
        PaperPhrase::Archived => "Archived",
        PaperPhrase::CancelledEvent(title) => return format!("{title} (cancelled)"),
        PaperPhrase::MoreEvents => "The contract has more events than these.",
        PaperPhrase::Instalments => "Instalments",
        PaperPhrase::Instalment => "Instalment",
        PaperPhrase::InstalmentNumber(number) => return format!("Instalment {number}"),
        PaperPhrase::State => "State",
        PaperPhrase::AmountIn(currency) => return format!("Amount ({currency})"),
        PaperPhrase::DueIn(currency) => return format!("Still due ({currency})"),
        PaperPhrase::DueOn => "Due on",
        PaperPhrase::Payments => "Payments",
        PaperPhrase::PaidOn => "Paid on",
        PaperPhrase::Method => "Method",
        PaperPhrase::Way(method) => match method {
            Method::Transfer => "bank transfer",
            Method::Card => "card",
            Method::Cheque => "cheque",
            Method::Cash => "cash",
            Method::Other => "other",
            Method::Opening => "earlier payments",
        },
        PaperPhrase::RefundBy(way) => return format!("refund, {way}"),
        PaperPhrase::Reference => "Reference",
        PaperPhrase::CancelledOn(day) => return format!("Cancelled on {day}"),
        PaperPhrase::DoesNotCount => "This receipt is no longer valid.",
        PaperPhrase::ReceivedFrom => "Received from",
        PaperPhrase::RefundedTo => "Refunded to",
        PaperPhrase::ReceivedOn => "Received on",
        PaperPhrase::RefundedOn => "Refunded on",
        PaperPhrase::RecordedOn => "Recorded on",
        PaperPhrase::AmountReceived => "Amount received",
        PaperPhrase::AmountRefunded => "Amount refunded",
        PaperPhrase::MadeBy { day, name } => return format!("Made on {day} by {name}"),
    };
    fixed.to_owned()
}

/// About columns and saved views.
fn times(phrase: TimePhrase) -> String {
    match phrase {
        TimePhrase::AfterStart => "once the start is understood".to_owned(),
        TimePhrase::Ends { time, next_day, minutes } => {
            format!("{time}{}, {} later", if next_day { " the next day" } else { "" }, lasting(minutes))
        }
        TimePhrase::From(of) => format!("{} from", filtered_day(of)),
        TimePhrase::To(of) => format!("{} to", filtered_day(of)),
        TimePhrase::Load { events, weeks: None } => format!("{} that week", plural(events, "event", "events")),
        TimePhrase::Load { events, weeks: Some((first, last)) } => {
            format!("{} {first}–{last}", plural(events, "event", "events"))
        }
    }
}

fn filtered_day(of: EntityKind) -> &'static str {
    match of {
        EntityKind::Client => "Last contact",
        EntityKind::Contract => "Created",
        EntityKind::Event => "Starts",
        EntityKind::Payment => "Paid",
        EntityKind::User | EntityKind::Audit => "Done",
    }
}

/// What a filter looks for its words in.
fn searched(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Client => "name, company, email, telephone",
        EntityKind::Contract => "number, client, company, email, telephone",
        EntityKind::Event => "title, place, contact, client, telephone",
        EntityKind::Payment => "reference, client, company, email, telephone",
        EntityKind::User => "name, username, email, telephone, number",
        EntityKind::Audit => "who did it, name of the record",
    }
}

fn lists(phrase: ListPhrase, naming: Naming) -> String {
    let words = match phrase {
        ListPhrase::RefineHint => "Press ⌨refine⌨ to change or clear the filters.",
        ListPhrase::NothingFoundHint => "Press Esc to clear the filter.",
        ListPhrase::EmptyViewHint => "Press ⌨view⌨ for other views.",
        ListPhrase::EmptyListHint => "Press ⌨new⌨ to create the first one.",
        ListPhrase::Refined(by) => return format!("Filtered: {by}"),
        ListPhrase::OpenedAtToday => "Opened at today; earlier events are above",
        ListPhrase::ContractSums { count, total, due, by_due_day, currency } => {
            let contracts = plural(count, "contract", "contracts");
            let is_due = if by_due_day { "due now or later" } else { "due" };
            return format!("{contracts}: total {total} {currency}, {is_due} {due} {currency}");
        }
        ListPhrase::TooManyToSum(count) => {
            return format!("More than {} contracts: narrow the list to see their sum", number(count));
        }
        ListPhrase::RefusedRowsSaved => "refused rows saved",
        ListPhrase::ImportedFrom => "Imported from",
        ListPhrase::FilterLabel => "Filter",
        ListPhrase::Searched(kind) => searched(kind),
        ListPhrase::FilterHelp(kind) => return format!("Search for words in these values: {}.", searched(kind)),
        ListPhrase::ChooseFirst { kind, key } => {
            let one = match kind {
                EntityKind::Client => "a client",
                EntityKind::Contract => "a contract",
                EntityKind::Event => "an event",
                EntityKind::Payment => "a payment",
                EntityKind::User => "a person",
                EntityKind::Audit => "a line",
            };
            return format!("Choose {one}, then press {key}.");
        }
        ListPhrase::RefineTitle(kind) => match kind {
            EntityKind::Client => "Filter clients by",
            EntityKind::Contract => "Filter contracts by",
            EntityKind::Event => "Filter events by",
            EntityKind::Payment => "Filter payments by",
            EntityKind::User => "Filter staff by",
            EntityKind::Audit => "Filter the audit log by",
        },
        ListPhrase::Between => "; ",
        ListPhrase::KeyOpenRecord => "open the record",
        ListPhrase::KeyScroll => "scroll",
        ListPhrase::SaveViewAs => "Save this view as...",
        ListPhrase::ReplaceView(name) => return format!("Save \"{name}\" as it is shown now"),
        ListPhrase::RenameView(name) => return format!("Rename \"{name}\"..."),
        ListPhrase::ShareView(name) => return format!("Share \"{name}\" with everybody"),
        ListPhrase::UnshareView(name) => return format!("Stop sharing \"{name}\""),
        ListPhrase::RemoveView(name) => return format!("Remove \"{name}\"..."),
        ListPhrase::RemoveViewTitle(name) => return format!("Remove the view \"{name}\"?"),
        ListPhrase::RemoveViewMeans { shared: false } => "Only the view goes, not the records in it.",
        ListPhrase::RemoveViewMeans { shared: true } => "Nobody will have this view any more. The records in it stay.",
        ListPhrase::VerbRemove => "remove",
        ListPhrase::ShareViewTitle(name) => return format!("Share the view \"{name}\"?"),
        ListPhrase::SharesAsSaved => "You have changed the view since it was saved; the saved one is shared.",
        ListPhrase::VerbShare => "share",
        ListPhrase::ViewName => "Name of the view",
        ListPhrase::ViewHolds => "Saved with its filter, order and columns.",
        ListPhrase::ViewIsOwn => "yours",
        ListPhrase::ViewIsShared => "yours, shared",
        ListPhrase::ViewBy(name) => return format!("shared by {name}"),
        ListPhrase::ViewUnusable => "cannot be used",
        ListPhrase::ViewUnusableWhy { name, may_remove } => {
            let remove = if may_remove { " ⌨view⌨ offers to remove it." } else { "" };
            return format!("This program cannot use \"{name}\": another version of it saved the view.{remove}");
        }
        ListPhrase::ViewChangedSince(name) => return format!("{name} (changed)"),
        ListPhrase::ViewAsSaved(name) => return format!("\"{name}\" is shown as it was saved."),
        ListPhrase::ViewSaved(name) => return format!("The view \"{name}\" is saved."),
        ListPhrase::ViewRenamed(name) => return format!("The view is called \"{name}\" now."),
        ListPhrase::ViewSharedNow(name) => {
            let place = naming.keys_in("under ⌨view⌨ now.");
            return format!("Everybody finds the view \"{name}\" {place}");
        }
        ListPhrase::ViewUnsharedNow { name, own: true } => return format!("Only you find the view \"{name}\" now."),
        ListPhrase::ViewUnsharedNow { name, own: false } => {
            return format!("Only its owner finds the view \"{name}\" now.");
        }
        ListPhrase::ViewRemoved(name) => return format!("The view \"{name}\" is removed."),
        ListPhrase::RowsCopied { count: 1, names } => return format!("Row copied: {names}"),
        ListPhrase::RowsCopied { count, names } => return format!("{count} rows copied: {names}"),
        ListPhrase::ColumnsTitle => "Columns",
        ListPhrase::ColumnsOf(kind) => match kind {
            EntityKind::Client => "Columns of clients",
            EntityKind::Contract => "Columns of contracts",
            EntityKind::Event => "Columns of events",
            EntityKind::Payment => "Columns of payments",
            EntityKind::User => "Columns of the staff",
            EntityKind::Audit => "Columns of the audit log",
        },
        ListPhrase::ColumnsHint => {
            "Space shows or hides, PgUp and PgDn move, Left and Right change the width, Del brings back the usual columns."
        }
        ListPhrase::ColumnFits => "automatic width",
        ListPhrase::ColumnWidth(width) => return format!("{width} wide"),
        ListPhrase::ColumnRepeats => "the same in each row here",
        ListPhrase::ColumnNoRoom => "no room in this window",
        ListPhrase::ColumnsSaved => "These columns are saved for every view of this list.",
        ListPhrase::ColumnsPreset => "Every view of this list has the usual columns again.",
        ListPhrase::ColumnsOfView(name) => {
            return format!("The view \"{name}\" has columns of its own. Save it under another name to change them.");
        }
        ListPhrase::KeyShow => "show",
        ListPhrase::KeyMove => "move",
        ListPhrase::KeyWidth => "width",
        ListPhrase::KeyPreset => "usual columns",
    };
    naming.keys_in(words)
}

fn instalments(phrase: InstalmentPhrase, naming: Naming) -> String {
    use InstalmentPhrase as I;
    let words = match phrase {
        I::Of(contract) => return format!("Instalments of contract {contract}"),
        I::NewPlan => "New payment plan",
        I::EditPlan => "Edit the payment plan",
        I::Plans => "Payment plans",
        I::TotalAndPaid { contract, total, paid: "" } => return format!("{contract}: total {total}"),
        I::TotalAndPaid { contract, total, paid } => {
            return format!("{contract}: total {total}, of which {paid} are paid");
        }
        I::FollowsDefault(plan) => {
            let keys = naming.keys_in("⌨save⌨ agrees them for this contract alone.");
            return format!("These rows follow the default plan, {plan}. {keys}");
        }
        I::FilledIn(plan) => {
            let keys = naming.keys_in("⌨save⌨ agrees them for this contract.");
            return format!("These rows are proposed by the plan {plan}. {keys}");
        }
        I::NothingAgreed => "No instalments are agreed yet, so the amount has no day by which it is due.",
        I::Sum { sum, missing: Some(missing), .. } => return format!("Sum {sum}: {missing} missing"),
        I::Sum { sum, too_much: Some(much), .. } => return format!("Sum {sum}: {much} too much"),
        I::Sum { sum, .. } => return format!("Sum {sum}: right"),
        I::RowOf { at, of } => return format!("row {at} of {of}"),
        I::HintLabel => "What the client reads on the statement, such as Deposit. It may stay empty.",
        I::HintAmount => "An amount, or a share such as 30 %. Empty in the last row: what remains.",
        I::HintShare => "A share in percent, such as 30. Empty in the last row: what remains.",
        I::HintDue => "A date, signature, event, signature + 30, or 60 days before the event.",
        I::HintPlanDue => "signature, event, signature + 30, or 60 days before the event.",
        I::FallsDue { day, past: false } => return format!("Falls due on {day}."),
        I::FallsDue { day, past: true } => return format!("Fell due on {day}: that day is in the past."),
        I::Makes { amount, share } => return format!("{amount}, {share} of the total."),
        I::NotSignedYet => "The contract is not signed yet, so the day is not known.",
        I::NoEventYet => "No event with a date yet, so the day is not known.",
        I::ColDay => "Day",
        I::DayUnknown => "not known",
        I::ChoosePlan => "Choose a plan",
        I::ReplaceByPlan => "Replace these rows by a plan",
        I::NoPlans { may_manage: true } => "There are no plans yet. You find them in the palette under Payment plans.",
        I::NoPlans { may_manage: false } => "There are no plans yet. Management can create them.",
        I::PlanTaken(name) => {
            return format!("{}: {name}. {}", "Plan", naming.keys_in("⌨save⌨ saves the instalments."));
        }
        I::StillReading => "The instalments are still being read.",
        I::Theirs { name, rows } => {
            let name = if name.is_empty() { "Somebody" } else { name };
            let keys = naming.keys_in("⌨take-theirs⌨ swaps, ⌨save⌨ keeps yours");
            return format!("{name} saved: {rows}. {keys}");
        }
        I::TotalChanged { name, total } => {
            let name = if name.is_empty() { "Somebody" } else { name };
            return format!(
                "{name} has changed the total to {total}. Nothing is saved yet: check the rows, then save again."
            );
        }
        I::Row { label: "", part, due } => return format!("{part} {due}"),
        I::Row { label, part, due } => return format!("{label} {part} {due}"),
        I::NoRows => "no rows",
        I::ColPlan => "Plan",
        I::ColParts => "Parts",
        I::IsDefault => "default",
        I::NoPlansYet => "There are no payment plans yet.",
        I::PlansMean => {
            "A payment plan says in which parts contracts are paid, and by when: for instance 30 % at signature, 40 % 60 days before the event, 30 % on the day of the event. With a plan, the instalments of a contract are made by one key, and the program knows what is overdue. ⌨open⌨ creates this example, ⌨new⌨ one of your own. The settings name the default plan, which counts for every contract without instalments of its own."
        }
        I::ExampleName => "30/40/30",
        I::ExampleLabel(0) => "Deposit",
        I::ExampleLabel(1) => "Second instalment",
        I::ExampleLabel(_) => "Balance",
        I::CreateExample => "create 30/40/30",
        I::ChangeDefault(name) => return format!("Change the default plan {name}?"),
        I::MakeDefault(name) => return format!("Make {name} the default plan?"),
        I::MakeNoDefault => "Have no default plan any more?",
        I::MakeDefaultKey => "make default",
        I::MakeNoDefaultKey => "no default",
        I::RemoveRows(contract) => return format!("Remove the instalments of contract {contract}?"),
        I::RemoveRowsMean { plan: Some(plan) } => return format!("From then on it follows the default plan, {plan}."),
        I::RemoveRowsMean { plan: None } => "From then on no day says when it is due, and it is never overdue.",
        I::InstalmentNow { label, amount } => return format!("{label} is now {amount}"),
        I::RemovePlan(name) => return format!("Remove the plan {name}?"),
        I::RemovePlanMeans => "Contracts keep the instalments that were made with it.",
        I::NoDefaultPlan => "none",
        I::DefaultMeans => {
            "For contracts without instalments of their own. Plans: press Ctrl+P and type payment plans."
        }
        I::Waits { line: HomeLine::Overdue | HomeLine::MyOverdue, amount } => return format!("overdue: {amount}"),
        I::Waits { line: HomeLine::DueSoon | HomeLine::MyDueSoon, amount } => {
            return format!("others due in 30 days: {amount}");
        }
        I::Waits { line, .. } => return say(Phrase::Waits(line), naming),
        I::DueOn(day) => return format!("due on {day}"),
        I::Part => "Instalments",
        I::Caption { sum, by_plan, overdue } => {
            let plan = if by_plan { ", by the default plan" } else { "" };
            let late = overdue.map(|(amount, day)| format!("; {amount} overdue since {day}")).unwrap_or_default();
            return format!("Sum {sum}{plan}{late}");
        }
        I::ColState => "State",
        I::Stands { standing: Standing::Paid, .. } => "paid",
        I::Stands { standing: Standing::Overdue, open, day } => return format!("{open} overdue since {day}"),
        I::Stands { standing: Standing::Due | Standing::NotYetKnown, open, .. } => return format!("{open} open"),
        I::Pays { label, position, due } => {
            let label = if label.is_empty() { format!("instalment {position}") } else { label.to_owned() };
            return format!("{label}, {due}.");
        }
        I::PaysAllDue => "All that is due.",
        I::NextDue { amount, day, overdue: true } => return format!("{amount} are overdue since {day}."),
        I::NextDue { amount, day, overdue: false } => return format!("The next {amount} fall due on {day}."),
        I::ChooseAgain { name } => {
            let name = if name.is_empty() { "Somebody" } else { name };
            return format!(
                "{name} has changed the instalments. Nothing is saved yet: choose where the difference goes, then save again."
            );
        }
        I::Count(count) => return some(count, "instalment", "instalments"),
        I::Numbered(position) => return format!("instalment {position}"),
    };
    naming.keys_in(words)
}

fn more_than_due(most: &str) -> String {
    format!("{most} is still due, so no more can be recorded.")
}

/// What is said about clients that may be entered twice.
fn known(phrase: KnownPhrase, naming: Naming) -> String {
    let counted = |count: i64, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    match phrase {
        KnownPhrase::IsTwin => "Another client has the same telephone number, or the same name and company.".to_owned(),
        KnownPhrase::TwinIs { who, person: true, phone: true } => {
            format!("{who} has the same name, company and telephone number.")
        }
        KnownPhrase::TwinIs { who, phone: true, .. } => format!("{who} has the same telephone number."),
        KnownPhrase::TwinIs { who, .. } => format!("{who} has the same name and company."),
        KnownPhrase::ColShared => "Same".to_owned(),
        KnownPhrase::SharedShort(Shared::Person) => "name".to_owned(),
        KnownPhrase::SharedShort(Shared::Phone) => "phone".to_owned(),
        KnownPhrase::SharedShort(Shared::Email) => "e-mail".to_owned(),
        KnownPhrase::PossibleDuplicate => "Possible duplicate".to_owned(),
        KnownPhrase::SharedWith(Shared::Person) => "same name and company as another client".to_owned(),
        KnownPhrase::SharedWith(Shared::Phone) => "same telephone number as another client".to_owned(),
        KnownPhrase::SharedWith(Shared::Email) => "same e-mail as another client".to_owned(),
        KnownPhrase::Has { shared: Shared::Person, who } => format!("Known already? {who} has this name and company."),
        KnownPhrase::Has { shared: Shared::Phone, who } => format!("Known already? {who} has this telephone number."),
        KnownPhrase::Has { shared: Shared::Email, who } => {
            format!("{who} has this address, so no other client can get it.")
        }
        KnownPhrase::SalesContact(name) => format!("client of {name}"),
        KnownPhrase::YourClient => "your client".to_owned(),
        KnownPhrase::IsArchived => "archived".to_owned(),
        KnownPhrase::OfColleague => "A client of a colleague".to_owned(),
        KnownPhrase::MarkTwo => naming.keys_in("Mark the two clients with ⌨mark⌨ first."),
        KnownPhrase::ManagementMerges => "Only management merges clients".to_owned(),
        KnownPhrase::ToMerge { marked: 0 } => naming.keys_in("⌨mark⌨ marks two, then ⌨merge⌨ merges"),
        KnownPhrase::ToMerge { .. } => naming.keys_in("Mark the other one, then ⌨merge⌨ merges"),
        KnownPhrase::VerbMerge => "merge".to_owned(),
        KnownPhrase::MergeTitle => "Merge clients".to_owned(),
        KnownPhrase::MergeHelp => "Merge the two, after one more question.".to_owned(),
        KnownPhrase::TakeOther => "take the other value".to_owned(),
        KnownPhrase::TakeOtherHelp => {
            "Take the value of the other client, or again that of the one that stays.".to_owned()
        }
        KnownPhrase::OtherValue { value, of_kept } => {
            let whose = if of_kept { "The one that stays" } else { "The other one" };
            format!("{whose}: {value}   {}", naming.keys_in("⌨take-theirs⌨ takes this"))
        }
        KnownPhrase::FromOther => "From the other one.".to_owned(),
        KnownPhrase::NotesOfBoth => "The notes of both.".to_owned(),
        KnownPhrase::WhichStays => "Which one stays?".to_owned(),
        KnownPhrase::Without(what) => format!("no {what}"),
        KnownPhrase::Contracts(count) => counted(count, "contract"),
        KnownPhrase::Since(time) => format!("client since {time}"),
        KnownPhrase::Side { name, contracts, since } => {
            format!("{name}: {}, since {since}", counted(contracts, "contract"))
        }
        KnownPhrase::MergeAsk { kept, other } => format!("Merge {other} into {kept}?"),
        KnownPhrase::Moves { contracts: 0, kept, .. } => format!("Nothing has to move to {kept}."),
        KnownPhrase::Moves { contracts, events, payments, kept } => format!(
            "{}, {} and {} move to {kept}.",
            counted(contracts, "contract"),
            counted(events, "event"),
            counted(payments, "payment")
        ),
        KnownPhrase::MergeMeans { kept, other } => {
            let undo = naming.keys_in(
                "Until one of the two changes you can undo this: right after with ⌨undo⌨, later with ⌨merge⌨ in the archived one.",
            );
            format!("{other} is archived; whoever opens it is led to {kept}. {undo}")
        }
        KnownPhrase::MergeAgain("") => {
            "One of the two was changed meanwhile. Nothing was merged; begin again.".to_owned()
        }
        KnownPhrase::MergeAgain(name) => {
            format!("{name} has changed one of the two meanwhile. Nothing was merged; begin again.")
        }
        KnownPhrase::OtherWith { name, contracts: 0 } => format!("{name}, no contracts moved"),
        KnownPhrase::OtherWith { name, contracts } => format!("{name}, {} moved", counted(contracts, "contract")),
        KnownPhrase::VerbUndoMerge => "undo the merge".to_owned(),
        KnownPhrase::UndoMergeHelp => "Make two clients of them again, as they were before the merge.".to_owned(),
        KnownPhrase::UndoMergeAsk => "Undo this merge?".to_owned(),
        KnownPhrase::UndoMergeMeans(contracts) => {
            let back = match contracts {
                0 => String::new(),
                1 => " This one gets its contract back.".to_owned(),
                more => format!(" This one gets its {more} contracts back."),
            };
            format!("Both clients will be as they were before it.{back}")
        }
        KnownPhrase::StaysMerged => "They stay merged.".to_owned(),
        KnownPhrase::NothingMerged => "Nothing was merged.".to_owned(),
        KnownPhrase::MergedNow { kept, other, contracts, undone } if kept == other => {
            let moved = match (contracts, undone) {
                (0, _) => String::new(),
                (1, false) => "; 1 contract was moved".to_owned(),
                (1, true) => "; 1 contract was moved back".to_owned(),
                (more, false) => format!("; {more} contracts were moved"),
                (more, true) => format!("; {more} contracts were moved back"),
            };
            if undone {
                format!("{kept} is two clients again{moved}.")
            } else {
                format!("The two clients {kept} are one now{moved}.")
            }
        }
        KnownPhrase::MergedNow { kept, other, contracts, undone } => {
            let moved = match (contracts, undone) {
                (0, _) => String::new(),
                (1, false) => ", with 1 contract".to_owned(),
                (1, true) => ", and has 1 contract back".to_owned(),
                (more, false) => format!(", with {more} contracts"),
                (more, true) => format!(", and has {more} contracts back"),
            };
            if undone {
                format!("{other} is a client beside {kept} again{moved}.")
            } else {
                format!("{other} is merged into {kept}{moved}.")
            }
        }
        KnownPhrase::PartMergedInto => "Merged into".to_owned(),
    }
}

fn payments(phrase: PaymentPhrase, naming: Naming) -> String {
    let words = match phrase {
        PaymentPhrase::Record => "Record a payment",
        PaymentPhrase::Edit => "Edit the payment",
        PaymentPhrase::Cancel => "Cancel the payment",
        PaymentPhrase::VerbCancel => "cancel",
        PaymentPhrase::EnterRecords => "Enter records, Tab goes on.",
        PaymentPhrase::Refunds => "A refund has a minus.",
        PaymentPhrase::Method(method) => match method {
            Method::Transfer => "transfer",
            Method::Card => "card",
            Method::Cheque => "cheque",
            Method::Cash => "cash",
            Method::Other => "other",
            Method::Opening => "before",
        },
        PaymentPhrase::Heading { refund, amount, client } => {
            return format!("{} of {amount}, {client}", if refund { "Refund" } else { "Payment" });
        }
        PaymentPhrase::ColDay => "Paid on",
        PaymentPhrase::ColAmount => "Amount",
        PaymentPhrase::ColMethod => "Method",
        PaymentPhrase::ColContract => "Contract",
        PaymentPhrase::ColReference => "Reference",
        PaymentPhrase::ColState => "State",
        PaymentPhrase::Cancelled => "cancelled",
        PaymentPhrase::UndoHint => "Press ⌨undo⌨ to cancel this payment.",
        PaymentPhrase::AsLastTime => "As last time.",
        PaymentPhrase::Undone => "undone right after it was recorded",
        PaymentPhrase::ViewRefunds => "Refunds",
        PaymentPhrase::ViewCancelled => "Cancelled",
        PaymentPhrase::Part => "Payments",
        PaymentPhrase::Print => "What do you want to print?",
        PaymentPhrase::PrintReceipt => "The receipt of this payment",
        PaymentPhrase::PrintStatement(contract) => return format!("The statement of contract {contract}"),
        PaymentPhrase::Paid => "Paid",
        PaymentPhrase::Due(amount) => return format!("{amount} due"),
        PaymentPhrase::FullyPaid => "fully paid",
        PaymentPhrase::PayHelp => "Record a payment: choose the contract first.",
        PaymentPhrase::Sums { count, refund, paid, cancelled } => {
            let payments = plural(count, "payment", "payments");
            let cancelled = cancelled.map(|amount| format!(", and {amount} cancelled")).unwrap_or_default();
            return format!("{payments}: {paid} {}{cancelled}", if refund { "refunded" } else { "paid" });
        }
        PaymentPhrase::TooManyToSum(count) => {
            return format!("More than {} payments: narrow the list to see their sum", number(count));
        }
        PaymentPhrase::MoreThanDue(most) => return more_than_due(most),
        PaymentPhrase::Now { cancelled, refund, amount, due, due_in_words, contract } => {
            let what = if refund { "Refund" } else { "Payment" };
            let done = if cancelled { "cancelled" } else { "recorded" };
            let now = if due == Cents(0) {
                format!("contract {contract} is fully paid")
            } else {
                format!("{due_in_words} are still due on contract {contract}")
            };
            return format!("{what} of {amount} is {done}; {now}.");
        }
    };
    naming.keys_in(words)
}

/// What became of rows or records: `12 new, 3 changed`. Of the rest there are none.
fn tallied(Tally { created, changed, unchanged, refused, left_out, removed, restored, kept }: Tally) -> String {
    let kinds = [
        (created, "new"),
        (changed, "changed"),
        (removed, "taken out"),
        (restored, "restored"),
        (kept, "kept"),
        (refused, "refused"),
        (left_out, "left out"),
        (unchanged, "unchanged"),
    ];
    let there = kinds.into_iter().filter(|(count, _)| *count > 0);
    there.map(|(count, words)| format!("{} {words}", many(count))).collect::<Vec<_>>().join(", ")
}

fn imports(phrase: ImportPhrase, naming: Naming) -> String {
    let words = match phrase {
        ImportPhrase::Holds(EntityKind::Client) => "clients",
        ImportPhrase::Holds(EntityKind::Contract) => "contracts",
        ImportPhrase::Holds(EntityKind::Event) => "events",
        ImportPhrase::Holds(EntityKind::Payment) => "payments",
        ImportPhrase::Holds(EntityKind::User) => "staff",
        ImportPhrase::Holds(EntityKind::Audit) => "audit log",
        ImportPhrase::Counts(Counts { created, changed, unchanged, refused, suspected }) => {
            let duplicates = if suspected == 1 { "possible duplicate" } else { "possible duplicates" };
            return format!(
                "{} new, {} changed, {} unchanged, {} refused, {} {duplicates}.",
                many(created),
                many(changed),
                many(unchanged),
                many(refused),
                many(suspected)
            );
        }
        ImportPhrase::Tally(tally) => return tallied(tally),
        ImportPhrase::Refused { row, name, reasons } => return format!("Row {row} ({name}): {reasons}"),
        ImportPhrase::Suspected { row, name, known, detail } => {
            return format!("Row {row} ({name}) may be {known} ({detail}).");
        }
        ImportPhrase::More(rows) => return format!("And {} more.", many(rows)),
        ImportPhrase::RefusedAll(rows) => {
            let rows = if rows == 1 { "1 row is".to_owned() } else { format!("{} rows are", many(rows)) };
            return format!("Nothing was imported, since {rows} refused.");
        }
        ImportPhrase::Done { created, changed, left_out } => {
            let left_out = if left_out > 0 { format!(", {} left out", many(left_out)) } else { String::new() };
            return format!("Imported: {} new, {} changed{left_out}.", many(created), many(changed));
        }
        ImportPhrase::NothingNew { refused: 0, left_out: 0 } => {
            "Nothing was imported, since all rows are known already."
        }
        ImportPhrase::NothingNew { refused, left_out } => {
            let are = |count: usize| if count == 1 { "is" } else { "are" };
            let refused_rows = (refused > 0).then(|| format!("{} {} refused", plural_rows(refused), are(refused)));
            let duplicates = if left_out == 1 { "possible duplicate" } else { "possible duplicates" };
            let left_out =
                (left_out > 0).then(|| format!("{} {duplicates} {} left out", many(left_out), are(left_out)));
            let why: Vec<String> = refused_rows.into_iter().chain(left_out).collect();
            return format!("Nothing is imported: {}.", why.join(" and "));
        }
        ImportPhrase::DryRun(0) => "This was a dry run: nothing was imported.",
        ImportPhrase::DryRun(refused) => {
            let are = if refused == 1 { "is" } else { "are" };
            return format!("This was a dry run: nothing was imported. {} {are} refused.", plural_rows(refused));
        }
        ImportPhrase::OrderOption => "Say it by --day-order day-first or --day-order month-first.",
        ImportPhrase::KindUnknown => {
            "The headings do not tell what the file holds. Say so: clients, contracts, events, staff or payments."
        }
        ImportPhrase::Missing(fields) => return format!("No column of the file is: {fields}."),
        ImportPhrase::OrderUnknown => "The dates do not tell whether the day or the month comes first.",
        ImportPhrase::OrderMixed => {
            "Some dates have the day first, others the month. Choose which one it is: the others will be refused."
        }
        ImportPhrase::NoHeading(heading) => return format!("The file has no column {heading}."),
        ImportPhrase::NoField { field, fields } => return format!("There is no field {field}. There are: {fields}."),
        ImportPhrase::NoSalesPerson(name) => return format!("No active sales person has the username {name}."),
        ImportPhrase::NewAccounts(1) => {
            "The new account has no password yet: give it a temporary one in the staff list."
        }
        ImportPhrase::NewAccounts(accounts) => {
            return format!(
                "The {} new accounts have no passwords yet: give each a temporary one in the staff list.",
                many(accounts)
            );
        }
        ImportPhrase::Title => "Import",
        ImportPhrase::TitleOf(file) => return format!("Import of {file}"),
        ImportPhrase::Empty => return naming.keys_in("Nothing was imported yet. ⌨new⌨ asks for a file."),
        ImportPhrase::EmptyFiles => {
            "Spreadsheets are read as CSV, xlsx or ods. The names of their columns may be English or French, and files that this program has exported fit as they are. You see what an import would do before anything is written, and it can be taken back."
        }
        ImportPhrase::EmptyOrder => {
            "Import in this order, since each file refers to those before it: staff, clients, contracts, events, payments."
        }
        ImportPhrase::ColFile => "File",
        ImportPhrase::ColHeld => "It held",
        ImportPhrase::ColResult => "Result",
        ImportPhrase::Result { created, changed } => {
            return format!("{} new, {} changed", many(created), many(changed));
        }
        ImportPhrase::HowMany { kind, count } => return of_kind(kind, count),
        ImportPhrase::IsTakenBack => "taken back",
        ImportPhrase::TakenBackAt => "Taken back",
        ImportPhrase::WhichFile => "Which file?",
        ImportPhrase::WhichFileHint => {
            "The path of a CSV, xlsx or ods file. It can be pasted, may begin with ~, and Tab completes it."
        }
        ImportPhrase::KeyComplete => "complete",
        ImportPhrase::NothingToComplete => "No folder and no spreadsheet begins like this.",
        ImportPhrase::TypePath => "Type or paste the path of a file first, or leave by Esc.",
        ImportPhrase::Seen { format, sheet, rows, heading_row } => {
            let format = match format {
                SheetFormat::Csv { encoding, separator } => {
                    let separator = match separator {
                        Separator::Comma => "commas",
                        Separator::Semicolon => "semicolons",
                        Separator::Tab => "tabs",
                    };
                    let encoding = match encoding {
                        Encoding::Utf8 => "UTF-8",
                        Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
                        Encoding::Windows1252 => "Windows",
                    };
                    format!("Text with {separator} between the columns (letters: {encoding})")
                }
                SheetFormat::Xlsx => "Excel workbook".to_owned(),
                SheetFormat::Ods => "LibreOffice workbook".to_owned(),
            };
            let sheet = sheet.map(|sheet| format!(", sheet {sheet}")).unwrap_or_default();
            let rows = if rows == 1 { "1 row".to_owned() } else { format!("{} rows", many(rows)) };
            return format!("{format}{sheet}: {rows} below the headings in row {heading_row}.");
        }
        ImportPhrase::ReadAs { read, unread: "" } => return format!("Columns: {read}."),
        ImportPhrase::ReadAs { read, unread } => return format!("Columns: {read}; not imported: {unread}."),
        ImportPhrase::SeenLeftOut(1) => "1 row was left out: it is empty, repeats the headings or is a total.",
        ImportPhrase::SeenLeftOut(rows) => {
            return format!("{rows} rows were left out: they are empty, repeat the headings or are totals.");
        }
        ImportPhrase::LabelHolds => "It holds",
        ImportPhrase::WhatHolds => "What does the file hold?",
        ImportPhrase::ChooseHolds => "to be chosen: the headings do not tell",
        ImportPhrase::LabelOrder => "Dates",
        ImportPhrase::WhichOrder => "What comes first in the dates of the file?",
        ImportPhrase::Order(DayOrder::DayFirst) => "the day first, as in 18/04/2021",
        ImportPhrase::Order(DayOrder::MonthFirst) => "the month first, as in 04/18/2021",
        ImportPhrase::ChooseOrder => "to be chosen: the day or the month first",
        ImportPhrase::LabelContact => "Sales contact",
        ImportPhrase::WhichContact => "Who looks after new clients whose row names nobody?",
        ImportPhrase::Contact(name) => return format!("{name}, for rows that name nobody"),
        ImportPhrase::NoContact => "nobody: new clients that name nobody are refused",
        ImportPhrase::NobodyContact => "Nobody: these rows are refused",
        ImportPhrase::LabelDuplicates => "Possible duplicates",
        ImportPhrase::Choice(Choice::Skip) => "leave out",
        ImportPhrase::Choice(Choice::Update) => "update the known record",
        ImportPhrase::Choice(Choice::Create) => "create a new record",
        ImportPhrase::ColColumn => "Column",
        ImportPhrase::ColReadAs => "Read as",
        ImportPhrase::ColSamples => "Samples",
        ImportPhrase::NoHeadingHere => "(no name)",
        ImportPhrase::NotImported => "not imported",
        ImportPhrase::WhichField(heading) => return format!("As what is {heading} read?"),
        ImportPhrase::FieldOf { field: of, heading } => return format!("{} (now {heading})", field(of)),
        ImportPhrase::KeyPreview => "preview",
        ImportPhrase::KeyPreviewMeans => "Show what importing the file would do. Nothing is written yet.",
        ImportPhrase::KeyChange => "change",
        ImportPhrase::KeyChangeMeans => "Change the selected line.",
        ImportPhrase::OpenInLogMeans => "Show in the audit log what became of this file.",
        ImportPhrase::NewMeans => "Choose a spreadsheet to import.",
        ImportPhrase::Comparing { done, rows } => {
            return format!("Comparing with the records of the company: {} of {} rows.", many(done), many(rows));
        }
        ImportPhrase::Checking { done, rows } => {
            return format!("Checking: {} of {} rows. Esc stops it, and nothing is imported.", many(done), many(rows));
        }
        ImportPhrase::Importing { done, rows } => {
            return format!("Importing: {} of {} rows. Esc stops it, and nothing is imported.", many(done), many(rows));
        }
        ImportPhrase::Stopping => "The import is being stopped.",
        ImportPhrase::KeyStop => "stop",
        ImportPhrase::KeyStopMeans => "Stop the import. Nothing is imported then.",
        ImportPhrase::TakingBack { done, total } => {
            return format!(
                "Taking the import back: {} of {} records. Esc stops it, and the import stays as it is.",
                many(done),
                many(total)
            );
        }
        ImportPhrase::StoppingToTakeBack => "Taking the import back is being stopped.",
        ImportPhrase::StopToTakeBackMeans => "Stop taking the import back. It stays as it is then.",
        ImportPhrase::StillImporting => "A file is still being imported.",
        ImportPhrase::StillTakingBack => "An import is still being taken back.",
        ImportPhrase::LeavingStops => {
            "If you leave now, this is stopped and nothing is changed, unless it is just being finished."
        }
        ImportPhrase::PasswordAfter => "A file is being imported. Your password is checked right after it.",
        ImportPhrase::NotComparedYet => "The preview is not there yet.",
        ImportPhrase::NotCompared => {
            return naming.keys_in("The file was not compared with the records. ⌨refresh⌨ does it.");
        }
        ImportPhrase::RowsOf(None, rows) => return format!("All rows ({})", many(rows)),
        ImportPhrase::RowsOf(Some(kind), rows) => {
            let kind = match kind {
                RowKind::New => "New",
                RowKind::Changed => "Changed",
                RowKind::Unchanged => "Unchanged",
                RowKind::Refused => "Refused",
                RowKind::Suspected => "Possible duplicates",
            };
            return format!("{kind} ({})", many(rows));
        }
        ImportPhrase::WhichRows => "Which rows?",
        ImportPhrase::NoRows => "There are no such rows.",
        ImportPhrase::KeyNextKind => "next kind",
        ImportPhrase::ColRow => "Row",
        ImportPhrase::ColName => "Name",
        ImportPhrase::ColFinding => "What happens",
        ImportPhrase::Finding(RowKind::New) => "new",
        ImportPhrase::Finding(RowKind::Changed) => "changed",
        ImportPhrase::Finding(RowKind::Unchanged) => "unchanged",
        ImportPhrase::Finding(RowKind::Refused) => "refused",
        ImportPhrase::Finding(RowKind::Suspected) => "possible duplicate",
        ImportPhrase::MayBe { known, detail, choice } => {
            let choice = imports(ImportPhrase::Choice(choice), naming);
            return format!("{choice}: may be {}", named(known, detail));
        }
        ImportPhrase::LabelIfUpdated => "If updated",
        ImportPhrase::RowOfFile(row) => return format!("the same as row {row}"),
        ImportPhrase::LabelKnown => "May be",
        ImportPhrase::LabelDecided => "Decided",
        ImportPhrase::LabelReasons => "Why",
        ImportPhrase::LabelRowSays => "The row says",
        ImportPhrase::MoreFacts => return naming.keys_in("… ⌨open⌨ shows the rest."),
        ImportPhrase::KeyFacts => "details",
        ImportPhrase::KeyFactsMeans => "Show all that is known of the row.",
        ImportPhrase::CellEmpty => "The cell is empty.",
        ImportPhrase::NoSuchColumn => "The file has no such column.",
        ImportPhrase::NoneNamed => "There is none, and the row names none.",
        ImportPhrase::OneOf(words) => return format!("This is none of these: {words}."),
        ImportPhrase::SeveralFit { fitting, of } => {
            let how = match of {
                Field::SalesContactId | Field::SupportId => "Write the username instead.",
                Field::ClientId | Field::Email => "Add the e-mail address or the company.",
                Field::ContractId => "Write the number of the contract.",
                _ => "Name the one that is meant more exactly.",
            };
            return format!("{} fit this. {how}", many(fitting));
        }
        ImportPhrase::SameAsRow { row, kind } => {
            let same = match kind {
                EntityKind::Client => "client",
                EntityKind::Contract => "contract",
                EntityKind::Event => "event",
                EntityKind::Payment => "payment",
                EntityKind::User => "person",
                EntityKind::Audit => "line",
            };
            return format!("Row {row} is about the same {same}.");
        }
        ImportPhrase::Duplicates { left_out, updated, created } => {
            let parts = [(left_out, "left out"), (updated, "to be updated"), (created, "to be created")];
            let parts = parts.into_iter().filter(|(count, _)| *count > 0);
            let parts: Vec<String> = parts.map(|(count, what)| format!("{} {what}", many(count))).collect();
            return format!("{}.", parts.join(", "));
        }
        ImportPhrase::AlsoDecided(1) => "This also holds for the one that you had decided by itself.",
        ImportPhrase::AlsoDecided(rows) => {
            return format!("This also holds for the {} that you had decided one by one.", many(rows));
        }
        ImportPhrase::LabelArchive => "Archive",
        ImportPhrase::Archives(true) => "is archived",
        ImportPhrase::Archives(false) => "comes back from the archive",
        ImportPhrase::KeyDecide => "decide",
        ImportPhrase::KeyDecideMeans => "Decide what to do with a possible duplicate, or with all of them.",
        ImportPhrase::NotADuplicate => "Only possible duplicates have to be decided.",
        ImportPhrase::Decide { row, name } => return format!("Row {row}, {name}: a possible duplicate"),
        ImportPhrase::ComparedAgain => "The file was compared again with what you decided.",
        ImportPhrase::RowsDiffer(1) => {
            "The file was compared again with what you decided: 1 row is not as you saw it. Look at it, then import."
        }
        ImportPhrase::RowsDiffer(rows) => {
            return format!(
                "The file was compared again with what you decided: {} rows are not as you saw them. Look at them, then import.",
                many(rows)
            );
        }
        ImportPhrase::DecideAgain { row, rows: 1 } => {
            return format!(
                "Row {row} may be about another record than you decided about, or that one was changed. Decide again."
            );
        }
        ImportPhrase::DecideAgain { row, rows } => {
            return format!(
                "{} rows, the first is row {row}, may be about other records than you decided about, or these were changed. Decide again.",
                many(rows)
            );
        }
        ImportPhrase::ForAll(choice) => {
            return format!("All: {}", imports(ImportPhrase::Choice(choice), naming));
        }
        ImportPhrase::KeySaveRefused => "save refused",
        ImportPhrase::KeySaveRefusedMeans => {
            "Write the refused rows with their reasons to a file, to mend and import them."
        }
        ImportPhrase::NothingRefused => "No row is refused.",
        ImportPhrase::RefusedSaved { rows: 1, path } => return format!("The refused row is in {path}."),
        ImportPhrase::RefusedSaved { rows, path } => return format!("The {} refused rows are in {path}.", many(rows)),
        ImportPhrase::ReasonHeading => "Why refused",
        ImportPhrase::KeyImport => "import",
        ImportPhrase::KeyImportMeans => "Import what the preview shows, after a question.",
        ImportPhrase::Ask(file) => return format!("Import {file}?"),
        ImportPhrase::VerbImport(file) => return format!("Import {file}"),
        ImportPhrase::TakeBackOf(file) => return format!("Take back the import of {file}"),
        ImportPhrase::Will { kind, created, changed, refused, left_out } => {
            let new = of_kind(kind, created).replacen(' ', " new ", 1);
            let written = match (created, changed) {
                (_, 0) => new,
                (0, changed) => format!("{} changed", of_kind(kind, changed)),
                (_, changed) => format!("{new}, {} changed", many(changed)),
            };
            let refused = match refused {
                0 => None,
                1 => Some("1 refused row".to_owned()),
                rows => Some(format!("{} refused rows", many(rows))),
            };
            let left_out = match left_out {
                0 => None,
                1 => Some("1 possible duplicate".to_owned()),
                rows => Some(format!("{} possible duplicates", many(rows))),
            };
            return match (refused, left_out) {
                (None, None) => format!("{written}."),
                (Some(refused), Some(left_out)) => format!("{written}; {refused} and {left_out} stay out."),
                (Some(one), None) | (None, Some(one)) if one.starts_with("1 ") => {
                    format!("{written}; {one} stays out.")
                }
                (Some(some), None) | (None, Some(some)) => format!("{written}; {some} stay out."),
            };
        }
        ImportPhrase::WillUndo => return naming.keys_in("Afterwards ⌨undo⌨ takes it back."),
        ImportPhrase::WillFollowPlan => {
            "New contracts follow the default payment plan, so old ones may be overdue at once."
        }
        ImportPhrase::WillBePaidToday => "What was paid before is recorded as a payment of today.",
        ImportPhrase::NothingImported => "Nothing was imported.",
        ImportPhrase::Imported { kind, created, changed, left_out } => {
            let written = match (created, changed) {
                (1, 0) => format!("{} is created", of_kind(kind, 1)),
                (created, 0) => format!("{} are created", of_kind(kind, created)),
                (0, 1) => format!("{} is changed", of_kind(kind, 1)),
                (0, changed) => format!("{} are changed", of_kind(kind, changed)),
                (created, changed) => {
                    let is = |count: usize| if count == 1 { "is" } else { "are" };
                    let new = of_kind(kind, created);
                    format!("{new} {} created and {} {} changed", is(created), many(changed), is(changed))
                }
            };
            return match left_out {
                0 => format!("{written}."),
                1 => format!("{written}; 1 row was left out."),
                rows => format!("{written}; {} rows were left out.", many(rows)),
            };
        }
        ImportPhrase::VerbTakeBack => "take back",
        ImportPhrase::TakeBackMeans => "Take the selected import back, after a question.",
        ImportPhrase::TakeBackLastMeans(file) => {
            return format!("Take back the import of {file}, your last change, after a question.");
        }
        ImportPhrase::DoNothing => "Cancel",
        ImportPhrase::AskTakeBack(file) => return format!("Take back the import of {file}?"),
        ImportPhrase::TakingBackMeans => {
            "What it created is archived (staff are deactivated, payments cancelled), and what it changed gets its former values again. Records that somebody has changed since stay as they are, and are listed. If other imports build on this one, take those back first."
        }
        ImportPhrase::StaysImported => "The import stays as it is.",
        ImportPhrase::TakenBack { file, kind, removed, restored, kept } => {
            let is = |count: usize| if count == 1 { "is" } else { "are" };
            let how = match kind {
                EntityKind::User => "deactivated",
                EntityKind::Payment => "cancelled",
                EntityKind::Client | EntityKind::Contract | EntityKind::Event | EntityKind::Audit => "archived",
            };
            let records = |count: usize| if count == 1 { "record" } else { "records" };
            let removed =
                (removed > 0).then(|| format!("{} new {} {} {how}", many(removed), records(removed), is(removed)));
            let restored = (restored > 0)
                .then(|| format!("{} changed {} {} as before", many(restored), records(restored), is(restored)));
            let kept = match kept {
                0 => None,
                1 => Some("1 record was left as it is".to_owned()),
                kept => Some(format!("{} records were left as they are", many(kept))),
            };
            if let (None, None, Some(kept)) = (&removed, &restored, &kept) {
                return format!("Nothing of the import of {file} could be taken back: {kept}.");
            }
            let parts: Vec<String> = [removed, restored, kept].into_iter().flatten().collect();
            if parts.is_empty() {
                return format!("The import of {file} is taken back.");
            }
            return format!("The import of {file} is taken back: {}.", parts.join(", "));
        }
        ImportPhrase::KeptBy(name) => return format!("changed since by {name}"),
        ImportPhrase::KeptNeeded => "needed by other records, or signed",
        ImportPhrase::AskLeave => "Leave this file?",
        ImportPhrase::LeaveMeans => "What you chose for it is lost. Nothing was imported.",
        ImportPhrase::LookInList => "The list of imports says whether it was imported.",
    };
    words.to_owned()
}

/// A record as a sentence names it, with what tells it from others.
fn named(name: &str, detail: &str) -> String {
    if detail.is_empty() { name.to_owned() } else { format!("{name} ({detail})") }
}

fn plural_rows(count: usize) -> String {
    format!("{} {}", many(count), if count == 1 { "row" } else { "rows" })
}

/// How many records of a kind.
fn of_kind(kind: EntityKind, count: usize) -> String {
    let (one, several) = match kind {
        EntityKind::Client => ("client", "clients"),
        EntityKind::Contract => ("contract", "contracts"),
        EntityKind::Event => ("event", "events"),
        EntityKind::Payment => ("payment", "payments"),
        EntityKind::User => ("member of staff", "members of staff"),
        EntityKind::Audit => ("line", "lines"),
    };
    format!("{} {}", many(count), if count == 1 { one } else { several })
}

fn many(count: usize) -> String {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::SignedIn => "signed in",
        Verb::SignInRefused => "sign-in refused",
        Verb::Refused => "action refused",
        Verb::UserCreated => "account created",
        Verb::UserUpdated => "account changed",
        Verb::UserDeactivated => "account deactivated",
        Verb::UserReactivated => "account reactivated",
        Verb::PasswordReset => "password reset",
        Verb::PasswordChanged => "own password changed",
        Verb::ClientCreated => "client created",
        Verb::ClientUpdated => "client changed",
        Verb::ClientHandedOver => "client handed over",
        Verb::ClientArchived => "client archived",
        Verb::ClientRestored => "client restored",
        Verb::ClientMerged => "client merged",
        Verb::MergeUndone => "merge undone",
        Verb::ContractMoved => "contract moved",
        Verb::ContractCreated => "contract created",
        Verb::ContractUpdated => "contract changed",
        Verb::InstalmentsSet => "instalments changed",
        Verb::ContractSigned => "contract signed",
        Verb::ContractArchived => "contract archived",
        Verb::ContractRestored => "contract restored",
        Verb::EventCreated => "event created",
        Verb::EventUpdated => "event changed",
        Verb::StatusChanged => "status changed",
        Verb::SupportAssigned => "support assigned",
        Verb::EventArchived => "event archived",
        Verb::EventRestored => "event restored",
        Verb::PaymentRecorded => "payment recorded",
        Verb::PaymentUpdated => "payment changed",
        Verb::PaymentCancelled => "payment cancelled",
        Verb::PlanCreated => "plan created",
        Verb::PlanUpdated => "plan changed",
        Verb::PlanRemoved => "plan removed",
        Verb::Imported => "file imported",
        Verb::ImportReverted => "import taken back",
        Verb::Exported => "list exported",
        Verb::Printed => "document printed",
        Verb::ViewSaved => "view saved",
        Verb::ViewChanged => "view changed",
        Verb::ViewRemoved => "view removed",
        Verb::ColumnsSaved => "columns changed",
        Verb::SettingsUpdated => "settings changed",
    }
}

pub(super) fn command(command: Command) -> (&'static str, &'static str) {
    match command {
        Command::Up => ("up", "One line up."),
        Command::Down => ("down", "One line down."),
        Command::PageUp => ("page up", "A screenful up."),
        Command::PageDown => ("page down", "A screenful down."),
        Command::Left => ("day before", "Go to the day before."),
        Command::Right => ("next day", "Go to the next day."),
        Command::Calendar => ("calendar", "The events by day and support person."),
        Command::InsertRow => ("add row", "Add a row after this one."),
        Command::RemoveRow => ("remove row", "Remove this row."),
        Command::MakeDefault => {
            ("make default", "Make it the plan of contracts without instalments of their own, or not.")
        }
        Command::ChoosePlan => ("plan", "Fill in the rows of a payment plan."),
        Command::PickDay => ("pick a day", "Pick the day from its month."),
        Command::Home => ("first", "Go to the first line."),
        Command::End => ("last", "Go to the last line."),
        Command::Open => ("open", "Open what is selected."),
        Command::New => ("new", "Create a new record."),
        Command::Edit => ("edit", "Edit this record."),
        Command::Assign => ("assign support", "Give the event, or all marked ones, to a support person."),
        Command::Archive => ("archive", "Hide it from the lists; nothing is deleted."),
        Command::Sign => ("sign", "Record that the contract is signed."),
        Command::Pay => ("payment", "Record a payment or a refund of the contract."),
        Command::Instalments => ("instalments", "Agree in which parts the contract is paid, and by when."),
        Command::SetStatus => ("status", "Set the status: planned, confirmed, done or cancelled."),
        Command::Merge => ("merge", "Merge two marked clients into one."),
        Command::HandOver => ("hand over", "Give the client, or all marked ones, to another sales person."),
        Command::ResetPassword => ("reset password", "Set a temporary password."),
        Command::Filter => ("filter", "Show only what contains these words."),
        Command::Refine => ("more filters", "Filter by dates, amounts and people."),
        Command::Sort => ("sort", "Sort by another column; choosing the same one again reverses the order."),
        Command::View => ("view", "Choose another view of this list."),
        Command::Columns => ("columns", "Which columns this list has, in which order and how wide."),
        Command::Mark => ("mark", "Mark and go down, to do something with several at once."),
        Command::Undo => ("undo", "Take back my last change: assignment, edit, archiving."),
        Command::Copy => ("copy", "Copy the row or the record to the clipboard."),
        Command::CopyPart => ("copy a part", "Copy one of its values, such as the phone."),
        Command::Propose => ("suggest a password", "Suggest a temporary password that is easy to read aloud."),
        Command::TakeTheirs => {
            ("swap with theirs", "Use what the other person saved instead of yours, or yours again.")
        }
        Command::Language => ("Français", "Parler français."),
        Command::Export => ("export", "Write everything in this list to a file."),
        Command::Print => ("print", "Write a page to print or to send: event sheet, statement, receipt."),
        Command::Save => ("save", "Save what was typed."),
        Command::NextField => ("next field", "Go to the next field."),
        Command::PreviousField => ("", "Go to the field before."),
        Command::NextPart => ("next part", "Go to the next part of this screen."),
        Command::PreviousPart => ("", "Go to the part before."),
        Command::Refresh => ("refresh", "Load everything again."),
        Command::Help => ("help", "What you can do here."),
        Command::Palette => ("go to", "Go to any screen, action or record by typing its name."),
        Command::Lock => ("lock", "Lock the session; your work is kept."),
        Command::Back => ("back", "One level up."),
        Command::Quit => ("quit", "Leave the program."),
    }
}

/// Other words by which people look for a screen, a view or a way out.
pub(super) fn also(what: Phrase) -> &'static str {
    match what {
        Phrase::Home => "start menu main overview dashboard waiting",
        Phrase::ListOf(EntityKind::Client) => {
            "customers companies contacts people prospects leads address telephone phone call caller"
        }
        Phrase::ListOf(EntityKind::Contract) => {
            "deals quotes sales agreements money amounts invoice invoices signature"
        }
        Phrase::ListOf(EntityKind::Event) => "parties weddings jobs bookings dates",
        Phrase::ListOf(EntityKind::Payment) => {
            "paid received money refunds refund cash cheques transfers receipts income"
        }
        Phrase::ListOf(EntityKind::User) => {
            "employees team colleagues users people accounts managers members telephone phone forgotten"
        }
        Phrase::ListOf(EntityKind::Audit) => "history journal changes changed trace who",
        Phrase::Calendar => "agenda planning schedule diary week month days dates plan availability",
        Phrase::NewClient => "add create customer company contact prospect lead",
        Phrase::NewContract => "add create deal quote agreement",
        Phrase::NewEvent => "add create party wedding booking",
        Phrase::Instalment(InstalmentPhrase::Plans) => "plan plans default standard template templates terms",
        Phrase::Import(ImportPhrase::Title) => {
            "file files load migrate move upload data excel csv xlsx ods spreadsheets table"
        }
        Phrase::Payment(PaymentPhrase::Record) => {
            "pay payment money received paid refund deposit enter add cash cheque"
        }
        Phrase::NewUser => "add create employee colleague user account hire sales support manager management",
        Phrase::Settings => "configuration options currency money timezone zone name rights visibility",
        Phrase::Preferences => {
            "options configuration change language colours colors theme mouse contrast french accessibility"
        }
        Phrase::OwnPassword => "password account secret",
        Phrase::Lock => "pause break away screen",
        Phrase::SignOut => "logout log off leave session switch user switch account change user change account another",
        Phrase::VerbQuit => "exit close leave end stop",
        Phrase::ViewNotPaid | Phrase::ViewMineNotPaid => {
            "unpaid owe owes owed owing due balance balances debt debtors money outstanding receivable payment payments invoice invoices"
        }
        Phrase::ViewOverdue | Phrase::ViewMineOverdue => "late reminder chase arrears",
        Phrase::ViewDueSoon | Phrase::ViewMineDueSoon => "soon next coming month",
        Phrase::ViewNotSigned | Phrase::ViewMineNotSigned => "unsigned open pending draft signature",
        Phrase::ViewSigned => "signature",
        Phrase::ViewMineWithoutEvent => "missing unplanned",
        Phrase::ViewMine => "my own",
        Phrase::ViewDuplicates => "twice double same merge",
        Phrase::ViewArchived => "hidden deleted removed old restore",
        Phrase::ViewWithoutSupport => "unassigned nobody assign free open",
        Phrase::ViewWeek => "today tomorrow days soon now",
        Phrase::ViewOpen => "coming upcoming next future",
        Phrase::ViewPast => "old finished done before",
        Phrase::ViewMineNext => "my coming upcoming future today tomorrow",
        Phrase::ViewMineIncomplete => "my incomplete missing",
        Phrase::ViewDeactivated => "inactive left gone former",
        Phrase::ViewRefused => "denied errors attempts",
        _ => "",
    }
}

/// Other words by which people look for a command.
pub(super) fn also_command(command: Command) -> &'static str {
    match command {
        Command::Open => "show details see view",
        Command::New => "add create make",
        Command::Edit => "change modify correct update rename note notes",
        Command::Assign => "give staff send person",
        Command::Archive => "delete remove hide restore deactivate reactivate trash",
        Command::Sign => "signature signed agree",
        Command::Pay => "pay payment money received paid refund deposit cash cheque",
        Command::Instalments => "instalment installment installments schedule payment plan terms parts deposit split",
        Command::InsertRow | Command::RemoveRow => "row line add delete remove",
        Command::MakeDefault => "default plan standard preset",
        Command::ChoosePlan => "payment plan schedule template",
        Command::SetStatus => "state progress confirm confirmed done cancel cancelled planned",
        Command::Merge => "duplicate twice double join unite same",
        Command::HandOver => "give transfer move owner leaver",
        Command::ResetPassword => "forgotten temporary secret",
        Command::Filter => "search find look",
        Command::Refine => "search find amounts dates between",
        Command::Sort => "order column",
        Command::View => "show list",
        Command::Mark => "select several tick choose",
        Command::Undo => "back revert mistake take",
        Command::Copy => "clipboard",
        Command::Columns => "width order show hide layout table",
        Command::Propose => "generate random",
        Command::CopyPart => "clipboard value email telephone phone",
        Command::TakeTheirs => "conflict other",
        Command::Language => "language english french",
        Command::Print => "printer paper page pdf sheet statement receipt briefing handout",
        Command::Export => "print printer file save csv excel spreadsheet download list report pdf backup",
        Command::Save => "keep store write",
        Command::Calendar => "agenda planning schedule diary",
        Command::PickDay => "date calendar month",
        Command::Refresh => "reload update again",
        Command::Help => "keys shortcuts keyboard how what manual questions commands",
        Command::Palette => "search find",
        Command::Lock => "pause away",
        Command::Quit => "exit close",
        Command::Back => "leave close cancel",
        Command::NextPart | Command::PreviousPart => "history tab contracts events",
        Command::Up
        | Command::Down
        | Command::PageUp
        | Command::PageDown
        | Command::Left
        | Command::Right
        | Command::Home
        | Command::End
        | Command::NextField
        | Command::PreviousField => "",
    }
}

/// The labels of `doctor`.
pub(super) fn label(label: Label) -> &'static str {
    match label {
        Label::Folders => "Folders",
        Label::NotThere => "not there yet",
        Label::Settings => "Configuration, and where each value comes from",
        Label::BuiltIn => "nothing is set: every value is the built-in one",
        Label::Database => "Database",
        Label::Screen => "Terminal",
        Label::CommandLine => "command line",
        Label::Environment => "environment",
        Label::System => "system",
        Label::Config => "configuration",
        Label::Data => "data",
        Label::State => "logs",
        Label::Exports => "exports",
        Label::Address => "address",
        Label::Problem => "problem",
        Label::Terminal => "terminal",
        Label::Size => "size",
        Label::Theme => "colours",
        Label::Warning => "WARNING",
        Label::Fault => "FAULT",
        Label::Unknown => "NOT KNOWN",
        Label::Nothing => "none",
    }
}

/// What `doctor` looks at.
pub(super) fn check(check: Check) -> &'static str {
    match check {
        Check::Connection => "connection",
        Check::Server => "server",
        Check::File => "file is whole",
        Check::Tables => "tables",
        Check::Company => "company",
        Check::AmountsDue => "contracts with a wrong amount due",
        Check::Encryption => "encryption",
        Check::MissingRights => "missing rights",
        Check::ExcessiveRights => "more rights than needed",
        Check::Triggers => "triggers",
        Check::TriggerDefiner => "account of the triggers",
        Check::CharacterSet => "collation of the tables",
        Check::SqlMode => "SQL mode",
        Check::FlushLogAtCommit => "innodb_flush_log_at_trx_commit",
        Check::BinaryLog => "binary log",
        Check::SyncBinlog => "sync_binlog",
        Check::BinlogExpiry => "binlog_expire_logs_seconds",
        Check::TrustFunctionCreators => "log_bin_trust_function_creators",
        Check::WsrepSyncWait => "wsrep_sync_wait",
        Check::Clock => "clock of the server",
        Check::Writable => "file can be written",
        Check::DatabaseSpace => "free space, database",
        Check::UnusedFile => "file that is not used",
        Check::LogFolder => "folder of the logs",
        Check::LogSpace => "free space, logs",
    }
}

/// What it means that `doctor` found this.
pub(super) fn means(finding: &Finding) -> &'static str {
    match (finding.check, finding.verdict, &finding.found) {
        (Check::Connection, _, _) => "The database can be reached with this address.",
        (Check::Server, _, _) => "The server and its version, as it names itself.",
        (Check::File, Verdict::Fault, _) => {
            "The file is damaged. Restore a backup; the damaged file is kept beside it."
        }
        (Check::File, _, _) => "The whole file was read, and nothing in it is damaged.",
        (Check::Tables, Verdict::Fault, Found::Versions(from, _)) if from.is_empty() => {
            "There are no tables of a company here yet. `epic-events --init` creates them, on a server with the set-up account."
        }
        (Check::Tables, Verdict::Fault, _) => {
            "The program cannot be used with these tables. If they are older, run `migrate` with the set-up account; if they are newer, update the program."
        }
        (Check::Tables, Verdict::Warning, _) => {
            "The tables are older. They are migrated when the program next opens the file."
        }
        (Check::Tables, Verdict::Unknown, _) => {
            "The account may not read which version the tables have: see the missing rights."
        }
        (Check::Tables, _, _) => "The tables are up to date.",
        (Check::Company, Verdict::Fault, _) => "There is no company here yet. Check the address, or set one up.",
        (Check::Company, Verdict::Unknown, _) => {
            "The account may not read the settings of the company: see the missing rights."
        }
        (Check::Company, _, _) => "A company is set up here.",
        (Check::AmountsDue, _, _) => {
            "What is due of these contracts is not their total minus their payments: something other than this program has written to them. Compare their payments with your records. If those are right, this sets the amounts due:"
        }
        (Check::Encryption, Verdict::Warning, _) => {
            "Somebody on the network could read along or pretend to be the server. Use ssl_mode=verify_identity."
        }
        (Check::Encryption, _, Found::Nothing) => "Not encrypted: what is sent does not leave this machine.",
        (Check::Encryption, _, _) => "The connection is encrypted, and the server has proved its name.",
        (Check::MissingRights, Verdict::Fault, _) => {
            "The account may not do everything on these tables that the program needs. The server's administrator runs:"
        }
        (Check::MissingRights, Verdict::Unknown, _) => {
            "Some tables are not there yet, or this account does not see them. Migrate first, then run `doctor` again."
        }
        (Check::MissingRights, _, _) => "The account has every right that the program needs.",
        (Check::ExcessiveRights, Verdict::Warning, Found::OfAdministrator(_)) => {
            "An administrator of the server, who must not be in the configuration of users. To check the rights of the everyday account, run `doctor` with that account."
        }
        (Check::ExcessiveRights, Verdict::Warning, _) if finding.mend.is_empty() => {
            "Right for the set-up account, with whose rights the triggers run. It must not be in the configuration of users: with these rights the rules and the audit log can be bypassed."
        }
        (Check::ExcessiveRights, Verdict::Warning, _) => {
            "Right for the set-up account only: with these rights the rules and the audit log can be bypassed. If the configuration of users holds this account, the server's administrator takes them away:"
        }
        (Check::ExcessiveRights, _, _) => "The account has no right that the everyday account does not need.",
        (Check::Triggers, Verdict::Warning, _) => {
            "The database enforces fewer rules against those who bypass the program. Run `migrate` with the set-up account:"
        }
        (Check::Triggers, Verdict::Unknown, Found::Yes) => {
            "A trigger answers. On this server only the set-up account can see whether the others are there: run `doctor` with it after each change of the server."
        }
        (Check::Triggers, Verdict::Unknown, _) => "This account cannot tell. Run `doctor` with the set-up account.",
        (Check::Triggers, _, _) => "The database enforces the rules also against those who bypass the program.",
        (Check::TriggerDefiner, Verdict::Fault, _) => {
            "The triggers run with the rights of this account, and it is missing or lacks them: saving fails. The server's administrator runs:"
        }
        (Check::TriggerDefiner, Verdict::Unknown, _) => {
            "The triggers run with the rights of an account that must exist. Whether it does, only an account that may read mysql.user can see."
        }
        (Check::TriggerDefiner, _, _) => {
            "The triggers run with the rights of this account, which exists. It may be locked, but it must stay."
        }
        (Check::CharacterSet, Verdict::Fault, _) => {
            "Some names cannot be stored in these tables. Restore them with the collation utf8mb4_bin."
        }
        (Check::CharacterSet, _, _) => "Every name in every script can be stored.",
        (Check::SqlMode, Verdict::Fault, _) => {
            "The server could cut a value instead of refusing it: it ignores the mode that the program sets."
        }
        (Check::SqlMode, _, _) => "The program sets this mode itself: a value that does not fit is refused, not cut.",
        (Check::FlushLogAtCommit, Verdict::Warning, _) => {
            "A power cut, with 0 also a crash of the server, can lose the last second of acknowledged saves. With 1 it loses none."
        }
        (Check::FlushLogAtCommit, _, _) => "An acknowledged save is on the disk and survives a crash and a power cut.",
        (Check::BinaryLog, Verdict::Warning, _) => {
            "After a loss only the last dump can be restored: every save since then is gone. With a binary log they can be restored too."
        }
        (Check::BinaryLog, _, _) => "What was saved after the last dump can be restored from the binary log.",
        (Check::SyncBinlog, Verdict::Warning, _) => {
            "After a power cut the newest acknowledged saves can be missing from the binary log, so from replicas and from a restore. With 1 none is."
        }
        (Check::SyncBinlog, _, _) => "An acknowledged save is in the binary log, also after a power cut.",
        (Check::BinlogExpiry, Verdict::Warning, _) => {
            "The binary log is removed after less than 14 days: nothing that is older can be restored to a point in time. 1209600 keeps it for 14 days."
        }
        (Check::BinlogExpiry, _, _) => "The binary log reaches back 14 days or more, or is kept (0).",
        (Check::TrustFunctionCreators, Verdict::Warning, _) => {
            "The set-up account may not create triggers on this server, so `migrate` cannot add or renew them. With 1 it may."
        }
        (Check::TrustFunctionCreators, _, _) => "The set-up account may create triggers, also with a binary log.",
        (Check::WsrepSyncWait, Verdict::Warning, _) => {
            "Tests by jepsen.io found that clusters of this release (12.1 and 12.2) lose acknowledged saves when nodes fail, with the recommended settings too. Use another release or a single server."
        }
        (Check::WsrepSyncWait, _, _) => {
            "An acknowledged save has reached all nodes. With 0, a read on another node may not show it yet; with 1 the node waits first. Only innodb_flush_log_at_trx_commit=1 keeps it if all nodes stop at once."
        }
        (Check::Clock, Verdict::Warning, _) => {
            "Times come from the computers, not from the server. One of the two clocks is wrong: changes can be shown in the wrong order."
        }
        (Check::Clock, _, _) => "The clock of this computer agrees with that of the server.",
        (Check::Writable, Verdict::Fault, _) => {
            "This account may not write there, so nothing can be saved. The owner or root runs:"
        }
        (Check::Writable, _, _) => "This account may write to the file and to its folder.",
        (Check::DatabaseSpace, Verdict::Fault, _) => "There is next to no space: saving will fail.",
        (Check::DatabaseSpace, Verdict::Warning, _) => "There is little space left for the database and its backups.",
        (Check::DatabaseSpace, _, _) => "There is enough space for the database.",
        (Check::UnusedFile, _, _) => {
            "It cannot be read, so its settings do not count. If some of them are needed, give this user the right to read it."
        }
        (Check::LogFolder, Verdict::Fault, _) => "Nothing can be written here: the program runs, but leaves no log.",
        (Check::LogFolder, _, _) => "Log files are written here, one a day, and kept for 30 days.",
        (Check::LogSpace, Verdict::Fault, _) => "There is next to no space: the log will have gaps.",
        (Check::LogSpace, Verdict::Warning, _) => "There is little space left for the log files.",
        (Check::LogSpace, _, _) => "There is enough space for the log files.",
    }
}

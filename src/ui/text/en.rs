//! English.

use super::W;
use crate::{
    domain::{
        Error, Field, Problem, Reason,
        audit::Verb,
        dates,
        error::{ConnectionProblem, Inheritance, SignInProblem, SignedOutBecause, Versions},
        event::Status,
        language::Language,
        money::grouped,
        page::NEWEST,
        password::Strength,
        policy::Permission,
        settings::{Reauth, Visibility},
        user::Role,
    },
    services::{
        HomeLine,
        export::Format,
        figures::{About, Label},
        upkeep::Fault,
    },
    ui::{keys::Command, records::Kind, screens::calendar::Span, theme::Palette},
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

pub(super) fn say(what: W) -> String {
    let fixed = match what {
        W::ContractOf { number, client } => return format!("Contract {number}, {client}"),
        W::FromTo { old, new } => {
            let or_nothing = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
            return format!("{} -> {}", or_nothing(old), or_nothing(new));
        }
        W::Role(role) => role_name(role),
        W::Status(status) => match status {
            Status::Planned => "planned",
            Status::Confirmed => "confirmed",
            Status::Done => "done",
            Status::Cancelled => "cancelled",
        },
        W::Visibility(Visibility::Open) => "everybody sees everything",
        W::Visibility(Visibility::Restricted) => "sales and support see their own",
        W::Reauth(reauth) => match reauth {
            Reauth::Sensitive => "before sensitive actions",
            Reauth::Always => "before every change",
            Reauth::Never => "never",
        },
        W::Strength(strength) => match strength {
            Strength::VeryWeak => "very weak",
            Strength::Weak => "weak",
            Strength::Fair => "fair",
            Strength::Good => "good",
            Strength::Strong => "strong",
        },
        W::Waits(line) => match line {
            HomeLine::EventsWithoutSupport => "events without support",
            HomeLine::ContractsNotSigned => "contracts not signed",
            HomeLine::BalancesDue => "contracts with a balance due",
            HomeLine::EventsThisWeek => "events this week",
            HomeLine::MyClients => "my clients",
            HomeLine::MyContractsNotSigned => "my contracts not signed",
            HomeLine::MySignedWithoutEvent => "my signed contracts without event",
            HomeLine::MyNotFullyPaid => "my contracts not fully paid",
            HomeLine::MyNextEvents => "my next events",
            HomeLine::MyIncompleteEvents => "my events lacking notes or end time",
        },
        W::ListOf(kind) => match kind {
            Kind::Clients => "Clients",
            Kind::Contracts => "Contracts",
            Kind::Events => "Events",
            Kind::Staff => "Staff",
            Kind::Audit => "Audit log",
        },
        W::OneOf(kind) => match kind {
            Kind::Clients => "Client",
            Kind::Contracts => "Contract",
            Kind::Events => "Event",
            Kind::Staff => "Staff",
            Kind::Audit => "Audit log",
        },
        W::EmptyList(kind) => match kind {
            Kind::Clients => "No clients here.",
            Kind::Contracts => "No contracts here.",
            Kind::Events => "No events here.",
            Kind::Staff => "Nobody here.",
            Kind::Audit => "Nothing has been written down here.",
        },
        W::ArchiveVerb { kind: Kind::Staff, hidden: false } => "deactivate",
        W::ArchiveVerb { kind: Kind::Staff, hidden: true } => "reactivate",
        W::ArchiveVerb { hidden: false, .. } => "archive",
        W::ArchiveVerb { hidden: true, .. } => "restore",
        W::ArchivingMeans { kind: Kind::Staff, hidden: false } => {
            "Deactivate: the person cannot sign in any more; what they own goes to somebody else."
        }
        W::ArchivingMeans { kind: Kind::Staff, hidden: true } => "Reactivate: the person can sign in again.",
        W::ArchivingMeans { hidden: false, .. } => "Archive: hidden from the lists; management can restore it.",
        W::ArchivingMeans { hidden: true, .. } => "Restore: back in the lists.",
        W::Numbered(id) => return format!("no. {id}"),
        W::Number(count) => return number(count),
        W::MoreThan(count) => return format!("{}+", number(count)),
        W::FirstOfTwo { time, zone } => {
            return format!("{time} comes twice that night: the first one is meant ({zone}).");
        }
        W::ResetPasswordMeans => {
            "The person is signed out everywhere at once. The new password is temporary: it opens the program once, \
             and has to be changed at the first sign-in."
        }
        W::Marked(count) => return format!("{count} marked"),
        W::MarksFull(most) => {
            return format!("No more than {} can be marked at once.", some(most, "record", "records"));
        }
        W::MarkedChanged(names) => return format!("Changed since it was marked: {names}"),
        W::OneAtATime => "This is done to one record at a time. Esc clears the marks.",
        W::MarksClear => "clear marks",
        W::Position { from, to, total } => return format!("{}–{} of {total}", number(from), number(to)),
        W::FilteredBy(text) => return format!("Filter: {text}"),
        W::SupportFor(title) => return format!("Support for {title}"),
        W::SupportForSome(count) => return format!("Support for {}", some(count, "event", "events")),
        W::HandOverOf(name) => return format!("Hand over {name} to"),
        W::HandOverSome(count) => return format!("Hand over {} to", some(count, "client", "clients")),
        W::HandedOver(count) => return format!("{} handed over.", some(count, "client", "clients")),
        W::ArchiveSome { count, hidden: false } => return format!("Archive {}?", some(count, "record", "records")),
        W::ArchiveSome { count, hidden: true } => return format!("Restore {}?", some(count, "record", "records")),
        W::ArchivedSome { count, restored: false } => return format!("{} archived.", some(count, "record", "records")),
        W::ArchivedSome { count, restored: true } => return format!("{} restored.", some(count, "record", "records")),
        W::AndMore(count) => return format!("and {count} more"),
        W::MoreLines { from, to, of } => return format!("{from}–{to} of {of}: Up and Down show the rest"),
        W::UndoTooLate("") => return "This cannot be undone: somebody has changed it since.".to_owned(),
        W::UndoTooLate(name) => return format!("This cannot be undone: {name} has changed it since."),
        W::Assigned { title, name } => return format!("{name} supports {title}."),
        W::Unassigned(title) => return format!("{title} has no support any more."),
        W::AssignedSome { count, name } => return format!("{name} supports {}.", some(count, "event", "events")),
        W::UnassignedSome(count) => return format!("{} changed.", some(count, "event", "events")),
        W::FreeThen(load) => return format!("free, {} that week", plural(load, "event", "events")),
        W::BusyThatDay(load) => return format!("busy that day, {} that week", plural(load, "event", "events")),
        W::BusyThen(load) => return format!("busy at that time, {} that week", plural(load, "event", "events")),
        W::Clashes { title, load } => return format!("clashes with {title}, {load} that week"),
        W::ConflictWith { name: "", when } => {
            return format!("Somebody saved this first ({when}). Look at the differences, then save again.");
        }
        W::ConflictWith { name, when } => {
            return format!("{name} saved this first ({when}). Look at the differences, then save again.");
        }
        W::Theirs { name, value } => {
            let name = if name.is_empty() { "Somebody" } else { name };
            return format!("{name}: {value}   Ctrl+T swaps, Ctrl+S keeps yours");
        }
        W::Connected(server) => return format!("Connected: {server}."),
        W::LocksIn(seconds) => return format!("Locks in {seconds} s: press any key to stay."),
        W::HeirFor(Inheritance { clients, events, .. }) => {
            let owned = match (clients, events) {
                (0, events) => plural(events, "open event", "open events"),
                (clients, _) => plural(clients, "client", "clients"),
            };
            return format!("Who takes over {owned}?");
        }
        W::Step { at, of } => return format!("Step {at} of {of}"),
        W::TooSmall { width, height } => {
            return format!("This window is too small: please make it at least {width} columns by {height} lines.");
        }
        W::SignedInAs { name, role } => return format!("{name}, {}", role_name(role)),
        W::Yes => "yes",
        W::No => "no",
        W::On => "On",
        W::Off => "Off",
        W::Home => "Home",
        W::Settings => "Settings of the company",
        W::OwnPassword => "Change my password",
        W::SignIn => "Sign in",
        W::SetUpTitle => "Set up Epic Events",
        W::NewClient => "New client",
        W::EditClient => "Edit client",
        W::NewContract => "New contract",
        W::EditContract => "Edit contract",
        W::NewEvent => "New event",
        W::EditEvent => "Edit event",
        W::NewUser => "New member of staff",
        W::EditUser => "Edit member of staff",
        W::ResetPassword => "Reset password",
        W::RefineTitle => "Filter by",
        W::ViewAll => "All",
        W::ViewMine => "Mine",
        W::ViewArchived => "Archived",
        W::ViewNotSigned => "Not signed",
        W::ViewSigned => "Signed",
        W::ViewNotPaid => "Not fully paid",
        W::ViewMineNotSigned => "Mine, not signed",
        W::ViewMineWithoutEvent => "Mine, signed, without event",
        W::ViewMineNotPaid => "Mine, not fully paid",
        W::ViewWithoutSupport => "Without support",
        W::ViewWeek => "This week",
        W::ViewOpen => "Open",
        W::ViewPast => "Past",
        W::ViewMineNext => "Mine, next",
        W::ViewMineIncomplete => "Mine, lacking notes or end",
        W::ViewActive => "Active",
        W::ViewDeactivated => "Deactivated",
        W::ViewRefused => "Refused",
        W::ColName => "Name",
        W::ColCompany => "Company",
        W::ColEmail => "E-mail",
        W::ColPhone => "Phone",
        W::ColSales => "Sales contact",
        W::ColLastContact => "Last contact",
        W::ColUpdated => "Updated",
        W::ColNumber => "No.",
        W::ColClient => "Client",
        W::ColTotal => "Total",
        W::ColDue => "Due",
        W::ColSigned => "Signed",
        W::ColCreated => "Created",
        W::ColStarts => "Starts",
        W::ColTitle => "Title",
        W::ColPlace => "Place",
        W::ColPeople => "Attendees",
        W::ColStatus => "Status",
        W::ColSupport => "Support",
        W::ColUsername => "Username",
        W::ColRole => "Department",
        W::ColLastLogin => "Last sign-in",
        W::ColWhen => "When",
        W::ColWho => "Who",
        W::ColWhat => "What",
        W::ColRecord => "Record",
        W::Computer => "Computer",
        W::NotSigned => "not signed",
        W::NotKnown => "not known yet",
        W::Any => "any",
        W::Nobody => "nobody yet",
        W::PartContracts => "Contracts",
        W::PartContract => "Contract",
        W::PartEvents => "Events",
        W::PartClients => "Clients",
        W::PartHistory => "History",
        W::EmptyPart => "None yet.",
        W::WaitingTitle => "Waiting for you",
        W::SectionsTitle => "Go to",
        W::FilterLabel => "Filter",
        W::Refined => "Filtered. Press f to change or clear the filters.",
        W::SortTitle => "Sort by",
        W::ViewTitle => "Show",
        W::HelpTitle => "What you can do here",
        W::PaletteTitle => "Go to, or do",
        W::NothingFound => "Nothing found.",
        W::NotRead => "This could not be read. Press F5 to read it again.",
        W::RefineHint => "Press f to change or clear the filters.",
        W::NothingFoundHint => "Press Esc to clear the filter.",
        W::EmptyViewHint => "Press v for other views.",
        W::EmptyListHint => "Press n to make the first one.",
        W::NothingSelected => "Nothing is selected",
        W::NothingChanged => "Nothing had to be changed.",
        W::Saved => "Saved.",
        W::Saving => "Saving...",
        W::PasswordChanged => "Your password is changed.",
        W::CalendarSpan(Span::Week) => "month",
        W::CalendarSpan(Span::Month) => "week",
        W::CalendarBefore(Span::Week) => "week before",
        W::CalendarBefore(Span::Month) => "month before",
        W::CalendarAfter(Span::Week) => "next week",
        W::CalendarAfter(Span::Month) => "next month",
        W::WeekOf(day) => return format!("Week of {day}"),
        W::ClashesWith(title) => return format!("Clashes with {title}."),
        W::Calendar => "Calendar",
        W::CalendarToday => "today",
        W::CalendarMore => "More events than can be shown.",
        W::NoEventsThen => "no events",
        W::Figure(about) => match about {
            About::SignedByMonth => "Signed by month",
            About::DueByAge => "Due, by age in days",
            About::SupportLoad => "Events in the next four weeks",
            About::MyWeeks => "My events by week",
        },
        W::BarLabel(Label::Month(month)) => return dates::short_month(*month, Language::En),
        W::BarLabel(Label::Days(least, Some(most))) => return format!("{least}-{most}"),
        W::BarLabel(Label::Days(least, None)) => return format!("from {least}"),
        W::BarLabel(Label::Person(name)) => return name.clone(),
        W::BarLabel(Label::Week(monday)) => return monday.format("from %d/%m").to_string(),
        W::Format(format) => match format {
            Format::Csv => "CSV, for spreadsheets",
            Format::Json => "JSON, for other programs",
            Format::Ics => "iCalendar, for calendars",
            Format::Vcf => "vCard, for address books",
        },
        W::Exported { rows, left_out, among_newest, path } => {
            let partly = among_newest.then(|| format!(" (of the newest {} records only)", number(NEWEST)));
            let without = (left_out > 0).then(|| {
                format!(" (left out: {})", plural(left_out, "event without a start", "events without a start"))
            });
            let rows = plural(rows, "row", "rows");
            return format!("{rows}{}{} in {path}", partly.unwrap_or_default(), without.unwrap_or_default());
        }
        W::ExportTitle => "Export this list as",
        W::Palette(palette) => match palette {
            Palette::Standard => "the terminal's own",
            Palette::Plain => "none",
            Palette::Contrast => "high contrast",
        },
        W::Preferences => "My preferences",
        W::CopyTitle => "Copy which?",
        W::FilterDone => "keep filter",
        W::FilterClear => "clear filter",
        W::FiguresHelp => "To the figures beside the list, and back.",
        W::DoctorPaths => "Folders",
        W::DoctorNotThere => "not there yet",
        W::DoctorConfiguration => "Configuration, and where each value comes from",
        W::DoctorDefaults => "nothing is set: every value is the built-in one",
        W::DoctorDatabase => "Database",
        W::DoctorTerminal => "Terminal",
        W::DoctorFlag => "command line",
        W::DoctorEnvironment => "environment",
        W::TypeToNarrow => "Type to narrow",
        W::MoreChoices => "There are more: type to find them.",
        W::AmongNewest => return format!("Only the newest {} records were searched.", number(NEWEST)),
        W::UpToDate(version) => return format!("The tables are up to date ({version}). Nothing had to be done."),
        W::WouldMigrate(Versions { from, to }) => {
            return format!("The tables would be brought up to date: {from} to {to}. Nothing was changed.");
        }
        W::Migrated(Versions { from, to }) => return format!("The tables were brought up to date: {from} to {to}."),
        W::Unguarded(names) => {
            return format!(
                "The server lets this account make no triggers, so the program alone holds these rules: {}. Run epic-events migrate with an account that may make them, and the server holds them too.",
                names.join(", ")
            );
        }
        W::LeftAlone(file) => return format!("{file} names another database and was left as it is."),
        W::NotKept(why) => return format!("This could not be kept for the next time: {why}"),
        W::EverydayHint => {
            "The account that set it up is stored nowhere: the README says how the everyday account gets into config.toml."
        }
        W::DoctorOverruled { by, origin } => return format!("overruled by {by} ({origin})"),
        W::BackupDone(file) => return format!("The backup is in {file}, and it is whole."),
        W::RestoreDone(file) => return format!("Everything is as it was when {file} was made."),
        W::RestoreKept(file) => return format!("What was there before is kept in {file}."),
        W::AuditWhole { rows, head } => {
            return format!("The audit log is whole: {}. Head: {head}", plural(rows, "row", "rows"));
        }
        W::AuditFault(fault) => {
            return match fault {
                Fault::Changed(seq) => format!("Row {} of the audit log was changed.", number(*seq)),
                Fault::Removed(seq) => format!("Row {} of the audit log was removed.", number(*seq)),
                Fault::Inserted(id) => format!("The row with the id {id} was put into the audit log by hand."),
                Fault::Before { known, found } => format!(
                    "The audit log had {} rows before its chain began, and has {} now: some were removed or put in by hand.",
                    number(*known),
                    number(*found)
                ),
                Fault::Cut(seq) => format!("The end of the audit log was cut off: row {} is missing.", number(*seq)),
            };
        }
        W::BadHead => "A head is written NUMBER:HASH, as this command prints it.",
        W::FiguresKey => "figures",
        W::KeepEditing => "Keep editing",
        W::SavedSoFar => "Saved, up to what you have typed since. Ctrl+S saves that too.",
        W::PasswordAsSaved => "Saved without what you typed into the password since.",
        W::ResultDone => "done",
        W::UndoHint => "Press u to undo.",
        W::Cancel => "Cancel",
        W::VerbSign => "Sign",
        W::VerbSave => "Save",
        W::VerbDiscard => "Discard",
        W::VerbFilter => "Filter",
        W::VerbQuit => "Quit",
        W::VerbLeave => "Leave",
        W::KeyChoose => "choose",
        W::KeyCancel => "cancel",
        W::KeyTake => "take",
        W::DiscardTitle => "Discard what you typed?",
        W::DiscardMeans => "What you typed is not saved.",
        W::SummaryTitle => "Save these changes?",
        W::SignatureIsFinal => "A signature is final: the contract stays signed.",
        W::AsChosen => "as chosen",
        W::PickHint => "press Enter to choose",
        W::OnThisComputer => "this computer",
        W::OnServer => "the company's MySQL server",
        W::TlsDefault => "verified, unless on this computer",
        W::TlsVerify => "verified",
        W::TlsRequired => "encrypted, not verified",
        W::TlsOff => "off",
        W::PasswordTitle => "Your password, please",
        W::PasswordWhy(Some(right)) => {
            return format!("This {}. Please confirm it with your password.", permission(right));
        }
        W::PasswordWhy(None) => "This action is a sensitive one. Please confirm it with your password.",
        W::LockedTitle => "Locked",
        W::LockedMeans => "Your work is kept. Type your password to go on; Esc signs in as somebody else.",
        W::QuitTitle => "Quit without saving?",
        W::QuitMeans => "Something you typed is not saved.",
        W::Waiting => "Working...",
        W::Patience => "The database takes long to answer. Esc gives up waiting.",
        W::GaveUp => "You stopped waiting.",
        W::GaveUpWriting => "You stopped waiting: it may or may not have been saved.",
        W::F5TriesAgain => "F5 tries again.",
        W::F5Shows => "F5 shows what is.",
        W::TypeAgain => "Type your password again.",
        W::EnterTriesAgain => "Enter tries again.",
        W::LookBeforeSaving => "Look before saving again.",
        W::NoHint => "",
        W::SavedAfterAll => "What you stopped waiting for was saved after all.",
        W::NotSavedAfterAll(why) => return format!("What you stopped waiting for was not saved. {why}"),
        W::NotDone(why) => return format!("What you asked for was not done. {why}"),
        W::StillSaving => "Something is still being saved.",
        W::LeaveWhileSaving => "If you leave now, it may or may not be saved.",
        W::HomeWhileSaving => "If that fails, what you typed is lost.",
        W::QuestionWaits => "A question waits until you are done here.",
        W::NoShell => "There is no shell behind this window: Ctrl+Z does nothing here.",
        W::Copied => "Copied.",
        W::TooMuchToCopy => "Nothing copied: too much for the clipboard. X in a list writes a file.",
        W::NothingToUndo => "There is nothing to undo.",
        W::Undone => "Undone.",
        W::NothingUndone => "Nothing was undone.",
        W::TakenBack { name: "", what } => return format!("Now: {what}."),
        W::TakenBack { name, what } => return format!("{name}: {what}."),
        W::SignedOutNow => "You are signed out.",
        W::SetUpDone => "Epic Events is set up. Sign in as the first manager.",
        W::ChangeFirst => "Your password is temporary. Please choose your own.",
        W::DemoAccounts => "Demo accounts",
        W::SignInHint => "Username or e-mail address, then your password.",
        W::HelpKey => "help",
        W::NextKey => "next",
        W::BackKey => "back",
        W::TestKey => "test connection and go on",
        W::UpdateKey => "bring up to date",
        W::CreateKey => "create the company",
        W::QuitKey => "quit",
        W::LanguageKey => "language",
        W::SignOut => "Sign out",
        W::Lock => "Lock",
        W::SetUpLanguage => "Which language do you speak? Left and Right choose, Enter goes on.",
        W::SetUpPlace => {
            "Where does the company's data live? It can be one file on this computer, or a server that several computers share."
        }
        W::SetUpServer => {
            "The account that sets up, and later brings the tables up to date: ask whoever runs the server. Nothing is written yet; going on tests the connection."
        }
        W::SetUpUpdate((from, to)) => {
            return format!(
                "There is a company here already, and its tables are of an older version of this program. Enter brings them up to date ({from} to {to}); no manager is asked for. If this account may not do that, Esc goes back to name the one that set it up."
            );
        }
        W::SetUpAccount => {
            "The everyday account, for the configuration of everybody's computer: it can change neither tables nor the audit log. The last step makes it, or shows what the server's administrator has to run. Only this account is stored."
        }
        W::SetUpSummaryAgain => {
            "This is what will be made. So far there are only the tables. Enter creates the company, Esc goes back."
        }
        W::SetUpStatements => {
            "The account that sets up may not make the everyday account. Have the server's administrator run this (y copies it), then press Enter:"
        }
        W::AccountNotReady => {
            "The everyday account is not there yet, has another password, or lacks one of these rights."
        }
        W::SetUpCompany => "The company. Management can change this later in the settings.",
        W::SetUpManager => "The first manager, who will make the accounts of everybody else.",
        W::SetUpSummary => {
            "This is what will be made. Nothing has been written so far. Enter creates the company, Esc goes back."
        }
        W::DumbTerminal => {
            "This terminal cannot show a full screen (TERM=dumb). Start the program in a terminal window, or set TERM to what this one is, for example TERM=xterm-256color."
        }
        W::NoTerminal => "Epic Events needs a terminal: start it in a terminal window, not in a pipe or from a script.",
    };
    fixed.to_owned()
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
        Field::ClientId => "Client",
        Field::TotalCents => "Total",
        Field::DueCents => "Still due",
        Field::SignedAt => "Signed",
        Field::ContractId => "Contract",
        Field::Title => "Title",
        Field::ClientContact => "Contact on the day",
        Field::StartsAt => "Starts",
        Field::EndsAt => "Ends",
        Field::Location => "Place",
        Field::Attendees => "Attendees",
        Field::Status => "Status",
        Field::SupportId => "Support",
        Field::Currency => "Currency",
        Field::TimeZone => "Time zone",
        Field::Visibility => "Visibility",
        Field::SalesCreateContracts => "Sales make contracts",
        Field::SupportHandsOver => "Support hands over",
        Field::Reauth => "Password again",
        Field::SessionMinutes => "Minutes until lock",
        Field::MinPasswordLength => "Shortest password",
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
        Field::To => "To",
        Field::Above => "Total at least",
        Field::Below => "Total at most",
        Field::DueAbove => "Due at least",
        Field::DueBelow => "Due at most",
        Field::Place => "Place",
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
        Problem::UsernameCharacters => "Only letters, digits and . _ - here.",
        Problem::NotAnEmail => "This is not an e-mail address.",
        Problem::NotAPhone => "A phone number has 6 to 15 digits, with + ( ) . - / and spaces.",
        Problem::NotAnEmployeeNumber => "An employee number has 1 to 6 digits.",
        Problem::NotAnAmount => "This is not an amount. Write it like 12,000.50.",
        Problem::NotANumber => "This is not a whole number.",
        Problem::NotADate => "This is not a date. Write it like 14/08/2026, tomorrow or +3d.",
        Problem::NotADateTime => "This is not a date with a time. Write it like 14/08/2026 18:30 or tomorrow 6pm.",
        Problem::YearOutOfRange(least, most) => return format!("Only years from {least} to {most} are accepted."),
        Problem::SkippedByClocks(from, to) => {
            let (from, to) = (from.format("%H:%M"), to.format("%H:%M"));
            return format!("The clocks skip from {from} to {to} on that day.");
        }
        Problem::NotPositive => "This must be more than zero.",
        Problem::Negative => "This must not be negative.",
        Problem::DueAboveTotal => "More cannot be due than the total.",
        Problem::OutOfRange(least, most) => {
            return format!("From {} to {}, please.", number(least), number(most));
        }
        Problem::InThePast => "This lies in the past.",
        Problem::InTheFuture => "This lies in the future.",
        Problem::NothingBetween => "This is below the field before it, so nothing would be found.",
        Problem::EndBeforeStart => "The end is before the start.",
        Problem::EndWithoutStart => "An end needs a start.",
        Problem::Taken => "Somebody else has this already.",
        Problem::ControlCharacters => "Control characters are not allowed here.",
        Problem::CommonPassword => "This password is too common. Several unrelated words make a good one.",
        Problem::PasswordIsName => "The username or the company's name is not a password.",
        Problem::PasswordsDiffer => "The two passwords differ.",
        Problem::PasswordUnchanged => "The new password is the old one.",
        Problem::WrongPassword => "This is not your password.",
        Problem::SameAccount => "It sets up. Choose another account for every day.",
        Problem::AccountExists => "There is one of this name, with another password.",
        Problem::AccountTooMighty => "It may do too much: change tables or the audit log.",
        Problem::PasswordRefused => "The server's rules for passwords refuse this one.",
        Problem::NotAChoice => "This cannot be chosen here.",
        Problem::NotActiveSales => "Only an active sales person can look after a client.",
        Problem::NotActiveSupport => "Only an active support person can be given an event.",
    };
    fixed.to_owned()
}

fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::SeeRecords => "sees this",
        Permission::SeeStaff => "sees the staff",
        Permission::ManageUsers => "runs the accounts of the staff",
        Permission::ChangeOwnPassword => "changes this password",
        Permission::CreateClient => "creates clients",
        Permission::EditClient => "edits clients",
        Permission::HandOverClient => "hands over clients",
        Permission::ArchiveClient => "archives clients",
        Permission::CreateContract => "creates contracts",
        Permission::EditContract => "edits contracts",
        Permission::SignContract => "signs contracts",
        Permission::ArchiveContract => "archives contracts",
        Permission::CreateEvent => "creates events",
        Permission::EditEvent => "edits events",
        Permission::AssignSupport => "assigns support",
        Permission::SetStatus => "sets the status of events",
        Permission::ArchiveEvent => "archives events",
        Permission::ReadAudit => "reads the audit log",
        Permission::ChangeSettings => "changes the settings",
    }
}

pub(super) fn reason(reason: Reason) -> String {
    let fixed = match reason {
        Reason::Role(right, _) => {
            let who = match right {
                Permission::CreateClient
                | Permission::EditClient
                | Permission::HandOverClient
                | Permission::EditContract
                | Permission::SignContract
                | Permission::CreateEvent => "Only sales or management",
                Permission::EditEvent | Permission::SetStatus => "Only the event's support or management",
                _ => "Only management",
            };
            return format!("{who} {}.", permission(right));
        }
        Reason::Setting(right) => {
            return format!("Only management {} (a setting).", permission(right));
        }
        Reason::NotYourClient => "This is not your client.",
        Reason::NotYourEvent => "This event was not given to you.",
        Reason::ChangePasswordFirst => "Please change your temporary password first.",
        Reason::ContractNotSigned(contract) => return format!("Contract {contract} is not signed yet."),
        Reason::ContractAlreadySigned(contract) => return format!("Contract {contract} is signed already."),
        Reason::Archived => "This is archived. Management can restore it with x.",
        Reason::NotArchived => "This is not archived.",
        Reason::ParentArchived => "What it belongs to is archived and has to be restored first.",
        Reason::ClientHasContracts(count) => {
            return format!("This client still has {}. Archive them first.", plural(count, "contract", "contracts"));
        }
        Reason::ContractHasEvents(count) => {
            return format!("This contract still has {}. Archive them first.", plural(count, "event", "events"));
        }
        Reason::LastManager => "This is the last active manager. Make somebody else a manager first.",
        Reason::Inactive => "This person is deactivated.",
        Reason::AlreadyActive => "This person is active already.",
        Reason::NotActiveSales => "Only an active sales person can look after a client.",
        Reason::NotActiveSupport => "Only an active support person can be given an event.",
    };
    fixed.to_owned()
}

pub(super) fn error(error: &Error) -> String {
    let fixed = match error {
        Error::Denied(why) => return reason(*why),
        Error::Invalid(errors) => {
            let first = errors.0.first();
            return first.map(|(of, wrong)| format!("{}: {}", field(*of), problem(*wrong))).unwrap_or_default();
        }
        Error::Conflict(conflict) if conflict.by.is_empty() => "Somebody else changed this meanwhile.",
        Error::Conflict(conflict) => {
            return format!("{} changed this meanwhile. Here it is as it is now.", conflict.by);
        }
        Error::NotFound => "This is not there any more, or not for you to see.",
        Error::PasswordNeeded => "Your password is needed again.",
        Error::NeedsHeir(_) => "Somebody has to take over first.",
        Error::SignIn(SignInProblem::Wrong) => "This name and password do not fit together.",
        Error::SignIn(SignInProblem::Wait(seconds)) => {
            return format!(
                "Too many failures. Please wait {}, then try again.",
                plural(i64::from(*seconds), "second", "seconds")
            );
        }
        Error::SignedOut(SignedOutBecause::AccountChanged) => "Your account was changed. Please sign in again.",
        Error::SignedOut(SignedOutBecause::NotSignedIn) => "Please sign in.",
        Error::Unavailable(why) => return connection(why),
        Error::AlreadySetUp => "There is a company in this database already. Nothing was changed.",
        Error::OutcomeUnknown => "The connection broke while saving: please look whether it was saved.",
        Error::NotWritable(folder) => {
            return format!(
                "No file can be written in {folder}. Check the folder, its rights and the room on the disk."
            );
        }
        Error::Internal(reference) => {
            return format!(
                "Something went wrong that should not. Please give the administrator this reference: {reference}."
            );
        }
    };
    fixed.to_owned()
}

fn connection(problem: &ConnectionProblem) -> String {
    let fixed = match problem {
        ConnectionProblem::HostNotFound => "The database server's name is not known. Check how it is written.",
        ConnectionProblem::Refused => {
            "Nothing answers at the database server's address. Is it running, and is the port right?"
        }
        ConnectionProblem::Timeout => "The database does not answer in time. Please try again in a moment.",
        ConnectionProblem::Lost => "The connection to the database was lost. Nothing you typed is.",
        ConnectionProblem::AccessDenied => "The database server does not accept this user with this password.",
        ConnectionProblem::NoSuchDatabase => {
            "There is no such database on the server: `epic-events --init` creates it, if this user may."
        }
        ConnectionProblem::DatabaseDenied => "The database server does not let this user use or create this database.",
        ConnectionProblem::NoTls => "The database server offers no encryption, and it is asked for.",
        ConnectionProblem::BadCertificate => {
            "The database server's certificate is not to be trusted: wrong issuer, wrong name or expired."
        }
        ConnectionProblem::NotADatabase => "The database file is not a database, or it is damaged.",
        ConnectionProblem::NotAccessible => {
            "The database file cannot be read or written. Check its folder and its rights."
        }
        ConnectionProblem::NotSetUp => {
            "There is no company here yet: `epic-events --init` sets one up, `epic-events --demo` shows an example."
        }
        ConnectionProblem::SchemaTooNew => {
            "A newer version of this program has changed the database. Please update this program."
        }
        ConnectionProblem::SchemaTooOld(Versions { from, to }) => {
            return format!(
                "The company's tables are of an older version ({from} to {to} is to be done). The administrator runs `epic-events migrate` with the set-up account."
            );
        }
        ConnectionProblem::MigrationDenied(Versions { from, to }) if from.is_empty() => {
            return format!(
                "This account may not make the company's tables ({to}). That needs the set-up account of the README."
            );
        }
        ConnectionProblem::MigrationDenied(Versions { from, to }) => {
            return format!(
                "The company's tables have to be brought up to date ({from} to {to}), and this account may not do that. Run `epic-events migrate` with the set-up account."
            );
        }
        ConnectionProblem::NotGranted(right) => {
            return format!(
                "The database account may not do this: {right}. The administrator gives it the rights that the README lists."
            );
        }
        ConnectionProblem::AuthorityFile(path) => {
            return format!("The CA file {path} cannot be read. Check its path and its rights.");
        }
        ConnectionProblem::NoMajority => {
            "The database servers do not see each other and wait: nothing can be saved now. Please tell whoever runs them."
        }
        ConnectionProblem::NotEmbedded => {
            "This is for the embedded database. A server's is copied by its own tools: see the README."
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
        ConnectionProblem::SameFile => {
            "This file is the database itself. To go back to an earlier state, name a backup of it. Nothing was changed."
        }
        ConnectionProblem::DiskFull => "The disk is full. Nothing was saved; make room and try again.",
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
        Verb::ContractCreated => "contract created",
        Verb::ContractUpdated => "contract changed",
        Verb::ContractSigned => "contract signed",
        Verb::ContractArchived => "contract archived",
        Verb::ContractRestored => "contract restored",
        Verb::EventCreated => "event created",
        Verb::EventUpdated => "event changed",
        Verb::StatusChanged => "status changed",
        Verb::SupportAssigned => "support assigned",
        Verb::EventArchived => "event archived",
        Verb::EventRestored => "event restored",
        Verb::Exported => "list exported",
        Verb::SettingsUpdated => "settings changed",
    }
}

pub(super) fn command(command: Command) -> (&'static str, &'static str) {
    match command {
        Command::Up => ("up", "One line up."),
        Command::Down => ("down", "One line down."),
        Command::PageUp => ("page up", "A screenful up."),
        Command::PageDown => ("page down", "A screenful down."),
        Command::Left => ("left", "To the day before."),
        Command::Right => ("right", "To the next day."),
        Command::Calendar => ("calendar", "The events by day and support person."),
        Command::PickDay => ("pick a day", "Pick the day from its month."),
        Command::Home => ("first", "To the first line."),
        Command::End => ("last", "To the last line."),
        Command::Open => ("open", "Open what is selected."),
        Command::New => ("new", "Make a new one."),
        Command::Edit => ("edit", "Change what is written here."),
        Command::Assign => ("assign support", "Give the event, or all marked ones, to a support person."),
        Command::Archive => ("archive", "Hide it from the lists."),
        Command::Sign => ("sign", "Write down that the contract is signed."),
        Command::SetStatus => ("status", "Say how far the event is."),
        Command::HandOver => ("hand over", "Give the client, or all marked ones, to another sales person."),
        Command::ResetPassword => ("reset password", "Set a temporary password."),
        Command::Filter => ("filter", "Show only what holds these words."),
        Command::Refine => ("more filters", "Filter by dates, amounts and people."),
        Command::Sort => ("sort", "Sort by another column; the same again turns it round."),
        Command::View => ("view", "Another view of this list."),
        Command::Mark => ("mark", "Mark, to do something with several at once."),
        Command::Undo => ("undo", "Take back my last change: assignment, edit, archiving."),
        Command::Copy => ("copy", "Copy to the clipboard."),
        Command::CopyPart => ("copy a part", "Copy one of the values."),
        Command::TakeTheirs => ("swap with theirs", "Put what the other person saved in place of yours, or back."),
        Command::Language => ("français", "Parler français."),
        Command::Export => ("export", "Write all that this list shows to a file."),
        Command::Save => ("save", "Save what was typed."),
        Command::NextField => ("next field", "To the next field."),
        Command::PreviousField => ("", "To the field before."),
        Command::NextPart => ("next part", "To the next part of this screen."),
        Command::Refresh => ("refresh", "Read everything again."),
        Command::Help => ("help", "What you can do here."),
        Command::Palette => ("go to", "Any screen, action or record, by typing."),
        Command::Lock => ("lock", "Lock the session; your work is kept."),
        Command::Back => ("back", "One level up."),
        Command::Quit => ("quit", "Leave the program."),
    }
}

//! French.

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
    sentence_about,
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
    grouped(number.unsigned_abs(), '\u{a0}')
}

fn plural(count: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count.abs() < 2 { one } else { many })
}

fn some(count: usize, one: &str, many: &str) -> String {
    plural(i64::try_from(count).unwrap_or(i64::MAX), one, many)
}

pub(super) fn say(what: Phrase, naming: Naming) -> String {
    let fixed = match what {
        Phrase::ContractOf { number, client } => return format!("Contrat {number}, {client}"),
        Phrase::GivenTo { what, name } => return format!("{what}, à {name}"),
        Phrase::FromTo { old, new } => {
            let or_nothing = |text: &str| if text.is_empty() { "(vide)".to_owned() } else { text.to_owned() };
            return format!("{} -> {}", or_nothing(old), or_nothing(new));
        }
        Phrase::Role(role) => role_name(role),
        Phrase::Status(status) => match status {
            Status::Planned => "prévu",
            Status::Confirmed => "confirmé",
            Status::Done => "terminé",
            Status::Cancelled => "annulé",
        },
        Phrase::Visibility(Visibility::Open) => "tout le monde voit tout",
        Phrase::Visibility(Visibility::Restricted) => "commerciaux et support voient les leurs",
        Phrase::Reauth(reauth) => match reauth {
            Reauth::Sensitive => "pour signer, archiver ou gérer les comptes",
            Reauth::Always => "avant chaque modification",
            Reauth::Never => "jamais",
        },
        Phrase::Strength(strength) => match strength {
            Strength::VeryWeak => "très faible",
            Strength::Weak => "faible",
            Strength::Fair => "moyen",
            Strength::Good => "bon",
            Strength::Strong => "fort",
        },
        Phrase::Waits(line) => match line {
            HomeLine::EventsWithoutSupport => "événements sans support",
            HomeLine::ContractsNotSigned => "contrats non signés",
            HomeLine::BalancesDue => "contrats non soldés",
            HomeLine::Overdue => "contrats en retard",
            HomeLine::DueSoon => "contrats à encaisser sous 30 jours",
            HomeLine::EventsThisWeek => "événements cette semaine",
            HomeLine::MyClients => "mes clients",
            HomeLine::MyContractsNotSigned => "mes contrats non signés",
            HomeLine::MySignedWithoutEvent => "mes contrats signés sans événement",
            HomeLine::MyNotFullyPaid => "mes contrats non soldés",
            HomeLine::MyOverdue => "mes contrats en retard",
            HomeLine::MyDueSoon => "mes contrats dus sous 30 jours",
            HomeLine::MyNextEvents => "mes prochains événements",
            HomeLine::MyIncompleteEvents => "mes événements sans notes ou fin",
        },
        Phrase::ListOf(kind) => match kind {
            EntityKind::Client => "Clients",
            EntityKind::Contract => "Contrats",
            EntityKind::Event => "Événements",
            EntityKind::Payment => "Paiements",
            EntityKind::User => "Collaborateurs",
            EntityKind::Audit => "Journal d'audit",
        },
        Phrase::OneOf(kind) => match kind {
            EntityKind::Client => "Client",
            EntityKind::Contract => "Contrat",
            EntityKind::Event => "Événement",
            EntityKind::Payment => "Paiement",
            EntityKind::User => "Collaborateur",
            EntityKind::Audit => "Ligne du journal d'audit",
        },
        Phrase::EmptyList(kind) => match kind {
            EntityKind::Client => "Aucun client dans cette vue.",
            EntityKind::Contract => "Aucun contrat dans cette vue.",
            EntityKind::Event => "Aucun événement dans cette vue.",
            EntityKind::Payment => "Aucun paiement dans cette vue.",
            EntityKind::User => "Aucun collaborateur dans cette vue.",
            EntityKind::Audit => "Rien n'est consigné dans cette vue.",
        },
        Phrase::ArchiveVerb { kind: EntityKind::User, hidden: false } => "désactiver",
        Phrase::ArchiveVerb { kind: EntityKind::User, hidden: true } => "réactiver",
        Phrase::ArchiveVerb { kind: EntityKind::Payment, .. } => "annuler",
        Phrase::ArchiveVerb { hidden: false, .. } => "archiver",
        Phrase::ArchiveVerb { hidden: true, .. } => "restaurer",
        Phrase::ArchivingMeans { kind: EntityKind::User, hidden: false } => {
            "Désactiver : connexion refusée ; d'autres reprennent clients et événements. Réactiver le compte ne les lui rend pas."
        }
        Phrase::ArchivingMeans { kind: EntityKind::User, hidden: true } => {
            "Réactiver : la personne peut se connecter à nouveau."
        }
        Phrase::ArchivingMeans { kind: EntityKind::Payment, .. } => "Annuler : reste visible, mais ne compte plus.",
        Phrase::ArchivingMeans { hidden: false, .. } => {
            "Archiver : ne figurera plus dans les listes ; la gestion peut restaurer la fiche."
        }
        Phrase::ArchivingMeans { hidden: true, .. } => "Restaurer : réapparaîtra dans les listes.",
        Phrase::Numbered(id) => return format!("n° {id}"),
        Phrase::Number(count) => return number(count),
        Phrase::MoreThan(count) => return format!("{}+", number(count)),
        Phrase::FirstOfTwo { time, zone } => {
            return format!(
                "Les horloges reculent cette nuit-là et {time} arrive deux fois : c'est la première qui compte ({zone})."
            );
        }
        Phrase::ResetPasswordMeans => {
            "La personne sera déconnectée partout, tout de suite. Le nouveau mot de passe est temporaire : \
             à la première connexion, la personne doit en choisir un autre."
        }
        Phrase::Marked(count) => return some(count, "marqué", "marqués"),
        Phrase::MarksFull(most) => {
            return format!("Pas plus de {} à la fois.", some(most, "fiche marquée", "fiches marquées"));
        }
        Phrase::MarkedChanged(names) => return format!("Modifié depuis que vous l'avez marqué : {names}"),
        Phrase::OneAtATime => "Cela se fait une fiche à la fois. Échap efface les marques.",
        Phrase::MarksClear => "effacer les marques",
        Phrase::Position { from, to, total } => return format!("{}–{} sur {total}", number(from), number(to)),
        Phrase::FilteredBy(text) => return format!("Filtre : {text}"),
        Phrase::SupportFor(title) => return format!("Support pour {title}"),
        Phrase::SupportForSome(count) => return format!("Support pour {}", some(count, "événement", "événements")),
        Phrase::HandOverOf(name) => return format!("Confier {name} à"),
        Phrase::HandOverSome(count) => return format!("Confier {} à", some(count, "client", "clients")),
        Phrase::Told(Told::LooksAfter { client, name }) => return format!("{name} suit maintenant {client}."),
        Phrase::Told(Told::TakenOver(shares)) => return format!("{}.", taken_over(shares)),
        Phrase::ArchiveSome { count, hidden: false } => {
            return format!("Archiver {} ?", some(count, "fiche", "fiches"));
        }
        Phrase::ArchiveSome { count, hidden: true } => {
            return format!("Restaurer {} ?", some(count, "fiche", "fiches"));
        }
        Phrase::Told(Told::ArchivedSome { kind, count, restored }) => {
            let (one, many) = match kind {
                EntityKind::Client => ("client", "clients"),
                EntityKind::Contract => ("contrat", "contrats"),
                EntityKind::Event => ("événement", "événements"),
                EntityKind::Payment | EntityKind::User | EntityKind::Audit => ("dossier", "dossiers"),
            };
            let what = some(count, one, many);
            return match (restored, count < 2) {
                (false, true) => format!("{what} est archivé."),
                (false, false) => format!("{what} sont archivés."),
                (true, true) => format!("{what} est de retour dans les listes."),
                (true, false) => format!("{what} sont de retour dans les listes."),
            };
        }
        Phrase::Told(Told::Now(deed)) => return now(&deed),
        Phrase::Told(Told::FieldNow { field, value }) => return field_now(field, value),
        Phrase::Told(Told::SwitchNow { field: Field::SalesCreateContracts, on }) => {
            return if on {
                "les commerciaux peuvent désormais créer des contrats".to_owned()
            } else {
                "les commerciaux ne peuvent plus créer de contrats".to_owned()
            };
        }
        Phrase::Told(Told::SwitchNow { field: Field::SupportHandsOver, on }) => {
            return format!(
                "le support {} réattribuer ses événements",
                if on { "peut désormais" } else { "ne peut plus" }
            );
        }
        Phrase::Told(Told::SwitchNow { field: of, on }) => {
            return format!("{} {}", field(of).to_lowercase(), if on { "oui" } else { "non" });
        }
        Phrase::Told(Told::LeftView { kind, gone: 1, of: 1 }) => match kind {
            EntityKind::Client => "Le client n'apparaît plus dans cette vue.",
            EntityKind::Contract => "Le contrat n'apparaît plus dans cette vue.",
            EntityKind::Event => "L'événement n'apparaît plus dans cette vue.",
            EntityKind::Payment => "Le paiement n'apparaît plus dans cette vue.",
            EntityKind::User => "Le compte n'apparaît plus dans cette vue.",
            EntityKind::Audit => "Ceci n'apparaît plus dans cette vue.",
        },
        Phrase::Told(Told::LeftView { gone, of, .. }) if gone == of => "Ils n'apparaissent plus dans cette vue.",
        Phrase::Told(Told::LeftView { gone, .. }) => {
            let some = some(gone, "d'entre eux n'apparaît", "d'entre eux n'apparaissent");
            return format!("{some} plus dans cette vue.");
        }
        Phrase::AndMore(count) => return format!("et {count} de plus"),
        Phrase::LineOf { at, of } => return format!("ligne {at} sur {of}"),
        Phrase::MoreLines { from, to, of, up, down } => {
            return format!("{from}–{to} sur {of} : {up} et {down} montrent la suite");
        }
        Phrase::UndoTooLate("") => return "Impossible d'annuler : la fiche a été modifiée depuis.".to_owned(),
        Phrase::UndoTooLate(name) => return format!("Impossible d'annuler : {name} l'a modifiée depuis."),
        Phrase::Told(Told::Assigned { title, name }) => return format!("{name} prend en charge {title}."),
        Phrase::Told(Told::Unassigned(title)) => return format!("{title} n'a plus de support."),
        Phrase::Told(Told::AssignedSome { count, name }) => {
            return format!("{name} prend en charge {}.", some(count, "événement", "événements"));
        }
        Phrase::Told(Told::UnassignedSome(count)) => {
            return format!("{} plus de support.", some(count, "événement n'a", "événements n'ont"));
        }
        Phrase::Told(Told::StatusAlready(status)) => {
            return format!("L'état est déjà « {} ».", say(Phrase::Status(status), naming));
        }
        Phrase::Told(Told::AssignedAlready { title, name }) => {
            return format!("{name} prend déjà en charge {title}.");
        }
        Phrase::Told(Told::UnassignedAlready(title)) => {
            return format!("{title} n'a pas de support : il n'y avait rien à changer.");
        }
        Phrase::Told(Told::AssignedAsBefore(count)) => {
            return format!("{} le même support qu'avant.", some(count, "événement a", "événements ont"));
        }
        Phrase::Told(Told::Overlaps { title, other }) => {
            let title = if title.is_empty() { "Il" } else { title };
            return match other {
                Some((other, times)) => format!("{title} a lieu en même temps que {other}, {times}."),
                None => format!("{title} a lieu en même temps qu'un autre de ses événements."),
            };
        }
        Phrase::Told(Told::MoreOverlaps(1)) => "Il y a encore 1 chevauchement.",
        Phrase::Told(Told::MoreOverlaps(count)) => return format!("Il y a encore {count} chevauchements."),
        Phrase::FreeThen(load) => return format!("libre, {load}"),
        Phrase::BusyThatDay(load) => return format!("occupé ce jour-là, {load}"),
        Phrase::BusyThen(load) => return format!("occupé à ce moment-là, {load}"),
        Phrase::Clashes { title, load } => return format!("en conflit avec {title}, {load}"),
        Phrase::Time(phrase) => return times(phrase),
        Phrase::Paper(phrase) => return paper(phrase),
        Phrase::ConflictWith { name: "", when } => {
            return format!(
                "Quelqu'un a enregistré avant vous ({when}). Regardez les différences, puis enregistrez à nouveau."
            );
        }
        Phrase::ConflictWith { name, when } => {
            return format!(
                "{name} a enregistré avant vous ({when}). Regardez les différences, puis enregistrez à nouveau."
            );
        }
        Phrase::Theirs { name, value } => {
            let name = if name.is_empty() { "Quelqu'un" } else { name };
            let keys = naming.keys_in("⌨take-theirs⌨ échange, ⌨save⌨ garde le vôtre");
            return format!("{name} : {value}   {keys}");
        }
        Phrase::LocksIn(seconds) => return format!("Verrouillage dans {seconds} s : appuyez sur une touche."),
        Phrase::Asked(Asked::HeirFor(inheritance)) => {
            return format!("{} : qui reprend {} ?", inheritance.name, his_own(inheritance));
        }
        Phrase::Asked(Asked::Owns(Inheritance { clients: 0, events: 0, .. })) => {
            "Il n'y a rien à confier à quelqu'un d'autre."
        }
        Phrase::Asked(Asked::Owns(inheritance)) => {
            let (name, owns) = (&inheritance.name, inherited(inheritance));
            return format!("{name} suit {owns}. Vous choisissez ensuite qui les reprend.");
        }
        Phrase::Asked(Asked::HandsOverTo(name)) => {
            return format!("Entrée confie tout à {name}. Espace marque plusieurs personnes.");
        }
        Phrase::Asked(Asked::MarkedPeople { count: 1, who }) => {
            return format!("1 personne marquée : {who}. Entrée lui confie tout.");
        }
        Phrase::Asked(Asked::MarkedPeople { count, who }) => {
            return format!("{count} personnes marquées : {who}. Entrée leur confie tout.");
        }
        Phrase::Asked(Asked::NoSuchZone) => {
            "Aucun résultat. Essayez la capitale ou la grande ville la plus proche, le pays ou le continent."
        }
        Phrase::Asked(Asked::OwnsOthersNow(name)) => {
            return format!("Ce que suit {name} a changé entre-temps : rien n'est encore enregistré.");
        }
        Phrase::Asked(Asked::ChooseOthers) => "Choisir d'autres personnes",
        Phrase::Asked(Asked::CurrencyMeans { old, new }) => {
            return format!("Les montants ne sont pas convertis : ce qui vaut 100 {old} aujourd'hui vaudra 100 {new}.");
        }
        Phrase::Asked(Asked::TimeZoneMeans(zone)) => {
            return format!(
                "Un événement à 18 h reste à 18 h, à l'heure du fuseau {zone}. Les retards et « aujourd'hui » se calculent aussi à cette heure."
            );
        }
        Phrase::Asked(Asked::DefaultPlanMeans) => {
            "Les échéances des contrats sans échéancier propre changent, et avec elles ce qui est en retard."
        }
        Phrase::Asked(Asked::DefaultFollowers(0)) => "Aucun contrat non soldé ne le suit.",
        Phrase::Asked(Asked::DefaultFollowers(1)) => "1 contrat non soldé le suit.",
        Phrase::Asked(Asked::DefaultFollowers(count)) => {
            return format!("{} contrats non soldés le suivent.", number(count));
        }
        Phrase::Asked(Asked::PasswordLengthMeans) => {
            "Les mots de passe actuels restent valables ; la longueur compte pour les nouveaux."
        }
        Phrase::Asked(Asked::NotGivenBack(Role::Sales)) => "Les clients confiés à d'autres ne lui reviennent pas.",
        Phrase::Asked(Asked::NotGivenBack(Role::Support)) => "Les événements confiés à d'autres ne lui reviennent pas.",
        Phrase::Asked(Asked::NotGivenBack(Role::Management)) => "",
        Phrase::Asked(Asked::SharesOf(Inheritance { name, .. })) => {
            return format!("Confier à d'autres ce que suit {name} ?");
        }
        Phrase::Asked(Asked::ShareOf(Share { name, clients, events })) => {
            return format!("{name} : {}", owned(*clients, *events));
        }
        Phrase::Asked(Asked::NotForAll(load)) => return format!("pas disponible pour tous à la fois, {load}"),
        Phrase::Asked(Asked::TheseOverlap { count, titles }) => return format!("{count} se chevauchent : {titles}"),
        Phrase::Asked(Asked::OthersCorrect(right)) => {
            return format!("Vérifiez avant d'enregistrer. {} par la suite.", only(right));
        }
        Phrase::NoSupport => "sans support",
        Phrase::SupportRemoved => "support retiré",
        Phrase::Asked(Asked::AssignAnyway { title, name }) => {
            return format!("Attribuer quand même {title} à {name} ?");
        }
        Phrase::Asked(Asked::AssignSomeAnyway { count, name }) => {
            return format!("Attribuer quand même {} à {name} ?", some(count, "événement", "événements"));
        }
        Phrase::Asked(Asked::HandOverAsk(name)) => return format!("Confier {name} ?"),
        Phrase::Asked(Asked::HandOverAskSome(count)) => {
            return format!("Confier {} ?", some(count, "client", "clients"));
        }
        Phrase::Step { at, of } => return format!("Étape {at} sur {of}"),
        Phrase::TooSmall { width, height } => {
            return format!("Cette fenêtre est trop petite : il faut au moins {width} colonnes sur {height} lignes.");
        }
        Phrase::SignedInAs { name, role } => return format!("{name}, {}", role_name(role)),
        Phrase::Yes => "oui",
        Phrase::No => "non",
        Phrase::On => "Oui",
        Phrase::Off => "Non",
        Phrase::Home => "Accueil",
        Phrase::Settings => "Réglages de l'entreprise",
        Phrase::OwnPassword => "Changer mon mot de passe",
        Phrase::SignIn => "Connexion",
        Phrase::NewClient => "Nouveau client",
        Phrase::EditClient => "Modifier le client",
        Phrase::NewContract => "Nouveau contrat",
        Phrase::EditContract => "Modifier le contrat",
        Phrase::NewEvent => "Nouvel événement",
        Phrase::EditEvent => "Modifier l'événement",
        Phrase::NewUser => "Nouveau collaborateur",
        Phrase::EditUser => "Modifier le collaborateur",
        Phrase::ResetPassword => "Réinitialiser le mot de passe",
        Phrase::ViewAll => "Tous",
        Phrase::ViewMine => "Les miens",
        Phrase::ViewArchived => "Archivés",
        Phrase::ViewDuplicates => "Doublons possibles",
        Phrase::ViewNotSigned => "Non signés",
        Phrase::ViewSigned => "Signés",
        Phrase::ViewNotPaid => "Non soldés",
        Phrase::ViewMineNotSigned => "Les miens, non signés",
        Phrase::ViewMineWithoutEvent => "Les miens, signés, sans événement",
        Phrase::ViewMineNotPaid => "Les miens, non soldés",
        Phrase::ViewOverdue => "En retard",
        Phrase::ViewDueSoon => "À encaisser sous 30 jours, sans retard",
        Phrase::ViewMineOverdue => "Les miens, en retard",
        Phrase::ViewMineDueSoon => "Les miens, sous 30 jours, sans retard",
        Phrase::ViewWithoutSupport => "Sans support",
        Phrase::ViewWeek => "Cette semaine",
        Phrase::ViewOpen => "Ouverts",
        Phrase::ViewPast => "Passés",
        Phrase::ViewMineNext => "Les miens, à venir",
        Phrase::ViewMineIncomplete => "Les miens, sans notes ou fin",
        Phrase::ViewActive => "Actifs",
        Phrase::ViewDeactivated => "Désactivés",
        Phrase::ViewRefused => "Refus",
        Phrase::ColName => "Nom",
        Phrase::ColCompany => "Entreprise",
        Phrase::ColEmail => "E-mail",
        Phrase::ColPhone => "Téléphone",
        Phrase::ColSales => "Commercial",
        Phrase::ColLastContact => "Dernier contact",
        Phrase::ColUpdated => "Modifié",
        Phrase::ColNumber => "N°",
        Phrase::ColClient => "Client",
        Phrase::ClientPhone => "Tél. client",
        Phrase::ColTotal => "Total",
        Phrase::ColDue => "Reste dû",
        Phrase::ColNextDue => "Échéance",
        Phrase::ColSigned => "Signé",
        Phrase::ColCreated => "Créé",
        Phrase::ColStarts => "Début",
        Phrase::ColTitle => "Titre",
        Phrase::ColPlace => "Lieu",
        Phrase::ColPeople => "Invités",
        Phrase::ColStatus => "État",
        Phrase::ColSupport => "Support",
        Phrase::ColUsername => "Identifiant",
        Phrase::ColRole => "Service",
        Phrase::ColLastLogin => "Dernière connexion",
        Phrase::ColWhen => "Quand",
        Phrase::ColWho => "Qui",
        Phrase::ColWhat => "Quoi",
        Phrase::ColRecord => "Fiche",
        Phrase::Computer => "Ordinateur",
        Phrase::NotSigned => "non signé",
        Phrase::NotKnown => "pas encore connu",
        Phrase::Any => "tous",
        Phrase::Nobody => "personne",
        Phrase::PartContracts => "Contrats",
        Phrase::PartContract => "Contrat",
        Phrase::PartEvents => "Événements",
        Phrase::PartClients => "Clients",
        Phrase::PartHistory => "Historique",
        Phrase::EmptyPart => "Aucun pour l'instant.",
        Phrase::WaitingTitle => "À faire",
        Phrase::SectionsTitle => "Aller à",
        Phrase::SortTitle => "Trier par",
        Phrase::Lists(phrase) => return lists(phrase, naming),
        Phrase::Payment(phrase) => return payments(phrase, naming),
        Phrase::Import(phrase) => return imports(phrase, naming),
        Phrase::Known(phrase) => return known(phrase, naming),
        Phrase::Instalment(phrase) => return instalments(phrase, naming),
        Phrase::SetUp(phrase) => return set_up(phrase, naming),
        Phrase::Admin(phrase) => return admin(phrase),
        Phrase::ViewTitle => "Afficher",
        Phrase::HelpTitle => "Ce que vous pouvez faire ici",
        Phrase::PaletteTitle => "Aller à, ou faire",
        Phrase::NothingFound => "Aucun résultat.",
        Phrase::NotRead => "Chargement impossible. Appuyez sur ⌨refresh⌨ pour réessayer.",
        Phrase::NothingSelected => "Rien n'est sélectionné.",
        Phrase::NothingChanged => "Il n'y avait rien à changer.",
        Phrase::Told(Told::TypedSince) => {
            "Ce que vous avez tapé depuis n'est pas encore enregistré\u{a0}: ⌨save⌨ l'enregistre."
        }
        Phrase::Told(Told::LostSince { fields, rest }) => {
            let rest = if rest { naming.keys_in(" ⌨save⌨ enregistre le reste.") } else { String::new() };
            return format!("Ce que vous avez tapé depuis dans {fields} n'est pas enregistré.{rest}");
        }
        Phrase::Told(Told::PreferencesKept) => "Vos préférences sont gardées sur cet ordinateur.",
        Phrase::Told(Told::GaveUpFile) => {
            "Vous avez cessé d'attendre. Si le fichier est tout de même écrit, vous le saurez."
        }
        Phrase::Saving => "Enregistrement…",
        Phrase::PasswordChanged => "Votre mot de passe est changé.",
        Phrase::CalendarSpan(Span::Week) => "mois",
        Phrase::CalendarSpan(Span::Month) => "semaine",
        Phrase::CalendarBefore(Span::Week) => "semaine précédente",
        Phrase::CalendarBefore(Span::Month) => "mois précédent",
        Phrase::CalendarAfter(Span::Week) => "semaine d'après",
        Phrase::CalendarAfter(Span::Month) => "mois suivant",
        Phrase::WeekOf(day) => return format!("Semaine du {day}"),
        Phrase::ClashesWith(title) => return format!("En conflit avec {title}."),
        Phrase::Calendar => "Calendrier",
        Phrase::CalendarToday => "aujourd'hui",
        Phrase::CalendarMore => "Il y a plus d'événements qu'il n'est possible d'afficher.",
        Phrase::NoEventsThen => "aucun événement",
        Phrase::Figure(about) => match about {
            About::SignedByMonth => "Signé par mois",
            About::DueByAge => "Jours de retard",
            About::SupportLoad => "Événements sous 4 semaines",
            About::MyWeeks => "Mes événements par semaine",
        },
        Phrase::BarLabel(BarLabel::Month(month)) => return dates::short_month(*month, Language::Fr),
        Phrase::BarLabel(BarLabel::Days(least, Some(most))) => return format!("{least}-{most}"),
        Phrase::BarLabel(BarLabel::Days(least, None)) => return format!("plus de {}", least - 1),
        Phrase::BarLabel(BarLabel::Person(name)) => return name.clone(),
        Phrase::BarLabel(BarLabel::Week(monday)) => return monday.format("du %d/%m").to_string(),
        Phrase::Format(format) => match format {
            Format::Csv => "CSV, pour tableurs",
            Format::Json => "JSON, pour d'autres programmes",
            Format::Ics => "iCalendar, pour agendas",
            Format::Vcf => "vCard, pour carnets d'adresses",
        },
        Phrase::Exported { rows, left_out, among_newest, path } => {
            let partly = among_newest.then(|| format!(" (parmi les {} fiches les plus récentes)", number(NEWEST)));
            let without = (left_out > 0)
                .then(|| format!(" (omis : {})", plural(left_out, "événement sans début", "événements sans début")));
            let (rows, is) = (plural(rows, "ligne", "lignes"), if rows < 2 { "est" } else { "sont" });
            let (partly, without) = (partly.unwrap_or_default(), without.unwrap_or_default());
            return format!("{rows}{partly}{without} {is} maintenant dans {path}.");
        }
        Phrase::Printed { document, name, path } => {
            let what = match document {
                Document::EventSheet(_) => format!("La fiche de l'événement {name}"),
                Document::Statement(id) => format!("Le relevé du contrat {} ({name})", id.0),
                Document::Receipt(id) => format!("Le reçu {} ({name})", id.0),
            };
            return format!("{what} est maintenant dans {path}. Ouvrez ce fichier dans un navigateur pour l'imprimer.");
        }
        Phrase::ExportTitle => "Exporter cette liste en",
        Phrase::Palette(palette) => match palette {
            Palette::Standard => "celles du terminal",
            Palette::Plain => "aucune",
            Palette::Contrast => "contraste élevé",
        },
        Phrase::Preferences => "Mes préférences",
        Phrase::CopyTitle => "Copier quoi ?",
        Phrase::FilterDone => "garder le filtre",
        Phrase::FilterClear => "effacer le filtre",
        Phrase::FiguresHelp => "Aller aux chiffres à côté de la liste, et revenir.",
        Phrase::TypeToNarrow => "Tapez pour filtrer",
        Phrase::MenuHelp => "Ce que vous tapez filtre la liste. Haut et Bas choisissent, Entrée valide, Échap annule.",
        Phrase::MoreChoices => "Il y en a d'autres : tapez pour les trouver.",
        Phrase::AmongNewest => {
            return format!("Recherche limitée aux {} fiches les plus récentes.", number(NEWEST));
        }
        Phrase::NotKept(why) => return format!("Votre choix n'a pas pu être gardé pour la prochaine fois : {why}"),
        Phrase::FiguresKey => "chiffres",
        Phrase::KeepEditing => "Continuer la saisie",
        Phrase::SavedSoFar => "Enregistré, sauf ce que vous avez tapé depuis. ⌨save⌨ l'enregistre aussi.",
        Phrase::PasswordAsSaved => "Enregistré, sauf ce que vous avez tapé depuis dans le mot de passe.",
        Phrase::ResultDone => "fait",
        Phrase::UndoHint => "Appuyez sur ⌨undo⌨ pour annuler.",
        Phrase::Cancel => "Annuler",
        Phrase::YesKey => "o",
        Phrase::Told(Told::NothingSigned) => "Rien n'a été signé.",
        Phrase::Told(Told::NothingRemoved) => "Rien n'a été supprimé.",
        Phrase::Told(Told::NothingArchived) => "Rien n'a été archivé.",
        Phrase::Told(Told::NothingRestored) => "Rien n'a été restauré.",
        Phrase::Told(Told::NothingHandedOver) => "Rien n'a été confié.",
        Phrase::Told(Told::NothingSaved) => "Rien n'a été enregistré.",
        Phrase::NewPassword => "Nouveau mot de passe",
        Phrase::TemporaryTitle => "Mot de passe temporaire",
        Phrase::TemporaryOf(name) => {
            return format!("Communiquez-le maintenant à {name} : il ne sera plus affiché ensuite.");
        }
        Phrase::CloseKey => "fermer",
        Phrase::Told(Told::StillActive) => "Le compte reste actif.",
        Phrase::Told(Told::StillDeactivated) => "Le compte reste désactivé.",
        Phrase::Told(Told::PasswordStays) => "Le mot de passe reste le même.",
        Phrase::Told(Told::SupportStays) => "Rien n'a été attribué.",
        Phrase::Told(Told::StatusStays) => "L'état reste le même.",
        Phrase::KeyShare => "répartir",
        Phrase::VerbHandOver => "Confier",
        Phrase::Asked(Asked::AssignVerb) => "Attribuer",
        Phrase::Asked(Asked::ContractsGoAlong) => "Les contrats suivent leur client.",
        Phrase::VerbDone => "Il est terminé",
        Phrase::Asked(Asked::DoneAhead(when)) => {
            return format!("Il ne commence que le {when}. Est-il tout de même terminé ?");
        }
        Phrase::VerbSign => "Signer",
        Phrase::VerbSave => "Enregistrer",
        Phrase::VerbDiscard => "Abandonner",
        Phrase::VerbFilter => "Filtrer",
        Phrase::VerbQuit => "Quitter",
        Phrase::VerbLeave => "Quitter",
        Phrase::KeyChoose => "choisir",
        Phrase::KeyArrows => "flèches",
        Phrase::KeyMonth => "mois",
        Phrase::KeyHelp => "aide",
        Phrase::KeyCancel => "annuler",
        Phrase::KeyTake => "valider",
        Phrase::DiscardTitle => "Abandonner la saisie ?",
        Phrase::EscDiscards => "Échap à nouveau abandonne ce que vous avez tapé.",
        Phrase::DiscardMeans => "La saisie n'est pas enregistrée.",
        Phrase::SummaryTitle => "Enregistrer ces changements ?",
        Phrase::SignContract => "Signer le contrat",
        Phrase::TemporaryPassword => "Temporaire : il doit être changé à la première connexion.",
        Phrase::PasswordProposed => {
            "Dictez ce mot de passe à la personne : il disparaît quand vous quittez ce formulaire."
        }
        Phrase::SignatureIsFinal => "Une signature est définitive : le contrat reste signé.",
        Phrase::AsChosen => "comme choisi",
        Phrase::ZoneHint => "tapez une ville ou un pays",
        Phrase::PickHint => "Entrée pour choisir",
        Phrase::PasswordTitle => "Votre mot de passe",
        Phrase::PasswordWhy(Some(right)) => {
            return format!("Tapez votre mot de passe pour {}.", permission(right));
        }
        Phrase::PasswordWhy(None) => "Tapez votre mot de passe : il confirme que c'est bien vous.",
        Phrase::LockedTitle => "Verrouillé",
        Phrase::LockedMeans => {
            "Votre travail est conservé. Tapez votre mot de passe pour continuer ; Échap pour changer d'utilisateur."
        }
        Phrase::UnlockKey => "continuer",
        Phrase::SomebodyElseKey => "changer d'utilisateur",
        Phrase::QuitTitle => "Quitter sans enregistrer ?",
        Phrase::QuitMeans => "Une saisie n'est pas enregistrée.",
        Phrase::Waiting => "En cours…",
        Phrase::Patience => "La base de données tarde à répondre. Échap pour ne plus attendre.",
        Phrase::GaveUp => "Vous avez cessé d'attendre.",
        Phrase::GaveUpWriting => "Vous avez cessé d'attendre : c'est peut-être enregistré, peut-être pas.",
        Phrase::F5TriesAgain => "⌨refresh⌨ pour réessayer.",
        Phrase::F5Shows => "⌨refresh⌨ montre ce qui est enregistré.",
        Phrase::TypeAgain => "Retapez votre mot de passe.",
        Phrase::EnterTriesAgain => "Entrée pour réessayer.",
        Phrase::LookBeforeSaving => "Vérifiez avant de réenregistrer.",
        Phrase::LookIn(place) => return format!("Vérifiez dans « {place} » avant de réenregistrer."),
        Phrase::MayBeSaved => "Votre saisie est peut-être enregistrée.",
        Phrase::LeaveInDoubt => "Quitter quand même ?",
        Phrase::NoHint => "",
        Phrase::SavedAfterAll => "C'est finalement enregistré.",
        Phrase::NotSavedAfterAll(why) => return format!("Ce que vous n'attendiez plus n'a pas été enregistré. {why}"),
        Phrase::NotDone(why) => return format!("Votre demande n'a pas été exécutée. {why}"),
        Phrase::StillSaving => "Un enregistrement est encore en cours.",
        Phrase::LeaveWhileSaving => "Si vous partez maintenant, il se peut qu'il n'ait pas lieu.",
        Phrase::HomeWhileSaving => "S'il échoue, votre saisie est perdue.",
        Phrase::QuestionWaits => "Une question attend que vous ayez terminé ici.",
        Phrase::NoShell => "Il n'y a pas de ligne de commande derrière cette fenêtre : Ctrl+Z ne fait rien ici.",
        Phrase::Copied(value) => return format!("Copié : {value}"),
        Phrase::RecordCopied(name) => return format!("Copié : toutes les valeurs de {name}"),
        Phrase::TooMuchToCopy => {
            "Rien de copié : trop pour le presse-papiers. ⌨export⌨ dans une liste écrit un fichier."
        }
        Phrase::NothingToUndo => "Il n'y a rien à annuler.",
        Phrase::Undone => "Modification annulée.",
        Phrase::Told(Told::NothingUndone) => "Rien n'a été annulé.",
        Phrase::Told(Told::Lasts { what, name, shares }) => return lasts(what, name, shares, naming),
        Phrase::SignedOutNow => "Vous êtes déconnecté.",
        Phrase::ChangeFirst => "Votre mot de passe est temporaire. Choisissez-en un que personne d'autre ne connaît.",
        Phrase::DemoAccounts => "Comptes de démonstration",
        Phrase::SignInMissing => "Tapez votre identifiant et votre mot de passe.",
        Phrase::PasswordMissing => "Tapez votre mot de passe.",
        Phrase::SignInHint => "Identifiant ou adresse e-mail, puis votre mot de passe.",
        Phrase::NextKey => "suivant",
        Phrase::BackKey => "retour",
        Phrase::QuitKey => "quitter",
        Phrase::SignOut => "Se déconnecter",
        Phrase::Lock => "Verrouiller",
        Phrase::DumbTerminal => {
            "Ce terminal ne peut pas montrer un écran entier (TERM=dumb). Lancez le programme dans une fenêtre de terminal, ou donnez à TERM le nom de celui-ci, par exemple TERM=xterm-256color."
        }
        Phrase::NoTerminal => {
            "Epic Events a besoin d'un terminal : lancez-le dans une fenêtre de terminal, pas dans un tube ni depuis un script."
        }
    };
    naming.keys_in(fixed)
}

/// What is now true of the record that was written.
fn now(deed: &Deed) -> String {
    let Deed { number, name, values, shares, .. } = *deed;
    let contract = || format!("Le contrat {number} ({name})");
    let support = if deed.without_support { ", et n'a plus de support" } else { "" };
    let heirs = if shares.is_empty() { String::new() } else { format!(" ; {}", taken_over(shares)) };
    match deed.verb {
        Verb::UserCreated => format!("{name} a maintenant un compte, avec un mot de passe temporaire."),
        Verb::UserUpdated => format!("{name} est à jour : {values}{heirs}."),
        Verb::UserDeactivated => format!("{name} ne peut plus se connecter{heirs}."),
        Verb::UserReactivated => format!("{name} peut à nouveau se connecter."),
        Verb::PasswordReset => format!("{name} a maintenant un mot de passe temporaire ; ses sessions sont fermées."),
        Verb::PasswordChanged => "Votre mot de passe est changé.".to_owned(),
        Verb::ClientCreated => format!("{name} fait maintenant partie des clients."),
        Verb::ClientUpdated | Verb::EventUpdated => format!("{name} est à jour : {values}."),
        Verb::ClientHandedOver => format!("{name} a maintenant un autre commercial."),
        Verb::ClientArchived => format!("La fiche {name} est archivée."),
        Verb::ClientMerged => format!("La fiche {name} est fusionnée."),
        Verb::MergeUndone => format!("La fusion de {name} est défaite."),
        Verb::ContractMoved => format!("{} a un autre client.", contract()),
        Verb::ClientRestored => format!("La fiche {name} est de retour dans les listes."),
        Verb::ContractCreated => format!("{} est créé, mais n'est pas encore signé.", contract()),
        Verb::ContractUpdated => format!("{} est à jour : {values}.", contract()),
        Verb::InstalmentsSet if deed.values.is_empty() => format!("{} n'a plus d'échéancier propre.", contract()),
        Verb::InstalmentsSet => format!("{} est à payer en {}.", contract(), deed.values),
        Verb::ContractSigned => format!("{} est signé.", contract()),
        Verb::ContractArchived => format!("{} est archivé.", contract()),
        Verb::ContractRestored => format!("{} est de retour dans les listes.", contract()),
        Verb::PaymentUpdated => format!("Le paiement ({name}) est à jour : {values}."),
        Verb::EventCreated if values.is_empty() => {
            format!("L'événement {name} est prévu, à une date pas encore connue.")
        }
        Verb::EventCreated => format!("L'événement {name} est prévu le {values}."),
        Verb::StatusChanged => format!("L'événement {name} est {values}{support}."),
        Verb::SupportAssigned => format!("{name} a maintenant un autre support."),
        Verb::EventArchived => format!("L'événement {name} est archivé."),
        Verb::EventRestored => format!("L'événement {name} est de retour dans les listes{support}."),
        Verb::PlanCreated => format!("Le modèle d'échéancier {name} est créé."),
        Verb::PlanUpdated => format!("Le modèle d'échéancier {name} est à jour."),
        Verb::PlanRemoved => format!("Le modèle d'échéancier {name} est supprimé."),
        Verb::Imported => format!("{name} est importé."),
        Verb::ImportReverted => format!("L'import {} est défait.", of(name)),
        Verb::SettingsUpdated => format!("Réglages à jour : {values}."),
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
            format!("{name} : {}.", verb(deed.verb))
        }
    }
}

/// Why a change cannot be undone, and what to do instead.
fn lasts(what: Lasting, name: &str, shares: &[Share], naming: Naming) -> String {
    let (done, instead) = match what {
        Lasting::New(EntityKind::User) => ("La création d'un compte", "Désactivez-le avec ⌨archive⌨ s'il est inutile."),
        Lasting::New(EntityKind::Client) => ("La création d'un client", "La gestion peut l'archiver avec ⌨archive⌨."),
        Lasting::New(EntityKind::Contract) => {
            ("La création d'un contrat", "La gestion peut l'archiver avec ⌨archive⌨.")
        }
        Lasting::New(EntityKind::Event | EntityKind::Payment | EntityKind::Audit) => {
            ("La création d'un événement", "La gestion peut l'archiver avec ⌨archive⌨.")
        }
        Lasting::Deactivated => {
            let not = naming.keys_in("ne s'annule pas avec ⌨undo⌨");
            let activate =
                naming.keys_in("Pour réactiver le compte, appuyez sur ⌨archive⌨ (Collaborateurs, vue Désactivés).");
            return format!("{name} : la désactivation {not}, car {}. {activate}", taken_over(shares));
        }
        Lasting::RoleChanged => {
            let not = naming.keys_in("ne s'annule pas avec ⌨undo⌨. Modifiez à nouveau le compte avec ⌨edit⌨.");
            let told = format!("Un changement de service {not}");
            return match shares {
                [] => told,
                _ => format!("{told} Ce qui a été confié n'est pas rendu : {}.", taken_over(shares)),
            };
        }
        Lasting::PasswordReset => ("Un mot de passe temporaire", "Donnez-en un autre avec ⌨reset-password⌨."),
        Lasting::OwnPassword => {
            ("Un changement de mot de passe", "Changez-le à nouveau : ⌨palette⌨, Changer mon mot de passe.")
        }
        Lasting::Signed => return "Une signature est définitive : elle ne s'annule pas.".to_owned(),
        Lasting::PaymentCancelled => {
            ("L'annulation d'un paiement", "Enregistrez-le à nouveau avec ⌨pay⌨ sur son contrat.")
        }
        Lasting::Settings => {
            ("Un changement des réglages", "Remettez-y les anciennes valeurs ; elles sont dans le journal d'audit.")
        }
        Lasting::ViewSaved => ("L'enregistrement d'une vue", "Modifiez-la ou supprimez-la avec ⌨view⌨."),
        Lasting::ViewRemoved => ("La suppression d'une vue", "Enregistrez-la à nouveau avec ⌨view⌨."),
        Lasting::Columns => ("Le choix des colonnes", "Choisissez-les à nouveau avec ⌨columns⌨."),
    };
    format!("{done} {}. {}", naming.keys_in("ne s'annule pas avec ⌨undo⌨"), naming.keys_in(instead))
}

/// The new value of a field: « téléphone +33 6 12 ».
fn field_now(of: Field, value: &str) -> String {
    let name = field(of).to_lowercase();
    match (of, value) {
        (Field::Visibility, _) => value.to_owned(),
        (Field::DefaultPlan, "") => "plus d'échéancier par défaut".to_owned(),
        (Field::DefaultPlan, _) => "nouvel échéancier par défaut".to_owned(),
        (Field::Reauth, _) => format!("mot de passe redemandé : {value}"),
        (Field::MinPasswordLength, _) => format!("mot de passe d'au moins {value} caractères"),
        (_, "") => format!("sans {name}"),
        (Field::Notes, _) => format!("{name} « {value} »"),
        _ => format!("{name} {value}"),
    }
}

/// « Léa reprend 34 clients et Bill reprend 2 événements ».
fn taken_over(shares: &[Share]) -> String {
    let share = |Share { name, clients, events }: &Share| format!("{name} reprend {}", owned(*clients, *events));
    listed(&shares.iter().map(share).collect::<Vec<_>>())
}

fn owned(clients: usize, events: usize) -> String {
    let counted = [(clients, "client", "clients"), (events, "événement", "événements")];
    let some = counted.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| some(*count, one, many));
    listed(&some.collect::<Vec<_>>())
}

/// « 5 clients, dont 1 archivé ».
fn inherited(owned_by: &Inheritance) -> String {
    with_archived(owned(owned_by.clients, owned_by.events), owned_by)
}

fn with_archived(all: String, owned_by: &Inheritance) -> String {
    match owned_by.archived {
        0 => all,
        archived => format!("{all}, dont {}", some(archived, "archivé", "archivés")),
    }
}

/// « son client et ses 2 événements ».
fn his_own(owned_by: &Inheritance) -> String {
    let counted = [(owned_by.clients, "client", "clients"), (owned_by.events, "événement", "événements")];
    let owned = counted.iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| match count {
        1 => format!("son {one}"),
        count => format!("ses {}", some(*count, one, many)),
    });
    with_archived(listed(&owned.collect::<Vec<_>>()), owned_by)
}

/// « un, deux et trois ».
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Management => "gestion",
        Role::Sales => "commercial",
        Role::Support => "support",
    }
}

pub(super) fn field(field: Field) -> &'static str {
    match field {
        Field::Username => "Identifiant",
        Field::FullName => "Nom complet",
        Field::Email => "E-mail",
        Field::Phone => "Téléphone",
        Field::EmployeeNumber => "Matricule",
        Field::Role => "Service",
        Field::Active => "Actif",
        Field::Password => "Mot de passe",
        Field::PasswordAgain => "Confirmation",
        Field::Login => "Identifiant ou e-mail",
        Field::CurrentPassword => "Mot de passe actuel",
        Field::CompanyName => "Entreprise",
        Field::SalesContactId => "Commercial",
        Field::LastContactAt => "Dernier contact",
        Field::Notes => "Notes",
        Field::ArchivedAt => "Archivé",
        Field::Number => "Numéro",
        Field::MergedIntoId => "Fusionné avec",
        Field::OtherClient => "Autre fiche",
        Field::ClientId => "Client",
        Field::TotalCents => "Total",
        Field::DueCents => "Reste dû",
        Field::SignedAt => "Signé le",
        Field::ContractId => "Contrat",
        Field::Title => "Titre",
        Field::ClientContact => "Contact sur place",
        Field::ContactPhone => "Tél. contact",
        Field::StartsAt => "Début",
        Field::EndsAt => "Fin",
        Field::Location => "Lieu",
        Field::Attendees => "Invités",
        Field::Status => "État",
        Field::SupportId => "Support",
        Field::AmountCents => "Montant",
        Field::PaidOn => "Payé le",
        Field::Method => "Mode",
        Field::Reference => "Référence",
        Field::CancelledAt => "Annulé",
        Field::CancelReason => "Motif",
        Field::PaidBefore => "Déjà payé",
        Field::Instalments => "Échéances",
        Field::Label => "Libellé",
        Field::DueOn => "Échéance",
        Field::Share => "Part",
        Field::Difference => "Différence sur",
        Field::Currency => "Devise",
        Field::TimeZone => "Fuseau horaire",
        Field::Visibility => "Visibilité",
        Field::SalesCreateContracts => "Contrats par les commerciaux",
        Field::SupportHandsOver => "Le support peut réattribuer",
        Field::Reauth => "Mot de passe demandé",
        Field::SessionMinutes => "Verrouillage (minutes)",
        Field::MinPasswordLength => "Longueur du mot de passe",
        Field::DefaultPlan => "Échéancier par défaut",
        Field::Language => "Langue",
        Field::Engine => "Données sur",
        Field::Host => "Serveur",
        Field::Port => "Port",
        Field::Database => "Base de données",
        Field::DatabaseUser => "Utilisateur",
        Field::DatabasePassword => "Mot de passe",
        Field::Tls => "Chiffrement (TLS)",
        Field::AuthorityFile => "Certificat (fichier)",
        Field::EverydayUser => "Compte quotidien",
        Field::EverydayPassword => "Son mot de passe",
        Field::From => "Du",
        Field::Palette => "Couleurs",
        Field::Ascii => "Traits en ASCII",
        Field::Accessible => "Lecteur d'écran",
        Field::Mouse => "Souris",
        Field::SignedFrom => "Signé du",
        Field::SignedTo => "Signé au",
        Field::DueFrom => "Échéance du",
        Field::DueTo => "Échéance au",
        Field::To => "Au",
        Field::Above => "Total d'au moins",
        Field::Below => "Total d'au plus",
        Field::DueAbove => "Reste dû d'au moins",
        Field::DueBelow => "Reste dû d'au plus",
        Field::Place => "Lieu",
        Field::Name => "Nom",
        Field::Kind => "Liste",
        Field::Shared => "Partagée",
        Field::Content => "Contenu",
        Field::Columns => "Colonnes",
        Field::Outcome => "Résultat",
    }
}

pub(super) fn problem(problem: Problem) -> String {
    let fixed = match problem {
        Problem::Required => "Veuillez remplir ce champ.",
        Problem::TooShort(least) => return format!("Au moins {least} caractères."),
        Problem::TooLong(most) => return format!("Au plus {most} caractères."),
        Problem::TooManyBytes(most) => {
            return format!("Trop long : au plus {most} octets (les lettres accentuées comptent double ou plus).");
        }
        Problem::UsernameCharacters => "Seuls les lettres sans accent, les chiffres et . _ - sont permis.",
        Problem::NotAnEmail => "Ce n'est pas une adresse e-mail.",
        Problem::NotAPhone => {
            "Un numéro de téléphone comporte 6 à 15 chiffres ; + ( ) . - / et les espaces sont admis."
        }
        Problem::NotAnEmployeeNumber => "Un matricule a 1 à 6 chiffres.",
        Problem::NotAnAmount => "Ce n'est pas un montant. Écrivez par exemple 12 000,50.",
        Problem::NotANumber => "Ce n'est pas un nombre entier.",
        Problem::NotACurrency => "Devise inconnue. Tapez un code tel que EUR, CHF ou GBP.",
        Problem::NotATimeZone => "Fuseau inconnu. Tapez une ville ou un pays, par exemple Lyon ou France.",
        Problem::NotADate => "Ce n'est pas une date. Écrivez par exemple 14/08/2026, demain ou +3j.",
        Problem::NotADateIn(DayOrder::DayFirst) => {
            "Ce n'est pas une date. Dans ce fichier, le jour vient en premier, comme dans 14/08/2026."
        }
        Problem::NotADateIn(DayOrder::MonthFirst) => {
            "Ce n'est pas une date. Dans ce fichier, le mois vient en premier, comme dans 08/14/2026."
        }
        Problem::MoreValues => {
            "La ligne a plus de valeurs qu'il n'y a d'en-têtes. Une valeur qui contient le séparateur doit être entre guillemets."
        }
        Problem::YearMissing => "Un fichier doit donner la date entière, avec son année : par exemple 14/08/2026.",
        Problem::NoSuchDay { day, month, year } => {
            return format!("Le {} n'existe pas.", dates::spell_any_day(day, month, year, Language::Fr));
        }
        Problem::NotADateTime => {
            "Ce n'est pas une date avec une heure. Écrivez par exemple 14/08/2026 18:30 ou demain 18h."
        }
        Problem::TimeMissing(day) => {
            return format!("À quelle heure ? Écrivez par exemple {} 18:30.", dates::format_date(day));
        }
        Problem::YearOutOfRange(least, most) => {
            return format!("Seules les années de {least} à {most} sont acceptées.");
        }
        Problem::SkippedByClocks(from, to) => {
            let (from, to) = (from.format("%H:%M"), to.format("%H:%M"));
            return format!("Ce jour-là, l'heure saute de {from} à {to}.");
        }
        Problem::NotPositive => "Doit être supérieur à zéro.",
        Problem::Negative => "Ne peut pas être négatif.",
        Problem::IsZero => "Ne peut pas être zéro.",
        Problem::MoreThanDue(Cents(0)) => {
            "Il ne reste rien à payer. Seul un remboursement, précédé d'un moins, est possible."
        }
        Problem::MoreThanDue(most) => return more_than_due(&most.format(Language::Fr)),
        Problem::MoreThanPaid(Cents(0)) => "Rien n'a été payé : il n'y a rien à rembourser.",
        Problem::MoreThanPaid(most) => {
            return format!("Seuls {} ont été payés : on ne peut pas rembourser plus.", most.format(Language::Fr));
        }
        Problem::BelowPaid(paid) => {
            return format!("{} ont déjà été payés : le total ne peut pas être inférieur.", paid.format(Language::Fr));
        }
        Problem::PaidAboveTotal => "Ne peut pas dépasser le total.",
        Problem::SumDiffers { sum, total } => {
            let words = if sum > total { "de trop" } else { "manquent" };
            let difference = Cents((sum.0 - total.0).abs()).format(Language::Fr);
            return format!(
                "{difference} {words}\u{a0}: la somme des échéances doit être {}.",
                total.format(Language::Fr)
            );
        }
        Problem::SharesDiffer(sum) => {
            return format!("La somme des parts est de {} %, et non de 100 %.", Cents(sum).format(Language::Fr));
        }
        Problem::TooMany(most) => return format!("{most} lignes au plus."),
        Problem::NotADueDay => {
            "Tapez une date, ou un nombre de jours à partir de la signature ou de l'événement, par exemple « signature + 30 » ou « 60 jours avant l'événement »."
        }
        Problem::OnlyDays => "Comptez en jours, car les mois n'ont pas tous la même longueur : 30 jours, par exemple.",
        Problem::NotAShare => "Ce n'est pas une part en pourcentage, comme 30 ou 33,33.",
        Problem::NeedsAnchor => {
            "Un modèle compte à partir de la signature ou de l'événement, par exemple «\u{a0}événement - 60\u{a0}»."
        }
        Problem::OutOfRange(least, most) => {
            return format!("De {} à {}.", number(least), number(most));
        }
        Problem::InThePast => "Cette date est déjà passée.",
        Problem::InTheFuture => "Cette date est dans le futur.",
        Problem::NothingBetween => "L'intervalle finit avant de commencer : rien ne serait trouvé.",
        Problem::EndBeforeStart => "La fin est avant le début.",
        Problem::EndWithoutStart => "Indiquez d'abord le début.",
        Problem::Taken => "Déjà pris par quelqu'un d'autre.",
        Problem::NameInUse => "Il y a déjà une vue de ce nom.",
        Problem::ControlCharacters => {
            "Ce texte contient des caractères qui ne peuvent pas être affichés. Tapez-le au lieu de le coller."
        }
        Problem::CommonPassword => {
            "Ce mot de passe est trop courant. Choisissez plutôt plusieurs mots sans rapport entre eux."
        }
        Problem::PasswordIsName => "Le mot de passe ne peut pas être l'identifiant ou le nom de l'entreprise.",
        Problem::PasswordsDiffer => "Les deux mots de passe diffèrent.",
        Problem::PasswordUnchanged => "Le nouveau mot de passe est identique à l'ancien.",
        Problem::WrongPassword => "Ce n'est pas votre mot de passe.",
        Problem::SameAccount => "C'est le compte d'installation. Choisissez-en un autre pour tous les jours.",
        Problem::AccountExists => "Ce compte existe, avec un autre mot de passe.",
        Problem::AccountTooMighty => "Ce compte a trop de droits : il peut changer les tables ou le journal.",
        Problem::PasswordRefused => "Les règles du serveur refusent ce mot de passe.",
        Problem::NotAChoice => "Ceci ne peut pas être choisi ici.",
        Problem::Unknown => "Il n'y en a pas ici.",
        Problem::Ambiguous(fitting) => {
            return format!(
                "{} correspondent. Précisez lequel est visé.",
                number(i64::try_from(fitting).unwrap_or(i64::MAX))
            );
        }
        Problem::SameAsRow(row) => return format!("La ligne {row} du fichier concerne la même fiche."),
        Problem::FollowsPayments(due) => {
            return format!(
                "Il reste {} dus ici, d'après les paiements. Enregistrez des paiements pour le changer.",
                due.format(Language::Fr)
            );
        }
        Problem::NotByImport => "Un import ne change pas ceci. Changez-le dans le programme.",
        Problem::OtherClient => "Le contrat de ce numéro est celui d'un autre client.",
        Problem::NameDiffers => "Le client de cette adresse a un autre nom.",
        Problem::IsNotSigned => "Ce contrat n'est pas encore signé.",
        Problem::RestDiffers(rest) => {
            return format!("Après ce qui a été payé, il reste dû {} du total.", rest.format(Language::Fr));
        }
        Problem::LastInstalment => {
            "La dernière échéance est inférieure à ce que perd le total. Modifiez d'abord l'échéancier."
        }
        Problem::IsArchived => "C'est archivé. Restaurez-le d'abord.",
        Problem::ParentIsArchived => "Son client ou son contrat est archivé : il doit l'être aussi.",
        Problem::HasContracts(count) => {
            return format!(
                "Ce client a encore {}. Archivez d'abord ses contrats.",
                plural(count, "contrat", "contrats")
            );
        }
        Problem::HasEvents(count) => {
            return format!(
                "Ce contrat a encore {}. Archivez d'abord ses événements.",
                plural(count, "événement", "événements")
            );
        }
        Problem::IsCancelled => "Ce paiement est annulé : il reste tel quel.",
        Problem::NotActiveSales => "Seul un commercial actif peut suivre un client.",
        Problem::NotActiveSupport => "Seule une personne active du support peut recevoir un événement.",
    };
    fixed.to_owned()
}

/// What a right allows, after « peut » or « pour ».
fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::SeeRecords => "voir ceci",
        Permission::SeeStaff => "voir les collaborateurs",
        Permission::ManageUsers => "gérer les comptes des collaborateurs",
        Permission::ChangeOwnPassword => "changer ce mot de passe",
        Permission::CreateClient => "créer des clients",
        Permission::EditClient => "modifier des clients",
        Permission::HandOverClient => "confier des clients",
        Permission::ArchiveClient => "archiver des clients",
        Permission::CreateContract => "créer des contrats",
        Permission::EditContract => "modifier des contrats",
        Permission::SignContract => "signer des contrats",
        Permission::ArchiveContract => "archiver des contrats",
        Permission::CreateEvent => "créer des événements",
        Permission::EditEvent => "modifier des événements",
        Permission::AssignSupport => "attribuer le support",
        Permission::SetStatus => "changer l'état des événements",
        Permission::ArchiveEvent => "archiver des événements",
        Permission::RecordPayment => "enregistrer des paiements",
        Permission::CancelPayment => "annuler des paiements",
        Permission::MergeClients => "fusionner des clients",
        Permission::ManagePlans => "modifier les modèles d'échéancier",
        Permission::Import => "importer des fichiers",
        Permission::ReadAudit => "lire le journal d'audit",
        Permission::ChangeSettings => "changer les réglages",
        Permission::OwnPreferences => "réorganiser ses listes",
        Permission::ShareViews => "partager des vues",
    }
}

/// Who has a right whatever the settings are: "Seuls les commerciaux et la gestion peuvent modifier des clients".
fn only(right: Permission) -> String {
    let who = [Role::Sales, Role::Support, Role::Management].into_iter().filter_map(|role| {
        Some(match (role, policy::always(right, role)?) {
            (Role::Sales, _) => "les commerciaux",
            (Role::Support, Reach::Own) => "le support de l'événement",
            (Role::Support, Reach::Any) => "le support",
            (Role::Management, _) => "la gestion",
        })
    });
    let who: Vec<&str> = who.collect();
    let what = match right {
        Permission::EditEvent => "le modifier",
        Permission::SetStatus => "changer son état",
        other => permission(other),
    };
    match who.as_slice() {
        [] => "Personne n'en a le droit".to_owned(),
        ["la gestion"] => format!("Seule la gestion peut {what}"),
        ["le support"] => format!("Seul le support peut {what}"),
        several => format!("Seuls {} peuvent {what}", several.join(" et ")),
    }
}

pub(super) fn reason(reason: Reason, naming: Naming) -> String {
    let fixed = match reason {
        Reason::Role(right, _) => return format!("{}.", only(right)),
        Reason::Setting(right) => return format!("{} (réglage de l'entreprise).", only(right)),
        Reason::NotYourClient => "Ce n'est pas votre client.",
        Reason::NotYourEvent => "Cet événement ne vous est pas attribué.",
        Reason::ChangePasswordFirst => "Changez d'abord votre mot de passe temporaire.",
        Reason::ContractNotSigned(contract) => return format!("Le contrat {contract} n'est pas encore signé."),
        Reason::ContractAlreadySigned(contract) => return format!("Le contrat {contract} est déjà signé."),
        Reason::Archived => "C'est archivé. La gestion peut le restaurer avec ⌨archive⌨.",
        Reason::NotArchived => "Ce n'est pas archivé.",
        Reason::ParentArchived => "Son client ou son contrat est archivé. Restaurez-le d'abord.",
        Reason::ClientHasContracts(count) => {
            return format!(
                "Ce client a encore {}. Archivez d'abord ses contrats.",
                plural(count, "contrat", "contrats")
            );
        }
        Reason::ContractHasEvents(count) => {
            return format!(
                "Ce contrat a encore {}. Archivez d'abord ses événements.",
                plural(count, "événement", "événements")
            );
        }
        Reason::PaymentCancelled => "Ce paiement est annulé.",
        Reason::RecordedEarlier => "Il n'a pas été enregistré aujourd'hui : seule la gestion peut l'annuler.",
        Reason::RefundedMeanwhile => {
            "Sans ce paiement, les remboursements dépasseraient ce qui a été payé. Annulez d'abord le remboursement."
        }
        Reason::PaidMeanwhile => {
            "Sans ce remboursement, les paiements dépasseraient le total du contrat. Augmentez d'abord le total ou annulez un paiement."
        }
        Reason::AlreadyReverted => "Cet import a déjà été défait.",
        Reason::PlanIsDefault => "C'est le modèle par défaut. Choisissez-en d'abord un autre dans les réglages.",
        Reason::PlansFull(most) => {
            return format!("Il y a déjà {most} modèles d'échéancier. Supprimez-en un qui ne sert plus.");
        }
        Reason::Merged => "Ce client a été fusionné avec un autre, qui a tout repris.",
        Reason::ClientChangedSince(name) => {
            return format!("La fusion ne peut pas être défaite : la fiche {name} a été modifiée depuis.");
        }
        Reason::ContractChangedSince(number) => {
            return format!("La fusion ne peut pas être défaite : le contrat {number} a été modifié depuis.");
        }
        Reason::LastManager => "C'est le dernier gestionnaire actif. Nommez-en d'abord un autre.",
        Reason::Inactive => "Cette personne est désactivée.",
        Reason::AlreadyActive => "Cette personne est déjà active.",
        Reason::ViewsFull(most) => {
            return format!("Vous avez déjà {most} vues. Supprimez-en une dont vous n'avez plus besoin.");
        }
        Reason::SharedViewsFull(most) => {
            return format!("{most} vues sont déjà partagées. Cessez d'en partager une, ou supprimez-en une.");
        }
        Reason::NotActive { name, role } => {
            let name = if name.is_empty() { "Cette personne" } else { &name };
            return match role {
                Role::Sales => {
                    format!("{name} ne fait pas partie des commerciaux actifs : choisissez quelqu'un d'autre.")
                }
                Role::Management | Role::Support => {
                    format!("{name} ne fait pas partie du support actif : choisissez quelqu'un d'autre.")
                }
            };
        }
        Reason::NobodyElse(Role::Sales) => {
            "Il n'y a pas d'autre commercial actif. Créez-en d'abord un (Collaborateurs, ⌨new⌨)."
        }
        Reason::NobodyElse(_) => {
            "Il n'y a personne d'autre au support. Créez d'abord un compte (Collaborateurs, ⌨new⌨)."
        }
    };
    naming.keys_in(fixed)
}

pub(super) fn error(error: &Error, naming: Naming) -> String {
    let fixed = match error {
        Error::Denied(why) => return reason(why.clone(), naming),
        Error::Invalid(errors) => {
            let first = errors.0.first();
            return first
                .map(|(of, wrong)| sentence_about(Language::Fr, field(*of), &problem(*wrong)))
                .unwrap_or_default();
        }
        Error::Conflict(conflict) if conflict.by.is_empty() => "Quelqu'un d'autre a modifié ceci entre-temps.",
        Error::Conflict(conflict) => {
            return format!("{} a modifié ceci entre-temps. Le voici tel qu'il est maintenant.", conflict.by);
        }
        Error::NotFound => "Ceci n'existe plus, ou vous n'y avez pas accès.",
        Error::PasswordNeeded => "Votre mot de passe est à nouveau nécessaire.",
        Error::NeedsHeir(_) => "Quelqu'un doit d'abord prendre la relève.",
        Error::SignIn(SignInProblem::Wrong) => "Identifiant ou mot de passe incorrect.",
        Error::SignIn(SignInProblem::Wait(seconds)) => {
            return format!(
                "Trop d'échecs. Attendez {}, puis réessayez.",
                plural(i64::from(*seconds), "seconde", "secondes")
            );
        }
        Error::SignedOut(SignedOutBecause::AccountChanged) => {
            "Votre compte a été modifié, ou une sauvegarde restaurée. Reconnectez-vous."
        }
        Error::SignedOut(SignedOutBecause::NotSignedIn) => "Veuillez vous connecter.",
        Error::Unavailable(why) => return connection(why),
        Error::AlreadySetUp => "Il y a déjà une entreprise dans cette base. Rien n'a été changé.",
        Error::OutcomeUnknown => "Connexion rompue pendant l'enregistrement : vérifiez s'il a eu lieu.",
        Error::File(why) => return file_problem(*why),
        Error::Stopped => "Arrêté. Rien n'a été modifié.",
        Error::ImportChanged => {
            "Des données ont changé depuis votre lecture. Rien n'a été importé. Regardez à nouveau l'aperçu."
        }
        Error::InRow { row, why } => {
            let why = match &**why {
                Error::Conflict(conflict) if !conflict.by.is_empty() => {
                    format!("{} l'a modifié entre-temps.", conflict.by)
                }
                other => self::error(other, naming),
            };
            return format!("La ligne {row} ne peut plus être importée, donc rien n'a été importé. {why}");
        }
        Error::NotWritable(folder) => {
            return format!(
                "Aucun fichier ne peut être écrit dans {folder}. Vérifiez le dossier, ses droits et la place sur le disque."
            );
        }
        Error::Internal(reference) => {
            return format!(
                "Une erreur inattendue est survenue. Donnez cette référence à l'administrateur : {reference}."
            );
        }
    };
    naming.keys_in(fixed)
}

fn connection(problem: &ConnectionProblem) -> String {
    let fixed = match problem {
        ConnectionProblem::HostNotFound => "Le nom du serveur de base de données est inconnu. Vérifiez son écriture.",
        ConnectionProblem::Refused => "Le serveur ne répond pas. Vérifiez qu'il est démarré et que le port est le bon.",
        ConnectionProblem::Timeout => "La base de données ne répond pas à temps. Réessayez dans un instant.",
        ConnectionProblem::Lost => "La connexion à la base est perdue, mais pas votre saisie : réessayez.",
        ConnectionProblem::AccessDenied => {
            "Le serveur de base de données refuse cet utilisateur avec ce mot de passe. Si le mot de passe de la base a changé depuis l'ouverture du programme, relancez le programme."
        }
        ConnectionProblem::AccessDeniedInClear => {
            "Le serveur de base de données refuse cet utilisateur avec ce mot de passe, ou il n'accepte que des connexions chiffrées et celle-ci ne l'est pas (ssl_mode)."
        }
        ConnectionProblem::NoPassword => {
            "Le serveur de base de données refuse cet utilisateur sans mot de passe, et aucun n'a été donné. Indiquez-le dans l'adresse, DB_PASSWORD ou DB_PASSWORD_FILE."
        }
        ConnectionProblem::EncryptionRequired => {
            "Le serveur de base de données n'accepte que des connexions chiffrées, et celle-ci ne l'est pas. Indiquez db_ssl_ca, ou ssl_mode=required dans l'adresse."
        }
        ConnectionProblem::NoSuchDatabase => {
            "Cette base n'existe pas sur le serveur : `epic-events --init` la crée, si cet utilisateur le peut."
        }
        ConnectionProblem::DatabaseDenied => {
            "Le serveur ne laisse pas cet utilisateur utiliser ou créer cette base de données."
        }
        ConnectionProblem::NoTls => "Le serveur n'offre pas de chiffrement, et il est demandé.",
        ConnectionProblem::BadCertificate => {
            "Le certificat du serveur n'est pas digne de confiance : émetteur, nom ou date. S'il vient de votre propre autorité, indiquez le fichier de celle-ci dans db_ssl_ca (ssl_ca dans une adresse)."
        }
        ConnectionProblem::NotADatabase => "Le fichier de la base n'est pas une base de données, ou il est abîmé.",
        ConnectionProblem::NotAccessible => {
            "Le fichier de la base ne peut pas être lu ou écrit. Vérifiez son dossier et ses droits."
        }
        ConnectionProblem::NotSetUp => {
            "Il n'y a pas encore d'entreprise ici : `epic-events --init` en installe une, `epic-events --demo` montre un exemple."
        }
        ConnectionProblem::SchemaTooNew => "Une version plus récente a changé la base. Mettez ce programme à jour.",
        ConnectionProblem::SchemaTooOld(Versions { from, to }) => {
            return format!(
                "Les tables de l'entreprise sont d'une version plus ancienne ({from} vers {to}). L'administrateur lance `epic-events migrate` avec le compte d'installation."
            );
        }
        ConnectionProblem::MigrationDenied(Versions { from, to }) if from.is_empty() => {
            return format!(
                "Ce compte ne peut pas créer les tables de l'entreprise ({to}). Il faut le compte d'installation (voir docs/administration.md)."
            );
        }
        ConnectionProblem::MigrationDenied(Versions { from, to }) => {
            return format!(
                "Les tables de l'entreprise doivent être mises à jour ({from} vers {to}), et ce compte n'en a pas le droit. Lancez `epic-events migrate` avec le compte d'installation."
            );
        }
        ConnectionProblem::SetUpAccountNeeded => {
            "Seul le compte d'installation peut faire ceci. Donnez son adresse dans DATABASE_URL, pour cette seule commande. Rien n'a été changé."
        }
        ConnectionProblem::NotGranted(right) => {
            return format!(
                "Le compte de la base n'a pas ce droit : {right}. L'administrateur lui donne les droits que nomme `epic-events doctor`."
            );
        }
        ConnectionProblem::SetUpNotGranted { right, grant } => {
            return format!(
                "Le compte d'installation n'a pas ce droit : {right}. L'administrateur du serveur lui donne ses droits, puis la commande est relancée : {grant}"
            );
        }
        ConnectionProblem::NoDefiner => {
            "Le compte de base de données qui protège les fiches n'existe plus : rien ne peut être enregistré. Dites-le à votre administrateur : `epic-events doctor` indique quoi faire."
        }
        ConnectionProblem::AccountLocked => {
            "Le serveur de base de données a verrouillé ce compte. Le compte d'installation n'est déverrouillé que pour son propre travail : voir docs/administration.md."
        }
        ConnectionProblem::AuthorityFile(path) => {
            return format!(
                "Le certificat de l'autorité ({path}) ne peut pas être lu. Vérifiez son chemin et ses droits."
            );
        }
        ConnectionProblem::NoCertificate(path) => {
            return format!(
                "Le fichier {path} ne contient aucun certificat. Mettez-y celui de l'autorité du serveur (ca.pem)."
            );
        }
        ConnectionProblem::BadSslMode(mode) => {
            return format!(
                "La valeur « {} » de ssl_mode n'est pas connue. Valeurs possibles : verify_identity, verify_ca, required, disabled.",
                crate::domain::text::for_terminal(mode)
            );
        }
        ConnectionProblem::PasswordNotEncoded { signs, shown } => {
            return format!(
                "Le mot de passe dans l'adresse de la base contient des signes qui y ont un sens. Écrivez leurs codes ({signs}) dans {shown}, ou donnez le mot de passe par DB_PASSWORD."
            );
        }
        ConnectionProblem::NoSuchFile(path) => return format!("Le fichier {path} n'existe pas. Rien n'a été modifié."),
        ConnectionProblem::NoMajority => {
            "Les serveurs de la base ne se voient plus et attendent : rien ne peut être enregistré. Prévenez la personne qui les gère."
        }
        ConnectionProblem::NotEmbedded => {
            "Ceci est pour la base intégrée. Celle d'un serveur se copie avec ses propres outils : voir docs/administration.md."
        }
        ConnectionProblem::FileExists => "Un fichier de ce nom existe déjà. Rien n'a été changé.",
        ConnectionProblem::Moved => "Base déplacée ou remplacée : rien n'est enregistré. Prévenez l'administrateur.",
        ConnectionProblem::InUse => "Un autre programme a ouvert cette base. Fermez-le, puis réessayez.",
        ConnectionProblem::NotOurTables(name) => {
            return format!(
                "Ce fichier n'est pas une sauvegarde de ce programme : « {} » n'est pas conforme. Rien n'a été changé.",
                crate::domain::text::for_terminal(name)
            );
        }
        ConnectionProblem::OtherProgram(table) => {
            return format!(
                "Ce fichier est celui d'un autre programme : il contient une table « {} ». Choisissez-en un autre. Rien n'a été changé.",
                crate::domain::text::for_terminal(table)
            );
        }
        ConnectionProblem::UnfinishedCopy => {
            "Cette base contient la copie inachevée d'une entreprise. Recommencez-la avec `epic-events copy --from ANCIENNE_ADRESSE --to CETTE_ADRESSE --again`, ou supprimez la base."
        }
        ConnectionProblem::BeingMade => {
            "Une autre copie vers cette base est en cours, ou une installation. Quand elle sera finie, `epic-events doctor` dira ce qu'il y a ; si elle a été interrompue, elle peut être recommencée au plus tard dix minutes après."
        }
        ConnectionProblem::TakenOver => {
            "Ce programme a été retenu, et entre-temps quelqu'un d'autre a commencé à travailler sur la base ou l'a recréée. Il s'est donc arrêté et n'y touche plus. `epic-events doctor` dit ce qu'elle contient."
        }
        ConnectionProblem::CopyCutOff => {
            "La connexion à la base a été perdue avant la fin de la copie. Relancez la commande : s'il reste une partie de la copie, elle dit comment recommencer."
        }
        ConnectionProblem::CopyInDoubt => {
            "La connexion à la base a été perdue tout à la fin. La copie est peut-être complète : lancez `epic-events doctor` sur la nouvelle base, qui le dit, ou que la copie est inachevée."
        }
        ConnectionProblem::SourceBusy => {
            "Des personnes enregistrent dans la base à copier : elle n'a pas pu être verrouillée. Rien n'a été copié. Relancez la commande quand moins de personnes travaillent."
        }
        ConnectionProblem::NotEmpty(table) => {
            return format!(
                "Une entreprise n'est copiée que dans une base vide, et celle-ci a une table « {} ». Rien n'a été changé.",
                crate::domain::text::for_terminal(table)
            );
        }
        ConnectionProblem::CopyDiffers(table) => {
            return format!(
                "La table « {table} » de la copie diffère de l'original : rien n'en a été gardé. Relancez la commande."
            );
        }
        ConnectionProblem::SameFile => {
            "Ce fichier est la base elle-même. Pour revenir en arrière, indiquez une de ses sauvegardes. Rien n'a été changé."
        }
        ConnectionProblem::DiskFull => {
            "Le disque est plein. Rien n'a été enregistré ; faites de la place et réessayez."
        }
        ConnectionProblem::BadAddress(part) if part.is_empty() => {
            "L'adresse de la base n'est pas comprise. Écrivez sqlite://CHEMIN ou mysql://UTILISATEUR:MOTDEPASSE@SERVEUR:PORT/NOM."
        }
        ConnectionProblem::BadAddress(part) => {
            return format!(
                "L'adresse de la base n'est pas comprise à « {part} ». Écrivez sqlite://CHEMIN ou mysql://UTILISATEUR:MOTDEPASSE@SERVEUR:PORT/NOM."
            );
        }
        ConnectionProblem::Other(detail) => return format!("La base de données est inutilisable : {detail}"),
    };
    fixed.to_owned()
}

/// Of the wizard that sets up a company.
/// Why a file is not read, and what to do.
pub(super) fn file_problem(problem: FileProblem) -> String {
    let fixed = match problem {
        FileProblem::NotFound => "Ce fichier n'existe pas. Vérifiez son nom et son dossier.",
        FileProblem::Folder => "Ceci est un dossier. Choisissez un fichier qu'il contient.",
        FileProblem::NotAFile => "Ceci est un périphérique ou un tube. Choisissez un fichier.",
        FileProblem::NotReadable => {
            "Le fichier ne peut pas être lu. Vérifiez ses droits, et qu'aucun programme ne le tient."
        }
        FileProblem::Empty => "Le fichier est vide.",
        FileProblem::NotASpreadsheet => "Ce n'est pas un tableau. Les fichiers xlsx, ods et CSV peuvent être lus.",
        FileProblem::OldWorkbook => {
            "Les classeurs .xls et .xlsb ne sont pas lus. Enregistrez-le en .xlsx dans votre tableur, et choisissez celui-ci."
        }
        FileProblem::Password => {
            "Le fichier est protégé par un mot de passe. Enregistrez-le sans, et choisissez-le à nouveau."
        }
        FileProblem::Damaged => {
            "Le fichier est abîmé ou incomplet. Récupérez-le à nouveau, ou réenregistrez-le dans votre tableur."
        }
        FileProblem::NotText => "Les lettres de ce fichier sont illisibles. Enregistrez-le en .xlsx, ou en CSV UTF-8.",
        FileProblem::TooLarge { mebibytes } => {
            return format!("Le fichier dépasse {mebibytes} Mo. Partagez-le en plusieurs fichiers.");
        }
        FileProblem::TooMuch => {
            "Le fichier contient trop pour un import. Partagez-le, ou supprimez des colonnes inutiles."
        }
        FileProblem::TooManyRows(most) => {
            return format!("Le fichier dépasse {} lignes. Partagez-le en plusieurs fichiers.", number(most.into()));
        }
        FileProblem::TooManyColumns(most) => {
            return format!(
                "Le fichier dépasse {} colonnes. Supprimez celles qui ne servent pas ici.",
                number(most.into())
            );
        }
        FileProblem::NoHeadings => {
            "Aucune ligne d'en-têtes trouvée. Au-dessus des données, chaque colonne porte son nom, comme Client ou Téléphone."
        }
        FileProblem::NoRows => "Il n'y a rien sous les en-têtes.",
    };
    fixed.to_owned()
}

fn set_up(phrase: SetUpPhrase, naming: Naming) -> String {
    let fixed = match phrase {
        SetUpPhrase::Title => "Installer Epic Events",
        SetUpPhrase::OnThisComputer => "cet ordinateur",
        SetUpPhrase::OnServer => "le serveur MySQL de l'entreprise",
        SetUpPhrase::TlsDefault => "vérifié, sauf sur cet ordinateur",
        SetUpPhrase::TlsVerify => "vérifié",
        SetUpPhrase::TlsRequired => "chiffré, non vérifié",
        SetUpPhrase::TlsOff => "aucun",
        SetUpPhrase::StatementsCopied => "Les instructions sont copiées.",
        SetUpPhrase::Done => "Epic Events est installé. Connectez-vous comme premier gestionnaire.",
        SetUpPhrase::Copied => {
            "L'entreprise est maintenant sur le serveur, avec tous ses comptes. Connectez-vous comme d'habitude."
        }
        SetUpPhrase::KeptHere => "Les données seront gardées dans un fichier de cet ordinateur.",
        SetUpPhrase::KeptOnServer(server) => {
            return format!("Connecté à {server} : les données y seront gardées.");
        }
        SetUpPhrase::CopiedBefore(server) => {
            return format!("Connecté à {server} : l'entreprise de cet ordinateur y est déjà copiée.");
        }
        SetUpPhrase::CompanyThere => {
            "Il y a déjà une entreprise dans cette base. Rien n'a été changé. Pour travailler avec elle, il faut à cet ordinateur l'adresse de son compte quotidien (docs/administration.md). Pour en créer une autre, ou pour y transférer celle de cet ordinateur, indiquez une base vide."
        }
        SetUpPhrase::NextMeans => "Aller à la page suivante.",
        SetUpPhrase::TestKey => "tester et continuer",
        SetUpPhrase::UpdateKey => "mettre à jour",
        SetUpPhrase::CreateKey => "créer l'entreprise",
        SetUpPhrase::CopyKey => "copier l'entreprise",
        SetUpPhrase::CheckKey => "vérifier le compte",
        SetUpPhrase::Language => "Quelle langue parlez-vous ? Gauche et Droite choisissent, Entrée continue.",
        SetUpPhrase::Place => {
            "Où enregistrer les données de l'entreprise ? Dans un fichier sur cet ordinateur, ou sur un serveur partagé."
        }
        SetUpPhrase::Server => {
            "Le compte d'installation crée les tables et les met à jour plus tard : demandez-le à la personne qui gère le serveur. ⌨save⌨ teste la connexion et n'écrit rien."
        }
        SetUpPhrase::Update((from, to)) => {
            return format!(
                "Il y a déjà une entreprise ici, et ses tables sont d'une version plus ancienne de ce programme. Entrée les met à jour ({from} vers {to}) ; aucun gestionnaire n'est demandé. Si ce compte n'en a pas le droit, Échap revient pour nommer le compte d'installation."
            );
        }
        SetUpPhrase::Account => {
            "Le compte quotidien, pour la configuration de chaque ordinateur : il ne peut changer ni les tables ni le journal. La dernière étape le crée, ou montre ce que l'administrateur du serveur doit exécuter. Seul ce compte est gardé."
        }
        SetUpPhrase::SummaryAgain => {
            "Voici ce qui sera créé. Jusqu'ici il n'y a que les tables. Entrée crée l'entreprise, Échap revient."
        }
        SetUpPhrase::Statements => {
            "Le compte d'installation ne peut pas créer le compte quotidien. Faites exécuter ceci par l'administrateur du serveur (⌨copy⌨ le copie), puis appuyez sur Entrée :"
        }
        SetUpPhrase::AccountNotReady => {
            "Le compte quotidien n'existe pas, n'a pas tous ces droits, ou a un autre mot de passe (autre entreprise ? Échap, et un autre nom)."
        }
        SetUpPhrase::Company => {
            "L'entreprise. La devise est un code de trois lettres, par exemple EUR. Tapez une ville ou un pays pour trouver le fuseau horaire. Tout cela se modifie plus tard dans les réglages."
        }
        SetUpPhrase::Manager => "Le premier gestionnaire, qui créera les comptes de tous les autres.",
        SetUpPhrase::Summary => {
            "Voici ce qui sera créé. Rien n'est encore enregistré. Entrée crée l'entreprise, Échap revient."
        }
        SetUpPhrase::MoveMeans(name) => {
            return format!(
                "Il y a une entreprise sur cet ordinateur : {name}. Elle peut être copiée sur le serveur avec tout son contenu : chacun garde son mot de passe, ses fiches et le journal. Celle de cet ordinateur reste telle quelle."
            );
        }
        SetUpPhrase::MoveCompany => "la copier sur le serveur",
        SetUpPhrase::NewCompany => "en créer une nouvelle",
        SetUpPhrase::MoveSummary => {
            "Rien n'a encore été écrit. La dernière étape copie l'entreprise et compare la copie, ce qui peut durer quelques minutes ; personne ne peut enregistrer sur cet ordinateur pendant ce temps."
        }
        SetUpPhrase::MoveSummaryAgain => {
            "L'entreprise est sur le serveur. Il ne manque que le compte quotidien : Entrée le vérifie et termine l'installation, Échap revient."
        }
    };
    naming.keys_in(fixed)
}

/// For administrators.
fn admin(phrase: AdminPhrase) -> String {
    match phrase {
        AdminPhrase::PasswordIsReset { name, username } => format!(
            "{name} ({username}) a un mot de passe temporaire ; ses sessions sont fermées. Il n'est affiché qu'une fois et doit être changé à la prochaine connexion :"
        ),
        AdminPhrase::ManagerReactivated(name) => {
            format!("Plus aucun compte de gestion n'était actif : celui de {name} est réactivé.")
        }
        AdminPhrase::NoAccount(username) => {
            format!("Aucun compte n'a l'identifiant « {username} ». Rien n'a été changé.")
        }
        AdminPhrase::AccountDeactivated(name) => format!(
            "Le compte de {name} est désactivé. La gestion le réactive dans Collaborateurs. Rien n'a été changé."
        ),
        AdminPhrase::Guarded(names) => format!(
            "Des déclencheurs ont été créés : le serveur fait respecter ces règles aussi : {}.",
            names.join(", ")
        ),
        AdminPhrase::WouldGuard(names) => format!(
            "Des déclencheurs seraient créés pour ces règles : {}. Rien n'a été changé.",
            names.join(", ")
        ),
        AdminPhrase::GuardsNotSeen => {
            "Ce compte ne peut ni voir ni créer les déclencheurs. Lancez `migrate` avec le compte d'installation pour savoir s'il en manque.".to_owned()
        }
        AdminPhrase::CopiedTable { name, rows, checksum } => {
            let rows = plural(i64::try_from(rows).unwrap_or(i64::MAX), "ligne", "lignes");
            format!("{name} : {rows}, somme de contrôle {checksum}, identique des deux côtés.")
        }
        AdminPhrase::CopyDone { to } => format!(
            "L'entreprise est copiée vers {to}. Inscrivez la nouvelle adresse dans chaque configuration. La base d'origine n'a pas changé : gardez-la jusqu'à ce que tous travaillent avec la nouvelle."
        ),
        AdminPhrase::CopyAgain(command) => format!("La commande entière : {command}"),
        AdminPhrase::AfterCopy => {
            "Sur le serveur, son administrateur crée ensuite le compte quotidien, avec un mot de passe de votre choix : c'est ce compte qu'il faut inscrire dans chaque configuration. Le compte qui a fait la copie est verrouillé, sauf s'il sert aussi à autre chose ; il ne doit pas être supprimé :".to_owned()
        }
        AdminPhrase::CompanyHere => {
            "Il y a déjà une entreprise ici : lancez le programme sans --init. Rien n'a été changé.".to_owned()
        }
        AdminPhrase::HowToMove(from) => format!(
            "Pour mettre l'entreprise de cet ordinateur sur un serveur, lancez : epic-events copy --from {from} --to ADRESSE, avec l'adresse d'une base vide et du compte d'installation (voir docs/administration.md)."
        ),
        AdminPhrase::ForgotPassword => "Mot de passe oublié ? La gestion vous en donne un temporaire.".to_owned(),
        AdminPhrase::ManagerForgotPassword => {
            "Pour la gestion : l'administrateur (`epic-events reset-password`).".to_owned()
        }
        AdminPhrase::DoctorVersions { tables, program } => {
            let tables = if tables.is_empty() { "aucune" } else { tables };
            format!("tables {tables}, programme {program}")
        }
        AdminPhrase::DoctorFaults(count) => {
            format!("{} : voir le rapport.", some(count, "défaut trouvé", "défauts trouvés"))
        }
        AdminPhrase::UpToDate(version) => format!("Les tables sont à jour ({version}). Il n'y avait rien à faire."),
        AdminPhrase::WouldMigrate(Versions { from, to }) => {
            format!("Les tables seraient mises à jour : {from} vers {to}. Rien n'a été changé.")
        }
        AdminPhrase::Migrated(Versions { from, to }) => {
            format!("Les tables ont été mises à jour : {from} vers {to}.")
        }
        AdminPhrase::Unguarded(names) => {
            format!(
                "Le serveur ne laisse pas ce compte créer de déclencheurs. Seul le programme fait donc respecter ces règles : {}. Lancez epic-events migrate avec un compte qui peut en créer : le serveur les fera respecter aussi.",
                names.join(", ")
            )
        }
        AdminPhrase::LeftAlone(file) => format!("{file} nomme une autre base et a été laissé tel quel."),
        AdminPhrase::EverydayHint => {
            "Le compte d'installation n'est gardé nulle part : docs/administration.md dit comment mettre le compte quotidien dans config.toml.".to_owned()
        }
        AdminPhrase::DoctorOverruled { by, origin } => format!("remplacé par {by} ({origin})"),
        AdminPhrase::BackupDone(file) => {
            format!("La sauvegarde est dans {file}. Elle a été vérifiée et est complète.")
        }
        AdminPhrase::RestoreDone(file) => {
            format!("Les données sont à nouveau celles de la sauvegarde {file}. Chacun doit se reconnecter.")
        }
        AdminPhrase::RestoreKept(file) => format!("Les données d'avant sont gardées dans {file}."),
        AdminPhrase::AuditWhole { rows, head } => {
            format!("Le journal d'audit est intact : {}. Tête : {head}", plural(rows, "ligne", "lignes"))
        }
        AdminPhrase::AuditFault(fault) => {
            match fault {
                Fault::Changed(seq) => format!("La ligne {} du journal d'audit a été modifiée.", number(*seq)),
                Fault::Removed(seq) => format!("La ligne {} du journal d'audit a été supprimée.", number(*seq)),
                Fault::Inserted(id) => {
                    format!("La ligne d'identifiant {id} a été ajoutée à la main au journal d'audit.")
                }
                Fault::Before { known, found } => format!(
                    "Le journal d'audit comptait {} lignes avant le début de sa chaîne et en compte {} maintenant : des lignes ont été supprimées ou ajoutées à la main.",
                    number(*known),
                    number(*found)
                ),
                Fault::Cut(seq) => {
                    format!("La fin du journal d'audit a été coupée : la ligne {} manque.", number(*seq))
                }
            }
        }
        AdminPhrase::BadHead => "Une tête s'écrit NUMÉRO:EMPREINTE, comme cette commande l'imprime.".to_owned(),
    }
}

/// On printed documents.
fn paper(phrase: PaperPhrase) -> String {
    let fixed = match phrase {
        PaperPhrase::EventSheet => "Fiche d'événement",
        PaperPhrase::Statement => "Relevé de compte",
        PaperPhrase::Receipt => "Reçu",
        PaperPhrase::Refund => "Reçu de remboursement",
        PaperPhrase::Number(number) => return format!("n°\u{a0}{number}"),
        PaperPhrase::Contract(number) => return format!("Contrat n°\u{a0}{number}"),
        PaperPhrase::When => "Date",
        PaperPhrase::Hours { from, to } => return format!("de {from} à {to}"),
        PaperPhrase::From(from) => return format!("à partir de {from}, fin non connue"),
        PaperPhrase::DayAt { day, hour } => return format!("{day} à {hour}"),
        PaperPhrase::Until(end) => return format!("jusqu'au {end}"),
        PaperPhrase::Where => "Lieu",
        PaperPhrase::Attendees => "Invités",
        PaperPhrase::Client => "Client",
        PaperPhrase::Contacts => "Contacts",
        PaperPhrase::OnTheDay => "Contact sur place",
        PaperPhrase::SalesContact => "Commercial",
        PaperPhrase::Support => "Support",
        PaperPhrase::Name => "Nom",
        PaperPhrase::Telephone => "Téléphone",
        PaperPhrase::Email => "E-mail",
        PaperPhrase::Notes => "Notes",
        PaperPhrase::NotKnown => "à préciser",
        PaperPhrase::NobodyYet => "personne à ce jour",
        PaperPhrase::ContractLabel => "Contrat",
        PaperPhrase::SignedOn => "Signé le",
        PaperPhrase::NotSigned => "non signé à ce jour",
        PaperPhrase::AsOf => "Situation au",
        PaperPhrase::DueAsOf(day) => return format!("Reste dû au {day}"),
        PaperPhrase::SettledAsOf(day) => return format!("Soldé au {day}"),
        PaperPhrase::ContractTotal => "Total du contrat",
        PaperPhrase::Total => "Total",
        PaperPhrase::Paid => "Réglé",
        PaperPhrase::StillDue => "Reste dû",
        PaperPhrase::PaidInFull => "Soldé",
        PaperPhrase::Overdue => "dont en retard",
        PaperPhrase::Standing(standing) => match standing {
            Standing::Paid => "réglée",
            Standing::Overdue => "en retard",
            Standing::Due | Standing::NotYetKnown => "à régler",
        },
        PaperPhrase::Events => "Événements",
        PaperPhrase::Event => "Événement",
        PaperPhrase::Day => "Date",
        PaperPhrase::Archived => "Archivé",
        PaperPhrase::CancelledEvent(title) => return format!("{title} (annulé)"),
        PaperPhrase::MoreEvents => "Le contrat comporte d'autres événements.",
        PaperPhrase::Instalments => "Échéances",
        PaperPhrase::Instalment => "Échéance",
        PaperPhrase::InstalmentNumber(number) => return format!("Échéance {number}"),
        PaperPhrase::State => "État",
        PaperPhrase::AmountIn(currency) => return format!("Montant ({currency})"),
        PaperPhrase::DueIn(currency) => return format!("Reste dû ({currency})"),
        PaperPhrase::DueOn => "Due le",
        PaperPhrase::Payments => "Règlements",
        PaperPhrase::PaidOn => "Réglé le",
        PaperPhrase::Method => "Mode de règlement",
        PaperPhrase::Way(method) => match method {
            Method::Transfer => "virement bancaire",
            Method::Card => "carte bancaire",
            Method::Cheque => "chèque",
            Method::Cash => "espèces",
            Method::Other => "autre",
            Method::Opening => "versements antérieurs",
        },
        PaperPhrase::RefundBy(way) => return format!("remboursement, {way}"),
        PaperPhrase::Reference => "Référence",
        PaperPhrase::CancelledOn(day) => return format!("Annulé le {day}"),
        PaperPhrase::DoesNotCount => "Ce reçu n'est plus valable.",
        PaperPhrase::ReceivedFrom => "Reçu de",
        PaperPhrase::RefundedTo => "Remboursé à",
        PaperPhrase::ReceivedOn => "Reçu le",
        PaperPhrase::RefundedOn => "Remboursé le",
        PaperPhrase::RecordedOn => "Enregistré le",
        PaperPhrase::AmountReceived => "Montant reçu",
        PaperPhrase::AmountRefunded => "Montant remboursé",
        PaperPhrase::MadeBy { day, name } => return format!("Établi le {day} par {name}"),
    };
    fixed.to_owned()
}

/// About columns and saved views.
fn times(phrase: TimePhrase) -> String {
    match phrase {
        TimePhrase::AfterStart => "attend une date de début valable".to_owned(),
        TimePhrase::Ends { time, next_day, minutes } => {
            format!("{time}{}, {} après", if next_day { " le lendemain" } else { "" }, lasting(minutes))
        }
        TimePhrase::From(of) => format!("{} du", filtered_day(of)),
        TimePhrase::To(of) => format!("{} au", filtered_day(of)),
        TimePhrase::Load { events, weeks: None } => {
            format!("{} cette semaine-là", plural(events, "événement", "événements"))
        }
        TimePhrase::Load { events, weeks: Some((first, last)) } => {
            format!("{} du {first} au {last}", plural(events, "événement", "événements"))
        }
    }
}

fn filtered_day(of: EntityKind) -> &'static str {
    match of {
        EntityKind::Client => "Dernier contact",
        EntityKind::Contract => "Créé",
        EntityKind::Event => "Début",
        EntityKind::Payment => "Payé",
        EntityKind::User | EntityKind::Audit => "Fait",
    }
}

/// What a filter looks for its words in.
fn searched(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Client => "nom, entreprise, e-mail, téléphone",
        EntityKind::Contract => "n°, client, entreprise, e-mail, téléphone",
        EntityKind::Event => "titre, lieu, contact, client, téléphone",
        EntityKind::Payment => "référence, client, entreprise, e-mail, téléphone",
        EntityKind::User => "nom, identifiant, e-mail, téléphone, matricule",
        EntityKind::Audit => "personne qui a agi, nom de la fiche",
    }
}

fn lists(phrase: ListPhrase, naming: Naming) -> String {
    let words = match phrase {
        ListPhrase::RefineHint => "Appuyez sur ⌨refine⌨ pour changer ou effacer les filtres.",
        ListPhrase::NothingFoundHint => "Appuyez sur Échap pour effacer le filtre.",
        ListPhrase::EmptyViewHint => "Appuyez sur ⌨view⌨ pour d'autres vues.",
        ListPhrase::EmptyListHint => "Appuyez sur ⌨new⌨ pour créer le premier.",
        ListPhrase::Refined(by) => return format!("Filtré : {by}"),
        ListPhrase::OpenedAtToday => "Liste ouverte à aujourd'hui ; le passé est au-dessus",
        ListPhrase::ContractSums { count, total, due, by_due_day, currency } => {
            let contracts = plural(count, "contrat", "contrats");
            let is_due = if by_due_day { "échu ou à échoir" } else { "reste dû" };
            return format!("{contracts} : total {total} {currency}, {is_due} {due} {currency}");
        }
        ListPhrase::TooManyToSum(count) => {
            return format!("Plus de {} contrats : filtrez la liste pour en voir la somme", number(count));
        }
        ListPhrase::RefusedRowsSaved => "refus enregistrés",
        ListPhrase::ImportedFrom => "Importé de",
        ListPhrase::FilterLabel => "Filtre",
        ListPhrase::Searched(kind) => searched(kind),
        ListPhrase::FilterHelp(kind) => return format!("Chercher des mots dans ces valeurs : {}.", searched(kind)),
        ListPhrase::ChooseFirst { kind, key } => {
            let one = match kind {
                EntityKind::Client => "un client",
                EntityKind::Contract => "un contrat",
                EntityKind::Event => "un événement",
                EntityKind::Payment => "un paiement",
                EntityKind::User => "un collaborateur",
                EntityKind::Audit => "une ligne",
            };
            return format!("Choisissez {one}, puis appuyez sur {key}.");
        }
        ListPhrase::RefineTitle(kind) => match kind {
            EntityKind::Client => "Filtrer les clients par",
            EntityKind::Contract => "Filtrer les contrats par",
            EntityKind::Event => "Filtrer les événements par",
            EntityKind::Payment => "Filtrer les paiements par",
            EntityKind::User => "Filtrer les collaborateurs par",
            EntityKind::Audit => "Filtrer le journal d'audit par",
        },
        ListPhrase::Between => " ; ",
        ListPhrase::KeyOpenRecord => "ouvrir la fiche",
        ListPhrase::KeyScroll => "faire défiler",
        ListPhrase::SaveViewAs => "Enregistrer cette vue sous…",
        ListPhrase::ReplaceView(name) => return format!("Enregistrer « {name} » telle qu'affichée"),
        ListPhrase::RenameView(name) => return format!("Renommer « {name} »…"),
        ListPhrase::ShareView(name) => return format!("Partager « {name} » avec tout le monde"),
        ListPhrase::UnshareView(name) => return format!("Ne plus partager « {name} »"),
        ListPhrase::RemoveView(name) => return format!("Supprimer « {name} »…"),
        ListPhrase::RemoveViewTitle(name) => return format!("Supprimer la vue « {name} » ?"),
        ListPhrase::RemoveViewMeans { shared: false } => "Seule la vue disparaît, pas les fiches qu'elle montre.",
        ListPhrase::RemoveViewMeans { shared: true } => {
            "Elle disparaît pour tout le monde. Seule la vue disparaît, pas les fiches qu'elle montre."
        }
        ListPhrase::VerbRemove => "Supprimer",
        ListPhrase::ShareViewTitle(name) => return format!("Partager la vue « {name} » ?"),
        ListPhrase::SharesAsSaved => {
            "Vous avez modifié la vue depuis son enregistrement ; c'est la vue enregistrée qui est partagée."
        }
        ListPhrase::VerbShare => "Partager",
        ListPhrase::ViewName => "Nom de la vue",
        ListPhrase::ViewHolds => "Enregistrée avec son filtre, son ordre et ses colonnes.",
        ListPhrase::ViewIsOwn => "personnelle",
        ListPhrase::ViewIsShared => "personnelle, partagée",
        ListPhrase::ViewBy(name) => return format!("partagée par {name}"),
        ListPhrase::ViewUnusable => "inutilisable ici",
        ListPhrase::ViewUnusableWhy { name, may_remove } => {
            let remove = if may_remove { " ⌨view⌨ permet de la supprimer." } else { "" };
            return format!(
                "Ce programme ne sait pas utiliser « {name} » : une autre version l'a enregistrée.{remove}"
            );
        }
        ListPhrase::ViewChangedSince(name) => return format!("{name} (modifiée)"),
        ListPhrase::ViewAsSaved(name) => return format!("« {name} » s'affiche à nouveau telle qu'enregistrée."),
        ListPhrase::ViewSaved(name) => return format!("La vue « {name} » est enregistrée."),
        ListPhrase::ViewRenamed(name) => return format!("La vue s'appelle maintenant « {name} »."),
        ListPhrase::ViewSharedNow(name) => {
            let key = naming.keys_in("(touche ⌨view⌨).");
            return format!("La vue « {name} » est maintenant proposée à tous {key}");
        }
        ListPhrase::ViewUnsharedNow { name, own: true } => {
            return format!("La vue « {name} » n'est plus visible que par vous.");
        }
        ListPhrase::ViewUnsharedNow { name, own: false } => {
            return format!("La vue « {name} » n'est plus partagée.");
        }
        ListPhrase::ViewRemoved(name) => return format!("La vue « {name} » est supprimée."),
        ListPhrase::RowsCopied { count: 1, names } => return format!("Ligne copiée : {names}"),
        ListPhrase::RowsCopied { count, names } => return format!("{count} lignes copiées : {names}"),
        ListPhrase::ColumnsTitle => "Colonnes",
        ListPhrase::ColumnsOf(kind) => match kind {
            EntityKind::Client => "Colonnes des clients",
            EntityKind::Contract => "Colonnes des contrats",
            EntityKind::Event => "Colonnes des événements",
            EntityKind::Payment => "Colonnes des paiements",
            EntityKind::User => "Colonnes des collaborateurs",
            EntityKind::Audit => "Colonnes du journal",
        },
        ListPhrase::ColumnsHint => {
            "Espace affiche ou cache, PgPréc et PgSuiv déplacent, Gauche et Droite changent la largeur, Suppr rétablit les colonnes habituelles."
        }
        ListPhrase::ColumnFits => "largeur automatique",
        ListPhrase::ColumnWidth(width) => return format!("largeur {width}"),
        ListPhrase::ColumnRepeats => "identique à chaque ligne ici",
        ListPhrase::ColumnNoRoom => "pas de place dans cette fenêtre",
        ListPhrase::ColumnsSaved => "Ces colonnes sont enregistrées pour toutes les vues de cette liste.",
        ListPhrase::ColumnsPreset => "Toutes les vues de cette liste ont à nouveau les colonnes habituelles.",
        ListPhrase::ColumnsOfView(name) => {
            return format!(
                "La vue « {name} » a ses propres colonnes. Pour les changer, enregistrez-la sous un autre nom."
            );
        }
        ListPhrase::KeyShow => "afficher",
        ListPhrase::KeyMove => "déplacer",
        ListPhrase::KeyWidth => "largeur",
        ListPhrase::KeyPreset => "colonnes habituelles",
    };
    naming.keys_in(words)
}

fn instalments(phrase: InstalmentPhrase, naming: Naming) -> String {
    use InstalmentPhrase as I;
    let words = match phrase {
        I::Of(contract) => return format!("Échéancier du contrat {contract}"),
        I::NewPlan => "Nouveau modèle d'échéancier",
        I::EditPlan => "Modifier le modèle d'échéancier",
        I::Plans => "Modèles d'échéancier",
        I::TotalAndPaid { contract, total, paid: "" } => return format!("{contract} : total {total}"),
        I::TotalAndPaid { contract, total, paid } => {
            return format!("{contract} : total {total}, dont {paid} déjà payés");
        }
        I::FollowsDefault(plan) => {
            let keys = naming.keys_in("⌨save⌨ les fixe pour ce seul contrat.");
            return format!("Ces lignes suivent le modèle par défaut, {plan}. {keys}");
        }
        I::FilledIn(plan) => {
            let keys = naming.keys_in("⌨save⌨ les fixe pour ce contrat.");
            return format!("Ces lignes sont proposées d'après le modèle {plan}. {keys}");
        }
        I::NothingAgreed => "Aucune échéance n'est fixée : le montant n'a donc pas de date limite.",
        I::Sum { sum, missing: Some(missing), .. } => return format!("Somme {sum} : il manque {missing}"),
        I::Sum { sum, too_much: Some(much), .. } => return format!("Somme {sum} : {much} de trop"),
        I::Sum { sum, .. } => return format!("Somme {sum} : c'est juste"),
        I::RowOf { at, of } => return format!("ligne {at} sur {of}"),
        I::HintLabel => "Ce que le client lit sur le relevé, par exemple Acompte. Peut rester vide.",
        I::HintAmount => "Un montant, ou une part comme 30 %. Vide à la dernière ligne : le reste.",
        I::HintShare => "Une part en pourcentage, comme 30. Vide à la dernière ligne : le reste.",
        I::HintDue => "Une date, signature, événement, signature + 30 ou 60 jours avant l'événement.",
        I::HintPlanDue => "signature, événement, signature + 30 ou 60 jours avant l'événement.",
        I::FallsDue { day, past: false } => return format!("À payer le {day}."),
        I::FallsDue { day, past: true } => return format!("Était à payer le {day} : ce jour est passé."),
        I::Makes { amount, share } => return format!("{amount}, soit {share} du total."),
        I::NotSignedYet => "Le contrat n'est pas encore signé : la date n'est pas connue.",
        I::NoEventYet => "Pas encore d'événement daté : la date n'est pas connue.",
        I::ColDay => "Date",
        I::DayUnknown => "inconnue",
        I::ChoosePlan => "Choisir un modèle",
        I::ReplaceByPlan => "Remplacer ces lignes par un modèle",
        I::NoPlans { may_manage: true } => {
            "Il n'y a pas encore de modèle. La palette les propose sous Modèles d'échéancier."
        }
        I::NoPlans { may_manage: false } => "Il n'y a pas encore de modèle. La gestion peut en créer.",
        I::PlanTaken(name) => {
            return format!("Modèle : {name}. {}", naming.keys_in("⌨save⌨ enregistre l'échéancier."));
        }
        I::StillReading => "L'échéancier est en cours de lecture.",
        I::Theirs { name, rows } => {
            let name = if name.is_empty() { "Quelqu'un" } else { name };
            let keys = naming.keys_in("⌨take-theirs⌨ échange, ⌨save⌨ garde les vôtres");
            return format!("{name} a enregistré : {rows}. {keys}");
        }
        I::TotalChanged { name, total } => {
            let name = if name.is_empty() { "Quelqu'un" } else { name };
            return format!(
                "{name} a porté le total à {total}. Rien n'est encore enregistré : vérifiez les lignes, puis enregistrez de nouveau."
            );
        }
        I::Row { label: "", part, due } => return format!("{part} {due}"),
        I::Row { label, part, due } => return format!("{label} {part} {due}"),
        I::NoRows => "aucune ligne",
        I::ColPlan => "Modèle",
        I::ColParts => "Échéances",
        I::IsDefault => "par défaut",
        I::NoPlansYet => "Il n'y a pas encore de modèle d'échéancier.",
        I::PlansMean => {
            "Un modèle d'échéancier dit en combien de fois un contrat est payé, et quand : par exemple 30 % à la signature, 40 % 60 jours avant l'événement, 30 % le jour de l'événement. Avec un modèle, une seule touche établit l'échéancier d'un contrat, et le programme sait ce qui est en retard. ⌨open⌨ crée cet exemple, ⌨new⌨ un modèle à vous. Les réglages désignent le modèle par défaut, qui vaut pour tout contrat sans échéancier propre."
        }
        I::ExampleName => "30/40/30",
        I::ExampleLabel(0) => "Acompte",
        I::ExampleLabel(1) => "Deuxième versement",
        I::ExampleLabel(_) => "Solde",
        I::CreateExample => "créer 30/40/30",
        I::ChangeDefault(name) => return format!("Modifier le modèle par défaut, {name} ?"),
        I::MakeDefault(name) => return format!("Prendre {name} comme modèle par défaut ?"),
        I::MakeNoDefault => "Ne plus avoir de modèle par défaut ?",
        I::MakeDefaultKey => "par défaut",
        I::MakeNoDefaultKey => "plus de défaut",
        I::RemoveRows(contract) => return format!("Supprimer l'échéancier du contrat {contract} ?"),
        I::RemoveRowsMean { plan: Some(plan) } => return format!("Il suivra désormais le modèle par défaut, {plan}."),
        I::RemoveRowsMean { plan: None } => "Il n'aura plus de date limite, et ne sera jamais en retard.",
        I::InstalmentNow { label, amount } => return format!("{label} est maintenant de {amount}"),
        I::RemovePlan(name) => return format!("Supprimer le modèle {name} ?"),
        I::RemovePlanMeans => "Les contrats gardent les échéances établies d'après lui.",
        I::NoDefaultPlan => "aucun",
        I::DefaultMeans => "Pour les contrats sans échéancier propre. Les modèles : Ctrl+P, puis modèles d'échéancier.",
        I::Waits { line: HomeLine::Overdue | HomeLine::MyOverdue, amount } => {
            return format!("en retard : {amount}");
        }
        I::Waits { line: HomeLine::DueSoon | HomeLine::MyDueSoon, amount } => {
            return format!("autres sous 30 jours : {amount}");
        }
        I::Waits { line, .. } => return say(Phrase::Waits(line), naming),
        I::DueOn(day) => return format!("à payer le {day}"),
        I::Part => "Échéances",
        I::Caption { sum, by_plan, overdue } => {
            let plan = if by_plan { ", d'après le modèle par défaut" } else { "" };
            let late = overdue.map(|(amount, day)| format!(" ; {amount} en retard depuis le {day}"));
            return format!("Somme {sum}{plan}{}", late.unwrap_or_default());
        }
        I::ColState => "État",
        I::Stands { standing: Standing::Paid, .. } => "payée",
        I::Stands { standing: Standing::Overdue, open, day } => return format!("{open} en retard depuis le {day}"),
        I::Stands { standing: Standing::Due | Standing::NotYetKnown, open, .. } => return format!("{open} à payer"),
        I::Pays { label, position, due } => {
            let label = if label.is_empty() { format!("échéance {position}") } else { label.to_owned() };
            return format!("{label}, {due}.");
        }
        I::PaysAllDue => "Tout ce qui reste à payer.",
        I::NextDue { amount, day, overdue: true } => return format!("{amount} sont en retard depuis le {day}."),
        I::NextDue { amount, day, overdue: false } => {
            return format!("La prochaine échéance, de {amount}, est le {day}.");
        }
        I::ChooseAgain { name } => {
            let name = if name.is_empty() { "Quelqu'un" } else { name };
            return format!(
                "{name} a modifié l'échéancier. Rien n'est encore enregistré : choisissez l'échéance qui prend la différence, puis enregistrez de nouveau."
            );
        }
        I::Count(count) => return some(count, "échéance", "échéances"),
        I::Numbered(position) => return format!("échéance {position}"),
    };
    naming.keys_in(words)
}

fn more_than_due(most: &str) -> String {
    format!("Il reste {most} à payer : on ne peut pas enregistrer plus.")
}

/// What is said about clients that may be entered twice.
fn known(phrase: KnownPhrase, naming: Naming) -> String {
    let counted = |count: i64, one: &str| if count < 2 { format!("{count} {one}") } else { format!("{count} {one}s") };
    match phrase {
        KnownPhrase::IsTwin => {
            "Un autre client a le même numéro de téléphone, ou le même nom et la même entreprise.".to_owned()
        }
        KnownPhrase::TwinIs { who, person: true, phone: true } => {
            format!("{who} a les mêmes nom, entreprise et numéro de téléphone.")
        }
        KnownPhrase::TwinIs { who, phone: true, .. } => format!("{who} a le même numéro de téléphone."),
        KnownPhrase::TwinIs { who, .. } => format!("{who} a le même nom et la même entreprise."),
        KnownPhrase::ColShared => "Même".to_owned(),
        KnownPhrase::SharedShort(Shared::Person) => "nom".to_owned(),
        KnownPhrase::SharedShort(Shared::Phone) => "tél.".to_owned(),
        KnownPhrase::SharedShort(Shared::Email) => "e-mail".to_owned(),
        KnownPhrase::PossibleDuplicate => "Doublon possible".to_owned(),
        KnownPhrase::SharedWith(Shared::Person) => "mêmes nom et entreprise qu'un autre client".to_owned(),
        KnownPhrase::SharedWith(Shared::Phone) => "même numéro de téléphone qu'un autre client".to_owned(),
        KnownPhrase::SharedWith(Shared::Email) => "même e-mail qu'un autre client".to_owned(),
        KnownPhrase::Has { shared: Shared::Person, who } => format!("Déjà connu ? {who} a ce nom et cette entreprise."),
        KnownPhrase::Has { shared: Shared::Phone, who } => format!("Déjà connu ? {who} a ce numéro de téléphone."),
        KnownPhrase::Has { shared: Shared::Email, who } => {
            format!("{who} a cette adresse, qu'aucun autre client ne peut donc avoir.")
        }
        KnownPhrase::SalesContact(name) => format!("client de {name}"),
        KnownPhrase::YourClient => "votre client".to_owned(),
        KnownPhrase::IsArchived => "archivé".to_owned(),
        KnownPhrase::OfColleague => "Un client d'un collègue".to_owned(),
        KnownPhrase::MarkTwo => naming.keys_in("Marquez d'abord les deux clients avec ⌨mark⌨."),
        KnownPhrase::ManagementMerges => "Seule la gestion fusionne des clients".to_owned(),
        KnownPhrase::ToMerge { marked: 0 } => naming.keys_in("⌨mark⌨ en marque deux, puis ⌨merge⌨ les fusionne"),
        KnownPhrase::ToMerge { .. } => naming.keys_in("Marquez aussi l'autre, ⌨merge⌨ les fusionne"),
        KnownPhrase::VerbMerge => "fusionner".to_owned(),
        KnownPhrase::MergeTitle => "Fusionner des clients".to_owned(),
        KnownPhrase::MergeHelp => "Fusionner les deux, après une dernière question.".to_owned(),
        KnownPhrase::TakeOther => "prendre l'autre valeur".to_owned(),
        KnownPhrase::TakeOtherHelp => {
            "Prendre la valeur de l'autre fiche, ou de nouveau celle de la fiche gardée.".to_owned()
        }
        KnownPhrase::OtherValue { value, of_kept } => {
            let whose = if of_kept { "La fiche gardée" } else { "L'autre fiche" };
            format!("{whose} : {value}   {}", naming.keys_in("⌨take-theirs⌨ prend cette valeur"))
        }
        KnownPhrase::FromOther => "Vient de l'autre fiche.".to_owned(),
        KnownPhrase::NotesOfBoth => "Les notes des deux fiches.".to_owned(),
        KnownPhrase::WhichStays => "Laquelle des deux fiches garder ?".to_owned(),
        KnownPhrase::Without(what) => format!("sans {what}"),
        KnownPhrase::Contracts(count) => counted(count, "contrat"),
        KnownPhrase::Since(time) => format!("client depuis le {time}"),
        KnownPhrase::Side { name, contracts, since } => {
            format!("{name} : {}, depuis le {since}", counted(contracts, "contrat"))
        }
        KnownPhrase::MergeAsk { kept, other } => format!("Fusionner {other} avec {kept} ?"),
        KnownPhrase::Moves { contracts: 0, kept, .. } => format!("Rien n'est à déplacer vers {kept}."),
        KnownPhrase::Moves { contracts, events, payments, kept } => format!(
            "{}, {} et {} passent à {kept}.",
            counted(contracts, "contrat"),
            counted(events, "événement"),
            counted(payments, "paiement")
        ),
        KnownPhrase::MergeMeans { kept, other } => {
            let undo = naming.keys_in(
                "Tant qu'aucune des deux ne change, vous pouvez annuler : juste après avec ⌨undo⌨, plus tard avec ⌨merge⌨ dans la fiche archivée.",
            );
            format!("La fiche {other} est archivée ; qui l'ouvre est dirigé vers {kept}. {undo}")
        }
        KnownPhrase::MergeAgain("") => {
            "L'un des deux a été modifié entre-temps. Rien n'est fusionné ; recommencez.".to_owned()
        }
        KnownPhrase::MergeAgain(name) => {
            format!("{name} a modifié l'un des deux entre-temps. Rien n'est fusionné ; recommencez.")
        }
        KnownPhrase::OtherWith { name, contracts: 0 } => format!("{name}, aucun contrat déplacé"),
        KnownPhrase::OtherWith { name, contracts: 1 } => format!("{name}, 1 contrat déplacé"),
        KnownPhrase::OtherWith { name, contracts } => format!("{name}, {contracts} contrats déplacés"),
        KnownPhrase::VerbUndoMerge => "défaire la fusion".to_owned(),
        KnownPhrase::UndoMergeHelp => "En refaire deux fiches, telles qu'elles étaient avant la fusion.".to_owned(),
        KnownPhrase::UndoMergeAsk => "Défaire cette fusion ?".to_owned(),
        KnownPhrase::UndoMergeMeans(contracts) => {
            let back = match contracts {
                0 => String::new(),
                1 => " Celle-ci retrouve son contrat.".to_owned(),
                more => format!(" Celle-ci retrouve ses {more} contrats."),
            };
            format!("Les deux fiches redeviennent ce qu'elles étaient avant.{back}")
        }
        KnownPhrase::StaysMerged => "Les fiches restent fusionnées.".to_owned(),
        KnownPhrase::NothingMerged => "Rien n'est fusionné.".to_owned(),
        KnownPhrase::MergedNow { kept, other, contracts, undone } if kept == other => {
            let moved = match (contracts, undone) {
                (0, _) => String::new(),
                (1, false) => " ; 1 contrat a été déplacé".to_owned(),
                (1, true) => " ; 1 contrat est revenu".to_owned(),
                (more, false) => format!(" ; {more} contrats ont été déplacés"),
                (more, true) => format!(" ; {more} contrats sont revenus"),
            };
            if undone {
                format!("{kept} a de nouveau deux fiches{moved}.")
            } else {
                format!("Les deux fiches {kept} n'en font plus qu'une{moved}.")
            }
        }
        KnownPhrase::MergedNow { kept, other, contracts, undone } => {
            let moved = match (contracts, undone) {
                (0, _) => String::new(),
                (1, false) => ", avec 1 contrat".to_owned(),
                (1, true) => " et retrouve 1 contrat".to_owned(),
                (more, false) => format!(", avec {more} contrats"),
                (more, true) => format!(" et retrouve {more} contrats"),
            };
            if undone {
                format!("La fiche {other} existe de nouveau, séparée {}{moved}.", of(kept))
            } else {
                format!("La fiche {other} est fusionnée avec {kept}{moved}.")
            }
        }
        KnownPhrase::PartMergedInto => "Fusionné avec".to_owned(),
    }
}

fn payments(phrase: PaymentPhrase, naming: Naming) -> String {
    let words = match phrase {
        PaymentPhrase::Record => "Enregistrer un paiement",
        PaymentPhrase::Edit => "Modifier le paiement",
        PaymentPhrase::Cancel => "Annuler le paiement",
        PaymentPhrase::VerbCancel => "annuler",
        PaymentPhrase::EnterRecords => "Entrée l'enregistre, Tab passe à la suite.",
        PaymentPhrase::Refunds => "Un remboursement commence par un moins.",
        PaymentPhrase::Method(method) => match method {
            Method::Transfer => "virement",
            Method::Card => "carte",
            Method::Cheque => "chèque",
            Method::Cash => "espèces",
            Method::Other => "autre",
            Method::Opening => "avant",
        },
        PaymentPhrase::Heading { refund, amount, client } => {
            return format!("{} de {amount}, {client}", if refund { "Remboursement" } else { "Paiement" });
        }
        PaymentPhrase::ColDay => "Payé le",
        PaymentPhrase::ColAmount => "Montant",
        PaymentPhrase::ColMethod => "Mode",
        PaymentPhrase::ColContract => "Contrat",
        PaymentPhrase::ColReference => "Référence",
        PaymentPhrase::ColState => "État",
        PaymentPhrase::Cancelled => "annulé",
        PaymentPhrase::UndoHint => "Appuyez sur ⌨undo⌨ pour annuler ce paiement.",
        PaymentPhrase::AsLastTime => "Comme la dernière fois.",
        PaymentPhrase::Undone => "repris aussitôt après son enregistrement",
        PaymentPhrase::ViewRefunds => "Remboursements",
        PaymentPhrase::ViewCancelled => "Annulés",
        PaymentPhrase::Part => "Paiements",
        PaymentPhrase::Print => "Que voulez-vous imprimer ?",
        PaymentPhrase::PrintReceipt => "Le reçu de ce paiement",
        PaymentPhrase::PrintStatement(contract) => return format!("Le relevé du contrat {contract}"),
        PaymentPhrase::Paid => "Payé",
        PaymentPhrase::Due(amount) => return format!("{amount} à payer"),
        PaymentPhrase::FullyPaid => "entièrement payé",
        PaymentPhrase::PayHelp => "Enregistrer un paiement : choisir d'abord le contrat.",
        PaymentPhrase::Sums { count, refund, paid, cancelled } => {
            let payments = plural(count, "paiement", "paiements");
            let cancelled = cancelled.map(|amount| format!(", et {amount} annulés")).unwrap_or_default();
            return format!("{payments} : {paid} {}{cancelled}", if refund { "remboursés" } else { "payés" });
        }
        PaymentPhrase::TooManyToSum(count) => {
            return format!("Plus de {} paiements : filtrez la liste pour en voir la somme", number(count));
        }
        PaymentPhrase::MoreThanDue(most) => return more_than_due(most),
        PaymentPhrase::Now { cancelled, refund, amount, due, due_in_words, contract } => {
            let what = if refund { "Le remboursement" } else { "Le paiement" };
            let done = if cancelled { "annulé" } else { "enregistré" };
            let now = if due == Cents(0) {
                format!("le contrat {contract} est entièrement payé")
            } else {
                format!("il reste {due_in_words} à payer sur le contrat {contract}")
            };
            return format!("{what} de {amount} est {done} ; {now}.");
        }
    };
    naming.keys_in(words)
}

/// What became of rows or records: `12 nouvelles, 3 modifiées`. Of the rest there are none.
fn tallied(Tally { created, changed, unchanged, refused, left_out, removed, restored, kept }: Tally) -> String {
    let kinds = [
        (created, "nouvelle", "nouvelles"),
        (changed, "modifiée", "modifiées"),
        (removed, "retirée", "retirées"),
        (restored, "rétablie", "rétablies"),
        (kept, "gardée", "gardées"),
        (refused, "refusée", "refusées"),
        (left_out, "laissée de côté", "laissées de côté"),
        (unchanged, "inchangée", "inchangées"),
    ];
    let there = kinds.into_iter().filter(|(count, ..)| *count > 0);
    let words = there.map(|(count, one, more)| format!("{} {}", many(count), if count > 1 { more } else { one }));
    words.collect::<Vec<_>>().join(", ")
}

fn imports(phrase: ImportPhrase, naming: Naming) -> String {
    let words = match phrase {
        ImportPhrase::Holds(EntityKind::Client) => "clients",
        ImportPhrase::Holds(EntityKind::Contract) => "contrats",
        ImportPhrase::Holds(EntityKind::Event) => "événements",
        ImportPhrase::Holds(EntityKind::Payment) => "paiements",
        ImportPhrase::Holds(EntityKind::User) => "collaborateurs",
        ImportPhrase::Holds(EntityKind::Audit) => "journal",
        ImportPhrase::Counts(Counts { created, changed, unchanged, refused, suspected }) => {
            let s = |count: usize| if count > 1 { "s" } else { "" };
            return format!(
                "{} nouvelle{}, {} modifiée{}, {} inchangée{}, {} refusée{}, {} doublon{} possible{}.",
                many(created),
                s(created),
                many(changed),
                s(changed),
                many(unchanged),
                s(unchanged),
                many(refused),
                s(refused),
                many(suspected),
                s(suspected),
                s(suspected)
            );
        }
        ImportPhrase::Tally(tally) => return tallied(tally),
        ImportPhrase::Refused { row, name, reasons } => return format!("Ligne {row} ({name}) : {reasons}"),
        ImportPhrase::Suspected { row, name, known, detail } => {
            return format!("La ligne {row} ({name}) est peut-être {known} ({detail}).");
        }
        ImportPhrase::More(rows) => return format!("Et {} autres.", many(rows)),
        ImportPhrase::RefusedAll(rows) => {
            let rows = if rows == 1 {
                "1 ligne est refusée".to_owned()
            } else {
                format!("{} lignes sont refusées", many(rows))
            };
            return format!("Rien n'a été importé, car {rows}.");
        }
        ImportPhrase::Done { created, changed, left_out } => {
            let left_out =
                if left_out > 0 { format!(", {} laissées de côté", many(left_out)) } else { String::new() };
            return format!("Import terminé : {} nouvelles, {} modifiées{left_out}.", many(created), many(changed));
        }
        ImportPhrase::NothingNew { refused: 0, left_out: 0 } => {
            "Rien n'a été importé, car toutes les lignes sont déjà connues."
        }
        ImportPhrase::NothingNew { refused, left_out } => {
            let refused_rows = match refused {
                0 => None,
                1 => Some("1 ligne est refusée".to_owned()),
                rows => Some(format!("{} lignes sont refusées", many(rows))),
            };
            let left_out = match left_out {
                0 => None,
                1 => Some("1 doublon possible est laissé de côté".to_owned()),
                rows => Some(format!("{} doublons possibles sont laissés de côté", many(rows))),
            };
            let why: Vec<String> = refused_rows.into_iter().chain(left_out).collect();
            return format!("Rien n'est importé : {}.", why.join(" et "));
        }
        ImportPhrase::DryRun(0) => "C'était un essai : rien n'a été importé.",
        ImportPhrase::DryRun(1) => "C'était un essai : rien n'a été importé. 1 ligne est refusée.",
        ImportPhrase::DryRun(refused) => {
            return format!("C'était un essai : rien n'a été importé. {} lignes sont refusées.", many(refused));
        }
        ImportPhrase::OrderOption => "Dites-le avec --day-order day-first (jour) ou --day-order month-first (mois).",
        ImportPhrase::KindUnknown => {
            "Les en-têtes ne disent pas ce que le fichier contient. Dites-le : clients, contracts, events, staff ou payments."
        }
        ImportPhrase::Missing(fields) => return format!("Aucune colonne du fichier n'est : {fields}."),
        ImportPhrase::OrderUnknown => "Les dates ne disent pas si le jour ou le mois vient d'abord.",
        ImportPhrase::OrderMixed => {
            "Certaines dates ont le jour d'abord, d'autres le mois. Choisissez l'un : les autres seront refusées."
        }
        ImportPhrase::NoHeading(heading) => return format!("Le fichier n'a pas de colonne {heading}."),
        ImportPhrase::NoField { field, fields } => return format!("Il n'y a pas de champ {field}. Il y a : {fields}."),
        ImportPhrase::NoSalesPerson(name) => return format!("Aucun commercial actif n'a l'identifiant {name}."),
        ImportPhrase::NewAccounts(1) => {
            "Le nouveau compte n'a pas encore de mot de passe : donnez-lui-en un provisoire dans la liste des collaborateurs."
        }
        ImportPhrase::NewAccounts(accounts) => {
            return format!(
                "Les {} nouveaux comptes n'ont pas encore de mot de passe : donnez-en un provisoire à chacun dans la liste des collaborateurs.",
                many(accounts)
            );
        }
        ImportPhrase::Title => "Import",
        ImportPhrase::TitleOf(file) => return format!("Import {}", of(file)),
        ImportPhrase::Empty => return naming.keys_in("Rien n'a encore été importé. ⌨new⌨ : choisir un fichier."),
        ImportPhrase::EmptyFiles => {
            "Les tableaux sont lus en CSV, xlsx ou ods. Les noms de leurs colonnes peuvent être français ou anglais, et les fichiers exportés par ce programme conviennent tels quels. Vous voyez ce qu'un import ferait avant que rien ne soit écrit, et vous pouvez le défaire ensuite."
        }
        ImportPhrase::EmptyOrder => {
            "Importez dans cet ordre, car chaque fichier renvoie aux précédents : collaborateurs, clients, contrats, événements, paiements."
        }
        ImportPhrase::ColFile => "Fichier",
        ImportPhrase::ColHeld => "Contenu",
        ImportPhrase::ColResult => "Résultat",
        ImportPhrase::Result { created, changed } => {
            let s = |count: usize| if count > 1 { "s" } else { "" };
            return format!("{} nouvelle{}, {} modifiée{}", many(created), s(created), many(changed), s(changed));
        }
        ImportPhrase::HowMany { kind, count } => return of_kind(kind, count),
        ImportPhrase::IsTakenBack => "défait",
        ImportPhrase::TakenBackAt => "Défait",
        ImportPhrase::WhichFile => "Quel fichier ?",
        ImportPhrase::WhichFileHint => {
            "Le chemin d'un fichier CSV, xlsx ou ods. Il peut être collé, commencer par ~, et Tab le complète."
        }
        ImportPhrase::KeyComplete => "compléter",
        ImportPhrase::NothingToComplete => "Aucun dossier ni tableau ne commence ainsi.",
        ImportPhrase::TypePath => "Tapez ou collez d'abord le chemin d'un fichier, ou partez avec Échap.",
        ImportPhrase::Seen { format, sheet, rows, heading_row } => {
            let format = match format {
                SheetFormat::Csv { encoding, separator } => {
                    let separator = match separator {
                        Separator::Comma => "des virgules",
                        Separator::Semicolon => "des points-virgules",
                        Separator::Tab => "des tabulations",
                    };
                    let encoding = match encoding {
                        Encoding::Utf8 => "UTF-8",
                        Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
                        Encoding::Windows1252 => "Windows",
                    };
                    format!("Texte avec {separator} entre les colonnes (encodage : {encoding})")
                }
                SheetFormat::Xlsx => "Classeur Excel".to_owned(),
                SheetFormat::Ods => "Classeur LibreOffice".to_owned(),
            };
            let sheet = sheet.map(|sheet| format!(", feuille {sheet}")).unwrap_or_default();
            let rows = if rows < 2 { format!("{rows} ligne") } else { format!("{} lignes", many(rows)) };
            return format!("{format}{sheet} : {rows} sous les en-têtes de la ligne {heading_row}.");
        }
        ImportPhrase::ReadAs { read, unread: "" } => return format!("Colonnes : {read}."),
        ImportPhrase::ReadAs { read, unread } => {
            return format!("Colonnes : {read} ; non importées : {unread}.");
        }
        ImportPhrase::SeenLeftOut(1) => {
            "1 ligne est laissée de côté : elle est vide, répète les en-têtes ou est un total."
        }
        ImportPhrase::SeenLeftOut(rows) => {
            return format!("{rows} lignes sont laissées de côté : vides, en-têtes répétés ou totaux.");
        }
        ImportPhrase::LabelHolds => "Contenu",
        ImportPhrase::WhatHolds => "Que contient le fichier ?",
        ImportPhrase::ChooseHolds => "à choisir : les en-têtes ne le disent pas",
        ImportPhrase::LabelOrder => "Dates",
        ImportPhrase::WhichOrder => "Qu'est-ce qui vient d'abord dans les dates du fichier ?",
        ImportPhrase::Order(DayOrder::DayFirst) => "le jour d'abord, comme 18/04/2021",
        ImportPhrase::Order(DayOrder::MonthFirst) => "le mois d'abord, comme 04/18/2021",
        ImportPhrase::ChooseOrder => "à choisir : le jour ou le mois d'abord",
        ImportPhrase::LabelContact => "Commercial",
        ImportPhrase::WhichContact => "Qui suit les nouveaux clients dont la ligne ne nomme personne ?",
        ImportPhrase::Contact(name) => return format!("{name}, pour les lignes sans commercial"),
        ImportPhrase::NoContact => "personne : les lignes sans commercial sont refusées",
        ImportPhrase::NobodyContact => "Personne : ces lignes sont refusées",
        ImportPhrase::LabelDuplicates => "Doublons possibles",
        ImportPhrase::Choice(Choice::Skip) => "laisser de côté",
        ImportPhrase::Choice(Choice::Update) => "mettre à jour la fiche connue",
        ImportPhrase::Choice(Choice::Create) => "créer une nouvelle fiche",
        ImportPhrase::ColColumn => "Colonne",
        ImportPhrase::ColReadAs => "Lue comme",
        ImportPhrase::ColSamples => "Exemples",
        ImportPhrase::NoHeadingHere => "(sans nom)",
        ImportPhrase::NotImported => "non importée",
        ImportPhrase::WhichField(heading) => return format!("Lire « {heading} » comme"),
        ImportPhrase::FieldOf { field: of, heading } => return format!("{} (à présent {heading})", field(of)),
        ImportPhrase::KeyPreview => "aperçu",
        ImportPhrase::KeyPreviewMeans => "Montrer ce que l'import ferait. Rien n'est encore écrit.",
        ImportPhrase::KeyChange => "changer",
        ImportPhrase::KeyChangeMeans => "Changer la ligne sélectionnée.",
        ImportPhrase::OpenInLogMeans => "Montrer dans le journal ce que ce fichier est devenu.",
        ImportPhrase::NewMeans => "Choisir un tableau à importer.",
        ImportPhrase::Comparing { done, rows } => {
            return format!("Comparaison avec les fiches de l'entreprise : {} lignes sur {}.", many(done), many(rows));
        }
        ImportPhrase::Checking { done, rows } => {
            return format!(
                "Vérification : {} lignes sur {}. Échap l'arrête, et rien n'est importé.",
                many(done),
                many(rows)
            );
        }
        ImportPhrase::Importing { done, rows } => {
            return format!(
                "Import : {} lignes sur {}. Échap l'arrête, et rien n'est importé.",
                many(done),
                many(rows)
            );
        }
        ImportPhrase::Stopping => "L'import est en train de s'arrêter.",
        ImportPhrase::KeyStop => "arrêter",
        ImportPhrase::KeyStopMeans => "Arrêter l'import. Rien n'est alors importé.",
        ImportPhrase::TakingBack { done, total } => {
            return format!(
                "L'import est en train d'être défait : {} fiches sur {}. Échap arrête cela, et l'import reste tel quel.",
                many(done),
                many(total)
            );
        }
        ImportPhrase::StoppingToTakeBack => "Le programme cesse de défaire l'import.",
        ImportPhrase::StopToTakeBackMeans => "Cesser de défaire l'import. Il reste alors tel quel.",
        ImportPhrase::StillImporting => "L'import d'un fichier est encore en cours.",
        ImportPhrase::StillTakingBack => "Un import est encore en train d'être défait.",
        ImportPhrase::LeavingStops => {
            "Si vous partez maintenant, tout s'arrête et rien n'est modifié, sauf si l'enregistrement est déjà presque terminé."
        }
        ImportPhrase::PasswordAfter => {
            "L'import d'un fichier est en cours. Votre mot de passe est vérifié juste après."
        }
        ImportPhrase::NotComparedYet => "L'aperçu n'est pas encore là.",
        ImportPhrase::NotCompared => {
            return naming.keys_in("Le fichier n'a pas été comparé aux fiches. ⌨refresh⌨ le fait.");
        }
        ImportPhrase::RowsOf(None, rows) => return format!("Toutes les lignes ({})", many(rows)),
        ImportPhrase::RowsOf(Some(kind), rows) => {
            let kind = match kind {
                RowKind::New => "Nouvelles",
                RowKind::Changed => "Modifiées",
                RowKind::Unchanged => "Inchangées",
                RowKind::Refused => "Refusées",
                RowKind::Suspected => "Doublons possibles",
            };
            return format!("{kind} ({})", many(rows));
        }
        ImportPhrase::WhichRows => "Quelles lignes ?",
        ImportPhrase::NoRows => "Il n'y a pas de telles lignes.",
        ImportPhrase::KeyNextKind => "sorte suivante",
        ImportPhrase::ColRow => "Ligne",
        ImportPhrase::ColName => "Nom",
        ImportPhrase::ColFinding => "Ce qui se passe",
        ImportPhrase::Finding(RowKind::New) => "nouvelle",
        ImportPhrase::Finding(RowKind::Changed) => "modifiée",
        ImportPhrase::Finding(RowKind::Unchanged) => "inchangée",
        ImportPhrase::Finding(RowKind::Refused) => "refusée",
        ImportPhrase::Finding(RowKind::Suspected) => "doublon possible",
        ImportPhrase::MayBe { known, detail, choice } => {
            let choice = imports(ImportPhrase::Choice(choice), naming);
            return format!("{choice} : peut-être {}", named(known, detail));
        }
        ImportPhrase::LabelIfUpdated => "Si mise à jour",
        ImportPhrase::RowOfFile(row) => return format!("la même chose que la ligne {row}"),
        ImportPhrase::LabelKnown => "Peut-être",
        ImportPhrase::LabelDecided => "Décision",
        ImportPhrase::LabelReasons => "Pourquoi",
        ImportPhrase::LabelRowSays => "La ligne dit",
        ImportPhrase::MoreFacts => return naming.keys_in("… ⌨open⌨ montre la suite."),
        ImportPhrase::KeyFacts => "voir",
        ImportPhrase::KeyFactsMeans => "Montrer tout ce qui est connu de la ligne.",
        ImportPhrase::CellEmpty => "La cellule est vide.",
        ImportPhrase::NoSuchColumn => "Le fichier n'a pas cette colonne.",
        ImportPhrase::NoneNamed => "Il n'y en a pas, et la ligne n'en nomme pas.",
        ImportPhrase::OneOf(words) => return format!("Ce doit être un de ces mots : {words}."),
        ImportPhrase::SeveralFit { fitting, of } => {
            let how = match of {
                Field::SalesContactId | Field::SupportId => "Écrivez l'identifiant à la place.",
                Field::ClientId | Field::Email => "Ajoutez l'adresse e-mail ou l'entreprise.",
                Field::ContractId => "Écrivez le numéro du contrat.",
                _ => "Précisez lequel est visé.",
            };
            return format!("{} correspondent. {how}", many(fitting));
        }
        ImportPhrase::SameAsRow { row, kind } => {
            let same = match kind {
                EntityKind::Client => "le même client",
                EntityKind::Contract => "le même contrat",
                EntityKind::Event => "le même événement",
                EntityKind::Payment => "le même paiement",
                EntityKind::User => "la même personne",
                EntityKind::Audit => "la même ligne",
            };
            return format!("La ligne {row} concerne {same}.");
        }
        ImportPhrase::Duplicates { left_out, updated, created } => {
            let parts = [(left_out, "de côté"), (updated, "à mettre à jour"), (created, "à créer")];
            let parts = parts.into_iter().filter(|(count, _)| *count > 0);
            let parts: Vec<String> = parts.map(|(count, what)| format!("{} {what}", many(count))).collect();
            return format!("{}.", parts.join(", "));
        }
        ImportPhrase::AlsoDecided(1) => "Cela vaut aussi pour celui que vous aviez décidé à part.",
        ImportPhrase::AlsoDecided(rows) => {
            return format!("Cela vaut aussi pour les {} que vous aviez décidés un par un.", many(rows));
        }
        ImportPhrase::LabelArchive => "Archives",
        ImportPhrase::Archives(true) => "mise aux archives",
        ImportPhrase::Archives(false) => "sortie des archives",
        ImportPhrase::KeyDecide => "décider",
        ImportPhrase::KeyDecideMeans => "Décider que faire d'un doublon possible, ou de tous.",
        ImportPhrase::NotADuplicate => "Seuls les doublons possibles sont à décider.",
        ImportPhrase::Decide { row, name } => return format!("Ligne {row}, {name} : un doublon possible"),
        ImportPhrase::ComparedAgain => "Le fichier a été comparé à nouveau avec vos choix.",
        ImportPhrase::RowsDiffer(1) => {
            "Le fichier a été comparé à nouveau avec vos choix : 1 ligne a changé. Regardez-la avant d'importer."
        }
        ImportPhrase::RowsDiffer(rows) => {
            return format!(
                "Le fichier a été comparé à nouveau avec vos choix : {} lignes ont changé. Regardez-les avant d'importer.",
                many(rows)
            );
        }
        ImportPhrase::DecideAgain { row, rows: 1 } => {
            return format!(
                "La ligne {row} concerne peut-être une autre fiche que celle de votre choix, ou cette fiche a changé. Choisissez à nouveau."
            );
        }
        ImportPhrase::DecideAgain { row, rows } => {
            return format!(
                "{} lignes, à partir de la ligne {row}, concernent peut-être d'autres fiches que celles de vos choix, ou ces fiches ont changé. Choisissez à nouveau.",
                many(rows)
            );
        }
        ImportPhrase::ForAll(choice) => {
            return format!("Tous : {}", imports(ImportPhrase::Choice(choice), naming));
        }
        ImportPhrase::KeySaveRefused => "enregistrer les refusées",
        ImportPhrase::KeySaveRefusedMeans => {
            "Écrire les lignes refusées avec leurs motifs dans un fichier, pour les corriger et les importer."
        }
        ImportPhrase::NothingRefused => "Aucune ligne n'est refusée.",
        ImportPhrase::RefusedSaved { rows: 1, path } => return format!("La ligne refusée est dans {path}."),
        ImportPhrase::RefusedSaved { rows, path } => {
            return format!("Les {} lignes refusées sont dans {path}.", many(rows));
        }
        ImportPhrase::ReasonHeading => "Motif du refus",
        ImportPhrase::KeyImport => "importer",
        ImportPhrase::KeyImportMeans => "Importer ce que l'aperçu montre, après une question.",
        ImportPhrase::Ask(file) => return format!("Importer {file} ?"),
        ImportPhrase::VerbImport(file) => return format!("Importer {file}"),
        ImportPhrase::TakeBackOf(file) => return format!("Défaire l'import {}", of(file)),
        ImportPhrase::Will { kind, created, changed, refused, left_out } => {
            let new = match (kind, created) {
                (EntityKind::Event, 0 | 1) => " nouvel ",
                (_, 0 | 1) => " nouveau ",
                _ => " nouveaux ",
            };
            let altered = if changed > 1 { "modifiés" } else { "modifié" };
            let new = of_kind(kind, created).replacen(' ', new, 1);
            let written = match (created, changed) {
                (_, 0) => new,
                (0, changed) => format!("{} {altered}", of_kind(kind, changed)),
                (_, changed) => format!("{new}, {} {altered}", many(changed)),
            };
            let refused = match refused {
                0 => None,
                1 => Some("1 ligne refusée".to_owned()),
                rows => Some(format!("{} lignes refusées", many(rows))),
            };
            let left_out = match left_out {
                0 => None,
                1 => Some("1 doublon possible".to_owned()),
                rows => Some(format!("{} doublons possibles", many(rows))),
            };
            return match (refused, left_out) {
                (None, None) => format!("{written}."),
                (Some(refused), Some(left_out)) => format!("{written} ; {refused} et {left_out} restent de côté."),
                (Some(one), None) | (None, Some(one)) if one.starts_with("1 ") => {
                    format!("{written} ; {one} reste de côté.")
                }
                (Some(some), None) | (None, Some(some)) => format!("{written} ; {some} restent de côté."),
            };
        }
        ImportPhrase::WillUndo => return naming.keys_in("Ensuite, ⌨undo⌨ permet de défaire cet import."),
        ImportPhrase::WillFollowPlan => {
            "Les nouveaux contrats suivent l'échéancier par défaut : d'anciens contrats peuvent être aussitôt en retard."
        }
        ImportPhrase::WillBePaidToday => "Ce qui était déjà payé est enregistré comme un paiement d'aujourd'hui.",
        ImportPhrase::NothingImported => "Rien n'a été importé.",
        ImportPhrase::Imported { kind, created, changed, left_out } => {
            let is = |count: usize, one: &'static str, several: &'static str| if count > 1 { several } else { one };
            let new = is(created, "est créé", "sont créés");
            let altered = is(changed, "est modifié", "sont modifiés");
            let written = match (created, changed) {
                (created, 0) => format!("{} {new}", of_kind(kind, created)),
                (0, changed) => format!("{} {altered}", of_kind(kind, changed)),
                (created, changed) => format!("{} {new} et {} {altered}", of_kind(kind, created), many(changed)),
            };
            return match left_out {
                0 => format!("{written}."),
                1 => format!("{written} ; 1 ligne est restée de côté."),
                rows => format!("{written} ; {} lignes sont restées de côté.", many(rows)),
            };
        }
        ImportPhrase::VerbTakeBack => "défaire l'import",
        ImportPhrase::TakeBackMeans => "Défaire l'import sélectionné, après une question.",
        ImportPhrase::TakeBackLastMeans(file) => {
            return format!("Défaire l'import {}, votre dernière action, après une question.", of(file));
        }
        ImportPhrase::DoNothing => "Ne rien faire",
        ImportPhrase::AskTakeBack(file) => return format!("Défaire l'import {} ?", of(file)),
        ImportPhrase::TakingBackMeans => {
            "Ce que l'import a créé est archivé (les collaborateurs sont désactivés, les paiements annulés), et ce qu'il a modifié reprend ses anciennes valeurs. Les fiches modifiées depuis restent telles quelles et sont énumérées. Si d'autres imports s'appuient sur celui-ci, défaites-les d'abord."
        }
        ImportPhrase::StaysImported => "L'import reste tel quel.",
        ImportPhrase::TakenBack { file, kind, removed, restored, kept } => {
            let (one, several) = match kind {
                EntityKind::User => ("désactivée", "désactivées"),
                EntityKind::Payment => ("annulée", "annulées"),
                EntityKind::Client | EntityKind::Contract | EntityKind::Event | EntityKind::Audit => {
                    ("archivée", "archivées")
                }
            };
            let removed = match removed {
                0 => None,
                1 => Some(format!("1 nouvelle fiche est {one}")),
                fiches => Some(format!("{} nouvelles fiches sont {several}", many(fiches))),
            };
            let restored = match restored {
                0 => None,
                1 => Some("1 fiche modifiée est comme avant".to_owned()),
                fiches => Some(format!("{} fiches modifiées sont comme avant", many(fiches))),
            };
            let kept = match kept {
                0 => None,
                1 => Some("1 fiche est restée telle quelle".to_owned()),
                kept => Some(format!("{} fiches sont restées telles quelles", many(kept))),
            };
            if let (None, None, Some(kept)) = (&removed, &restored, &kept) {
                return format!("Rien de l'import {} n'a pu être défait : {kept}.", of(file));
            }
            let parts: Vec<String> = [removed, restored, kept].into_iter().flatten().collect();
            if parts.is_empty() {
                return format!("L'import {} est défait.", of(file));
            }
            return format!("L'import {} est défait : {}.", of(file), parts.join(", "));
        }
        ImportPhrase::KeptBy(name) => return format!("modifiée depuis par {name}"),
        ImportPhrase::KeptNeeded => "nécessaire à d'autres fiches, ou signée",
        ImportPhrase::AskLeave => "Quitter ce fichier ?",
        ImportPhrase::LeaveMeans => "Vos choix pour ce fichier seront perdus. Rien n'a été importé.",
        ImportPhrase::LookInList => "La liste des imports dit s'il a eu lieu.",
    };
    words.to_owned()
}

/// The name of a file after "de": "de clients.csv", "d'équipe.csv".
fn of(name: &str) -> String {
    let first =
        name.trim_start().chars().next().map(|first| crate::domain::text::fold(&first.to_string())).unwrap_or_default();
    if first.starts_with(['a', 'e', 'i', 'o', 'u', 'h']) { format!("d'{name}") } else { format!("de {name}") }
}

/// A record as a sentence names it, with what tells it from others.
fn named(name: &str, detail: &str) -> String {
    if detail.is_empty() { name.to_owned() } else { format!("{name} ({detail})") }
}

/// How many records of a kind.
fn of_kind(kind: EntityKind, count: usize) -> String {
    let (one, several) = match kind {
        EntityKind::Client => ("client", "clients"),
        EntityKind::Contract => ("contrat", "contrats"),
        EntityKind::Event => ("événement", "événements"),
        EntityKind::Payment => ("paiement", "paiements"),
        EntityKind::User => ("collaborateur", "collaborateurs"),
        EntityKind::Audit => ("ligne", "lignes"),
    };
    format!("{} {}", many(count), if count > 1 { several } else { one })
}

fn many(count: usize) -> String {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::SignedIn => "connexion",
        Verb::SignInRefused => "connexion refusée",
        Verb::Refused => "action refusée",
        Verb::UserCreated => "compte créé",
        Verb::UserUpdated => "compte modifié",
        Verb::UserDeactivated => "compte désactivé",
        Verb::UserReactivated => "compte réactivé",
        Verb::PasswordReset => "mot de passe donné",
        Verb::PasswordChanged => "mot de passe changé",
        Verb::ClientCreated => "client créé",
        Verb::ClientUpdated => "client modifié",
        Verb::ClientHandedOver => "client confié",
        Verb::ClientArchived => "client archivé",
        Verb::ClientRestored => "client restauré",
        Verb::ClientMerged => "client fusionné",
        Verb::MergeUndone => "fusion défaite",
        Verb::ContractMoved => "contrat déplacé",
        Verb::ContractCreated => "contrat créé",
        Verb::ContractUpdated => "contrat modifié",
        Verb::InstalmentsSet => "échéances modifiées",
        Verb::ContractSigned => "contrat signé",
        Verb::ContractArchived => "contrat archivé",
        Verb::ContractRestored => "contrat restauré",
        Verb::EventCreated => "événement créé",
        Verb::EventUpdated => "événement modifié",
        Verb::StatusChanged => "état changé",
        Verb::SupportAssigned => "support attribué",
        Verb::EventArchived => "événement archivé",
        Verb::EventRestored => "événement restauré",
        Verb::PaymentRecorded => "paiement enregistré",
        Verb::PaymentUpdated => "paiement modifié",
        Verb::PaymentCancelled => "paiement annulé",
        Verb::PlanCreated => "modèle créé",
        Verb::PlanUpdated => "modèle modifié",
        Verb::PlanRemoved => "modèle supprimé",
        Verb::Imported => "fichier importé",
        Verb::ImportReverted => "import défait",
        Verb::Exported => "liste exportée",
        Verb::Printed => "document imprimé",
        Verb::ViewSaved => "vue enregistrée",
        Verb::ViewChanged => "vue modifiée",
        Verb::ViewRemoved => "vue supprimée",
        Verb::ColumnsSaved => "colonnes changées",
        Verb::SettingsUpdated => "réglages changés",
    }
}

pub(super) fn command(command: Command) -> (&'static str, &'static str) {
    match command {
        Command::Up => ("haut", "Une ligne plus haut."),
        Command::Down => ("bas", "Une ligne plus bas."),
        Command::PageUp => ("page précédente", "Un écran plus haut."),
        Command::PageDown => ("page suivante", "Un écran plus bas."),
        Command::Left => ("veille", "Aller au jour précédent."),
        Command::Right => ("lendemain", "Aller au jour suivant."),
        Command::Calendar => ("calendrier", "Les événements par jour et par chargé de support."),
        Command::InsertRow => ("insérer", "Ajouter une ligne après celle-ci."),
        Command::RemoveRow => ("supprimer", "Supprimer cette ligne."),
        Command::MakeDefault => ("par défaut", "En faire ou non le modèle des contrats sans échéancier propre."),
        Command::ChoosePlan => ("modèle", "Reprendre les lignes d'un modèle d'échéancier."),
        Command::PickDay => ("choisir le jour", "Choisir le jour dans son mois."),
        Command::Home => ("début", "Aller à la première ligne."),
        Command::End => ("fin", "Aller à la dernière ligne."),
        Command::Open => ("ouvrir", "Ouvrir la sélection."),
        Command::New => ("nouveau", "Créer une fiche."),
        Command::Edit => ("modifier", "Modifier cette fiche."),
        Command::Assign => ("attribuer", "Confier l'événement, ou tous les marqués, à une personne du support."),
        Command::Archive => ("archiver", "Retirer des listes, sans rien supprimer."),
        Command::Sign => ("signer", "Noter que le contrat est signé."),
        Command::Pay => ("paiement", "Enregistrer un paiement ou un remboursement du contrat."),
        Command::Instalments => ("échéancier", "Fixer en combien de fois le contrat est payé, et quand."),
        Command::SetStatus => ("état", "Changer l'état : prévu, confirmé, terminé ou annulé."),
        Command::Merge => ("fusionner", "Fusionner deux clients marqués."),
        Command::HandOver => ("confier", "Confier le client, ou tous les marqués, à un autre commercial."),
        Command::ResetPassword => ("mot de passe", "Donner un mot de passe temporaire."),
        Command::Filter => ("filtrer", "Montrer seulement ce qui contient ces mots."),
        Command::Refine => ("plus de filtres", "Filtrer par dates, montants et personnes."),
        Command::Sort => ("trier", "Trier par une colonne ; choisir deux fois la même inverse l'ordre."),
        Command::View => ("vue", "Choisir une autre vue de cette liste."),
        Command::Columns => ("colonnes", "Les colonnes de cette liste, leur ordre et leur largeur."),
        Command::Mark => ("marquer", "Marquer et descendre, pour agir sur plusieurs à la fois."),
        Command::Undo => ("annuler", "Annuler ma dernière action : attribution, modification, archivage."),
        Command::Copy => ("copier", "Copier la ligne ou la fiche dans le presse-papiers."),
        Command::CopyPart => ("copier une partie", "Copier une de ses valeurs, le téléphone par exemple."),
        Command::Propose => ("suggérer un mot de passe", "Suggérer un mot de passe temporaire, facile à dicter."),
        Command::TakeTheirs => {
            ("échanger", "Prendre ce que l'autre a enregistré à la place de votre saisie, ou l'inverse.")
        }
        Command::Language => ("English", "Speak English."),
        Command::Export => ("exporter", "Exporter toute cette liste dans un fichier."),
        Command::Print => ("imprimer", "Écrire une page à imprimer ou à envoyer : fiche d'événement, relevé, reçu."),
        Command::Save => ("enregistrer", "Enregistrer la saisie."),
        Command::NextField => ("champ suivant", "Aller au champ suivant."),
        Command::PreviousField => ("", "Aller au champ précédent."),
        Command::NextPart => ("partie suivante", "Aller à la partie suivante de cet écran."),
        Command::PreviousPart => ("", "Aller à la partie précédente."),
        Command::Refresh => ("actualiser", "Tout recharger."),
        Command::Help => ("aide", "Ce que vous pouvez faire ici."),
        Command::Palette => ("aller à", "Aller à un écran, une action ou une fiche en tapant son nom."),
        Command::Lock => ("verrouiller", "Verrouiller la session ; votre travail est gardé."),
        Command::Back => ("retour", "Revenir à l'écran précédent."),
        Command::Quit => ("quitter", "Quitter le programme."),
    }
}

/// D'autres mots par lesquels on cherche un écran, une vue ou une sortie.
pub(super) fn also(what: Phrase) -> &'static str {
    match what {
        Phrase::Home => "début menu départ tableau bord",
        Phrase::ListOf(EntityKind::Client) => {
            "clientèle entreprises sociétés contacts prospects adresse téléphone appel appeler"
        }
        Phrase::ListOf(EntityKind::Contract) => "devis ventes affaires argent montants facture factures signature",
        Phrase::ListOf(EntityKind::Event) => "évènements fêtes mariages soirées prestations dates",
        Phrase::ListOf(EntityKind::Payment) => {
            "payé reçu argent règlements encaissements remboursements virements chèques espèces recettes"
        }
        Phrase::ListOf(EntityKind::User) => {
            "employés équipe collègues personnel salariés utilisateurs comptes membres téléphone oublié"
        }
        Phrase::ListOf(EntityKind::Audit) => "historique modifications modifié changé traces qui",
        Phrase::Calendar => "agenda planning semaine mois jours dates disponibilités",
        Phrase::NewClient => "ajouter créer nouvelle entreprise société contact prospect",
        Phrase::NewContract => "ajouter créer nouvelle devis vente affaire",
        Phrase::NewEvent => "ajouter créer nouveau nouvelle évènement fête mariage",
        Phrase::Instalment(InstalmentPhrase::Plans) => "modèle échéanciers types plans par défaut",
        Phrase::Import(ImportPhrase::Title) => {
            "importer fichier fichiers charger reprendre reprise données excel csv xlsx ods tableurs tableau classeur spreadsheet"
        }
        Phrase::Payment(PaymentPhrase::Record) => {
            "payer paiement encaisser encaissement règlement argent reçu acompte remboursement saisir chèque espèces"
        }
        Phrase::NewUser => {
            "ajouter créer nouvelle employé collègue utilisateur compte embauche salarié commercial commerciale gestionnaire support"
        }
        Phrase::Settings => "paramètres configuration options devise monnaie fuseau heure nom droits visibilité",
        Phrase::Preferences => {
            "paramètres options configuration changer langue couleurs thème souris contraste anglais accessibilité"
        }
        Phrase::OwnPassword => "compte secret",
        Phrase::Lock => "pause absence écran",
        Phrase::SignOut => "déconnexion sortir session changer de compte changer d'utilisateur autre",
        Phrase::VerbQuit => "sortir fermer fin arrêter",
        Phrase::ViewNotPaid | Phrase::ViewMineNotPaid => {
            "impayés impayé impayée impayées doit doivent dû dus dette dettes solde soldes reste argent créances règlement règlements paiement paiements payé payer facture factures"
        }
        Phrase::ViewOverdue | Phrase::ViewMineOverdue => "relance relancer retards échu échus échue échues",
        Phrase::ViewDueSoon | Phrase::ViewMineDueSoon => "bientôt prochaines mois dus",
        Phrase::ViewNotSigned | Phrase::ViewMineNotSigned => "attente brouillon signature signer",
        Phrase::ViewSigned => "signature",
        Phrase::ViewMineWithoutEvent => "mes manquants",
        Phrase::ViewMine => "mes moi",
        Phrase::ViewDuplicates => "double deux fois même fusionner",
        Phrase::ViewArchived => "cachés supprimés effacés anciens restaurer",
        Phrase::ViewWithoutSupport => "personne attribuer libres",
        Phrase::ViewWeek => "aujourd'hui demain jours bientôt",
        Phrase::ViewOpen => "prochains venir futurs",
        Phrase::ViewPast => "anciens finis terminés avant",
        Phrase::ViewMineNext => "mes prochains futurs demain",
        Phrase::ViewMineIncomplete => "mes incomplets manquants",
        Phrase::ViewDeactivated => "inactifs partis anciens",
        Phrase::ViewRefused => "refusés erreurs tentatives",
        _ => "",
    }
}

/// D'autres mots par lesquels on cherche une commande.
pub(super) fn also_command(command: Command) -> &'static str {
    match command {
        Command::Open => "voir montrer détails fiche",
        Command::New => "ajouter créer",
        Command::Edit => "changer corriger éditer renommer note notes",
        Command::Assign => "confier donner affecter personne",
        Command::Archive => "supprimer effacer enlever cacher restaurer désactiver réactiver corbeille",
        Command::Sign => "signature signé accord",
        Command::Pay => "payer encaisser encaissement règlement argent reçu acompte remboursement chèque espèces",
        Command::Instalments => {
            "échéance échéances échéancier plan de paiement modalités versements acompte plusieurs fois"
        }
        Command::InsertRow | Command::RemoveRow => "ligne ajouter supprimer enlever",
        Command::MakeDefault => "modèle défaut standard",
        Command::ChoosePlan => "plan de paiement échéancier modèle",
        Command::SetStatus => "avancement statut confirmer confirmé fait annuler annulé prévu",
        Command::Merge => "doublon double deux fois réunir même",
        Command::HandOver => "donner transférer céder attribuer départ",
        Command::ResetPassword => "oublié temporaire réinitialiser",
        Command::Filter => "chercher rechercher trouver",
        Command::Refine => "chercher rechercher montants dates entre",
        Command::Sort => "ordre classer colonne",
        Command::View => "afficher liste montrer",
        Command::Mark => "sélectionner cocher plusieurs choisir",
        Command::Undo => "défaire retour erreur revenir",
        Command::Copy => "presse-papiers",
        Command::Columns => "largeur ordre montrer cacher disposition tableau",
        Command::Propose => "générer aléatoire",
        Command::CopyPart => "presse-papiers valeur courriel téléphone",
        Command::TakeTheirs => "conflit autre",
        Command::Language => "langue anglais français",
        Command::Print => "impression imprimante papier page pdf fiche relevé reçu quittance feuille de route",
        Command::Export => {
            "imprimer imprimante impression fichier enregistrer csv excel tableur télécharger liste rapport pdf"
        }
        Command::Save => "sauver sauvegarder garder",
        Command::Calendar => "agenda planning",
        Command::PickDay => "date calendrier mois",
        Command::Refresh => "recharger relire rafraîchir",
        Command::Help => "touches raccourcis clavier comment manuel questions commandes",
        Command::Palette => "chercher rechercher trouver",
        Command::Lock => "pause absence",
        Command::Quit => "sortir fermer",
        Command::Back => "sortir fermer",
        Command::NextPart | Command::PreviousPart => "historique onglet contrats événements",
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
        Label::Folders => "Dossiers",
        Label::NotThere => "pas encore créé",
        Label::Settings => "Configuration, et d'où vient chaque valeur",
        Label::BuiltIn => "rien n'est défini : chaque valeur est celle du programme",
        Label::Database => "Base de données",
        Label::Screen => "Terminal",
        Label::CommandLine => "ligne de commande",
        Label::Environment => "environnement",
        Label::System => "système",
        Label::Config => "configuration",
        Label::Data => "données",
        Label::State => "journaux",
        Label::Exports => "exports",
        Label::Address => "adresse",
        Label::Problem => "problème",
        Label::Terminal => "terminal",
        Label::Size => "taille",
        Label::Theme => "couleurs",
        Label::Warning => "ATTENTION",
        Label::Fault => "DÉFAUT",
        Label::Unknown => "INCONNU",
        Label::Nothing => "aucun",
    }
}

/// What `doctor` looks at.
pub(super) fn check(check: Check) -> &'static str {
    match check {
        Check::Connection => "connexion",
        Check::Server => "serveur",
        Check::File => "fichier intact",
        Check::Tables => "tables",
        Check::Company => "entreprise",
        Check::AmountsDue => "contrats dont le reste à payer est faux",
        Check::Encryption => "chiffrement",
        Check::MissingRights => "droits manquants",
        Check::ExcessiveRights => "droits en trop",
        Check::Triggers => "déclencheurs",
        Check::TriggerDefiner => "compte des déclencheurs",
        Check::CharacterSet => "interclassement des tables",
        Check::SqlMode => "mode SQL",
        Check::FlushLogAtCommit => "innodb_flush_log_at_trx_commit",
        Check::BinaryLog => "journal binaire",
        Check::SyncBinlog => "sync_binlog",
        Check::BinlogExpiry => "binlog_expire_logs_seconds",
        Check::TrustFunctionCreators => "log_bin_trust_function_creators",
        Check::WsrepSyncWait => "wsrep_sync_wait",
        Check::Clock => "horloge du serveur",
        Check::Writable => "fichier modifiable",
        Check::DatabaseSpace => "espace libre, base",
        Check::UnusedFile => "fichier non utilisé",
        Check::LogFolder => "dossier des journaux",
        Check::LogSpace => "espace libre, journaux",
    }
}

/// What it means that `doctor` found this.
pub(super) fn means(finding: &Finding) -> &'static str {
    match (finding.check, finding.verdict, &finding.found) {
        (Check::Connection, _, _) => "La base est joignable à cette adresse.",
        (Check::Server, _, _) => "Le serveur et sa version, tels qu'il les annonce.",
        (Check::File, Verdict::Fault, _) => {
            "Le fichier est abîmé. Restaurez une sauvegarde ; le fichier abîmé est conservé à côté."
        }
        (Check::File, _, _) => "Le fichier a été lu en entier et rien n'y est abîmé.",
        (Check::Tables, Verdict::Fault, Found::Versions(from, _)) if from.is_empty() => {
            "Il n'y a pas encore de tables d'une entreprise ici. `epic-events --init` les crée, sur un serveur avec le compte d'installation."
        }
        (Check::Tables, Verdict::Fault, _) => {
            "Le programme ne peut pas utiliser ces tables. Si elles sont plus anciennes, lancez `migrate` avec le compte d'installation ; si elles sont plus récentes, mettez le programme à jour."
        }
        (Check::Tables, Verdict::Warning, _) => {
            "Les tables sont plus anciennes. Elles seront mises à jour à la prochaine ouverture du fichier."
        }
        (Check::Tables, Verdict::Unknown, _) => {
            "Le compte ne peut pas lire la version des tables : voyez les droits manquants."
        }
        (Check::Tables, _, _) => "Les tables sont à jour.",
        (Check::Company, Verdict::Fault, _) => {
            "Il n'y a pas encore d'entreprise ici. Vérifiez l'adresse, ou créez-en une."
        }
        (Check::Company, Verdict::Unknown, _) => {
            "Le compte ne peut pas lire les réglages de l'entreprise : voyez les droits manquants."
        }
        (Check::Company, _, _) => "Une entreprise est installée ici.",
        (Check::AmountsDue, _, _) => {
            "Le reste à payer de ces contrats n'est pas leur total moins leurs paiements\u{a0}: autre chose que ce programme les a modifiés. Comparez leurs paiements avec vos pièces. S'ils sont justes, ceci rectifie le reste à payer\u{a0}:"
        }
        (Check::Encryption, Verdict::Warning, _) => {
            "Quelqu'un sur le réseau pourrait lire les échanges ou se faire passer pour le serveur. Utilisez ssl_mode=verify_identity."
        }
        (Check::Encryption, _, Found::Nothing) => "Pas de chiffrement : les échanges ne quittent pas cet ordinateur.",
        (Check::Encryption, _, _) => "La connexion est chiffrée et le serveur a prouvé son nom.",
        (Check::MissingRights, Verdict::Fault, _) => {
            "Le compte ne peut pas faire sur ces tables tout ce qu'il faut au programme. L'administrateur du serveur exécute :"
        }
        (Check::MissingRights, Verdict::Unknown, _) => {
            "Certaines tables n'existent pas encore, ou ce compte ne les voit pas. Lancez d'abord `migrate`, puis de nouveau `doctor`."
        }
        (Check::MissingRights, _, _) => "Le compte a tous les droits dont le programme a besoin.",
        (Check::ExcessiveRights, Verdict::Warning, Found::OfAdministrator(_)) => {
            "Un administrateur du serveur, qui ne doit pas être dans la configuration des utilisateurs. Pour vérifier les droits du compte quotidien, lancez `doctor` avec ce compte."
        }
        (Check::ExcessiveRights, Verdict::Warning, _) if finding.mend.is_empty() => {
            "Ces droits conviennent au compte d'installation, avec lequel les déclencheurs s'exécutent. Il ne doit pas être dans la configuration des utilisateurs : avec ces droits, les règles et le journal d'audit peuvent être contournés."
        }
        (Check::ExcessiveRights, Verdict::Warning, _) => {
            "À réserver au compte d'installation : avec ces droits, les règles et le journal d'audit peuvent être contournés. Si la configuration des utilisateurs contient ce compte, l'administrateur du serveur les lui retire :"
        }
        (Check::ExcessiveRights, _, _) => "Le compte n'a aucun droit dont le compte quotidien n'a pas besoin.",
        (Check::Triggers, Verdict::Warning, _) => {
            "La base fait respecter moins de règles face à qui contourne le programme. Lancez `migrate` avec le compte d'installation :"
        }
        (Check::Triggers, Verdict::Unknown, Found::Yes) => {
            "Un déclencheur répond. Sur ce serveur, seul le compte d'installation voit si les autres sont là : lancez `doctor` avec lui après chaque changement du serveur."
        }
        (Check::Triggers, Verdict::Unknown, _) => {
            "Ce compte ne permet pas de le savoir. Lancez `doctor` avec le compte d'installation."
        }
        (Check::Triggers, _, _) => "La base fait respecter les règles, même face à qui contourne le programme.",
        (Check::TriggerDefiner, Verdict::Fault, _) => {
            "Les déclencheurs s'exécutent avec les droits de ce compte, qui n'existe plus ou ne les a pas : l'enregistrement échoue. L'administrateur du serveur exécute :"
        }
        (Check::TriggerDefiner, Verdict::Unknown, _) => {
            "Les déclencheurs s'exécutent avec les droits d'un compte qui doit exister. Seul un compte qui peut lire mysql.user peut le vérifier."
        }
        (Check::TriggerDefiner, _, _) => {
            "Les déclencheurs s'exécutent avec les droits de ce compte, qui existe. Il peut être verrouillé, mais il doit rester."
        }
        (Check::CharacterSet, Verdict::Fault, _) => {
            "Certains noms ne peuvent pas être enregistrés dans ces tables. Restaurez-les avec l'interclassement utf8mb4_bin."
        }
        (Check::CharacterSet, _, _) => "Tous les noms peuvent être enregistrés, dans toutes les écritures.",
        (Check::SqlMode, Verdict::Fault, _) => {
            "Le serveur pourrait couper une valeur au lieu de la refuser : il ignore le mode que le programme choisit."
        }
        (Check::SqlMode, _, _) => {
            "Le programme choisit ce mode lui-même : une valeur trop longue est refusée et non coupée."
        }
        (Check::FlushLogAtCommit, Verdict::Warning, _) => {
            "Une coupure de courant (avec 0, un simple arrêt brutal du serveur) peut perdre la dernière seconde d'enregistrements confirmés. Avec 1, aucun n'est perdu."
        }
        (Check::FlushLogAtCommit, _, _) => {
            "Un enregistrement confirmé est sur le disque et survit à un arrêt brutal et à une coupure de courant."
        }
        (Check::BinaryLog, Verdict::Warning, _) => {
            "Après une perte, seule la dernière copie peut être restaurée : tout ce qui a suivi est perdu. Avec un journal binaire, il peut être restauré aussi."
        }
        (Check::BinaryLog, _, _) => {
            "Ce qui a été enregistré après la dernière copie peut être restauré à partir du journal binaire."
        }
        (Check::SyncBinlog, Verdict::Warning, _) => {
            "Après une coupure de courant, les derniers enregistrements confirmés peuvent manquer dans le journal binaire, donc dans les réplicas et dans une restauration. Avec 1, aucun ne manque."
        }
        (Check::SyncBinlog, _, _) => {
            "Un enregistrement confirmé est dans le journal binaire, même après une coupure de courant."
        }
        (Check::BinlogExpiry, Verdict::Warning, _) => {
            "Le journal binaire est supprimé avant 14 jours : rien de plus ancien ne peut être restauré à un moment précis. 1209600 le conserve 14 jours."
        }
        (Check::BinlogExpiry, _, _) => "Le journal binaire remonte à 14 jours ou plus, ou est conservé (0).",
        (Check::TrustFunctionCreators, Verdict::Warning, _) => {
            "Le compte d'installation ne peut pas créer de déclencheurs sur ce serveur : `migrate` ne peut ni les ajouter ni les renouveler. Avec 1, il le peut."
        }
        (Check::TrustFunctionCreators, _, _) => {
            "Le compte d'installation peut créer des déclencheurs, même avec un journal binaire."
        }
        (Check::WsrepSyncWait, Verdict::Warning, _) => {
            "Les essais de jepsen.io ont montré que les grappes de cette version (12.1 et 12.2) perdent des enregistrements confirmés quand des nœuds tombent, même avec les réglages conseillés. Utilisez une autre version ou un serveur unique."
        }
        (Check::WsrepSyncWait, _, _) => {
            "Un enregistrement confirmé est parvenu à tous les nœuds. Avec 0, une lecture sur un autre nœud peut ne pas encore le montrer ; avec 1, le nœud attend d'abord. Seul innodb_flush_log_at_trx_commit=1 le conserve si tous les nœuds s'arrêtent à la fois."
        }
        (Check::Clock, Verdict::Warning, _) => {
            "Les heures viennent des ordinateurs, pas du serveur. L'une des deux horloges est fausse : des modifications peuvent apparaître dans le mauvais ordre."
        }
        (Check::Clock, _, _) => "L'horloge de cet ordinateur s'accorde avec celle du serveur.",
        (Check::Writable, Verdict::Fault, _) => {
            "Ce compte ne peut pas y écrire : rien ne peut être enregistré. Le propriétaire ou root exécute :"
        }
        (Check::Writable, _, _) => "Ce compte peut écrire dans le fichier et dans son dossier.",
        (Check::DatabaseSpace, Verdict::Fault, _) => "Il n'y a presque plus d'espace : l'enregistrement va échouer.",
        (Check::DatabaseSpace, Verdict::Warning, _) => "Il reste peu d'espace pour la base et ses sauvegardes.",
        (Check::DatabaseSpace, _, _) => "Il y a assez d'espace pour la base.",
        (Check::UnusedFile, _, _) => {
            "Il ne peut pas être lu : ses réglages ne comptent pas. S'il en faut, donnez à cet utilisateur le droit de le lire."
        }
        (Check::LogFolder, Verdict::Fault, _) => {
            "Rien ne peut être écrit ici : le programme fonctionne, mais ne tient pas de journal."
        }
        (Check::LogFolder, _, _) => "Les journaux sont écrits ici, un fichier par jour, conservés 30 jours.",
        (Check::LogSpace, Verdict::Fault, _) => "Il n'y a presque plus d'espace : le journal aura des trous.",
        (Check::LogSpace, Verdict::Warning, _) => "Il reste peu d'espace pour les journaux.",
        (Check::LogSpace, _, _) => "Il y a assez d'espace pour les journaux.",
    }
}

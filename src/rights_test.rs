//! Tests that the rights table alone determines who may do what: after a change to the table, the
//! services, the screens and the messages in both languages follow it. Only a unit test can change
//! the table.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use secrecy::SecretString;

use crate::{
    domain::{
        Error, Reason,
        clients::{Client, ClientFilter, ClientRow},
        entity::{EntityKind, Query, Record},
        language::Language,
        lists::Lists,
        payments::Method,
        policy::{GRANTS, Permission, Reach, When, set_table},
        session::{Moment, Session},
        users::Role,
    },
    services::{ReadRequest, Reply, Request, Services, SessionRequest, WriteRequest, demo},
    storage::Target,
    ui::{Context, Preferences, actions, keymap::Keys, keys::Command, text, theme},
};

struct Company {
    services: Services,
    now: Moment,
    _folder: tempfile::TempDir,
}

impl Company {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, now) = (folder.path().join("demo.db"), crate::app::now());
        demo::prepare(&path, Language::En, now).unwrap();
        Self { services: Services::new(Target::Sqlite(path), "test".to_owned(), 4), now, _folder: folder }
    }

    fn sign_in(&mut self, login: &str) -> Session {
        let password = SecretString::from("look-around-freely");
        let request = Request::Session(SessionRequest::SignIn { login: login.to_owned(), password });
        match self.services.execute(None, &request, self.now) {
            Ok(Reply::SignedIn(session)) => *session,
            other => panic!("{other:?}"),
        }
    }

    fn clients(&mut self, who: &Session) -> Vec<ClientRow> {
        let query = Query::clients(ClientFilter::default());
        match self.services.execute(Some(who), &ReadRequest::List(query).into(), self.now) {
            Ok(Reply::Page(page)) => page.of::<ClientRow>().rows,
            other => panic!("{other:?}"),
        }
    }

    /// Why the services refuse to archive the client; `None` if they do not.
    fn refuses_to_archive(&mut self, who: &Session, client: &Client) -> Option<Reason> {
        let archive = WriteRequest::ArchiveClient { id: client.id, version: client.version };
        match self.services.execute(Some(who), &archive.into(), self.now) {
            Err(Error::Denied(reason)) => Some(reason),
            // Other results are not expected: all clients of the demo have contracts, so archiving is
            // refused at the latest because of these, which is checked after the right.
            other => panic!("{other:?}"),
        }
        .filter(|reason| !matches!(reason, Reason::ClientHasContracts(_)))
    }
}

/// The reason that the screens show for not offering to archive a client; `None` if they offer it.
fn on_screen(language: Language, who: &Session, row: &ClientRow, company: &Company) -> Option<String> {
    let look = theme::Look::default();
    let theme = theme::Theme::of(look);
    let preferences = Preferences { language, look, mouse: false };
    let now = who.settings.wall_clock(company.now.utc);
    let lists = Lists::default();
    let keys = Keys::usual();
    let ctx = Context {
        language,
        theme: &theme,
        session: who,
        lists: &lists,
        preferences,
        now,
        beat: 0,
        saving: false,
        keys,
        method: Method::default(),
    };
    let record = Record::Client(row.clone());
    let bindings = actions::bindings(EntityKind::Client, &[&record], &ctx);
    bindings.into_iter().find(|binding| binding.command == Command::Archive).unwrap().unavailable
}

#[test]
fn services_screens_and_messages_follow_the_rights_table() {
    let mut company = Company::new();
    let (sales, support) = (company.sign_in("sales"), company.sign_in("support"));
    let rows = company.clients(&sales);
    let (own, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.client.sales_contact_id == sales.actor.id);
    let (own, other) = (&own[0], &others[0]);
    let mut check = |who: &Session, row: &ClientRow, reason: Option<Reason>, words: Option<[&str; 2]>| {
        assert_eq!(company.refuses_to_archive(who, &row.client), reason);
        for (at, language) in [Language::En, Language::Fr].into_iter().enumerate() {
            let said = on_screen(language, who, row, &company);
            assert_eq!(said.as_deref(), words.map(|words| words[at]));
            assert_eq!(said, reason.clone().map(|reason| text::reason(language, reason)));
        }
    };
    let role = |session: &Session| Some(Reason::Role(Permission::ArchiveClient, session.actor.role));

    let management = Some(["Only management may archive clients.", "Seule la gestion peut archiver des clients."]);
    check(&sales, own, role(&sales), management);
    check(&support, own, role(&support), management);

    let mut wider = GRANTS.to_vec();
    wider.push((Permission::ArchiveClient, Role::Sales, Reach::Own, When::Always));
    set_table(wider);
    let not_yours = Some(["This is not your client.", "Ce n'est pas votre client."]);
    check(&sales, own, None, None);
    check(&sales, other, Some(Reason::NotYourClient), not_yours);
    let with_sales = Some([
        "Only sales or management may archive clients.",
        "Seuls les commerciaux et la gestion peuvent archiver des clients.",
    ]);
    check(&support, own, role(&support), with_sales);

    set_table(vec![(Permission::ArchiveClient, Role::Support, Reach::Any, When::Always)]);
    check(&support, other, None, None);
    let support_alone = Some(["Only support may archive clients.", "Seul le support peut archiver des clients."]);
    check(&sales, own, role(&sales), support_alone);

    set_table(Vec::new());
    check(&sales, own, role(&sales), Some(["Nobody may do this.", "Personne n'en a le droit."]));
}

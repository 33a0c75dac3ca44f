//! Saved views and chosen columns: whose they are, who may share and change them, and that a view never shows more
//! than its reader may see.

use diesel::{prelude::*, sql_query};
use epic_events::{
    domain::{
        ViewId,
        lists::{ChosenColumn, ColumnName, Lists, MAX_VIEWS, ViewContent, ViewDraft},
        policy::Permission,
        session::Session,
        settings::Visibility,
    },
    schema::audit_log,
};

use super::*;

fn draft(name: &str, shared: bool, query: Query) -> ViewDraft {
    ViewDraft { name: name.to_owned(), shared, content: ViewContent { query, columns: None } }
}

fn ask(world: &mut World, who: &Session, write: WriteRequest) -> Result<Reply, Error> {
    world.ask(Some(who), &Request::Write(write))
}

fn save(world: &mut World, who: &Session, draft: ViewDraft) -> ViewId {
    match ask(world, who, WriteRequest::SaveView(draft)) {
        Ok(Reply::Saved { id, .. }) => ViewId::new(id),
        other => panic!("{other:?}"),
    }
}

fn lists(world: &mut World, who: &Session) -> Lists {
    match world.ask(Some(who), &ReadRequest::Lists.into()) {
        Ok(Reply::Lists(lists)) => *lists,
        other => panic!("{other:?}"),
    }
}

fn names(world: &mut World, who: &Session) -> Vec<String> {
    lists(world, who).views.into_iter().map(|listed| format!("{} of {}", listed.view.name, listed.owner)).collect()
}

fn clients_of(sales: &Session) -> Query {
    Query::clients(ClientFilter { sales_contact: Some(sales.actor.id), ..ClientFilter::default() })
}

/// Saves, changes and removes a view and columns, and reads them: each statement that they need.
pub fn arrange(world: &mut World) {
    let manager = world.manager.clone();
    let content = ViewContent { query: Query::all(EntityKind::Client), columns: None };
    let draft = ViewDraft { name: "All".to_owned(), shared: false, content };
    let id = save(world, &manager, draft.clone());
    let shared = ViewDraft { shared: true, ..draft };
    let columns = vec![ChosenColumn { name: ColumnName::Name, width: None }];
    for write in [
        WriteRequest::ReplaceView { id, version: 1, draft: shared },
        WriteRequest::RemoveView { id, version: 2 },
        WriteRequest::SaveColumns { kind: EntityKind::Client, columns: Some(columns.clone()) },
        WriteRequest::SaveColumns {
            kind: EntityKind::Client,
            columns: Some(vec![ChosenColumn { width: Some(20), ..columns[0] }]),
        },
        WriteRequest::SaveColumns { kind: EntityKind::Client, columns: None },
    ] {
        ask(world, &manager, write).unwrap();
    }
    assert_eq!(lists(world, &manager), Lists::default());
}

#[rstest]
fn views_belong_to_one_person_unless_management_shares_them(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, sales, support) = (world.manager.clone(), world.sales.clone(), world.support.clone());
    let other_manager = world.hire("boss", Role::Management);
    let own = save(&mut world, &sales, draft("  Lyon weddings ", false, Query::all(EntityKind::Event)));
    let shared = save(&mut world, &manager, draft("Big ones", true, Query::all(EntityKind::Contract)));
    assert_eq!(names(&mut world, &sales), ["Big ones of Person manager", "Lyon weddings of Person sales"]);
    assert_eq!(names(&mut world, &support), ["Big ones of Person manager"]);

    // The name is one's own, whatever its case and accents, and may be used for another kind of list.
    let again = draft("LYON WÉDDINGS", false, Query::all(EntityKind::Event));
    let answer = ask(&mut world, &sales, WriteRequest::SaveView(again.clone()));
    assert_eq!(invalid(answer, Field::Name), Problem::NameInUse);
    save(&mut world, &sales, draft("Lyon weddings", false, Query::all(EntityKind::Client)));
    save(&mut world, &support, again);
    for (name, problem) in [("  ", Problem::Required), (&*"x".repeat(61), Problem::TooLong(60))] {
        let answer = ask(&mut world, &sales, WriteRequest::SaveView(draft(name, false, Query::all(EntityKind::User))));
        assert_eq!(invalid(answer, Field::Name), problem);
    }

    // Nobody else knows that an own view exists, not even a manager.
    let renamed = draft("Mine now", false, Query::all(EntityKind::Event));
    for who in [&manager, &support] {
        let replace = WriteRequest::ReplaceView { id: own, version: 1, draft: renamed.clone() };
        for write in [replace, WriteRequest::RemoveView { id: own, version: 1 }] {
            assert!(matches!(ask(&mut world, who, write), Err(Error::NotFound)));
        }
    }
    // Only management shares, and changes or removes what is shared.
    let role = Reason::Role(Permission::ShareViews, Role::Sales);
    let mine = draft("Lyon weddings", true, Query::all(EntityKind::Event));
    let private = draft("Big ones", false, Query::all(EntityKind::Contract));
    for write in [
        WriteRequest::SaveView(mine.clone()),
        WriteRequest::ReplaceView { id: own, version: 1, draft: mine },
        WriteRequest::ReplaceView { id: shared, version: 1, draft: private },
        WriteRequest::RemoveView { id: shared, version: 1 },
    ] {
        assert_eq!(denied(ask(&mut world, &sales, write)), role);
    }
    let bigger = draft("Bigger ones", true, Query::all(EntityKind::Contract));
    let replace = WriteRequest::ReplaceView { id: shared, version: 1, draft: bigger };
    assert!(ask(&mut world, &other_manager, replace.clone()).is_ok());
    assert!(matches!(ask(&mut world, &manager, replace), Err(Error::Conflict(_))));
    assert!(ask(&mut world, &manager, WriteRequest::RemoveView { id: shared, version: 2 }).is_ok());
    assert_eq!(names(&mut world, &support), ["LYON WÉDDINGS of Person support"]);

    let log: Vec<(String, String, String)> = audit_log::table
        .filter(audit_log::record_type.eq("view").and(audit_log::action.ne("action.refused")))
        .filter(audit_log::record_id.eq(shared.0))
        .order(audit_log::id)
        .select((audit_log::action, audit_log::record_name, audit_log::changes))
        .load(&mut world.connection())
        .unwrap();
    let rows: Vec<String> = log.iter().map(|(action, name, _)| format!("{action} {name}")).collect();
    assert_eq!(rows, ["view.saved Big ones", "view.changed Bigger ones", "view.removed Bigger ones"]);
    assert_eq!(log[1].2, r#"{"name":["Big ones","Bigger ones"]}"#);
    assert!(log[2].2.contains(r#""name":["Bigger ones",null]"#), "{}", log[2].2);
}

/// A view is a query like any other: whoever opens it sees what they may see, and no more.
#[rstest]
fn a_shared_view_shows_nobody_more_than_they_may_see(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let (manager, sales, other) = (world.manager.clone(), world.sales.clone(), world.other_sales.clone());
    let support = world.support.clone();
    world.records();
    world.client_of(other.actor.id, "Secret Client");
    let settings = Settings { visibility: Visibility::Restricted, ..manager.settings.clone() };
    world.manage(&Request::Write(WriteRequest::UpdateSettings(settings)));
    for (name, query) in [
        ("Clients", clients_of(&other)),
        ("Contracts", Query::all(EntityKind::Contract)),
        ("Log", Query::all(EntityKind::Audit)),
    ] {
        save(&mut world, &manager, draft(name, true, query));
    }
    let mut rows = |who: &Session| -> Vec<usize> {
        let views = lists(&mut world, who).views;
        let queries = views.into_iter().map(|listed| listed.content.unwrap().query);
        let mut count = |query| match world.ask(Some(who), &ReadRequest::List(query).into()) {
            Ok(Reply::Page(page)) => {
                for row in &page.rows {
                    if let Record::Audit(row) = row {
                        assert!(who.actor.role == Role::Management || row.actor_id == Some(who.actor.id), "{row:?}");
                    }
                }
                page.rows.len()
            }
            other => panic!("{other:?}"),
        };
        queries.map(&mut count).collect()
    };
    let count = |rows: Vec<usize>| (rows[0], rows[1]);
    assert_eq!(count(rows(&manager)), (1, 2));
    assert_eq!(count(rows(&other)), (1, 0));
    assert_eq!(count(rows(&sales)), (0, 2));
    assert_eq!(count(rows(&support)), (0, 1));
}

#[rstest]
fn columns_are_kept_for_each_person_and_kind(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (sales, support) = (world.sales.clone(), world.support.clone());
    let chosen = |width| Some(vec![ChosenColumn { name: ColumnName::Title, width }]);
    let write = |columns| WriteRequest::SaveColumns { kind: EntityKind::Event, columns };
    for columns in [chosen(None), chosen(Some(20)), chosen(Some(20))] {
        ask(&mut world, &sales, write(columns)).unwrap();
    }
    assert_eq!(lists(&mut world, &sales).columns(EntityKind::Event), chosen(Some(20)).as_deref());
    assert_eq!(lists(&mut world, &sales).columns(EntityKind::Client), None);
    assert_eq!(lists(&mut world, &support), Lists::default());
    for columns in [Some(Vec::new()), chosen(Some(3)), chosen(Some(61))] {
        assert_eq!(invalid(ask(&mut world, &sales, write(columns)), Field::Columns), Problem::Required);
    }
    ask(&mut world, &sales, write(None)).unwrap();
    assert_eq!(lists(&mut world, &sales), Lists::default());
    let log = world.audit().into_iter().filter(|action| action == "columns.saved").count();
    assert_eq!(log, 3);
}

#[rstest]
fn nobody_saves_or_shares_views_without_end(#[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let mut world = World::new(engine);
    let (manager, sales) = (world.manager.clone(), world.sales.clone());
    let boss = world.hire("boss", Role::Management);
    let of = |number: i64, shared| draft(&format!("View {number}"), shared, Query::all(EntityKind::Client));
    for number in 0..MAX_VIEWS {
        save(&mut world, &manager, of(number, true));
    }
    let one_more = WriteRequest::SaveView(of(MAX_VIEWS, false));
    assert_eq!(denied(ask(&mut world, &manager, one_more)), Reason::ViewsFull(MAX_VIEWS));
    // Others have room for their own, but none to share.
    let id = save(&mut world, &boss, of(0, false));
    for share in [WriteRequest::SaveView(of(1, true)), WriteRequest::ReplaceView { id, version: 1, draft: of(0, true) }]
    {
        assert_eq!(denied(ask(&mut world, &boss, share)), Reason::SharedViewsFull(MAX_VIEWS));
    }
    assert_eq!(lists(&mut world, &boss).views.len(), 101);
    let shared = lists(&mut world, &sales).views[0].view.clone();
    ask(&mut world, &boss, WriteRequest::RemoveView { id: shared.id, version: shared.version }).unwrap();
    ask(&mut world, &boss, WriteRequest::ReplaceView { id, version: 1, draft: of(0, true) }).unwrap();
    // What a person sees is limited too, their own views first.
    sql_query("UPDATE list_views SET shared = TRUE").execute(&mut world.connection()).unwrap();
    for number in 0..MAX_VIEWS {
        save(&mut world, &sales, draft(&format!("Z {number}"), false, Query::all(EntityKind::Client)));
    }
    let insert = "INSERT INTO list_views (owner_id, kind, name, name_key, shared, content, created_at, updated_at) \
                  SELECT owner_id, 'event', name, name_key, shared, content, created_at, updated_at FROM list_views \
                  WHERE shared = TRUE";
    sql_query(insert).execute(&mut world.connection()).unwrap();
    let seen = lists(&mut world, &sales).views;
    assert_eq!(seen.len(), 200);
    assert_eq!(seen.iter().filter(|listed| listed.view.owner == sales.actor.id).count(), 100);
}

/// A view of another version of the program is listed, so that it can be removed, but never half understood.
#[rstest]
fn a_view_that_cannot_be_read_is_listed_and_can_be_removed(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let sales = world.sales.clone();
    let id = save(&mut world, &sales, draft("Lyon", false, clients_of(&sales)));
    ask(
        &mut world,
        &sales,
        WriteRequest::SaveColumns {
            kind: EntityKind::Event,
            columns: Some(vec![ChosenColumn { name: ColumnName::Title, width: None }]),
        },
    )
    .unwrap();
    for statement in [
        "UPDATE list_views SET content = REPLACE(content, 'sales_contact', 'moon_phase')",
        "UPDATE list_columns SET content = 'garbage'",
    ] {
        assert_eq!(sql_query(statement).execute(&mut world.connection()).unwrap(), 1);
    }
    let listed = lists(&mut world, &sales);
    assert_eq!(listed.view(id).map(|listed| (listed.view.name.as_str(), &listed.content)), Some(("Lyon", &None)));
    assert_eq!(listed.columns(EntityKind::Event), None);
    // A deactivated account keeps its views; a view of a kind that is not known is left out.
    ask(&mut world, &sales, WriteRequest::RemoveView { id, version: 1 }).unwrap();
    assert_eq!(lists(&mut world, &sales).views, []);
}

#[rstest]
fn the_views_that_somebody_shared_stay_when_they_leave(
    #[values(Engine::Sqlite, Engine::MariaDb, Engine::Mysql)] engine: Engine,
) {
    let mut world = World::new(engine);
    let boss = world.hire("boss", Role::Management);
    let sales = world.sales.clone();
    save(&mut world, &boss, draft("Big ones", true, Query::all(EntityKind::Contract)));
    save(&mut world, &boss, draft("Own ones", false, Query::all(EntityKind::Contract)));
    let version = storage::users::find(&mut world.connection(), boss.actor.id).unwrap().unwrap().version;
    world.manage(&Request::Write(WriteRequest::DeactivateUser { id: boss.actor.id, version, heirs: None }));
    assert_eq!(names(&mut world, &sales), ["Big ones of Person boss"]);
    let version = version + 1;
    world.manage(&Request::Write(WriteRequest::ReactivateUser { id: boss.actor.id, version }));
    let boss = world.sign_in("boss", PASSWORD).unwrap();
    assert_eq!(names(&mut world, &boss).len(), 2);
}

//! What is overdue is summed up over the index of what is open, and nothing else is read.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use epic_events::{
    schema::instalments,
    storage::{Db, Target, figures},
};
use rstest::rstest;

use crate::{company, plan, statements, support::Engine, work};

fn ranges(today: NaiveDate) -> [figures::Range; figures::RANGES] {
    let ago = |days| today - Days::new(days);
    [(Some(ago(30)), ago(1)), (Some(ago(60)), ago(31)), (Some(ago(90)), ago(61)), (None, ago(91))]
}

#[test]
fn what_is_overdue_is_summed_up_over_an_index_of_the_embedded_engine() {
    let db = company(Engine::Sqlite, 300);
    let today = epic_events::app::now().utc.date();
    let asked = statements(&db, |db| {
        figures::open_between(db, ranges(today), None).unwrap();
    });
    let sums: Vec<_> = asked.iter().filter(|sql| sql.starts_with("SELECT")).collect();
    let [sql] = sums.as_slice() else { panic!("{asked:?}") };
    let plan = plan(&db, sql);
    assert!(plan.iter().any(|step| step.contains("COVERING INDEX instalments_open (open_on<?)")), "{plan:?}");
}

#[rstest]
fn what_is_overdue_is_summed_up_by_reading_only_what_is_open(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let db = company(engine, 20_000);
    db.query("ANALYZE TABLE instalments");
    let mut connection = Db::open(&Target::parse(&db.url).unwrap()).unwrap();
    let today = epic_events::app::now().utc.date();
    let late: i64 =
        instalments::table.filter(instalments::open_on.lt(today)).count().get_result(&mut connection).unwrap();
    let all: i64 = instalments::table.count().get_result(&mut connection).unwrap();
    assert!(late > 500 && late < all / 3, "{late} of {all}");
    let before = work(&mut connection, "Handler_read");
    figures::open_between(&mut connection, ranges(today), None).unwrap();
    let read = work(&mut connection, "Handler_read") - before;
    // Querying the counters counts as reading as well.
    assert!(read <= late + 1_000, "{read} rows for {late}");
}

//! The charts of the home screen, by role. Each bar comes with the list that it opens.

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::{
    domain::{
        UserId,
        contracts::{ContractFilter, ContractView},
        dates,
        entity::Query,
        events::{EventFilter, EventView},
        users::Role,
    },
    services::{
        context::{RequestContext, ServiceError},
        figures::{About, Bar, BarLabel, BarValue, Figure},
    },
    storage::{
        self, Db,
        figures::{RANGES, STRETCHES, Stretch},
    },
};

/// The number of months in the chart; the current month is the last.
const MONTHS: u32 = 6;
/// For how many days amounts are overdue; the last range is open-ended.
const AGES: [(i64, Option<i64>); RANGES] = [(1, Some(30)), (31, Some(60)), (61, Some(90)), (91, None)];
/// The number of weeks whose open events are counted.
const WEEKS: i64 = 4;
/// The most users that a chart shows.
const PEOPLE: usize = 12;

pub(super) fn figures(db: &mut Db, ctx: &RequestContext) -> Result<Vec<Figure>, ServiceError> {
    Ok(match ctx.actor().role {
        Role::Management => {
            vec![signed_by_month(db, ctx, None)?, due_by_age(db, ctx, None)?, support_load(db, ctx)?]
        }
        Role::Sales => {
            let me = Some(ctx.me());
            vec![signed_by_month(db, ctx, me)?, due_by_age(db, ctx, me)?]
        }
        Role::Support => vec![my_weeks(db, ctx)?],
    })
}

fn midnight(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}

/// The time range (UTC) from the beginning of the first day to the end of the last one in the
/// company's time zone.
fn stretch(ctx: &RequestContext, from: NaiveDate, to: NaiveDate) -> Stretch {
    (ctx.utc(midnight(from)), ctx.utc(midnight(to.succ_opt().unwrap_or(to))))
}

fn signed_by_month(db: &mut Db, ctx: &RequestContext, owner: Option<UserId>) -> Result<Figure, ServiceError> {
    let this_month = ctx.wall.date().with_day(1).unwrap_or(ctx.wall.date());
    let months: Vec<NaiveDate> =
        (0..MONTHS).rev().filter_map(|back| this_month.checked_sub_months(Months::new(back))).collect();
    let last_day =
        |month: NaiveDate| month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(month);
    let days: Vec<(NaiveDate, NaiveDate)> = months.iter().map(|month| (*month, last_day(*month))).collect();
    let sums = storage::figures::signed(db, stretches(ctx, &days), owner)?;
    let view = if owner.is_some() { ContractView::Mine } else { ContractView::All };
    let bars = days.iter().zip(sums).map(|((from, to), sum)| Bar {
        label: BarLabel::Month(*from),
        value: BarValue::Money(sum),
        query: signed_between(view, Some(*from), *to),
    });
    Ok(Figure { about: About::SignedByMonth, bars: bars.collect() })
}

fn due_by_age(db: &mut Db, ctx: &RequestContext, owner: Option<UserId>) -> Result<Figure, ServiceError> {
    let ago = |days: i64| ctx.wall.date() - TimeDelta::days(days);
    let ranges = AGES.map(|(least, most)| (most.map(ago), ago(least)));
    let sums = storage::figures::open_between(db, ranges, owner)?;
    let view = if owner.is_some() { ContractView::MineOverdue } else { ContractView::Overdue };
    let bars = AGES.iter().zip(ranges).zip(sums).map(|(((least, most), (due_from, to)), sum)| Bar {
        label: BarLabel::Days(*least, *most),
        value: BarValue::Money(sum),
        query: Query::contracts(ContractFilter { view, due_from, due_to: Some(to), ..ContractFilter::default() }),
    });
    Ok(Figure { about: About::DueByAge, bars: bars.collect() })
}

/// The time ranges of these days, padded with empty ranges.
fn stretches(ctx: &RequestContext, days: &[(NaiveDate, NaiveDate)]) -> [Stretch; STRETCHES] {
    let nothing = days.last().map_or((ctx.now, ctx.now), |(_, to)| (midnight(*to), midnight(*to)));
    std::array::from_fn(|at| days.get(at).map_or(nothing, |(from, to)| stretch(ctx, *from, *to)))
}

fn signed_between(view: ContractView, from: Option<NaiveDate>, to: NaiveDate) -> Query {
    Query::contracts(ContractFilter { view, signed_from: from, signed_to: Some(to), ..ContractFilter::default() })
}

fn support_load(db: &mut Db, ctx: &RequestContext) -> Result<Figure, ServiceError> {
    let today = ctx.wall.date();
    let last = today + TimeDelta::days(7 * WEEKS - 1);
    let load = storage::figures::support_load(db, (midnight(today), midnight(last + TimeDelta::days(1))), PEOPLE)?;
    let bars = load.into_iter().map(|(id, name, count)| Bar {
        label: BarLabel::Person(name),
        value: BarValue::Events(count),
        query: events_between(id, today, last),
    });
    Ok(Figure { about: About::SupportLoad, bars: bars.collect() })
}

fn my_weeks(db: &mut Db, ctx: &RequestContext) -> Result<Figure, ServiceError> {
    let (monday, _) = dates::week_of(ctx.wall.date());
    let weeks: Vec<NaiveDateTime> = (0..WEEKS).map(|week| monday + TimeDelta::days(7 * week)).collect();
    let spans: Vec<Stretch> = weeks.iter().map(|start| (*start, *start + TimeDelta::days(7))).collect();
    let counts = storage::figures::own_load(db, ctx.me(), &spans)?;
    let bars = weeks.iter().zip(counts).map(|(start, count)| Bar {
        label: BarLabel::Week(start.date()),
        value: BarValue::Events(count),
        query: events_between(ctx.me(), start.date(), start.date() + TimeDelta::days(6)),
    });
    Ok(Figure { about: About::MyWeeks, bars: bars.collect() })
}

fn events_between(support: UserId, from: NaiveDate, to: NaiveDate) -> Query {
    let (view, support) = (EventView::Open, Some(support));
    Query::events(EventFilter { view, support, from: Some(from), to: Some(to), ..EventFilter::default() })
}

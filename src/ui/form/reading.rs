//! How what was typed in a field is understood: the date or amount that it means, and what is said of it.
//! The end of an event is counted from its start, which may not be known yet.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::field::{FieldKind, FormField};
use crate::{
    domain::{Cents, Field, Problem, check, clocks, dates, money, text},
    ui::{
        Context,
        text::{Phrase, TimePhrase},
    },
};

/// What is read relative to `clock`; if that is not known, only what is the same whatever it is.
pub(super) fn known<T: PartialEq>(
    clock: Option<NaiveDateTime>,
    read: impl Fn(NaiveDateTime) -> Option<T>,
) -> Option<T> {
    if let Some(clock) = clock {
        return read(clock);
    }
    let mut all = any_times().map(read);
    let first = all.next()?;
    if all.all(|other| other == first) { first } else { None }
}

/// Times of day in eleven years: in these any day without a year falls on each day of the week.
fn any_times() -> impl Iterator<Item = NaiveDateTime> {
    let first = NaiveDate::from_ymd_opt(2000, 1, 15).unwrap_or_default().and_time(NaiveTime::MIN);
    (0..11).map(move |year| first + TimeDelta::days(366 * year) + TimeDelta::minutes(127 * year))
}

impl FormField {
    /// The typed time, read relative to `clock`, which for an end is the start.
    pub fn read_time(&self, clock: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
        self.read_as_time(self.input.text(), clock)
    }

    fn read_as_time(&self, typed: &str, clock: NaiveDateTime) -> Result<NaiveDateTime, Problem> {
        let read = if self.is_end() { dates::parse_end } else { dates::parse_date_time };
        read(typed, clock)
    }

    /// The typed day, if it can be read.
    pub fn typed_day(&self, clock: Option<NaiveDateTime>) -> Option<NaiveDate> {
        known(clock, |now| match self.kind {
            FieldKind::Day(prefer) => dates::parse_date(self.input.text(), now.date(), prefer).ok(),
            FieldKind::Time => match self.read_time(now) {
                Ok(time) => Some(time.date()),
                Err(Problem::TimeMissing(day)) => Some(day),
                Err(_) => None,
            },
            _ => None,
        })
    }

    /// Replaces the day; a typed time is kept.
    pub fn set_day(&mut self, day: NaiveDate, clock: Option<NaiveDateTime>) {
        let time = known(clock, |now| self.read_time(now).ok().map(|time| time.time()));
        let text = match (&self.kind, time) {
            (FieldKind::Time, Some(time)) => dates::format_date_time(day.and_time(time)),
            (FieldKind::Time, None) => format!("{} ", dates::format_date(day)),
            _ => dates::format_date(day),
        };
        self.input.set(&text);
        self.forget_problem();
    }

    /// What is wrong with the value, regardless of other fields. Dates are read relative to the clock,
    /// which is in the company's time zone.
    pub fn check(&self, clock: Option<NaiveDateTime>, time_zone: Tz) -> Option<Problem> {
        known(clock, |now| self.check_at(now, time_zone))
    }

    /// A value of this field as a summary shows it: amounts and dates as details show them, however
    /// they were typed.
    pub fn label(&self, content: &str, ctx: &Context, clock: Option<NaiveDateTime>) -> String {
        /// The columns of a text that need not be read to the end to be recognised.
        const ENOUGH: usize = 60;
        match &self.kind {
            FieldKind::Choice(options) => {
                options.iter().find(|(value, _)| value == content).map_or_else(String::new, |(_, label)| label.clone())
            }
            FieldKind::Notes => text::cut(&content.replace('\n', " "), ENOUGH),
            FieldKind::Zone => content.to_owned(),
            FieldKind::Whole => money::parse_whole(content)
                .map_or_else(|_| content.to_owned(), |number| ctx.say(Phrase::Number(number))),
            _ => known(clock, |now| self.understood(content, ctx, now)).unwrap_or_else(|| content.to_owned()),
        }
    }

    /// Says which of two instants is meant, if the clocks show the typed time twice.
    pub fn which_of_two(&self, ctx: &Context, clock: Option<NaiveDateTime>) -> Option<String> {
        let read = |now| self.read_time(now).ok().filter(|_| self.kind == FieldKind::Time);
        let time = known(clock, read)?;
        let zone = clocks::first_of_two(time, ctx.settings().time_zone)?;
        Some(ctx.say(Phrase::FirstOfTwo { time: &time.format("%H:%M").to_string(), zone: &zone }))
    }

    /// How a date or an amount was understood; shown beside the field. An end is said from its start,
    /// unless it is days later.
    pub fn echo(&self, ctx: &Context, clock: Option<NaiveDateTime>) -> Option<String> {
        let typed = self.input.text();
        let end = clock.and_then(|start| self.said_from(start, ctx));
        let understood = end.or_else(|| known(clock, |now| self.understood(typed, ctx, now)));
        let waits = clock.is_none() && !typed.trim().is_empty();
        understood.or_else(|| waits.then(|| ctx.say(Phrase::Time(TimePhrase::AfterStart))))
    }

    /// An end on the day of its start or the next one, with the time that really passes until then.
    fn said_from(&self, start: NaiveDateTime, ctx: &Context) -> Option<String> {
        let end = self.read_time(start).ok().filter(|end| self.is_end() && *end >= start)?;
        let days = (end.date() - start.date()).num_days();
        let [begins, ends] = [start, end].map(|wall| clocks::to_utc(wall, ctx.settings().time_zone));
        let minutes = (ends - begins).num_minutes().max(0);
        let said = TimePhrase::Ends { time: &end.format("%H:%M").to_string(), next_day: days == 1, minutes };
        (days <= 1).then(|| ctx.say(Phrase::Time(said)))
    }

    fn is_end(&self) -> bool {
        self.kind == FieldKind::Time && self.field == Field::EndsAt
    }

    /// What a typed date or amount means, in full; `None` if it is neither.
    fn understood(&self, typed: &str, ctx: &Context, now: NaiveDateTime) -> Option<String> {
        match &self.kind {
            FieldKind::Amount => {
                let cents = Cents::parse(typed).ok()?;
                Some(format!("{} {}", cents.format(ctx.language), ctx.settings().currency))
            }
            FieldKind::Day(prefer) => {
                dates::parse_date(typed, now.date(), *prefer).ok().map(|day| dates::spell_date(day, ctx.language))
            }
            FieldKind::Time => match self.read_as_time(typed, now) {
                Ok(time) => Some(dates::spell_date_time(time, ctx.language)),
                Err(Problem::TimeMissing(day)) => Some(dates::spell_date(day, ctx.language)),
                Err(_) => None,
            },
            FieldKind::Zone => Some(ctx.say(Phrase::ZoneHint)),
            FieldKind::Line if self.field == Field::Currency => {
                check::currency(typed).ok().filter(|code| code != typed)
            }
            _ => None,
        }
    }
}

//! The names of months and weekdays, separated by spaces, in calendar order.

use std::sync::LazyLock;

use crate::domain::text;

pub(super) const MONTHS_EN: &str =
    "January February March April May June July August September October November December";
pub(super) const MONTHS_FR: &str =
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre";
pub(super) const WEEKDAYS_EN: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
pub(super) const WEEKDAYS_FR: &str = "lundi mardi mercredi jeudi vendredi samedi dimanche";

/// The folded names in English and in French.
pub(super) type Folded = [Vec<String>; 2];

pub(super) static MONTHS: LazyLock<Folded> = LazyLock::new(|| folded([MONTHS_EN, MONTHS_FR]));
pub(super) static WEEKDAYS: LazyLock<Folded> = LazyLock::new(|| folded([WEEKDAYS_EN, WEEKDAYS_FR]));

fn folded(languages: [&str; 2]) -> Folded {
    languages.map(|names| text::fold(names).split(' ').map(str::to_owned).collect())
}

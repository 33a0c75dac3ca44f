//! The names of months and weekdays, separated by spaces, in calendar order.

pub(super) const MONTHS_EN: &str =
    "January February March April May June July August September October November December";
pub(super) const MONTHS_FR: &str =
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre";
pub(super) const WEEKDAYS_EN: &str = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
pub(super) const WEEKDAYS_FR: &str = "lundi mardi mercredi jeudi vendredi samedi dimanche";

//! What time it is, on two clocks.

use chrono::{SubsecRound, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::domain::session::Moment;

/// Now. The second clock goes on while the computer sleeps, which Rust's own does not.
pub fn now() -> Moment {
    let boot = clock_gettime(ClockId::Boottime);
    let milliseconds = i128::from(boot.tv_sec) * 1_000 + i128::from(boot.tv_nsec) / 1_000_000;
    Moment { utc: Utc::now().naive_utc().trunc_subsecs(6), ticks: u64::try_from(milliseconds).unwrap_or(0) }
}

//! Reads the current time from the two clocks of a [`Moment`].

use chrono::{SubsecRound, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::domain::session::Moment;

/// The current time. `ticks` also counts the time that the computer sleeps, which Rust's `Instant`
/// does not.
pub fn now() -> Moment {
    let boot = clock_gettime(ClockId::Boottime);
    let milliseconds = i128::from(boot.tv_sec) * 1_000 + i128::from(boot.tv_nsec) / 1_000_000;
    Moment { utc: Utc::now().naive_utc().trunc_subsecs(6), ticks: u64::try_from(milliseconds).unwrap_or(0) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    /// Compares with the kernel's own count of that time.
    #[test]
    fn ticks_count_the_time_since_boot_including_sleep() {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let seconds: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
        let ticks = std::time::Duration::from_millis(super::now().ticks).as_secs_f64();
        assert!((ticks - seconds).abs() < 2.0, "{ticks} and {seconds}");
    }
}

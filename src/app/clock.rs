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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    /// The kernel's own count since the start of the machine, sleep included.
    #[test]
    fn ticks_are_the_time_since_the_machine_started_sleep_included() {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let seconds: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
        let ticks = std::time::Duration::from_millis(super::now().ticks).as_secs_f64();
        assert!((ticks - seconds).abs() < 2.0, "{ticks} and {seconds}");
    }
}

//! `epic-events doctor`.

use epic_events::{
    app,
    config::Error,
    doctor,
    domain::diagnosis::Class,
    ui::text::{self, AdminPhrase, Phrase},
};

use super::{Run, Stop, configuration, exit, print};

impl Run<'_> {
    /// Prints the report. The exit code is that of the first fault.
    pub fn doctor(&self, json: bool) -> Result<(), Stop> {
        let report = doctor::look(self.config);
        let faults =
            text::say(self.config.preferences.language, Phrase::Admin(AdminPhrase::DoctorFaults(report.faults())));
        let end = match (report.problem(), report.fault()) {
            (Some(error), _) => Err(self.said()(error)),
            (None, Some(Class::Database)) => Err(Stop(exit::DATABASE, faults)),
            (None, Some(Class::Configuration)) => Err(Stop(exit::CONFIGURATION, faults)),
            (None, None) => Ok(()),
        };
        if json {
            let (code, sentence) =
                end.as_ref().err().map_or((0, None), |Stop(code, words)| (*code, Some(words.as_str())));
            print(report.json(code, sentence).as_bytes())?;
        } else {
            print(app::for_locale(&report.text()).as_bytes())?;
        }
        end
    }
}

/// Ends the program because of its configuration, with the report for programs if `json` asks for it.
pub fn unusable(error: &Error, json: bool) -> Stop {
    if json && let Err(stop) = print(doctor::unusable(error, exit::CONFIGURATION).as_bytes()) {
        return stop;
    }
    configuration(error)
}

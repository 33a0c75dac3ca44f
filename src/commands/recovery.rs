//! `epic-events reset-password`.

use std::fs;

use epic_events::{
    app,
    services::recovery::{self, Operator, PasswordReset},
    ui::text::{self, AdminPhrase, Phrase},
};
use secrecy::ExposeSecret;

use super::{Run, Stop, exit, print};

impl Run<'_> {
    pub fn reset_password(&self, username: &str) -> Result<(), Stop> {
        let (account, host) = (account_name(), crate::host());
        let operator = Operator { account: &account, host: &host };
        let cost = self.config.bcrypt_cost;
        let reset = recovery::reset_password(self.address(), username, operator, cost, app::now());
        let refused = |why: AdminPhrase| {
            let words = text::say(self.config.preferences.language, Phrase::from(why));
            Err(Stop(exit::ERROR, words))
        };
        match reset.map_err(self.said())? {
            PasswordReset::Done { full_name, username, password, reactivated } => {
                if reactivated {
                    self.say(AdminPhrase::ManagerReactivated(&full_name).into())?;
                }
                self.say(AdminPhrase::PasswordIsReset { name: &full_name, username: &username }.into())?;
                print(format!("\n    {}\n\n", password.expose_secret()).as_bytes())
            }
            PasswordReset::NoAccount => refused(AdminPhrase::NoAccount(username)),
            PasswordReset::Deactivated { full_name } => refused(AdminPhrase::AccountDeactivated(&full_name)),
        }
    }
}

/// The account of the operating system that runs this process, for the audit log. It is not taken
/// from the environment, which everybody can set. Accounts that are not in `/etc/passwd`, as in a
/// directory service, are named by their number.
fn account_name() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let list = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut accounts = list.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let own = accounts.find(|parts| parts.get(2) == Some(&id.as_str()));
    own.map_or_else(|| format!("uid {id}"), |parts| parts[0].to_owned())
}

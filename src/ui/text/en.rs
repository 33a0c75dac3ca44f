//! English.

use super::{Records, Shell, Words};

pub(super) const WORDS: Words = Words { shell: SHELL, records: RECORDS };

const SHELL: Shell = Shell { app_name: "Epic Events" };

const RECORDS: Records = Records { clients: "Clients" };

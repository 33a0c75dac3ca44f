//! The address of the database, put together from the layers.

use std::path::Path;

use super::{
    Error,
    layers::{ConfigSource, Value, password_in},
    value_error,
};
use crate::domain::address::{ServerAddress, without_brackets};

/// The parts of a server's address, by the names of the settings.
const PARTS: [&str; 6] = ["DB_HOST", "DB_PORT", "DB_USER", PASSWORD, PASSWORD_FILE, "DB_NAME"];
const WHOLE: &str = "DATABASE_URL";
const PASSWORD: &str = "DB_PASSWORD";
const PASSWORD_FILE: &str = "DB_PASSWORD_FILE";
/// The settings for options of an address.
const OPTIONS: [(&str, &str); 2] = [("DB_SSL_MODE", "ssl_mode"), ("DB_SSL_CA", "ssl_ca")];
const SSL_MODES: &str = "verify_identity, verify_ca, required, disabled";

/// Parts with their values, those of stronger layers later. The value of `DB_PASSWORD_FILE` is the
/// path of the file, which is not read yet.
type Parts = Vec<(&'static str, String)>;

/// The address in the layers read so far, from the weakest on.
enum Found {
    Nothing,
    /// A whole address, the number of its layer, and what is put into it.
    Whole(String, usize, Parts),
    /// Parts alone; without a host they name no database.
    Parts(Parts),
}

/// The address from the strongest layer that names one, with the parts that stronger layers change;
/// `None` if no layer names a database. Records in `values` what is overridden by what. Of the files
/// with passwords only the one that is used is read.
///
/// In each layer `DATABASE_URL` is the whole address, and the `DB_*` settings of that layer are
/// then ignored, except for the password if the address has none. `DB_HOST` begins a new address:
/// the `DATABASE_URL` of a weaker layer is overridden. Other parts replace that part of the weaker
/// layer's address. The settings of encryption count for any address that has no such option itself.
pub(super) fn resolve(layers: &[ConfigSource], values: &mut [Value], system: &Path) -> Result<Option<String>, Error> {
    let mut found = Found::Nothing;
    for (at, layer) in layers.iter().enumerate().rev() {
        let mut parts = parts(layer);
        if layer.get(PASSWORD).is_some() {
            overrule(values, |value| value.name == PASSWORD_FILE && value.layer == at, (PASSWORD, at));
        }
        if let Some(whole) = layer.get(WHOLE) {
            let is_open = ServerAddress::parse(whole).is_some_and(|address| address.password.is_empty());
            parts.retain(|(part, _)| is_open && slot(part) == PASSWORD);
            let is_kept = |value: &Value| {
                value.layer == at && (value.name == WHOLE || parts.iter().any(|(part, _)| *part == value.name))
            };
            overrule(values, |value| is_of_database(value) && value.layer >= at && !is_kept(value), (WHOLE, at));
            found = Found::Whole(whole.to_owned(), at, parts);
            continue;
        }
        if parts.is_empty() {
            continue;
        }
        for (part, _) in &parts {
            overrule(values, |value| slot(value.name) == slot(part) && value.layer > at, (part, at));
        }
        let has_host = parts.iter().any(|(part, _)| *part == "DB_HOST");
        found = match found {
            Found::Whole(..) if has_host => {
                overrule(values, |value| value.name == WHOLE && value.layer > at, ("DB_HOST", at));
                Found::Parts(parts)
            }
            Found::Whole(whole, weaker, before) if ServerAddress::parse(&whole).is_some() => {
                Found::Whole(whole, weaker, [before, parts].concat())
            }
            Found::Whole(whole, weaker, before) => {
                // An embedded database has no such parts.
                overrule(values, |value| PARTS.contains(&value.name) && value.layer == at, (WHOLE, weaker));
                Found::Whole(whole, weaker, before)
            }
            Found::Nothing => Found::Parts(parts),
            Found::Parts(weaker) => Found::Parts([weaker, parts].concat()),
        };
    }
    let (whole, layer, address, parts) = match found {
        Found::Whole(whole, layer, parts) => match ServerAddress::parse(&whole) {
            Some(address) if ServerAddress::unencoded(&whole).is_none() => (whole, layer, address, parts),
            _ => return Ok(Some(whole)),
        },
        Found::Parts(parts) if parts.iter().any(|(part, _)| *part == "DB_HOST") => {
            let address = ServerAddress { database: "epic_events".to_owned(), ..ServerAddress::default() };
            (String::new(), 0, address, parts)
        }
        Found::Nothing | Found::Parts(_) => return Ok(None),
    };
    let mut changed = address.clone();
    put(&mut changed, &parts, system)?;
    Encryption::read(layers)
        .complete(&mut changed, |name| overrule(values, |value| value.name == name, (WHOLE, layer)))?;
    // Otherwise it stays as it was written.
    Ok(Some(if whole.is_empty() || changed != address { changed.to_url() } else { whole }))
}

/// The parts in a layer. Of a password and a file with it, the password is used.
fn parts(layer: &ConfigSource) -> Parts {
    let value = |part: &'static str| match part {
        PASSWORD_FILE if layer.get(PASSWORD).is_some() => None,
        PASSWORD_FILE => layer.path(part).map(|path| (part, path.display().to_string())),
        _ => Some((part, layer.get(part)?.to_owned())),
    };
    PARTS.into_iter().filter_map(value).collect()
}

/// The part that a setting gives: two of them give the password.
fn slot(name: &str) -> &str {
    if name == PASSWORD_FILE { PASSWORD } else { name }
}

fn is_of_database(value: &Value) -> bool {
    value.name == WHOLE || PARTS.contains(&value.name)
}

/// Sets these parts of an address; the last of several values of a part is used.
fn put(address: &mut ServerAddress, parts: &Parts, system: &Path) -> Result<(), Error> {
    for (at, (part, value)) in parts.iter().enumerate() {
        if parts[at + 1..].iter().any(|(later, _)| slot(later) == slot(part)) {
            continue;
        }
        let place = match *part {
            "DB_HOST" => &mut address.host,
            "DB_PORT" => {
                value.parse::<u16>().map_err(|_| value_error("DB_PORT", value, "1 to 65535"))?;
                &mut address.port
            }
            "DB_USER" => &mut address.user,
            PASSWORD_FILE => {
                address.password = password_in(Path::new(value), system)?;
                continue;
            }
            PASSWORD => &mut address.password,
            _ => &mut address.database,
        };
        place.clone_from(value);
    }
    address.host = without_brackets(&address.host);
    Ok(())
}

/// The settings of encryption of this computer: name of the setting, option of an address, value.
#[derive(Debug, Clone)]
pub struct Encryption(Vec<(&'static str, &'static str, String)>);

impl Encryption {
    pub(super) fn read(layers: &[ConfigSource]) -> Self {
        let value = |(name, option)| {
            let layer = layers.iter().find(|layer| layer.get(name).is_some())?;
            let value = match layer.path(name) {
                Some(path) if name == "DB_SSL_CA" => path.display().to_string(),
                _ => layer.get(name).unwrap_or_default().to_ascii_lowercase(),
            };
            Some((name, option, value))
        };
        Self(OPTIONS.into_iter().filter_map(value).collect())
    }

    /// An address that was given on the command line, with the options of encryption that it does not
    /// name itself.
    pub fn added_to(&self, url: &str) -> Result<String, Error> {
        let Some(address) = ServerAddress::parse(url).filter(|_| ServerAddress::unencoded(url).is_none()) else {
            return Ok(url.to_owned());
        };
        let mut changed = address.clone();
        self.complete(&mut changed, |_| {})?;
        Ok(if changed == address { url.to_owned() } else { changed.to_url() })
    }

    /// Sets the options that the address does not name; `unused` is told those that it names.
    fn complete(&self, address: &mut ServerAddress, mut unused: impl FnMut(&'static str)) -> Result<(), Error> {
        for (name, option, value) in &self.0 {
            if [option, "unix_socket"].iter().any(|named| !address.option(named).is_empty()) {
                unused(name);
                continue;
            }
            if *name == "DB_SSL_MODE" && !SSL_MODES.split(", ").any(|mode| mode == value) {
                return Err(value_error(name, value, SSL_MODES));
            }
            address.set_option(option, value);
        }
        Ok(())
    }
}

/// Records that another setting overrides these values.
fn overrule(values: &mut [Value], which: impl Fn(&Value) -> bool, (name, layer): (&'static str, usize)) {
    for value in values.iter_mut().filter(|value| which(value)) {
        value.overruled.get_or_insert((name, layer));
    }
}

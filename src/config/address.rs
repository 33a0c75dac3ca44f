//! The address of the database, put together from the layers.

use super::{
    Error,
    layers::{ConfigSource, Value},
    value_error,
};
use crate::domain::address::{ServerAddress, without_brackets};

/// The parts of a server's address, by the names of the settings.
const PARTS: [&str; 5] = ["DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME"];
const WHOLE: &str = "DATABASE_URL";

/// The address in the layers read so far, from the weakest on.
enum Found {
    Nothing,
    /// A whole address, and the number of its layer.
    Whole(String, usize),
    /// Parts alone; without a host they name no database.
    Parts(Vec<(&'static str, String)>),
}

/// The address from the strongest layer that names one, with the parts that stronger layers change;
/// `None` if no layer names a database. Records in `values` what is overridden by what.
///
/// In each layer `DATABASE_URL` is the whole address, and the `DB_*` settings of that layer are
/// then ignored. `DB_HOST` begins a new address: the `DATABASE_URL` of a weaker layer is
/// overridden. Other parts replace that part of the weaker layer's address.
pub(super) fn resolve(layers: &[ConfigSource], values: &mut [Value]) -> Result<Option<String>, Error> {
    let mut found = Found::Nothing;
    for (at, layer) in layers.iter().enumerate().rev() {
        if let Some(whole) = layer.get(WHOLE) {
            overrule(values, |value| is_of_database(value) && value.layer >= at && value.name != WHOLE, (WHOLE, at));
            overrule(values, |value| value.name == WHOLE && value.layer > at, (WHOLE, at));
            found = Found::Whole(whole.to_owned(), at);
            continue;
        }
        let parts: Vec<_> = PARTS.iter().filter_map(|part| Some((*part, layer.get(part)?.to_owned()))).collect();
        if parts.is_empty() {
            continue;
        }
        for (part, _) in &parts {
            overrule(values, |value| value.name == *part && value.layer > at, (part, at));
        }
        let has_host = parts.iter().any(|(part, _)| *part == "DB_HOST");
        found = match found {
            Found::Whole(..) if has_host => {
                overrule(values, |value| value.name == WHOLE && value.layer > at, ("DB_HOST", at));
                Found::Parts(parts)
            }
            Found::Whole(whole, weaker) => {
                if let Some(mut address) = ServerAddress::parse(&whole) {
                    put(&mut address, &parts)?;
                    Found::Whole(address.to_url(), weaker)
                } else {
                    // An embedded database has no such parts.
                    overrule(values, |value| PARTS.contains(&value.name) && value.layer == at, (WHOLE, weaker));
                    Found::Whole(whole, weaker)
                }
            }
            Found::Nothing => Found::Parts(parts),
            Found::Parts(weaker) => Found::Parts([weaker, parts].concat()),
        };
    }
    match found {
        Found::Whole(whole, _) => Ok(Some(whole)),
        Found::Parts(parts) if parts.iter().any(|(part, _)| *part == "DB_HOST") => {
            let mut address = ServerAddress { database: "epic_events".to_owned(), ..ServerAddress::default() };
            put(&mut address, &parts)?;
            Ok(Some(address.to_url()))
        }
        Found::Nothing | Found::Parts(_) => Ok(None),
    }
}

fn is_of_database(value: &Value) -> bool {
    value.name == WHOLE || PARTS.contains(&value.name)
}

/// Sets these parts of an address; the last of several values of a part is used.
fn put(address: &mut ServerAddress, parts: &[(&str, String)]) -> Result<(), Error> {
    for (part, value) in parts {
        let place = match *part {
            "DB_HOST" => &mut address.host,
            "DB_PORT" => {
                value.parse::<u16>().map_err(|_| value_error("DB_PORT", value, "1 to 65535"))?;
                &mut address.port
            }
            "DB_USER" => &mut address.user,
            "DB_PASSWORD" => &mut address.password,
            _ => &mut address.database,
        };
        place.clone_from(value);
    }
    address.host = without_brackets(&address.host);
    Ok(())
}

/// Records that another setting overrides these values.
fn overrule(values: &mut [Value], which: impl Fn(&Value) -> bool, (name, layer): (&'static str, usize)) {
    for value in values.iter_mut().filter(|value| which(value)) {
        value.overruled.get_or_insert((name, layer));
    }
}

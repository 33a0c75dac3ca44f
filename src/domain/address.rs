//! The address of a database server, split into the parts that a form shows and settings name.

use std::{fmt, net::Ipv6Addr};

/// `mysql://USER:PASSWORD@HOST:PORT/NAME?OPTIONS`, split into its parts. They are not checked until
/// a connection is made.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ServerAddress {
    /// A name or an IP address, IPv6 without brackets; or several with their ports, separated by
    /// commas.
    pub host: String,
    /// Empty for the default port, and if there are several hosts.
    pub port: String,
    pub user: String,
    pub password: String,
    pub database: String,
    /// Names and values of the options after the question mark, in their order.
    pub options: Vec<(String, String)>,
}

impl ServerAddress {
    /// Splits an address; `None` if it is not that of a server. A missing part is empty.
    pub fn parse(address: &str) -> Option<Self> {
        let rest = address.trim().strip_prefix("mysql://")?;
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (before, database) = before.rsplit_once('/').unwrap_or((before, ""));
        let (who, place) = before.rsplit_once('@').unwrap_or(("", before));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let (host, port) = host_and_port(place);
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), decoded(value))
        };
        Some(Self {
            host: host.to_owned(),
            port: port.to_owned(),
            user: decoded(user),
            password: decoded(password),
            database: decoded(database),
            options: query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect(),
        })
    }

    /// The signs in the password of an address that end it too early, each with its code, and the
    /// address without the password; `None` if there are none. An address that can also be read
    /// without such signs is read so.
    pub fn unencoded(address: &str) -> Option<(String, String)> {
        let rest = address.trim().strip_prefix("mysql://")?;
        let password = |text: &str| {
            let (who, _) = text.rsplit_once('@')?;
            Some(who.split_once(':')?.1.to_owned())
        };
        let ends = |password: &String| password.contains(['#', '/', '?']);
        let (before, _) = rest.split_once('?').unwrap_or((rest, ""));
        if password(before).is_some_and(|password| !ends(&password)) {
            return None;
        }
        let password = password(rest).filter(ends)?;
        let coded = ['#', '/', '?', '@', ':', '%'].into_iter().filter(|sign| password.contains(*sign));
        let signs = coded.map(|sign| format!("{sign} {}", encoded(&sign.to_string()))).collect::<Vec<_>>().join(", ");
        let (_, place) = rest.rsplit_once('@')?;
        let (user, _) = rest.split_once(':')?;
        Some((signs, format!("mysql://{user}:***@{place}")))
    }

    /// The value of an option, empty if it is missing.
    pub fn option(&self, name: &str) -> &str {
        self.options.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    /// Sets an option; an empty value removes it.
    pub fn set_option(&mut self, name: &str, value: &str) {
        self.options.retain(|(one, _)| one != name);
        if !value.is_empty() {
            self.options.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The whole address. It contains the password.
    pub fn to_url(&self) -> String {
        let password = if self.password.is_empty() { String::new() } else { format!(":{}", encoded(&self.password)) };
        let query = self.options.iter().map(|(name, value)| format!("{name}={}", encoded_value(value)));
        let query = query.collect::<Vec<_>>().join("&");
        let asks = if query.is_empty() { "" } else { "?" };
        format!("mysql://{}{password}@{}/{}{asks}{query}", encoded(&self.user), self.place(), encoded(&self.database))
    }

    /// The address for display, with `***` for the password.
    pub fn shown(&self) -> String {
        let password = if self.password.is_empty() { "" } else { ":***" };
        let asks = if self.options.is_empty() { "" } else { "?" };
        let query = self.options.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        format!("mysql://{}{password}@{}/{}{asks}{query}", self.user, self.place(), self.database)
    }

    /// Host and port as they are written in an address.
    fn place(&self) -> String {
        let host = match self.host.parse::<Ipv6Addr>() {
            Ok(_) => format!("[{}]", self.host),
            Err(_) => self.host.clone(),
        };
        if self.port.is_empty() { host } else { format!("{host}:{}", self.port) }
    }
}

/// Shows the address without its password.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

fn host_and_port(place: &str) -> (&str, &str) {
    // Several hosts keep their ports.
    if place.contains(',') {
        return (place, "");
    }
    match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.trim_start_matches(':')),
        None if place.parse::<Ipv6Addr>().is_ok() => (place, ""),
        None => place.rsplit_once(':').unwrap_or((place, "")),
    }
}

/// A host without the brackets that people may write around an IPv6 address.
pub fn without_brackets(host: &str) -> String {
    host.trim().trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// Percent-encoded for a part of an address.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    percent(text, plain)
}

/// Percent-encoded for the value of an option, where a path stays readable.
fn encoded_value(text: &str) -> String {
    percent(text, |byte| !b"%&#?@".contains(&byte) && !byte.is_ascii_whitespace() && byte.is_ascii())
}

fn percent(text: &str, plain: impl Fn(u8) -> bool) -> String {
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Decodes percent-encoded text. A percent sign that encodes nothing is kept.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex
            .filter(|two| two.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(byte) = byte.filter(|_| bytes[at] == b'%') {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn a_parsed_address_is_put_together_unchanged() {
        for whole in [
            "mysql://crm:p%40ss%2Fw%3Ard@db.example.org:3307/epic_events?ssl_mode=required&ssl_ca=/etc/ca.pem",
            "mysql://crm@db/epic_events",
            "mysql://crm:x@[::1]:3306/n",
            "mysql://crm:x@[fe80::1]/n",
            "mysql://crm:x@one:3306,two:3307/n?unix_socket=/run/a%26b",
        ] {
            assert_eq!(ServerAddress::parse(whole).unwrap().to_url(), whole);
        }
        assert_eq!(ServerAddress::parse("sqlite:///somewhere"), None);
    }

    #[test]
    fn a_shown_address_contains_no_password() {
        let address = ServerAddress::parse("mysql://crm:canary@::1/n?ssl_mode=required").unwrap();
        assert_eq!(address.shown(), "mysql://crm:***@[::1]/n?ssl_mode=required");
        assert!(!format!("{address:?}").contains("canary"));
    }

    #[test]
    fn signs_that_end_a_password_too_early_are_recognised() {
        for (address, signs) in [
            ("mysql://crm:can#ary@db:3306/crm", "# %23"),
            ("mysql://crm:can/ary@db:3306/crm", "/ %2F"),
            ("mysql://crm:can?ary@db:3306/crm", "? %3F"),
            ("mysql://crm:c@n#a/ry:%@db:3306/crm", "# %23, / %2F, @ %40, : %3A, % %25"),
        ] {
            let shown = "mysql://crm:***@db:3306/crm".to_owned();
            assert_eq!(ServerAddress::unencoded(address), Some((signs.to_owned(), shown)));
        }
        for sound in [
            "mysql://crm:c%40n%23%2F%3F@db:3306/crm",
            "mysql://crm:can@ary@db/crm",
            "mysql://crm@db/crm",
            "mysql://crm:canary@db/crm?ssl_ca=/etc/a@b/ca.pem",
            "sqlite:///a#b@c",
        ] {
            assert_eq!(ServerAddress::unencoded(sound), None, "{sound}");
        }
    }

    #[test]
    fn percent_signs_that_encode_nothing_are_kept() {
        assert_eq!(decoded("100%&%zz%4"), "100%&%zz%4");
        assert_eq!(decoded("caf%C3%A9%25"), "café%");
    }
}

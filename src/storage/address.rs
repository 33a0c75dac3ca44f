//! The address of a database: where the data is stored, and how to connect.

use std::{net::IpAddr, path::PathBuf};

use mysql_async::{Opts, OptsBuilder, SslOpts};
use rustix::fs::{Access, access};

use crate::domain::{
    address::{ServerAddress, decoded, without_brackets},
    error::ConnectionProblem,
};

/// Where the data is stored. The engine is chosen by the scheme of the address, never by trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Sqlite(PathBuf),
    /// The whole address. It contains a password and must never be shown.
    Mysql(String),
}

impl Target {
    /// Reads `sqlite://PATH` or `mysql://USER:PASSWORD@HOST:PORT/NAME`.
    pub fn parse(address: &str) -> Result<Self, ConnectionProblem> {
        let address = address.trim();
        if let Some(path) = address.strip_prefix("sqlite://").or_else(|| address.strip_prefix("sqlite:")) {
            if path.is_empty() {
                return Err(ConnectionProblem::BadAddress("sqlite://PATH".to_owned()));
            }
            // `sqlite:////srv/data.db` is often written for `/srv/data.db`.
            let below_root = path.trim_start_matches('/');
            Ok(Self::Sqlite(if below_root == path { path.into() } else { format!("/{below_root}").into() }))
        } else if address.starts_with("mysql://") {
            if let Some((signs, shown)) = ServerAddress::unencoded(address) {
                return Err(ConnectionProblem::PasswordNotEncoded { signs, shown });
            }
            each_host(address).iter().try_for_each(|host| options(host).map(drop))?;
            Ok(Self::Mysql(address.to_owned()))
        } else {
            // The part before the colon is safe to repeat; the rest may contain a password.
            let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
            Err(ConnectionProblem::BadAddress(scheme.to_owned()))
        }
    }
}

/// The form of a server's address, for error messages.
pub(super) const FORM: &str = "mysql://USER:PASSWORD@HOST:PORT/NAME";

/// Sent to the server once for each connection, in one round trip. Statements read what is
/// committed when they run, not when the transaction began, since the rules are checked after the
/// rows that they depend on were locked. Errors are recognised by their numbers; only a missing
/// right is named by the message, which is requested in English. The two statements before the last
/// have a result on the nodes of a cluster.
pub(super) const SESSION: &str = "SET time_zone = '+00:00', character_set_client = 'utf8mb4', \
     character_set_connection = 'utf8mb4', character_set_results = 'utf8mb4', \
     sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO', \
     innodb_lock_wait_timeout = 5, lc_messages = 'en_US'; \
     SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
     SHOW VARIABLES LIKE 'wsrep_on'; SHOW STATUS LIKE 'wsrep_ready'; SELECT 'version', VERSION()";

/// The largest packet of the protocol. The server enforces its own limit.
const MAX_PACKET: usize = 1 << 30;

/// Splits an address with several hosts into one for each host.
pub(super) fn each_host(address: &str) -> Vec<String> {
    let parts = || {
        let rest = address.strip_prefix("mysql://")?;
        let (before, options) = rest.split_once('?').unwrap_or((rest, ""));
        let (before, name) = before.rsplit_once('/').unwrap_or((before, ""));
        let (who, hosts) = before.rsplit_once('@').map_or(("", before), |(who, hosts)| (who, hosts));
        hosts.contains(',').then_some((who, hosts, name, options))
    };
    let Some((who, hosts, name, options)) = parts() else { return vec![address.to_owned()] };
    let at = if who.is_empty() { "" } else { "@" };
    let asked = if options.is_empty() { "" } else { "?" };
    hosts.split(',').map(|host| format!("mysql://{who}{at}{}/{name}{asked}{options}", host.trim())).collect()
}

/// Reads `mysql://user:password@host:port/name?ssl_mode=…&ssl_ca=…&unix_socket=…`, with the option
/// names of the MySQL manual. TLS with verification is used unless the address asks for something
/// else, or the server is this machine and the address names no authority.
pub(super) fn options(address: &str) -> Result<OptsBuilder, ConnectionProblem> {
    let (base, query) = address.split_once('?').unwrap_or((address, ""));
    let bad = |part: &str| ConnectionProblem::BadAddress(part.to_owned());
    let parsed = Opts::from_url(base).map_err(|_| bad(FORM))?;
    let mut mode = "";
    let is_here = is_this_machine(parsed.ip_or_hostname());
    let mut authority = Vec::new();
    // An IPv6 address has brackets in a URL, and none when it is connected to.
    let host = without_brackets(parsed.ip_or_hostname());
    let mut options = OptsBuilder::from_opts(parsed)
        .ip_or_hostname(host)
        .client_found_rows(true)
        // `wire` keeps the prepared statements; a second cache would close some that it still uses.
        .stmt_cache_size(0)
        .prefer_socket(false)
        .tcp_keepalive(Some(10_000_u32))
        // Otherwise the library would query both; the second one matters for pools only.
        .max_allowed_packet(Some(MAX_PACKET))
        .wait_timeout(Some(28_800));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=').unwrap_or((pair, "")) {
            ("ssl_mode", value) => mode = value,
            ("ssl_ca", path) => {
                let path = decoded(path);
                if is_readable(&path) {
                    if !has_certificate(&path) {
                        return Err(ConnectionProblem::NoCertificate(path));
                    }
                    authority.push(PathBuf::from(path).into());
                } else if query.contains('@') {
                    // As below: the path may be the rest of a password.
                    return Err(bad(FORM));
                } else {
                    return Err(ConnectionProblem::AuthorityFile(path));
                }
            }
            ("unix_socket", path) => {
                options = options.socket(Some(decoded(path)));
                mode = "disabled";
            }
            // After a question mark in a password, its rest is taken for an option and must not be
            // repeated.
            (unknown, _) if query.contains('@') || !unknown.chars().all(|c| c.is_ascii_lowercase() || c == '_') => {
                return Err(bad(FORM));
            }
            (unknown, _) => return Err(bad(unknown)),
        }
    }
    let own_authority = !authority.is_empty();
    let tls = SslOpts::default().with_root_certs(authority).with_disable_built_in_roots(own_authority);
    let mode = if mode.is_empty() { default_mode(is_here, own_authority) } else { mode };
    let tls = match mode.to_ascii_lowercase().as_str() {
        "disabled" => None,
        "required" => Some(tls.with_danger_accept_invalid_certs(true)),
        "verify_ca" => Some(tls.with_danger_skip_domain_validation(true)),
        "verify_identity" => Some(tls),
        // As above: it may be the rest of a password.
        _ if query.contains('@') => return Err(bad(FORM)),
        _ => return Err(ConnectionProblem::BadSslMode(mode.to_owned())),
    };
    Ok(options.ssl_opts(tls))
}

/// How the connection to a server is encrypted: the `ssl_mode` of its address, or the default.
pub(super) fn ssl_mode(address: &str) -> String {
    let parts = ServerAddress::parse(address).unwrap_or_default();
    match parts.option("ssl_mode") {
        _ if !parts.option("unix_socket").is_empty() => "unix_socket".to_owned(),
        "" => default_mode(is_this_machine(&parts.host), !parts.option("ssl_ca").is_empty()).to_owned(),
        mode => mode.to_ascii_lowercase(),
    }
}

/// The mode of an address that names none: whoever names an authority wants its certificates verified,
/// and what does not leave this machine needs no encryption.
fn default_mode(is_here: bool, has_authority: bool) -> &'static str {
    if is_here && !has_authority { "disabled" } else { "verify_identity" }
}

/// Whether this is a file whose content this process may read.
fn is_readable(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file()) && access(path, Access::READ_OK).is_ok()
}

/// Whether a file may contain a certificate: as text with its first line, or in binary form.
fn has_certificate(path: &str) -> bool {
    let text = std::fs::read(path).map(String::from_utf8);
    text.is_ok_and(|text| text.map_or(true, |text| text.contains("-----BEGIN CERTIFICATE-----")))
}

/// Whether what is sent to the server does not leave this machine.
pub(super) fn stays_on_this_machine(address: &str) -> bool {
    let parts = ServerAddress::parse(address).unwrap_or_default();
    !parts.option("unix_socket").is_empty() || is_this_machine(&parts.host)
}

fn is_this_machine(host: &str) -> bool {
    let host = without_brackets(host);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

//! Encryption of the connection to the server: with verification enabled, only a valid certificate is accepted.

use std::path::{Path, PathBuf};

use epic_events::{
    domain::error::ConnectionProblem,
    storage::{Db, Target},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rstest::rstest;

use crate::{
    common::figure,
    support::{Engine, Server},
};

/// A certificate authority and a server certificate that it signed.
struct Papers {
    folder: tempfile::TempDir,
}

impl Papers {
    /// For this host name, valid until the end of the year `until`.
    fn new(host: &str, until: i32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut server = CertificateParams::new(vec![host.to_owned()]).unwrap();
        server.not_before = date_time_ymd(2000, 1, 1);
        server.not_after = date_time_ymd(until, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = server.signed_by(&key, &authority).unwrap();
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        write("ca.pem", authority.pem());
        write("cert.pem", certificate.pem());
        write("key.pem", key.serialize_pem());
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn server(&self, engine: Engine) -> Server {
        self.server_with(engine, &[])
    }

    fn server_with(&self, engine: Engine, more: &[&str]) -> Server {
        let option = |name: &str, file: &str| format!("--{name}={}", self.path(file).display());
        let papers = [option("ssl-cert", "cert.pem"), option("ssl-key", "key.pem"), option("ssl-ca", "ca.pem")];
        let options: Vec<_> = papers.into_iter().chain(more.iter().map(|&option| option.to_owned())).collect();
        Server::start_with(engine, &options)
    }
}

fn connect(server: &Server, mode: &str, authority: Option<&Path>) -> Result<(), ConnectionProblem> {
    let ca = authority.map(|path| format!("&ssl_ca={}", path.display())).unwrap_or_default();
    let url = format!("mysql://crm:only-for-tests@localhost:{}/mysql?ssl_mode={mode}{ca}", server.port);
    Db::open(&Target::parse(&url).unwrap()).map(drop)
}

#[rstest]
fn with_verification_only_a_valid_certificate_connects(#[values(Engine::MariaDb, Engine::Mysql)] engine: Engine) {
    let good = Papers::new("localhost", 2100);
    let stranger = Papers::new("localhost", 2100);
    let server = good.server(engine);
    let ca = good.path("ca.pem");
    assert_eq!(connect(&server, "verify_identity", Some(&ca)), Ok(()));
    let distrusted = Err(ConnectionProblem::BadCertificate);
    assert_eq!(connect(&server, "verify_identity", Some(&stranger.path("ca.pem"))), distrusted, "another authority");
    assert_eq!(connect(&server, "verify_identity", None), distrusted, "unknown authority");
    assert_eq!(connect(&server, "required", None), Ok(()), "encryption without verification");
    assert_eq!(connect(&server, "", Some(&ca)), Ok(()), "who names an authority wants encryption on this machine too");
    assert_eq!(connect(&server, "", Some(&stranger.path("ca.pem"))), distrusted, "and verification");

    let elsewhere = Papers::new("db.elsewhere.example", 2100);
    let server = elsewhere.server(engine);
    let ca = elsewhere.path("ca.pem");
    assert_eq!(connect(&server, "verify_identity", Some(&ca)), distrusted, "another host");
    // The TLS library checks the host name here too, which is stricter than `verify_ca` requires.
    assert_eq!(connect(&server, "verify_ca", Some(&ca)), distrusted);

    let strict = good.server_with(engine, &["--require-secure-transport=ON"]);
    let refused = connect(&strict, "disabled", None).unwrap_err();
    let named = [ConnectionProblem::AccessDeniedInClear, ConnectionProblem::EncryptionRequired];
    assert!(named.contains(&refused), "the lack of encryption is named: {refused:?}");
    assert_eq!(connect(&strict, "", None).unwrap_err(), refused, "the default on this machine");
    assert_eq!(connect(&strict, "", Some(&good.path("ca.pem"))), Ok(()));

    let expired = Papers::new("localhost", 2020);
    let server = expired.server(engine);
    assert_eq!(connect(&server, "verify_identity", Some(&expired.path("ca.pem"))), distrusted, "expired");

    let without = if engine == Engine::Mysql { "--tls-version=" } else { "--skip-ssl" };
    let plain = Server::start_with(engine, &[without.to_owned()]);
    assert_eq!(connect(&plain, "verify_identity", Some(&ca)), Err(ConnectionProblem::NoTls), "stripped");
    assert_eq!(connect(&plain, "disabled", None), Ok(()));
    figure(
        "8 TLS",
        engine.name(),
        "good connects; other authority, unknown, other host, expired, stripped are refused",
    );
}

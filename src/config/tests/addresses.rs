//! How the address of the database is put together.

use super::{address, *};

#[test]
fn the_parts_of_an_address_are_encoded() {
    let parts = [("DB_HOST", "db"), ("DB_USER", "crm"), ("DB_PASSWORD", "p@ss/w:rd"), ("DB_NAME", "crm")];
    let config = Machine::new().load(&Cli::default(), &parts).unwrap();
    assert_eq!(config.database.expose_secret(), "mysql://crm:p%40ss%2Fw%3Ard@db/crm");
}

/// Each row: the layers (environment, `.env`, `config.toml`), the address that is used, and which
/// setting is overridden by which.
#[test]
fn an_address_is_put_together_layer_by_layer() {
    const HIGH: &[(&str, &str)] = &[("DB_HOST", "high"), ("DB_USER", "crm"), ("DB_PASSWORD", "x")];
    type Overruled<'a> = &'a [(&'a str, &'a str)];
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str, &'a str, Overruled<'a>);
    let rows: [Case; 9] = [
        // Parts above a whole address, in the environment and in `.env`.
        (
            HIGH,
            "",
            "database_url = 'mysql://low:y@low/low'",
            "mysql://crm:x@high/epic_events",
            &[("DATABASE_URL", "DB_HOST")],
        ),
        (
            &[],
            "DB_HOST=mid",
            "database_url = 'sqlite:///low'",
            "mysql://@mid/epic_events",
            &[("DATABASE_URL", "DB_HOST")],
        ),
        // A whole address above parts.
        (
            &[("DATABASE_URL", "sqlite:///high")],
            "DB_HOST=mid",
            "db_user = 'low'",
            "sqlite:///high",
            &[("DB_HOST", "DATABASE_URL"), ("DB_USER", "DATABASE_URL")],
        ),
        // A whole address and a part in one layer.
        (
            &[("DATABASE_URL", "sqlite:///high"), ("DB_HOST", "high")],
            "",
            "",
            "sqlite:///high",
            &[("DB_HOST", "DATABASE_URL")],
        ),
        // Parts from several layers.
        (
            &[("DB_PASSWORD", "x")],
            "DB_HOST=mid\nDB_PASSWORD=y",
            "db_user = 'low'\ndb_port = 3307",
            "mysql://low:x@mid:3307/epic_events",
            &[("DB_PASSWORD", "DB_PASSWORD")],
        ),
        // A part without a host changes the address of a weaker layer, but has no meaning for a
        // file.
        (
            &[("DB_PASSWORD", "x")],
            "",
            "database_url = 'mysql://low:y@low:3307/low?ssl_mode=required'",
            "mysql://low:x@low:3307/low?ssl_mode=required",
            &[],
        ),
        (
            &[("DB_PASSWORD", "x")],
            "",
            "database_url = 'sqlite:///low'",
            "sqlite:///low",
            &[("DB_PASSWORD", "DATABASE_URL")],
        ),
        // Layers below an overridden address do not apply again.
        (
            &[("DB_HOST", "high")],
            "DATABASE_URL=mysql://mid:y@mid/mid",
            "db_password = 'low'",
            "mysql://@high/epic_events",
            &[("DATABASE_URL", "DB_HOST"), ("DB_PASSWORD", "DATABASE_URL")],
        ),
        (&[("DB_HOST", "::1"), ("DB_PORT", "3307")], "", "", "mysql://@[::1]:3307/epic_events", &[]),
    ];
    for (environment, dotenv, toml, wanted, overruled) in rows {
        let machine = Machine::new();
        machine.write(".env", dotenv, 0o600);
        machine.write(".config/epic-events/config.toml", toml, 0o600);
        let config = machine.load(&Cli::default(), environment).unwrap();
        assert_eq!(address(&config), wanted);
        let overridden: Vec<_> =
            config.found.iter().filter_map(|value| Some((value.name, value.overruled_by.as_ref()?.0))).collect();
        assert_eq!(overridden, overruled, "{wanted}");
    }
}

#[test]
fn brackets_around_an_ipv6_address_are_accepted() {
    for host in ["::1", "[::1]"] {
        let config = Machine::new().load(&Cli::default(), &[("DB_HOST", host), ("DB_USER", "crm")]).unwrap();
        assert_eq!(address(&config), "mysql://crm@[::1]/epic_events");
    }
}

#[test]
fn an_address_without_a_password_takes_that_of_its_place() {
    let machine = Machine::new();
    machine.write("secret", "p@ss", 0o600);
    let secret = machine.0.path().join("secret").display().to_string();
    for (whole, wanted) in [
        ("mysql://crm@db/crm", "mysql://crm:p%40ss@db/crm"),
        ("mysql://crm:own@db/crm", "mysql://crm:own@db/crm"),
        ("sqlite:///own", "sqlite:///own"),
    ] {
        let settings = [("DATABASE_URL", whole), ("DB_PASSWORD_FILE", secret.as_str())];
        assert_eq!(address(&machine.load(&Cli::default(), &settings).unwrap()), wanted);
    }
    machine.write("etc/config.toml", &format!("db_host = 'db'\ndb_password_file = '{secret}'\n"), 0o644);
    let config = machine.load(&Cli::default(), &[("DATABASE_URL", "mysql://crm@db/crm")]).unwrap();
    assert_eq!(address(&config), "mysql://crm@db/crm", "the password of another account is not sent");
}

#[test]
fn encryption_is_set_beside_the_address_whose_options_count_before() {
    let machine = Machine::new();
    machine.write("etc/config.toml", "db_host = 'low'\ndb_ssl_mode = 'VERIFY_CA'\ndb_ssl_ca = 'ca.pem'\n", 0o644);
    let ca = machine.0.path().join("etc/ca.pem").display().to_string();
    let load = |more: &[(&str, &str)]| machine.load(&Cli::default(), more);
    let both = format!("ssl_mode=verify_ca&ssl_ca={ca}");
    assert_eq!(address(&load(&[]).unwrap()), format!("mysql://@low/epic_events?{both}"));
    let config = load(&[("DATABASE_URL", "mysql://crm:x@db/crm")]).unwrap();
    assert_eq!(address(&config), format!("mysql://crm:x@db/crm?{both}"), "the authority is that of the machine");
    let added = |url: &str| config.encryption.added_to(url).unwrap();
    assert_eq!(added("mysql://setup:y@new/crm"), format!("mysql://setup:y@new/crm?{both}"), "and for a copy");
    for whole in ["sqlite:///own", "mysql://a:b@c/d?ssl_mode=disabled&ssl_ca=/e", "mysql://a:b#c@d/e", "nonsense"] {
        assert_eq!(added(whole), whole);
    }
    let config =
        load(&[("DATABASE_URL", "mysql://crm:x@db/crm?ssl_mode=required"), ("DB_SSL_CA", "/own.pem")]).unwrap();
    assert_eq!(address(&config), "mysql://crm:x@db/crm?ssl_mode=required&ssl_ca=/own.pem");
    let mode = config.found.iter().find(|value| value.name == "DB_SSL_MODE").unwrap();
    assert_eq!(mode.overruled_by, Some(("DATABASE_URL", Origin::Environment)));
    assert_eq!(address(&load(&[("DATABASE_URL", "sqlite:///own")]).unwrap()), "sqlite:///own");
    let refused = load(&[("DB_SSL_MODE", "on")]).unwrap_err().to_string();
    assert!(
        refused.contains("DB_SSL_MODE") && refused.contains("verify_identity, verify_ca, required, disabled"),
        "{refused}"
    );
}

//! Log files and, if it is configured, Sentry. Nothing is logged to the screen, and no secret is
//! logged anywhere.

use std::{backtrace::Backtrace, collections::BTreeMap, fmt, mem::ManuallyDrop, panic, thread, time::Duration};

use secrecy::ExposeSecret;
use sentry::{ClientInitGuard, ClientOptions, protocol::Event};
use tracing::{
    Level, Subscriber,
    field::{Field, Visit},
};
use tracing_appender::{
    non_blocking::{NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::{
    app,
    config::{Config, private_folder},
    domain::{Error, error::Reference, language::Language, session::random_id},
    ui::text,
};

/// How many daily log files are kept.
const DAYS: usize = 30;
/// How long the program may wait on exit for unsent Sentry events.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Business events that are reported to Sentry; the others only go to the log file.
const REPORTED: [&str; 3] = ["user_created", "user_updated", "contract_signed"];
/// Fields that a report may contain besides the message. None of them names a person or a client.
const FIELDS: [&str; 10] =
    ["event", "verb", "actor_id", "actor_role", "record_type", "record_id", "reference", "trigger", "place", "thread"];

/// Keeps the log files and Sentry running until it is dropped.
pub struct Telemetry {
    _log: Option<WorkerGuard>,
    sentry: Option<ManuallyDrop<ClientInitGuard>>,
}

impl Drop for Telemetry {
    /// Waits at most `PATIENCE` for unsent events. Dropping Sentry's own guard could wait forever
    /// for a server that does not respond, so the guard is never dropped.
    fn drop(&mut self) {
        if self.sentry.is_some()
            && let Some(client) = sentry::Hub::main().client()
        {
            client.flush(Some(PATIENCE));
        }
    }
}

/// Starts the log files and Sentry. If the log cannot be written, the program runs without it.
pub fn start(config: &Config) -> Telemetry {
    let sentry =
        config.sentry_dsn.as_ref().and_then(|dsn| start_sentry(dsn.expose_secret(), &config.sentry_environment));
    let appender = private_folder(&config.folders.state).ok().and_then(|()| {
        RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("epic-events")
            .filename_suffix("log")
            .max_log_files(DAYS)
            .build(&config.folders.state)
            .ok()
    });
    // Lossy: log lines are dropped rather than letting a full or slow disk delay a save.
    let log = appender.map(|appender| NonBlockingBuilder::default().lossy(true).finish(appender));
    let (writer, guard) = log.map_or((None, None), |(writer, guard)| (Some(writer), Some(guard)));
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("warn,epic_events=info"));
    let lines = writer.map(|writer| tracing_subscriber::fmt::layer().json().with_writer(writer).with_filter(filter));
    let reports = sentry.is_some().then_some(Reports);
    tracing_subscriber::registry().with(lines).with(reports).try_init().ok();
    tell_of_panics(config.preferences.language);
    Telemetry { _log: guard, sentry: sentry.map(ManuallyDrop::new) }
}

/// Logs and reports every panic with its location, its thread and the functions on its stack. The
/// panic message is dropped, since it may quote what a user typed. If the main thread panics, a
/// sentence goes to standard error. Panics of other threads print nothing, because the screen is
/// still in use.
fn tell_of_panics(language: Language) {
    let main = thread::current().id();
    panic::set_hook(Box::new(move |panic| {
        let here = thread::current();
        let reference = random_id()[..8].to_uppercase();
        tracing::error!(
            reference,
            place = panic.location().map(ToString::to_string).unwrap_or_default(),
            thread = here.name().unwrap_or_default(),
            stack = functions(&Backtrace::force_capture()),
            "the program panicked",
        );
        if here.id() == main {
            let sentence = text::error(language, &Error::Internal(Reference(reference)));
            eprintln!("epic-events: {}", app::for_locale(&sentence));
        }
    }));
}

/// The names of the functions on the stack, innermost first.
fn functions(stack: &Backtrace) -> String {
    let stack = stack.to_string();
    let names = stack.lines().filter_map(|line| Some(line.trim_start().split_once(": ")?.1));
    names.collect::<Vec<_>>().join(" < ")
}

fn start_sentry(dsn: &str, environment: &str) -> Option<ClientInitGuard> {
    let mut options = ClientOptions::default();
    options.dsn = Some(dsn.parse().ok()?);
    options.release = Some(env!("CARGO_PKG_VERSION").into());
    options.environment = Some(environment.to_owned().into());
    options.attach_stacktrace = true;
    options.send_default_pii = false;
    options.max_breadcrumbs = 0;
    // The host name may contain a person's name.
    options.server_name = Some("".into());
    options.shutdown_timeout = PATIENCE;
    Some(sentry::init(options))
}

/// A tracing layer that sends unexpected errors and the [`REPORTED`] business events to Sentry,
/// each with the allowed [`FIELDS`] only.
struct Reports;

impl<S: Subscriber> Layer<S> for Reports {
    fn on_event(&self, event: &tracing::Event, _: Context<S>) {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = match *metadata.level() {
            Level::ERROR if metadata.target().starts_with("epic_events") => sentry::Level::Error,
            Level::INFO if metadata.target() == "epic_events::business" => sentry::Level::Info,
            _ => return,
        };
        let name = fields.0.get("event").and_then(serde_json::Value::as_str).map(str::to_owned);
        let message = match (level, name) {
            (sentry::Level::Info, Some(name)) if REPORTED.contains(&name.as_str()) => name,
            (sentry::Level::Info, _) => return,
            _ => fields.1,
        };
        sentry::capture_event(Event {
            message: Some(message),
            level,
            extra: fields.0,
            logger: Some(metadata.target().to_owned()),
            ..Event::default()
        });
    }
}

/// The allowed fields of an event, and its message.
#[derive(Default)]
struct Fields(BTreeMap<String, serde_json::Value>, String);

impl Fields {
    fn keep(&mut self, field: &Field, value: serde_json::Value) {
        if FIELDS.contains(&field.name()) {
            self.0.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.1 = format!("{value:?}");
        } else {
            self.keep(field, format!("{value:?}").into());
        }
    }
}

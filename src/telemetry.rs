//! Log files and, if it is configured, Sentry. Nothing is logged to the screen, and no secret is
//! logged anywhere. `docs/monitoring.md` lists every event with its fields.

use std::{backtrace::Backtrace, collections::BTreeMap, fmt, mem::ManuallyDrop, panic, thread, time::Duration};

use chrono::{SecondsFormat, Utc};
use rustix::fs::{Access, access};
use secrecy::ExposeSecret;
use sentry::{ClientInitGuard, ClientOptions, protocol::Event};
use serde_json::{Value as Json, json};
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
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{JsonFields, Writer},
    },
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{
    app,
    config::{Config, private_folder},
    domain::{Error, error::Reference, language::Language, session::random_id},
    ui::text,
};

/// The rights on the folder of the log files without which there are none: old files are looked for
/// and removed.
pub const ACCESS: Access = Access::READ_OK.union(Access::WRITE_OK).union(Access::EXEC_OK);

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

/// Starts the log files and Sentry. Each line of the log contains `host`, the name of this machine. If
/// the log cannot be written, the program runs without it.
pub fn start(config: &Config, host: String) -> Telemetry {
    let sentry =
        config.sentry_dsn.as_ref().and_then(|dsn| start_sentry(dsn.expose_secret(), &config.sentry_environment));
    // The library that writes the files would complain on the terminal.
    let is_writable = || access(&config.folders.state, ACCESS).is_ok();
    let folder = private_folder(&config.folders.state).ok().filter(|()| is_writable());
    let appender = folder.and_then(|()| {
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
    let filter = match format!("{}=error", app::SESSIONS).parse() {
        Ok(sessions) => filter.add_directive(sessions),
        Err(_) => filter,
    };
    let lines = writer.map(|writer| {
        let lines = tracing_subscriber::fmt::layer().fmt_fields(JsonFields::new());
        lines.event_format(Line { host, process: std::process::id() }).with_writer(writer).with_filter(filter)
    });
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
            app::complain(&text::error(language, &Error::Internal(Reference(reference))));
        }
    }));
}

/// The names of the functions on the stack, innermost first.
fn functions(stack: &Backtrace) -> String {
    let stack = stack.to_string();
    let names = stack.lines().filter_map(|line| Some(line.trim_start().split_once(": ")?.1));
    names.collect::<Vec<_>>().join(" < ")
}

/// The form of a line of the log: a JSON object.
struct Line {
    host: String,
    process: u32,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        // The sign-in begins a session; everything later is logged within its span.
        let session = fields.named.remove(SESSION).or_else(|| session_of(ctx));
        if !fields.message.is_empty() {
            fields.named.insert("message".to_owned(), fields.message.into());
        }
        let parts = [
            ("timestamp", Some(Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true).into())),
            ("level", Some(metadata.level().as_str().into())),
            ("host", Some(self.host.as_str().into())),
            ("process", Some(self.process.into())),
            ("session", session),
            ("target", Some(metadata.target().into())),
            ("fields", Some(json!(fields.named))),
        ];
        let parts = parts.into_iter().filter_map(|(name, value)| Some(format!("\"{name}\":{}", value?)));
        writeln!(line, "{{{}}}", parts.collect::<Vec<_>>().join(","))
    }
}

/// The field of events and spans that holds the session.
const SESSION: &str = "session";

/// The session in whose span an event happened.
fn session_of<S, N>(ctx: &FmtContext<'_, S, N>) -> Option<Json>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    ctx.event_scope()?.find_map(|span| {
        let extensions = span.extensions();
        let fields: Json = serde_json::from_str(&extensions.get::<FormattedFields<N>>()?.fields).ok()?;
        fields.get(SESSION).cloned()
    })
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
        let name = fields.named.get("event").and_then(serde_json::Value::as_str).map(str::to_owned);
        let message = match (level, name) {
            (sentry::Level::Info, Some(name)) if REPORTED.contains(&name.as_str()) => name,
            (sentry::Level::Info, _) => return,
            _ => fields.message,
        };
        fields.named.retain(|name, _| FIELDS.contains(&name.as_str()));
        sentry::capture_event(Event {
            message: Some(message),
            level,
            extra: fields.named,
            logger: Some(metadata.target().to_owned()),
            ..Event::default()
        });
    }
}

/// The fields of an event. Its message is empty if its `event` names it.
#[derive(Default)]
struct Fields {
    named: BTreeMap<String, Json>,
    message: String,
}

impl Fields {
    fn keep(&mut self, field: &Field, value: impl Into<Json>) {
        self.named.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.keep(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.keep(field, format!("{value:?}"));
        }
    }
}

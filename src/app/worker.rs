//! The thread that executes requests and owns the database connection. The main loop never waits
//! for it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use super::{AppEvent, clock};
use crate::{
    domain::{
        Error,
        error::{ConnectionProblem, Reference},
        session::{Moment, Session, random_id},
    },
    services::{Reply, Request},
};

/// A request to execute, on behalf of a session if there is one.
#[derive(Debug)]
pub struct Job {
    pub id: u64,
    pub session: Option<Box<Session>>,
    pub request: Box<Request>,
    pub now: Moment,
}

/// The target of the spans that carry the session; `telemetry` lets it pass every filter.
pub const SESSIONS: &str = "epic_events::session";

/// Until this is dropped, the lines of the log carry the session. Its number gives nobody any right,
/// and the rows of the audit log carry it too.
pub(super) fn in_log(session: &Session) -> Option<tracing::span::EnteredSpan> {
    (!session.id.is_empty()).then(|| tracing::error_span!(target: SESSIONS, "session", session = session.id).entered())
}

/// Executes a job; keeps its connection between jobs.
pub type Executor = Box<dyn FnMut(&Job) -> Result<Reply, Error> + Send>;

/// A thread with an executor of its own. After it was abandoned, the next job starts a new thread.
pub struct Worker {
    make: Arc<dyn Fn() -> Executor + Send + Sync>,
    replies: mpsc::Sender<AppEvent>,
    jobs: Option<mpsc::Sender<Job>>,
    /// Tells the current thread that it was abandoned.
    left: Arc<AtomicBool>,
}

impl Worker {
    /// The thread starts with the first job.
    pub fn new(make: Arc<dyn Fn() -> Executor + Send + Sync>, replies: mpsc::Sender<AppEvent>) -> Self {
        Self { make, replies, jobs: None, left: Arc::default() }
    }

    /// Queues a job; its reply arrives as an event.
    pub fn send(&mut self, job: Job) {
        let jobs = self.jobs.take().unwrap_or_else(|| self.start());
        // A thread that has ended is replaced.
        let sent = jobs.send(job);
        self.jobs = Some(jobs);
        if let Err(mpsc::SendError(job)) = sent {
            let jobs = self.start();
            jobs.send(job).ok();
            self.jobs = Some(jobs);
        }
    }

    /// Abandons the current thread: it finishes its present job and then ends, without starting the
    /// jobs that are queued behind it.
    pub fn abandon(&mut self) {
        self.jobs = None;
        self.left.store(true, Ordering::Relaxed);
    }

    fn start(&mut self) -> mpsc::Sender<Job> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let left = Arc::<AtomicBool>::default();
        self.left = Arc::clone(&left);
        let (make, replies) = (Arc::clone(&self.make), self.replies.clone());
        thread::spawn(move || {
            let mut executor = make();
            let mut in_vain: Option<(u64, Error)> = None;
            while let Ok(job) = inbox.recv() {
                if left.load(Ordering::Relaxed) {
                    break;
                }
                // A job that was queued while another one ran into a time-out fails at once, so
                // that it does not wait for the same time again.
                if let Some((until, error)) = &in_vain
                    && job.now.ticks < *until
                {
                    let reply = Box::new(Err(error.clone()));
                    replies.send(AppEvent::Reply { id: job.id, reply }).ok();
                    continue;
                }
                let _session = job.session.as_deref().and_then(in_log);
                let done = catch_unwind(AssertUnwindSafe(|| executor(&job)));
                let reply = done.unwrap_or_else(|_| {
                    // The panic hook has logged the panic. The executor may be in a broken state,
                    // so it is replaced.
                    let reference = random_id()[..8].to_uppercase();
                    tracing::error!(reference, "a request ended in a panic");
                    executor = make();
                    Err(Error::Internal(Reference(reference)))
                });
                in_vain = match &reply {
                    Err(error @ Error::Unavailable(ConnectionProblem::Timeout)) => {
                        Some((clock::now().ticks, error.clone()))
                    }
                    _ => None,
                };
                if replies.send(AppEvent::Reply { id: job.id, reply: Box::new(reply) }).is_err() {
                    break;
                }
            }
        });
        jobs
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;
    use crate::services::SessionRequest;

    fn job(id: u64) -> Job {
        Job {
            id,
            session: None,
            request: Box::new(Request::Session(SessionRequest::Heartbeat)),
            now: crate::app::now(),
        }
    }

    /// A worker that reports each job it starts, and finishes job 1 only after a message.
    fn worker() -> (Worker, mpsc::Receiver<AppEvent>, mpsc::Receiver<u64>, mpsc::Sender<()>) {
        let (replies, events) = mpsc::channel();
        let (begun, begins) = mpsc::channel();
        let (let_go, gate) = mpsc::channel();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let make = Arc::new(move || -> Executor {
            let (begun, gate) = (begun.clone(), Arc::clone(&gate));
            Box::new(move |job: &Job| {
                begun.send(job.id).unwrap();
                assert!(job.id != 13, "unlucky");
                if job.id == 1 {
                    gate.lock().unwrap().recv().unwrap();
                }
                Err(Error::NotFound)
            })
        });
        (Worker::new(make, replies), events, begins, let_go)
    }

    fn replied(events: &mpsc::Receiver<AppEvent>) -> (u64, Result<Reply, Error>) {
        match events.recv().unwrap() {
            AppEvent::Reply { id, reply } => (id, *reply),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn jobs_queued_behind_an_abandoned_job_are_not_started() {
        let (mut worker, events, begins, let_go) = worker();
        worker.send(job(1));
        assert_eq!(begins.recv().unwrap(), 1);
        worker.send(job(2));
        worker.abandon();
        // A new thread executes this job at once, while the first thread still hangs.
        worker.send(job(3));
        assert_eq!(replied(&events).0, 3);
        let_go.send(()).unwrap();
        assert_eq!(replied(&events).0, 1);
        drop(worker);
        // The channel closes when both threads have ended.
        assert_eq!(begins.iter().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn jobs_queued_while_another_one_timed_out_fail_at_once() {
        let (replies, events) = mpsc::channel();
        let (begun, begins) = mpsc::channel();
        let make = Arc::new(move || -> Executor {
            let begun = begun.clone();
            Box::new(move |job: &Job| {
                begun.send(job.id).unwrap();
                Err(Error::Unavailable(ConnectionProblem::Timeout))
            })
        });
        let mut worker = Worker::new(make, replies);
        worker.send(job(1));
        // Queued before the first job timed out.
        let before = Job { now: Moment { ticks: 0, ..crate::app::now() }, ..job(2) };
        worker.send(before);
        assert!(matches!(replied(&events), (1, Err(Error::Unavailable(_)))));
        assert!(matches!(replied(&events), (2, Err(Error::Unavailable(_)))));
        let after = Job { now: Moment { ticks: u64::MAX, ..crate::app::now() }, ..job(3) };
        worker.send(after);
        assert_eq!(replied(&events).0, 3);
        drop(worker);
        assert_eq!(begins.iter().collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn a_panic_becomes_an_error_reply_and_the_worker_goes_on() {
        let (mut worker, events, ..) = worker();
        worker.send(job(13));
        assert!(matches!(replied(&events), (13, Err(Error::Internal(_)))));
        worker.send(job(14));
        assert_eq!(replied(&events).0, 14);
    }
}

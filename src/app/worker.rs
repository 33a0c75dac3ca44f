//! The thread that the database lives on. The loop never waits for it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
};

use super::Event;
use crate::{
    domain::{
        Error,
        error::Reference,
        session::{Moment, Session, random_id},
    },
    services::{Reply, Request},
};

/// Something to do for somebody.
#[derive(Debug)]
pub struct Job {
    pub id: u64,
    pub session: Option<Box<Session>>,
    pub request: Box<Request>,
    pub now: Moment,
}

/// Does one job; keeps its connection between jobs.
pub type Executor = Box<dyn FnMut(&Job) -> Result<Reply, Error> + Send>;

/// A thread with its own executor, made anew when one is abandoned.
pub struct Worker {
    make: Arc<dyn Fn() -> Executor + Send + Sync>,
    replies: mpsc::Sender<Event>,
    jobs: Option<mpsc::Sender<Job>>,
}

impl Worker {
    /// The thread starts with the first job.
    pub fn new(make: Arc<dyn Fn() -> Executor + Send + Sync>, replies: mpsc::Sender<Event>) -> Self {
        Self { make, replies, jobs: None }
    }

    /// Hands over a job; its reply comes as an event.
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

    /// Leaves the thread alone with what it is doing; it ends when that is done.
    pub fn abandon(&mut self) {
        self.jobs = None;
    }

    fn start(&self) -> mpsc::Sender<Job> {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let (make, replies) = (Arc::clone(&self.make), self.replies.clone());
        thread::spawn(move || {
            let mut executor = make();
            while let Ok(job) = inbox.recv() {
                let done = catch_unwind(AssertUnwindSafe(|| executor(&job)));
                let reply = done.unwrap_or_else(|_| {
                    // The panic itself is in the log; what it left behind is not used again.
                    let reference = random_id()[..8].to_uppercase();
                    tracing::error!(reference, "a request ended in a panic");
                    executor = make();
                    Err(Error::Internal(Reference(reference)))
                });
                if replies.send(Event::Reply { id: job.id, reply: Box::new(reply) }).is_err() {
                    break;
                }
            }
        });
        jobs
    }
}

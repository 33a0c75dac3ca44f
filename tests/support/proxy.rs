//! A TCP proxy on loopback between the program and a server. It can freeze, die, delay everything, cut the
//! connection at any byte of a COMMIT, delay a COMMIT or its response, and count round trips.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

#[derive(Default)]
struct State {
    frozen: AtomicBool,
    dead: AtomicBool,
    /// The server has sent something since the client's last packet.
    answered: AtomicBool,
    /// How often the client has sent something after a response of the server.
    round_trips: AtomicUsize,
    /// The delay in each direction, in milliseconds.
    distance: AtomicU64,
    /// The number of bytes of the next COMMIT and its response that still pass, plus one; 0 for no cut.
    cut: AtomicUsize,
    /// The number of bytes of the current response that still pass, plus one; 0 for no cut.
    answer: AtomicUsize,
    /// How many milliseconds the next COMMIT, or the response to it, is delayed; 0 for no delay.
    hold_commit: AtomicU64,
    hold_answer: AtomicU64,
    /// How many milliseconds the current response is delayed.
    late: AtomicU64,
    /// A COMMIT or a response is being delayed now.
    holding: AtomicBool,
    /// Ends a delay at once.
    released: AtomicBool,
    /// What marks a packet of the client that is disturbed; empty for a COMMIT.
    words: Mutex<String>,
    open: Mutex<Vec<TcpStream>>,
}

/// A value of `cut`: the COMMIT passes whatever its length, and its whole response is lost.
const LOST: usize = usize::MAX;

/// Forwards connections to a server. The methods below disturb them.
pub struct Proxy {
    pub port: u16,
    state: Arc<State>,
}

impl Proxy {
    pub fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.dead.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let mut open = shared.open.lock().unwrap();
                open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                drop(open);
                for (from, to, asks) in
                    [(client.try_clone().unwrap(), server.try_clone().unwrap(), true), (server, client, false)]
                {
                    let state = Arc::clone(&shared);
                    thread::spawn(move || pump(from, to, asks, &state));
                }
            }
        });
        Self { port, state }
    }

    /// From now on, what is said below about a COMMIT happens to the packets with these words instead.
    pub fn watch(&self, words: &str) {
        words.clone_into(&mut self.state.words.lock().unwrap());
    }

    /// Stops forwarding without closing the connections, or continues.
    pub fn freeze(&self, frozen: bool) {
        self.state.frozen.store(frozen, Ordering::SeqCst);
    }

    /// Breaks all connections and closes new ones at once.
    pub fn die(&self) {
        self.take_no_more();
        for stream in self.state.open.lock().unwrap().drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Closes new connections at once; existing ones continue.
    pub fn take_no_more(&self) {
        self.state.dead.store(true, Ordering::SeqCst);
    }

    /// The number of round trips since the last call of this method.
    pub fn round_trips(&self) -> usize {
        self.state.round_trips.swap(0, Ordering::SeqCst)
    }

    /// Delays everything by so many milliseconds in each direction.
    pub fn move_away(&self, milliseconds: u64) {
        self.state.distance.store(milliseconds, Ordering::SeqCst);
    }

    /// Breaks the connection after so many bytes of the next COMMIT and its response.
    pub fn cut_commit_after(&self, bytes: usize) {
        self.state.answer.store(0, Ordering::SeqCst);
        self.state.cut.store(bytes + 1, Ordering::SeqCst);
    }

    /// Lets the next COMMIT reach the server, and breaks the connection before its response.
    pub fn lose_answer(&self) {
        self.cut_commit_after(LOST - 1);
    }

    /// Delays the next COMMIT. It reaches the server even if the client has disconnected by then.
    pub fn hold_commit(&self, time: Duration) {
        self.state.released.store(false, Ordering::SeqCst);
        self.state.hold_commit.store(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Lets the next COMMIT reach the server, and delays its response.
    pub fn hold_answer(&self, time: Duration) {
        self.state.released.store(false, Ordering::SeqCst);
        self.state.hold_answer.store(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Returns when a COMMIT or its response is being delayed.
    pub fn wait_until_holding(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.state.holding.load(Ordering::SeqCst) {
            assert!(Instant::now() < deadline, "no COMMIT came");
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    /// Ends the delay of a COMMIT or response at once.
    pub fn release(&self) {
        self.state.released.store(true, Ordering::SeqCst);
    }

    /// Whether a requested cut has not happened, because fewer bytes were sent.
    pub fn is_whole(&self) -> bool {
        self.state.cut.load(Ordering::SeqCst) != 0 || self.state.answer.load(Ordering::SeqCst) != 0
    }
}

impl State {
    fn is_watched(&self, packet: &[u8]) -> bool {
        let words = self.words.lock().unwrap();
        let words = if words.is_empty() { "COMMIT" } else { words.as_str() };
        packet.windows(words.len()).any(|part| part == words.as_bytes())
    }

    fn hold(&self, milliseconds: u64) {
        if milliseconds == 0 {
            return;
        }
        let until = Instant::now() + Duration::from_millis(milliseconds);
        self.holding.store(true, Ordering::SeqCst);
        while Instant::now() < until && !self.released.load(Ordering::SeqCst) {
            thread::park_timeout(Duration::from_millis(1));
        }
        self.holding.store(false, Ordering::SeqCst);
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, asks: bool, state: &State) {
    let mut buffer = [0; 16_384];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        while state.frozen.load(Ordering::SeqCst) {
            thread::park_timeout(std::time::Duration::from_millis(5));
        }
        if !asks {
            state.answered.store(true, Ordering::SeqCst);
        } else if state.answered.swap(false, Ordering::SeqCst) {
            state.round_trips.fetch_add(1, Ordering::SeqCst);
        }
        let distance = state.distance.load(Ordering::SeqCst);
        if distance > 0 {
            let there = std::time::Instant::now() + std::time::Duration::from_millis(distance);
            while let Some(left) = there.checked_duration_since(std::time::Instant::now()) {
                thread::park_timeout(left);
            }
        }
        let mut passes = read;
        let commit = asks && state.is_watched(&buffer[..read]);
        if commit {
            state.late.store(state.hold_answer.swap(0, Ordering::SeqCst), Ordering::SeqCst);
            state.hold(state.hold_commit.swap(0, Ordering::SeqCst));
        } else if !asks {
            state.hold(state.late.swap(0, Ordering::SeqCst));
        }
        let cut = if commit { state.cut.swap(0, Ordering::SeqCst) } else { 0 };
        if cut > 0 && cut - 1 < read {
            passes = cut - 1;
        } else if cut == LOST {
            state.answer.store(1, Ordering::SeqCst);
        } else if cut > 0 {
            state.answer.store(cut - read, Ordering::SeqCst);
        }
        let mut last = passes < read;
        let limit = if asks { 0 } else { state.answer.swap(0, Ordering::SeqCst) };
        if limit > 0 && limit - 1 <= read {
            (passes, last) = (limit - 1, true);
        } else if limit > 0 {
            state.answer.store(limit - read, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..passes]).is_err() || last {
            break;
        }
    }
    from.shutdown(Shutdown::Both).ok();
    to.shutdown(Shutdown::Both).ok();
}

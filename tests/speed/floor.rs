//! The floor of a measurement: the least time that it could take, measured in the same run with the engine's
//! own client and the best query, and with a program that opens the same database and draws an empty frame.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use super::{ROUNDS, median_and_worst};

/// The engine's own client, kept open: `sqlite3` or `mariadb`.
pub struct Client {
    process: Child,
    asks: Option<ChildStdin>,
    says: BufReader<ChildStdout>,
}

impl Client {
    pub fn of(url: &str) -> Self {
        let mut command;
        if let Some(path) = url.strip_prefix("sqlite://") {
            command = Command::new("sqlite3");
            command.args(["-batch", path]);
        } else {
            let (who, place) = url.strip_prefix("mysql://").unwrap().split_once('@').unwrap();
            let (user, password) = who.split_once(':').unwrap();
            let (host, name) = place.split_once('/').unwrap();
            let (host, port) = host.split_once(':').unwrap();
            command = Command::new("mariadb");
            command.args(["--no-defaults", "-BNn", "-h", host, "-P", port, "-u", user, name]);
            command.env("MYSQL_PWD", password);
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, says) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Self { process, asks, says }
    }

    /// The median time of a response, in milliseconds.
    pub fn floor(&mut self, sql: &str) -> f64 {
        const END: &str = "end of the answer";
        let question = format!("{sql};\nSELECT '{END}';\n");
        let times = (0..ROUNDS).map(|_| {
            let begun = Instant::now();
            self.asks.as_mut().unwrap().write_all(question.as_bytes()).unwrap();
            let mut line = String::new();
            while line.trim_end() != END {
                line.clear();
                assert!(self.says.read_line(&mut line).unwrap() > 0, "the client ended: {sql}");
            }
            begun.elapsed()
        });
        median_and_worst(times.collect()).0
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.asks.take());
        self.process.wait().ok();
    }
}

/// The best query for a page of a list: these columns, in this order. With inner joins the server would begin
/// with the smallest table and sort the whole result.
pub fn page(list: &str, order: &str) -> String {
    const EVENTS: &str = "SELECT e.*, c.full_name, c.company_name, u.full_name, s.full_name FROM events e \
         LEFT JOIN contracts k ON k.id = e.contract_id LEFT JOIN clients c ON c.id = k.client_id \
         LEFT JOIN users u ON u.id = c.sales_contact_id LEFT JOIN users s ON s.id = e.support_id";
    const CONTRACTS: &str = "SELECT e.*, c.full_name, c.company_name, u.full_name FROM contracts e \
         LEFT JOIN clients c ON c.id = e.client_id LEFT JOIN users u ON u.id = c.sales_contact_id";
    const CLIENTS: &str = "SELECT e.*, u.full_name FROM clients e LEFT JOIN users u ON u.id = e.sales_contact_id";
    let columns = match list {
        "events" => EVENTS,
        "contracts" => CONTRACTS,
        "clients" => CLIENTS,
        _ => return format!("SELECT e.* FROM {list} e ORDER BY {order} LIMIT 101"),
    };
    format!("{columns} WHERE e.archived_at IS NULL ORDER BY {order} LIMIT 101")
}

//! A Galera cluster of three nodes on loopback, from the packages mariadb-server and galera-4.

use std::thread;

use rustix::process::Signal;

use super::{Engine, Server, free_port};

/// The user that runs the nodes if the tests run as root: the tool that copies a node's data drops root's
/// rights.
const USER: &str = "mysql";

/// Nodes with the same data; each of them accepts writes.
pub struct Cluster {
    pub nodes: Vec<Server>,
}

/// The ports on which a node talks to the others: membership, incremental transfer, full copies.
struct Ports {
    group: u16,
    increments: u16,
    copies: u16,
}

impl Cluster {
    /// Starts the three nodes and waits until they are synchronised.
    pub fn start() -> Self {
        let ports: Vec<Ports> =
            (0..3).map(|_| Ports { group: free_port(), increments: free_port(), copies: free_port() }).collect();
        let peers: Vec<String> = ports.iter().map(|ports| format!("127.0.0.1:{}", ports.group)).collect();
        let mut nodes = Vec::new();
        for (number, ports) in ports.iter().enumerate() {
            // The first node bootstraps the cluster; the others copy its data.
            let address = if number == 0 { String::new() } else { peers.join(",") };
            let node = Server::starting(Engine::MariaDb, USER, &options(number, ports, &address));
            node.wait_until_up();
            nodes.push(node);
        }
        let cluster = Self { nodes };
        let account = "CREATE USER crm@'%' IDENTIFIED BY 'only-for-tests'; GRANT ALL ON *.* TO crm@'%'";
        cluster.nodes[0].client(&["-e", account]);
        for node in &cluster.nodes {
            node.wait_until("wsrep_cluster_size", "3");
            node.wait_until("wsrep_local_state_comment", "Synced");
        }
        cluster
    }

    /// The address of a database with the nodes in the order in which the program tries them.
    pub fn url(&self, name: &str, order: &[usize]) -> String {
        let hosts: Vec<String> = order.iter().map(|number| format!("127.0.0.1:{}", self.nodes[*number].port)).collect();
        format!("mysql://crm:only-for-tests@{}/{name}", hosts.join(","))
    }

    pub fn kill(&self, number: usize) {
        self.nodes[number].signal(Signal::KILL);
    }

    pub fn freeze(&self, number: usize) {
        self.nodes[number].freeze();
    }

    pub fn thaw(&self, number: usize) {
        self.nodes[number].signal(Signal::CONT);
    }
}

impl Server {
    /// Waits until a status variable of the server has this value.
    pub fn wait_until(&self, variable: &str, value: &str) {
        let query = format!("SHOW STATUS LIKE '{variable}'");
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(3);
        while !self.client(&["-BN", "-e", &query]).iter().any(|line| line.ends_with(&format!("\t{value}"))) {
            assert!(std::time::Instant::now() < deadline, "{variable} is not {value}");
            thread::park_timeout(std::time::Duration::from_millis(50));
        }
    }
}

fn options(number: usize, ports: &Ports, peers: &str) -> Vec<String> {
    let Ports { group, increments, copies } = ports;
    [
        "--wsrep-on=ON",
        "--wsrep-provider=/usr/lib/galera/libgalera_smm.so",
        "--wsrep-cluster-name=epic-events-tests",
        &format!("--wsrep-cluster-address=gcomm://{peers}"),
        &format!("--wsrep-node-name=node{number}"),
        &format!("--wsrep-node-address=127.0.0.1:{group}"),
        "--wsrep-sst-method=rsync",
        &format!("--wsrep-sst-receive-address=127.0.0.1:{copies}"),
        &format!(
            "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{increments};gcache.size=32M"
        ),
        "--binlog-format=ROW",
        "--innodb-autoinc-lock-mode=2",
        "--innodb-flush-log-at-trx-commit=1",
    ]
    .map(str::to_owned)
    .into()
}

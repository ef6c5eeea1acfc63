//! The binary itself, for what only a process can show: the command line, kills, signals.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, OnceLock, mpsc},
};

use serde_json::Value;

use crate::{
    Client,
    world::{PATIENCE, ask},
};

/// The `techmart` of this source, built once a run when it is not up to date, or the one that
/// `TECHMART_TEST_BINARY` names.
pub fn path() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            if let Ok(built) = std::env::var("TECHMART_TEST_BINARY") {
                return PathBuf::from(built);
            }
            // …/target/debug/deps/suite-… → …/target/debug/techmart
            let suite = std::env::current_exe().unwrap();
            let profile = suite.ancestors().nth(2).unwrap();
            let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
            let built = Command::new(cargo)
                // The whole workspace, as the suite was: of another selection the dependencies have other features
                // and would be built a second time.
                .args(["build", "--quiet", "--workspace", "--bin", "techmart", "--target-dir"])
                .arg(profile.parent().unwrap())
                .status()
                .unwrap();
            assert!(built.success(), "the binary does not build");
            profile.join("techmart")
        })
        .clone()
}

/// A command on a folder, embedded but for `more`.
pub fn command(data: &Path, more: &[(String, String)], arguments: &[&str]) -> Command {
    let mut command = Command::new(path());
    command.args(arguments).env_clear().env("TECHMART_DATA_DIR", data).env("TECHMART_RATE_LIMIT", "off");
    for (name, value) in more {
        command.env(name, value);
    }
    command
}

/// Runs a command to its end. One that does not end is killed, and what it said is told.
pub fn run(data: &Path, more: &[(String, String)], arguments: &[&str]) -> Output {
    let child = command(data, more, arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id().to_string();
    let (send, output) = mpsc::channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    output
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| {
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            let said = output.recv().unwrap().unwrap();
            panic!("{arguments:?} did not end: {}{}", text(&said.stdout), text(&said.stderr))
        })
        .unwrap()
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Runs a command with `--json` and reads its one document.
pub fn run_json(data: &Path, more: &[(String, String)], arguments: &[&str]) -> Value {
    let mut all = vec!["--json"];
    all.extend(arguments);
    let output = run(data, more, &all);
    assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A service in a process of its own. It is killed when dropped.
pub struct Service {
    pub child: Child,
    pub base: String,
}

impl Service {
    /// Starts `techmart serve` on a port that the system picks, and waits until it answers.
    pub async fn start(data: &Path, more: &[(String, String)]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let bind = format!("127.0.0.1:{port}");
        let log = std::fs::File::options().create(true).append(true).open(data.join("serve.log")).unwrap();
        let child = command(data, more, &["serve"])
            .env("TECHMART_BIND", &bind)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let service = Self { child, base: format!("http://{bind}") };
        let health = format!("{}/health/ready", service.base);
        crate::world::until(
            "the service is ready",
            async || matches!(ask(&health).await, Ok(reply) if reply.status().is_success()),
        )
        .await;
        service
    }

    /// A client that has not signed in.
    pub async fn visitor(&self) -> Client {
        let document = ask(&format!("{}/api/v1/openapi.json", self.base)).await.unwrap();
        Client::new(&self.base, Arc::new(document.json().await.unwrap()))
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and waits for the end.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! A process that is killed while it writes.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use techmart_search::{SearchUrl, State, open};
use tempfile::TempDir;

use crate::catalogue::{id, listing};

/// Names the index to the process that is to be killed.
const VICTIM: &str = "TECHMART_SEARCH_VICTIM";

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = TempDir::new().unwrap();
    let url = format!("embedded:{}", folder.path().display());
    let mut acknowledged = 0;
    for round in 0..3_u64 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killing::the_process_that_is_killed", "--nocapture"])
            .env(VICTIM, format!("{url} {acknowledged}"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let stop = 7 + 5 * round;
        let numbers = lines.filter_map(|line| line.ok()?.strip_prefix("acknowledged ")?.parse::<u32>().ok());
        acknowledged = numbers.take(usize::try_from(stop).unwrap()).last().unwrap();
        victim.kill().unwrap();
        victim.wait().unwrap();

        let index = open(&url.parse().unwrap()).await.unwrap();
        let found = index.revisions().await.unwrap();
        assert!(
            (1..=acknowledged).all(|number| found.contains_key(&id(number))),
            "{acknowledged} of {}",
            found.len()
        );
        assert!(found.len() <= acknowledged as usize + 1, "at most the one under way besides");
        assert_ne!(index.health().await.state, State::Unavailable { reason: String::new() });
    }
}

/// Not a test of its own: the other process of the one above.
#[tokio::test]
async fn the_process_that_is_killed() {
    let Ok(task) = std::env::var(VICTIM) else { return };
    let (url, start) = task.split_once(' ').unwrap();
    let index = open(&url.parse::<SearchUrl>().unwrap()).await.unwrap();
    let orphaned = Instant::now() + Duration::from_secs(60);
    for number in start.parse::<u32>().unwrap() + 1.. {
        index.put(&[listing(number, "电机")]).await.unwrap();
        println!("\nacknowledged {number}");
        if Instant::now() > orphaned {
            return;
        }
    }
}

//! What the README gives a new user to paste: the demo's hints, and after them its stories. They run as they stand.

use std::{path::Path, process::Command};

use techmart_tests::binary::{Service, run_json};

/// The blocks of the README that belong to its stories.
fn stories(readme: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = readme;
    while let Some((_, from)) = rest.split_once("```sh story\n") {
        let (block, after) = from.split_once("\n```").unwrap();
        blocks.push(block.to_owned());
        rest = after;
    }
    blocks
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_hints_of_the_demo_and_the_stories_of_the_readme_run_as_they_stand() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let stories = stories(&std::fs::read_to_string(readme).unwrap());
    assert_eq!(stories.len(), 4, "four stories");
    let data = tempfile::tempdir().unwrap();
    let demo = run_json(data.path(), &[], &["demo"]);
    let service = Service::start(data.path(), &[]).await;
    let hints: Vec<&str> =
        demo["hints"].as_array().unwrap().iter().map(|hint| hint.as_str().unwrap()).collect();
    let hints = hints.join("\n").replace("http://127.0.0.1:8080", &service.base);
    let script = format!("set -eu\n{hints}\n{}", stories.join("\n"));
    let output = Command::new("bash")
        .args(["-c", &script])
        .env("DATA", data.path())
        .current_dir(data.path())
        .output()
        .expect("bash");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    // The end of each story, as the README announces it.
    for end in
        ["T4: confirmed 2, candidate 1", "会面时间", "明年再谈", "needs_second_diagnosis", "T9: confirmed 1"]
    {
        assert!(said.contains(end), "{end} in:\n{said}");
    }
}

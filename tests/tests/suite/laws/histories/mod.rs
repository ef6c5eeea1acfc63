//! Random histories: whatever happens in whatever order, the figures are a recount of the ledger's
//! rows, now and as they were known at any instant before, each count in force rests on its act, and no
//! frozen report changes. The plain recount is `recount.rs`, the people who act at random `story.rs`,
//! `book.rs` and `events.rs`.

mod book;
mod events;
mod recount;
mod story;

use chrono::Duration;
use recount::{Figures, Rows, board};
use sea_orm::{ConnectionTrait, Database};
use story::Story;
use techmart_api::clock::day_of;
use techmart_entity::{Day, Instant};
use techmart_tests::{World, binary};

/// How many, unless TECHMART_TEST_HISTORIES says so.
const HISTORIES: u64 = 6;
const ACTS: u64 = 30;
const SEED: u64 = 2026;
/// After so many histories another world begins: each is compared with all its rows at every step.
const HISTORIES_A_WORLD: u64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whatever_happens_the_figures_are_a_recount_of_the_ledger_and_what_was_known_stays_known() {
    let seed: u64 =
        std::env::var("TECHMART_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    println!("seed {seed} (TECHMART_TEST_SEED sets another)");
    let histories = std::env::var("TECHMART_TEST_HISTORIES").ok().and_then(|n| n.parse().ok());
    let histories: u64 = histories.unwrap_or(HISTORIES);
    let mut done = std::collections::BTreeMap::new();
    let mut left = histories;
    while left > 0 {
        let some = left.min(HISTORIES_A_WORLD);
        left -= some;
        for (what, times) in tell(seed.wrapping_add(left), some).await {
            *done.entry(what).or_insert(0) += times;
        }
        println!("{} of {histories}", histories - left);
    }
    println!("{histories} histories of {ACTS} acts: {done:?}");
    // A few histories by another seed may leave something out by chance.
    let enough = seed == SEED || histories >= 10 * HISTORIES;
    for what in [
        "publish an achievement",
        "diagnose a demand",
        "express an interest",
        "record a docking",
        "confirm a meeting",
        "confirm a count",
        "reverse a count",
        "record by hand",
        "change a rule",
        "merge two listings",
        "freeze a report",
        "hold an event",
    ] {
        assert!(!enough || done.contains_key(what), "seed {seed}: nobody managed to {what}: {done:?}");
    }
}

/// Some histories in a world of their own; says what was done.
async fn tell(seed: u64, histories: u64) -> std::collections::BTreeMap<&'static str, u32> {
    let world = World::start().await;
    let mut story = Story::of(&world, seed).await;
    let reader = story.auditor.clone();
    let mut remembered: Vec<(Day, Instant, Figures)> = Vec::new();
    for history in 0..histories {
        for step in 0..ACTS {
            story.act().await;
            let rows = Rows::read(&world).await;
            let (now, today) = (world.clock.now(), day_of(world.clock.now()));
            let told = board(&reader, today, now).await;
            assert_eq!(told, rows.recount(today, now), "seed {seed}, history {history}, step {step}");
            rows.check_active();
            rows.check_sums();
            // Some of what was known before is asked for again.
            for _ in 0..2 {
                let Some((day, at, figures)) = story.chance.pick(&remembered) else { break };
                let again = board(&reader, day, at).await;
                assert_eq!(again, figures, "seed {seed}: the figures of {day} as known at {at} have changed");
                assert_eq!(rows.recount(day, at), figures, "seed {seed}: {day} as known at {at}");
            }
            remembered.push((today, now, told));
            // The next act comes later than this look.
            world.clock.advance(Duration::seconds(1));
        }
        // Of the past, as known today.
        let rows = Rows::read(&world).await;
        rows.check_hashes();
        let now = world.clock.now();
        let day = day_of(now) - Duration::days(i64::try_from(story.chance.below(10)).unwrap());
        assert_eq!(board(&reader, day, now).await, rows.recount(day, now), "seed {seed}: {day} as known now");
    }
    for (day, at, figures) in &remembered {
        assert_eq!(&board(&reader, *day, *at).await, figures, "seed {seed}: {day} as known at {at}");
    }
    story.reports_stand(seed).await;
    // And by code of its own the service finds every count on its act, and every act counted.
    let verified = binary::run_json(world.data(), &world.environment(), &["verify"]);
    assert_eq!(verified["faults"], serde_json::json!([]), "seed {seed}");
    the_database_refuses_to_change(&world).await;
    story.done
}

async fn the_database_refuses_to_change(world: &World) {
    let before = Rows::read(world).await;
    assert!(!before.entries.is_empty() && !before.events.is_empty());
    let db = Database::connect(&world.state.config.database_url).await.unwrap();
    for act in [
        "UPDATE ledger_entry SET delta = delta + 1",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_event SET stage = 'confirmed'",
        "DELETE FROM ledger_event",
    ] {
        let refused = db.execute_unprepared(act).await;
        assert!(refused.is_err(), "the database lets anybody {act}");
    }
    let after = Rows::read(world).await;
    assert_eq!(before.entries, after.entries);
    assert_eq!(before.events, after.events);
    db.close().await.unwrap();
}

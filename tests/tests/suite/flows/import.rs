//! The real listings: imported, published by a broker, found.

use serde_json::Value;
use techmart_tests::{Actors, World, actors::approve, binary};

/// The file of real listings, when the suite is told of one.
fn listings() -> Option<String> {
    let file = std::env::var("TECHMART_TEST_LISTINGS").ok();
    if file.is_none() {
        println!("left out: TECHMART_TEST_LISTINGS names no file of real listings");
    }
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_real_listings_are_imported_once_published_by_a_broker_and_found() {
    let Some(file) = listings() else { return };
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let environment = world.environment();
    let rows = std::fs::read_to_string(&file).unwrap().lines().count();
    let dry = binary::run_json(world.data(), &environment, &["import", &file, "--dry-run"]);
    assert_eq!((dry["made"].as_u64(), dry["refused"].as_u64()), (Some(rows as u64), Some(0)), "{dry}");
    let first = binary::run_json(world.data(), &environment, &["import", &file]);
    assert_eq!(first["made"].as_u64(), Some(rows as u64), "{first}");
    let second = binary::run_json(world.data(), &environment, &["import", &file]);
    assert_eq!((second["same"].as_u64(), second["made"].as_u64()), (Some(rows as u64), Some(0)), "{second}");

    let mut published = 0;
    loop {
        let queue = broker.get("/reviews?limit=100&status=submitted").await.ok();
        let items = queue["items"].as_array().unwrap().clone();
        if items.is_empty() {
            break;
        }
        for item in items {
            let kind = item["kind"].as_str().unwrap();
            let shown = approve(&broker, &format!("{kind}s"), item["id"].as_str().unwrap()).await;
            assert_eq!(shown["source"], "collected");
            published += 1;
        }
    }
    assert_eq!(published, rows);
    world.drain().await;

    for (query, wanted) in [
        ("氢气循环泵", "氢气循环泵"),
        ("电机控制器", "电机控制器"),
        ("制冷剂", "制冷剂"),
        ("焊接自动化", "焊接"),
        ("转向", "转向"),
        ("Gearbox", "Gearbox"),
        ("gearbox", "Gearbox"),
        ("Cryogenic", "Cryogenic"),
        ("控制器 电机", "电机控制器"),
        ("循环泵", "氢气循环泵"),
    ] {
        let found = world.visitor().get(&format!("/search?q={query}")).await.ok();
        let first = &found["items"][0];
        let shown = first.to_string().to_lowercase();
        assert!(shown.contains(&wanted.to_lowercase()), "{query} found {first}");
    }
    let ownerless = world.visitor().get("/achievements?limit=100").await.ok();
    let ownerless: Vec<&Value> = ownerless["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["owner_note"] == "not_named_by_source")
        .collect();
    assert!(!ownerless.is_empty(), "most rows name no owner, and the page says so");
}

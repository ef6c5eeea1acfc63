//! What the figures cost: boards, outlooks, unit pages and the funnel through HTTP, among ten thousand and

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]
//! a million entries of the ledger, and among a hundred and a hundred thousand listings. Prints medians;
//! nothing is judged here.
//!
//! `cargo bench -p techmart-tests --bench figures`, on PostgreSQL with `TECHMART_TEST_DATABASE_URL`.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend};
use techmart_tests::{Actors, Client, World};

/// How often each address is asked.
const ROUNDS: usize = 50;

/// The addresses of a plan that began three years ago, so that its window holds what is filled in.
const ADDRESSES: &[&str] = &[
    "/progress?plan=bench",
    "/progress?plan=bench&known_on={known}",
    "/progress/T4/outlook?plan=bench",
    "/progress/T4/units?plan=bench&stage=confirmed",
    "/ledger/worklist",
    "/funnel?plan=bench&by=month",
    "/funnel?plan=bench&by=organisation",
];

fn main() {
    actix_web::rt::System::new().block_on(async {
        println!("{:<48}{:>10}{:>10}{:>12}", "address", "entries", "listings", "median ms");
        for (entries, listings) in [(10_000, 100), (1_000_000, 100), (1_000_000, 100_000)] {
            let world = World::start().await;
            let admin = Actors::of(&world).await.admin;
            // A connection of its own: the service's ends what takes longer than a few seconds.
            let db = Database::connect(&world.state.config.database_url).await.unwrap();
            fill(&db, entries, listings).await;
            db.close().await.unwrap();
            for address in ADDRESSES {
                let known = world.clock.now() - chrono::Duration::days(100);
                let address = address.replace("{known}", &known.format("%Y-%m-%d").to_string());
                let median = median(&world, &admin, &address).await;
                let shown = address.split("&known_on").next().unwrap_or(&address);
                let past = if shown.len() < address.len() { " as known 100 days ago" } else { "" };
                println!(
                    "{:<48}{entries:>10}{listings:>10}{:>12.2}",
                    format!("{shown}{past}"),
                    median.as_secs_f64() * 1000.0
                );
            }
        }
    });
}

async fn median(world: &World, reader: &Client, address: &str) -> Duration {
    let http = reqwest::Client::new();
    let url = format!("{}/api/v1{address}", world.base);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let asked = http.get(&url).bearer_auth(reader.token.as_deref().unwrap());
        let reply = asked.send().await.unwrap().error_for_status().unwrap();
        reply.bytes().await.unwrap();
        times.push(started.elapsed());
    }
    times.sort();
    times[ROUNDS / 2]
}

/// Fills a plan of the last three years, straight into the tables: the acts behind it do not matter here.
async fn fill(db: &DatabaseConnection, entries: u64, listings: u64) {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let run = async |sql: &str| {
        db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    };
    let (id, numbers): (&str, fn(u64) -> String) = if postgres {
        ("gen_random_uuid()", |n| format!("generate_series(1, {n}) AS numbers(n)"))
    } else {
        ("randomblob(16)", |n| {
            format!(
                "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {n}) \
                 SELECT n FROM numbers)"
            )
        })
    };
    let day = |back: &str| {
        if postgres {
            format!("(CURRENT_DATE - CAST({back} AS integer))")
        } else {
            format!("date('now', '-' || ({back}) || ' days')")
        }
    };
    let at = |back: &str| {
        if postgres {
            format!("(now() - ({back}) * interval '1 day')")
        } else {
            format!("strftime('%Y-%m-%d %H:%M:%S+00:00', 'now', '-' || ({back}) || ' days')")
        }
    };
    run(&format!(
        "INSERT INTO plan (code, name_zh, name_en, starts_on, ends_on, demo, version) \
         VALUES ('bench', '基准', 'bench', {}, {}, {}, 1)",
        day("1094"),
        day("0"),
        if postgres { "true" } else { "1" }
    ))
    .await;
    run(
        "INSERT INTO plan_target (plan, indicator, target, starts_on, ends_on, responsible_units, period, steps) \
         SELECT 'bench', t.indicator, t.target, p.starts_on, p.ends_on, t.responsible_units, t.period, t.steps \
         FROM plan_target t JOIN plan p ON p.code = 'bench' WHERE t.plan = 'demo'",
    )
    .await;
    // Spread over eight indicators and three years, recorded within a month, nine of ten confirmed.
    run(&format!(
        "INSERT INTO ledger_entry (id, indicator, unit_key, label, delta, effective_on, recorded_at, \
           rule_version, facts, evidence, performers, organisations, demo) \
         SELECT {id}, 'T' || (1 + n % 8), 'bench:' || n, 'unit ' || n, 1, {}, {}, '2023.1', '{{}}', '[]', '[]', '[]', {} \
         FROM {}",
        day("n % 1090"),
        at("n % 1090 - (n % 30) * ((n % 1090) / 1090.0)"),
        if postgres { "true" } else { "1" },
        numbers(entries)
    ))
    .await;
    let rest = if postgres {
        "CAST(substr(unit_key, 7) AS integer)"
    } else {
        "CAST(substr(unit_key, 7) AS INTEGER)"
    };
    run("INSERT INTO ledger_event (entry_id, stage, at, evidence) \
         SELECT id, 'evidence_complete', recorded_at, '[]' FROM ledger_entry WHERE unit_key LIKE 'bench:%'")
    .await;
    run(&format!(
        "INSERT INTO ledger_event (entry_id, stage, at, evidence) \
         SELECT id, 'confirmed', recorded_at, '[]' FROM ledger_entry \
         WHERE unit_key LIKE 'bench:%' AND {rest} % 10 > 0"
    ))
    .await;
    run(&format!(
        "INSERT INTO ledger_active (indicator, unit_key, entry_id, stage) \
         SELECT indicator, unit_key, id, CASE WHEN {rest} % 10 > 0 THEN 'confirmed' ELSE 'evidence_complete' END \
         FROM ledger_entry WHERE unit_key LIKE 'bench:%'"
    ))
    .await;
    let recorded = if postgres {
        "CAST(recorded_at AT TIME ZONE 'Asia/Shanghai' AS date)"
    } else {
        "date(recorded_at, '+8 hours')"
    };
    for (table, known, by) in
        [("ledger_day", "", ""), ("ledger_day_change", ", known_on", &*format!(", {recorded}"))]
    {
        run(&format!(
            "INSERT INTO {table} (demo, indicator, day{known}, confirmed, candidate, confirmed_units, candidate_units) \
             SELECT demo, indicator, effective_on{by}, \
               SUM(CASE WHEN {rest} % 10 > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN {rest} % 10 > 0 THEN 0 ELSE 1 END), \
               SUM(CASE WHEN {rest} % 10 > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN {rest} % 10 > 0 THEN 0 ELSE 1 END) \
             FROM ledger_entry WHERE unit_key LIKE 'bench:%' GROUP BY demo, indicator, effective_on{by}"
        ))
        .await;
    }
    let month = |n: &str| {
        if postgres {
            format!("CAST(date_trunc('month', CURRENT_DATE - CAST(({n}) * 30 AS integer)) AS date)")
        } else {
            format!("date('now', 'start of month', '-' || ({n}) || ' months')")
        }
    };
    let steps = "(SELECT 'submitted' AS step UNION SELECT 'published' UNION SELECT 'interest' UNION SELECT 'met' \
                 UNION SELECT 'landed') AS s";
    let demo = if postgres { "true" } else { "1" };
    for (dimension, value, values) in
        [("organisation", "'organisation ' || (n % 1000)", 1000), ("kind", "'achievement'", 1)]
    {
        run(&format!(
            "INSERT INTO funnel_month (demo, dimension, value, step, month, reached) \
             SELECT {demo}, '{dimension}', {value}, s.step, {}, n % 7 + 1 \
             FROM {}, {steps} WHERE true ON CONFLICT DO NOTHING",
            month(&format!("n / {values}")),
            numbers(36 * values)
        ))
        .await;
    }
    run(&format!(
        "INSERT INTO listing (id, kind, demo, status, title, title_key, audience, source, created_at, updated_at, \
           first_published_at, version, draft_revision) \
         SELECT {id}, 'achievement', {}, 'published', 'listing ' || n, 'listing' || n, 'public', 'imported', {}, {}, {}, 1, 1 \
         FROM {}",
        if postgres { "true" } else { "1" },
        at("n % 1000"),
        at("n % 1000"),
        at("n % 1000"),
        numbers(listings)
    ))
    .await;
    run("ANALYZE").await;
}

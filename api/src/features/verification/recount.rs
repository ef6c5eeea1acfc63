//! Every frozen report counted again from the ledger as it was known then, an indicator at a time.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use techmart_entity::{id::SnapshotId, indicator::rule, snapshot};

use super::{Findings, Scope, chain::place_of};
use crate::{
    error::Result,
    features::{
        ledger,
        snapshot::{
            content::{self, AsOf, Counted, Rows},
            document::{Head, Part, PartSaid, UnitSaid},
            repo::{self, LedgerHash},
        },
    },
    say,
};

/// What is needed of each report beside its parts.
struct Report {
    id: SnapshotId,
    head: Head,
}

/// Counts all reports again.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(db: &impl ConnectionTrait, scope: &Scope, findings: &mut Findings) -> Result<()> {
    let mut reports = Vec::new();
    let mut after = 0;
    loop {
        let rows = snapshot::Entity::find()
            .filter(snapshot::Column::Number.gt(after))
            .order_by_asc(snapshot::Column::Number);
        let rows = sea_orm::QuerySelect::limit(rows, 50).all(db).await?;
        let Some(last) = rows.last() else { break };
        after = last.number;
        // A head that cannot be read is the chain's fault, and named there.
        reports.extend(rows.into_iter().filter(|row| scope.has_plan(&row.plan)).filter_map(|row| {
            let head = serde_json::from_str(&row.document).ok()?;
            Some(Report { id: row.id, head })
        }));
    }
    for demo in scope.worlds() {
        let of: Vec<&Report> = reports.iter().filter(|report| report.head.plan.demo == demo).collect();
        ledgers(db, demo, &of, findings).await?;
        let codes: BTreeSet<&str> = of
            .iter()
            .flat_map(|report| report.head.parts.iter().map(|part| part.indicator.as_str()))
            .collect();
        for code in codes {
            let rows = Rows {
                entries: ledger::repo::entries(db, demo, Some(code)).await?,
                events: ledger::repo::events(db, demo, Some(code)).await?,
            };
            for report in &of {
                if let Some(said) = report.head.parts.iter().find(|part| part.indicator == code) {
                    part(db, report, said, &rows, findings).await?;
                }
            }
        }
    }
    Ok(())
}

/// The ledger as each report knew it, in one walk.
async fn ledgers(
    db: &impl ConnectionTrait,
    demo: bool,
    reports: &[&Report],
    findings: &mut Findings,
) -> Result<()> {
    let mut hashes: Vec<LedgerHash> =
        reports.iter().map(|report| LedgerHash::new(report.head.known_at.0)).collect();
    repo::hash_ledger(db, demo, &mut hashes).await?;
    for (report, hash) in reports.iter().zip(hashes) {
        let anew = hash.said();
        let said = &report.head.ledger;
        if anew != *said {
            findings.fault(
                format!("snapshot {} ledger", report.head.number),
                format!("{} entries, {} events, {}", said.entries, said.events, said.hash),
                format!("{} entries, {} events, {}", anew.entries, anew.events, anew.hash),
                say!(
                    "当时所知的台账与报告所载不一致：有行被增删或改动。",
                    "The ledger as known then is not the one of the report: rows were added, removed or changed."
                ),
            );
        }
    }
    Ok(())
}

async fn part(
    db: &impl ConnectionTrait,
    report: &Report,
    said: &PartSaid,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<()> {
    let head = &report.head;
    let place = place_of(head.number, &said.indicator);
    let Some(row) = repo::part(db, report.id, &said.indicator).await? else { return Ok(()) };
    let Ok(part) = serde_json::from_str::<Part>(&row.document) else {
        let found = "something else";
        findings.fault(place, "a part", found, say!("内容无法读取。", "It cannot be read."));
        return Ok(());
    };
    findings.checked.parts_recounted += 1;
    let (indicator, target) = content::definition(&head.plan.code, &part);
    let at = AsOf { as_of: head.as_of, known_at: head.known_at.0 };
    let anew = content::count(&indicator, &target, rows, at);
    figures(&place, said, &part, &anew, findings);
    units(&place, &part.units, &anew.units, findings);
    let kept = rule::Entity::find_by_id((part.indicator.clone(), part.rule.version.clone())).one(db).await?;
    let kept = kept.map(|rule| (rule.rule_zh, rule.rule_en, rule.parameters));
    let frozen = (part.rule.text.zh, part.rule.text.en, part.rule.parameters);
    if kept.as_ref() != Some(&frozen) {
        let said = say!("规则原文与报告所载不一致。", "The rule on record is not the one of the report.");
        findings.fault(format!("{place} rule"), format!("{frozen:?}"), format!("{kept:?}"), said);
    }
    Ok(())
}

fn figures(place: &str, said: &PartSaid, part: &Part, anew: &Counted, findings: &mut Findings) {
    let recounted =
        || say!("按当时所知重算，结果不同。", "Counted again as known then, it is another figure.");
    let frozen = (part.confirmed, part.candidate);
    if (said.confirmed, said.candidate) != frozen {
        let words = say!("首页与部分的数字不一致。", "Head and part give different figures.");
        findings.fault(
            place,
            format!("{:?}", (said.confirmed, said.candidate)),
            format!("{frozen:?}"),
            words,
        );
    }
    if frozen != (anew.confirmed, anew.candidate) {
        let found = format!("confirmed {}, candidate {}", anew.confirmed, anew.candidate);
        let expected = format!("confirmed {}, candidate {}", part.confirmed, part.candidate);
        findings.fault(place, expected, found, recounted());
    }
    if part.years != anew.years {
        let (one, other) = (format!("{:?}", part.years), format!("{:?}", anew.years));
        findings.fault(format!("{place} years"), one, other, recounted());
    }
    if part.series != anew.series {
        let (one, other) = (format!("{:?}", part.series), format!("{:?}", anew.series));
        findings.fault(format!("{place} series"), one, other, recounted());
    }
    for variant in &anew.variants {
        let frozen = part.variants.iter().find(|kept| kept.code == variant.code);
        if frozen != Some(variant) {
            let place = format!("{place} variant {}", variant.code);
            findings.fault(place, format!("{frozen:?}"), format!("{variant:?}"), recounted());
        }
    }
}

/// The first unit that differs is named; that is where to look.
fn units(place: &str, frozen: &[UnitSaid], anew: &[UnitSaid], findings: &mut Findings) {
    if frozen == anew {
        return;
    }
    let longer = frozen.len().max(anew.len());
    for at in 0..longer {
        let (one, other) = (frozen.get(at), anew.get(at));
        if one == other {
            continue;
        }
        let words = |unit: Option<&UnitSaid>| {
            unit.map_or_else(
                || "—".to_owned(),
                |unit| format!("{} {} {}", unit.entry_id, unit.label, unit.hash),
            )
        };
        let label = one.or(other).map(|unit| unit.label.clone()).unwrap_or_default();
        findings.fault(
            format!("{place} unit {}: {label}", at + 1),
            words(one),
            words(other),
            say!("按当时所知重算，单元不同。", "Counted again as known then, it is another unit."),
        );
        return;
    }
}

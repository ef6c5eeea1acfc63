//! What a contract must keep to, whoever records it and whether it came of a docking or not.

use techmart_entity::{Day, id::ListingId, listing::ListingKind};

use crate::{
    auth::Context,
    db::Tx,
    error::{Fault, Result},
    features::{
        docking::{dto::TermIn, rules::said},
        listing,
    },
    say,
};

/// The registration rules that hold for a contract signed on that day: they were replaced in January 2026.
#[must_use]
pub fn rule_version(signed_on: Day) -> &'static str {
    use chrono::Datelike;
    if signed_on.year() >= 2026 { "2026.1" } else { "2001.1" }
}

/// Number and title have to say something.
pub fn named(number: &str, title: &str, faults: &mut Vec<Fault>) {
    said(number, "/number", faults);
    said(title, "/title", faults);
}

/// A term does not end before it begins.
pub fn term(term: Option<&TermIn>, faults: &mut Vec<Fault>) {
    if let Some(TermIn { from: Some(from), to: Some(to) }) = term
        && to < from
    {
        faults.push(Fault::at(
            "/term/to",
            "too_early",
            say!("{to} 早于开始日 {from}。", "{to} is before the beginning, {from}."),
        ));
    }
}

/// The technical amount is at most the total.
pub fn amounts(total: i64, technical: Option<i64>, faults: &mut Vec<Fault>) {
    if technical.is_some_and(|technical| technical > total) {
        faults.push(Fault::at(
            "/technical_amount",
            "too_large",
            say!("技术交易额不能大于成交额 {total}。", "It is at most the total, {total}."),
        ));
    }
}

/// The achievements have to be ones that were published, of the same world, each named once.
///
/// # Errors
/// When the database cannot be asked.
pub async fn achievements(tx: &Tx, ids: &[ListingId], demo: bool, faults: &mut Vec<Fault>) -> Result<()> {
    let found = listing::repo::by_ids(tx, ids).await?;
    for (i, id) in ids.iter().enumerate() {
        let there = found.iter().find(|row| row.id == *id).is_some_and(|row| {
            row.kind == ListingKind::Achievement && row.first_published_at.is_some() && row.demo == demo
        });
        if !there || ids.iter().take(i).any(|earlier| earlier == id) {
            faults.push(Fault::at(
                format!("/achievements/{i}"),
                "unknown",
                say!(
                    "没有这个已发布的成果，或重复、或演示与真实混用。",
                    "There is no such published achievement, or it is named twice, or demo and real mix."
                ),
            ));
        }
    }
    Ok(())
}

/// A day that is not in the future and not before what it rests on.
pub fn day(cx: &Context, day: Day, not_before: Option<Day>, pointer: &str, faults: &mut Vec<Fault>) {
    crate::features::docking::rules::day(cx, day, not_before, pointer, faults);
}

//! What time brings to plans: at a month's end each running one is frozen.

use chrono::Datelike;
use techmart_entity::{Day, indicator::plan};

use super::{
    content::AsOf,
    freezing::{self, Wanted},
    repo,
};
use crate::{
    auth::Context,
    error::Result,
    features::{indicator::repo as indicators, ledger},
    state::State,
};

/// Freezes each real plan that ran in the month that ended last, unless that was done; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn monthly(state: &State) -> Result<usize> {
    let cx = Context::system(state.clock.now());
    let Some(last) = cx.today.with_day(1).and_then(|first| first.pred_opt()) else { return Ok(0) };
    let first = last.with_day(1).unwrap_or(last);
    let mut n = 0;
    for plan in indicators::plans(state.db.read()).await? {
        let ran = plan.starts_on <= last && plan.ends_on >= first;
        let done = repo::made_by_the_service(state.db.read(), &plan.code, last).await?;
        if !plan.demo && ran && !done && freeze(state, &cx, plan, last).await? {
            n += 1;
        }
    }
    Ok(n)
}

async fn freeze(state: &State, cx: &Context, plan: plan::Model, last: Day) -> Result<bool> {
    let wanted = Wanted {
        title: freezing::named(&plan, &format!("{} 月报 / monthly report", last.format("%Y-%m"))),
        plan,
        at: AsOf { as_of: last, known_at: cx.now },
        corrects: None,
        reason: None,
    };
    let zone = &state.config.zone;
    let draft = freezing::draft(state.db.read(), cx, &wanted, zone).await?;
    state
        .db
        .write(async |tx| {
            ledger::repo::lock_recording(tx).await?;
            // Another instance may have been faster.
            if repo::made_by_the_service(tx, &wanted.plan.code, last).await? {
                return Ok(false);
            }
            freezing::settle(tx, cx, &wanted, Some(&draft), zone).await?;
            Ok(true)
        })
        .await
}

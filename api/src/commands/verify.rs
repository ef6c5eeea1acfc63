//! `techmart verify`: looks at everything that was recorded, prints what does not agree, and fails when
//! anything does not.

use std::sync::Arc;

use serde_json::json;

use super::{plan_of, say};
use crate::{
    app::StartError,
    features::verification::{self, Checked, Fault, Findings},
    state::State,
};

/// Something does not agree. What, was printed.
#[derive(Debug, thiserror::Error)]
#[error("核查发现问题 / verification found faults")]
pub struct FaultsFound;

/// Looks, prints, and fails on any fault.
///
/// # Errors
/// [`FaultsFound`]; or what keeps it from looking.
pub async fn verify(state: &Arc<State>, plan: Option<&str>, as_json: bool) -> Result<(), StartError> {
    if let Some(plan) = plan {
        plan_of(state.db.read(), plan).await?;
    }
    let findings = verification::run(state, plan).await?;
    let document = json!({
        "ok": findings.ok(),
        "checked": findings.checked,
        "faults": findings.faults,
        "unlisted_faults": findings.unlisted,
    });
    say(as_json, &document, &words(&findings, plan))?;
    if findings.ok() { Ok(()) } else { Err(FaultsFound.into()) }
}

fn words(findings: &Findings, plan: Option<&str>) -> String {
    let mut lines = vec![looked_at(&findings.checked)];
    lines.extend(findings.faults.iter().map(line));
    let n = u64::try_from(findings.faults.len()).unwrap_or(u64::MAX).saturating_add(findings.unlisted);
    lines.push(if n == 0 {
        match plan {
            None => "核查通过，全部一致 / verified: everything agrees".to_owned(),
            Some(plan) => format!(
                "核查通过：报告链及规划 {plan} 所依据的一切一致 / verified: the chain of reports and all that the plan \
                 {plan} rests on agree"
            ),
        }
    } else {
        let shown = findings.faults.len();
        format!("发现 {n} 处不一致（列出 {shown} 处） / {n} fault(s), {shown} of them listed")
    });
    lines.join("\n")
}

fn looked_at(checked: &Checked) -> String {
    let Checked {
        snapshots,
        snapshot_parts,
        signed_assessments,
        ledger_entries,
        ledger_events,
        rows_before_hashes,
        day_sums,
        funnel_sums,
        parts_recounted,
        evidence_files,
        published_versions,
        counts_traced,
        acts_traced,
    } = checked;
    format!(
        "报告 {snapshots} 份（{snapshot_parts} 部分，重算 {parts_recounted} 部分）；台账 {ledger_entries} 条、步骤 \
         {ledger_events} 条（其中 {rows_before_hashes} 条早于哈希）；日合计 {day_sums} 行、漏斗合计 {funnel_sums} 行；证据文件 {evidence_files} \
         个；发布版本 {published_versions} 个；签署的抽查 {signed_assessments} 份；追溯计数 {counts_traced} 条、业务 \
         {acts_traced} 项\n\
         {snapshots} report(s) with {snapshot_parts} part(s), {parts_recounted} counted again; {ledger_entries} ledger \
         entries and {ledger_events} events, {rows_before_hashes} of them from before hashes; {day_sums} day sums, {funnel_sums} of the funnel; \
         {evidence_files} file(s); {published_versions} published version(s); {signed_assessments} signed \
         assessment(s); {counts_traced} count(s) and {acts_traced} act(s) traced"
    )
}

fn line(fault: &Fault) -> String {
    let Fault { place, expected, found, zh, en } = fault;
    format!("✗ {place}\n    {zh} / {en}\n    应为 / expected: {expected}\n    现为 / found:    {found}")
}

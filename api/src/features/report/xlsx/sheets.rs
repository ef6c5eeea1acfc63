//! The sheets, one function each.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};
use techmart_entity::{
    canonical,
    indicator::{Measure, TargetPeriod},
    ledger::Evidence,
    value::code_list::Coded,
};

use super::{Looks, Writer, owned};
use crate::{
    error::Language,
    features::{
        report::{
            figure::{self, label},
            frozen::Frozen,
            page::lacks,
        },
        snapshot::document::{Part, UnitSaid},
    },
};

/// A sheet holds a little more than a million rows.
pub const ROWS: usize = 1_000_000;
/// The column of the overview with which the years begin.
const YEARS: u16 = 13;

/// A figure in its measure: amounts in yuan.
fn figure(writer: &mut Writer<'_>, at: u16, measure: Measure, value: i64) -> Result<(), XlsxError> {
    let looks = writer.looks;
    let (look, divisor): (&Format, f64) = match measure {
        Measure::Count => (&looks.count, 1.0),
        Measure::Fen => (&looks.money, 100.0),
        Measure::Percent => (&looks.percent, 100.0),
        Measure::Hundredths => (&looks.hundredths, 100.0),
    };
    #[expect(clippy::cast_precision_loss, reason = "a cell is a float; figures are far below 2^53")]
    let value = value as f64 / divisor;
    writer.sheet.write_number_with_format(writer.row, at, value, look)?;
    Ok(())
}

fn both<T: Coded>(code: T) -> &'static str {
    label(code, Language::Zh)
}

/// What the report is, in the first lines of the overview.
fn about(writer: &mut Writer<'_>, report: &Frozen) -> Result<(), XlsxError> {
    let head = &report.head;
    writer.line(&head.title, |looks| &looks.title)?;
    let (plan, from, to) = (&head.plan.name, head.plan.starts_on, head.plan.ends_on);
    writer.line(&format!("{} / {}（{from} — {to}）", plan.zh, plan.en), |looks| &looks.note)?;
    let (as_of, number) = (head.as_of, head.number);
    let known = figure::instant(head.known_at.0, Language::Zh);
    let words = format!(
        "数据截至 {as_of}，按 {known} 所知统计；第 {number} 号报告 / acts up to {as_of}, report no. {number}"
    );
    writer.line(&words, |looks| &looks.note)?;
    if head.plan.demo {
        writer.line("演示数据，不计入真实规划 / demo data", |looks| &looks.note)?;
    }
    if let Some(n) = report.corrects {
        let reason = head.reason.as_deref().unwrap_or_default();
        writer.line(
            &format!("本报告更正第 {n} 号报告：{reason} / corrects report no. {n}"),
            |looks| &looks.note,
        )?;
    }
    if let Some(n) = report.corrected_by {
        let words = format!("本报告已被更正，以第 {n} 号报告为准 / corrected: read report no. {n}");
        writer.line(&words, |looks| &looks.warning)?;
    }
    for fault in &report.faults {
        writer.line(&format!("校验不通过：{} / {}", fault.zh, fault.en), |looks| &looks.warning)?;
    }
    Ok(())
}

/// All indicators with their figures, and by years.
pub fn overview(
    sheet: &mut Worksheet,
    report: &Frozen,
    sheets: &[Vec<String>],
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut writer = Writer::new(sheet, looks);
    about(&mut writer, report)?;
    let mut years: Vec<i32> =
        report.parts.iter().flat_map(|kept| &kept.part.years).map(|year| year.year).collect();
    years.sort_unstable();
    years.dedup();
    let mut columns = owned(&[
        ("编号", "Code", 7.0),
        ("指标", "Indicator", 32.0),
        ("单位", "Unit", 8.0),
        ("责任单位", "Responsible units", 26.0),
        ("类型", "Kind", 8.0),
        ("目标按", "Target of", 9.0),
        ("目标", "Target", 17.0),
        ("已确认", "Confirmed", 17.0),
        ("候选", "Candidate", 15.0),
        ("完成率", "Per cent", 10.0),
        ("还差", "Short of", 17.0),
    ]);
    columns.extend(owned(&[("规则版本", "Rule", 9.0), ("计数单元", "Units", 9.0)]));
    for year in &years {
        columns.push((format!("{year} 目标"), format!("{year} target"), 15.0));
        columns.push((format!("{year} 已确认"), format!("{year} confirmed"), 15.0));
        columns.push((format!("{year} 候选"), format!("{year} candidate"), 13.0));
    }
    writer.headings(&columns, 2)?;
    for (kept, sheets) in report.parts.iter().zip(sheets) {
        let part = &kept.part;
        writer.text(0, &part.indicator)?;
        match sheets.first() {
            Some(sheet) => {
                let place = Url::new(format!("internal:'{}'!A1", sheet.replace('\'', "''")));
                let name = super::cell::safe(&part.name.zh, 255);
                writer.sheet.write_url_with_text(writer.row, 1, place, &name)?;
                // Written over, so that it stands where the rest of its row does.
                writer.sheet.write_string_with_format(writer.row, 1, &name, &writer.looks.link)?;
            }
            None => writer.text(1, &part.name.zh)?,
        }
        writer.text(2, &part.unit.zh)?;
        writer.wrap(3, &part.responsible_units.join("、"))?;
        writer.text(4, both(part.kind))?;
        writer.text(5, both(part.period))?;
        figure(&mut writer, 6, part.measure, part.target)?;
        figure(&mut writer, 7, part.measure, part.confirmed)?;
        figure(&mut writer, 8, part.measure, part.candidate)?;
        share(&mut writer, 9, part)?;
        figure(&mut writer, 10, part.measure, part.target.saturating_sub(part.confirmed).max(0))?;
        writer.text(11, &part.rule.version)?;
        writer.count(12, part.units.len())?;
        let mut at = YEARS;
        for year in &years {
            if let Some(said) = part.years.iter().find(|said| said.year == *year) {
                if let Some(target) = said.target {
                    figure(&mut writer, at, part.measure, target)?;
                }
                figure(&mut writer, at + 1, part.measure, said.confirmed)?;
                figure(&mut writer, at + 2, part.measure, said.candidate)?;
            }
            at += 3;
        }
        writer.end_row()?;
    }
    variants(&mut writer, report)?;
    writer.print(report, (!years.is_empty()).then_some(YEARS))?;
    Ok(())
}

/// Cut, not rounded: what has not met its target never shows 100 %.
fn share(writer: &mut Writer<'_>, at: u16, part: &Part) -> Result<(), XlsxError> {
    #[expect(clippy::cast_precision_loss, reason = "hundredths of a per cent are far below 2^53")]
    let share = figure::share(part.confirmed, part.target) as f64 / 10_000.0;
    writer.sheet.write_number_with_format(writer.row, at, share, &writer.looks.share)?;
    Ok(())
}

/// Other ways to count the same, below the figures.
fn variants(writer: &mut Writer<'_>, report: &Frozen) -> Result<(), XlsxError> {
    if report.parts.iter().all(|kept| kept.part.variants.is_empty()) {
        return Ok(());
    }
    writer.row += 1;
    writer.line("其他口径（仅供参考） / counted in other ways, for comparison", |looks| {
        &looks.note
    })?;
    for kept in &report.parts {
        for variant in &kept.part.variants {
            writer.text(0, &kept.part.indicator)?;
            writer.text(1, &variant.name.zh)?;
            writer.text(2, &kept.part.unit.zh)?;
            writer.text(3, &variant.name.en)?;
            figure(writer, 7, kept.part.measure, variant.confirmed)?;
            figure(writer, 8, kept.part.measure, variant.candidate)?;
            writer.row += 1;
        }
    }
    Ok(())
}

/// The units of an indicator.
pub fn units(
    sheet: &mut Worksheet,
    report: &Frozen,
    part: &Part,
    rows: &[UnitSaid],
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut writer = Writer::new(sheet, looks);
    let unit = match part.measure {
        Measure::Fen => "元",
        Measure::Count | Measure::Percent | Measure::Hundredths => &part.unit.zh,
    };
    writer.line(&format!("{} {} / {}", part.indicator, part.name.zh, part.name.en), |looks| &looks.title)?;
    let period = match part.period {
        TargetPeriod::Window => "",
        TargetPeriod::Year => "（每年）",
    };
    let wording = |value| figure::with_unit(part.measure, value, &part.unit, Language::Zh);
    let words = format!(
        "截至 {}：已确认 {}，候选 {}，目标{period} {}",
        report.head.as_of,
        wording(part.confirmed),
        wording(part.candidate),
        wording(part.target)
    );
    writer.line(&words, |looks| &looks.note)?;
    let mut columns = owned(&[("序号", "No.", 6.0), ("编号", "Ledger entry", 21.0), ("名称", "Unit", 38.0)]);
    columns.push((format!("数值（{unit}）"), "Figure".to_owned(), 15.0));
    columns.extend(owned(&[
        ("发生日期", "Acted on", 11.0),
        ("记录时间（北京时间）", "Recorded at", 18.0),
        ("阶段", "Stage", 9.0),
        ("规则版本", "Rule", 8.0),
        ("尚缺证据", "Evidence lacking", 18.0),
        ("证据数", "Pieces", 7.0),
        ("证据", "Evidence", 62.0),
        ("条目哈希", "Hash of the entry", 34.0),
    ]));
    writer.headings(&columns, 3)?;
    let first = writer.row - 1;
    for (n, row) in (1_usize..).zip(rows) {
        writer.count(0, n)?;
        writer.code(1, &row.entry_id.to_string())?;
        writer.wrap(2, &row.label)?;
        figure(&mut writer, 3, part.measure, row.delta)?;
        writer.day(4, row.effective_on)?;
        writer.moment(5, row.recorded_at.0)?;
        writer.text(6, both(row.stage))?;
        writer.text(7, &row.rule_version)?;
        writer.wrap(8, &lacks(&report.head.plan.code, part, row, Language::Zh).join("；"))?;
        writer.count(9, row.evidence.len())?;
        let pieces: Vec<String> = row.evidence.iter().map(piece).collect();
        writer.code(10, &pieces.join("\n"))?;
        writer.code(11, &row.hash)?;
        writer.end_row()?;
    }
    if writer.row > first + 1 {
        writer.sheet.autofilter(first, 0, writer.row - 1, 11)?;
    }
    writer.print(report, None)?;
    Ok(())
}

fn piece(piece: &Evidence) -> String {
    let mut text = format!("{}：{}", both(piece.kind), piece.label);
    if let Some(hash) = &piece.sha256 {
        text.push_str(&format!("\n{hash}"));
    }
    text
}

/// The rules under which it was counted, word for word.
pub fn rules(sheet: &mut Worksheet, report: &Frozen, looks: &Looks) -> Result<(), XlsxError> {
    let mut writer = Writer::new(sheet, looks);
    writer.headings(
        &owned(&[
            ("编号", "Code", 7.0),
            ("指标", "Indicator", 28.0),
            ("依据", "Basis", 18.0),
            ("计数方式", "Counting", 10.0),
            ("规则版本", "Rule", 10.0),
            ("规则", "Rule in Chinese", 60.0),
            ("规则（英文）", "Rule in English", 60.0),
            ("参数", "Parameters", 40.0),
        ]),
        2,
    )?;
    for kept in &report.parts {
        let part = &kept.part;
        writer.text(0, &part.indicator)?;
        writer.wrap(1, &part.name.zh)?;
        writer.wrap(2, both(part.basis))?;
        writer.text(3, both(part.counting))?;
        writer.text(4, &part.rule.version)?;
        writer.wrap(5, &part.rule.text.zh)?;
        writer.wrap(6, &part.rule.text.en)?;
        writer.wrap(7, &canonical::text(&part.rule.parameters))?;
        writer.end_row()?;
    }
    writer.print(report, None)?;
    Ok(())
}

/// What struck, open or upheld.
pub fn signals(sheet: &mut Worksheet, report: &Frozen, looks: &Looks) -> Result<(), XlsxError> {
    let mut writer = Writer::new(sheet, looks);
    writer.headings(
        &owned(&[
            ("序号", "No.", 6.0),
            ("信号", "Signal", 20.0),
            ("状态", "Status", 10.0),
            ("涉及", "About", 70.0),
            ("事实", "Facts", 60.0),
        ]),
        2,
    )?;
    if report.head.signals.is_empty() {
        writer.text(1, "没有待核查或属实的信号 / none")?;
    }
    for (n, signal) in (1_usize..).zip(&report.head.signals) {
        let about: Vec<String> = signal
            .subjects
            .iter()
            .map(|subject| format!("{}：{}", both(subject.kind), subject.label))
            .collect();
        writer.count(0, n)?;
        writer.text(1, both(signal.kind))?;
        writer.text(2, both(signal.status))?;
        writer.wrap(3, &about.join("\n"))?;
        writer.wrap(4, &canonical::text(&signal.facts))?;
        writer.end_row()?;
    }
    writer.print(report, None)?;
    Ok(())
}

/// Hashes, the chain, and how to check them.
pub fn checks(sheet: &mut Worksheet, report: &Frozen, looks: &Looks) -> Result<(), XlsxError> {
    let mut writer = Writer::new(sheet, looks);
    writer.headings(
        &owned(&[("项目", "What", 24.0), ("说明", "Which", 34.0), ("SHA-256", "SHA-256", 70.0)]),
        1,
    )?;
    let head = &report.head;
    let mut rows = vec![
        ("报告 / report".to_owned(), format!("第 {} 号，head.json", head.number), report.hash.clone()),
        (
            "上一份报告 / the one before".to_owned(),
            String::new(),
            head.previous_hash.clone().unwrap_or_else(|| "无 / none".to_owned()),
        ),
        (
            "台账 / ledger".to_owned(),
            format!("{} 条目，{} 步骤 / entries, events", head.ledger.entries, head.ledger.events),
            head.ledger.hash.clone(),
        ),
    ];
    for kept in &report.parts {
        let code = &kept.part.indicator;
        rows.push((format!("指标 / part {code}"), format!("parts/{code}.json"), kept.hash.clone()));
    }
    for (what, which, hash) in rows {
        writer.text(0, &what)?;
        writer.text(1, &which)?;
        writer.code(2, &hash)?;
        writer.end_row()?;
    }
    writer.row += 1;
    let result = if report.faults.is_empty() {
        "导出时已复核：各部分与哈希一致，链条完整 / checked when this was made: everything fits its hash"
    } else {
        "导出时复核不通过，见“总览” / does not check out, see the first sheet"
    };
    writer.line(result, |looks| &looks.warning)?;
    for words in [
        "证据包中的 head.json 和 parts/*.json 是被哈希的原文：sha256sum -c SHA256SUMS",
        "The archive of evidence has the texts that were hashed: sha256sum -c SHA256SUMS",
        "条目哈希覆盖台账条目的全部内容；techmart verify 复核全部报告并从台账重新计数",
        "An entry's hash is over all its row says; techmart verify checks all reports and counts again",
    ] {
        writer.line(words, |looks| &looks.note)?;
    }
    writer.print(report, None)?;
    Ok(())
}

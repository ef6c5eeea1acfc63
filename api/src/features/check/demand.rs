//! What a demand could say better.

use chrono::Datelike;
use techmart_entity::{
    Day,
    demand::{DemandContent, IndicatorOp, TechnicalIndicator},
    listing::HintCode,
    value::money::{Price, PriceKind},
};

use super::{Hint, finding, hint::is_filled, problems::unlike};
use crate::{
    error::Wording,
    features::signal::text::{LEAST_TEXT, has_figure, has_measure, length},
    say,
};

/// Signs and words that compare: where they stand in a value, `op` says something else or nothing.
const COMPARING: [&str; 12] =
    ["≥", "≤", ">", "<", "＞", "＜", "不小于", "不大于", "不低于", "不高于", "以上", "以下"];

/// The hints about a demand.
pub fn hints(content: &DemandContent, today: Day) -> Vec<Hint> {
    let mut hints: Vec<Hint> = [
        indicators(content),
        short(content),
        background(content),
        target(content),
        several(content),
        deadline(content, today),
        budget(content),
        finding::cooperation(
            !content.cooperation_modes.is_empty() || is_filled(content.cooperation_raw.as_deref()),
        ),
        finding::field(content.field.is_some() || is_filled(content.field_raw.as_deref())),
        finding::industry(
            "industry_code",
            content.industry_code.is_some() || content.zone_industry.is_some(),
        ),
        finding::keywords(&content.keywords, &content.keywords_en),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (i, wanted) in content.indicators.iter().enumerate() {
        hints.extend(indicator(wanted, &format!("indicators/{i}")));
    }
    hints
}

fn an_indicator() -> Wording {
    say!(
        "{{\"name\": \"-30 ℃ 启动时间\", \"op\": \"le\", \"value\": \"2\", \"unit\": \"s\"}}",
        "{{\"name\": \"time to start at -30 °C\", \"op\": \"le\", \"value\": \"2\", \"unit\": \"s\"}}"
    )
}

fn indicators(content: &DemandContent) -> Option<Hint> {
    if !content.indicators.is_empty() {
        return None;
    }
    Some(if has_figure(content) {
        Hint::advice(
            HintCode::IndicatorInText,
            "indicators",
            say!(
                "正文里有数据：写进 indicators 后可以逐项比对和撮合。",
                "There are figures in the text: in `indicators` each can be compared with what is on offer."
            ),
            an_indicator(),
        )
    } else {
        Hint::weak(
            HintCode::NoIndicator,
            "indicators",
            say!(
                "没有可考核的指标：对方无法判断能否做到，验收时也没有依据。",
                "There is no measurable indicator: nobody can tell whether they reach it, and nothing can be accepted by it."
            ),
            an_indicator(),
        )
    })
}

/// What is unclear about one figure: its value, its sense or its unit.
fn indicator(wanted: &TechnicalIndicator, member: &str) -> Option<Hint> {
    let value = wanted.value.trim();
    let name = wanted.name.trim();
    if !value.chars().any(|c| c.is_numeric()) {
        return Some(Hint::weak(
            HintCode::IndicatorValue,
            &format!("{member}/value"),
            say!("指标“{name}”没有数值。", "The indicator “{name}” has no figure."),
            say!("value 写 2 或 8-12，不写“大幅提高”", "value is 2 or 8-12, not “much better”"),
        ));
    }
    let numbers =
        value.split(['-', '~', '～', '—', '至']).filter(|part| part.chars().any(|c| c.is_numeric())).count();
    let compares = COMPARING.iter().any(|sign| value.contains(sign));
    let is_range = wanted.op == IndicatorOp::Range;
    if compares || (is_range && numbers < 2) {
        return Some(Hint::weak(
            HintCode::IndicatorOperator,
            &format!("{member}/op"),
            say!(
                "指标“{name}”的比较方式不清楚：用 op 说明大于、小于或范围，value 只写数值。",
                "What “{name}” is compared by is unclear: say it with `op`, and give the figure alone as `value`."
            ),
            say!("op 为 ge，value 为 95，unit 为 %", "op ge, value 95, unit %"),
        ));
    }
    let unit = is_filled(wanted.unit.as_deref()) || has_measure(value) || name.to_lowercase().contains("ph");
    (!unit).then(|| {
        Hint::weak(
            HintCode::IndicatorUnit,
            &format!("{member}/unit"),
            say!(
                "指标“{name}”没有单位：没有量纲的请写“无量纲”。",
                "The indicator “{name}” has no unit: write “1” where there is none."
            ),
            say!("unit 为 s、MPa、% 或 次", "unit s, MPa, % or cycles"),
        )
    })
}

fn short(content: &DemandContent) -> Option<Hint> {
    let characters = length(content);
    (characters < LEAST_TEXT).then(|| {
        Hint::weak(
            HintCode::TextShort,
            "problem",
            say!(
                "正文只有 {characters} 个字（至少 {LEAST_TEXT} 个）：请写清现状、试过什么、卡在哪里。",
                "The text has {characters} characters, fewer than {LEAST_TEXT}: say what is done now, what was tried, where it fails."
            ),
            say!(
                "现用电解电容在 -20 ℃ 以下等效电阻升高，启动失败率约 12%；换用薄膜电容后体积超限 30%，希望在现有壳体内解决。",
                "Below -20 °C the capacitors' resistance rises and 12 % of starts fail; film capacitors are 30 % too large for the housing."
            ),
        )
    })
}

fn background(content: &DemandContent) -> Option<Hint> {
    let background = content.background.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
    let problem = content.problem.as_deref().map_or("", str::trim);
    (problem.is_empty() || problem == background).then(|| {
        Hint::weak(
            HintCode::BackgroundOnly,
            "problem",
            say!(
                "只写了背景：请在 problem 里写出要解决的技术难题本身。",
                "There is a background alone: say in `problem` what technical problem is to be solved."
            ),
            say!(
                "难题：焊缝在 -40 ℃ 冲击功不足 27 J",
                "The problem: the weld takes less than 27 J at -40 °C"
            ),
        )
    })
}

fn target(content: &DemandContent) -> Option<Hint> {
    (!is_filled(content.target.as_deref()) && content.indicators.is_empty()).then(|| {
        Hint::weak(
            HintCode::NoTarget,
            "target",
            say!("没有目标：怎样才算解决？", "There is no target: when is it solved?"),
            say!(
                "样机在 -30 ℃ 连续启动 500 次无失败，并通过装车路试",
                "A prototype starts 500 times at -30 °C without a failure and passes a road test"
            ),
        )
    })
}

fn several(content: &DemandContent) -> Option<Hint> {
    let n = content.problem.as_deref().and_then(unlike)?;
    Some(Hint::advice(
        HintCode::SeveralProblems,
        "problem",
        say!(
            "看起来列了 {n} 件不相干的事。若确是各自独立的难题，请分别发布，更容易对接；若是同一难题的几个方面，请留在一条里：把一个难题拆成几条，只按一项计数。",
            "These {n} points seem to have nothing in common. Problems that stand on their own are better posted one by one; sides of one problem stay together: one problem split up counts once."
        ),
        say!(
            "“压铸件气孔”与“污水总氮超标”各发一条；同一电机的启动、噪声、效率写在一条",
            "Porous castings and waste water apart; start, noise and efficiency of one motor together"
        ),
    ))
}

fn deadline(content: &DemandContent, today: Day) -> Option<Hint> {
    match content.deadline_on {
        None => Some(Hint::advice(
            HintCode::NoDeadline,
            "deadline_on",
            say!(
                "没有期限：对方不知道多久之内要有结果。",
                "There is no deadline: nobody knows by when it is wanted."
            ),
            end_of_next_year(today),
        )),
        Some(day) if day < today => Some(Hint::weak(
            HintCode::DeadlinePast,
            "deadline_on",
            say!(
                "期限 {day} 已过：请改成仍需要的日期，或不再发布。",
                "The deadline, {day}, has passed: give the day by which it is still wanted."
            ),
            end_of_next_year(today),
        )),
        Some(_) => None,
    }
}

fn end_of_next_year(today: Day) -> Wording {
    let year = today.year() + 1;
    say!("{year}-12-31", "{year}-12-31")
}

fn budget(content: &DemandContent) -> Option<Hint> {
    let said = content.budget.as_ref().is_some_and(is_said) || is_filled(content.budget_raw.as_deref());
    (!said).then(|| {
        Hint::weak(
            HintCode::NoBudget,
            "budget",
            say!("没有预算：面议也可以，请写明。", "There is no budget: negotiable is fine, but say so."),
            say!(
                "{{\"kind\": \"range\", \"min\": 50000000, \"max\": 100000000, \"currency\": \"CNY\"}}（单位为分）或 {{\"kind\": \"negotiable\", \"currency\": \"CNY\"}}",
                "{{\"kind\": \"range\", \"min\": 50000000, \"max\": 100000000, \"currency\": \"CNY\"}}, in fen, or {{\"kind\": \"negotiable\", \"currency\": \"CNY\"}}"
            ),
        )
    })
}

/// Whether a price says anything: negotiable, or an amount.
pub fn is_said(price: &Price) -> bool {
    price.kind == PriceKind::Negotiable || price.min.or(price.max).or(price.starting).is_some()
}

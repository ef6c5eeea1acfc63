//! What an achievement could say better.

use techmart_entity::{
    achievement::AchievementContent,
    listing::HintCode,
    value::{
        ip::{IpRight, IpType},
        title_key::title_key,
    },
};

use super::{Hint, demand::is_said, finding, hint::is_filled};
use crate::{features::signal::text::has_measure, say};

/// So many characters more than the title a summary has at least.
const MORE_THAN_TITLE: usize = 6;

/// The hints about an achievement.
pub fn hints(content: &AchievementContent) -> Vec<Hint> {
    let mut hints: Vec<Hint> = [
        advantage(content),
        economics(content),
        scenarios(content),
        problem_solved(content),
        figure(content),
        summary(content),
        maturity(content),
        rights(content),
        price(content),
        title_en(content),
        finding::industry(
            "industry_codes",
            !content.industry_codes.is_empty() || content.zone_industry.is_some(),
        ),
        finding::keywords(&content.keywords, &content.keywords_en),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (i, right) in content.ip.iter().enumerate() {
        hints.extend(number(right, &format!("ip/{i}/number")));
    }
    hints
}

fn advantage(content: &AchievementContent) -> Option<Hint> {
    (!is_filled(content.advantage.as_deref())).then(|| {
        Hint::weak(
            HintCode::NoAdvantage,
            "advantage",
            say!(
                "没有与现有技术对比：企业首先会问比现在用的好在哪里。",
                "There is no comparison with existing technology: it is the first thing an enterprise asks."
            ),
            say!(
                "与现用 R134a 机组相比，能效高 12%，充注量减少 40%，成本相当",
                "12 % more efficient than an R134a unit, 40 % less charge, at the same cost"
            ),
        )
    })
}

fn economics(content: &AchievementContent) -> Option<Hint> {
    (!is_filled(content.economics.as_deref())).then(|| {
        Hint::weak(
            HintCode::NoEconomics,
            "economics",
            say!(
                "没有经济性：投入多少、省多少、市场多大？",
                "There are no economics: what does it cost, save, sell?"
            ),
            say!(
                "改造一条线约 80 万元，每年节电 30 万度，两年半收回",
                "A line costs CNY 800,000 to change, saves 300,000 kWh a year, paid back in two and a half"
            ),
        )
    })
}

fn scenarios(content: &AchievementContent) -> Option<Hint> {
    (!is_filled(content.scenarios.as_deref())).then(|| {
        Hint::weak(
            HintCode::NoScenarios,
            "scenarios",
            say!("没有应用场景：谁在哪里会用到？", "There are no scenarios: who would use it where?"),
            say!(
                "新能源汽车热泵空调、冷链车、低温仓储",
                "Heat pumps of electric cars, refrigerated vans, cold stores"
            ),
        )
    })
}

fn problem_solved(content: &AchievementContent) -> Option<Hint> {
    (!is_filled(content.problem_solved.as_deref())).then(|| {
        Hint::weak(
            HintCode::NoProblemSolved,
            "problem_solved",
            say!(
                "没有写明解决什么问题：需求就是按问题来找的。",
                "It does not say what it solves: demands are matched by their problems."
            ),
            say!(
                "解决压缩机在 -30 ℃ 回油不足、启动抱死的问题",
                "Compressors that seize at -30 °C for want of oil"
            ),
        )
    })
}

fn figure(content: &AchievementContent) -> Option<Hint> {
    let texts = [
        &content.title,
        &content.summary,
        &content.detail,
        &content.problem_solved,
        &content.advantage,
        &content.economics,
        &content.scenarios,
        &content.demo_history,
    ];
    let measured = texts.into_iter().filter_map(|text| text.as_deref()).any(has_measure);
    (!measured).then(|| {
        Hint::weak(
            HintCode::NoFigure,
            "advantage",
            say!(
                "没有一个数据：请写实测的指标及其单位。",
                "There is not one figure: give what was measured, with its unit."
            ),
            say!("效率 96.5%，噪声 58 dB，寿命 8000 h", "Efficiency 96.5 %, noise 58 dB, life 8000 h"),
        )
    })
}

fn summary(content: &AchievementContent) -> Option<Hint> {
    let summary = title_key(content.summary.as_deref()?);
    let title = title_key(content.title.as_deref()?);
    let copies = summary == title
        || (summary.contains(&title) && summary.chars().count() < title.chars().count() + MORE_THAN_TITLE);
    (copies && !title.is_empty()).then(|| {
        Hint::weak(
            HintCode::SummaryCopiesTitle,
            "summary",
            say!("简介照抄了名称：请用两三句话写原理、效果和状态。", "The summary repeats the title: say in two or three sentences how it works, what it does, where it stands."),
            say!("用双级增焓压缩使 -30 ℃ 制热量提高 35%，已完成 3 台样机。", "Two-stage compression gives 35 % more heat at -30 °C; three prototypes run."),
        )
    })
}

fn maturity(content: &AchievementContent) -> Option<Hint> {
    if content.trl.is_none() && is_filled(content.maturity_raw.as_deref()) {
        return Some(Hint::weak(
            HintCode::MaturityUnclear,
            "trl",
            say!(
                "成熟度只有文字：请给出 1 到 9 级（GB/T 22900）。",
                "The maturity stands in words alone: give a level from 1 to 9 (GB/T 22900)."
            ),
            say!("通过中试为 7 级：trl 7，trl_basis self", "7 for a passed pilot: trl 7, trl_basis self"),
        ));
    }
    (content.trl.is_some() && content.trl_basis.is_none()).then(|| {
        Hint::weak(
            HintCode::NoTrlBasis,
            "trl_basis",
            say!(
                "成熟度没有依据：自评还是第三方评价？",
                "The level has no basis: your own word, or an evaluation?"
            ),
            say!(
                "self（自评）或 evaluated（第三方评价，并填写 evaluation）",
                "self, or evaluated with an `evaluation`"
            ),
        )
    })
}

fn rights(content: &AchievementContent) -> Option<Hint> {
    content.ip.is_empty().then(|| {
        Hint::weak(
            HintCode::NoIp,
            "ip",
            say!("没有知识产权信息：没有的请写“未涉及”。", "There is nothing about rights: say `none` where there are none."),
            say!("[{{\"ip_type\": \"invention\", \"number\": \"ZL201720001285.X\"}}] 或 [{{\"ip_type\": \"none\"}}]", "[{{\"ip_type\": \"invention\", \"number\": \"ZL201720001285.X\"}}], or [{{\"ip_type\": \"none\"}}]"),
        )
    })
}

fn number(right: &IpRight, member: &str) -> Option<Hint> {
    let numbered = match right.ip_type {
        IpType::TradeSecret | IpType::Other | IpType::None => false,
        IpType::Invention
        | IpType::UtilityModel
        | IpType::Design
        | IpType::SoftwareCopyright
        | IpType::IcLayout
        | IpType::PlantVariety
        | IpType::NewDrug => true,
    };
    (numbered && !is_filled(right.number.as_deref())).then(|| {
        Hint::weak(
            HintCode::IpNumber,
            member,
            say!(
                "没有号码：无法核对，也无法判断是否重复。",
                "There is no number: it can neither be looked up nor told from another."
            ),
            say!("ZL201720001285.X（申请中的写申请号）", "ZL201720001285.X, or the application's number"),
        )
    })
}

fn price(content: &AchievementContent) -> Option<Hint> {
    let said = content.price.as_ref().is_some_and(is_said) || is_filled(content.price_raw.as_deref());
    (!said).then(|| {
        Hint::weak(
            HintCode::NoPrice,
            "price",
            say!("没有价格：面议也可以，请写明；给出范围更容易谈。", "There is no price: negotiable is fine, but say so; a range begins a talk sooner."),
            say!("{{\"kind\": \"range\", \"min\": 50000000, \"max\": 80000000, \"currency\": \"CNY\"}}（单位为分）", "{{\"kind\": \"range\", \"min\": 50000000, \"max\": 80000000, \"currency\": \"CNY\"}}, in fen"),
        )
    })
}

fn title_en(content: &AchievementContent) -> Option<Hint> {
    let english = content.title.as_deref().is_some_and(|title| title.is_ascii());
    (!is_filled(content.title_en.as_deref()) && !english).then(|| {
        Hint::advice(
            HintCode::NoTitleEn,
            "title_en",
            say!(
                "没有英文名称：境外和英文检索找不到它。",
                "There is no English title: who searches in English finds it later."
            ),
            say!(
                "Low-temperature compressor for low-GWP refrigerants",
                "Low-temperature compressor for low-GWP refrigerants"
            ),
        )
    })
}

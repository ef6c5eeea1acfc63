//! Pictures of how an indicator went: cumulative confirmed and candidate figures by month, the straight way
//! to its target, and, where there is one, a forecast. What is drawn is a [`Chart`], wherever its figures
//! come from: a frozen part, or the board of today. Axes are `scale.rs`, the drawing is `draw.rs`.

mod draw;
mod scale;

use chrono::Datelike;
pub use draw::{Form, draw};
use techmart_entity::{
    Day,
    indicator::{IndicatorKind, Measure, Step, TargetPeriod},
};

use crate::{
    error::{Language, Wording},
    features::{
        indicator::{course::next_month, dto::OutlookOut},
        ledger::tally::adds_up,
        snapshot::document::Part,
    },
};

/// Everything that a picture shows.
#[derive(Clone, Debug)]
pub struct Chart {
    pub code: String,
    pub name: Wording,
    pub unit: Wording,
    pub measure: Measure,
    pub kind: IndicatorKind,
    /// Whether the figures are sums: then candidates stand on top of what is confirmed, else beside it.
    pub adds_up: bool,
    /// Whether the target is asked of the window or of each year.
    pub period: TargetPeriod,
    pub target: i64,
    pub steps: Vec<Step>,
    pub starts_on: Day,
    pub ends_on: Day,
    /// The day of the figures.
    pub as_of: Day,
    /// The figures of the last day.
    pub confirmed: i64,
    pub candidate: i64,
    pub months: Vec<Month>,
    pub forecast: Vec<Ahead>,
}

/// The figures at a month's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// The month's last day that is looked at.
    pub on: Day,
    pub confirmed: i64,
    pub candidate: i64,
}

/// A forecast for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    pub on: Day,
    pub expected: i64,
    pub low: i64,
    pub high: i64,
}

/// The day of which a month's figures are.
fn end_of(month: &str, last: Day) -> Option<Day> {
    let first = Day::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok()?;
    Some(next_month(first).pred_opt()?.min(last))
}

impl Chart {
    /// The picture of a frozen part.
    #[must_use]
    pub fn of_part(part: &Part, as_of: Day) -> Self {
        let last = as_of.min(part.ends_on);
        let months = part.series.iter().filter_map(|month| {
            let on = end_of(&month.month, last)?;
            Some(Month { on, confirmed: month.confirmed, candidate: month.candidate })
        });
        Self {
            code: part.indicator.clone(),
            name: part.name.clone(),
            unit: part.unit.clone(),
            measure: part.measure,
            kind: part.kind,
            adds_up: adds_up(part.kind, part.counting),
            period: part.period,
            target: part.target,
            steps: part.steps.clone(),
            starts_on: part.starts_on,
            ends_on: part.ends_on,
            as_of,
            confirmed: part.confirmed,
            candidate: part.candidate,
            months: months.collect(),
            forecast: Vec::new(),
        }
    }

    /// The picture of where an indicator stands and leads.
    #[must_use]
    pub fn of_outlook(outlook: &OutlookOut, steps: Vec<Step>, as_of: Day) -> Self {
        let progress = &outlook.progress;
        let last = as_of.min(progress.ends_on);
        let months = progress.series.iter().filter_map(|month| {
            let on = end_of(&month.month, last)?;
            Some(Month { on, confirmed: month.confirmed, candidate: month.candidate })
        });
        let ahead = outlook.forecast.iter().flat_map(|forecast| &forecast.series).filter_map(|month| {
            let on = end_of(&month.month, progress.ends_on)?;
            Some(Ahead { on, expected: month.expected, low: month.low, high: month.high })
        });
        Self {
            code: progress.code.clone(),
            name: progress.name.clone(),
            unit: progress.unit.clone(),
            measure: progress.measure,
            kind: progress.kind,
            adds_up: adds_up(progress.kind, progress.counting),
            period: progress.period,
            target: progress.target,
            steps,
            starts_on: progress.starts_on,
            ends_on: progress.ends_on,
            as_of,
            confirmed: progress.confirmed,
            candidate: progress.candidate,
            months: months.collect(),
            forecast: ahead.filter(|ahead| ahead.on > last).collect(),
        }
    }

    /// The last day that has figures.
    fn last(&self) -> Day {
        self.as_of.min(self.ends_on)
    }

    /// Whether there is nothing to draw.
    fn is_empty(&self) -> bool {
        self.months.iter().all(|month| month.confirmed == 0 && month.candidate == 0)
    }

    /// The figure of the candidates' line: on top of what is confirmed where figures are sums.
    fn upper(&self, month: &Month) -> i64 {
        if self.adds_up { month.confirmed.saturating_add(month.candidate) } else { month.candidate }
    }

    /// The months without a break: what is asked of each year begins anew with each year. Before a figure
    /// was reported there is none, which is not nought.
    fn runs(&self) -> Vec<&[Month]> {
        let runs: Vec<&[Month]> = match self.period {
            TargetPeriod::Window => vec![self.months.as_slice()],
            TargetPeriod::Year => self.months.chunk_by(|a, b| a.on.year() == b.on.year()).collect(),
        };
        let silent = |month: &Month| !self.adds_up && month.confirmed == 0 && month.candidate == 0;
        let told = runs.into_iter().map(|run| {
            let from = run.iter().position(|month| !silent(month)).unwrap_or(run.len());
            run.get(from..).unwrap_or_default()
        });
        told.filter(|run| !run.is_empty()).collect()
    }

    /// The first day of a run's sums: a sum begins with nothing, where nothing from before belongs to it.
    fn begins_on(&self, run: &[Month]) -> Option<Day> {
        let first = run.first()?.on;
        let from_nothing = self.adds_up
            && match self.kind {
                IndicatorKind::Flow => true,
                IndicatorKind::Stock | IndicatorKind::Level | IndicatorKind::Rate => false,
            };
        let start = match self.period {
            TargetPeriod::Window => self.starts_on,
            TargetPeriod::Year => Day::from_yo_opt(first.year(), 1)?.max(self.starts_on),
        };
        (from_nothing && start < first).then_some(start)
    }

    /// The straight ways to the target: from where and how much, to where and how much.
    fn ways(&self) -> Vec<[(Day, i64); 2]> {
        let from = |start| match self.kind {
            // A ratio does not grow from nothing over a window.
            IndicatorKind::Rate => (start, self.target),
            IndicatorKind::Stock | IndicatorKind::Flow | IndicatorKind::Level => (start, 0),
        };
        match self.period {
            TargetPeriod::Window => vec![[from(self.starts_on), (self.ends_on, self.target)]],
            TargetPeriod::Year => (self.starts_on.year()..=self.ends_on.year())
                .filter_map(|year| {
                    let start = Day::from_yo_opt(year, 1)?.max(self.starts_on);
                    let end = Day::from_ymd_opt(year, 12, 31)?.min(self.ends_on);
                    Some([from(start), (end, self.target_of(year))])
                })
                .collect(),
        }
    }

    fn target_of(&self, year: i32) -> i64 {
        self.steps.iter().find(|step| step.year == year).map_or(self.target, |step| step.target)
    }

    /// What the plan asks by the ends of single years, apart from its last day.
    fn marks(&self) -> Vec<(Day, i64)> {
        match self.period {
            TargetPeriod::Year => Vec::new(),
            TargetPeriod::Window => self
                .steps
                .iter()
                .filter_map(|step| Some((Day::from_ymd_opt(step.year, 12, 31)?, step.target)))
                .filter(|(day, _)| *day >= self.starts_on && *day <= self.ends_on)
                .collect(),
        }
    }

    /// Names of the picture in a language: a line, and what a person hears who cannot see it.
    fn words(&self, language: Language) -> Words {
        Words::of(self, language)
    }
}

/// What is written on a picture.
struct Words {
    language: Language,
    title: String,
    /// What the standing is of.
    day: String,
    standing: String,
    description: String,
    confirmed: &'static str,
    candidate: &'static str,
    way: &'static str,
    mark: &'static str,
    forecast: &'static str,
    nothing: String,
    as_of: String,
    target: String,
}

impl Words {
    fn of(chart: &Chart, language: Language) -> Self {
        use super::figure;
        let figure = |value| figure::with_unit(chart.measure, value, &chart.unit, language);
        let (confirmed, candidate) = (figure(chart.confirmed), figure(chart.candidate));
        let target = figure(chart.target);
        let share = figure::percent(chart.confirmed, chart.target);
        let name = figure::line(chart.name.in_language(language), 40);
        let (day, code) = (chart.last(), figure::line(&chart.code, 20));
        let (starts_on, ends_on) = (chart.starts_on, chart.ends_on);
        let title = format!("{code} {name}");
        match language {
            Language::Zh => {
                let each = match chart.period {
                    TargetPeriod::Window => "",
                    TargetPeriod::Year => "（每年）",
                };
                Self {
                    language,
                    day: format!("截至 {day}："),
                    standing: format!(
                        "已确认 {confirmed}，候选 {candidate}，目标{each} {target}，完成 {share}"
                    ),
                    description: format!(
                        "{title}。规划期 {starts_on} 至 {ends_on}，目标{each} {target}。截至 {day} 已确认 {confirmed}，\
                         候选 {candidate}，完成 {share}。折线为各月末累计数，虚线为按时间平均的目标线。"
                    ),
                    confirmed: "已确认",
                    candidate: if chart.adds_up { "已确认＋候选" } else { "候选" },
                    way: "目标线",
                    mark: "年度目标",
                    forecast: "预测（80% 区间）",
                    nothing: format!("截至 {day}，尚无已确认或候选的数据"),
                    as_of: format!("截至 {day}"),
                    target: format!("目标{each} {target}"),
                    title,
                }
            }
            Language::En => {
                let each = match chart.period {
                    TargetPeriod::Window => "",
                    TargetPeriod::Year => " a year",
                };
                Self {
                    language,
                    day: format!("As of {day}: "),
                    standing: format!(
                        "{confirmed} confirmed, {candidate} candidate, target {target}{each}, {share}"
                    ),
                    description: format!(
                        "{title}. From {starts_on} to {ends_on}, target {target}{each}. As of {day} {confirmed} \
                         confirmed, {candidate} candidate, {share} of the target. The lines are cumulative figures at \
                         each month's end; the dashed one is a straight way to the target."
                    ),
                    confirmed: "confirmed",
                    candidate: if chart.adds_up { "confirmed + candidate" } else { "candidate" },
                    way: "target",
                    mark: "yearly step",
                    forecast: "forecast (80 % interval)",
                    nothing: format!("Nothing confirmed or candidate as of {day}"),
                    as_of: format!("as of {day}"),
                    target: format!("target {target}{each}"),
                    title,
                }
            }
        }
    }
}

//! How an indicator went: its figures by month, whatever they were read from (the day sums of the ledger,
//! or its entries). Pure; what a target asks of a window or of a year is decided here alone.

use std::collections::BTreeMap;

use chrono::Datelike;
use techmart_entity::{
    Day,
    indicator::{self, IndicatorKind, TargetPeriod, plan_target},
    ledger::CountStage,
};

use crate::features::ledger::{
    sums::{Sums, first_of},
    tally::{self, Ledger, Question, Unit},
};

/// Sums, in units, fen or hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub confirmed: i64,
    /// Neither confirmed nor reversed.
    pub candidate: i64,
}

impl From<Sums> for Figures {
    fn from(sums: Sums) -> Self {
        Self { confirmed: sums.confirmed, candidate: sums.candidate }
    }
}

/// The figures at the end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthEnd {
    /// The first day of the month.
    pub month: Day,
    pub figures: Figures,
}

/// The figures of a calendar year of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Year {
    pub year: i32,
    /// What is asked of it (of each year, or by its end); none where the plan does not say.
    pub target: Option<i64>,
    /// What the year itself brought; of a level or a rate what stood at its end.
    pub figures: Figures,
}

/// A figure that was reported, for indicators whose figures do not add up.
#[derive(Clone, Copy, Debug)]
struct Reported {
    on: Day,
    stage: CountStage,
    value: i64,
}

/// The longest window that is walked through month by month: fifty years.
const MONTHS: usize = 600;

/// How an indicator went over its window, up to a day.
#[derive(Clone, Debug)]
pub struct Course {
    kind: IndicatorKind,
    period: TargetPeriod,
    target: plan_target::Model,
    /// The last day that is looked at.
    last: Day,
    adds_up: bool,
    /// What was there before the window.
    before: Sums,
    /// What each month of the window brought, by its first day.
    months: BTreeMap<Day, Sums>,
    reported: Vec<Reported>,
}

impl Course {
    fn blank(indicator: &indicator::Model, target: &plan_target::Model, as_of: Day) -> Self {
        Self {
            kind: indicator.kind,
            period: target.period,
            target: target.clone(),
            last: as_of.min(target.ends_on),
            adds_up: tally::adds_up(indicator.kind, indicator.counting),
            before: Sums::default(),
            months: BTreeMap::new(),
            reported: Vec::new(),
        }
    }

    /// From sums: (whether of the window, first day of the month, sums).
    pub fn of_sums(
        indicator: &indicator::Model,
        target: &plan_target::Model,
        as_of: Day,
        sums: impl IntoIterator<Item = (bool, Day, Sums)>,
    ) -> Self {
        let mut course = Self::blank(indicator, target, as_of);
        for (inside, month, sums) in sums {
            if inside {
                course.add(month, sums);
            } else {
                course.before = course.before.plus(sums);
            }
        }
        course
    }

    /// From the entries of the ledger, as known at the question's instant.
    #[must_use]
    pub fn of_ledger(
        indicator: &indicator::Model,
        target: &plan_target::Model,
        ledger: &Ledger<'_>,
        question: &Question,
    ) -> Self {
        let mut course = Self::blank(indicator, target, question.as_of);
        for Unit { entry, stage } in ledger.standing(question) {
            let sums = Sums::of(stage, entry.delta);
            course.put(entry.effective_on, sums);
            if let Some(lapses_on) = entry.lapses_on.filter(|end| *end <= course.last) {
                course.put(lapses_on, sums.negated());
            }
            course.reported.push(Reported { on: entry.effective_on, stage, value: entry.delta });
        }
        course
    }

    fn put(&mut self, on: Day, sums: Sums) {
        if on < self.target.starts_on {
            self.before = self.before.plus(sums);
        } else {
            self.add(first_of(on), sums);
        }
    }

    fn add(&mut self, month: Day, sums: Sums) {
        let of_month = self.months.entry(month).or_default();
        *of_month = of_month.plus(sums);
    }

    /// The last day that is looked at.
    #[must_use]
    pub fn last(&self) -> Day {
        self.last
    }

    /// What stands on a day, of which the figures count from `from` on.
    fn up_to(&self, from: Day, day: Day) -> Figures {
        if !self.adds_up {
            return self.last_reported(from, day);
        }
        let keeps_before = match self.kind {
            IndicatorKind::Stock | IndicatorKind::Level | IndicatorKind::Rate => true,
            IndicatorKind::Flow => false,
        };
        let before = if keeps_before { self.before } else { Sums::default() };
        let from = if keeps_before { Day::MIN } else { first_of(from) };
        let of = self.months.range(from..=day).map(|(_, sums)| *sums);
        of.fold(before, Sums::plus).into()
    }

    /// The last figure reported up to a day stands, confirmed and not yet confirmed apart.
    fn last_reported(&self, from: Day, day: Day) -> Figures {
        // A yearly rate that nobody has reported for this year is not the one of last year.
        let from = match self.period {
            TargetPeriod::Year => from,
            TargetPeriod::Window => Day::MIN,
        };
        let mut figures = Figures::default();
        for reported in self.reported.iter().filter(|reported| reported.on >= from && reported.on <= day) {
            match reported.stage {
                CountStage::Confirmed => figures.confirmed = reported.value,
                CountStage::Candidate | CountStage::EvidenceComplete => figures.candidate = reported.value,
                CountStage::Reversed => {}
            }
        }
        figures
    }

    /// The figures of the whole window.
    #[must_use]
    pub fn window(&self) -> Figures {
        self.up_to(self.target.starts_on, self.last)
    }

    /// The figures that stand against the target: of the window, or of the year of the last day.
    #[must_use]
    pub fn headline(&self) -> Figures {
        match self.period {
            TargetPeriod::Window => self.window(),
            TargetPeriod::Year => self.up_to(self.year_start(self.last.year()), self.last),
        }
    }

    fn year_start(&self, year: i32) -> Day {
        Day::from_yo_opt(year, 1).unwrap_or(self.target.starts_on).max(self.target.starts_on)
    }

    /// The years of the window, up to the last day.
    #[must_use]
    pub fn years(&self) -> Vec<Year> {
        (self.target.starts_on.year()..=self.target.ends_on.year())
            .take(MONTHS / 12)
            .map(|year| {
                let end = Day::from_ymd_opt(year, 12, 31).unwrap_or(self.last).min(self.last);
                let from = self.year_start(year);
                let step = self.target.steps.0.iter().find(|step| step.year == year);
                let target = step.map(|step| step.target).or(match self.period {
                    TargetPeriod::Year => Some(self.target.target),
                    TargetPeriod::Window => None,
                });
                let figures = if from > self.last { Figures::default() } else { self.of_year(from, end) };
                Year { year, target, figures }
            })
            .collect()
    }

    fn of_year(&self, from: Day, end: Day) -> Figures {
        match self.kind {
            IndicatorKind::Level | IndicatorKind::Rate => self.up_to(from, end),
            IndicatorKind::Stock | IndicatorKind::Flow => {
                let of = self.months.range(first_of(from)..=end).map(|(_, sums)| *sums);
                of.fold(Sums::default(), Sums::plus).into()
            }
        }
    }

    /// The cumulative figures at each month's end of the window, up to the last day. What is asked of each
    /// year begins anew with each year.
    #[must_use]
    pub fn series(&self) -> Vec<MonthEnd> {
        let mut series = Vec::new();
        let mut month = first_of(self.target.starts_on);
        while month <= self.last && series.len() < MONTHS {
            let next = next_month(month);
            let end = next.pred_opt().unwrap_or(month).min(self.last);
            let from = match self.period {
                TargetPeriod::Window => self.target.starts_on,
                TargetPeriod::Year => self.year_start(month.year()),
            };
            series.push(MonthEnd { month, figures: self.up_to(from, end) });
            month = next;
        }
        series
    }

    /// What is asked by a day if the way to the target were a straight line.
    #[must_use]
    pub fn asked_by(&self, day: Day) -> i64 {
        let (from, to) = match self.period {
            TargetPeriod::Window => (self.target.starts_on, self.target.ends_on),
            TargetPeriod::Year => {
                let end = Day::from_ymd_opt(day.year(), 12, 31).unwrap_or(day);
                (self.year_start(day.year()), end.min(self.target.ends_on))
            }
        };
        match self.kind {
            // A ratio does not grow from nothing over a window.
            IndicatorKind::Rate => self.target.target,
            IndicatorKind::Stock | IndicatorKind::Flow | IndicatorKind::Level => {
                let all = i128::from((to - from).num_days().max(0) + 1);
                let gone = i128::from((day.min(to) - from).num_days() + 1).clamp(0, all);
                i64::try_from(i128::from(self.target.target) * gone / all).unwrap_or(self.target.target)
            }
        }
    }
}

/// The first day of the next month.
#[must_use]
pub fn next_month(month: Day) -> Day {
    month.checked_add_months(chrono::Months::new(1)).unwrap_or(Day::MAX)
}

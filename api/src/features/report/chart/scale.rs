//! Axes: where their lines stand and what is written beside them. Pure.

use std::ops::Range;

use chrono::Datelike;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use techmart_entity::{Day, indicator::Measure};

use super::Chart;
use crate::{
    error::Language,
    features::{indicator::course::next_month, report::figure},
};

/// An axis as the library wants it: its ends, and where its lines stand.
pub struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let share = (value - self.low) / (self.high - self.low).max(f64::MIN_POSITIVE);
        let pixels = f64::from(limit.1) - f64::from(limit.0);
        limit.0.saturating_add(i32::try_from(round(share * pixels)).unwrap_or(0))
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

/// The axis of the figures: what one on it is, and where its lines stand.
pub struct Figures {
    /// So many of the figure's least units make one on the axis.
    divisor: f64,
    /// What one is.
    pub name: String,
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
    decimals: usize,
}

impl Figures {
    /// The axis of a chart.
    #[must_use]
    pub fn of(chart: &Chart, language: Language) -> Self {
        let months = chart.months.iter().flat_map(|month| [month.confirmed, chart.upper(month)]);
        let ahead = chart.forecast.iter().map(|ahead| ahead.high);
        let asked = chart.ways().into_iter().flatten().chain(chart.marks()).map(|(_, figure)| figure);
        let all: Vec<i64> = months.chain(ahead).chain(asked).collect();
        let (least, most) =
            (all.iter().copied().min().unwrap_or(0).min(0), all.iter().copied().max().unwrap_or(0));
        let unit = chart.unit.in_language(language);
        let (divisor, name, whole) = match chart.measure {
            Measure::Count => (1.0, unit.to_owned(), true),
            Measure::Fen => {
                let scale = figure::scale(most, language);
                (as_f64(scale.fen), scale.name.to_owned(), false)
            }
            Measure::Percent => (100.0, "%".to_owned(), false),
            Measure::Hundredths => (100.0, unit.to_owned(), false),
        };
        let (low, high) = (as_f64(least) / divisor, as_f64(most) / divisor);
        let step = step(high - low, whole);
        let low = (low / step).floor() * step;
        // Room above the highest line for what is written there.
        let high = ((high + 0.35 * step) / step).ceil() * step;
        let n = round((high - low) / step).max(1);
        let ticks = (0..=n).map(|i| low + as_f64(i) * step).collect();
        let decimals = if step >= 1.0 {
            0
        } else if step >= 0.1 {
            1
        } else {
            2
        };
        // 2.5 and its like have a decimal of their own.
        let decimals =
            if (step * 10_f64.powi(decimals)).fract().abs() > 1e-9 { decimals + 1 } else { decimals };
        let decimals = usize::try_from(decimals).unwrap_or(0);
        Self { divisor, name: figure::line(&name, 20), low, high, ticks, decimals }
    }

    /// Where a figure stands.
    #[must_use]
    pub fn at(&self, value: i64) -> f64 {
        as_f64(value) / self.divisor
    }

    /// What is written beside a line.
    #[must_use]
    pub fn label(&self, tick: f64) -> String {
        if self.decimals == 0 {
            return figure::grouped(round(tick));
        }
        format!("{tick:.*}", self.decimals)
    }
}

/// A step of 1, 2, 2.5 or 5 times a power of ten that gives about five lines.
fn step(span: f64, whole: bool) -> f64 {
    if span <= 0.0 {
        return 1.0;
    }
    let rough = span / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let nice = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|n| n * power).find(|step| *step >= rough);
    let step = nice.unwrap_or(10.0 * power);
    if !whole {
        return step;
    }
    // There is no half of a thing that is counted.
    if step < 1.0 {
        1.0
    } else if step.fract() > 0.0 {
        step.ceil()
    } else {
        step
    }
}

/// The axis of the days.
pub struct Days {
    pub low: f64,
    pub high: f64,
    /// The first days of some months.
    pub ticks: Vec<f64>,
    first_of_years: bool,
}

impl Days {
    /// The axis of a chart, with so many days on it at most.
    #[must_use]
    pub fn of(chart: &Chart, at_most: i32) -> Self {
        let (from, to) = (chart.starts_on, chart.ends_on.max(chart.starts_on));
        let months = (to.year() - from.year()) * 12 + i32::try_from(to.month()).unwrap_or(1)
            - i32::try_from(from.month()).unwrap_or(1)
            + 1;
        // As many as have room beside each other.
        let every = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|n| months / n <= at_most).unwrap_or(240);
        let mut ticks = Vec::new();
        let mut month = from.with_day(1).unwrap_or(from);
        for _ in 0..=months {
            let n = month.year() * 12 + i32::try_from(month.month0()).unwrap_or(0);
            if n % every == 0 && month >= from && month <= to {
                ticks.push(at(month));
            }
            month = next_month(month);
        }
        Self { low: at(from), high: at(to) + 1.0, ticks, first_of_years: every >= 12 }
    }

    /// What is written below a line.
    #[must_use]
    pub fn label(&self, tick: f64) -> String {
        let days = i32::try_from(round(tick)).unwrap_or(0);
        let Some(day) = Day::from_num_days_from_ce_opt(days) else { return String::new() };
        day.format(if self.first_of_years { "%Y" } else { "%Y-%m" }).to_string()
    }
}

/// Where a day stands.
#[must_use]
pub fn at(day: Day) -> f64 {
    f64::from(day.num_days_from_ce())
}

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer points than 2^53")]
fn as_f64(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a float out of range becomes the nearest integer")]
fn round(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn steps_are_round_and_things_are_whole() {
        assert!((step(150.0, true) - 50.0).abs() < 1e-9);
        assert!((step(3.0, true) - 1.0).abs() < 1e-9);
        assert!((step(11.0, true) - 3.0).abs() < 1e-9);
        assert!((step(30.0, false) - 10.0).abs() < 1e-9);
        assert!((step(0.0, false) - 1.0).abs() < 1e-9);
    }
}

//! The drawing, in SVG. No fonts are needed to make it: it names a font stack that has Chinese, and whoever
//! looks at it has the glyphs. Lines differ in form as well as in colour, for print and for the colour-blind
//! (the colours are of Okabe and Ito's palette).

use askama::Template;
use plotters::{
    chart::{ChartBuilder, ChartContext, LabelAreaPosition},
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
    element::{Circle, EmptyElement, PathElement, Polygon, Rectangle, Text},
    prelude::{Cartesian2d, SVGBackend},
    series::{AreaSeries, DashedLineSeries, LineSeries},
    style::{
        Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{
    Chart, Words,
    scale::{Axis, Days, Figures, at},
};
use crate::{
    error::{AppError, Language, Result},
    features::report::figure,
};

/// How a picture is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By itself.
    Alone,
    /// Beside another one on a page.
    Beside,
}

impl Form {
    fn size(self) -> (u32, u32) {
        match self {
            Self::Alone => (800, 440),
            Self::Beside => (540, 350),
        }
    }

    /// So many days have room below it.
    fn days(self) -> i32 {
        match self {
            Self::Alone => 12,
            Self::Beside => 7,
        }
    }
}

const FONTS: &str = "\"Noto Sans SC\",\"Source Han Sans SC\",\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",sans-serif";
/// The library takes sizes that are so much larger than those it writes.
const EM: f64 = 1.24;

const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const GREY: RGBColor = RGBColor(0x59, 0x59, 0x59);
const LIGHT: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);
const CONFIRMED: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const CANDIDATE: RGBColor = RGBColor(0xB8, 0x5C, 0x00);
const FORECAST: RGBColor = RGBColor(0x00, 0x7A, 0x5A);

type Backend<'a> = SVGBackend<'a>;
type Field<'a, 'b> = ChartContext<'a, Backend<'b>, Cartesian2d<Axis, Axis>>;
type Failure = DrawingAreaErrorKind<std::io::Error>;

/// Draws a chart.
///
/// # Errors
/// When the library refuses: a fault of the service.
pub fn draw(chart: &Chart, language: Language, form: Form) -> Result<String> {
    let words = chart.words(language);
    let mut svg = String::new();
    paint(chart, &words, language, form, &mut svg).map_err(|error| AppError::internal(error.to_string()))?;
    accessible(&svg, chart, &words, language)
}

fn paint(
    chart: &Chart,
    words: &Words,
    language: Language,
    form: Form,
    svg: &mut String,
) -> Result<(), Failure> {
    let (figures, days) = (Figures::of(chart, language), Days::of(chart, form.days()));
    let root = SVGBackend::with_string(svg, form.size()).into_drawing_area();
    root.fill(&WHITE)?;
    head(&root, chart, words, &figures, form)?;
    let x = Axis { low: days.low, high: days.high, ticks: days.ticks.clone() };
    let y = Axis { low: figures.low, high: figures.high, ticks: figures.ticks.clone() };
    let mut field: Field<'_, '_> = ChartBuilder::on(&root)
        .margin_top(108)
        .margin_right(24)
        .margin_bottom(8)
        .set_label_area_size(LabelAreaPosition::Left, 64)
        .set_label_area_size(LabelAreaPosition::Bottom, 30)
        .build_cartesian_2d(x, y)?;
    field
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE.mix(0.0))
        .bold_line_style(LIGHT)
        .axis_style(GREY)
        .x_labels(days.ticks.len())
        .y_labels(figures.ticks.len())
        .x_label_formatter(&|tick| days.label(*tick))
        .y_label_formatter(&|tick| figures.label(*tick))
        .label_style(text(12.0, GREY))
        .draw()?;
    let end = lines(&mut field, chart, &figures)?;
    notes(&mut field, chart, words, &figures, &days, end)?;
    drop(field);
    root.present()?;
    Ok(())
}

fn text(size: f64, color: RGBColor) -> TextStyle<'static> {
    (FONTS, size * EM).into_font().color(&color)
}

fn line(color: RGBColor, width: u32) -> ShapeStyle {
    color.stroke_width(width)
}

/// About how wide a text is: Chinese characters are squares, others about half as wide.
fn width(text: &str, size: f64) -> i32 {
    let halves: i32 = text.chars().map(|c| if c.is_ascii() { 11 } else { 20 }).sum();
    #[expect(clippy::cast_possible_truncation, reason = "a line is a few hundred pixels wide")]
    let pixels = (f64::from(halves) * size / 20.0).ceil() as i32;
    pixels
}

/// Title, standing, and what the lines mean.
fn head(
    root: &DrawingArea<Backend<'_>, Shift>,
    chart: &Chart,
    words: &Words,
    figures: &Figures,
    form: Form,
) -> Result<(), Failure> {
    let standing = match form {
        Form::Alone => format!("{}{}", words.day, words.standing),
        // The day stands beside its mark as well.
        Form::Beside => words.standing.clone(),
    };
    let title = (FONTS, 18.0 * EM, FontStyle::Bold).into_font().color(&INK);
    root.draw(&Text::new(words.title.clone(), (16, 14), title))?;
    root.draw(&Text::new(standing, (16, 42), text(13.0, INK)))?;
    let mut x = 16;
    let y = 76;
    let mut entries =
        vec![(words.confirmed, CONFIRMED, Sample::Solid), (words.candidate, CANDIDATE, Sample::Dotted)];
    entries.push((words.way, INK, Sample::Dashed));
    if !chart.marks().is_empty() {
        entries.push((words.mark, INK, Sample::Mark));
    }
    if !chart.forecast.is_empty() {
        entries.push((words.forecast, FORECAST, Sample::Dashed));
    }
    for (name, color, sample) in entries {
        sample.draw(root, (x, y), color)?;
        let style = text(12.0, INK).pos(Pos::new(HPos::Left, VPos::Center));
        root.draw(&Text::new(name, (x + 38, y), style))?;
        x += 38 + width(name, 12.0) + 22;
    }
    root.draw(&Text::new(figures.name.clone(), (16, 92), text(12.0, GREY)))?;
    Ok(())
}

/// How a line looks.
enum Sample {
    Solid,
    Dotted,
    Dashed,
    Mark,
}

impl Sample {
    fn draw(
        &self,
        root: &DrawingArea<Backend<'_>, Shift>,
        (x, y): (i32, i32),
        color: RGBColor,
    ) -> Result<(), Failure> {
        let stroke = |from: i32, to: i32, width| {
            PathElement::new(vec![(x + from, y), (x + to, y)], line(color, width))
        };
        match self {
            Self::Solid => root.draw(&stroke(0, 30, 3)),
            Self::Dotted => {
                root.draw(&stroke(0, 30, 1))?;
                root.draw(&Circle::new((x + 15, y), 3, color.filled()))
            }
            Self::Dashed => {
                for from in [0, 11, 22] {
                    root.draw(&stroke(from, from + 7, 2))?;
                }
                Ok(())
            }
            Self::Mark => root.draw(&diamond((x + 15, y), color)),
        }
    }
}

fn diamond((x, y): (i32, i32), color: RGBColor) -> Polygon<(i32, i32)> {
    Polygon::new(vec![(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], color.filled())
}

/// The lines themselves; answers where the confirmed one ends.
fn lines(field: &mut Field<'_, '_>, chart: &Chart, figures: &Figures) -> Result<Option<(f64, f64)>, Failure> {
    for way in chart.ways() {
        let points = way.map(|(day, figure)| (at(day), figures.at(figure)));
        field.draw_series(DashedLineSeries::new(points, 9, 5, line(INK, 1)))?;
    }
    if chart.is_empty() {
        return Ok(None);
    }
    let mut end = None;
    for run in chart.runs() {
        let start = chart.begins_on(run).map(|day| (at(day), 0.0));
        let points = |figure: &dyn Fn(&super::Month) -> i64| -> Vec<(f64, f64)> {
            let months = run.iter().map(|month| (at(month.on), figure(month)));
            // Where figures are no sums, nought is that nobody has reported one.
            let told = months.filter(|(_, figure)| chart.adds_up || *figure != 0);
            start.into_iter().chain(told.map(|(day, figure)| (day, figures.at(figure)))).collect()
        };
        let confirmed = points(&|month| month.confirmed);
        let upper = points(&|month| chart.upper(month));
        if chart.adds_up {
            field.draw_series(AreaSeries::new(
                confirmed.clone(),
                figures.low.max(0.0),
                CONFIRMED.mix(0.14),
            ))?;
        }
        if run.iter().any(|month| month.candidate != 0) {
            field.draw_series(LineSeries::new(upper.clone(), line(CANDIDATE, 1)))?;
            let dots = run.iter().filter(|month| month.candidate != 0);
            let dots = dots.map(|month| (at(month.on), figures.at(chart.upper(month))));
            field.draw_series(dots.map(|point| Circle::new(point, 2, CANDIDATE.filled())))?;
        }
        end = confirmed.last().copied().or(end);
        field.draw_series(LineSeries::new(confirmed, line(CONFIRMED, 3)))?;
    }
    if let Some(from) = end {
        ahead(field, chart, figures, from)?;
        field.draw_series([Circle::new(from, 5, CONFIRMED.filled())])?;
    }
    Ok(end)
}

fn ahead(
    field: &mut Field<'_, '_>,
    chart: &Chart,
    figures: &Figures,
    from: (f64, f64),
) -> Result<(), Failure> {
    if chart.forecast.is_empty() {
        return Ok(());
    }
    let points = |figure: &dyn Fn(&super::Ahead) -> i64| -> Vec<(f64, f64)> {
        let ahead = chart.forecast.iter().map(|ahead| (at(ahead.on), figures.at(figure(ahead))));
        std::iter::once(from).chain(ahead).collect()
    };
    let mut band = points(&|ahead| ahead.high);
    let mut low = points(&|ahead| ahead.low);
    low.reverse();
    band.extend(low);
    field.draw_series([Polygon::new(band, FORECAST.mix(0.16))])?;
    field.draw_series(DashedLineSeries::new(points(&|ahead| ahead.expected), 5, 4, line(FORECAST, 2)))?;
    Ok(())
}

/// The day of the figures, the target, the figure reached.
fn notes(
    field: &mut Field<'_, '_>,
    chart: &Chart,
    words: &Words,
    figures: &Figures,
    days: &Days,
    end: Option<(f64, f64)>,
) -> Result<(), Failure> {
    let last = at(chart.last());
    let middle = f64::midpoint(days.low, days.high);
    if last >= days.low {
        let mark = [(last, figures.low), (last, figures.high)];
        field.draw_series(DashedLineSeries::new(mark, 2, 4, line(GREY, 1)))?;
        let (side, dx) = if last > middle { (HPos::Right, -5) } else { (HPos::Left, 5) };
        let style = text(12.0, GREY).pos(Pos::new(side, VPos::Top));
        let note = EmptyElement::at((last, figures.high)) + Text::new(words.as_of.clone(), (dx, 3), style);
        field.draw_series([note])?;
    }
    for (day, figure) in chart.marks() {
        let note = EmptyElement::at((at(day), figures.at(figure))) + diamond((0, 0), INK);
        field.draw_series([note])?;
    }
    let mut asked = None;
    if let Some([start, (day, figure)]) = chart.ways().last().copied() {
        // A line that does not rise is named at its beginning, where the figures do not end.
        let rises = start.1 != figure;
        let (day, side, dx) = if rises { (day, HPos::Right, -2) } else { (start.0, HPos::Left, 6) };
        let place = (at(day), figures.at(figure));
        let style = text(12.0, INK).pos(Pos::new(side, VPos::Bottom));
        field.draw_series([EmptyElement::at(place) + Text::new(words.target.clone(), (dx, -6), style)])?;
        asked = Some(field.backend_coord(&place));
    }
    if chart.is_empty() {
        let style = text(15.0, GREY).pos(Pos::new(HPos::Center, VPos::Center));
        let place = (middle, f64::midpoint(figures.low, figures.high));
        let half = width(&words.nothing, 15.0) / 2 + 8;
        let ground = Rectangle::new([(-half, -14), (half, 14)], WHITE.filled());
        let note = EmptyElement::at(place) + ground + Text::new(words.nothing.clone(), (0, 0), style);
        field.draw_series([note])?;
    }
    let Some(end) = end else { return Ok(()) };
    let label = figure::bare(chart.measure, chart.confirmed, words.language);
    let to_the_left = end.0 > days.low + 0.15 * (days.high - days.low);
    let (side, dx) = if to_the_left { (HPos::Right, -9) } else { (HPos::Left, 9) };
    let pixel = field.backend_coord(&end);
    // Below its point where the target is written above it.
    let crowded = asked.is_some_and(|(x, y)| (x - pixel.0).abs() < 200 && (y - pixel.1).abs() < 34);
    let low = figures.low + 0.1 * (figures.high - figures.low);
    let dy = if crowded && end.1 > low { 20 } else { -6 };
    let style = (FONTS, 14.0 * EM, FontStyle::Bold).into_font().color(&CONFIRMED);
    let style = style.pos(Pos::new(side, VPos::Bottom));
    let wide = width(&label, 14.0) + 4;
    let left = if to_the_left { dx - wide } else { dx - 2 };
    let ground = Rectangle::new([(left, dy - 16), (left + wide, dy + 2)], WHITE.mix(0.75).filled());
    field.draw_series([EmptyElement::at(end) + ground + Text::new(label, (dx, dy), style)])?;
    Ok(())
}

/// The picture with its name, for those who do not see it.
#[derive(Template)]
#[template(path = "features/report/chart/named.svg", escape = "html")]
struct Named<'a> {
    open: &'a str,
    id: String,
    language: &'static str,
    words: &'a Words,
    rest: &'a str,
}

fn accessible(svg: &str, chart: &Chart, words: &Words, language: Language) -> Result<String> {
    let id = chart.code.chars().filter(char::is_ascii_alphanumeric).collect();
    let (open, rest) =
        svg.split_once('>').ok_or_else(|| AppError::internal("a drawing without a beginning"))?;
    Named { open, id, language: language.tag(), words, rest }.render().map_err(AppError::internal)
}

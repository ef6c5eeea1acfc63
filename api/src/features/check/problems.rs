//! Whether one demand asks several things: an enumeration whose points have nothing in common.

use std::collections::BTreeSet;

use crate::features::signal::text::has_measure;

/// Points of fewer characters are words in a row and no problems.
const LEAST: usize = 8;
/// From which share of common pairs of characters on two points are of one matter, in per cent.
const LIKE: usize = 8;

const CHINESE: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
const CIRCLED: [&str; 10] = ["①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨", "⑩"];

/// How many problems of unlike matter a text names; none where it names one.
pub fn unlike(text: &str) -> Option<usize> {
    let points = points(text);
    let measured = points.iter().filter(|point| has_measure(point)).count();
    let long = points.iter().all(|point| point.chars().count() >= LEAST);
    // A list of figures is the specification of one thing.
    if points.len() < 2 || !long || measured * 2 > points.len() {
        return None;
    }
    let pairs: Vec<BTreeSet<(char, char)>> = points.iter().map(|point| pairs(point)).collect();
    let apart =
        pairs.iter().enumerate().all(|(i, one)| pairs.iter().skip(i + 1).all(|other| is_unlike(one, other)));
    apart.then_some(points.len())
}

fn pairs(text: &str) -> BTreeSet<(char, char)> {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.windows(2).filter_map(|two| Some((*two.first()?, *two.last()?))).collect()
}

fn is_unlike(one: &BTreeSet<(char, char)>, other: &BTreeSet<(char, char)>) -> bool {
    let common = one.intersection(other).count();
    common * 100 < LIKE * one.len().min(other.len()).max(1)
}

/// The points of the longest enumeration.
fn points(text: &str) -> Vec<String> {
    let text: String = text.chars().map(plain).collect();
    let marks: [fn(usize) -> Option<String>; 6] = [
        |n| Some(format!("{n}、")),
        |n| Some(format!("{n}.")),
        |n| Some(format!("({n})")),
        |n| Some(format!("{n})")),
        |n| CIRCLED.get(n - 1).map(|mark| (*mark).to_owned()),
        |n| CHINESE.get(n - 1).map(|mark| format!("{mark}、")),
    ];
    marks.iter().map(|mark| numbered(&text, *mark)).max_by_key(Vec::len).unwrap_or_default()
}

fn plain(c: char) -> char {
    match c {
        '（' => '(',
        '）' => ')',
        '．' => '.',
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        other => other,
    }
}

fn numbered(text: &str, mark: fn(usize) -> Option<String>) -> Vec<String> {
    let mut places = Vec::new();
    let mut from = 0;
    for n in 1..=20 {
        let Some(mark) = mark(n) else { break };
        let Some((at, end)) = place(text, from, &mark) else { break };
        places.push((at, end));
        from = end;
    }
    let ends = places.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    let points: Vec<String> = places
        .iter()
        .zip(ends)
        .filter_map(|((_, end), next)| text.get(*end..next))
        .map(|point| point.trim_matches(|c: char| c.is_whitespace() || "；;。,，".contains(c)).to_owned())
        .collect();
    if points.len() < 2 { Vec::new() } else { points }
}

/// Where a mark stands that is no part of a number: 1.5 is none.
fn place(text: &str, from: usize, mark: &str) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    rest.match_indices(mark).find_map(|(at, _)| {
        let (at, end) = (from + at, from + at + mark.len());
        let before = text.get(..at)?.chars().next_back();
        let behind = text.get(end..)?.chars().next();
        let free = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '第')
            && !behind.is_some_and(|c| c.is_ascii_digit());
        free.then_some((at, end))
    })
}

#[cfg(test)]
mod tests {
    use super::unlike;

    #[test]
    fn points_of_unlike_matter_are_several_problems() {
        for text in [
            "1、铝合金压铸件内部气孔多，良品率低；2、污水处理站出水总氮不稳定；3、想引进焊接机器人操作人员",
            "（1）压铸件内部气孔多，合格率低\n（2）污水站出水总氮经常超标",
            "①压铸模具寿命短、开裂快②办公系统数据无法互通共享",
        ] {
            assert!(unlike(text).is_some(), "{text}");
        }
    }

    #[test]
    fn points_of_one_matter_and_figures_are_one_problem() {
        for text in [
            "1、电机在低温下启动失败；2、电机在低温下噪声偏大；3、电机在低温下效率下降",
            "1、效率不低于 95%；2、噪声不大于 60 dB；3、重量不超过 12 kg",
            "启动时间 1.5 s，精度 2.5 mm，没有编号",
            "1、短；2、也短",
            "第1、第2条生产线同时出现冷却不足的现象",
        ] {
            assert_eq!(unlike(text), None, "{text}");
        }
    }
}

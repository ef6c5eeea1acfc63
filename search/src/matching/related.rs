//! Which meanings have to do with each other, kept as data in the terms of ISO 25964 (`related.tsv`): `BT`, the
//! second is the broader one; `BTP`, the first is a component of the second; `RT`, who asks for one wants to see the
//! other.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::score::How;
use crate::text::meaning_term;

static RELATED: LazyLock<HashMap<String, Vec<(String, How)>>> =
    LazyLock::new(|| read(include_str!("../../data/related.tsv")));

/// The meanings that this one has to do with.
pub(super) fn related(term: &str) -> &'static [(String, How)] {
    RELATED.get(term).map_or(&[], Vec::as_slice)
}

/// How many kinds there are of a meaning, and kinds of those: of many it is a class, not a thing.
pub(super) fn kinds(term: &str) -> usize {
    let mut known = HashSet::from([term]);
    let mut open = vec![term];
    while let Some(one) = open.pop() {
        for (kind, how) in related(one) {
            if *how == How::Narrower && known.insert(kind) {
                open.push(kind);
            }
        }
    }
    known.len() - 1
}

fn read(data: &str) -> HashMap<String, Vec<(String, How)>> {
    let mut all: HashMap<String, Vec<(String, How)>> = HashMap::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t').map(str::trim);
        let (Some(one), Some(relation), Some(other)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let (one, other) = (meaning_term(one), meaning_term(other));
        let (there, back) = match relation {
            "BT" => (How::Broader, How::Narrower),
            "BTP" => (How::Whole, How::Component),
            "RT" => (How::Related, How::Related),
            _ => continue,
        };
        all.entry(one.clone()).or_default().push((other.clone(), there));
        all.entry(other).or_default().push((one, back));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{super::score::How, read};

    #[test]
    fn a_relation_holds_both_ways() {
        let all = read("# test\n锂电池\tBT\t电池\n漏水\tRT\t密封\n");
        assert_eq!(all["~锂电池"], [("~电池".to_owned(), How::Broader)]);
        assert_eq!(all["~电池"], [("~锂电池".to_owned(), How::Narrower)]);
        assert_eq!(all["~密封"], [("~漏水".to_owned(), How::Related)]);
        let all = read("转向器\tBTP\t转向系统\n");
        assert_eq!(all["~转向器"], [("~转向系统".to_owned(), How::Whole)]);
        assert_eq!(all["~转向系统"], [("~转向器".to_owned(), How::Component)]);
    }
}

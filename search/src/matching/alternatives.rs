//! What is one is not the other (`data/alternatives.tsv`): what a thing is for, which pollutant is removed, which animal
//! is kept. A mower's gearbox is no electric van's, whatever else the two have in common.

use std::{collections::BTreeSet, sync::LazyLock};

use super::profile::Profile;
use crate::text::{Level, fold};

static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| read(include_str!("../../data/alternatives.tsv")));

/// What a thing is for: told by its title, failing that by its keywords.
const USE: &str = "use";

/// Classes that exclude each other.
struct Group {
    name: String,
    classes: Vec<Class>,
}

/// A class with its words, folded.
struct Class {
    name: String,
    words: Vec<String>,
}

/// Whether what is offered is another thing of a group than the one that is asked for.
pub(super) fn is_another(asked: &Profile, candidate: &Profile) -> bool {
    GROUPS.iter().any(|group| {
        let of_title = group.named(asked, Level::Title);
        let (wanted, own) = if group.name != USE {
            let mut own = group.named(candidate, Level::Title);
            own.extend(group.named(candidate, Level::Keywords));
            (of_title, own)
        } else if of_title.is_empty() {
            (group.named(asked, Level::Keywords), group.told(candidate))
        } else {
            // Keywords name a use among others; they do not gainsay a title.
            (of_title, group.named(candidate, Level::Title))
        };
        !wanted.is_empty() && !own.is_empty() && wanted.is_disjoint(&own)
    })
}

impl Group {
    /// The classes that a title names; where it names none, its keywords.
    fn told(&self, profile: &Profile) -> BTreeSet<&str> {
        let title = self.named(profile, Level::Title);
        if title.is_empty() { self.named(profile, Level::Keywords) } else { title }
    }

    fn named(&self, profile: &Profile, level: Level) -> BTreeSet<&str> {
        let texts = profile.texts.iter().filter(|text| text.level == level);
        texts.flat_map(|text| self.in_text(&text.text)).collect()
    }

    fn in_text(&self, text: &str) -> impl Iterator<Item = &str> {
        let named = |class: &&Class| class.words.iter().any(|word| stands_in(word, text));
        self.classes.iter().filter(named).map(|class| class.name.as_str())
    }
}

/// Characters stand anywhere, letters as a word of their own.
fn stands_in(word: &str, text: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !word.is_ascii()
            || !is_letter(text[..at].chars().next_back())
                && !is_letter(text[at + word.len()..].chars().next())
    })
}

fn read(data: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t').map(str::trim).filter(|column| !column.is_empty());
        let (Some(name), Some(class)) = (columns.next(), columns.next()) else { continue };
        let words = columns.map(|word| fold(word).chars.iter().collect()).collect();
        let class = Class { name: class.to_owned(), words };
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.classes.push(class),
            None => groups.push(Group { name: name.to_owned(), classes: vec![class] }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::is_another;
    use crate::{Document, Kind, matching::Profile};

    fn profile(title: &str, keyword: &str) -> Profile {
        let listing = Document::titled(Uuid::nil(), Kind::Achievement, title.to_owned());
        Profile::of(&Document { keywords: vec![keyword.to_owned()], ..listing })
    }

    #[test]
    fn another_use_is_another_thing_and_no_use_is_none() {
        for (asked, offered, another) in [
            (("骑式割草机变速箱", ""), ("电动物流车变速箱", ""), true),
            (("骑式割草机变速箱", ""), ("静液压变速箱", "农机"), false),
            (("骑式割草机变速箱", ""), ("无级变速器", ""), false),
            (("电动汽车电池散热", ""), ("电池冷却", ""), false),
            (("铸件外观检测", ""), ("carpet cleaning", ""), false),
            (("高硝态氮废水", ""), ("脱氮", "氨氮"), true),
            (("高硝态氮废水", "氨氮"), ("硝酸盐与氨氮", ""), false),
            (("高盐酸性废水", ""), ("高氨氮废水短程硝化", ""), true),
            (("高盐酸性废水", ""), ("耐盐菌厌氧处理", ""), false),
            (("防腐涂料", "散热器"), ("富锌底漆", "海上风电"), true),
            (("防腐涂料", "散热器"), ("底盘件涂料", ""), false),
            (("冰箱压缩机", ""), ("静音压缩机", "新能源汽车"), false),
        ] {
            let found = is_another(&profile(asked.0, asked.1), &profile(offered.0, offered.1));
            assert_eq!(found, another, "{asked:?} {offered:?}");
        }
    }
}

//! Maturity 成熟度: technology readiness levels 1-9 (GB/T 22900, 科学技术研究项目评价通则) and the words that
//! Chinese markets use for them.

use crate::coded_enum;

coded_enum! {
    /// Where a readiness level comes from. A mapped one never replaces an evaluated one.
    pub enum TrlBasis: "trl_basis" {
        SelfDeclared = "self" ("自评", "declared by the owner"),
        Mapped = "mapped" ("由来源映射", "mapped from the source"),
        Evaluated = "evaluated" ("第三方评价", "evaluated"),
    }
}

impl TrlBasis {
    /// Whether a level on this basis may take the place of one on that basis: what is better founded is
    /// never replaced by what is less.
    #[must_use]
    pub fn may_replace(self, present: Option<Self>) -> bool {
        let weight = |basis| match basis {
            Self::Mapped => 1,
            Self::SelfDeclared => 2,
            Self::Evaluated => 3,
        };
        present.is_none_or(|present| weight(self) >= weight(present))
    }
}

/// The market's five words, the least level each surely means, and ways of writing them. A step that is
/// under way has not been passed, but the one before it has: who is at the pilot stage (中试) is past the laboratory's.
const WORDS: [(u8, &[&str]); 5] = [
    (3, &["正在研发", "研发中", "在研", "研发阶段"]),
    (5, &["已有样品", "有样品"]),
    (6, &["通过小试", "已通过小试", "完成小试", "小试通过", "中试", "中试阶段", "中试中"]),
    (7, &["通过中试", "已通过中试", "完成中试", "中试通过"]),
    (9, &["可以量产", "可量产", "已量产"]),
];

/// What a source says of the maturity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maturity {
    /// The source's words.
    pub raw: String,
    /// The readiness level 1-9, where the words have one.
    pub trl: Option<u8>,
    /// Where the level comes from; present exactly where the level is.
    pub basis: Option<TrlBasis>,
}

impl Maturity {
    /// Reads a source's words. `TRL 5` is the owner's own statement; 通过中试 and the like are mapped;
    /// other words (工艺成熟, 已应用) have no level, and the caller reports them.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        let folded = super::folded(raw);
        let mapped = WORDS.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(trl, _)| *trl);
        let (trl, basis) = match (stated(&folded), mapped) {
            (Some(trl), _) => (Some(trl), Some(TrlBasis::SelfDeclared)),
            (None, Some(trl)) => (Some(trl), Some(TrlBasis::Mapped)),
            (None, None) => (None, None),
        };
        Self { raw: raw.trim().to_owned(), trl, basis }
    }
}

/// The one level that the words state: `trl 5`, `trl-5`, `技术成熟度5级`.
fn stated(folded: &str) -> Option<u8> {
    let rest = ["trl", "技术成熟度", "技术就绪度"].iter().find_map(|name| folded.strip_prefix(name))?;
    let rest = rest.trim_start_matches([' ', ':', '-', '=']);
    let level = rest.strip_suffix('级').unwrap_or(rest).trim_end();
    level
        .parse()
        .ok()
        .filter(|level| (1..=9).contains(level) && rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Maturity, TrlBasis, WORDS};

    fn level(raw: &str) -> (Option<u8>, Option<TrlBasis>) {
        let maturity = Maturity::of(raw);
        assert_eq!(maturity.raw, raw.trim());
        (maturity.trl, maturity.basis)
    }

    #[test]
    fn the_five_words_of_the_market_are_mapped() {
        for (raw, trl) in
            [("正在研发", 3), ("已有样品", 5), ("通过小试", 6), ("通过中试", 7), ("可以量产", 9)]
        {
            assert_eq!(level(raw), (Some(trl), Some(TrlBasis::Mapped)), "{raw}");
        }
        assert_eq!(level("　可以量產 "), (Some(9), Some(TrlBasis::Mapped)));
    }

    #[test]
    fn a_step_that_is_under_way_means_that_the_one_before_is_past() {
        for raw in ["中试", "中试阶段", "中试中"] {
            assert_eq!(level(raw), (Some(6), Some(TrlBasis::Mapped)), "{raw}");
        }
    }

    #[test]
    fn a_level_that_the_source_states_is_the_owners_own() {
        for raw in ["TRL 5", "trl5", "TRL-5", "ＴＲＬ：５", "技术成熟度5级"] {
            assert_eq!(level(raw), (Some(5), Some(TrlBasis::SelfDeclared)), "{raw}");
        }
    }

    #[test]
    fn other_words_have_no_level() {
        for raw in [
            "国审品种",
            "工艺成熟",
            "已应用",
            "已落地",
            "现场应用",
            "未通过中试",
            "小试",
            "TRL 0",
            "TRL 10",
            "TRL 4-5",
            "TRL",
            "TRL +5",
            "5",
            "",
        ] {
            assert_eq!(level(raw), (None, None), "{raw}");
        }
    }

    #[test]
    fn a_mapped_level_never_replaces_a_better_founded_one() {
        use TrlBasis::{Evaluated, Mapped, SelfDeclared};
        assert!(!Mapped.may_replace(Some(Evaluated)) && !Mapped.may_replace(Some(SelfDeclared)));
        assert!(!SelfDeclared.may_replace(Some(Evaluated)));
        assert!(Mapped.may_replace(Some(Mapped)) && Mapped.may_replace(None));
        assert!(Evaluated.may_replace(Some(Mapped)) && Evaluated.may_replace(Some(Evaluated)));
    }

    #[test]
    fn no_word_has_two_levels() {
        let mut words: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}

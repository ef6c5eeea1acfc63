//! Ways of cooperating 合作方式 and of selling 交易方式, and the reading of sources that glue them together:
//! `完全转让许可转让技术入股`, `技术转让;委托开发`, `拍卖转让`.

use crate::coded_enum;

coded_enum! {
    /// 合作方式
    pub enum CooperationMode: "cooperation_mode" {
        Transfer = "transfer" ("技术转让", "transfer"),
        Licence = "licence" ("许可", "licence"),
        ExclusiveLicence = "exclusive_licence" ("独占许可", "exclusive licence"),
        SoleLicence = "sole_licence" ("排他许可", "sole licence"),
        OrdinaryLicence = "ordinary_licence" ("普通许可", "ordinary licence"),
        Equity = "equity" ("作价入股", "equity"),
        JointDevelopment = "joint_development" ("合作开发", "joint development"),
        CommissionedDevelopment = "commissioned_development" ("委托开发", "commissioned development"),
        TechnicalService = "technical_service" ("技术服务", "technical service"),
        TechnicalConsulting = "technical_consulting" ("技术咨询", "technical consulting"),
        JointProduction = "joint_production" ("合作生产", "joint production"),
        StartUp = "start_up" ("创办企业", "founding a company"),
        Other = "other" ("其他", "other"),
    }
}

coded_enum! {
    /// 交易方式
    pub enum SaleMethod: "sale_method" {
        Agreement = "agreement" ("协议", "agreement"),
        Auction = "auction" ("拍卖/竞价", "auction"),
        Listing = "listing" ("挂牌", "listing"),
    }
}

/// What a phrase says.
#[derive(Clone, Copy)]
enum Says {
    Mode(CooperationMode),
    Sale(SaleMethod),
    ModeBySale(CooperationMode, SaleMethod),
    /// Whoever solves it is rewarded.
    Bounty,
}

/// The phrases that sources use, folded. Partly and jointly exclusive licences (部分独占, 共同独占) bind
/// the licensor less than 独占许可 does, and 独家 is used for both 独占 and 排他: of these only the licence
/// is sure.
const PHRASES: &[(Says, &[&str])] = &[
    (
        Says::Mode(CooperationMode::Transfer),
        &["完全转让", "技术转让", "转让", "专利转让", "专利权转让", "所有权转让", "成果转让", "assignment"],
    ),
    (
        Says::Mode(CooperationMode::Licence),
        &[
            "许可",
            "许可转让",
            "许可使用",
            "许可(使用权)",
            "技术许可",
            "专利许可",
            "实施许可",
            "专利实施许可",
            "使用许可",
            "使用权许可",
            "使用权转让",
            "独家许可",
            "部分独占许可",
            "共同独占许可",
            "非独占许可",
            "licence",
            "license",
            "licensing",
            "partially exclusive licence",
            "partially exclusive license",
            "co-exclusive licence",
            "co-exclusive license",
            "non-exclusive licence",
            "non-exclusive license",
            "nonexclusive license",
        ],
    ),
    (
        Says::Mode(CooperationMode::ExclusiveLicence),
        &["独占许可", "独占实施许可", "独占许可转让", "exclusive licence", "exclusive license"],
    ),
    (
        Says::Mode(CooperationMode::SoleLicence),
        &["排他许可", "排他实施许可", "排他许可转让", "sole licence", "sole license"],
    ),
    (
        Says::Mode(CooperationMode::OrdinaryLicence),
        // An open licence 开放许可 is an ordinary one by article 51 of the Patent Law.
        &["普通许可", "普通实施许可", "普通许可转让", "开放许可", "专利开放许可"],
    ),
    (
        Says::Mode(CooperationMode::Equity),
        &["技术入股", "作价入股", "技术作价入股", "专利入股", "知识产权入股", "作价投资", "入股", "equity"],
    ),
    (
        Says::Mode(CooperationMode::JointDevelopment),
        &[
            "合作开发",
            "联合开发",
            "共同开发",
            "合作研发",
            "联合研发",
            "联合攻关",
            "合作攻关",
            "joint development",
            "co-development",
        ],
    ),
    (
        Says::Mode(CooperationMode::CommissionedDevelopment),
        &["委托开发", "委托研发", "技术委托开发", "commissioned development"],
    ),
    (Says::Mode(CooperationMode::TechnicalService), &["技术服务", "technical service"]),
    (Says::Mode(CooperationMode::TechnicalConsulting), &["技术咨询", "technical consulting"]),
    (Says::Mode(CooperationMode::JointProduction), &["合作生产", "联合生产", "joint production"]),
    (Says::Mode(CooperationMode::StartUp), &["创办企业", "合作创办企业", "共同创办企业"]),
    (Says::Mode(CooperationMode::Other), &["其他", "其它", "其他方式", "other"]),
    (
        Says::ModeBySale(CooperationMode::Transfer, SaleMethod::Auction),
        &["拍卖转让", "竞价转让", "竞拍转让", "公开拍卖转让", "公开竞价转让"],
    ),
    (Says::ModeBySale(CooperationMode::Transfer, SaleMethod::Listing), &["挂牌转让", "公开挂牌转让"]),
    (Says::ModeBySale(CooperationMode::Transfer, SaleMethod::Agreement), &["协议转让"]),
    (
        Says::Sale(SaleMethod::Auction),
        &["拍卖", "竞价", "竞拍", "公开拍卖", "公开竞价", "网上竞价", "auction"],
    ),
    (Says::Sale(SaleMethod::Listing), &["挂牌", "公开挂牌", "挂牌交易"]),
    (Says::Sale(SaleMethod::Agreement), &["协议定价"]),
    (Says::Bounty, &["揭榜挂帅", "揭榜比拼", "揭榜合作", "揭榜", "悬赏", "悬赏揭榜", "bounty"]),
];

/// What a source's words for the cooperation say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CooperationReading {
    /// The modes, each once, in the order of the words.
    pub modes: Vec<CooperationMode>,
    /// How it is sold, where the words name one way.
    pub sale_method: Option<SaleMethod>,
    /// Whether the words call for solvers with a reward: 揭榜挂帅, 悬赏.
    pub bounty: bool,
    /// The parts that could not be read, as the source writes them.
    pub unknown: Vec<String>,
}

impl CooperationReading {
    /// Reads a source's words. A part between separators is read as a whole or not at all, so that
    /// `非技术转让` is never taken for a transfer.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        let mut reading = Self::default();
        let mut sale_parts: Vec<(SaleMethod, &str)> = Vec::new();
        let separators = [';', '；', '、', '，', ',', '/', '／', '|', '\n', '。'];
        for part in raw.split(separators).map(str::trim).filter(|part| !part.is_empty()) {
            let Some(said) = phrases(&super::folded(part)) else {
                reading.unknown.push(part.to_owned());
                continue;
            };
            for says in said {
                let (mode, sale) = match says {
                    Says::Mode(mode) => (Some(mode), None),
                    Says::Sale(sale) => (None, Some(sale)),
                    Says::ModeBySale(mode, sale) => (Some(mode), Some(sale)),
                    Says::Bounty => {
                        reading.bounty = true;
                        (None, None)
                    }
                };
                reading.modes.extend(mode.filter(|mode| !reading.modes.contains(mode)));
                sale_parts.extend(sale.map(|sale| (sale, part)));
            }
        }
        match sale_parts.split_first() {
            Some(((sale, _), others)) if others.iter().all(|(other, _)| other == sale) => {
                reading.sale_method = Some(*sale);
            }
            // Two ways of selling at once: which one holds is not for us to say.
            _ => reading.unknown.extend(sale_parts.iter().map(|(_, part)| (*part).to_owned())),
        }
        reading.unknown.dedup();
        reading
    }
}

/// Cuts a part into the phrases it is glued of, the longest first; none if anything is left over.
fn phrases(part: &str) -> Option<Vec<Says>> {
    let mut said = Vec::new();
    let mut rest = part;
    while !rest.is_empty() {
        let longest = PHRASES
            .iter()
            .flat_map(|(says, words)| words.iter().map(move |word| (*says, *word)))
            .filter(|(_, word)| rest.starts_with(word))
            .max_by_key(|(_, word)| word.len());
        let (says, word) = longest?;
        said.push(says);
        rest = rest[word.len()..].trim_start();
        // Between two phrases only; a part that ends in 或 is not understood.
        if let Some(next) = ["或", "和", "及", "与", "+"].iter().find_map(|joint| rest.strip_prefix(joint))
        {
            rest = next.trim_start();
            if rest.is_empty() {
                return None;
            }
        }
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::{CooperationMode as Mode, CooperationReading, PHRASES, SaleMethod};

    fn modes(raw: &str) -> Vec<Mode> {
        let reading = CooperationReading::of(raw);
        assert!(reading.unknown.is_empty(), "{raw}: {:?}", reading.unknown);
        reading.modes
    }

    #[test]
    fn glued_words_come_apart() {
        assert_eq!(modes("完全转让许可转让技术入股"), [Mode::Transfer, Mode::Licence, Mode::Equity]);
        assert_eq!(modes("独占许可转让"), [Mode::ExclusiveLicence]);
    }

    #[test]
    fn separators_of_any_width_part_the_words_and_each_mode_is_named_once() {
        let expected = [Mode::Transfer, Mode::Licence, Mode::Equity, Mode::JointProduction];
        assert_eq!(modes("完全转让;许可转让；技术入股、合作生产/技术转让"), expected);
        assert_eq!(
            modes("技术转让，技术许可 或 委托开发"),
            [Mode::Transfer, Mode::Licence, Mode::CommissionedDevelopment]
        );
        assert_eq!(modes("技術轉讓"), [Mode::Transfer]);
    }

    #[test]
    fn an_auction_is_a_way_of_selling_and_a_transfer() {
        for raw in ["拍卖转让", "竞价转让"] {
            let reading = CooperationReading::of(raw);
            assert_eq!(
                (reading.modes.as_slice(), reading.sale_method),
                (&[Mode::Transfer][..], Some(SaleMethod::Auction))
            );
            assert!(!reading.bounty && reading.unknown.is_empty());
        }
        assert_eq!(CooperationReading::of("拍卖").modes, [], "what is auctioned may be a licence");
    }

    #[test]
    fn two_ways_of_selling_are_reported_and_none_is_chosen() {
        let reading = CooperationReading::of("拍卖转让;挂牌转让");
        assert_eq!((reading.modes.as_slice(), reading.sale_method), (&[Mode::Transfer][..], None));
        assert_eq!(reading.unknown, ["拍卖转让", "挂牌转让"]);
    }

    #[test]
    fn a_call_for_solvers_is_a_bounty_and_no_mode() {
        for raw in ["揭榜挂帅", "揭榜比拼", "揭榜合作", "悬赏"] {
            let reading = CooperationReading::of(raw);
            assert!(reading.bounty && reading.modes.is_empty() && reading.unknown.is_empty(), "{raw}");
        }
        assert_eq!(modes("联合攻关"), [Mode::JointDevelopment]);
    }

    #[test]
    fn a_licence_is_as_exclusive_as_the_words_say_and_no_more() {
        assert_eq!(modes("许可（使用权）"), [Mode::Licence]);
        assert_eq!(modes("独占许可"), [Mode::ExclusiveLicence]);
        assert_eq!(modes("部分独占许可"), [Mode::Licence]);
        assert_eq!(modes("共同独占许可"), [Mode::Licence]);
        assert_eq!(modes("排他许可"), [Mode::SoleLicence]);
        assert_eq!(modes("普通许可"), [Mode::OrdinaryLicence]);
    }

    #[test]
    fn what_is_not_understood_is_reported_as_a_whole() {
        let reading = CooperationReading::of("非技术转让；合作开发；面议");
        assert_eq!(reading.modes, [Mode::JointDevelopment]);
        assert_eq!(reading.unknown, ["非技术转让", "面议"]);
        for raw in ["技术转让或", "技术", "🦀"] {
            assert_eq!(CooperationReading::of(raw).unknown, [raw]);
        }
        assert_eq!(CooperationReading::of(" ；、"), CooperationReading::default());
    }

    #[test]
    fn no_phrase_says_two_things() {
        let mut words: Vec<&str> = PHRASES.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}

//! Industries: the codes of GB/T 4754-2017 国民经济行业分类, and industry names as sources write them.
//!
//! A code is a section letter A-T, alone or followed by a division (two digits, 01-97, each of one
//! section), a group (three) or a class (four). Sections and divisions are known here by name; groups
//! and classes are only checked for their shape.

use std::{fmt, str::FromStr};

use super::code_list::Coded;
use crate::coded_enum;

coded_enum! {
    /// 国民经济行业门类, the sections of GB/T 4754-2017.
    pub enum IndustrySection: "industry_section" {
        Agriculture = "A" ("农、林、牧、渔业", "agriculture, forestry, animal husbandry and fishery"),
        Mining = "B" ("采矿业", "mining"),
        Manufacturing = "C" ("制造业", "manufacturing"),
        Utilities = "D" ("电力、热力、燃气及水生产和供应业", "production and supply of electricity, heat, gas and water"),
        Construction = "E" ("建筑业", "construction"),
        Trade = "F" ("批发和零售业", "wholesale and retail trade"),
        Transport = "G" ("交通运输、仓储和邮政业", "transport, storage and post"),
        Hospitality = "H" ("住宿和餐饮业", "accommodation and catering"),
        Information = "I" ("信息传输、软件和信息技术服务业", "information transmission, software and information technology services"),
        Finance = "J" ("金融业", "finance"),
        RealEstate = "K" ("房地产业", "real estate"),
        Business = "L" ("租赁和商务服务业", "leasing and business services"),
        Science = "M" ("科学研究和技术服务业", "scientific research and technical services"),
        PublicFacilities = "N" ("水利、环境和公共设施管理业", "management of water conservancy, environment and public facilities"),
        HouseholdServices = "O" ("居民服务、修理和其他服务业", "household services, repair and other services"),
        Education = "P" ("教育", "education"),
        Health = "Q" ("卫生和社会工作", "health and social work"),
        Culture = "R" ("文化、体育和娱乐业", "culture, sports and entertainment"),
        PublicAdministration = "S" ("公共管理、社会保障和社会组织", "public administration, social security and social organisations"),
        International = "T" ("国际组织", "international organisations"),
    }
}

/// The 97 divisions 大类 in their order: they are numbered from 01 without a gap.
const DIVISIONS: [(IndustrySection, &[&str]); 20] = [
    (IndustrySection::Agriculture, &["农业", "林业", "畜牧业", "渔业", "农、林、牧、渔专业及辅助性活动"]),
    (
        IndustrySection::Mining,
        &[
            "煤炭开采和洗选业",
            "石油和天然气开采业",
            "黑色金属矿采选业",
            "有色金属矿采选业",
            "非金属矿采选业",
            "开采专业及辅助性活动",
            "其他采矿业",
        ],
    ),
    (
        IndustrySection::Manufacturing,
        &[
            "农副食品加工业",
            "食品制造业",
            "酒、饮料和精制茶制造业",
            "烟草制品业",
            "纺织业",
            "纺织服装、服饰业",
            "皮革、毛皮、羽毛及其制品和制鞋业",
            "木材加工和木、竹、藤、棕、草制品业",
            "家具制造业",
            "造纸和纸制品业",
            "印刷和记录媒介复制业",
            "文教、工美、体育和娱乐用品制造业",
            "石油、煤炭及其他燃料加工业",
            "化学原料和化学制品制造业",
            "医药制造业",
            "化学纤维制造业",
            "橡胶和塑料制品业",
            "非金属矿物制品业",
            "黑色金属冶炼和压延加工业",
            "有色金属冶炼和压延加工业",
            "金属制品业",
            "通用设备制造业",
            "专用设备制造业",
            "汽车制造业",
            "铁路、船舶、航空航天和其他运输设备制造业",
            "电气机械和器材制造业",
            "计算机、通信和其他电子设备制造业",
            "仪器仪表制造业",
            "其他制造业",
            "废弃资源综合利用业",
            "金属制品、机械和设备修理业",
        ],
    ),
    (IndustrySection::Utilities, &["电力、热力生产和供应业", "燃气生产和供应业", "水的生产和供应业"]),
    (
        IndustrySection::Construction,
        &["房屋建筑业", "土木工程建筑业", "建筑安装业", "建筑装饰、装修和其他建筑业"],
    ),
    (IndustrySection::Trade, &["批发业", "零售业"]),
    (
        IndustrySection::Transport,
        &[
            "铁路运输业",
            "道路运输业",
            "水上运输业",
            "航空运输业",
            "管道运输业",
            "多式联运和运输代理业",
            "装卸搬运和仓储业",
            "邮政业",
        ],
    ),
    (IndustrySection::Hospitality, &["住宿业", "餐饮业"]),
    (
        IndustrySection::Information,
        &["电信、广播电视和卫星传输服务", "互联网和相关服务", "软件和信息技术服务业"],
    ),
    (IndustrySection::Finance, &["货币金融服务", "资本市场服务", "保险业", "其他金融业"]),
    (IndustrySection::RealEstate, &["房地产业"]),
    (IndustrySection::Business, &["租赁业", "商务服务业"]),
    (IndustrySection::Science, &["研究和试验发展", "专业技术服务业", "科技推广和应用服务业"]),
    (
        IndustrySection::PublicFacilities,
        &["水利管理业", "生态保护和环境治理业", "公共设施管理业", "土地管理业"],
    ),
    (IndustrySection::HouseholdServices, &["居民服务业", "机动车、电子产品和日用产品修理业", "其他服务业"]),
    (IndustrySection::Education, &["教育"]),
    (IndustrySection::Health, &["卫生", "社会工作"]),
    (
        IndustrySection::Culture,
        &["新闻和出版业", "广播、电视、电影和录音制作业", "文化艺术业", "体育", "娱乐业"],
    ),
    (
        IndustrySection::PublicAdministration,
        &[
            "中国共产党机关",
            "国家机构",
            "人民政协、民主党派",
            "社会保障",
            "群众团体、社会团体和其他成员组织",
            "基层群众自治组织及其他组织",
        ],
    ),
    (IndustrySection::International, &["国际组织"]),
];

/// All divisions with their section, number and name.
fn divisions() -> impl Iterator<Item = (IndustrySection, usize, &'static str)> {
    let of_section = |(section, names): (IndustrySection, &'static [&'static str])| {
        names.iter().map(move |name| (section, *name))
    };
    DIVISIONS
        .into_iter()
        .flat_map(of_section)
        .zip(1..)
        .map(|((section, name), number)| (section, number, name))
}

/// A code of GB/T 4754-2017, such as `C36`: a section, and up to four digits whose first two are one of
/// its divisions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndustryCode(String);

/// A text that is no industry code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnIndustryCode;

impl fmt::Display for NotAnIndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("不是 GB/T 4754-2017 代码，例如 C36 / no code of GB/T 4754-2017, such as C36")
    }
}

impl std::error::Error for NotAnIndustryCode {}

impl FromStr for IndustryCode {
    type Err = NotAnIndustryCode;

    /// Strict: codes are stored as they are sent, so `c36` is none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (letter, digits) = text.split_at_checked(1).ok_or(NotAnIndustryCode)?;
        let section: IndustrySection = letter.parse().map_err(|_| NotAnIndustryCode)?;
        let known = match digits.len() {
            0 => true,
            2..=4 if digits.bytes().all(|b| b.is_ascii_digit()) => {
                divisions().any(|(of, number, _)| of == section && digits[..2] == format!("{number:02}"))
            }
            _ => false,
        };
        if known { Ok(Self(text.to_owned())) } else { Err(NotAnIndustryCode) }
    }
}

impl fmt::Display for IndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl IndustryCode {
    /// The code as it is stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code of a section or division that a source writes by its name, alone (`制造业`) or under its
    /// section (`制造业——汽车制造业`). Signs may differ (`电力、热力、燃气、及水生产和供应业`), words may not. A division
    /// whose name is a common word (农业, 教育, 纺织业) is only taken under its section.
    #[must_use]
    pub fn read(raw: &str) -> Option<Self> {
        let folded = super::folded(raw);
        let parts: Vec<String> = folded
            .split(['-', '—', '–', '―', '─', '>'])
            .map(letters)
            .filter(|part| !part.is_empty())
            .collect();
        let section = |name: &str| {
            IndustrySection::ALL.iter().copied().find(|section| letters(section.label_zh()) == *name)
        };
        match parts.as_slice() {
            [name] => match section(name) {
                Some(section) if name.ends_with('业') => Some(Self(section.code().to_owned())),
                Some(_) => None,
                None => divisions()
                    .find(|(_, _, division)| letters(division) == *name && name.chars().count() > 3)
                    .filter(|(_, _, division)| division.ends_with('业'))
                    .map(|(section, number, _)| Self(format!("{section}{number:02}"))),
            },
            [above, name] => {
                let above = section(above)?;
                divisions()
                    .find(|(of, _, division)| *of == above && letters(division) == *name)
                    .map(|(section, number, _)| Self(format!("{section}{number:02}")))
            }
            _ => None,
        }
    }
}

/// A name without its signs, which sources set as they like.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::{DIVISIONS, IndustryCode, IndustrySection, divisions};

    fn read(raw: &str) -> Option<String> {
        IndustryCode::read(raw).map(|code| code.to_string())
    }

    #[test]
    fn there_are_twenty_sections_and_ninety_seven_divisions() {
        assert_eq!(IndustrySection::ALL.len(), DIVISIONS.len());
        assert!(IndustrySection::ALL.iter().eq(DIVISIONS.iter().map(|(section, _)| section)));
        assert_eq!(divisions().last(), Some((IndustrySection::International, 97, "国际组织")));
    }

    #[test]
    fn a_division_has_the_number_of_the_standard() {
        for (code, name) in [
            ("A05", "农、林、牧、渔专业及辅助性活动"),
            ("C13", "农副食品加工业"),
            ("C27", "医药制造业"),
            ("C36", "汽车制造业"),
            ("C38", "电气机械和器材制造业"),
            ("C43", "金属制品、机械和设备修理业"),
            ("G60", "邮政业"),
            ("I65", "软件和信息技术服务业"),
            ("M75", "科技推广和应用服务业"),
            ("R90", "娱乐业"),
        ] {
            let found = divisions().find(|(_, _, division)| *division == name);
            let found = found.map(|(section, number, _)| format!("{section}{number:02}"));
            assert_eq!(found.as_deref(), Some(code), "{name}");
        }
    }

    #[test]
    fn a_code_is_a_section_with_no_or_two_to_four_digits_of_it() {
        for code in ["A", "T", "C36", "C367", "C3670", "A01", "T97"] {
            assert!(code.parse::<IndustryCode>().is_ok(), "{code}");
        }
        for text in
            ["", "U", "c36", "C3", "36", "C01", "A36", "C36700", "C3x", "C 36", "制造业", "C３６", "C98"]
        {
            assert!(text.parse::<IndustryCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_of_sections_and_divisions_are_read_whatever_signs_they_carry() {
        assert_eq!(read("制造业——汽车制造业").as_deref(), Some("C36"));
        assert_eq!(read("汽车制造业").as_deref(), Some("C36"));
        assert_eq!(read(" 制造业 ").as_deref(), Some("C"));
        assert_eq!(read("電力、熱力、燃氣、及水生產和供應業").as_deref(), Some("D"));
        assert_eq!(read("农、林、牧、渔业-农业").as_deref(), Some("A01"));
        assert_eq!(read("房地产业").as_deref(), Some("K"));
    }

    #[test]
    fn a_common_word_or_a_division_under_another_section_is_no_industry() {
        for raw in [
            "农业",
            "教育",
            "体育",
            "社会保障",
            "纺织业",
            "采矿业-汽车制造业",
            "汽车",
            "汽车及零部件",
            "制造业-",
            "-",
            "",
        ] {
            let expected = (raw == "制造业-").then_some("C");
            assert_eq!(read(raw).as_deref(), expected, "{raw}");
        }
    }
}

//! Fields of technology, as the state's list of supported ones names them, and the zone's own industries.
//!
//! Sources classify by lists of their own. Their words are read as a field only where they are a heading
//! of 《国家重点支持的高新技术领域》 (国科发火〔2016〕32 号, annex) or a market's plain name for one of its
//! eight parts. A word that the list has under two parts (传感器, 轨道交通) or under none (现代农业,
//! Mechanical, Nanotechnology) is not read.

pub use super::industry::{IndustryCode, NotAnIndustryCode};
use crate::coded_enum;

coded_enum! {
    /// 国家重点支持的高新技术领域
    pub enum Field: "field" {
        ElectronicsInformation = "electronics_information" ("电子信息", "electronics and information"),
        BiologyMedicine = "biology_medicine" ("生物与新医药", "biology and medicine"),
        Aerospace = "aerospace" ("航空航天", "aerospace"),
        NewMaterials = "new_materials" ("新材料", "new materials"),
        HighTechServices = "high_tech_services" ("高技术服务", "high-tech services"),
        NewEnergy = "new_energy" ("新能源与节能", "new energy and saving"),
        ResourcesEnvironment = "resources_environment" ("资源与环境", "resources and environment"),
        AdvancedManufacturing = "advanced_manufacturing" ("先进制造与自动化", "advanced manufacturing and automation"),
    }
}

coded_enum! {
    /// 园区主导产业
    pub enum ZoneIndustry: "zone_industry" {
        AutoParts = "auto_parts" ("汽车零部件", "automotive parts"),
        SmartAppliances = "smart_appliances" ("智能家电", "smart appliances"),
        PharmaChemicals = "pharma_chemicals" ("医药化工", "pharmaceuticals and chemicals"),
    }
}

/// The eight parts of the list, by their own names and by those that other markets and plans give them.
/// Such a name decides for whatever stands below it: `新材料-膜材料`.
const PARTS: [(Field, &[&str]); 8] = [
    (
        Field::ElectronicsInformation,
        &[
            "电子信息",
            "电子信息技术",
            "电子与信息",
            "electronics and information",
            "electronics & information",
        ],
    ),
    (
        Field::BiologyMedicine,
        &[
            "生物与新医药",
            "生物与新医药技术",
            "生物医药",
            "生物与医药",
            "医药",
            "biology and medicine",
            "biomedicine",
        ],
    ),
    (Field::Aerospace, &["航空航天", "航空航天技术", "aerospace"]),
    (Field::NewMaterials, &["新材料", "新材料技术", "new materials", "advanced materials"]),
    (Field::HighTechServices, &["高技术服务", "高技术服务业", "high-tech services"]),
    (
        Field::NewEnergy,
        &[
            "新能源与节能",
            "新能源及节能",
            "新能源与节能技术",
            "新能源及节能技术",
            "新能源",
            "新能源与高效节能",
            "new energy",
        ],
    ),
    (
        Field::ResourcesEnvironment,
        &["资源与环境", "资源与环境技术", "资源环境", "资源环保", "环境保护", "环保", "environment"],
    ),
    (
        Field::AdvancedManufacturing,
        &[
            "先进制造与自动化",
            "先进制造",
            "装备制造",
            "高端装备",
            "高端装备制造",
            "智能制造",
            "advanced manufacturing",
        ],
    ),
];

/// Headings below the eight parts that stand under one part alone and say enough without it; and the
/// plain words for them.
const HEADINGS: [(Field, &[&str]); 8] = [
    (
        Field::ElectronicsInformation,
        &[
            "软件",
            "计算机软件",
            "工业软件",
            "微电子",
            "微电子技术",
            "集成电路",
            "通信技术",
            "信息安全",
            "信息安全技术",
            "新型电子元器件",
            "software",
        ],
    ),
    (
        Field::BiologyMedicine,
        &[
            "医药生物技术",
            "中药、天然药物",
            "化学药研发技术",
            "化学药",
            "医疗仪器、设备与医学专用软件",
            "轻工和化工生物技术",
            "农业生物技术",
            "农林植物新品种",
            "农林植物优良新品种与优质高效安全生产技术",
            "畜禽水产优良新品种与健康养殖技术",
            "现代农业装备与信息化技术",
        ],
    ),
    (Field::Aerospace, &["航空技术", "航天技术"]),
    (
        Field::NewMaterials,
        &["金属材料", "无机非金属材料", "高分子材料", "生物医用材料", "精细和专用化学品", "化工新材料"],
    ),
    (
        Field::HighTechServices,
        &[
            "研发与设计服务",
            "检验检测",
            "检验检测认证",
            "检验检测认证与标准服务",
            "信息技术服务",
            "知识产权",
            "知识产权与成果转化服务",
            "电子商务与现代物流技术",
        ],
    ),
    (
        Field::NewEnergy,
        &[
            "可再生清洁能源",
            "核能及氢能",
            "新型高效能量转换与储存技术",
            "高效节能",
            "高效节能技术",
            "太阳能",
            "风能",
        ],
    ),
    (
        Field::ResourcesEnvironment,
        &[
            "水污染控制与水资源利用技术",
            "水污染防治",
            "大气污染控制技术",
            "大气污染防治",
            "固体废弃物处置与综合利用技术",
            "物理性污染防治技术",
            "生态环境建设与保护技术",
            "清洁生产技术",
        ],
    ),
    (
        Field::AdvancedManufacturing,
        &[
            "工业生产过程控制系统",
            "安全生产技术",
            "先进制造工艺与装备",
            "机器人",
            "增材制造",
            "新型机械",
            "电力系统与设备",
            "汽车及轨道车辆相关技术",
            "汽车及零部件",
            "汽车零部件",
            "汽车关键零部件技术",
        ],
    ),
];

/// The words for the zone's industries.
const ZONE_WORDS: [(ZoneIndustry, &[&str]); 3] = [
    (ZoneIndustry::AutoParts, &["汽车零部件", "汽车及零部件", "汽车及其零部件", "汽车关键零部件技术"]),
    (ZoneIndustry::SmartAppliances, &["家电", "智能家电", "家用电器", "智能家居家电"]),
    (ZoneIndustry::PharmaChemicals, &["医药化工", "化工医药"]),
];

/// What a source's words for a field say. What is absent was not said clearly enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldReading {
    /// One of the eight fields.
    pub field: Option<Field>,
    /// Where the words name an industry and no technology: 制造业——汽车制造业.
    pub industry_code: Option<IndustryCode>,
    /// One of the zone's industries.
    pub zone_industry: Option<ZoneIndustry>,
}

impl FieldReading {
    /// Reads a source's classification, such as `新材料-复合材料`: levels are divided by dashes, alternatives
    /// by slashes, and alternatives that disagree say nothing.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        let folded = super::folded(raw);
        Self {
            field: agreed(&folded, field),
            industry_code: IndustryCode::read(raw),
            zone_industry: agreed(&folded, |levels| {
                levels.iter().find_map(|level| named(level, &ZONE_WORDS))
            }),
        }
    }

    /// Whether nothing could be read: the words then wait for a person.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What all alternatives of a classification say alike.
fn agreed<T: PartialEq>(folded: &str, of_levels: impl Fn(&[&str]) -> Option<T>) -> Option<T> {
    let mut said = folded.split(['/', ';', '|', '，', ',']).map(|alternative| {
        let levels: Vec<&str> = alternative
            .split(['-', '—', '–', '―', '─', '>'])
            .map(str::trim)
            .filter(|level| !level.is_empty())
            .collect();
        of_levels(&levels)
    });
    let first = said.next()??;
    said.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// A part of the list decides from above; below a word that is none, a heading may.
fn field(levels: &[&str]) -> Option<Field> {
    let whole = levels.join("-");
    let (first, below) = levels.split_first()?;
    named(&whole, &PARTS)
        .or_else(|| named(first, &PARTS))
        .or_else(|| named(first, &HEADINGS))
        .or_else(|| below.iter().find_map(|level| named(level, &HEADINGS)))
}

fn named<T: Copy>(word: &str, names: &[(T, &[&str])]) -> Option<T> {
    names.iter().find(|(_, words)| words.contains(&word)).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::{Field, FieldReading, HEADINGS, PARTS, ZoneIndustry};
    use crate::value::code_list::Coded;

    fn field(raw: &str) -> Option<Field> {
        FieldReading::of(raw).field
    }

    #[test]
    fn the_part_of_a_classification_decides_for_what_stands_below() {
        assert_eq!(field("电子信息-计算机软件"), Some(Field::ElectronicsInformation));
        assert_eq!(field("新材料-复合材料"), Some(Field::NewMaterials));
        assert_eq!(field("新材料-生物医用材料"), Some(Field::NewMaterials));
        assert_eq!(field("生物医药-化学药"), Some(Field::BiologyMedicine));
        assert_eq!(field("新能源—电池"), Some(Field::NewEnergy));
        assert_eq!(field("装备制造-机加工"), Some(Field::AdvancedManufacturing));
        assert_eq!(field("资源环保-大气污染防治"), Some(Field::ResourcesEnvironment));
        assert_eq!(field("新材料"), Some(Field::NewMaterials));
    }

    #[test]
    fn every_field_is_read_by_its_own_labels() {
        for value in Field::ALL {
            assert_eq!(field(value.label_zh()), Some(*value));
        }
    }

    #[test]
    fn below_a_word_of_another_list_a_heading_may_decide() {
        assert_eq!(field("现代农业-农业生物技术"), Some(Field::BiologyMedicine));
        assert_eq!(field("技术服务-检验检测"), Some(Field::HighTechServices));
        assert_eq!(field("交通运输-汽车及零部件"), Some(Field::AdvancedManufacturing));
    }

    #[test]
    fn what_does_not_clearly_name_a_field_is_not_read() {
        for raw in [
            "现代农业",
            "Mechanical",
            "Sensors",
            "Nanotechnology",
            "传感器",
            "轨道交通",
            "交通运输-轨道交通",
            "减振",
            "工博会高校展区",
            "医药化工",
            "汽车电子",
            "农业机器人",
            "Energy/Chemistry",
            "石油工程/软件",
            "新材料/新能源",
            "",
            "-",
        ] {
            assert_eq!(field(raw), None, "{raw}");
        }
    }

    #[test]
    fn alternatives_that_agree_are_read() {
        assert_eq!(field("新材料/化工新材料"), Some(Field::NewMaterials));
    }

    #[test]
    fn an_industry_is_no_field_and_its_code_is_read() {
        let reading = FieldReading::of("制造业——汽车制造业");
        assert_eq!(reading.field, None);
        assert_eq!(reading.industry_code.as_ref().map(|code| code.as_str()), Some("C36"));
        assert_eq!(reading.zone_industry, None, "whole cars are not parts");
    }

    #[test]
    fn the_zones_industries_are_read_from_clear_words_alone() {
        let zone = |raw| FieldReading::of(raw).zone_industry;
        assert_eq!(zone("汽车及零部件"), Some(ZoneIndustry::AutoParts));
        assert_eq!(zone("生活必需-家电"), Some(ZoneIndustry::SmartAppliances));
        assert_eq!(zone("医药化工"), Some(ZoneIndustry::PharmaChemicals));
        for raw in ["汽车电子", "化工", "医药", "精细化工", "电子信息"] {
            assert_eq!(zone(raw), None, "{raw}");
        }
    }

    #[test]
    fn no_word_stands_for_two_fields() {
        let mut words: Vec<&str> =
            PARTS.iter().chain(&HEADINGS).flat_map(|(_, words)| words.iter().copied()).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        for word in words {
            assert_eq!(word, crate::value::folded(word), "a reading compares folded words");
        }
    }

    #[test]
    fn nothing_read_is_told() {
        assert!(FieldReading::of("减振").is_empty());
        assert!(!FieldReading::of("家电").is_empty());
    }
}

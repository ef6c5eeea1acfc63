//! What each template asks for.

use techmart_entity::{
    demand::DemandType,
    listing::{Audience, ListingKind},
    provider::ProviderType,
    value::{code_list::Coded, cooperation::CooperationMode, field::Field},
};

use crate::features::{code_list, import::mapping::Column};

/// A column of a template.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    pub column: Column,
    pub zh: &'static str,
    /// Whether a row without it is refused.
    pub needed: bool,
    /// How to fill it in.
    pub hint: &'static str,
    pub hint_en: &'static str,
    pub example: &'static str,
}

impl Heading {
    /// As it stands above the column: with a star where it is needed.
    #[must_use]
    pub fn title(&self) -> String {
        let star = if self.needed { "*" } else { "" };
        format!("{}{star}", self.zh)
    }
}

const fn heading(
    column: Column,
    zh: &'static str,
    hint: &'static str,
    hint_en: &'static str,
    example: &'static str,
) -> Heading {
    Heading { column, zh, needed: false, hint, hint_en, example }
}

const fn title(zh: &'static str, example: &'static str) -> Heading {
    Heading {
        column: Column::Title,
        zh,
        needed: true,
        hint: "必填，200 字以内。",
        hint_en: "Required; 200 characters at most.",
        example,
    }
}

const TITLE_EN: Heading =
    heading(Column::TitleEn, "英文名称", "可不填，300 字以内。", "Optional; 300 characters at most.", "");
const FIELD: Heading = heading(
    Column::Field,
    "技术领域",
    "从下拉列表选择国家重点支持的高新技术领域。",
    "Choose one of the national fields from the list.",
    "新能源与节能",
);
const INDUSTRY: Heading = heading(
    Column::Industry,
    "行业代码",
    "GB/T 4754 的行业名称或代码，例如 C3444。",
    "An industry of GB/T 4754 by name or code, such as C3444.",
    "",
);
const COOPERATION: Heading = heading(
    Column::Cooperation,
    "合作方式",
    "从下拉列表选择；多项用分号隔开，例如：技术转让;合作开发。",
    "Choose from the list; several are parted by semicolons.",
    "技术转让;合作开发",
);
const KEYWORDS: Heading = heading(
    Column::Keywords,
    "关键词",
    "用分号隔开，最多 30 个。",
    "Parted by semicolons, 30 at most.",
    "氢能;循环泵",
);
const CONTACT_NAME: Heading = heading(
    Column::ContactName,
    "联系人",
    "不公开；双方同意对接后才互相可见。",
    "Not public: shown to the other side once both agree.",
    "",
);
const CONTACT_PHONE: Heading = heading(
    Column::ContactPhone,
    "联系电话",
    "不公开。请按文本填写，保留区号。",
    "Not public. Written as text.",
    "",
);
const CONTACT_EMAIL: Heading = heading(Column::ContactEmail, "电子邮箱", "不公开。", "Not public.", "");
const CONTACT_WECHAT: Heading = heading(Column::ContactWechat, "微信", "不公开。", "Not public.", "");
const PUBLICITY: Heading = heading(
    Column::Publicity,
    "公开方式",
    "从下拉列表选择；不填即公开。",
    "Choose from the list; public when empty.",
    "",
);
const SOURCE_ID: Heading = heading(
    Column::SourceId,
    "来源编号",
    "原系统中的唯一编号。再次导入时按编号认出同一条；没有编号则按名称和来源网址认出。",
    "The id in the system it comes from, by which it is known again; else by title and address.",
    "",
);
const SOURCE_URL: Heading = heading(
    Column::SourceUrl,
    "来源网址",
    "http 或 https 开头的网页地址；没有权属单位时，发布审核需要它作证据。",
    "The page it comes from, http or https: the evidence where no owner is named.",
    "https://example.com/a/1",
);
const LANGUAGE: Heading =
    heading(Column::Language, "语言", "中文或英文。", "The language of the text.", "中文");

const ACHIEVEMENT: &[Heading] = &[
    title("成果名称", "【示例】氢气循环泵（此行导入时自动忽略）"),
    TITLE_EN,
    heading(
        Column::Summary,
        "成果简介",
        "2000 字以内。",
        "2,000 characters at most.",
        "用于燃料电池系统的氢气循环泵。",
    ),
    heading(Column::Detail, "成果介绍", "20000 字以内。", "20,000 characters at most.", ""),
    heading(
        Column::Organisation,
        "完成单位",
        "写一个单位的全称；不要写团队、多个单位或“未公开”。",
        "The full name of one organisation; no team, not several.",
        "某某大学",
    ),
    FIELD,
    INDUSTRY,
    heading(
        Column::Maturity,
        "成熟度",
        "从下拉列表选择：TRL 1-9，或已有样品、通过小试、通过中试、可以量产等。",
        "Choose from the list: TRL 1-9, or one of the market's words.",
        "通过中试",
    ),
    COOPERATION,
    heading(
        Column::Price,
        "意向价格",
        "例如：50万元、30-50万元、面议。",
        "Such as 50万元, 30-50万元, 面议 (negotiable).",
        "面议",
    ),
    KEYWORDS,
    heading(Column::ProblemSolved, "解决的问题", "5000 字以内。", "5,000 characters at most.", ""),
    heading(Column::Advantage, "技术优势", "5000 字以内。", "5,000 characters at most.", ""),
    heading(Column::Economics, "经济效益", "5000 字以内。", "5,000 characters at most.", ""),
    heading(Column::Scenarios, "应用场景", "5000 字以内。", "5,000 characters at most.", ""),
    heading(Column::Team, "团队", "2000 字以内。", "2,000 characters at most.", ""),
    heading(Column::DemoHistory, "示范应用", "5000 字以内。", "5,000 characters at most.", ""),
    heading(
        Column::Patent,
        "专利号",
        "完整专利号或申请号，多项用分号隔开。",
        "Complete patent numbers, parted by semicolons.",
        "",
    ),
    heading(Column::RegistrationNo, "成果登记号", "", "", ""),
    CONTACT_NAME,
    CONTACT_PHONE,
    CONTACT_EMAIL,
    CONTACT_WECHAT,
    PUBLICITY,
    SOURCE_ID,
    SOURCE_URL,
    LANGUAGE,
];

const DEMAND: &[Heading] = &[
    title("需求名称", "【示例】寻求低成本氢气循环泵（此行导入时自动忽略）"),
    TITLE_EN,
    heading(
        Column::Summary,
        "需求简介",
        "2000 字以内。",
        "2,000 characters at most.",
        "需要一种低成本的氢气循环泵。",
    ),
    heading(
        Column::Organisation,
        "需求单位",
        "写一个单位的全称；不要写“某企业”或“未公开”。",
        "The full name of one organisation.",
        "某某科技有限公司",
    ),
    heading(Column::DemandType, "需求类型", "从下拉列表选择。", "Choose from the list.", ""),
    FIELD,
    INDUSTRY,
    heading(Column::Background, "需求背景", "5000 字以内。", "5,000 characters at most.", ""),
    heading(
        Column::Problem,
        "主要技术难题",
        "10000 字以内。",
        "10,000 characters at most.",
        "泵体成本高，寿命不足。",
    ),
    heading(Column::Target, "主要技术目标", "10000 字以内。", "10,000 characters at most.", ""),
    heading(Column::CurrentState, "现有基础", "5000 字以内。", "5,000 characters at most.", ""),
    COOPERATION,
    heading(
        Column::Price,
        "投入预算",
        "例如：50万元、30-50万元、面议。",
        "Such as 50万元, 30-50万元, 面议 (negotiable).",
        "50万元",
    ),
    heading(Column::Bounty, "是否悬赏", "是或否。", "Yes or no.", "否"),
    heading(Column::StartOn, "开始日期", "例如：2026-03-01。", "Such as 2026-03-01.", ""),
    heading(Column::DeadlineOn, "截止日期", "例如：2026-12-31。", "Such as 2026-12-31.", ""),
    KEYWORDS,
    heading(Column::Town, "乡镇", "从下拉列表选择。", "Choose from the list.", ""),
    CONTACT_NAME,
    CONTACT_PHONE,
    CONTACT_EMAIL,
    CONTACT_WECHAT,
    PUBLICITY,
    SOURCE_ID,
    SOURCE_URL,
    LANGUAGE,
];

const PROVIDER: &[Heading] = &[
    title("机构名称", "【示例】某某技术转移中心（此行导入时自动忽略）"),
    TITLE_EN,
    heading(Column::Summary, "机构简介", "2000 字以内。", "2,000 characters at most.", "提供技术转移服务。"),
    heading(Column::Detail, "详细介绍", "20000 字以内。", "20,000 characters at most.", ""),
    heading(
        Column::Organisation,
        "所属单位",
        "运营机构的单位全称。",
        "The full name of the organisation that runs it.",
        "",
    ),
    heading(
        Column::ProviderTypes,
        "服务类型",
        "从下拉列表选择；多项用分号隔开。",
        "Choose from the list; several are parted by semicolons.",
        "",
    ),
    heading(
        Column::Services,
        "服务项目",
        "用分号隔开，最多 50 项。",
        "Parted by semicolons, 50 at most.",
        "",
    ),
    heading(
        Column::Qualifications,
        "资质证书",
        "用分号隔开，最多 50 项。",
        "Parted by semicolons, 50 at most.",
        "",
    ),
    heading(Column::Performance, "服务业绩", "5000 字以内。", "5,000 characters at most.", ""),
    KEYWORDS,
    CONTACT_NAME,
    CONTACT_PHONE,
    CONTACT_EMAIL,
    CONTACT_WECHAT,
    SOURCE_ID,
    SOURCE_URL,
    LANGUAGE,
];

/// The columns of the template for a kind, in their order.
#[must_use]
pub fn headings(kind: ListingKind) -> &'static [Heading] {
    match kind {
        ListingKind::Achievement => ACHIEVEMENT,
        ListingKind::Demand => DEMAND,
        ListingKind::Provider => PROVIDER,
    }
}

/// The market's words of maturity that the import knows.
const MATURITY: [&str; 5] = ["正在研发", "已有样品", "通过小试", "通过中试", "可以量产"];

/// The values that can be chosen in a column; none where any text may stand.
#[must_use]
pub fn choices(kind: ListingKind, column: Column) -> Option<Vec<String>> {
    let lists: [(Column, Choices); 9] = [
        (Column::Field, fields),
        (Column::Maturity, |_| Some(maturities())),
        (Column::Cooperation, |_| Some(labels::<CooperationMode>())),
        (Column::DemandType, |_| Some(labels::<DemandType>())),
        (Column::ProviderTypes, |_| Some(labels::<ProviderType>())),
        (Column::Bounty, |_| Some(vec!["是".to_owned(), "否".to_owned()])),
        (Column::Language, |_| Some(vec!["中文".to_owned(), "英文".to_owned()])),
        (Column::Town, |_| towns()),
        (Column::Publicity, audiences),
    ];
    lists.iter().find(|(of, _)| *of == column).and_then(|(_, list)| list(kind))
}

/// The values of a column, by the kind of listing.
type Choices = fn(ListingKind) -> Option<Vec<String>>;

/// A provider's field is its types of service.
fn fields(kind: ListingKind) -> Option<Vec<String>> {
    (kind != ListingKind::Provider).then(labels::<Field>)
}

fn maturities() -> Vec<String> {
    let levels = (1..=9).map(|level| format!("TRL {level}"));
    MATURITY.iter().map(|word| (*word).to_owned()).chain(levels).collect()
}

fn towns() -> Option<Vec<String>> {
    let list = code_list::find("town")?;
    Some(list.list.items.iter().map(|item| item.zh.clone()).collect())
}

fn audiences(kind: ListingKind) -> Option<Vec<String>> {
    let allowed = match kind {
        ListingKind::Achievement => [Audience::Public, Audience::SignedIn, Audience::Parties],
        ListingKind::Demand => [Audience::Public, Audience::Anonymous, Audience::Unlisted],
        ListingKind::Provider => return None,
    };
    Some(allowed.iter().map(|item| item.label_zh().to_owned()).collect())
}

fn labels<T: Coded>() -> Vec<String> {
    T::ALL.iter().map(|item| item.label_zh().to_owned()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::{Map, Value, json};
    use techmart_entity::{listing::ListingKind, value::code_list::Coded};

    use super::{choices, headings};
    use crate::features::import::mapping::{Column, map};

    #[test]
    fn the_import_knows_every_heading_of_a_template() {
        for kind in ListingKind::ALL {
            for heading in headings(*kind) {
                assert_eq!(Column::named(heading.zh), Some(heading.column), "{}", heading.zh);
            }
        }
    }

    #[test]
    fn the_import_understands_every_value_that_can_be_chosen() {
        for kind in ListingKind::ALL {
            for heading in headings(*kind) {
                for choice in choices(*kind, heading.column).unwrap_or_default() {
                    let mut row = Map::new();
                    row.insert("kind".to_owned(), json!(kind.code()));
                    row.insert("title".to_owned(), json!("标题"));
                    row.insert(heading.zh.to_owned(), Value::String(choice.clone()));
                    let mapped = map(&Value::Object(row)).unwrap();
                    assert!(mapped.warnings.is_empty(), "{} {choice}: {:?}", heading.zh, mapped.warnings);
                }
            }
        }
    }

    #[test]
    fn the_example_of_a_template_is_read_without_a_note() {
        for kind in ListingKind::ALL {
            let mut row = Map::new();
            row.insert("kind".to_owned(), json!(kind.code()));
            for heading in headings(*kind).iter().filter(|heading| !heading.example.is_empty()) {
                row.insert(heading.zh.to_owned(), json!(heading.example));
            }
            let mapped = map(&Value::Object(row)).unwrap();
            assert!(mapped.warnings.is_empty(), "{:?}", mapped.warnings);
        }
    }
}

//! What a technology demand 企业技术需求 says of itself.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    coded_enum,
    listing::{Audience, Contact},
    value::{
        cooperation::CooperationMode,
        field::{Field, ZoneIndustry},
        money::Price,
    },
};

coded_enum! {
    /// 需求类型
    pub enum DemandType: "demand_type" {
        KeyTechnology = "key_technology" ("关键技术攻关", "key technology"),
        Upgrade = "upgrade" ("技术改造", "technical upgrade"),
        NewProduct = "new_product" ("新产品开发", "new product"),
        ProcessImprovement = "process_improvement" ("工艺改进", "process improvement"),
        Acquisition = "acquisition" ("成果引进", "acquisition of an achievement"),
        Testing = "testing" ("检测认证", "testing and certification"),
        Talent = "talent" ("人才", "talent"),
        Funding = "funding" ("资金", "funding"),
        Policy = "policy" ("政策", "policy"),
        Other = "other" ("其他", "other"),
    }
}

coded_enum! {
    /// How the centre came by a demand.
    pub enum CollectedBy: "collected_by" {
        SelfPosted = "self" ("企业自主提交", "the enterprise itself"),
        Visit = "visit" ("走访", "a visit"),
        Event = "event" ("活动征集", "an event"),
        Import = "import" ("导入", "an import"),
    }
}

coded_enum! {
    /// The sense of a wanted figure.
    pub enum IndicatorOp: "indicator_op" {
        Lt = "lt" ("小于", "less than"),
        Le = "le" ("不大于", "at most"),
        Eq = "eq" ("等于", "equal to"),
        Ge = "ge" ("不小于", "at least"),
        Gt = "gt" ("大于", "more than"),
        Range = "range" ("范围", "between"),
    }
}

/// One technical figure that a solution has to reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TechnicalIndicator {
    #[schema(max_length = 100)]
    pub name: String,
    pub op: IndicatorOp,
    /// The figure as written, `8` or `8-12`.
    #[schema(max_length = 50)]
    pub value: String,
    #[schema(max_length = 30)]
    pub unit: Option<String>,
    #[schema(max_length = 300)]
    pub note: Option<String>,
}

/// The content of one version. Everything may be absent in a draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DemandContent {
    /// 需求名称
    #[schema(max_length = 200)]
    pub title: Option<String>,
    #[schema(max_length = 300)]
    pub title_en: Option<String>,
    #[schema(max_length = 2000)]
    pub summary: Option<String>,
    pub demand_type: Option<DemandType>,
    #[schema(max_length = 5000)]
    pub background: Option<String>,
    /// 主要技术难题
    #[schema(max_length = 10000)]
    pub problem: Option<String>,
    /// 主要技术目标
    #[schema(max_length = 10000)]
    pub target: Option<String>,
    #[schema(max_items = 50)]
    pub indicators: Vec<TechnicalIndicator>,
    /// 现有基础
    #[schema(max_length = 5000)]
    pub current_state: Option<String>,
    #[schema(max_items = 13)]
    pub cooperation_modes: Vec<CooperationMode>,
    #[schema(max_length = 200)]
    pub cooperation_raw: Option<String>,
    pub budget: Option<Price>,
    #[schema(max_length = 200)]
    pub budget_raw: Option<String>,
    /// 悬赏 or 揭榜挂帅: whoever solves it is rewarded.
    pub bounty: Option<bool>,
    pub start_on: Option<NaiveDate>,
    pub deadline_on: Option<NaiveDate>,
    /// How urgent the source says it is, or where its work stands.
    #[schema(max_length = 100)]
    pub maturity_raw: Option<String>,
    pub field: Option<Field>,
    #[schema(max_length = 200)]
    pub field_raw: Option<String>,
    /// GB/T 4754 code, such as `C36`.
    #[schema(max_length = 5)]
    pub industry_code: Option<String>,
    pub zone_industry: Option<ZoneIndustry>,
    #[schema(max_items = 30)]
    pub keywords: Vec<String>,
    #[schema(max_items = 30)]
    pub keywords_en: Vec<String>,
    /// 乡镇场/街道/园区, a code of the list `town`.
    #[schema(max_length = 40)]
    pub town: Option<String>,
    pub collected_by: Option<CollectedBy>,
    /// Private.
    pub contact: Option<Contact>,
    /// `public`, `anonymous` or `unlisted`; public when absent.
    pub publicity: Option<Audience>,
    #[schema(max_length = 20)]
    pub language: Option<String>,
}

//! What a service provider 科技服务机构 says of itself on its page. Its entry 入驻 into the
//! supermarket, with the agreement, is a fact of its own: `entry.rs`.

pub mod entry;
pub mod status;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    coded_enum,
    listing::Contact,
    value::{field::Field, money::Price},
};

coded_enum! {
    /// 服务类型
    pub enum ProviderType: "provider_type" {
        Testing = "testing" ("研发测试", "research and testing"),
        IntellectualProperty = "intellectual_property" ("知识产权", "intellectual property"),
        AchievementTrading = "achievement_trading" ("成果交易", "achievement trading"),
        Incubation = "incubation" ("创业孵化", "incubation"),
        Consulting = "consulting" ("科技咨询", "technology consulting"),
        Finance = "finance" ("科技金融", "technology finance"),
    }
}

/// A service on offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    pub price: Option<Price>,
    /// What the price is for: 次, 件, 年 …
    #[schema(max_length = 30)]
    pub unit: Option<String>,
    /// How long it takes, as the provider words it.
    #[schema(max_length = 100)]
    pub turnaround: Option<String>,
}

/// A certificate or licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[schema(max_length = 100)]
    pub number: Option<String>,
    #[schema(max_length = 200)]
    pub issuer: Option<String>,
    pub valid_to: Option<NaiveDate>,
}

/// The content of one version. Everything may be absent in a draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderContent {
    /// What the page is called: the body's name, or the service it is known for.
    #[schema(max_length = 200)]
    pub title: Option<String>,
    #[schema(max_length = 300)]
    pub title_en: Option<String>,
    #[schema(max_length = 2000)]
    pub summary: Option<String>,
    #[schema(max_length = 20000)]
    pub detail: Option<String>,
    #[schema(max_items = 6)]
    pub types: Vec<ProviderType>,
    /// The field or type as the source words it.
    #[schema(max_length = 200)]
    pub field_raw: Option<String>,
    pub field: Option<Field>,
    #[schema(max_items = 50)]
    pub services: Vec<Service>,
    #[schema(max_items = 50)]
    pub qualifications: Vec<Qualification>,
    #[schema(max_items = 30)]
    pub keywords: Vec<String>,
    #[schema(max_items = 30)]
    pub keywords_en: Vec<String>,
    #[schema(max_length = 100)]
    pub maturity_raw: Option<String>,
    #[schema(max_length = 200)]
    pub cooperation_raw: Option<String>,
    #[schema(max_length = 200)]
    pub price_raw: Option<String>,
    /// 服务业绩
    #[schema(max_length = 5000)]
    pub performance: Option<String>,
    /// Private.
    pub contact: Option<Contact>,
    #[schema(max_length = 20)]
    pub language: Option<String>,
}

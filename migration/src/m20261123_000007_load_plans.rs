//! The indicators T1-T8 and the two plans: the development zone's of 2023-2025, and a demo plan
//! whose three years start on 1 January of the year in which this step runs.

use chrono::{Datelike, FixedOffset, NaiveDate, Utc};
use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, Query},
    sea_orm::ConnectionTrait,
};
use serde_json::{Value, json};

#[derive(DeriveMigrationName)]
pub struct Migration;

struct Indicator {
    code: &'static str,
    name: (&'static str, &'static str),
    unit: (&'static str, &'static str),
    kind: &'static str,
    measure: &'static str,
    counting: &'static str,
    rule: (&'static str, &'static str),
    parameters: fn() -> Value,
    target: i64,
    responsible: &'static [&'static str],
}

const SUPERMARKET: &[&str] = &["市场监管局", "创新创业服务中心"];
const ECONOMY: &[&str] = &["经发局", "创新创业服务中心"];
const ENCLAVE: &[&str] = &["招商促进中心", "创新创业服务中心"];

const INDICATORS: &[Indicator] = &[
    Indicator {
        code: "T1",
        name: ("整合汇聚科技成果信息", "achievements gathered"),
        unit: ("项", "achievements"),
        kind: "stock",
        measure: "count",
        counting: "counted",
        rule: (
            "首次发布的科技成果，同一专利或登记号只计一项；需发布版本的哈希、权利人授权或来源网址、审核人；24 小时内撤下的不计。",
            "An achievement at its first publication, counted once per patent or registration number; needs the published version's hash, the owner's authorisation or a source address, and a reviewer; withdrawn within 24 hours it is taken back.",
        ),
        parameters: || json!({"count_ownerless": false, "withdrawal_grace_hours": 24, "keep_expired": true}),
        target: 150,
        responsible: SUPERMARKET,
    },
    Indicator {
        code: "T2",
        name: ("入驻科技服务主体", "service providers entered"),
        unit: ("家", "providers"),
        kind: "stock",
        measure: "count",
        counting: "counted",
        rule: (
            "签订入驻协议的服务机构，按统一社会信用代码计一家；需单位认证和协议。",
            "A provider whose entry agreement is signed, one per credit code; needs the verification and the agreement.",
        ),
        parameters: || json!({}),
        target: 10,
        responsible: SUPERMARKET,
    },
    Indicator {
        code: "T3",
        name: ("收集企业技术需求", "enterprise demands collected"),
        unit: ("项", "demands"),
        kind: "stock",
        measure: "count",
        counting: "counted",
        rule: (
            "企业首次提交的技术需求为候选；经诊断不属“非技术需求”后证据齐全；不要求发布；重复的不计。",
            "A candidate at the enterprise's first submission; complete once a reviewer's diagnosis is not \u{201c}not technical\u{201d}; publication is not needed; duplicates are not counted.",
        ),
        parameters: || json!({}),
        target: 200,
        responsible: SUPERMARKET,
    },
    Indicator {
        code: "T4",
        name: ("为企业对接技术成果项目", "achievements docked for enterprises"),
        unit: ("项", "dockings"),
        kind: "stock",
        measure: "count",
        counting: "counted",
        rule: (
            "双方同意且会面经另一方或技术经理人确认；（成果，或供给方＋需求）×企业只计一次；推荐、单方意向、关联企业不计。",
            "Both sides consented and a meeting was confirmed by the other side or the broker; once per (achievement, or supplier and demand) and enterprise; recommendations, one-sided interest and related companies are not counted.",
        ),
        parameters: || json!({"deciding_stage": "met"}),
        target: 100,
        responsible: SUPERMARKET,
    },
    Indicator {
        code: "T5",
        name: ("三年发布需求和成果信息", "demands and achievements published in the three years"),
        unit: ("条", "published items"),
        kind: "flow",
        measure: "count",
        counting: "counted",
        rule: (
            "规划期内首次发布的成果或需求，每条计一次；隐名发布也计。",
            "An achievement or demand first published within the window, once each; anonymous publication counts.",
        ),
        parameters: || json!({"count_ownerless": false}),
        target: 150,
        responsible: SUPERMARKET,
    },
    Indicator {
        code: "T6",
        name: ("三年新增转化落地科技成果", "achievements landed in the zone"),
        unit: ("项", "landings"),
        kind: "flow",
        measure: "count",
        counting: "counted",
        rule: (
            "在区内企业落地的成果；需合同或入股文件，并有生产记录、现场照片、发票、中试报告之一；仅有意向书或区外的不计。",
            "An achievement landed with an enterprise of the zone; needs a contract or equity paper and one of production record, site photograph, invoice, pilot report; a memorandum alone or a place outside the zone is not counted.",
        ),
        parameters: || json!({}),
        target: 60,
        responsible: ECONOMY,
    },
    Indicator {
        code: "T7",
        name: ("技术合同登记交易额", "registered contract volume"),
        unit: ("元", "yuan"),
        kind: "flow",
        measure: "fen",
        counting: "counted",
        rule: (
            "买方或卖方在区内、已登记的技术合同成交额；双方都在区内的只计一次；以人民币计。",
            "Total amount of registered contracts whose buyer or seller is of the zone, counted once when both are; in yuan only.",
        ),
        parameters: || json!({"basis": "total_amount", "zone": "seller_or_buyer"}),
        target: 300_000_000_000,
        responsible: ECONOMY,
    },
    Indicator {
        code: "T8",
        name: ("离岸科创中心引进科技成果", "achievements introduced through the enclave"),
        unit: ("个", "achievements"),
        kind: "flow",
        measure: "count",
        counting: "manual",
        rule: (
            "经离岸科创中心（飞地）引进的成果，成果×飞地计一次；需飞地引进协议。",
            "An achievement introduced through an enclave, once per achievement and enclave; needs the enclave agreement.",
        ),
        parameters: || json!({}),
        target: 20,
        responsible: ENCLAVE,
    },
];

const RULE_VERSION: &str = "2023.1";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (position, indicator) in (1_i32..).zip(INDICATORS) {
            let insert = Query::insert()
                .into_table("indicator")
                .columns([
                    "code",
                    "position",
                    "name_zh",
                    "name_en",
                    "unit_zh",
                    "unit_en",
                    "kind",
                    "measure",
                    "counting",
                    "rule_zh",
                    "rule_en",
                    "rule_version",
                    "parameters",
                ])
                .values_panic([
                    indicator.code.into(),
                    position.into(),
                    indicator.name.0.into(),
                    indicator.name.1.into(),
                    indicator.unit.0.into(),
                    indicator.unit.1.into(),
                    indicator.kind.into(),
                    indicator.measure.into(),
                    indicator.counting.into(),
                    indicator.rule.0.into(),
                    indicator.rule.1.into(),
                    RULE_VERSION.into(),
                    (indicator.parameters)().into(),
                ])
                .to_owned();
            db.execute(&insert).await?;
        }
        let year = FixedOffset::east_opt(8 * 3600)
            .map_or_else(|| Utc::now().year(), |shanghai| Utc::now().with_timezone(&shanghai).year());
        for (code, zh, en, first_year, demo) in [
            (
                "jz-2023-2025",
                "荆州经开区科技创新三年行动方案（2023-2025）",
                "Three-year plan 2023-2025",
                2023,
                false,
            ),
            ("demo", "演示规划", "Demo plan", year, true),
        ] {
            let (Some(starts_on), Some(ends_on)) =
                (NaiveDate::from_ymd_opt(first_year, 1, 1), NaiveDate::from_ymd_opt(first_year + 2, 12, 31))
            else {
                return Err(DbErr::Custom(format!("no such year: {first_year}")));
            };
            let plan = Query::insert()
                .into_table("plan")
                .columns(["code", "name_zh", "name_en", "starts_on", "ends_on", "demo"])
                .values_panic([
                    code.into(),
                    zh.into(),
                    en.into(),
                    starts_on.into(),
                    ends_on.into(),
                    demo.into(),
                ])
                .to_owned();
            db.execute(&plan).await?;
            for indicator in INDICATORS {
                let target = Query::insert()
                    .into_table("plan_target")
                    .columns(["plan", "indicator", "target", "starts_on", "ends_on", "responsible_units"])
                    .values_panic([
                        code.into(),
                        indicator.code.into(),
                        indicator.target.into(),
                        starts_on.into(),
                        ends_on.into(),
                        json!(indicator.responsible).into(),
                    ])
                    .to_owned();
                db.execute(&target).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for table in ["plan_target", "plan", "indicator"] {
            db.execute(&Query::delete().from_table(table).to_owned()).await?;
        }
        Ok(())
    }
}

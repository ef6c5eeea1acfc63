//! T9, T10 and the plan's other targets, so that the whole plan stands on one board. The plan's text
//! gives two figures for T9 and for T10: each is an indicator of its own.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, Expr, ExprTrait, OnConflict, Query},
    sea_orm::ConnectionTrait,
};
use serde_json::json;

#[derive(DeriveMigrationName)]
pub struct Migration;

struct Indicator {
    code: &'static str,
    name: (&'static str, &'static str),
    unit: (&'static str, &'static str),
    kind: &'static str,
    measure: &'static str,
    basis: &'static str,
    rule: (&'static str, &'static str),
    target: i64,
    period: &'static str,
    responsible: &'static [&'static str],
}

const EVENTS: &[&str] = &["党群工作部", "市场监管局", "创新创业服务中心"];
const FINANCE: &[&str] = &["财政局", "市场监管局"];

const REPORTED: (&str, &str) = (
    "由责任单位填报，附填报材料，由另一人确认；以填报日为准。",
    "Reported by a responsible unit with its paper and confirmed by another person; the day of the figure decides.",
);

/// A figure that a responsible unit reports.
const fn reported(
    code: &'static str,
    name: (&'static str, &'static str),
    unit: (&'static str, &'static str),
    kind: &'static str,
    measure: &'static str,
    target: i64,
    period: &'static str,
) -> Indicator {
    Indicator {
        code,
        name,
        unit,
        kind,
        measure,
        basis: "manual",
        rule: REPORTED,
        target,
        period,
        responsible: &[],
    }
}

const INDICATORS: &[Indicator] = &[
    Indicator {
        basis: "manual",
        responsible: EVENTS,
        rule: (
            "举办的产学研活动，每场计一次；需活动材料。",
            "An industry-university-research event that was held, once each; needs its papers.",
        ),
        ..reported(
            "T9",
            ("产学研活动", "industry-university-research events"),
            ("场", "events"),
            "flow",
            "count",
            2,
            "year",
        )
    },
    Indicator {
        responsible: EVENTS,
        rule: (
            "举办的创新创业大赛，每次计一次；需活动材料。",
            "A contest that was held, once each; needs its papers.",
        ),
        ..reported("T9C", ("创新创业大赛", "contests"), ("次", "contests"), "flow", "count", 1, "year")
    },
    Indicator {
        basis: "credit_line",
        responsible: FINANCE,
        rule: (
            "截至当日有效的科技企业授信额度之和；需授信文件；到期或终止后不再计入。",
            "The sum of the credit lines of technology enterprises in force on the day; needs the credit paper; a line that ended no longer counts.",
        ),
        ..reported(
            "T10",
            ("科技企业授信", "credit lines of technology enterprises"),
            ("元", "yuan"),
            "level",
            "fen",
            100_000_000_000,
            "window",
        )
    },
    Indicator {
        basis: "ip_pledge_loan",
        responsible: FINANCE,
        rule: (
            "当年发放的知识产权质押融资额；需贷款合同或质押登记。",
            "Loans on pledged intellectual property granted in the year; needs the loan contract or the registration of the pledge.",
        ),
        ..reported(
            "T10P",
            ("知识产权质押融资", "loans on pledged intellectual property"),
            ("元", "yuan"),
            "flow",
            "fen",
            2_000_000_000,
            "year",
        )
    },
    reported(
        "P01",
        ("高新技术企业", "high-tech enterprises"),
        ("家", "enterprises"),
        "level",
        "count",
        200,
        "window",
    ),
    reported(
        "P02",
        ("科技型中小企业", "technology SMEs"),
        ("家", "enterprises"),
        "level",
        "count",
        400,
        "window",
    ),
    reported(
        "P03",
        ("科技型中小企业净增", "net growth of technology SMEs"),
        ("家", "enterprises"),
        "flow",
        "count",
        70,
        "year",
    ),
    reported(
        "P04",
        ("财政科技投入增幅", "growth of public spending on science and technology"),
        ("%", "%"),
        "rate",
        "percent",
        1_000,
        "year",
    ),
    reported(
        "P05",
        ("全社会研发投入年均增幅", "mean yearly growth of spending on research and development"),
        ("%", "%"),
        "rate",
        "percent",
        1_500,
        "window",
    ),
    reported(
        "P06",
        ("每万人口发明专利拥有量", "invention patents for ten thousand inhabitants"),
        ("件", "patents"),
        "level",
        "hundredths",
        3_800,
        "window",
    ),
    reported(
        "P07",
        ("高新技术产业增加值年均增幅", "mean yearly growth of the value added by high-tech industry"),
        ("%", "%"),
        "rate",
        "percent",
        1_500,
        "window",
    ),
    reported(
        "P08",
        ("各类创新平台", "innovation platforms"),
        ("家", "platforms"),
        "level",
        "count",
        50,
        "window",
    ),
    reported(
        "P09",
        ("规上工业企业研发机构覆盖率", "industrial enterprises above size with research of their own"),
        ("%", "%"),
        "rate",
        "percent",
        6_000,
        "window",
    ),
    reported("P10", ("孵化平台", "incubators"), ("家", "incubators"), "level", "count", 20, "window"),
    reported(
        "P11",
        ("新入驻科技型孵化企业", "technology enterprises new in incubators"),
        ("家", "enterprises"),
        "flow",
        "count",
        20,
        "year",
    ),
    reported(
        "P12",
        ("飞地企业", "enclave enterprises"),
        ("家", "enterprises"),
        "level",
        "count",
        20,
        "window",
    ),
    reported(
        "P13",
        ("高层次人才", "high-level talents"),
        ("人", "people"),
        "level",
        "count",
        5_000,
        "window",
    ),
    reported(
        "P14",
        ("引进大学生", "graduates brought in"),
        ("人", "people"),
        "flow",
        "count",
        5_000,
        "window",
    ),
    reported(
        "P15",
        ("高技能人才占比", "share of highly skilled workers"),
        ("%", "%"),
        "rate",
        "percent",
        3_000,
        "window",
    ),
    reported(
        "P16",
        ("国家级先进制造业产业集群", "national clusters of advanced manufacturing"),
        ("个", "clusters"),
        "level",
        "count",
        1,
        "window",
    ),
    reported(
        "P17",
        ("国家级特色产业基地", "national bases of special industry"),
        ("个", "bases"),
        "level",
        "count",
        1,
        "window",
    ),
];

const RULE_VERSION: &str = "2023.1";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (position, indicator) in (9_i32..).zip(INDICATORS) {
            let counting = if indicator.basis == "manual" { "manual" } else { "counted" };
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
                    "basis",
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
                    counting.into(),
                    indicator.basis.into(),
                    indicator.rule.0.into(),
                    indicator.rule.1.into(),
                    RULE_VERSION.into(),
                    json!({}).into(),
                ])
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .to_owned();
            db.execute(&insert).await?;
            let rule = Query::insert()
                .into_table("indicator_rule")
                .columns([
                    "indicator",
                    "version",
                    "number",
                    "rule_zh",
                    "rule_en",
                    "parameters",
                    "in_force_at",
                ])
                .values_panic([
                    indicator.code.into(),
                    RULE_VERSION.into(),
                    1.into(),
                    indicator.rule.0.into(),
                    indicator.rule.1.into(),
                    json!({}).into(),
                    chrono::DateTime::<chrono::Utc>::UNIX_EPOCH.into(),
                ])
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .to_owned();
            db.execute(&rule).await?;
            // Each plan asks for it over its own window.
            let targets = Query::insert()
                .into_table("plan_target")
                .columns([
                    "plan",
                    "indicator",
                    "target",
                    "starts_on",
                    "ends_on",
                    "responsible_units",
                    "period",
                    "steps",
                ])
                .select_from(
                    Query::select()
                        .column("code")
                        .expr(Expr::val(indicator.code).cast_as("text"))
                        .expr(Expr::val(indicator.target))
                        .column("starts_on")
                        .column("ends_on")
                        .expr(Expr::val(json!(indicator.responsible)))
                        .expr(Expr::val(indicator.period).cast_as("text"))
                        .expr(Expr::val(json!([])))
                        .from("plan")
                        .to_owned(),
                )
                .map_err(|error| DbErr::Custom(error.to_string()))?
                .to_owned();
            db.execute(&targets).await?;
        }
        // T7 is asked of the calendar year; the sum of the window is shown beside it.
        let yearly = Query::update()
            .table("plan_target")
            .value("period", "year")
            .and_where(Expr::col("indicator").eq("T7"))
            .to_owned();
        db.execute(&yearly).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        // The rules' table goes with the step that made it; its rows cannot be deleted.
        for indicator in INDICATORS {
            let delete = Query::delete()
                .from_table("plan_target")
                .and_where(Expr::col("indicator").eq(indicator.code))
                .to_owned();
            db.execute(&delete).await?;
        }
        Ok(())
    }
}

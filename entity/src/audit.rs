//! The audit log, and at the same time the history of every item: one insert-only row for each
//! move, reveal and administrative act. One table, so that history and audit cannot disagree.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, ApiClientId, AuditId, OrganisationId},
};

coded_enum! {
    /// What an act was done to.
    pub enum SubjectKind: "subject_kind" {
        Account = "account" ("账号", "account"),
        Achievement = "achievement" ("科技成果", "achievement"),
        ApiClient = "api_client" ("接口客户端", "API client"),
        Assessment = "assessment" ("抽查", "assessment"),
        Attachment = "attachment" ("附件", "attachment"),
        Contract = "contract" ("合同", "contract"),
        Calendar = "calendar" ("工作日历", "working calendar"),
        Demand = "demand" ("技术需求", "demand"),
        DeskItem = "desk_item" ("待办事项", "item of the desk"),
        Docking = "docking" ("对接", "docking"),
        Duplicate = "duplicate" ("疑似重复", "possible duplicate"),
        EnclaveEntry = "enclave_entry" ("飞地引进", "enclave entry"),
        Event = "event" ("活动", "event"),
        FinanceCase = "finance_case" ("金融服务", "finance case"),
        HarvestSource = "harvest_source" ("采集源", "harvest source"),
        Import = "import" ("导入", "import"),
        ImportMapping = "import_mapping" ("导入映射", "mapping of a source"),
        Indicator = "indicator" ("指标", "indicator"),
        LedgerEntry = "ledger_entry" ("计数条目", "ledger entry"),
        Organisation = "organisation" ("单位", "organisation"),
        OutboundTarget = "outbound_target" ("报送目标", "outbound target"),
        Plan = "plan" ("规划", "plan"),
        Provider = "provider" ("科技服务机构", "service provider"),
        ProviderEntry = "provider_entry" ("入驻", "provider entry"),
        Recommendation = "recommendation" ("撮合推荐", "recommendation"),
        SavedSearch = "saved_search" ("订阅检索", "saved search"),
        Signal = "signal" ("异常信号", "signal"),
        Snapshot = "snapshot" ("报告快照", "frozen report"),
        System = "system" ("系统", "the service itself"),
        Webhook = "webhook" ("事件推送", "webhook"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    pub at: Instant,
    /// Who acted; none when the service itself did.
    pub actor_id: Option<AccountId>,
    /// For which organisation they acted.
    pub acting_organisation_id: Option<OrganisationId>,
    /// With whose key; none when the person acted themselves.
    pub api_client_id: Option<ApiClientId>,
    /// `submit`, `reveal_contacts`, `verify` …
    pub action: String,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    /// The reason, as a code of a list.
    pub reason_code: Option<String>,
    /// The reason, in words; reaches the author.
    pub reason: Option<String>,
    /// What else an auditor would ask. Nothing private.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    pub request_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

//! A credit line 授信 or a loan on pledged intellectual property 知识产权质押融资 that an enterprise got,
//! by which provider.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AttachmentId, FinanceCaseId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// What was granted.
    pub enum FinanceKind: "finance_kind" {
        CreditLine = "credit_line" ("科技企业授信", "credit line"),
        IpPledgeLoan = "ip_pledge_loan" ("知识产权质押融资", "loan on pledged intellectual property"),
    }
}

coded_enum! {
    /// Where a finance case stands.
    pub enum FinanceCaseStatus: "finance_case_status" {
        Granted = "granted" ("已发放", "granted"),
        Ended = "ended" ("已终止", "ended"),
        Withdrawn = "withdrawn" ("已撤销", "withdrawn"),
    }
}

coded_enum! {
    /// What can be done to a finance case.
    pub enum FinanceCaseMove: "finance_case_move" {
        End = "end" ("终止", "end"),
        Withdraw = "withdraw" ("撤销", "withdraw"),
    }
}

impl LifeCycle for FinanceCaseStatus {
    type Move = FinanceCaseMove;

    const MOVES: &'static [FinanceCaseMove] = FinanceCaseMove::ALL;

    fn target(self, mv: FinanceCaseMove) -> Option<Self> {
        use FinanceCaseStatus as S;
        let (from, to): (&[S], S) = match mv {
            FinanceCaseMove::End => (&[S::Granted], S::Ended),
            // Recorded by mistake: its count is taken back.
            FinanceCaseMove::Withdraw => (&[S::Granted, S::Ended], S::Withdrawn),
        };
        from.contains(&self).then_some(to)
    }
}

/// The numbers of the rights that were pledged, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(transparent)]
pub struct Pledged(pub Vec<String>);

/// The row. The amount is in fen (or the hundredth part of the currency's unit).
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "finance_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FinanceCaseId,
    pub kind: FinanceKind,
    /// The number of the credit agreement or loan contract.
    pub number: String,
    pub enterprise_id: OrganisationId,
    /// The page of the provider that granted or arranged it.
    pub provider_id: Option<ListingId>,
    /// Who granted it, as the paper says.
    pub lender: String,
    pub amount: i64,
    pub currency: String,
    pub granted_on: Day,
    /// The last day of its term.
    pub ends_on: Option<Day>,
    #[sea_orm(column_type = "JsonBinary")]
    pub pledged: Pledged,
    pub paper_attachment_id: AttachmentId,
    pub note: Option<String>,
    pub demo: bool,
    pub status: FinanceCaseStatus,
    /// Lender and number while it stands: the database keeps it to one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub recorded_by: AccountId,
    pub recorded_at: Instant,
    /// The day on which it ended before its term.
    pub ended_on: Option<Day>,
    pub ended_by: Option<AccountId>,
    pub end_reason: Option<String>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

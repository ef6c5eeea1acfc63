//! Identifiers: UUIDv7, one type a noun, so that a docking's id cannot be passed for a listing's.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            DeriveValueType, ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = Uuid, format = Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, ordered by the time it was made.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        // sea-orm asks this of every primary key; ours are never numbers.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A person's account.
    AccountId,
    /// What a saved search told at once.
    AlertId,
    /// An amendment of a contract.
    AmendmentId,
    /// A front-end or platform that calls with a key.
    ApiClientId,
    /// A key of such a client.
    ApiKeyId,
    /// A time at which the two sides of a docking want to meet.
    AppointmentId,
    /// An assessor's sample of a frozen report.
    AssessmentId,
    /// A provider's help in a docking.
    AssistanceId,
    /// A file that was uploaded.
    AttachmentId,
    /// A line of the audit log.
    AuditId,
    /// A technology contract.
    ContractId,
    /// Something that waits for the service centre.
    DeskItemId,
    /// A note that only the service centre reads.
    DeskNoteId,
    /// A docking 对接.
    DockingId,
    /// A pair that may be one.
    DuplicateId,
    /// An achievement's entry through an enclave 飞地.
    EnclaveEntryId,
    /// An entry of the ledger.
    EntryId,
    /// An event 专场对接.
    EventId,
    /// What is shown at an event.
    EventItemId,
    /// Two who meet at an event.
    EventPairId,
    /// A credit line or a loan on pledged rights.
    FinanceCaseId,
    /// A place from which listings are fetched.
    HarvestSourceId,
    /// An import job.
    ImportId,
    /// An invitation to an organisation.
    InvitationId,
    /// A judgement of a demand.
    JudgementId,
    /// A landing 落地转化.
    LandingId,
    /// An achievement, a demand or a provider's page.
    ListingId,
    /// A meeting of a docking.
    MeetingId,
    /// A message in a docking.
    MessageId,
    /// A milestone of a landing.
    MilestoneId,
    /// A confidentiality agreement of a docking.
    NdaId,
    /// Something that a person was told.
    NotificationId,
    /// What one side of a docking offers.
    OfferId,
    /// A package for a platform.
    OutboundPackageId,
    /// A platform to which listings are reported.
    OutboundTargetId,
    /// An organisation 单位.
    OrganisationId,
    /// A provider's entry 入驻.
    ProviderEntryId,
    /// An achievement and a demand that are recommended to each other.
    RecommendationId,
    /// What somebody wants to be reminded of.
    ReminderId,
    /// A search that somebody keeps.
    SavedSearchId,
    /// A sign-in and all its refreshed tokens.
    SessionId,
    /// A signal against inflated figures.
    SignalId,
    /// A person's sign-up for an event.
    SignUpId,
    /// A frozen report.
    SnapshotId,
    /// One version of a listing's content.
    VersionId,
    /// A call to an endpoint.
    WebhookAttemptId,
    /// An event that an endpoint is told of.
    WebhookDeliveryId,
    /// What endpoints are told of.
    WebhookEventId,
    /// An endpoint: where a client is called.
    WebhookId,
}

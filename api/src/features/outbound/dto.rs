//! Targets, packages and items on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AttachmentId, ListingId, OutboundPackageId, OutboundTargetId},
    listing::ListingKind,
    outbound::{
        Model, Profile, TargetStatus,
        item::{self, ItemState},
        package,
    },
};
use utoipa::{IntoParams, ToSchema};

use super::{
    answers::Unread,
    packing::{Changes, Lacking},
};
use crate::clock::Moment;

/// A new target.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundTargetIn {
    #[schema(min_length = 1, max_length = 100, example = "省平台成果报送")]
    pub name: String,
    #[schema(min_length = 1, max_length = 100, example = "省科技成果平台")]
    pub platform: String,
    pub profile: Profile,
}

/// A change of a target; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundTargetPatch {
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub platform: Option<String>,
    /// As a whole. What is laid out otherwise by it goes with the next package.
    #[schema(value_type = Profile)]
    pub profile: Option<Profile>,
    #[schema(value_type = TargetStatus)]
    pub status: Option<TargetStatus>,
}

/// A platform to which listings are reported.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundTargetOut {
    pub id: OutboundTargetId,
    pub name: String,
    pub platform: String,
    pub profile: Profile,
    pub status: TargetStatus,
    /// How many packages were made.
    pub packages: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Model> for OutboundTargetOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            platform: row.platform,
            profile: row.profile,
            status: row.status,
            packages: row.packages,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A profile to start from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundProfileOut {
    #[schema(example = "achievements")]
    pub code: String,
    pub zh: String,
    pub en: String,
    pub profile: Profile,
}

/// The shipped profiles.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundProfilesOut {
    pub items: Vec<OutboundProfileOut>,
}

/// A listing that lacks what the platform wants.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundLackingOut {
    pub listing_id: ListingId,
    pub title: String,
    /// The headings that would be empty.
    pub headings: Vec<String>,
}

impl From<&Lacking> for OutboundLackingOut {
    fn from(lacking: &Lacking) -> Self {
        Self {
            listing_id: lacking.listing_id,
            title: lacking.title.clone(),
            headings: lacking.headings.clone(),
        }
    }
}

/// A listing that waits for the next package.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundWaitingOut {
    pub listing_id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    /// Where it stands there; null when it never went.
    pub state: Option<ItemState>,
}

/// What the next package would carry; the first hundred of each.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundChangesOut {
    pub rows: usize,
    pub removals: usize,
    pub left_out: usize,
    /// Whether a package after it would be needed.
    pub more: bool,
    /// New, or another than it was.
    pub waiting: Vec<OutboundWaitingOut>,
    /// Not to be read by everybody any more.
    pub to_remove: Vec<OutboundItemOut>,
    /// Left out, for they lack what the platform wants.
    pub lacking: Vec<OutboundLackingOut>,
}

/// How many are named.
const NAMED: usize = 100;

impl From<Changes> for OutboundChangesOut {
    fn from(changes: Changes) -> Self {
        Self {
            rows: changes.changes.len(),
            removals: changes.removals.len(),
            left_out: changes.lacking.len(),
            more: changes.more,
            waiting: changes
                .changes
                .iter()
                .take(NAMED)
                .map(|change| OutboundWaitingOut {
                    listing_id: change.listing_id,
                    kind: change.kind,
                    title: change.title.clone(),
                    state: change.before.as_ref().map(|item| item.state),
                })
                .collect(),
            to_remove: changes.removals.iter().take(NAMED).cloned().map(Into::into).collect(),
            lacking: changes.lacking.iter().take(NAMED).map(Into::into).collect(),
        }
    }
}

/// A package: a workbook of what changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundPackageOut {
    pub id: OutboundPackageId,
    pub target_id: OutboundTargetId,
    pub number: i64,
    /// The workbook: `GET /attachments/{id}/content`.
    pub attachment_id: AttachmentId,
    pub rows: i64,
    pub removals: i64,
    /// Listings that were left out, for they lack what the platform wants.
    pub left_out: i64,
    pub created_at: Moment,
}

impl From<package::Model> for OutboundPackageOut {
    fn from(row: package::Model) -> Self {
        Self {
            id: row.id,
            target_id: row.target_id,
            number: row.number,
            attachment_id: row.attachment_id,
            rows: row.rows,
            removals: row.removals,
            left_out: row.left_out,
            created_at: row.created_at.into(),
        }
    }
}

/// Where a listing stands on a platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundItemOut {
    pub listing_id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    pub state: ItemState,
    /// The platform's number.
    pub remote_id: Option<String>,
    /// The platform's words.
    pub opinion: Option<String>,
    /// SHA-256 (hex) of the row as it was packed last.
    pub last_payload_hash: String,
    pub package_id: OutboundPackageId,
    pub packed_at: Moment,
    pub answered_at: Option<Moment>,
}

impl From<item::Model> for OutboundItemOut {
    fn from(row: item::Model) -> Self {
        Self {
            listing_id: row.listing_id,
            kind: row.kind,
            title: row.title,
            state: row.state,
            remote_id: row.remote_id,
            opinion: row.opinion,
            last_payload_hash: row.last_payload_hash,
            package_id: row.package_id,
            packed_at: row.packed_at.into(),
            answered_at: row.answered_at.map(Into::into),
        }
    }
}

/// The sheet that came back.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundAnswersIn {
    /// The workbook, uploaded before with `POST /attachments`, purpose `platform_sheet`.
    pub attachment_id: AttachmentId,
    /// Says what would happen, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A row that was not taken up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutboundUnreadOut {
    pub sheet: String,
    /// As an office program numbers it.
    pub row: u32,
    #[schema(example = "unknown_result")]
    pub code: String,
    pub zh: String,
    pub en: String,
}

impl From<Unread> for OutboundUnreadOut {
    fn from(unread: Unread) -> Self {
        let Unread { place: (sheet, row), code, words } = unread;
        Self { sheet, row, code: code.to_owned(), zh: words.zh, en: words.en }
    }
}

/// What became of the sheet that came back.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct OutboundAnswersOut {
    pub dry_run: bool,
    pub accepted: usize,
    pub refused: usize,
    /// Rows that say what was known already.
    pub same: usize,
    /// Rows that were not taken up; repair them in the sheet and send it again.
    pub unread: Vec<OutboundUnreadOut>,
}

/// A page of a list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TargetQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// Which items to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ItemQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 4)]
    pub state: Vec<ItemState>,
}

//! Events on the wire; beside it sign-ups, items and pairs.

pub mod item;
pub mod pair;
pub mod report;
pub mod sign_up;

use serde::{Deserialize, Deserializer, Serialize};
use techmart_entity::{
    event::{
        Call, EventKind, Model, ProgrammeItem,
        status::{EventMove, EventStatus},
    },
    id::EventId,
    life_cycle::LifeCycle,
    value::field::Field,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A new event. The centre is its host.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventIn {
    pub kind: EventKind,
    #[schema(min_length = 2, max_length = 200, example = "联百校转千果：汽车零部件专场")]
    pub title: String,
    #[serde(default)]
    #[schema(min_length = 2, max_length = 300)]
    pub title_en: Option<String>,
    /// Whether it belongs to the demo: then it counts in the demo plan alone.
    #[serde(default)]
    pub demo: bool,
    #[serde(default)]
    #[schema(max_length = 200, example = "新能源汽车电机与热管理")]
    pub theme: Option<String>,
    #[serde(default)]
    pub field: Option<Field>,
    #[schema(min_length = 2, max_length = 5000)]
    pub summary: String,
    #[serde(default)]
    #[schema(max_length = 500, example = "荆州经开区创新创业服务中心")]
    pub organisers: Option<String>,
    pub starts_at: Moment,
    /// After it begins, and at most 31 days after.
    pub ends_at: Moment,
    /// Before it is opened it has a place, an address online, or both.
    #[serde(default)]
    #[schema(max_length = 300, example = "服务中心二楼报告厅")]
    pub place: Option<String>,
    /// Where to join it online: shown to those who have a place and to the centre alone.
    #[serde(default)]
    #[schema(max_length = 500, pattern = r"^https?://\S+$")]
    pub online_url: Option<String>,
    /// From when people may sign up; at once when absent.
    #[serde(default)]
    pub sign_up_from: Option<Moment>,
    /// Until when; its end when absent.
    #[serde(default)]
    pub sign_up_until: Option<Moment>,
    /// How many may come; no limit when absent. Further ones wait.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub capacity: Option<i32>,
    /// How many of one organisation may.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub per_organisation: Option<i32>,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub programme: Vec<ProgrammeItemIn>,
    #[serde(default)]
    pub call: Option<Call>,
}

/// An item of the programme.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeItemIn {
    /// When it begins, within the event.
    pub at: Moment,
    #[schema(min_length = 1, max_length = 200, example = "成果路演：低温热泵")]
    pub title: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub speaker: Option<String>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A JSON Merge Patch (RFC 7396) of an event that was not held yet: absent members stay, null clears. Participants are
/// told of what concerns them.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventPatch {
    #[serde(default)]
    #[schema(value_type = EventKind)]
    pub kind: Option<EventKind>,
    #[serde(default)]
    #[schema(value_type = String, min_length = 2, max_length = 200)]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 300)]
    pub title_en: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub theme: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Field>)]
    pub field: Option<Option<Field>>,
    #[serde(default)]
    #[schema(value_type = String, min_length = 2, max_length = 5000)]
    pub summary: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub organisers: Option<Option<String>>,
    #[serde(default)]
    #[schema(value_type = Moment)]
    pub starts_at: Option<Moment>,
    #[serde(default)]
    #[schema(value_type = Moment)]
    pub ends_at: Option<Moment>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 300)]
    pub place: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 500, pattern = r"^https?://\S+$")]
    pub online_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Moment>)]
    pub sign_up_from: Option<Option<Moment>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Moment>)]
    pub sign_up_until: Option<Option<Moment>>,
    /// Raised, those who wait move up as far as there is room. Lowered, nobody loses a place.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100_000)]
    pub capacity: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100_000)]
    pub per_organisation: Option<Option<i32>>,
    /// The whole programme; null empties it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Vec<ProgrammeItemIn>>, max_items = 100)]
    pub programme: Option<Option<Vec<ProgrammeItemIn>>>,
    /// The whole call.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Call>)]
    pub call: Option<Option<Call>>,
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Why something is done. It reaches those whom it concerns.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "场地变更，另行通知。")]
    pub reason: String,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 4)]
    pub kind: Vec<EventKind>,
    #[serde(default)]
    #[param(max_items = 6)]
    pub status: Vec<EventStatus>,
    /// That end at this instant or later.
    pub from: Option<Moment>,
    /// That begin before this instant.
    pub until: Option<Moment>,
    pub demo: Option<bool>,
}

/// An item of the programme.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgrammeItemOut {
    pub at: Moment,
    pub title: String,
    pub speaker: Option<String>,
    pub note: Option<String>,
}

impl From<ProgrammeItem> for ProgrammeItemOut {
    fn from(item: ProgrammeItem) -> Self {
        Self { at: item.at.into(), title: item.title, speaker: item.speaker, note: item.note }
    }
}

/// An event, as everybody may know it. How many come, and one's own place, are at `…/places`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventOut {
    pub id: EventId,
    pub kind: EventKind,
    pub status: EventStatus,
    pub demo: bool,
    pub title: String,
    pub title_en: Option<String>,
    pub theme: Option<String>,
    pub field: Option<Field>,
    pub summary: String,
    pub organisers: Option<String>,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub place: Option<String>,
    /// Whether it can be joined online.
    pub online: bool,
    pub sign_up_from: Option<Moment>,
    pub sign_up_until: Option<Moment>,
    pub capacity: Option<i32>,
    pub per_organisation: Option<i32>,
    pub programme: Vec<ProgrammeItemOut>,
    pub call: Call,
    /// Why it was cancelled.
    pub end_reason: Option<String>,
    /// The moves that the life cycle allows now, whoever may make them.
    pub legal_moves: Vec<EventMove>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Model> for EventOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            demo: row.demo,
            title: row.title,
            title_en: row.title_en,
            theme: row.theme,
            field: row.field,
            summary: row.summary,
            organisers: row.organisers,
            starts_at: row.starts_at.into(),
            ends_at: row.ends_at.into(),
            place: row.place,
            online: row.online_url.is_some(),
            sign_up_from: row.sign_up_from.map(Into::into),
            sign_up_until: row.sign_up_until.map(Into::into),
            capacity: row.capacity,
            per_organisation: row.per_organisation,
            programme: row.programme.0.into_iter().map(Into::into).collect(),
            call: row.call,
            end_reason: row.end_reason,
            legal_moves: row.status.legal(),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// An event in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventBrief {
    pub id: EventId,
    pub kind: EventKind,
    pub status: EventStatus,
    pub demo: bool,
    pub title: String,
    pub title_en: Option<String>,
    pub theme: Option<String>,
    pub field: Option<Field>,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub place: Option<String>,
    pub online: bool,
    pub capacity: Option<i32>,
}

impl From<Model> for EventBrief {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            status: row.status,
            demo: row.demo,
            title: row.title,
            title_en: row.title_en,
            theme: row.theme,
            field: row.field,
            starts_at: row.starts_at.into(),
            ends_at: row.ends_at.into(),
            place: row.place,
            online: row.online_url.is_some(),
            capacity: row.capacity,
        }
    }
}

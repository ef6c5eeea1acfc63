//! Appointments on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    docking::{
        Side,
        appointment::{
            attendance::AttendanceAnswer,
            status::{AppointmentMove, AppointmentStatus},
        },
        meeting::MeetingMode,
    },
    id::{AppointmentId, DockingId, MeetingId},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// Times at which the two sides could meet.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentIn {
    /// In the future, within a year, each once.
    #[schema(min_items = 1, max_items = 10)]
    pub times: Vec<Moment>,
    #[schema(minimum = 15, maximum = 480, example = 60)]
    pub minutes: i32,
    pub mode: MeetingMode,
    /// Required for a meeting on site.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", example = "创新创业服务中心 302 会议室")]
    pub place: Option<String>,
    /// Where an online meeting is joined.
    #[serde(default)]
    #[schema(max_length = 500, pattern = r"^https://\S+$", example = "https://meeting.example/123456")]
    pub join_url: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "确认样机指标和中试条件")]
    pub agenda: Option<String>,
}

/// Which of the times fit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimesAnswerIn {
    /// Some of the proposed times; none of them when none fits.
    #[schema(max_items = 10)]
    pub fits: Vec<Moment>,
    /// Reaches the others.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub note: Option<String>,
    /// From a broker: for which side, that nobody has an account of.
    #[serde(default)]
    pub side: Option<Side>,
}

/// Other times.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleIn {
    /// In the future, within a year, each once.
    #[schema(min_items = 1, max_items = 10)]
    pub times: Vec<Moment>,
    /// Why. It reaches the others.
    #[schema(min_length = 2, max_length = 2000, pattern = r"\S")]
    pub note: String,
}

/// Why it does not take place.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAppointmentIn {
    /// It reaches the others.
    #[schema(min_length = 2, max_length = 2000, pattern = r"\S")]
    pub note: String,
}

/// Whether the caller will come.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttendanceIn {
    pub answer: AttendanceAnswer,
}

/// An appointment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppointmentOut {
    pub id: AppointmentId,
    pub docking_id: DockingId,
    pub status: AppointmentStatus,
    pub times: Vec<Moment>,
    /// The time that was agreed on.
    pub starts_at: Option<Moment>,
    pub minutes: i32,
    pub mode: MeetingMode,
    pub place: Option<String>,
    pub join_url: Option<String>,
    pub agenda: Option<String>,
    pub proposed_side: Side,
    pub answers: Vec<TimesAnswerOut>,
    /// The sides whose answer is awaited.
    pub awaited: Vec<Side>,
    pub attendance: Vec<AttendanceOut>,
    pub end_note: Option<String>,
    /// The meeting that was recorded.
    pub meeting_id: Option<MeetingId>,
    /// The moves that the life cycle allows now, whoever may make them.
    pub legal_moves: Vec<AppointmentMove>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// What a side said to the times.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimesAnswerOut {
    pub side: Side,
    pub fits: Vec<Moment>,
    pub note: Option<String>,
    pub answered_at: Moment,
}

/// Who said whether they will come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttendanceOut {
    pub name: String,
    pub side: Side,
    pub answer: AttendanceAnswer,
}

/// A page of appointments.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AppointmentQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

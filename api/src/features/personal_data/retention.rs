//! The terms after which things about people go, and nothing else about time: the schedule asks here.

use chrono::Duration;
use techmart_entity::Instant;

/// Something with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    SingleUseLink,
    RefreshToken,
    EndedSession,
    FailedSignIn,
    StoredAnswer,
    Notification,
    FinishedJob,
    InvitedAddress,
    ImportedRow,
    UnverifiedAccount,
    AuditorLook,
}

impl Term {
    pub const ALL: &'static [Self] = &[
        Self::SingleUseLink,
        // Before the sessions, to which they belong.
        Self::RefreshToken,
        Self::EndedSession,
        Self::FailedSignIn,
        Self::StoredAnswer,
        Self::Notification,
        Self::FinishedJob,
        Self::InvitedAddress,
        Self::ImportedRow,
        Self::UnverifiedAccount,
        Self::AuditorLook,
    ];

    /// Its code, on the wire and in the log.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SingleUseLink => "single_use_link",
            Self::RefreshToken => "refresh_token",
            Self::EndedSession => "ended_session",
            Self::FailedSignIn => "failed_sign_in",
            Self::StoredAnswer => "stored_answer",
            Self::Notification => "notification",
            Self::FinishedJob => "finished_job",
            Self::InvitedAddress => "invited_address",
            Self::ImportedRow => "imported_row",
            Self::UnverifiedAccount => "unverified_account",
            Self::AuditorLook => "auditor_look",
        }
    }

    /// Whole days after [`Term::begins`].
    #[must_use]
    pub fn days(self) -> u32 {
        match self {
            Self::SingleUseLink | Self::RefreshToken | Self::StoredAnswer => 0,
            Self::FailedSignIn => 1,
            Self::FinishedJob | Self::UnverifiedAccount => 30,
            Self::InvitedAddress => 90,
            // Article 21 of the Cybersecurity Law asks for six months of logs at least.
            Self::EndedSession => 184,
            Self::ImportedRow => 180,
            Self::Notification => 365,
            // Three years, as long as a claim may be brought (Civil Code art. 188); the database refuses sooner.
            Self::AuditorLook => 3 * 366,
        }
    }

    /// With what the days begin, in Chinese and English.
    #[must_use]
    pub fn begins(self) -> (&'static str, &'static str) {
        match self {
            Self::SingleUseLink | Self::StoredAnswer => ("到期", "its expiry"),
            Self::RefreshToken | Self::EndedSession => ("登录结束", "the end of the sign-in"),
            Self::FailedSignIn => ("登录失败", "the failure"),
            Self::Notification => ("通知产生", "the telling"),
            Self::FinishedJob => ("任务完成", "the job is done"),
            Self::InvitedAddress => ("邀请结束", "the end of the invitation"),
            Self::ImportedRow => ("导入结束", "the end of the import"),
            Self::UnverifiedAccount => ("注册而未验证邮箱", "the registration that nobody verified"),
            Self::AuditorLook => ("查看", "the look"),
        }
    }

    /// What began before this is over now.
    #[must_use]
    pub fn cutoff(self, now: Instant) -> Instant {
        now - Duration::days(i64::from(self.days()))
    }
}

//! The closed table of what is kept about people.

use techmart_entity::personal::{LegalBasis, OnErasure};

use super::retention::Term;

/// How long something is kept.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// A term that the schedule looks after.
    Term(Term),
    /// As these words say, in Chinese and English.
    Until(&'static str, &'static str),
}

/// A category of personal data.
#[derive(Debug)]
pub struct Category {
    pub code: &'static str,
    /// `table.column`, or `*.column` for a column of that name wherever it is.
    pub columns: &'static [&'static str],
    pub what: (&'static str, &'static str),
    pub purpose: (&'static str, &'static str),
    pub basis: &'static [LegalBasis],
    pub kept: Kept,
    pub on_erasure: OnErasure,
}

const ACCOUNT: Kept = Kept::Until("账号存续期间", "while the account exists");
const RECORD: Kept = Kept::Until(
    "与计数、合同和审计记录同期保存",
    "as long as the counts, contracts and the audit log that rest on it",
);
const LISTING: Kept = Kept::Until(
    "与单位或条目同期保存；单位可随时修改，注销账号时删除与其邮箱相同的联系人",
    "as long as the organisation or the listing, which change it at any time; contacts with the address of an erased \
     account go with it",
);

/// Everything that is kept about people.
pub const CATEGORIES: &[Category] = &[
    Category {
        code: "account",
        columns: &[
            "account.email",
            "account.email_verified_at",
            "account.name",
            "account.locale",
            "account.match_digest",
            "account.role",
        ],
        what: ("姓名、邮箱、语言和角色", "name, e-mail address, language and role"),
        purpose: ("识别用户、发送通知", "to know who acts, and to write to them"),
        basis: &[LegalBasis::Contract],
        kept: ACCOUNT,
        on_erasure: OnErasure::Replaced,
    },
    Category {
        code: "password",
        columns: &["account.password_hash"],
        what: (
            "密码的加盐哈希（Argon2id），不保存密码",
            "a salted hash of the password (Argon2id), never the password",
        ),
        purpose: ("登录", "signing in"),
        basis: &[LegalBasis::Contract],
        kept: ACCOUNT,
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "sessions",
        columns: &["session.account_id"],
        what: ("登录时间、最近使用时间和结束时间", "when sign-ins began, were last used, and ended"),
        purpose: (
            "保持登录、发现异常登录；网络安全法要求日志留存不少于六个月",
            "to stay signed in and to notice strange sign-ins; logs are to be kept for six months at least",
        ),
        basis: &[LegalBasis::Contract, LegalBasis::Duty],
        kept: Kept::Term(Term::EndedSession),
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "tokens",
        columns: &["one_time_token.account_id"],
        what: ("一次性链接的哈希", "hashes of links that work once"),
        purpose: ("验证邮箱、重设密码", "to verify the address and to reset the password"),
        basis: &[LegalBasis::Contract],
        kept: Kept::Term(Term::SingleUseLink),
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "failed_sign_ins",
        columns: &["sign_in_failure.client", "sign_in_failure.email_hash"],
        what: (
            "登录失败的时间、网络地址和邮箱哈希",
            "when a sign-in failed, from which network address, and a hash of the e-mail address",
        ),
        purpose: ("防止猜测密码", "to slow down guessing"),
        basis: &[LegalBasis::Duty],
        kept: Kept::Term(Term::FailedSignIn),
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "memberships",
        columns: &["membership.account_id"],
        what: ("所属单位和角色", "organisations one belongs to, and as what"),
        purpose: ("代表单位操作", "to act for an organisation"),
        basis: &[LegalBasis::Contract],
        kept: ACCOUNT,
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "notifications",
        columns: &["notification.words", "notification.account_id", "recommendation_notice.account_id"],
        what: ("收到的通知", "what one was told"),
        purpose: ("告知与本人有关的事项", "to tell what concerns one"),
        basis: &[LegalBasis::Contract],
        kept: Kept::Term(Term::Notification),
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "preferences",
        columns: &["notification_preference.account_id"],
        what: ("通知方式", "how one wants to be told"),
        purpose: ("按本人意愿通知", "to tell people as they want it"),
        basis: &[LegalBasis::Consent],
        kept: ACCOUNT,
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "saved_searches",
        columns: &["saved_search.name", "saved_search.query", "saved_search.account_id"],
        what: ("订阅的检索", "searches that one keeps"),
        purpose: ("告知新结果", "to tell of what is new"),
        basis: &[LegalBasis::Consent],
        kept: ACCOUNT,
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "reminders",
        columns: &["docking_reminder.note", "docking_reminder.account_id", "docking_read_mark.account_id"],
        what: ("自设提醒和已读标记", "one's own reminders, and up to where one has read"),
        purpose: ("本人备忘", "one's own use"),
        basis: &[LegalBasis::Consent],
        kept: ACCOUNT,
        on_erasure: OnErasure::Deleted,
    },
    Category {
        code: "sign_ups",
        columns: &["event_sign_up.account_id", "event_sign_up.reason", "docking_attendance.account_id"],
        what: (
            "活动报名、签到和会面答复",
            "sign-ups for events, presence there, and answers to appointments",
        ),
        purpose: ("组织活动；到场人数是计数证据", "to hold events; who came is evidence of a count"),
        basis: &[LegalBasis::Contract, LegalBasis::Duty],
        kept: RECORD,
        on_erasure: OnErasure::Kept,
    },
    Category {
        code: "invitations",
        columns: &["invitation.email", "invitation.open_key"],
        what: ("被邀请人的邮箱", "the e-mail address of who was invited"),
        purpose: ("发送邀请", "to send the invitation"),
        basis: &[LegalBasis::Contract],
        kept: Kept::Term(Term::InvitedAddress),
        on_erasure: OnErasure::Replaced,
    },
    Category {
        code: "messages",
        columns: &["docking_message.body", "docking_message.author_id"],
        what: ("对接中的留言", "what one wrote in dockings"),
        purpose: ("双方沟通；也是对方的记录", "for the sides to talk; it is the other side's record as well"),
        basis: &[LegalBasis::Contract],
        kept: RECORD,
        on_erasure: OnErasure::Kept,
    },
    Category {
        code: "case_texts",
        columns: &[
            "docking.message",
            "docking.consent_note",
            "docking.end_note",
            "docking_appointment.agenda",
            "docking_appointment.end_note",
            "docking_appointment.join_url",
            "docking_appointment.place",
            "docking_appointment_answer.note",
            "docking_assistance.brief",
            "docking_assistance.answer_note",
            "docking_assistance.result",
            "docking_meeting.attendees",
            "docking_meeting.summary",
            "docking_meeting.place",
            "docking_offer.terms",
            "docking_offer.answer_note",
            "event_pair.note",
            "recommendation.note",
            "desk_note.body",
            "attachment.file_name",
        ],
        what: (
            "对接记录中的文字：会面参加人、纪要、报价条款、备注、附件名",
            "texts of a docking's record: who met, minutes, terms, notes, names of files",
        ),
        purpose: ("记录交易过程，是计数和合同的证据", "to record a deal; evidence of counts and contracts"),
        basis: &[LegalBasis::Contract, LegalBasis::Duty],
        kept: RECORD,
        on_erasure: OnErasure::Kept,
    },
    Category {
        code: "acts",
        columns: &[
            "audit.actor_id",
            "audit.facts",
            "audit.reason",
            "*.created_by",
            "*.recorded_by",
            "*.confirmed_by",
            "*.decided_by",
            "*.answered_by",
            "*.proposed_by",
            "*.requested_by",
            "*.ended_by",
            "*.judged_by",
            "*.signed_by",
            "*.closed_by",
            "*.written_by",
            "*.claimed_by",
            "*.collected_by",
            "*.submitted_by",
            "*.accepted_by",
            "*.interest_by",
            "*.approved_by",
            "*.reviewed_by",
            "*.applied_by",
            "*.registered_by",
            "*.verified_by",
            "*.uploaded_by",
            "*.invited_by",
            "*.held_by",
            "*.reported_by",
            "*.brought_by",
            "*.cancelled_by",
            "*.checked_in_by",
            "*.made_by",
            "*.revoked_by",
            "*.updated_by",
            "desk_item.assignee_id",
            "docking.broker_id",
            "ledger_entry.actor_id",
            "ledger_entry.performers",
            "ledger_event.by",
            "erasure.account_id",
        ],
        what: (
            "谁在何时做了什么（只记账号编号，不记姓名）",
            "who did what and when, by the id of the account and never by name",
        ),
        purpose: (
            "审计、计数可核验、双人复核",
            "audit, counts that can be verified, and the rule that a second person confirms",
        ),
        basis: &[LegalBasis::Duty],
        kept: RECORD,
        on_erasure: OnErasure::Kept,
    },
    Category {
        code: "reasons",
        columns: &[
            "*.reason",
            "*.end_reason",
            "*.disabled_reason",
            "*.withdrawal_reason",
            "*.verification_reason",
            "duplicate.note",
            "signal.note",
            "signal.facts",
            "enclave_entry.note",
            "finance_case.note",
            "landing_milestone.note",
            "indicator_rule.note",
            "assessment_item.note",
            "outbound_item.opinion",
            "assessment.opinion",
            "assessment.signature",
            "event.report_summary",
            "ledger_entry.facts",
        ],
        what: (
            "决定的理由、核查意见和签名",
            "reasons of decisions, opinions of assessors and their signatures",
        ),
        purpose: ("审计", "audit"),
        basis: &[LegalBasis::Duty],
        kept: RECORD,
        on_erasure: OnErasure::Kept,
    },
    Category {
        code: "looks",
        columns: &["audit.action"],
        what: (
            "审计人员查看记录（审计日志中 action=look）",
            "what auditors looked at (action=look in the audit log)",
        ),
        purpose: ("监督对非公开信息的查看", "to watch over who reads what is not public"),
        basis: &[LegalBasis::Duty],
        kept: Kept::Term(Term::AuditorLook),
        on_erasure: OnErasure::ByTerm,
    },
    Category {
        code: "api_clients",
        columns: &["api_client.name", "api_client.purpose", "api_client.responsible_id"],
        what: (
            "API 客户端的名称、用途和负责人",
            "names and purposes of API clients, and who answers for them",
        ),
        purpose: ("知道由谁负责程序的访问", "to know who answers for what programs read and write"),
        basis: &[LegalBasis::Contract],
        kept: RECORD,
        on_erasure: OnErasure::Kept,
    },
    Category {
        code: "contacts",
        columns: &["organisation.contacts", "organisation.legal_rep", "listing_version.content"],
        what: (
            "单位和条目的联系人（姓名、电话、邮箱、微信）、法定代表人、发明人和团队成员",
            "contact persons of organisations and listings (name, phone, e-mail, WeChat), legal representatives, inventors and team members",
        ),
        purpose: (
            "双方同意对接后联系；成果归属",
            "to reach each other once both consented; whose achievement it is",
        ),
        basis: &[LegalBasis::Consent, LegalBasis::Contract],
        kept: LISTING,
        on_erasure: OnErasure::ByOrganisation,
    },
    Category {
        code: "imported_rows",
        columns: &["import_row.raw", "import_row.notes"],
        what: ("导入时被拒绝的原始行", "rows of an import that were refused, as they were"),
        purpose: ("供导入人修正", "for whoever imported them to repair"),
        basis: &[LegalBasis::Published],
        kept: Kept::Term(Term::ImportedRow),
        on_erasure: OnErasure::ByTerm,
    },
    Category {
        code: "imported_listings",
        columns: &["listing.raw"],
        what: ("已公开条目的原始内容", "listings as their public source has them"),
        purpose: ("核对来源", "to compare with the source"),
        basis: &[LegalBasis::Published],
        kept: LISTING,
        on_erasure: OnErasure::ByOrganisation,
    },
    Category {
        code: "stored_answers",
        columns: &["idempotency.body"],
        what: ("带 Idempotency-Key 的请求的答复", "answers to requests with an Idempotency-Key"),
        purpose: ("重试时不重复执行", "so that a request that is repeated acts once"),
        basis: &[LegalBasis::Contract],
        kept: Kept::Term(Term::StoredAnswer),
        on_erasure: OnErasure::ByTerm,
    },
    Category {
        code: "jobs",
        columns: &["outbox.payload"],
        what: ("待办任务（只含编号）", "jobs, which hold ids alone"),
        purpose: ("发送邮件、更新索引", "to send mail and to keep the index"),
        basis: &[LegalBasis::Contract],
        kept: Kept::Term(Term::FinishedJob),
        on_erasure: OnErasure::ByTerm,
    },
];

/// Columns that sound like personal data and are none, with the reason.
pub const NOT_PERSONAL: &[(&str, &str)] = &[
    ("api_client_key.client_id", "a program"),
    ("api_client_usage.client_id", "a program"),
    ("attachment.used_by", "names the thing that uses a file"),
    ("audit.reason_code", "a code"),
    ("calendar_day.name", "a holiday"),
    ("change.replaced_by", "a listing"),
    ("desk_item.title", "the title of what waits"),
    ("docking.match_reasons", "what two listings have in common"),
    ("duplicate.reasons", "what two listings have in common"),
    ("event.place", "where an event is held"),
    ("event.summary", "what an event is about"),
    ("harvest_source.address", "a repository"),
    ("harvest_source.last_message", "how a run ended"),
    ("harvest_source.name", "a repository"),
    ("import.notes", "what is said of a table's headings"),
    ("import_mapping.words", "the words of a source"),
    ("indicator.name_en", "an indicator"),
    ("indicator.name_zh", "an indicator"),
    ("landing.place", "where something is produced"),
    ("listing_version.content_hash", "a hash"),
    ("organisation.name", "an organisation"),
    ("organisation.name_en", "an organisation"),
    ("organisation.name_key", "an organisation"),
    ("organisation.short_name", "an organisation"),
    ("outbound_target.name", "a platform"),
    ("outbox.claimed_by", "a process"),
    ("plan.name_en", "a plan"),
    ("plan.name_zh", "a plan"),
];

/// Whether a column is in the table, or said to be nothing about people.
#[must_use]
pub fn is_classified(table: &str, column: &str) -> bool {
    let (whole, anywhere) = (format!("{table}.{column}"), format!("*.{column}"));
    NOT_PERSONAL.iter().any(|(named, _)| *named == whole)
        || CATEGORIES
            .iter()
            .flat_map(|category| category.columns)
            .any(|named| *named == whole || *named == anywhere)
}

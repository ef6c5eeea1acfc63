//! Every letter as its reader sees it, in a snapshot: who changes a word sees where it stands. The words come from the
//! very functions that tell people.

use techmart_api::{
    features::notification::{
        delivery::gathered,
        told::{
            Both, Why, api_client, case, contract, desk, docking, event, expiry, listing, organisation,
            recommendation, saved_search, webhook,
        },
    },
    mail::{
        Extras, Letter,
        words::{
            Told, already_registered, erasure_asked, invitation, match_digest, reset_password, verify_email,
        },
    },
};
use techmart_entity::{
    Day, Instant,
    api_client::status::ApiClientStatus,
    audit::SubjectKind,
    contract::status::ContractStatus,
    desk::Queue,
    docking::{Side, assistance::AssistanceKind, status::DockingStage},
    expiry::TermKind,
    id::{AccountId, NotificationId},
    listing::{DiagnosisOutcome, HintCode, status::ListingStatus},
    notification::{MailState, Model, NotificationKind, Words},
    organisation::status::VerificationStatus,
    provider::status::EntryStatus,
    webhook::endpoint::DisabledReason,
};

const URL: &str = "https://techmart.example";
const TOKEN: &str = "the-token-of-forty-three-characters-or-more";

/// A title that would break a page or a header that trusted it.
const TITLE: &str = "制冷剂检漏机器人 <一代> & 二代";

/// The letters of an account, and those that bring many things at once.
fn of_accounts() -> Vec<(&'static str, Words)> {
    let told = Told {
        own: "空调制冷剂检漏".to_owned(),
        other: TITLE.to_owned(),
        reasons: vec![("两边都谈到“制冷剂”。".to_owned(), "Both speak of “制冷剂”.".to_owned())],
        link: format!("{URL}/api/v1/achievements/1"),
    };
    let published = listing::words(TITLE, &Both::label(ListingStatus::Published), &Why::default());
    vec![
        ("verify_email", verify_email("李娜", URL, TOKEN)),
        ("already_registered", already_registered("李娜", URL)),
        ("erasure_asked", erasure_asked("李娜", URL, Day::from_ymd_opt(2026, 12, 7).unwrap())),
        ("reset_password", reset_password("李娜", URL, TOKEN)),
        ("invitation", invitation("某大学", ("编辑", "editor"), URL, TOKEN)),
        ("match_digest", match_digest("李娜", &[told])),
        ("digest", gathered("李娜", &[row(published), row(expiring(TermKind::Listing, true))])),
    ]
}

fn row(words: Words) -> Model {
    Model {
        id: NotificationId::new(),
        account_id: AccountId::new(),
        kind: NotificationKind::Listing,
        subject_kind: SubjectKind::Achievement,
        subject_id: String::new(),
        source: String::new(),
        audit_id: None,
        words,
        path: None,
        listed: true,
        read_at: None,
        mail: MailState::Digest,
        mailed_at: None,
        created_at: Instant::UNIX_EPOCH,
    }
}

fn expiring(kind: TermKind, today: bool) -> Words {
    expiry::words(kind, TITLE, Day::from_ymd_opt(2027, 11, 28).unwrap(), today)
}

/// The letters of what people are told, of each kind at least one. A new kind comes with its letters.
fn of_kind(kind: NotificationKind) -> Vec<(&'static str, Words)> {
    let none = Why::default();
    let why = Why::new(None, Some("请补充与现有技术的对比数据。"));
    let price = Why::new(Some("price"), Some("报价超出今年预算。"));
    let about = docking::title(Some(TITLE));
    let due = Some("2026-12-01T15:59:59Z".parse().unwrap());
    match kind {
        NotificationKind::Listing => vec![
            ("published", listing::words(TITLE, &Both::label(ListingStatus::Published), &none)),
            ("returned", listing::words(TITLE, &Both::label(ListingStatus::Returned), &why)),
            ("suspended", listing::words(TITLE, &Both::label(ListingStatus::Suspended), &why)),
            ("expired", listing::words(TITLE, &Both::label(ListingStatus::Expired), &none)),
            (
                "diagnosed",
                listing::words_of_diagnosis(
                    TITLE,
                    &Both::label(DiagnosisOutcome::NeedsSecondDiagnosis),
                    &[Both::label(HintCode::NoIndicator)],
                    &why,
                ),
            ),
        ],
        NotificationKind::Organisation => vec![
            ("verified", organisation::words("某大学", &Both::label(VerificationStatus::Verified), &none)),
            ("rejected", organisation::words("某大学", &Both::label(VerificationStatus::Rejected), &why)),
            ("expired", organisation::words("某大学", &Both::label(VerificationStatus::Expired), &none)),
        ],
        NotificationKind::Entry => vec![
            ("entered", organisation::words_of_entry("检测中心", &Both::label(EntryStatus::Entered), &none)),
            ("rejected", organisation::words_of_entry("检测中心", &Both::label(EntryStatus::Rejected), &why)),
        ],
        NotificationKind::Docking => vec![
            ("interest", docking::words(Some(TITLE), &Both::label(DockingStage::InterestExpressed), &none)),
            ("accepted", docking::words(Some(TITLE), &Both::label(DockingStage::Accepted), &none)),
            ("declined", docking::words(Some(TITLE), &Both::label(DockingStage::Declined), &price)),
            ("of_nothing_named", docking::words(None, &Both::label(DockingStage::Closed), &none)),
            ("nda", case::words(&about, "record_nda", None).unwrap()),
            ("offer", case::words(&about, "decline_offer", Some("请打 13800000001")).unwrap()),
            (
                "help_asked_for",
                case::words(
                    &case::title_of_assistance(AssistanceKind::Evaluation),
                    "request_assistance",
                    None,
                )
                .unwrap(),
            ),
            ("help_delivered", case::words(&about, "deliver_assistance", None).unwrap()),
            ("broker", case::words(&about, "set_broker", None).unwrap()),
            ("reminder", case::words(&about, "reminder", Some("问中试线排期")).unwrap()),
        ],
        NotificationKind::Meeting => {
            let agreed = case::words(&about, "agree_on_appointment", None).unwrap();
            let starts_at = "2026-12-01T06:00:00Z".parse().unwrap();
            vec![
                ("recorded", docking::words_of_meeting(Some(TITLE), &none)),
                ("proposed", case::words(&about, "propose_appointment", None).unwrap()),
                ("agreed", case::with_time(agreed, starts_at, 60, Some("服务中心 302"))),
                ("cancelled", case::words(&about, "cancel_appointment", Some("改为书面交流")).unwrap()),
            ]
        }
        NotificationKind::Message => {
            vec![("message", case::words_of_message(&about, Side::Supplier, "请加微信：lee_gong88\n谢谢", 1))]
        }
        NotificationKind::Contract => vec![(
            "registered",
            contract::words(Some(TITLE), &Both::label(ContractStatus::Registered), &none),
        )],
        NotificationKind::Recommendation => vec![(
            "recommended",
            recommendation::words(
                "空调制冷剂检漏",
                TITLE,
                &[Both::new("两边都谈到“制冷剂”。", "Both speak of “制冷剂”.")],
            ),
        )],
        NotificationKind::SavedSearch => {
            vec![("new", saved_search::words("检漏", &[TITLE, "冷媒检漏小车"]))]
        }
        NotificationKind::Expiry => vec![
            ("listing", expiring(TermKind::Listing, false)),
            ("listing_today", expiring(TermKind::Listing, true)),
            ("entry", expiring(TermKind::Entry, false)),
            ("verification", expiring(TermKind::Verification, false)),
            ("interest", expiring(TermKind::Interest, false)),
            ("interest_today", expiring(TermKind::Interest, true)),
        ],
        NotificationKind::ApiClient => {
            let to = |status| Both::label(status);
            let why = Why::new(None, Some("用途说明不清楚"));
            let about = |action: &str, to: &Both, why: &Why| api_client::words("市科创门户", action, to, why);
            vec![
                ("asked", about("register", &to(ApiClientStatus::Requested), &none)),
                ("approved", about("approve", &to(ApiClientStatus::Approved), &none)),
                ("rejected", about("reject", &to(ApiClientStatus::Rejected), &why)),
                ("more", about("ask_scopes", &to(ApiClientStatus::Approved), &none)),
                ("key", about("create_key", &Both::default(), &none)),
                ("handed_over", about("hand_over", &Both::default(), &none)),
                (
                    "webhook_disabled",
                    webhook::words("市科创门户", "receiver.example", &Both::label(DisabledReason::Failing)),
                ),
            ]
        }
        NotificationKind::Desk => vec![
            ("given", desk::words(Queue::Review, TITLE, due, desk::Said::Given)),
            ("warning", desk::words(Queue::Review, TITLE, due, desk::Said::Warning)),
            ("overdue", desk::words(Queue::Verification, "某大学", due, desk::Said::Overdue)),
            ("without_a_clock", desk::words(Queue::Signal, "短文本", None, desk::Said::Given)),
        ],
        NotificationKind::Event => {
            let fair = event::Announced {
                title: Both::new("联百校转千果：电机专场", "Matching fair: motors"),
                starts_at: "2026-12-01T06:00:00Z".parse().unwrap(),
                ends_at: "2026-12-01T09:00:00Z".parse().unwrap(),
                place: Some("服务中心报告厅"),
            };
            let seat = Both::new("时段：2026-12-01 14:30，3 号桌", "At 2026-12-01 14:30, table 3");
            vec![
                ("place", event::words(&fair, &Both::new("报名成功", "You have a place"), None, &none)),
                (
                    "talk",
                    event::words(
                        &fair,
                        &Both::new("已安排一场洽谈", "A talk was arranged"),
                        Some(seat),
                        &none,
                    ),
                ),
                (
                    "cancelled",
                    event::words(&fair, &Both::new("活动已取消", "The event is cancelled"), None, &why),
                ),
            ]
        }
    }
}

/// A letter in both languages, as text and as a page.
fn shown(name: &str, words: &Words, extras: &Extras) -> String {
    let mut text = String::new();
    for locale in ["zh", "en"] {
        let letter = Letter::write(words, locale, extras.clone()).unwrap();
        text += &format!("==== {name} {locale}\nSubject: {}\n\n{}\n", letter.subject, letter.text);
        text += &format!("---- html\n{}\n", letter.html);
    }
    text
}

fn link() -> Option<String> {
    Some(format!("{URL}/api/v1/dockings/1"))
}

fn unsubscribe() -> Option<String> {
    Some(format!("{URL}/api/v1/unsubscribe?token=T"))
}

#[test]
fn every_letter_is_as_it_was_approved() {
    let mut text = String::new();
    for (name, words) in of_accounts() {
        let ends = name.ends_with("digest").then(unsubscribe).flatten();
        text += &shown(name, &words, &Extras { link: link(), unsubscribe: ends, ..Extras::default() });
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_letter_of_a_notification_is_as_it_was_approved() {
    let mut text = String::new();
    for kind in NotificationKind::ALL {
        for (name, words) in of_kind(*kind) {
            let renewal = (*kind == NotificationKind::Expiry && !name.starts_with("interest"))
                .then(|| ("一键续期 / Renew with one click", format!("{URL}/api/v1/renewals?token=T")));
            let extras = Extras { link: link(), renewal, unsubscribe: unsubscribe(), ..Extras::default() };
            text += &shown(&format!("{kind} {name}"), &words, &extras);
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_kind_of_notification_that_people_are_told_has_its_letters_in_the_snapshot() {
    let without: Vec<NotificationKind> =
        NotificationKind::ALL.iter().copied().filter(|kind| of_kind(*kind).is_empty()).collect();
    assert!(without.is_empty(), "without letters: {without:?}");
}

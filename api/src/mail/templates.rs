//! The letters, in Chinese and then in English: a broker forwards them as they are.

use std::fmt::Write as _;

/// A letter without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    /// Where one click ends mails like it (RFC 8058); those that nobody can do without have none.
    pub unsubscribe: Option<String>,
}

impl Letter {
    /// A letter that nobody can do without.
    fn needed(subject: String, text: String) -> Self {
        Self { subject, text, unsubscribe: None }
    }
}

/// Asks to verify an address.
#[must_use]
pub fn verify_email(name: &str, public_url: &str, token: &str) -> Letter {
    Letter::needed(
        "请验证邮箱 / Verify your address".to_owned(),
        format!(
            "{name}，您好：\n\n请在 24 小时内用下面的验证码完成邮箱验证（POST {public_url}/api/v1/auth/verify-email）：\n\n    \
             {token}\n\n如非本人操作，请忽略。\n\n----\n\nHello {name},\n\nverify your address within 24 hours with \
             the token above (POST {public_url}/api/v1/auth/verify-email).\nIf you did not ask for this, ignore it.\n"
        ),
    )
}

/// Tells the owner of an address that somebody tried to register it again.
#[must_use]
pub fn already_registered(name: &str, public_url: &str) -> Letter {
    Letter::needed(
        "该邮箱已注册 / This address is registered already".to_owned(),
        format!(
            "{name}，您好：\n\n有人用该邮箱再次注册。您已有账号，可直接登录；忘记密码请使用 \
             POST {public_url}/api/v1/auth/forgot-password。\n\n----\n\nHello {name},\n\nsomebody tried to register \
             this address again. You have an account: sign in, or use forgot-password.\n"
        ),
    )
}

/// Brings the link to choose a new password.
#[must_use]
pub fn reset_password(name: &str, public_url: &str, token: &str) -> Letter {
    Letter::needed(
        "重设密码 / Reset your password".to_owned(),
        format!(
            "{name}，您好：\n\n请在 30 分钟内用下面的验证码重设密码（POST {public_url}/api/v1/auth/reset-password）：\n\n    \
             {token}\n\n如非本人操作，请忽略，密码不会改变。\n\n----\n\nHello {name},\n\nchoose a new password within \
             30 minutes with the token above (POST {public_url}/api/v1/auth/reset-password).\nIf you did not ask for \
             this, ignore it: nothing changes.\n"
        ),
    )
}

/// Invites to an organisation, in a role.
#[must_use]
pub fn invitation(organisation: &str, role: (&str, &str), public_url: &str, token: &str) -> Letter {
    let (role_zh, role_en) = role;
    Letter::needed(
        "邀请加入单位 / Invitation to an organisation".to_owned(),
        format!(
            "您好：\n\n“{organisation}” 邀请您以“{role_zh}”身份加入科技成果交易服务超市。请在 7 天内用本邮箱的账号登录，并用下面的\
             验证码接受邀请（POST {public_url}/api/v1/invitations/accept）；还没有账号的，请先用本邮箱注册\
             （POST {public_url}/api/v1/auth/register）：\n\n    {token}\n\n如与您无关，请忽略。\n\n----\n\nHello,\n\n\
             “{organisation}” invites you to join it as {role_en}. Within 7 days sign in with the account of this address \
             and accept with the token above (POST {public_url}/api/v1/invitations/accept); if it has no account yet, \
             register this address first (POST {public_url}/api/v1/auth/register).\nIf it is not for you, ignore it.\n"
        ),
    )
}

/// Tells of a move: of what, to where, and why.
#[must_use]
pub fn moved(title: &str, to: (&str, &str), reason: Option<&str>, link: &str) -> Letter {
    let (to_zh, to_en) = to;
    let because_zh = reason.map(|reason| format!("\n说明：{reason}\n")).unwrap_or_default();
    let because_en = reason.map(|reason| format!("\nReason: {reason}\n")).unwrap_or_default();
    Letter::needed(
        format!("{title}：{to_zh} / {to_en}"),
        format!(
            "“{title}” 现为：{to_zh}。\n{because_zh}\n查看：{link}\n\n----\n\n“{title}” is now: {to_en}.\n{because_en}\nSee: {link}\n"
        ),
    )
}

/// One match, as a digest tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is one's own.
    pub own: String,
    /// What matches it.
    pub other: String,
    /// Why, in both languages.
    pub reasons: Vec<(String, String)>,
    pub link: String,
}

/// Tells what matches, a few at a time.
#[must_use]
pub fn match_digest(name: &str, told: &[Told], unsubscribe: &str) -> Letter {
    let n = told.len();
    let mut zh = format!("{name}，您好：\n\n有 {n} 项新的匹配，供参考：\n");
    let mut en = format!("Hello {name},\n\nthere are {n} new matches for you to look at:\n");
    for one in told {
        let _ = write!(zh, "\n“{}” ←→ “{}”\n", one.own, one.other);
        let _ = write!(en, "\n“{}” <-> “{}”\n", one.own, one.other);
        for (reason_zh, reason_en) in &one.reasons {
            let _ = writeln!(zh, "  · {reason_zh}");
            let _ = writeln!(en, "  · {reason_en}");
        }
        let _ = writeln!(zh, "  {}", one.link);
        let _ = writeln!(en, "  {}", one.link);
    }
    let _ = write!(zh, "\n不想再收到：{unsubscribe}\n");
    let _ = write!(en, "\nNo more of these: {unsubscribe}\n");
    Letter {
        subject: format!("{n} 项新匹配 / {n} new matches"),
        text: format!("{zh}\n----\n\n{en}"),
        unsubscribe: Some(unsubscribe.to_owned()),
    }
}

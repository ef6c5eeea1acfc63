//! The words of the letters that concern an account, and of the digest of matches. Those of notifications are with
//! what they follow from, in `features/notification`.

use techmart_entity::{
    Day,
    notification::{Text, Words},
};

fn words(zh: (&str, Vec<String>), en: (&str, Vec<String>)) -> Words {
    Words {
        zh: Text { subject: zh.0.to_owned(), lines: zh.1 },
        en: Text { subject: en.0.to_owned(), lines: en.1 },
    }
}

/// Asks to verify an address.
#[must_use]
pub fn verify_email(name: &str, public_url: &str, token: &str) -> Words {
    let address = format!("POST {public_url}/api/v1/auth/verify-email");
    words(
        (
            "请验证邮箱",
            vec![
                format!("{name}，您好："),
                format!("请在 24 小时内用下面的验证码完成邮箱验证（{address}）："),
                format!("    {token}"),
                "如非本人操作，请忽略。".to_owned(),
            ],
        ),
        (
            "Verify your address",
            vec![
                format!("Hello {name},"),
                format!("verify your address within 24 hours with this token ({address}):"),
                format!("    {token}"),
                "If you did not ask for this, ignore it.".to_owned(),
            ],
        ),
    )
}

/// Tells the owner of an address that somebody tried to register it again.
#[must_use]
pub fn already_registered(name: &str, public_url: &str) -> Words {
    let address = format!("POST {public_url}/api/v1/auth/forgot-password");
    words(
        (
            "该邮箱已注册",
            vec![
                format!("{name}，您好："),
                format!("有人用该邮箱再次注册。您已有账号，可直接登录；忘记密码请使用 {address}。"),
            ],
        ),
        (
            "This address is registered already",
            vec![
                format!("Hello {name},"),
                format!(
                    "somebody tried to register this address again. You have an account: sign in, or, if you forgot \
                     the password, use {address}."
                ),
            ],
        ),
    )
}

/// Tells somebody that their account is going to be erased on that day, and how to keep it.
#[must_use]
pub fn erasure_asked(name: &str, public_url: &str, day: Day) -> Words {
    let address = format!("POST {public_url}/api/v1/me/erasure/withdraw");
    words(
        (
            "您的账号将被注销",
            vec![
                format!("{name}，您好："),
                format!(
                    "我们收到了注销您账号的申请，将于 {day} 注销：姓名、邮箱、密码、登录记录、通知和订阅都会删除，不能恢复。"
                ),
                format!(
                    "如果不是您本人申请，或您改变了主意，请在此之前登录并使用 {address} 撤回，并修改密码。"
                ),
            ],
        ),
        (
            "Your account is going to be erased",
            vec![
                format!("Hello {name},"),
                format!(
                    "we were asked to erase your account and do so on {day}: name, address, password, sign-ins, \
                     notifications and saved searches go and cannot be brought back."
                ),
                format!(
                    "If it was not you, or you have changed your mind, sign in before that day, withdraw it by \
                     {address} and change your password."
                ),
            ],
        ),
    )
}

/// Brings the token to choose a new password.
#[must_use]
pub fn reset_password(name: &str, public_url: &str, token: &str) -> Words {
    let address = format!("POST {public_url}/api/v1/auth/reset-password");
    words(
        (
            "重设密码",
            vec![
                format!("{name}，您好："),
                format!("请在 30 分钟内用下面的验证码重设密码（{address}）："),
                format!("    {token}"),
                "如非本人操作，请忽略，密码不会改变。".to_owned(),
            ],
        ),
        (
            "Reset your password",
            vec![
                format!("Hello {name},"),
                format!("choose a new password within 30 minutes with this token ({address}):"),
                format!("    {token}"),
                "If you did not ask for this, ignore it: nothing changes.".to_owned(),
            ],
        ),
    )
}

/// Invites to an organisation, in a role.
#[must_use]
pub fn invitation(organisation: &str, role: (&str, &str), public_url: &str, token: &str) -> Words {
    let (role_zh, role_en) = role;
    let accept = format!("POST {public_url}/api/v1/invitations/accept");
    let register = format!("POST {public_url}/api/v1/auth/register");
    words(
        (
            "邀请加入单位",
            vec![
                "您好：".to_owned(),
                format!(
                    "“{organisation}” 邀请您以“{role_zh}”身份加入科技成果交易服务超市。请在 7 天内用本邮箱的账号登录，并用下面的\
                     验证码接受邀请（{accept}）；还没有账号的，请先用本邮箱注册（{register}）："
                ),
                format!("    {token}"),
                "如与您无关，请忽略。".to_owned(),
            ],
        ),
        (
            "Invitation to an organisation",
            vec![
                "Hello,".to_owned(),
                format!(
                    "“{organisation}” invites you to join it as {role_en}. Within 7 days sign in with the account of \
                     this address and accept with this token ({accept}); if it has no account yet, register this \
                     address first ({register}):"
                ),
                format!("    {token}"),
                "If it is not for you, ignore it.".to_owned(),
            ],
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
pub fn match_digest(name: &str, told: &[Told]) -> Words {
    let n = told.len();
    let mut zh = vec![format!("{name}，您好："), format!("有 {n} 项新的匹配，供参考：")];
    let mut en = vec![format!("Hello {name},"), format!("there are {n} new matches for you to look at:")];
    for one in told {
        let mut line_zh = format!("“{}” ←→ “{}”", one.own, one.other);
        let mut line_en = format!("“{}” <-> “{}”", one.own, one.other);
        for (reason_zh, reason_en) in &one.reasons {
            line_zh += &format!("\n  · {reason_zh}");
            line_en += &format!("\n  · {reason_en}");
        }
        zh.push(format!("{line_zh}\n  {}", one.link));
        en.push(format!("{line_en}\n  {}", one.link));
    }
    words((&format!("{n} 项新匹配"), zh), (&format!("{n} new matches"), en))
}

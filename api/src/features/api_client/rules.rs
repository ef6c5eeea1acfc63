//! What a client must keep to. Pure.

use techmart_entity::api_client::{Origins, Scopes, scope::ApiScope};
use url::Url;

use crate::{error::Fault, say};

/// Clients of one organisation that are not ended.
pub const OF_ORGANISATION: u64 = 20;
/// Clients for public reading of one person that are not ended.
pub const OF_PERSON: u64 = 5;
/// Keys of a client that open something: the one in use, and the one that follows it.
pub const LIVE_KEYS: usize = 2;
/// Requests a minute, unless an admin says otherwise.
pub const PER_MINUTE: i32 = 1_200;
/// Requests a day, unless an admin says otherwise.
pub const DAILY_QUOTA: i64 = 100_000;

/// Who reads what is public has the scopes that are public.
pub fn check_scopes(scopes: &Scopes, for_organisation: bool, pointer: &str, faults: &mut Vec<Fault>) {
    if scopes.0.is_empty() {
        let detail = say!("至少需要一个权限范围。", "Name at least one scope.");
        faults.push(Fault::at(pointer, "required", detail));
    }
    if for_organisation {
        return;
    }
    let private: Vec<&str> = scopes.0.iter().filter(|scope| !scope.is_public()).map(code).collect();
    if !private.is_empty() {
        let names = private.join(", ");
        faults.push(Fault::at(
            pointer,
            "needs_organisation",
            say!(
                "{names} 只给代表单位的客户端；公开读取可用 catalogue:read。",
                "{names} is for a client of an organisation; public reading has catalogue:read."
            ),
        ));
    }
}

fn code(scope: &ApiScope) -> &'static str {
    techmart_entity::value::code_list::Coded::code(*scope)
}

/// What is granted lies within what was asked for.
pub fn check_granted(granted: &Scopes, asked: &Scopes, pointer: &str, faults: &mut Vec<Fault>) {
    let beyond: Vec<&str> = granted.0.iter().filter(|scope| !asked.has(**scope)).map(code).collect();
    if !beyond.is_empty() {
        let names = beyond.join(", ");
        let detail = say!("没有申请 {names}。", "{names} was not asked for.");
        faults.push(Fault::at(pointer, "not_asked_for", detail));
    }
}

/// Origins are what a browser sends: scheme, host and port, nothing else; plain http on the own machine alone.
pub fn check_origins(origins: &Origins, pointer: &str, faults: &mut Vec<Fault>) {
    for (at, origin) in origins.0.iter().enumerate() {
        if !is_origin(origin) {
            faults.push(Fault::at(
                format!("{pointer}/{at}"),
                "origin",
                say!(
                    "应为浏览器发送的源，如 https://front.example（小写、无路径）；http 仅限 localhost。",
                    "It has to be an origin as browsers send it, like https://front.example: lower case, no path; http on localhost alone."
                ),
            ));
        }
    }
}

fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let secure = match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    };
    // A parser takes a star for a host's letter; no browser sends one.
    secure && !text.contains('*') && url.origin().ascii_serialization() == text
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in [
            "https://front.example",
            "https://front.example:8443",
            "http://localhost:5173",
            "http://127.0.0.1:8080",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "null",
            "*",
            "https://*.example",
            "https://front.example/",
            "https://front.example/path",
            "https://Front.example",
            "https://front.example:443",
            "http://front.example",
            "https://user@front.example",
            "ftp://front.example",
            "http://127.0.0.1:80808",
            "front.example",
            "",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}

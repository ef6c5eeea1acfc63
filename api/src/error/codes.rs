//! The closed table of error codes: name, status, title. A client branches on the code; nothing is
//! ever removed from it.

use actix_web::http::StatusCode;
use techmart_entity::value::code_list::CodeItem;

use super::Wording;

macro_rules! codes {
    ($($name:ident = $code:literal $status:ident ($zh:literal, $en:literal)),+ $(,)?) => {
        /// What went wrong, for a program.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $en] $name),+ }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it stands in a problem document.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status it is answered with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// The title of its problem documents.
            #[must_use]
            pub fn title(self) -> Wording {
                match self { $(Self::$name => Wording::new($zh, $en)),+ }
            }
        }
    };
}

codes! {
    // 400: does not fit the document.
    InvalidBody = "invalid_body" BAD_REQUEST ("请求内容不符合接口文档", "The body does not fit the document"),
    InvalidParameter = "invalid_parameter" BAD_REQUEST ("参数不符合接口文档", "A parameter does not fit the document"),
    InvalidCursor = "invalid_cursor" BAD_REQUEST ("分页游标无效", "The cursor is not valid here"),
    InvalidHeader = "invalid_header" BAD_REQUEST ("请求头无效", "A header is not valid"),
    BadRequest = "bad_request" BAD_REQUEST ("请求无法理解", "The request cannot be understood"),
    // 401, 403, 404
    NotSignedIn = "not_signed_in" UNAUTHORIZED ("需要登录", "Sign in first"),
    InvalidToken = "invalid_token" UNAUTHORIZED ("登录已失效", "The access token is not valid"),
    InvalidKey = "invalid_api_key" UNAUTHORIZED ("API 密钥无效", "The API key is not valid"),
    WrongCredentials = "wrong_credentials" UNAUTHORIZED ("邮箱或密码不正确", "Wrong address or password"),
    InvalidRefreshToken = "invalid_refresh_token" UNAUTHORIZED ("刷新令牌无效", "The refresh token is not valid"),
    Forbidden = "forbidden" FORBIDDEN ("没有权限", "Not allowed"),
    EmailUnverified = "email_unverified" FORBIDDEN ("邮箱尚未验证", "The address is not verified yet"),
    ConflictOfInterest = "conflict_of_interest" FORBIDDEN ("需要回避", "Somebody else has to decide this"),
    MissingScope = "missing_scope" FORBIDDEN ("密钥没有所需的权限范围", "The key has not the scope that this needs"),
    ClosedToKeys = "closed_to_api_keys" FORBIDDEN ("不对 API 密钥开放", "Not open to API keys"),
    ClientInactive = "api_client_inactive" FORBIDDEN ("接口客户端当前不可用", "The API client may do nothing at present"),
    NotFound = "not_found" NOT_FOUND ("未找到", "Not found"),
    MethodNotAllowed = "method_not_allowed" METHOD_NOT_ALLOWED ("不支持该方法", "The method is not allowed here"),
    // 409
    IllegalMove = "illegal_move" CONFLICT ("当前状态不能这样操作", "Not a legal move from the present status"),
    AlreadyExists = "already_exists" CONFLICT ("已经存在", "It exists already"),
    RequestInFlight = "request_in_flight" CONFLICT ("相同请求正在处理", "The same request is being handled"),
    StillInUse = "still_in_use" CONFLICT ("仍在使用", "It is still in use"),
    // 412, 428
    VersionChanged = "version_changed" PRECONDITION_FAILED ("内容已被他人修改", "It has been changed since you read it"),
    VersionRequired = "version_required" PRECONDITION_REQUIRED ("需要 If-Match", "If-Match is required"),
    // 413, 415, 422
    TooLarge = "too_large" PAYLOAD_TOO_LARGE ("内容过大", "Too large"),
    UnsupportedMediaType = "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE ("不支持的内容类型", "The media type is not supported"),
    RuleBroken = "rule_broken" UNPROCESSABLE_ENTITY ("不符合业务规则", "It breaks a rule"),
    InvalidLink = "invalid_link" UNPROCESSABLE_ENTITY ("链接无效或已过期", "The link is not valid any more"),
    KeyReused = "idempotency_key_reused" UNPROCESSABLE_ENTITY ("Idempotency-Key 已用于其他请求", "The Idempotency-Key was used for another request"),
    // 429, 5xx
    TooManyRequests = "too_many_requests" TOO_MANY_REQUESTS ("请求过于频繁", "Too many requests"),
    QuotaUsedUp = "quota_used_up" TOO_MANY_REQUESTS ("当日配额已用完", "The day's quota is used up"),
    Internal = "internal" INTERNAL_SERVER_ERROR ("服务内部错误", "Something went wrong inside"),
    Unavailable = "unavailable" SERVICE_UNAVAILABLE ("服务暂不可用", "Not available for the moment"),
    SearchUnavailable = "search_unavailable" SERVICE_UNAVAILABLE ("搜索暂不可用", "Search is not available for the moment"),
    RequestTimeout = "request_timeout" REQUEST_TIMEOUT ("请求超时", "The request took too long to arrive"),
}

/// The table as a code list, where each problem document's `type` leads.
#[must_use]
pub fn code_list() -> Vec<CodeItem> {
    Code::ALL
        .iter()
        .map(|code| {
            let title = code.title();
            CodeItem { code: code.as_str().to_owned(), zh: title.zh, en: title.en }
        })
        .collect()
}

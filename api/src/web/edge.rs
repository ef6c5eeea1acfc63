//! The edge: the outermost layer of every request. It names the request, limits the client, renders
//! every error as a problem document, sets the headers of all answers, logs and counts.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{Method, StatusCode, header, header::HeaderName, header::HeaderValue},
    middleware::Next,
    web::Data,
};

use super::{
    cors,
    rate_limit::{Class, Verdict},
    request::RequestInfo,
};
use crate::{
    auth::key,
    error::{AppError, Code, render},
    say,
    state::State,
};

/// The time a handler has, without the reading of its body.
const HANDLER_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// What the interactive page may load: its own files, and nothing from anywhere else.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The middleware.
///
/// # Errors
/// Only what already carries its problem document.
pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let Some(state) = request.app_data::<Data<State>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()).map_into_boxed_body());
    };
    let info = RequestInfo::of(&request, &state.config.trusted_proxies);
    request.extensions_mut().insert(info.clone());
    let origin = request.headers().get(header::ORIGIN).cloned();
    let method = request.method().clone();
    let path = request.path().to_owned();

    let verdict = limit(&request, &state, &info);
    // The request must not be cloned before it is routed: the router writes into it.
    let wait = verdict.as_ref().and_then(|verdict| verdict.wait).filter(|_| !cors::is_preflight(&request));
    let mut response = if let Some(wait) = wait {
        let error = AppError::new(
            Code::TooManyRequests,
            say!("请在 {wait} 秒后重试。", "Try again in {wait} seconds."),
        );
        request.into_response(render(&error.retry_after(wait), info.language, &info.id))
    } else {
        match tokio::time::timeout(HANDLER_LIMIT, next.call(request)).await {
            Ok(Ok(response)) => {
                let (request, response) = response.map_into_boxed_body().into_parts();
                ServiceResponse::new(request, problem_or_pass(response, &info))
            }
            Ok(Err(error)) => {
                let rendered = problem_of(&error, &info);
                return Err(InternalError::from_response(error, rendered).into());
            }
            Err(elapsed) => {
                let error = AppError::unavailable(Code::Unavailable, "the handler took too long");
                return Err(
                    InternalError::from_response(elapsed, render(&error, info.language, &info.id)).into()
                );
            }
        }
    };
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    if path == "/docs" || path.starts_with("/docs/") {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
    }
    // Whoever judged a key has said what is left to it.
    let verdict = verdict.or_else(|| response.request().extensions().get::<Verdict>().cloned());
    headers(&mut response, &info, verdict.as_ref());
    cors::answer(&mut response, &state.config.cors_origins, origin.as_ref());
    let status = response.status();
    let took = started.elapsed();
    state.metrics.request(method.as_str(), &route, status.as_u16(), took);
    tracing::info!(
        request_id = %info.id,
        %method,
        %path,
        status = status.as_u16(),
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    Ok(response)
}

fn limit(request: &ServiceRequest, state: &State, info: &RequestInfo) -> Option<Verdict> {
    let path = request.path();
    let limited = path.starts_with("/api/") || path.starts_with("/oai");
    // Those of a key are its client's own, and are judged with it.
    if !limited || !matches!(key::sent(request.headers()), Ok(None)) {
        return None;
    }
    if request.method() == Method::POST && path == "/api/v1/auth/login" {
        return state.rate_limits.check(Class::SignIn, &info.client);
    }
    // The signature is enough to tell clients apart; whether the token still holds is asked later.
    let person = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .and_then(|(_, token)| state.jwt.verify(token.trim()).ok());
    match person {
        Some(claims) => state.rate_limits.check(Class::Person, &claims.sub.to_string()),
        None => state.rate_limits.check(Class::Visitor, &info.client),
    }
}

fn problem_or_pass(response: HttpResponse, info: &RequestInfo) -> HttpResponse {
    if let Some(error) = response.error() {
        return problem_of(error, info);
    }
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/problem+json"));
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut rendered = render(&of_status(status), info.language, &info.id);
    if let Some(allow) = allow {
        rendered.headers_mut().insert(header::ALLOW, allow);
    }
    rendered
}

fn problem_of(error: &Error, info: &RequestInfo) -> HttpResponse {
    match error.as_error::<AppError>() {
        Some(error) => render(error, info.language, &info.id),
        None => {
            let status = error.as_response_error().status_code();
            if status.is_server_error() {
                render(&AppError::internal(error.to_string()), info.language, &info.id)
            } else {
                render(&of_status(status), info.language, &info.id)
            }
        }
    }
}

/// The framework's own refusals, as ours.
fn of_status(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => {
            AppError::new(Code::NotFound, say!("没有这个地址。", "There is no such address."))
        }
        StatusCode::METHOD_NOT_ALLOWED => AppError::new(
            Code::MethodNotAllowed,
            say!("可用的方法见 Allow。", "Allow names the methods there are."),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            AppError::new(Code::TooLarge, say!("请求内容过大。", "The body is too large."))
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AppError::new(
            Code::UnsupportedMediaType,
            say!("不支持的内容类型。", "The media type is not supported."),
        ),
        StatusCode::REQUEST_TIMEOUT => {
            AppError::new(Code::RequestTimeout, say!("请求超时。", "The request took too long."))
        }
        status if status.is_server_error() => AppError::internal(format!("answered {status}")),
        _ => AppError::new(Code::BadRequest, say!("请求无法理解。", "The request cannot be understood.")),
    }
}

fn headers(response: &mut ServiceResponse, info: &RequestInfo, verdict: Option<&Verdict>) {
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", &info.id);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    if let Some(verdict) = verdict {
        set("ratelimit-policy", &verdict.policy);
        set("ratelimit", &verdict.state);
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
    }
}

//! All addresses, in one list.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use crate::{
    error::{AppError, Code, Result},
    features::{
        account, achievement, api_client, appointment, assessment, assistance, attachment, audit, calendar,
        case_file, catalogue, change, code_list, contract, demand, desk, docking, duplicate, enclave_entry,
        event, expiry, finance_case, funnel, harvest_source, import, import_mapping, indicator, invitation,
        landing, ledger, matching, message, nda, notification, offer, organisation, outbound, personal_data,
        provider, recommendation, reminder, report, review, saved_search, search, service_figures, signal,
        snapshot, webhook,
    },
    openapi, say,
    state::State,
};

/// The versioned interface.
pub fn api(config: &mut ServiceConfig) {
    config.service(
        scope("/api/v1")
            // Before the accounts, whose scopes would take its addresses.
            .configure(personal_data::http::routes)
            .configure(account::http::routes)
            .configure(organisation::http::routes)
            .configure(invitation::http::routes)
            .configure(api_client::http::routes)
            .configure(achievement::http::routes)
            .configure(demand::http::routes)
            .configure(provider::http::routes)
            // Before the dockings themselves, whose scope would take their addresses.
            .configure(message::http::routes)
            .configure(nda::http::routes)
            .configure(appointment::http::routes)
            .configure(offer::http::routes)
            .configure(assistance::http::routes)
            .configure(reminder::http::routes)
            .configure(case_file::http::routes)
            .configure(docking::http::routes)
            .configure(contract::http::routes)
            .configure(landing::http::routes)
            .configure(enclave_entry::http::routes)
            .configure(finance_case::http::routes)
            .configure(event::http::routes)
            .configure(duplicate::http::routes)
            .configure(signal::http::routes)
            .configure(review::http::routes)
            .configure(attachment::http::routes)
            .configure(search::http::routes)
            .configure(change::http::routes)
            .configure(saved_search::http::routes)
            .configure(matching::http::routes)
            .configure(recommendation::http::routes)
            .configure(notification::http::routes)
            .configure(expiry::http::routes)
            .configure(desk::http::routes)
            .configure(calendar::http::routes)
            .configure(service_figures::http::routes)
            .configure(indicator::http::routes)
            .configure(ledger::http::routes)
            .configure(funnel::http::routes)
            .configure(snapshot::http::routes)
            .configure(report::http::routes)
            .configure(assessment::http::routes)
            .configure(import::http::routes)
            .configure(catalogue::http::routes)
            .configure(webhook::http::routes)
            .configure(harvest_source::http::routes)
            .configure(import_mapping::http::routes)
            .configure(outbound::http::routes)
            .configure(code_list::http::routes)
            .configure(audit::http::routes)
            .configure(openapi::routes),
    );
}

/// What is not there: 404, or 405 when the address has other methods.
pub async fn nothing_here(request: HttpRequest, state: Data<State>) -> Result<HttpResponse> {
    match state.operations.methods(request.path()) {
        Some(methods) => {
            let mut response = HttpResponse::MethodNotAllowed();
            response.insert_header((header::ALLOW, methods));
            Ok(response.finish())
        }
        None => Err(AppError::new(Code::NotFound, say!("没有这个地址。", "There is no such address."))),
    }
}

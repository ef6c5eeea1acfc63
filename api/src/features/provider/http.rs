//! `/providers`, with the entry 入驻 at `/providers/{id}/entry`.

use techmart_entity::{
    listing::ListingKind,
    provider::{ProviderContent, status::EntryMove},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{AgreementIn, EntryReasonIn, ProviderEntryOut},
    service as entries, view as entry_view,
};

crate::listing_addresses! {
    kind: ListingKind::Provider,
    content: ProviderContent,
    one: "provider",
    many: "providers",
}

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/providers")
            // Before the pages, whose ids would take its address.
            .configure(linked_data::http::of_providers)
            .configure(shared)
            .service(get_entry)
            .service(apply_for_entry)
            .service(entry_history)
            .service(review_entry)
            .service(approve_entry)
            .service(reject_entry)
            .service(enter)
            .service(suspend_entry)
            .service(resume_entry)
            .service(renew_entry)
            .service(ask_renewal_of_entry)
            .service(exit),
    );
}

/// The provider's entry, the open one or else the last. Everybody who may read the page sees one that
/// holds; others are for its members, the centre and auditors.
#[utoipa::path(operation_id = "get_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    responses((status = 200, body = ProviderEntryOut)))]
#[get("/{id}/entry")]
async fn get_entry(look: Look, id: Id<ListingId>) -> Result<HttpResponse> {
    Ok(entry_view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// Applies for the entry of the page's organisation, which has to be a verified provider without an
/// open entry.
#[utoipa::path(operation_id = "apply_for_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    responses((status = 201, body = ProviderEntryOut)))]
#[post("/{id}/entry")]
async fn apply_for_entry(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
    act.run(async |tx| entries::apply(tx, &act, id.0).await).await
}

/// What happened to the entry and why, newest first. For its members, the centre and auditors.
#[utoipa::path(operation_id = "list_provider_entry_history", tag = "providers",
    params(("id" = ListingId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/entry/history")]
async fn entry_history(look: Look, id: Id<ListingId>, query: Query<HistoryQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        entry_view::history(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// A broker takes the application up.
#[utoipa::path(operation_id = "review_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/review")]
async fn review_entry(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
    act.run(async |tx| entries::review(tx, &act, id.0, &act.precondition).await).await
}

/// An admin who did not review it approves the application.
#[utoipa::path(operation_id = "approve_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/approve")]
async fn approve_entry(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
    act.run(async |tx| entries::approve(tx, &act, id.0, &act.precondition).await).await
}

/// A broker or an admin refuses the application, with the reason.
#[utoipa::path(operation_id = "reject_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    request_body = EntryReasonIn, responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/reject")]
async fn reject_entry(act: Act, id: Id<ListingId>, body: Body<EntryReasonIn>) -> Result<HttpResponse> {
    simply(&act, id.0, EntryMove::Reject, Some(body.0.reason)).await
}

/// A broker records the signed agreement: the provider has entered.
#[utoipa::path(operation_id = "enter_provider", tag = "providers", params(("id" = ListingId, Path)),
    request_body = AgreementIn, responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/enter")]
async fn enter(act: Act, id: Id<ListingId>, body: Body<AgreementIn>) -> Result<HttpResponse> {
    act.run(async |tx| entries::enter(tx, &act, id.0, &act.precondition, &body.0).await).await
}

/// A broker suspends the entry, with the reason.
#[utoipa::path(operation_id = "suspend_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    request_body = EntryReasonIn, responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/suspend")]
async fn suspend_entry(act: Act, id: Id<ListingId>, body: Body<EntryReasonIn>) -> Result<HttpResponse> {
    simply(&act, id.0, EntryMove::Suspend, Some(body.0.reason)).await
}

/// A broker lets a suspended entry go on.
#[utoipa::path(operation_id = "resume_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/resume")]
async fn resume_entry(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
    simply(&act, id.0, EntryMove::Resume, None).await
}

/// A broker records another agreement, which keeps a provider that has entered or whose agreement is over.
/// It is valid for longer than the one before, with a paper of its own; the provider is not counted again.
#[utoipa::path(operation_id = "renew_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    request_body = AgreementIn, responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/renew")]
async fn renew_entry(act: Act, id: Id<ListingId>, body: Body<AgreementIn>) -> Result<HttpResponse> {
    act.run(async |tx| entries::renew(tx, &act, id.0, &act.precondition, &body.0).await).await
}

/// Asks the centre for another agreement, from thirty days before the last day of the one that holds on. Asked again, it
/// was asked once.
#[utoipa::path(operation_id = "ask_renewal_of_provider_entry", tag = "providers", params(("id" = ListingId, Path)),
    responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/ask-renewal")]
async fn ask_renewal_of_entry(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
    act.run(async |tx| entries::ask_renewal(tx, &act, id.0, &act.precondition).await).await
}

/// Ends the entry, with the reason: its owners and editors, a broker or an admin.
#[utoipa::path(operation_id = "exit_provider", tag = "providers", params(("id" = ListingId, Path)),
    request_body = EntryReasonIn, responses((status = 200, body = ProviderEntryOut)))]
#[post("/{id}/entry/exit")]
async fn exit(act: Act, id: Id<ListingId>, body: Body<EntryReasonIn>) -> Result<HttpResponse> {
    simply(&act, id.0, EntryMove::Exit, Some(body.0.reason)).await
}

async fn simply(act: &Act, id: ListingId, mv: EntryMove, reason: Option<String>) -> Result<HttpResponse> {
    act.run(async |tx| entries::simply(tx, act, id, mv, &act.precondition, reason.clone()).await).await
}

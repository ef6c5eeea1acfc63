//! The addresses that all kinds of listing share, as one macro: a kind's `http.rs` says its name, its
//! content and what it has besides. Every handler unwraps, makes one call and wraps.

/// Declares the addresses of a kind of listing in the module where it stands.
///
/// `kind` is the [`ListingKind`](techmart_entity::listing::ListingKind), `content` its content type,
/// `one`/`many` the words in addresses and operation ids, `tag` the heading in the document.
#[macro_export]
macro_rules! listing_addresses {
    (kind: $kind:expr, content: $content:ty, one: $one:literal, many: $many:literal $(,)?) => {
        use actix_web::{HttpResponse, delete, get, patch, post};
        use techmart_entity::{
            id::ListingId,
            listing::{Content, Model},
        };

        use $crate::{
            db::Tx,
            error::Result,
            features::{
                audit::dto::{HistoryOut, HistoryQuery},
                check::{
                    dto::{CheckIn, CheckOut},
                    service as checks,
                },
                export::page_or_file,
                feedback::{
                    dto::{FeedbackOut, FeedbackQuery},
                    view as feedback_view,
                },
                linked_data,
                listing::{
                    dto::{
                        CollectedIn, ListingBrief, ListingIn, ListingOut, ListingPatch, ListingQuery, ReasonIn,
                        VersionsOut,
                    },
                    review, service, view,
                },
            },
            web::{
                act::{Act, Look},
                answer::Answer,
                body::Body,
                paging::Page,
                path::Id,
                query::Query,
            },
        };

        type In = ListingIn<$content>;
        type Patch = ListingPatch<$content>;
        type Check = CheckIn<$content>;
        type Out = ListingOut<$content>;
        type Versions = VersionsOut<$content>;

        /// The row after an act, as whoever acted may see it.
        async fn shown(tx: &Tx, act: &Act, row: &Model) -> Result<Answer<Out>> {
            let relation = view::relation(tx, act, row).await?;
            let version = row.working_version_id.or(row.published_version_id);
            let tag = if row.status.was_published() && row.next_status.is_none() {
                view::page_tag(row)
            } else {
                view::draft_tag(row)
            };
            Ok(Answer::ok(view::show(tx, row, version, relation).await?).tagged(tag))
        }

        /// The published ones, last published first; by `status` others that the caller may see.
        #[utoipa::path(operation_id = concat!("list_", $many), tag = $many, params(ListingQuery),
            responses((status = 200, body = Page<ListingBrief>)))]
        #[get("")]
        async fn list(look: Look, query: Query<ListingQuery>) -> Result<HttpResponse> {
            page_or_file(look, query, async move |look, query| { view::list(look.state.db.read(), look, $kind, query).await }).await
        }

        /// Writes a new draft for the acting organisation, or, from a broker, on behalf of another.
        #[utoipa::path(operation_id = concat!("create_", $one), tag = $many, request_body = ListingIn<$content>,
            responses((status = 201, body = ListingOut<$content>)))]
        #[post("")]
        async fn create(act: Act, body: Body<In>) -> Result<HttpResponse> {
            let In { content, collected } = body.0;
            let content = Content::from(content);
            let collected = collected.map(|given: CollectedIn| service::Collected {
                organisation_id: given.organisation_id,
                source_url: given.source_url,
                attachment_id: given.attachment_id,
                collected_on: given.collected_on,
            });
            act.run(async |tx| {
                let row = service::create(tx, &act, $kind, content.clone(), collected.clone()).await?;
                let shown = shown(tx, &act, &row).await?;
                let location = format!(concat!("/api/v1/", $many, "/{}"), row.id);
                Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(location), ..shown })
            })
            .await
        }

        /// Says what a text lacks and could say better, with a score, and stores nothing: of a text as it is being
        /// written, or of a draft of one's own. For whoever signed in.
        #[utoipa::path(operation_id = concat!("check_", $one), tag = $many, request_body = CheckIn<$content>,
            responses((status = 200, body = CheckOut)))]
        #[post("/check")]
        async fn check(look: Look, body: Body<Check>) -> Result<HttpResponse> {
            let out = checks::answer(look.state.db.read(), &look, $kind, body.0).await?;
            Ok(Answer::ok(out).respond(&look.http))
        }

        /// The published version; before the first publication the draft, for those who may see it.
        #[utoipa::path(operation_id = concat!("get_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[get("/{id}")]
        async fn read(look: Look, id: Id<ListingId>) -> Result<HttpResponse> {
            let page = view::page::<$content>(look.state.db.read(), &look, $kind, id.0).await?;
            if page.from_outside {
                look.state.counter.viewed(&look, id.0);
            }
            Ok(Answer::ok(page.out).tagged(page.tag).respond(&look.http))
        }

        /// What is published, as JSON-LD in the words of schema.org: what everybody may read, whoever asks.
        #[utoipa::path(operation_id = concat!("get_", $one, "_jsonld"), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = Object, content_type = "application/ld+json")))]
        #[get("/{id}/jsonld")]
        async fn jsonld(look: Look, id: Id<ListingId>) -> Result<HttpResponse> {
            linked_data::http::one(&look, $kind, id.0).await
        }

        /// The working version: what a patch changes.
        #[utoipa::path(operation_id = concat!("get_", $one, "_draft"), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[get("/{id}/draft")]
        async fn read_draft(look: Look, id: Id<ListingId>) -> Result<HttpResponse> {
            let (out, tag) = view::draft::<$content>(look.state.db.read(), &look, $kind, id.0).await?;
            Ok(Answer::ok(out).tagged(tag).respond(&look.http))
        }

        /// Changes the working version by a JSON Merge Patch; of a published item this begins the next
        /// version, and the public goes on seeing the present one.
        #[utoipa::path(operation_id = concat!("patch_", $one, "_draft"), tag = $many, params(("id" = ListingId, Path)),
            request_body = ListingPatch<$content>, responses((status = 200, body = ListingOut<$content>)))]
        #[patch("/{id}/draft")]
        async fn patch_draft(act: Act, id: Id<ListingId>, body: Body<Patch>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = service::patch(tx, &act, $kind, id.0, &act.precondition, &body.0.content).await?;
                let shown = shown(tx, &act, &row).await?;
                Ok(shown.tagged(view::draft_tag(&row)))
            })
            .await
        }

        /// Deletes a draft that was never submitted.
        #[utoipa::path(operation_id = concat!("delete_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 204)))]
        #[delete("/{id}")]
        async fn remove(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                service::delete(tx, &act, $kind, id.0, &act.precondition).await?;
                Ok(Answer::nothing())
            })
            .await
        }

        /// The versions, newest first: all of them for the owner and the centre, else those that were
        /// published.
        #[utoipa::path(operation_id = concat!("list_", $one, "_versions"), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = VersionsOut<$content>)))]
        #[get("/{id}/versions")]
        async fn versions(look: Look, id: Id<ListingId>) -> Result<HttpResponse> {
            let out: Versions = view::versions(look.state.db.read(), &look, $kind, id.0).await?;
            Ok(Answer::ok(out).respond(&look.http))
        }

        /// What happened to it and why, newest first. For the owner's members and the centre.
        #[utoipa::path(operation_id = concat!("list_", $one, "_history"), tag = $many,
            params(("id" = ListingId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
        #[get("/{id}/history")]
        async fn history(look: Look, id: Id<ListingId>, query: Query<HistoryQuery>) -> Result<HttpResponse> {
            page_or_file(look, query, async move |look, query| { view::history(look.state.db.read(), look, $kind, id.0, query).await }).await
        }

        /// What became of it by month, newest first: opened, found, interests and how they ended, with the reasons. For
        /// the owner's members, the centre and auditors. It names nobody.
        #[utoipa::path(operation_id = concat!("get_", $one, "_feedback"), tag = $many,
            params(("id" = ListingId, Path), FeedbackQuery), responses((status = 200, body = FeedbackOut)))]
        #[get("/{id}/feedback")]
        async fn feedback(look: Look, id: Id<ListingId>, query: Query<FeedbackQuery>) -> Result<HttpResponse> {
            let out = feedback_view::of_listing(look.state.db.read(), &look, $kind, id.0, &query.0).await?;
            Ok(Answer::ok(out).respond(&look.http))
        }

        /// Hands the draft in for review.
        #[utoipa::path(operation_id = concat!("submit_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/submit")]
        async fn submit(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = service::submit(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Takes the submission back.
        #[utoipa::path(operation_id = concat!("recall_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/recall")]
        async fn recall(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = service::recall(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// A broker takes the submission out of the queue.
        #[utoipa::path(operation_id = concat!("claim_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/claim")]
        async fn claim(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = review::claim(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Puts the claimed submission back into the queue.
        #[utoipa::path(operation_id = concat!("release_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/release")]
        async fn release(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = review::release(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Publishes the version under review.
        #[utoipa::path(operation_id = concat!("publish_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/publish")]
        async fn publish(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = review::publish(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Sends the version under review back to its author, with the reason.
        #[utoipa::path(operation_id = concat!("return_", $one), tag = $many, params(("id" = ListingId, Path)),
            request_body = ReasonIn, responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/return")]
        async fn send_back(act: Act, id: Id<ListingId>, body: Body<ReasonIn>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let reason = body.0.reason.clone();
                let row = review::send_back(tx, &act, $kind, id.0, &act.precondition, reason).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Refuses the version under review, with the reason.
        #[utoipa::path(operation_id = concat!("reject_", $one), tag = $many, params(("id" = ListingId, Path)),
            request_body = ReasonIn, responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/reject")]
        async fn reject(act: Act, id: Id<ListingId>, body: Body<ReasonIn>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let reason = body.0.reason.clone();
                let row = review::reject(tx, &act, $kind, id.0, &act.precondition, reason).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Hides the published item, with the reason.
        #[utoipa::path(operation_id = concat!("suspend_", $one), tag = $many, params(("id" = ListingId, Path)),
            request_body = ReasonIn, responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/suspend")]
        async fn suspend(act: Act, id: Id<ListingId>, body: Body<ReasonIn>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let reason = body.0.reason.clone();
                let row = review::suspend(tx, &act, $kind, id.0, &act.precondition, reason).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Shows the suspended item again.
        #[utoipa::path(operation_id = concat!("resume_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/resume")]
        async fn resume(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = review::resume(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Keeps the item for another term.
        #[utoipa::path(operation_id = concat!("renew_", $one), tag = $many, params(("id" = ListingId, Path)),
            responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/renew")]
        async fn renew(act: Act, id: Id<ListingId>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let row = service::renew(tx, &act, $kind, id.0, &act.precondition).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Takes the item away for good; its tombstone stays.
        #[utoipa::path(operation_id = concat!("withdraw_", $one), tag = $many, params(("id" = ListingId, Path)),
            request_body = ReasonIn, responses((status = 200, body = ListingOut<$content>)))]
        #[post("/{id}/withdraw")]
        async fn withdraw(act: Act, id: Id<ListingId>, body: Body<ReasonIn>) -> Result<HttpResponse> {
            act.run(async |tx| {
                let reason = body.0.reason.clone();
                let row = service::withdraw(tx, &act, $kind, id.0, &act.precondition, reason).await?;
                shown(tx, &act, &row).await
            })
            .await
        }

        /// Collects the shared addresses into a scope.
        fn shared(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
            config
                .service(list)
                .service(create)
                .service(check)
                .service(read)
                .service(jsonld)
                .service(read_draft)
                .service(patch_draft)
                .service(remove)
                .service(versions)
                .service(history)
                .service(feedback)
                .service(submit)
                .service(recall)
                .service(claim)
                .service(release)
                .service(publish)
                .service(send_back)
                .service(reject)
                .service(suspend)
                .service(resume)
                .service(renew)
                .service(withdraw);
        }
    };
}

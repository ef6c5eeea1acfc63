//! Renewing by a link: whether the person may is judged when they click, by what they are then.

use sea_orm::ConnectionTrait;

use super::{
    link::Ticket,
    subject::{self, Renewal, Subject},
};
use crate::{
    auth::{Context, context_in},
    error::{AppError, Result},
    features::{listing, organisation, provider},
    state::State,
    web::etag::Precondition,
};

/// How a term stands for whoever has its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be renewed, or asked for.
    Open,
    /// It was renewed since.
    Renewed,
    /// Another term was asked for.
    Asked,
    /// Nothing is renewed any more.
    Over,
}

/// What a link leads to now.
#[derive(Clone, Debug)]
pub struct Seen {
    pub subject: Subject,
    pub renewal: Renewal,
    pub standing: Standing,
}

/// What a click led to.
#[derive(Clone, Debug)]
pub struct Done {
    pub seen: Seen,
    /// Whether it had been done before.
    pub before: bool,
}

/// The person of a link as they are now, acting for whom it concerns, and what it leads to.
///
/// # Errors
/// 403 for whoever does not belong to the organisation any more, 404 when there is nothing.
async fn judge(db: &impl ConnectionTrait, caller: &Context, ticket: Ticket) -> Result<(Context, Seen)> {
    let subject = subject::find(db, ticket.term).await?.ok_or_else(AppError::not_found)?;
    let renewal = subject.renewal.ok_or_else(AppError::not_found)?;
    let person = context_in(db, caller.now, ticket.account, Some(subject.organisation)).await?;
    let cx = Context { request_id: caller.request_id.clone(), client: caller.client.clone(), ..person };
    let standing = if subject.ends_on.is_none_or(|last| last > ticket.term.ends_on) {
        Standing::Renewed
    } else if !subject.renewable {
        Standing::Over
    } else if subject.asked {
        Standing::Asked
    } else {
        Standing::Open
    };
    Ok((cx, Seen { subject, renewal, standing }))
}

/// What a link leads to. Looking at it changes nothing: programs open every link in a mail.
///
/// # Errors
/// 403 for whoever does not belong to the organisation any more, 404 when there is nothing.
pub async fn look(db: &impl ConnectionTrait, caller: &Context, ticket: Ticket) -> Result<Seen> {
    Ok(judge(db, caller, ticket).await?.1)
}

/// Does what a link is for, once: by the act that the person could do signed in, and in their name.
///
/// # Errors
/// 403 for whoever may not do it any more, 404 when there is nothing, 409 when it cannot be renewed any more.
pub async fn renew(state: &State, caller: &Context, ticket: Ticket) -> Result<Done> {
    let done = state
        .db
        .write(async |tx| {
            subject::hold(tx, ticket.term).await?;
            let (cx, seen) = judge(tx, caller, ticket).await?;
            match seen.standing {
                Standing::Renewed | Standing::Asked => return Ok(Done { seen, before: true }),
                // What is over is refused by its own act, which says what is legal.
                Standing::Open | Standing::Over => {}
            }
            let any = Precondition::any();
            let standing = match seen.renewal {
                Renewal::Listing(kind, id) => {
                    listing::service::renew(tx, &cx, kind, id, &any).await?;
                    Standing::Renewed
                }
                Renewal::Entry(page) => {
                    provider::service::ask_renewal(tx, &cx, page, &any).await?;
                    Standing::Asked
                }
                Renewal::Verification(id) => {
                    organisation::verification::ask_renewal(tx, &cx, id, &any).await?;
                    Standing::Asked
                }
            };
            let subject = subject::find(tx, ticket.term).await?.ok_or_else(AppError::not_found)?;
            Ok(Done { seen: Seen { subject, standing, ..seen }, before: false })
        })
        .await?;
    state.outbox.wake();
    Ok(done)
}

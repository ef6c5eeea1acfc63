//! `/audit`: for admins and auditors.

use actix_web::{HttpResponse, get};
use techmart_entity::id::AuditId;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{AuditOut, AuditQuery},
    repo,
};

use crate::{
    error::{AppError, Result},
    features::export::page_or_file,
    say,
    web::{
        act::Look,
        paging::{Cut, Page},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_audit);
}

/// The audit log, newest first, auditors' looks (`action=look`) included. For admins and auditors.
#[utoipa::path(operation_id = "list_audit", tag = "audit", params(AuditQuery), responses((status = 200, body = Page<AuditOut>)))]
#[get("/audit")]
async fn list_audit(look: Look, query: Query<AuditQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        look.person()?;
        if !(look.actor.is_admin() || look.actor.is_auditor()) {
            return Err(AppError::forbidden(say!(
                "仅管理员和审计可查看审计日志。",
                "The audit log is for admins and auditors."
            )));
        }
        let mark = AuditQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<AuditId>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let subject = query.subject_kind.zip(query.subject_id.clone());
        let filter = repo::Filter {
            subject_kind: query.subject_kind,
            subject,
            actor: query.actor_id,
            action: query.action,
            looks: true,
            ..repo::Filter::default()
        };
        let rows = repo::list(look.state.db.read(), &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, AuditOut::from))
    })
    .await
}

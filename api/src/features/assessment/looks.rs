//! An auditor's looks at units and their evidence are logged.

use techmart_entity::audit::SubjectKind;

use crate::{
    auth::Context,
    error::Result,
    features::{audit, audit::Record},
    state::State,
};

/// Logs that an auditor looked at something; others look unlogged.
///
/// # Errors
/// When the row cannot be written: then nothing is shown.
pub async fn note(
    state: &State,
    cx: &Context,
    kind: SubjectKind,
    id: impl ToString,
    facts: serde_json::Value,
) -> Result<()> {
    if !cx.actor.is_auditor() {
        return Ok(());
    }
    let record = Record::act("look", kind, id).with(facts);
    state.db.write(async |tx| audit::record(tx, cx, record.clone()).await).await?;
    Ok(())
}

//! Looking at messages.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    attachment,
    docking::{
        Model as Docking, Side,
        message::{Model, read_mark},
    },
    id::{AccountId, AttachmentId, DockingId, MessageId},
    value::contact_text::mask,
};

use super::{
    dto::{MessageFile, MessageOut, MessageQuery},
    policy, repo,
};
use crate::{
    auth::Context,
    error::Result,
    features::{
        attachment::repo as attachments,
        docking::{policy as docking_policy, repo as dockings},
        organisation::repo as organisations,
    },
    web::paging::{Cut, Page},
};

/// What messages are shown with.
struct Around {
    names: HashMap<AccountId, String>,
    files: HashMap<AttachmentId, attachment::Model>,
    marks: Vec<read_mark::Model>,
    /// Whether the reader is shown contacts: auditors are not.
    contacts: bool,
    /// Whose authors the caller is told the names of; of all when both have consented.
    named: Vec<Side>,
}

impl Around {
    async fn of(
        db: &impl ConnectionTrait,
        docking: &Docking,
        (named, contacts): (Vec<Side>, bool),
        rows: &[Model],
    ) -> Result<Self> {
        let authors: Vec<AccountId> = rows.iter().map(|row| row.author_id).collect();
        let names = organisations::accounts(db, &authors).await?;
        let files: Vec<AttachmentId> = rows.iter().flat_map(|row| row.attached.0.clone()).collect();
        let files = attachments::by_ids(db, &files).await?;
        Ok(Self {
            names: names.into_iter().map(|person| (person.id, person.name)).collect(),
            files: files.into_iter().map(|file| (file.id, file)).collect(),
            marks: repo::marks(db, docking.id).await?,
            named,
            contacts,
        })
    }

    fn show(&self, row: Model) -> MessageOut {
        let mut read_by = Vec::new();
        for mark in &self.marks {
            let other = mark.side != row.side && row.channel.reaches(mark.side);
            if mark.up_to >= row.id && other && !read_by.contains(&mark.side) {
                read_by.push(mark.side);
            }
        }
        read_by.sort_unstable_by_key(ToString::to_string);
        let file = |id: &AttachmentId| {
            self.files.get(id).map(|file| MessageFile {
                id: file.id,
                file_name: file.file_name.clone(),
                media_type: file.media_type.clone(),
                size: file.size,
                sha256: file.sha256.clone(),
            })
        };
        MessageOut {
            id: row.id,
            channel: row.channel,
            side: row.side,
            author: self.names.get(&row.author_id).filter(|_| self.named.contains(&row.side)).cloned(),
            attachments: row.attached.0.iter().filter_map(file).collect(),
            body: if self.contacts { row.body } else { mask(&row.body) },
            read_by,
            created_at: row.created_at.into(),
        }
    }
}

/// Rows as the caller may see them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn show(
    db: &impl ConnectionTrait,
    cx: &Context,
    docking: &Docking,
    rows: Vec<Model>,
) -> Result<Vec<MessageOut>> {
    let relation = docking_policy::relation(cx, docking);
    let named = if docking.accepted_at.is_some() || relation.sees_people() {
        vec![Side::Enterprise, Side::Supplier, Side::Centre]
    } else {
        [relation.reads_as(), vec![Side::Centre]].concat()
    };
    let contacts = relation.is_party() || relation.centre;
    let around = Around::of(db, docking, (named, contacts), &rows).await?;
    Ok(rows.into_iter().map(|row| around.show(row)).collect())
}

/// The messages of a docking that the caller may read, newest first.
///
/// # Errors
/// 401, 404; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    query: MessageQuery,
) -> Result<Page<MessageOut>> {
    cx.person()?;
    let docking = dockings::find(db, id).await?;
    let relation = docking_policy::relation(cx, &docking);
    docking_policy::see(cx, relation)?;
    let mut channels = policy::channels(relation);
    channels.retain(|channel| query.channel.is_none_or(|wanted| wanted == *channel));
    let mark = (id, MessageQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<MessageId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, id, &channels, cut.after, cut.limit + 1).await?;
    let page = cut.page(rows, |row| row.id, |row| row);
    Ok(Page { items: show(db, cx, &docking, page.items).await?, next_cursor: page.next_cursor })
}

/// How many messages of a docking the caller has not read; none for whoever only looks on.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unread(db: &impl ConnectionTrait, cx: &Context, docking: &Docking) -> Result<u64> {
    let relation = docking_policy::relation(cx, docking);
    match (cx.account_id(), policy::marks_as(relation)) {
        (Some(reader), Some(_)) => repo::unread(db, docking.id, &policy::channels(relation), reader).await,
        (_, _) => Ok(0),
    }
}

//! Writing the files of a kind.

use sea_orm::Set;
use sha2::{Digest, Sha256};
use techmart_entity::{
    achievement::AchievementContent, catalogue_file::ActiveModel, demand::DemandContent, id::ListingId,
    listing::ListingKind, provider::ProviderContent,
};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, BufWriter},
};
use utoipa::PartialSchema;

use super::repo;
use crate::{
    error::{AppError, Code, Result},
    features::{
        change::{self, dto::PublicDocument, service::Face},
        export::{
            column::{self, Column},
            record, text,
        },
        listing::dto::ListingOut,
    },
    jobs::JobError,
    state::State,
};

/// The folder of the files in the file store; they are named by their hashes.
pub const FOLDER: &str = "catalogue";

/// A file that is being written, and what is known of it.
struct Draft {
    file: BufWriter<File>,
    hash: Sha256,
    size: i64,
}

impl Draft {
    fn begin() -> std::io::Result<Self> {
        let file = BufWriter::new(File::from_std(tempfile::tempfile()?));
        Ok(Self { file, hash: Sha256::new(), size: 0 })
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hash.update(bytes);
        self.size += i64::try_from(bytes.len()).unwrap_or_default();
        self.file.write_all(bytes).await
    }

    /// Puts the file into the store; answers with its name and its size.
    async fn store(mut self, state: &State) -> std::result::Result<(String, i64), JobError> {
        self.file.flush().await?;
        let mut file = self.file.into_inner();
        file.rewind().await?;
        let name = hex::encode(self.hash.finalize());
        state.files.put(FOLDER, &name, file).await?;
        Ok((name, self.size))
    }
}

/// Makes the files of a kind from what everybody reads now.
///
/// # Errors
/// [`JobError`]; done again it makes them anew.
pub async fn run(state: &State, kind: ListingKind) -> std::result::Result<(), JobError> {
    let db = state.db.read();
    // Whatever is told after this place is told again to whoever goes on from it, though the files may have it.
    let position = change::repo::last(db).await?;
    let mut lines = Draft::begin()?;
    let mut table = Draft::begin()?;
    let mut columns: Option<Vec<Column>> = None;
    let mut rows = 0;
    let mut after: Option<ListingId> = None;
    loop {
        // By their ids, whose order no change alters: each once.
        let ids = repo::once_public(db, kind, after, change::service::BATCH as u64).await?;
        let Some(last) = ids.last().copied() else { break };
        after = Some(last);
        let documents = shown(state, &ids).await?;
        rows += documents.len();
        lines.write(&text::some_json_lines(&documents)?).await?;
        let records = record::records(&documents)?;
        if columns.is_none() && !records.is_empty() {
            let found = column::in_order(columns_of(state, kind), &records);
            table.write(&text::csv_head(&found)?).await?;
            columns = Some(found);
        }
        if let Some(columns) = &columns {
            table.write(&text::some_csv(&records, columns)?).await?;
        }
    }
    if columns.is_none() {
        table.write(&text::csv_head(&column::in_order(columns_of(state, kind), &[]))?).await?;
    }
    let (csv_sha256, csv_size) = table.store(state).await?;
    let (json_lines_sha256, json_lines_size) = lines.store(state).await?;
    let made = ActiveModel {
        made_at: Set(Some(state.clock.now())),
        position: Set(Some(position)),
        rows: Set(Some(i64::try_from(rows).map_err(AppError::internal)?)),
        csv_sha256: Set(Some(csv_sha256)),
        csv_size: Set(Some(csv_size)),
        json_lines_sha256: Set(Some(json_lines_sha256)),
        json_lines_size: Set(Some(json_lines_size)),
        ..Default::default()
    };
    state.db.write(async |tx| repo::name(tx, made.clone(), kind, position).await).await?;
    Ok(())
}

/// What everybody reads of these listings, in their order.
async fn shown(state: &State, ids: &[ListingId]) -> Result<Vec<PublicDocument>> {
    let mut seen = change::service::seen(state.db.read(), ids).await?;
    let document = |id| match seen.remove(id)?.face {
        Face::Shown { document, .. } => Some(document),
        Face::Hidden(_) => None,
    };
    Ok(ids.iter().filter_map(document).collect())
}

fn columns_of(state: &State, kind: ListingKind) -> Vec<Column> {
    let schema = match kind {
        ListingKind::Achievement => ListingOut::<AchievementContent>::schema(),
        ListingKind::Demand => ListingOut::<DemandContent>::schema(),
        ListingKind::Provider => ListingOut::<ProviderContent>::schema(),
    };
    column::columns(&state.schemas, &schema)
}

/// Takes away files, an hour old, that no row names any more. Says how many.
///
/// # Errors
/// When the store or the database cannot be asked.
pub async fn sweep(state: &State) -> Result<usize> {
    // Whoever reads one that was replaced has an hour to end.
    let before = state.clock.now() - chrono::Duration::hours(1);
    let unavailable = |error| AppError::unavailable(Code::Unavailable, error);
    let found = state.files.names(FOLDER, before).await.map_err(unavailable)?;
    let kept = repo::names(state.db.read()).await?;
    let mut n = 0;
    for name in found.iter().filter(|name| !kept.contains(*name)) {
        state.files.delete(FOLDER, name).await.map_err(unavailable)?;
        n += 1;
    }
    Ok(n)
}

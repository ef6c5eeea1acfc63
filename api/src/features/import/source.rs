//! The rows of a stored file, whatever it is written in.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use techmart_entity::import::{ImportFormat, Model};

use super::{
    lines::Lines,
    mapping::translation::SourceMapping,
    reading::Given,
    service::{self, FOLDER},
    table::{
        Choice, Placed, TableError,
        layout::What,
        stream::{Rows, SharedNames},
    },
};
use crate::{files::FileError, jobs::JobError, state::State};

/// A file that is read from its beginning.
pub enum Source {
    Lines(Lines<BoxStream<'static, Result<Bytes, object_store::Error>>>),
    Table(Rows),
}

/// Why the next row cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0}")]
    Job(#[from] JobError),
    /// The file is not as it should be, and never will be.
    #[error("{0}")]
    Unfit(TableError),
}

impl Source {
    /// Opens the file of an import.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn open(state: &State, import: &Model, names: SharedNames) -> Result<Self, JobError> {
        match import.format {
            ImportFormat::JsonLines => {
                Ok(Self::Lines(Lines::of(state.files.get(FOLDER, &import.file_key).await?)))
            }
            ImportFormat::Csv | ImportFormat::Xlsx => {
                let file = service::fetch(state, &import.file_key).await?;
                let choice = Choice { sheet: import.sheet.clone(), kind: import.kind };
                Ok(Self::Table(Rows::of(file, import.format, choice, names)))
            }
        }
    }

    /// The next row that is one.
    ///
    /// # Errors
    /// [`SourceError`]
    pub async fn next(&mut self) -> Result<Option<Given>, SourceError> {
        match self {
            Self::Lines(lines) => {
                let line = lines.next().await.map_err(|error| JobError::from(FileError::from(error)))?;
                Ok(line.map(Given::Line))
            }
            Self::Table(rows) => loop {
                let next = rows.next().await.map_err(|error| match error {
                    TableError::Io(error) => SourceError::Job(error.into()),
                    TableError::Unfit { .. } => SourceError::Unfit(error),
                })?;
                let Some(Placed { grid, what, .. }) = next else { return Ok(None) };
                match what {
                    What::Above | What::Heading | What::Blank | What::Example => {}
                    What::Row { members, notes } => {
                        return Ok(Some(Given::Row {
                            number: grid.number,
                            members,
                            notes,
                            fault: grid.fault,
                        }));
                    }
                }
            },
        }
    }
}

/// Columns by the names that are kept for the source, and by those that the service knows.
#[must_use]
pub fn names(mapping: Arc<SourceMapping>) -> SharedNames {
    Arc::new(move |name: &str| mapping.column(name))
}

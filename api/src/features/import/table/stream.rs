//! The rows of a table for an async reader: a thread of its own reads, a few rows ahead.

use std::{fs::File, ops::ControlFlow, sync::Arc};

use techmart_entity::import::ImportFormat;
use tokio::{sync::mpsc, task::JoinHandle};

use super::{Choice, Known, Placed, TableError, read};
use crate::features::import::mapping::Column;

/// Rows that are read ahead.
const AHEAD: usize = 32;

/// How the names of columns are understood, to be shared with the reading thread.
pub type SharedNames = Arc<dyn Fn(&str) -> Option<Column> + Send + Sync>;

/// The rows of a table, one after the other.
#[derive(Debug)]
pub struct Rows {
    rows: mpsc::Receiver<Placed>,
    reading: Option<JoinHandle<Result<(), TableError>>>,
}

impl Rows {
    /// Begins to read.
    #[must_use]
    pub fn of(file: File, format: ImportFormat, choice: Choice, names: SharedNames) -> Self {
        let (send, rows) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || {
            let known: Known<'_> = &*names;
            read(file, format, &choice, known, &mut |placed| match send.blocking_send(placed) {
                Ok(()) => ControlFlow::Continue(()),
                // Nobody wants more.
                Err(_) => ControlFlow::Break(()),
            })
        });
        Self { rows, reading: Some(reading) }
    }

    /// The next row.
    ///
    /// # Errors
    /// [`TableError`], after the rows that could be read.
    pub async fn next(&mut self) -> Result<Option<Placed>, TableError> {
        if let Some(placed) = self.rows.recv().await {
            return Ok(Some(placed));
        }
        match self.reading.take() {
            None => Ok(None),
            Some(reading) => {
                reading.await.map_err(|error| TableError::Io(std::io::Error::other(error)))??;
                Ok(None)
            }
        }
    }
}

//! The folder of an embedded index.
//!
//! ```text
//! lock                    held as long as the index is open; the kernel lets go of it when the process dies
//! state.json              which generation is live, of which schema, and whether it was ever filled
//! generation-<uuid>/      one tantivy index
//! ```
//!
//! A generation goes live by replacing `state.json` in one step, so a crash at any moment leaves the old or the new one
//! live. What `state.json` does not name is litter from a rebuild that never finished and is swept at the next opening.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{RebuildReason, SCHEMA, SearchError};

const STATE: &str = "state.json";
const GENERATION: &str = "generation-";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    schema: u32,
    live: String,
    complete: bool,
}

/// An index folder that this process has to itself.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Dropping it unlocks.
    _lock: File,
}

/// What a folder held when it was opened.
#[derive(Debug)]
pub(super) enum Found {
    /// A generation to go on with; the reason is there when it was never filled to the end.
    Live(PathBuf, Option<RebuildReason>),
    /// Nothing usable.
    Nothing(RebuildReason),
}

impl Folder {
    /// Makes the folder where it is missing and takes it for this process.
    pub(super) fn lock(path: &Path) -> Result<Self, SearchError> {
        let explain = |error: io::Error| SearchError::unavailable(format!("{}: {error}", path.display()));
        fs::create_dir_all(path).map_err(explain)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(explain)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(SearchError::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(explain(error)),
        }
    }

    /// Reads the state and sweeps what it does not name.
    pub(super) fn find(&self) -> Found {
        let found = match fs::read(self.path.join(STATE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing(RebuildReason::Missing),
            Err(error) => Found::Nothing(RebuildReason::Damaged { detail: format!("{STATE}: {error}") }),
            Ok(bytes) => self.judge(&bytes),
        };
        if let Found::Live(live, _) = &found {
            self.sweep(live);
        }
        found
    }

    fn judge(&self, bytes: &[u8]) -> Found {
        match serde_json::from_slice::<Record>(bytes) {
            Err(error) => Found::Nothing(RebuildReason::Damaged { detail: format!("{STATE}: {error}") }),
            Ok(record) if record.schema != SCHEMA => Found::Nothing(RebuildReason::OtherSchema),
            Ok(record) if !record.live.starts_with(GENERATION) || record.live.contains(['/', '\\']) => {
                Found::Nothing(RebuildReason::Damaged { detail: format!("{STATE} names {:?}", record.live) })
            }
            Ok(record) => {
                let reason = (!record.complete).then_some(RebuildReason::Missing);
                Found::Live(self.path.join(record.live), reason)
            }
        }
    }

    /// An empty folder for a new generation.
    pub(super) fn new_generation(&self) -> Result<PathBuf, SearchError> {
        let path = self.path.join(format!("{GENERATION}{}", Uuid::now_v7().simple()));
        fs::create_dir(&path).map_err(SearchError::unavailable)?;
        Ok(path)
    }

    /// Makes a generation the live one, durably and in one step.
    pub(super) fn set_live(&self, generation: &Path, complete: bool) -> Result<(), SearchError> {
        let live = generation.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let record = Record { schema: SCHEMA, live, complete };
        self.replace_state(&record).map_err(SearchError::unavailable)
    }

    fn replace_state(&self, record: &Record) -> io::Result<()> {
        let next = self.path.join("state.json.next");
        let mut file = File::create(&next)?;
        file.write_all(&serde_json::to_vec_pretty(record)?)?;
        file.sync_all()?;
        fs::rename(&next, self.path.join(STATE))?;
        File::open(&self.path)?.sync_all()
    }

    /// Removes every generation but this one. What cannot be removed stays for the next time.
    pub(super) fn sweep(&self, live: &Path) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(GENERATION) && path != live {
                discard(&path);
            }
        }
    }
}

/// Removes a generation that nobody needs any more.
pub(super) fn discard(generation: &Path) {
    if let Err(error) = fs::remove_dir_all(generation) {
        tracing::warn!(path = %generation.display(), %error, "a discarded search index could not be removed");
    }
}

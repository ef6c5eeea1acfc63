//! The database: connecting, reading, and the only way to a write transaction.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use techmart_migration::{Migrator, MigratorTrait};

use crate::error::Result;

/// An open write transaction.
pub type Tx = DatabaseTransaction;

/// How often a transaction that lost against another one is tried again.
const TRIES: u32 = 4;

/// The connections to the database.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

impl Db {
    /// Connects. An SQLite file is made when it is not there.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub async fn connect(url: &str) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            // One writer, whose transactions queue in its pool, and readers beside it: with WAL a
            // reader waits for nobody.
            let write = Database::connect(sqlite(url, 1)).await?;
            let read = Database::connect(sqlite(url, 4)).await?;
            Ok(Self { read, write })
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(10)
                .acquire_timeout(Duration::from_secs(5))
                .connect_timeout(Duration::from_secs(5))
                .sqlx_logging(false)
                .map_sqlx_postgres_opts(|options| {
                    options.application_name("techmart").options([
                        ("statement_timeout", "5000"),
                        ("lock_timeout", "2000"),
                        ("idle_in_transaction_session_timeout", "10000"),
                    ])
                });
            let pool = Database::connect(options).await?;
            Ok(Self { read: pool.clone(), write: pool })
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a step fails; nothing of that step remains.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        if !self.is_postgres() {
            return Migrator::up(&self.write, None).await;
        }
        // Of several instances that start at once, one migrates and the others wait for it here.
        let guard = self.write.begin().await?;
        for statement in [
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL lock_timeout = 0",
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            "SELECT pg_advisory_xact_lock(8374652019)",
        ] {
            guard.execute_unprepared(statement).await?;
        }
        let outcome = Migrator::up(&self.write, None).await;
        guard.commit().await?;
        outcome
    }

    /// How many steps of the schema are still to be done.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations(&self.read).await?.len())
    }

    /// Undoes all steps. For the test of the steps themselves.
    ///
    /// # Errors
    /// When a step cannot be undone.
    pub async fn unmigrate(&self) -> Result<(), DbErr> {
        Migrator::down(&self.write, None).await
    }

    /// For reading outside a transaction.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// One view of everything, for reading for a long time: what others write meanwhile does not show.
    /// Nothing can be written in it; it ends when it is dropped.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn steady(&self) -> Result<Tx, DbErr> {
        if !self.is_postgres() {
            // A transaction that only reads sees what was there at its first read.
            return self.read.begin().await;
        }
        let options = TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..Default::default()
        };
        let tx = self.read.begin_with_options(options).await?;
        for statement in
            ["SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"]
        {
            tx.execute_unprepared(statement).await?;
        }
        Ok(tx)
    }

    /// Whether the database is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Runs `act` in one write transaction: all of it happens, or nothing. A transaction that the
    /// database gave up in favour of another is run again, so `act` must have no effect outside it.
    ///
    /// # Errors
    /// What `act` refuses with, or what keeps the database from committing.
    pub async fn write<T>(&self, act: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = self.write_once(&act).await;
            match &outcome {
                Err(error) if error.is_lost_race() && tries < TRIES => {
                    let mut jitter = [0_u8; 1];
                    let _ = getrandom::fill(&mut jitter);
                    let pause = u64::from(tries) * 10 + u64::from(jitter[0]) / 8;
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                Ok(_) | Err(_) => return outcome,
            }
        }
    }

    async fn write_once<T>(&self, act: &impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
        // On SQLite a transaction that reads before it writes would meet a busy database that no
        // waiting cures: it takes the write lock at its beginning.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let tx = self.write.begin_with_options(options).await?;
        match act(&tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The error of the act is what the caller has to know; a connection that cannot roll
                // back is dropped by its pool.
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }

    /// Closes all connections.
    pub async fn close(self) {
        let _ = self.read.close().await;
        let _ = self.write.close().await;
    }
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // An acknowledged write survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
        });
    options
}

//! Statements that both databases understand, written once and compiled for each.

/// Defines one function per statement over a connection of the database.
macro_rules! statements {
    ($database:ty, $connection:ty) => {
        use sqlx::Row as _;

        use crate::store::{Batch, Chain, Segment, Stored, StoredCheckpoint, signed, unsigned};

        type Row = <$database as sqlx::Database>::Row;
        type Result<T> = std::result::Result<T, sqlx::Error>;

        fn stored(row: &Row) -> Result<Stored> {
            Ok(Stored { number: unsigned(row.try_get(0)?), body: row.try_get(1)?, hash: row.try_get(2)? })
        }

        pub(super) async fn tail(connection: &mut $connection, chain: i64) -> Result<Option<Stored>> {
            let query = sqlx::query::<$database>(
                "SELECT number, body, hash FROM audit_row WHERE chain = $1 ORDER BY number DESC LIMIT 1",
            );
            query.bind(chain).fetch_optional(connection).await?.as_ref().map(stored).transpose()
        }

        pub(super) async fn rows(
            connection: &mut $connection,
            chain: i64,
            from: u64,
            limit: u64,
        ) -> Result<Vec<Stored>> {
            let query = sqlx::query::<$database>(
                "SELECT number, body, hash FROM audit_row WHERE chain = $1 AND number >= $2 ORDER BY number LIMIT $3",
            );
            let rows = query.bind(chain).bind(signed(from)).bind(signed(limit)).fetch_all(connection).await?;
            rows.iter().map(stored).collect()
        }

        pub(super) async fn row(connection: &mut $connection, chain: i64, number: u64) -> Result<Option<Stored>> {
            let query = sqlx::query::<$database>(
                "SELECT number, body, hash FROM audit_row WHERE chain = $1 AND number = $2",
            );
            query.bind(chain).bind(signed(number)).fetch_optional(connection).await?.as_ref().map(stored).transpose()
        }

        /// The first row that is there and the one after the last.
        pub(super) async fn bounds(connection: &mut $connection, chain: i64) -> Result<(u64, u64)> {
            let query = sqlx::query::<$database>(
                "SELECT (SELECT number FROM audit_row WHERE chain = $1 ORDER BY number LIMIT 1),
                        (SELECT number FROM audit_row WHERE chain = $1 ORDER BY number DESC LIMIT 1)",
            );
            let row = query.bind(chain).fetch_one(connection).await?;
            let (first, last): (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
            Ok((first.map_or(0, unsigned), last.map_or(0, |last| unsigned(last).saturating_add(1))))
        }

        pub(super) async fn open_intents(connection: &mut $connection, chain: i64) -> Result<Vec<u64>> {
            let query = sqlx::query::<$database>("SELECT number FROM audit_open WHERE chain = $1 ORDER BY number");
            let rows = query.bind(chain).fetch_all(connection).await?;
            rows.iter().map(|row| Ok(unsigned(row.try_get(0)?))).collect()
        }

        pub(super) async fn last_checkpoint(
            connection: &mut $connection,
            chain: i64,
        ) -> Result<Option<StoredCheckpoint>> {
            let query = sqlx::query::<$database>(
                "SELECT size, note, frontier FROM audit_checkpoint WHERE chain = $1 ORDER BY size DESC LIMIT 1",
            );
            query.bind(chain).fetch_optional(connection).await?.as_ref().map(checkpoint).transpose()
        }

        fn checkpoint(row: &Row) -> Result<StoredCheckpoint> {
            Ok(StoredCheckpoint { size: unsigned(row.try_get(0)?), note: row.try_get(1)?, frontier: row.try_get(2)? })
        }

        /// The checkpoints after a size, oldest first.
        pub(super) async fn checkpoints(
            connection: &mut $connection,
            chain: i64,
            after: Option<u64>,
            limit: u64,
        ) -> Result<Vec<StoredCheckpoint>> {
            let query = sqlx::query::<$database>(
                "SELECT size, note, frontier FROM audit_checkpoint WHERE chain = $1 AND size > $2 ORDER BY size LIMIT $3",
            );
            let after = after.map_or(-1, signed);
            let rows = query.bind(chain).bind(after).bind(signed(limit)).fetch_all(connection).await?;
            rows.iter().map(checkpoint).collect()
        }

        pub(super) async fn segments(connection: &mut $connection, chain: i64) -> Result<Vec<Segment>> {
            let query = sqlx::query::<$database>(
                "SELECT number, root, last_hash FROM audit_segment WHERE chain = $1 ORDER BY number",
            );
            let rows = query.bind(chain).fetch_all(connection).await?;
            let segment = |row: &Row| {
                Ok(Segment { number: unsigned(row.try_get(0)?), root: row.try_get(1)?, last: row.try_get(2)? })
            };
            rows.iter().map(segment).collect()
        }

        pub(super) async fn chains(connection: &mut $connection) -> Result<Vec<Chain>> {
            let query = sqlx::query::<$database>(
                "SELECT id, name, replica, kept_from, copied FROM audit_chain ORDER BY id LIMIT 1000",
            );
            let rows = query.fetch_all(connection).await?;
            let chain = |row: &Row| {
                Ok(Chain {
                    key: row.try_get(0)?,
                    name: row.try_get(1)?,
                    replica: row.try_get(2)?,
                    from: unsigned(row.try_get(3)?),
                    copied: unsigned(row.try_get(4)?),
                })
            };
            rows.iter().map(chain).collect()
        }

        pub(super) async fn add_chain(connection: &mut $connection, name: &str, replica: &str) -> Result<()> {
            let query = sqlx::query::<$database>(
                "INSERT INTO audit_chain (name, replica, kept_from, copied) VALUES ($1, $2, 0, 0)",
            );
            query.bind(name).bind(replica).execute(connection).await.map(drop)
        }

        pub(super) async fn set_from(connection: &mut $connection, chain: i64, from: u64) -> Result<()> {
            let query = sqlx::query::<$database>("UPDATE audit_chain SET kept_from = $2 WHERE id = $1");
            query.bind(chain).bind(signed(from)).execute(connection).await.map(drop)
        }

        pub(super) async fn set_copied(connection: &mut $connection, chain: i64, copied: u64) -> Result<()> {
            let query = sqlx::query::<$database>("UPDATE audit_chain SET copied = $2 WHERE id = $1");
            query.bind(chain).bind(signed(copied)).execute(connection).await.map(drop)
        }

        pub(super) async fn drop_rows(connection: &mut $connection, chain: i64, from: u64, to: u64) -> Result<()> {
            let query =
                sqlx::query::<$database>("DELETE FROM audit_row WHERE chain = $1 AND number >= $2 AND number < $3");
            query.bind(chain).bind(signed(from)).bind(signed(to)).execute(connection).await.map(drop)
        }

        pub(super) async fn meta(connection: &mut $connection, key: &str) -> Result<Option<String>> {
            let query = sqlx::query::<$database>("SELECT value FROM audit_meta WHERE key = $1");
            query.bind(key).fetch_optional(connection).await?.map(|row| row.try_get(0)).transpose()
        }

        pub(super) async fn set_meta(connection: &mut $connection, key: &str, value: &str) -> Result<()> {
            let query = sqlx::query::<$database>(
                "INSERT INTO audit_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            );
            query.bind(key).bind(value).execute(connection).await.map(drop)
        }

        pub(super) async fn append(connection: &mut $connection, chain: i64, batch: &Batch) -> Result<()> {
            let mut transaction = sqlx::Connection::begin(&mut *connection).await?;
            insert_rows(&mut transaction, chain, &batch.rows).await?;
            open(&mut transaction, chain, &batch.opened).await?;
            close(&mut transaction, chain, &batch.closed).await?;
            for Segment { number, root, last } in &batch.segments {
                let query = sqlx::query::<$database>(
                    "INSERT INTO audit_segment (chain, number, root, last_hash) VALUES ($1, $2, $3, $4)",
                );
                let query = query.bind(chain).bind(signed(*number)).bind(root.as_slice()).bind(last.as_slice());
                query.execute(&mut *transaction).await?;
            }
            if let Some(StoredCheckpoint { size, note, frontier }) = &batch.checkpoint {
                let query = sqlx::query::<$database>(
                    "INSERT INTO audit_checkpoint (chain, size, note, frontier) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (chain, size) DO UPDATE SET note = excluded.note, frontier = excluded.frontier",
                );
                let query = query.bind(chain).bind(signed(*size)).bind(note.as_str()).bind(frontier.as_slice());
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await
        }

        pub(super) async fn index_chunk(
            connection: &mut $connection,
            chain: &str,
            block: u64,
            key: &[u8],
        ) -> Result<Option<Vec<u8>>> {
            let query = sqlx::query::<$database>(
                "SELECT data FROM audit_index WHERE chain = $1 AND block = $2 AND part = $3",
            );
            let row = query.bind(chain).bind(signed(block)).bind(key).fetch_optional(connection).await?;
            row.map(|row| row.try_get(0)).transpose()
        }

        /// Replaces what there is of a block.
        pub(super) async fn put_index(
            connection: &mut $connection,
            chain: &str,
            block: u64,
            chunks: &[(Vec<u8>, Vec<u8>)],
        ) -> Result<()> {
            let mut transaction = sqlx::Connection::begin(&mut *connection).await?;
            let query = sqlx::query::<$database>("DELETE FROM audit_index WHERE chain = $1 AND block = $2");
            query.bind(chain).bind(signed(block)).execute(&mut *transaction).await?;
            for (key, data) in chunks {
                let query = sqlx::query::<$database>(
                    "INSERT INTO audit_index (chain, block, part, data) VALUES ($1, $2, $3, $4)",
                );
                let query = query.bind(chain).bind(signed(block)).bind(key.as_slice()).bind(data.as_slice());
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await
        }

        /// Forgets blocks below one: their rows are gone.
        pub(super) async fn drop_index(connection: &mut $connection, chain: &str, below: u64) -> Result<()> {
            let query = sqlx::query::<$database>("DELETE FROM audit_index WHERE chain = $1 AND block < $2");
            query.bind(chain).bind(signed(below)).execute(connection).await.map(drop)
        }
    };
}

pub(super) use statements;

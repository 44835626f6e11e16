//! The block of a chain that is still being filled, kept in memory, and the way there: blocks before it are sealed.

use std::sync::Arc;

use crate::index::{BLOCK, Build, encode};
use crate::store::{Chain, Reader};

/// Names and bytes of the parts of a block's index.
pub(crate) type Parts = Vec<(Vec<u8>, Vec<u8>)>;

/// Rows read at once.
const PAGE: u64 = 2048;

#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// The next row to be taken.
    next: u64,
    build: Build,
}

impl Tail {
    /// The number of the block in memory.
    pub(crate) fn block(&self) -> u64 {
        self.next / BLOCK
    }

    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    pub(crate) fn build(&self) -> &Build {
        &self.build
    }

    /// Takes every row that there is. Blocks that it passes are sealed; ones that it skips are made when they are asked for.
    pub(crate) async fn catch_up(&mut self, reader: &Reader, chain: &Chain) -> Result<(), sqlx::Error> {
        let (_, end) = reader.bounds(chain.key).await?;
        if end / BLOCK > self.block() + 1 {
            self.next = end / BLOCK * BLOCK;
            self.build = Build::default();
        }
        while self.next < end {
            let rows = reader.rows(chain.key, self.next, PAGE.min(BLOCK - self.next % BLOCK)).await?;
            let block = self.block();
            let Some(last) = rows.last().map(|row| row.number) else { break };
            for row in rows.iter().filter(|row| row.number / BLOCK == block) {
                self.build.add(row);
            }
            self.next = (last + 1).min((block + 1) * BLOCK);
            if self.block() > block {
                let parts = seal(Arc::new(std::mem::take(&mut self.build))).await?;
                keep(reader, chain, block, &parts).await;
            }
        }
        Ok(())
    }
}

/// Makes the index of a whole block from its rows.
pub(crate) async fn make(reader: &Reader, chain: &Chain, block: u64) -> Result<Parts, sqlx::Error> {
    let (mut build, mut next, end) = (Build::default(), block * BLOCK, (block + 1) * BLOCK);
    while next < end {
        let rows = reader.rows(chain.key, next, PAGE.min(end - next)).await?;
        for row in rows.iter().filter(|row| row.number < end) {
            build.add(row);
        }
        match rows.last() {
            Some(last) if last.number < end => next = last.number + 1,
            _ => break,
        }
    }
    let parts = seal(Arc::new(build)).await?;
    keep(reader, chain, block, &parts).await;
    Ok(parts)
}

async fn seal(build: Arc<Build>) -> Result<Parts, sqlx::Error> {
    let encoded = tokio::task::spawn_blocking(move || encode(&build)).await;
    encoded.map_err(|error| sqlx::Error::Protocol(error.to_string()))
}

/// An index that cannot be kept is made again when it is asked for: reading goes on with a full disk.
async fn keep(reader: &Reader, chain: &Chain, block: u64, parts: &Parts) {
    if let Err(error) = reader.put_index(&chain.name, block, parts).await {
        tracing::warn!(chain = chain.name, block, %error, "a block of the record's index cannot be kept");
    }
}

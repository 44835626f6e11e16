//! One act whole, and how it stands with the record itself.

use periscope_audit::{Filter, Sequence, Verb};
use serde_json::Value;

use super::read;
use super::shape::{AuditCheckpoint, AuditPair, AuditRow, AuditScope, AuditStatus, AuditVerb, LastCheckpoint};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

impl App {
    /// A row, the one that belongs to it, and what holds it in its place.
    pub async fn audit_pair(&self, context: &Context, chain: &str, number: u64) -> Result<AuditPair, Error> {
        let place = Sequence { chain: chain.to_owned(), number };
        let (visibility, _) = self.may_read(context);
        let missing = || Error::NotFound { what: format!("row {number} of chain {chain}, as far as you may see it,") };
        let pair = self.record.pair(&place, &visibility).await.map_err(read)?.ok_or_else(missing)?;
        let standing = self.record.standing(&place, &visibility).await.map_err(read)?.ok_or_else(missing)?;
        // Not which: whoever walks through a page would fill the record with it.
        self.reading.tell(self, context, "single rows".to_owned()).await;
        let mut ids = Vec::new();
        for row in pair.intent.iter().chain(&pair.outcome) {
            let known = row.extra.get("kubernetesAuditIds").and_then(Value::as_array);
            ids.extend(known.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        }
        let rows = pair.intent.into_iter().chain(pair.outcome);
        let (asked, other): (Vec<_>, Vec<_>) = rows.partition(|row| row.sequence == place);
        Ok(AuditPair {
            row: asked.into_iter().next().map(AuditRow::of).ok_or_else(missing)?,
            pair: other.into_iter().next().map(AuditRow::of),
            hash: standing.hash,
            previous_hash: standing.previous,
            checkpoint: standing.checkpoint.map(AuditCheckpoint::of),
            kubernetes_audit_ids: ids,
        })
    }

    /// Whether acts can be recorded, how far the record reaches, and what is recorded at all.
    pub async fn audit_status(&self, context: &Context) -> Result<AuditStatus, Error> {
        let (visibility, scope) = self.may_read(context);
        let health = self.record.health().await;
        let total = self.record.histogram(&Filter::default(), &visibility, 1).await.map_err(read)?.total;
        let size = total.intent + total.success + total.failure + total.denied + total.unknown;
        let first_at = self.record.reaches_back_to().await.map_err(read)?;
        // How much there is of others is told to nobody else.
        let (last_at, checkpoint) = match scope {
            AuditScope::All => self.record.newest().await.map_err(read)?,
            AuditScope::Own => (None, None),
        };
        let verb = |verb: &Verb| AuditVerb { verb: verb.name(), about: verb.about(), class: verb.class() };
        Ok(AuditStatus {
            chain: self.record.chain().to_owned(),
            size,
            first_at,
            last_at,
            last_checkpoint: checkpoint.map(|last| LastCheckpoint { size: last.size, at: last.time }),
            writing: health.is_ok(),
            reason: health.err().map(|error| error.to_string()),
            scope,
            verbs: Verb::ALL.iter().map(verb).collect(),
        })
    }
}

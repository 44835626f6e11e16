//! The record as a file.

use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use periscope_audit::{Event, Export, ExportFormat, Verb};
use serde_json::Map;

use super::question::AuditQuestion;
use super::read;
use crate::act::audit_actor;
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// The form of an exported record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditForm {
    /// One JSON object for each row.
    JsonLines,
    /// RFC 4180, safe for spreadsheets.
    Csv,
}

impl AuditForm {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "jsonl" => Some(Self::JsonLines),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// Rows on their way out.
pub struct AuditExport<S> {
    pub file_name: String,
    pub pieces: S,
}

impl App {
    /// Every row that is asked for, the oldest first, as it was written: intents and outcomes apart. That it was asked for is
    /// in the record before anything leaves.
    pub async fn audit_export(
        &self,
        context: &Context,
        question: &AuditQuestion,
        form: AuditForm,
    ) -> Result<AuditExport<impl Stream<Item = Result<Bytes, Error>> + Send + use<>>, Error> {
        let (visibility, _) = self.may_read(context);
        let format = match form {
            AuditForm::JsonLines => ExportFormat::JsonLines,
            AuditForm::Csv => ExportFormat::Csv,
        };
        let filter = question.filter()?;
        let event = Event::new(audit_actor(context, None), &*context.request_id, Verb::AuditExport)
            .with("filter", question.words())
            .with("format", form.name());
        let refused = |error: periscope_audit::Unrecorded| Error::NotRecorded { reason: error.to_string() };
        let intent = self.record.intent(event).await.map_err(refused)?;
        let asked = Export { filter, visibility, format, from: Vec::new() };
        let opened = self.record.export(asked).await.map_err(read);
        let outcome = match &opened {
            Ok(_) => (periscope_audit::Outcome::Success, None),
            Err(error) => (periscope_audit::Outcome::Failure, Some(error.to_string())),
        };
        intent.close(outcome.0, outcome.1, Map::new()).await.map_err(refused)?;
        let pieces = opened?.map_ok(Bytes::from).map_err(read);
        let day = self.clock.now().strftime("%Y-%m-%d");
        Ok(AuditExport { file_name: format!("periscope-audit-{day}.{}", form.name()), pieces })
    }
}

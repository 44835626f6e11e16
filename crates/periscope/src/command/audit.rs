//! `periscope audit`: reads a record without the server, also while one writes it.

use std::fmt::Write;
use std::io::Write as _;

use anyhow::Context;
use jiff::Timestamp;
use periscope_audit::{
    ChainVerdict, Export, ExportFormat, Field, Filter, Store, Verdict, Verification, Visibility, export_store,
};

use crate::args::{AuditExport, AuditFormat, AuditVerify};
use crate::command::print;

/// The command could not do what it is for: it ends with 2, and says nothing about the record.
#[derive(Debug)]
pub(crate) struct Unchecked;

impl std::fmt::Display for Unchecked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the record could not be read")
    }
}

pub(crate) async fn verify(args: AuditVerify) -> anyhow::Result<()> {
    let AuditVerify { record, checkpoints, public_keys } = args;
    let verification = Verification { store: Store::parse(&record), checkpoints, public_keys };
    let verdict = periscope_audit::verify(&verification).await.context(Unchecked)?;
    print(&told(&verdict))?;
    anyhow::ensure!(verdict.is_intact(), "the record {} is not intact", verification.store);
    Ok(())
}

fn told(verdict: &Verdict) -> String {
    let mut text = String::new();
    for chain in &verdict.chains {
        let ChainVerdict { chain: name, first, end, checkpoints, covered, covered_at, open } = chain;
        let _ = write!(text, "chain {name}: rows {first} to {end}, {checkpoints} checkpoints");
        if let Some(time) = covered_at {
            let _ = write!(text, ", covered to {covered} by {time}");
        }
        let _ = writeln!(text, ", {open} open");
    }
    for reservation in &verdict.reservations {
        let _ = writeln!(text, "note: {reservation}");
    }
    for problem in &verdict.problems {
        let _ =
            writeln!(text, "{}: chain {} row {}: {}", problem.fault.name(), problem.chain, problem.row, problem.what);
    }
    let _ = writeln!(text, "{}", if verdict.is_intact() { "intact" } else { "not intact" });
    text
}

pub(crate) async fn export(args: AuditExport) -> anyhow::Result<()> {
    let mut filter = Filter { text: args.text, ..Filter::default() };
    for named in &args.fields {
        let field = named.split_once('=').and_then(|(name, value)| Some((Field::parse(name)?, value)));
        let (field, value) = field.with_context(|| {
            let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
            format!("--where {named:?} is not FIELD=VALUE; the fields are {}", names.join(", "))
        })?;
        filter = filter.with(field, value);
    }
    let time = |name: &str, text: Option<String>| -> anyhow::Result<Option<Timestamp>> {
        let parse = |text: String| text.parse().with_context(|| format!("--{name} {text:?} is not a time"));
        text.map(parse).transpose()
    };
    (filter.from, filter.to) = (time("from", args.from)?, time("to", args.to)?);
    let format = match args.format {
        AuditFormat::JsonLines => ExportFormat::JsonLines,
        AuditFormat::Csv => ExportFormat::Csv,
    };
    let from = args.starts.iter().map(|start| start.parse().with_context(|| format!("--start {start:?}")));
    let from = from.collect::<anyhow::Result<Vec<_>>>()?;
    let export = Export { filter, visibility: Visibility::All, format, from };
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let exported = export_store(&Store::parse(&args.record), &export, |text| out.write_all(text.as_bytes())).await;
    exported.context(Unchecked)?;
    out.flush().context("cannot write to standard output")
}

//! A custom kind, as its CustomResourceDefinition describes it.

use std::sync::Arc;

use serde_json::Value;

use super::{Kind, Source};

#[derive(Debug, Clone)]
pub(crate) struct PrinterColumn {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) format: String,
    pub(crate) description: String,
    pub(crate) priority: i64,
    pub(crate) path: String,
}

/// The definition's storage version; `None` when it is not complete enough to serve.
pub(super) fn kind_of(definition: &Value) -> Option<Kind> {
    let spec = &definition["spec"];
    let names = &spec["names"];
    let versions = spec["versions"].as_array()?;
    let version = versions.iter().find(|version| version["served"] == true && version["storage"] == true)?;
    let text = |value: &Value| value.as_str().map(Arc::<str>::from);
    let group = text(&spec["group"])?;
    let plural = text(&names["plural"])?;
    let kind = text(&names["kind"])?;
    let singular = text(&names["singular"]).unwrap_or_else(|| kind.to_lowercase().into());
    Some(Kind {
        id: format!("{plural}.{group}").into(),
        group,
        version: text(&version["name"])?,
        kind,
        plural,
        singular,
        short_names: texts(&names["shortNames"]),
        categories: texts(&names["categories"]),
        namespaced: spec["scope"] == "Namespaced",
        subresources: version["subresources"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str().into())
            .collect(),
        source: Source::Stored,
        printer_columns: Some(columns(&version["additionalPrinterColumns"])),
    })
}

fn texts(list: &Value) -> Vec<Arc<str>> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(Arc::from).collect()
}

fn columns(list: &Value) -> Vec<PrinterColumn> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.as_array()
        .into_iter()
        .flatten()
        .map(|column| PrinterColumn {
            name: text(&column["name"]),
            kind: text(&column["type"]),
            format: text(&column["format"]),
            description: text(&column["description"]),
            priority: column["priority"].as_i64().unwrap_or(0),
            path: text(&column["jsonPath"]),
        })
        .collect()
}

//! What rendered windows look like, for the API's description: rows are written as bytes, never as these types.

use serde::Serialize;
use utoipa::ToSchema;

use super::ClusterPart;

/// A window of a list.
#[derive(ToSchema)]
#[schema(as = Window, rename_all = "camelCase")]
pub struct WindowShape {
    pub columns: Vec<ColumnShape>,
    pub rows: Vec<RowShape>,
    /// How many rows the query holds for.
    pub total: usize,
    pub from: usize,
    pub next_cursor: Option<String>,
    pub prev_cursor: Option<String>,
    pub facets: Vec<FacetShape>,
    pub clusters: Vec<ClusterPart>,
    pub as_of: String,
}

#[derive(ToSchema)]
#[schema(as = Column)]
pub struct ColumnShape {
    pub id: String,
    pub title: String,
    pub r#type: ColumnTypeShape,
    /// 0 is shown, 1 is for the wide view.
    pub priority: u8,
    pub sortable: bool,
    pub description: Option<String>,
    /// The kind of the objects that a `kindref` names.
    pub r#ref: Option<String>,
}

/// Ages are epoch seconds, `cpu` millicores, `duration` seconds.
#[derive(ToSchema)]
#[schema(as = ColumnType, rename_all = "lowercase")]
pub enum ColumnTypeShape {
    Text,
    Age,
    Number,
    Cpu,
    Bytes,
    Ready,
    Status,
    Labels,
    Percent,
    Kindref,
    Duration,
}

#[derive(ToSchema)]
#[schema(as = Row)]
pub struct RowShape {
    /// The same object has the same id while it is watched.
    pub id: u64,
    pub cluster: String,
    pub namespace: Option<String>,
    pub name: String,
    pub uid: String,
    pub tone: periscope_model::Tone,
    /// Why, where the status does not say it.
    pub note: Option<String>,
    /// One for each column.
    pub cells: Vec<CellShape>,
}

#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Cell)]
pub enum CellShape {
    Text(String),
    Number(f64),
    Labels(Vec<(String, String)>),
    Missing,
}

/// How many rows have a class of status, and the filter for them.
#[derive(ToSchema)]
#[schema(as = Facet)]
pub struct FacetShape {
    pub filter: String,
    pub label: String,
    pub count: usize,
    pub tone: periscope_model::Tone,
}

//! Lists: a window of a query over one kind in one or several clusters.

pub mod shape;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use periscope_audit::Outcome;
use periscope_model::{ClusterId, Gap, KindId, Scope, State};
use periscope_store::{Filter, FilterError, Part, Query, Sort, View};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::objects::check_namespace;
use crate::reach::{Circle, Member, Want};

/// Rows in one window.
pub(crate) const MAX_WINDOW: usize = 500;
/// Clusters in one list.
pub(crate) const MAX_CLUSTERS: usize = 200;
/// Namespaces named in one list.
const MAX_NAMESPACES: usize = 500;
/// How long one request waits for rows; a cluster that has none by then says so.
const ROWS_DEADLINE: Duration = Duration::from_secs(12);

/// A window as asked for, once.
#[derive(Debug, Clone)]
pub struct ListQuery {
    pub kind: KindId,
    /// All when empty.
    pub clusters: Vec<String>,
    /// All when empty.
    pub namespaces: Vec<String>,
    pub filter: String,
    pub sort: String,
    pub from: usize,
    pub limit: usize,
    pub cursor: Option<String>,
}

/// A window as subscribed to.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct WindowSubscription {
    #[schema(value_type = String)]
    pub kind: KindId,
    /// All when empty.
    #[serde(default)]
    pub clusters: Vec<String>,
    /// All when empty.
    #[serde(default)]
    pub namespaces: Vec<String>,
    #[serde(default)]
    pub filter: String,
    #[serde(default)]
    pub sort: String,
    #[serde(default)]
    pub from: usize,
    pub limit: usize,
}

/// How one cluster contributes to a list.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterPart {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    pub state: State,
    /// The namespaces of which the caller sees rows.
    pub scope: Scope,
    pub gaps: Vec<Gap>,
}

/// A window, rendered; its shape is [`shape::WindowShape`].
#[derive(Debug)]
pub struct Window(Bytes);

impl Window {
    pub fn into_json(self) -> Bytes {
        self.0
    }
}

impl ClusterPart {
    pub(crate) fn of(member: &Member) -> Self {
        Self {
            cluster: member.cluster.clone(),
            state: member.state(),
            scope: member.scope().clone(),
            gaps: member.gaps(),
        }
    }
}

/// A question that holds together: texts parsed, clusters known, bounds kept.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) query: Query,
    clusters: Vec<Arc<Cluster>>,
    kind: KindId,
}

impl App {
    /// Answers once; waits a bounded time for rows that are not there yet.
    pub async fn list(self: &Arc<Self>, context: &Context, asked: ListQuery) -> Result<Window, Error> {
        let ListQuery { kind, clusters, namespaces, filter, sort, from, limit, cursor } = asked;
        let question = self.question(kind, &clusters, namespaces, (&filter, &sort))?;
        check_limit(limit)?;
        let mut circle = self.circle(context, &question, true);
        circle.settle(ROWS_DEADLINE).await;
        let members = circle.members();
        self.opened(context, &question, &members).await;
        if members.iter().all(|member| !member.is_served()) {
            return Err(unserved(&question));
        }
        let view = self.inventory.store.view(parts(&members), question.query);
        let from = match &cursor {
            Some(cursor) => {
                view.position(cursor, limit).map_err(|error| Error::invalid("cursor_invalid", error.to_string()))?
            }
            None => from,
        };
        Ok(render(&view, &members, from, limit))
    }

    pub(crate) fn question(
        &self,
        kind: KindId,
        clusters: &[String],
        namespaces: Vec<String>,
        (filter, sort): (&str, &str),
    ) -> Result<Question, Error> {
        check_count("clusters", clusters.len(), MAX_CLUSTERS)?;
        let namespaces = named_namespaces(namespaces)?;
        let query = Query {
            namespaces,
            filter: Filter::parse(filter).map_err(|error| misspelt("filter_invalid", filter, error))?,
            sort: Sort::parse(sort).map_err(|error| misspelt("sort_invalid", sort, error))?,
        };
        Ok(Question { query, clusters: self.clusters.named(clusters)?, kind })
    }

    /// Puts on the record that somebody opened the list, where it is one of those kinds.
    async fn opened(&self, context: &Context, question: &Question, members: &[Member]) {
        if !self.sensitive.contains(&question.kind) {
            return;
        }
        for cluster in &question.clusters {
            let scope = members.iter().find(|member| member.cluster == cluster.spec.id).map(Member::scope);
            let seen = scope.is_some_and(|scope| scope.cluster_wide || !scope.namespaces.is_empty());
            let outcome = if seen { Outcome::Success } else { Outcome::Denied };
            self.opened_list(context, cluster, (&question.kind, &question.query.namespaces), outcome).await;
        }
    }

    /// The same for a list that is followed: known only when it is known what may be seen of it.
    pub(crate) fn opened_soon(self: &Arc<Self>, context: &Context, question: &Question) {
        if !self.sensitive.contains(&question.kind) {
            return;
        }
        let (app, context, question) = (self.clone(), context.clone(), question.clone());
        tokio::spawn(async move {
            let mut circle = app.circle(&context, &question, false);
            circle.settle(ROWS_DEADLINE).await;
            let members = circle.members();
            app.opened(&context, &question, &members).await;
        });
    }

    pub(crate) fn circle(&self, context: &Context, question: &Question, rows: bool) -> Circle {
        let mut circle = Circle::new(rows);
        let namespaces: Arc<[String]> = question.query.namespaces.as_slice().into();
        for cluster in &question.clusters {
            let (cluster, kind, person) = (cluster.clone(), question.kind.clone(), context.person.clone());
            circle.add(&self.inventory, Want { cluster, kind, person, namespaces: namespaces.clone() });
        }
        circle
    }
}

pub(crate) fn parts(members: &[Member]) -> Vec<Part> {
    members.iter().filter_map(|member| member.part().cloned()).collect()
}

pub(crate) fn check_limit(limit: usize) -> Result<(), Error> {
    if (1..=MAX_WINDOW).contains(&limit) {
        return Ok(());
    }
    Err(Error::invalid("limit_invalid", format!("limit must be from 1 to {MAX_WINDOW}, not {limit}")))
}

/// Namespaces that a caller names: in bounds, each a namespace's name, each once.
pub(crate) fn named_namespaces(mut namespaces: Vec<String>) -> Result<Vec<String>, Error> {
    check_count("namespaces", namespaces.len(), MAX_NAMESPACES)?;
    namespaces.iter().try_for_each(|namespace| check_namespace(namespace))?;
    namespaces.sort();
    namespaces.dedup();
    Ok(namespaces)
}

fn check_count(what: &str, count: usize, most: usize) -> Result<(), Error> {
    if count <= most {
        return Ok(());
    }
    Err(Error::invalid("too_many", format!("{count} {what} are named, at most {most} can be; name none for all")))
}

/// The place in characters, as a console counts.
fn misspelt(code: &'static str, text: &str, FilterError { at: Range { start, end }, message }: FilterError) -> Error {
    let characters = |bytes: usize| text.get(..bytes).map_or(text.chars().count(), |before| before.chars().count());
    Error::Invalid { code, message, at: Some((characters(start), characters(end))) }
}

fn unserved(question: &Question) -> Error {
    let cluster = question.clusters.first().map_or_else(|| ClusterId::slug("none"), |cluster| cluster.spec.id.clone());
    match question.clusters.len() {
        0 | 1 => Error::UnknownKind { cluster, kind: question.kind.clone() },
        _ => Error::NotFound { what: format!("kind {} in any of these clusters", question.kind) },
    }
}

fn render(view: &View, members: &[Member], from: usize, limit: usize) -> Window {
    let page = view.page(from, limit);
    let clusters: Vec<ClusterPart> = members.iter().map(ClusterPart::of).collect();
    let clusters = serde_json::to_vec(&clusters).unwrap_or_else(|_| b"[]".to_vec());
    let fields = page.fields();
    Window(Bytes::from([b"{", &fields[..], b",\"clusters\":", &clusters[..], b"}"].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(filter: &str) -> (usize, usize) {
        let error = Filter::parse(filter).expect_err(filter);
        match misspelt("filter_invalid", filter, error) {
            Error::Invalid { at: Some(at), .. } => at,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_place_of_a_mistake_is_counted_in_characters() {
        assert_eq!(at("\"open"), (0, 5));
        assert_eq!(at("é😀 \"open"), (3, 8), "not in bytes, of which there are eleven");
        let long = "ü".repeat(3000);
        let (start, end) = at(&long);
        assert!(start <= end && end <= 3000, "{start} to {end}");
    }

    #[test]
    fn bounds_are_told() {
        assert!(check_limit(1).is_ok() && check_limit(MAX_WINDOW).is_ok());
        for limit in [0, MAX_WINDOW + 1, usize::MAX] {
            assert_eq!(check_limit(limit).expect_err("out of bounds").code(), "limit_invalid");
        }
        let many = vec!["a".to_owned(); MAX_NAMESPACES + 1];
        assert_eq!(named_namespaces(many).expect_err("too many").code(), "too_many");
    }

    #[test]
    fn namespaces_are_named_once_and_as_kubernetes_names_them() {
        let named = |names: &[&str]| named_namespaces(names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(named(&["b", "a", "b"]).expect("valid"), ["a", "b"]);
        for wrong in ["", "*", "..", "a/b", "A", "-a", "a-", "a.b", "a b", "ä", &"a".repeat(64)] {
            assert_eq!(named(&["a", wrong]).expect_err(wrong).code(), "namespace_invalid", "{wrong:?}");
        }
    }
}

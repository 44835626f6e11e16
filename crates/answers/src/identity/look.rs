//! What one caller may see of one cluster's identities.

use std::sync::Arc;
use std::time::Duration;

use periscope_model::{Answer, Gap, Permission, Scope, State};
use periscope_store::Visible;

use super::asked::Subject;
use super::gaps::{self, Part, not_eks};
use super::known::{Key, Made};
use super::told::Covers;
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::inventory::Inventory;
use crate::kinds::known;
use crate::overview::missing;
use crate::reach::{Circle, Member, Want};

/// How long one request waits for rows; what is not there by then is a gap.
const ROWS_DEADLINE: Duration = Duration::from_secs(4);

/// Who sees what was decided when this was made.
pub(crate) struct Look {
    pub(crate) cluster: Arc<Cluster>,
    /// Pods as far as the caller may list them: the measure of everything else.
    pods: Member,
    /// Why what belongs to the cluster as a whole may not be seen.
    whole: Result<(), Gap>,
}

/// What of a cluster belongs to nobody's namespace is for who may see who is bound to what in it.
pub(super) fn whole_cluster() -> Permission {
    Permission::on("list", &known("clusterrolebindings.rbac.authorization.k8s.io"), None)
}

impl Look {
    pub(crate) async fn at(app: &App, context: &Context, cluster: &Arc<Cluster>) -> Result<Self, Error> {
        let actor = cluster.actor(&context.person)?;
        let mut circle = Circle::new(true);
        let (person, namespaces) = (context.person.clone(), Arc::from([]));
        circle.add(&app.inventory, Want { cluster: cluster.clone(), kind: known("pods"), person, namespaces });
        let asked = whole_cluster();
        let (verdict, ()) = tokio::join!(app.verdicts.ask(cluster, &actor, &asked), circle.settle(ROWS_DEADLINE));
        let whole = if verdict.allowed {
            Ok(())
        } else {
            let what = format!("what belongs to cluster {} as a whole", cluster.spec.id);
            Err(Gap::missing_permission(what, asked))
        };
        let pods = circle.members().swap_remove(0);
        Ok(Self { cluster: cluster.clone(), pods, whole })
    }

    pub(crate) fn visible(&self) -> Visible {
        self.pods.part().map_or(Visible::Nothing, |part| part.visible.clone())
    }

    pub(super) fn scope(&self) -> Scope {
        self.pods.scope().clone()
    }

    pub(super) fn state(&self) -> State {
        self.pods.state()
    }

    /// Whether the caller may see what belongs to no namespace; else what is missing.
    pub(crate) fn whole(&self) -> Result<(), &Gap> {
        self.whole.as_ref().copied()
    }

    pub(crate) fn sees_something(&self) -> Result<(), Error> {
        if self.whole.is_ok() || !matches!(self.visible(), Visible::Nothing) {
            return Ok(());
        }
        Err(self.refused(None))
    }

    /// Whether the object is there, as far as the inventory knows: what it may not read may be.
    pub(crate) async fn finds(&self, app: &App, context: &Context, subject: &Subject) -> Result<(), Error> {
        let actor = self.cluster.actor(&context.person)?;
        self.cluster.resource(&subject.kind).await?;
        let lease = app.inventory.store.lease(Inventory::feed_of(&self.cluster, &subject.kind, &actor));
        if !lease.ready(ROWS_DEADLINE).await || lease.read().get(&subject.namespace, &subject.name).is_some() {
            return Ok(());
        }
        Err(Error::NotFound { what: subject.to_string() })
    }

    pub(crate) fn sees(&self, namespace: &str) -> Result<(), Error> {
        if self.visible().allows(namespace) { Ok(()) } else { Err(self.refused(Some(namespace))) }
    }

    fn refused(&self, namespace: Option<&str>) -> Error {
        let state = self.pods.state();
        if matches!(state.phase, periscope_model::Phase::Unreachable) {
            return self.cluster.unreachable(state.reason.unwrap_or_else(|| "no reason given".to_owned()));
        }
        let needed = Permission::on("list", &known("pods"), namespace);
        Error::Refused { message: format!("you may not {needed}"), needs: vec![needed] }
    }

    /// What is known of the identities that the caller may see; `None` when it is not known in time.
    pub(super) async fn known(&self, app: &App) -> Option<Arc<Made>> {
        let key = Key { cluster: self.cluster.spec.id.clone(), visible: self.visible(), whole: self.whole.is_ok() };
        if matches!(key.visible, Visible::Nothing) && !key.whole {
            return None;
        }
        app.known.get(&self.cluster, key).await
    }

    /// The envelope of an answer about the namespaces that the caller sees, made of these parts of AWS.
    pub(super) fn answer<T>(&self, app: &App, data: T, (made, parts): (Option<&Made>, &[Part])) -> Answer<T> {
        let now = app.clock.now();
        let mut gaps: Vec<Gap> = not_eks(&self.cluster).into_iter().collect();
        gaps.extend(missing(&self.pods));
        let mut sources = vec![self.pods.source(now)];
        match made {
            Some(made) => {
                let new = |gap: &&Gap| !gaps.iter().any(|known| known.needs == gap.needs && !gap.needs.is_empty());
                let of_rows: Vec<Gap> = made.gaps.iter().filter(new).cloned().collect();
                gaps.extend(of_rows);
                if self.cluster.spec.eks.is_some() {
                    gaps.extend(gaps::of_aws(&made.identities, parts, self.whole.is_ok()));
                }
                // How the caller's own list stands is known now, not only since it was made.
                let others = made.sources.iter().filter(|source| source.what != sources[0].what);
                sources.extend(others.cloned().collect::<Vec<_>>());
            }
            None if self.sees_something().is_ok() => {
                gaps.push(Gap::new("NOT_READ", format!("identities of {} are not read yet", self.cluster.spec.id)));
            }
            None => {}
        }
        let scope: Scope = self.pods.scope().clone();
        Answer { data, as_of: now, scope, sources, gaps }
    }
}

impl Look {
    /// The same of a cluster that has nothing to do with AWS.
    pub(super) fn answer_elsewhere<T>(&self, app: &App, data: T) -> Answer<T> {
        let now = app.clock.now();
        let gaps = not_eks(&self.cluster).into_iter().collect();
        Answer { data, as_of: now, scope: self.pods.scope().clone(), sources: vec![self.pods.source(now)], gaps }
    }
}

impl<T> Covers for Answer<T> {
    fn refusal(&self) -> Option<String> {
        let nothing = !self.scope.cluster_wide && self.scope.namespaces.is_empty();
        let needed = self.gaps.iter().flat_map(|gap| &gap.needs).next();
        needed.filter(|_| nothing).map(|needed| format!("you may not {needed}"))
    }
}

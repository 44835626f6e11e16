//! From what a role can to the workloads that act as it.

use periscope_iam::ActionSet;
use periscope_identity::{HolderKey, HolderRow};

use super::super::known::Made;
use super::super::{AwsVerdict, WhoCanHop, WhoCanRow};
use super::cursor::Place;
use super::wanted::Wanted;

/// Actions named of each row.
const MAX_MATCHED: usize = 10;

/// A workload that can, before the details are looked up.
pub(super) struct Holding {
    row: HolderRow,
    matched: ActionSet,
}

/// A workload of which it cannot be told, and why.
pub(super) type Unjudged = (String, String);

/// Who can, and the workloads of which that cannot be told, with the reason.
pub(super) fn holdings(
    made: &Made,
    wanted: &Wanted,
    namespace: Option<&str>,
) -> (Vec<(Place, Holding)>, Vec<Unjudged>) {
    let judged = made.judged();
    let able = wanted.holders(&judged.index);
    let here =
        |workload: &periscope_model::ObjectRef| namespace.is_none() || workload.namespace.as_deref() == namespace;
    let rows = judged.holders.rows(|key| able.contains_key(key)).into_iter().filter(|row| here(&row.workload));
    let holding = |row: HolderRow| {
        let matched = able.get(&row.holder).cloned().unwrap_or_default();
        (Place::of(&row), Holding { row, matched })
    };
    let unjudged = judged.holders.unjudged.iter().filter(|(workload, _)| here(workload));
    let unjudged = unjudged.map(|(workload, why)| {
        (format!("{}/{}", workload.namespace.as_deref().unwrap_or_default(), workload.name), why.clone())
    });
    (rows.map(holding).collect(), unjudged.collect())
}

/// The row in full.
pub(super) fn row(made: &Made, wanted: &Wanted, holding: Holding) -> WhoCanRow {
    let Holding { row, matched } = holding;
    let verdict = wanted.verdict(&made.judged().index, &row.holder).and(row.way.clone());
    let limits = match &row.holder {
        HolderKey::Actor(key) => {
            let actor = made.judged().holders.actors.iter().find(|actor| actor.key == *key);
            actor.map(|actor| actor.session.limits.clone())
        }
        HolderKey::Role(arn) => made.identities.accounts().limits(arn),
    };
    let told = AwsVerdict::of(&verdict, &[]);
    let verdict = limits.map_or_else(|| told.clone(), |limits| told.clone().bounded(&verdict, &limits));
    let verdict = verdict.only_if(row.caveat.as_deref());
    let part = |id: &&String| {
        let entry = made.catalogue.find(id);
        entry.is_some_and(|entry| entry.action_sets().iter().any(|set| set.intersects(&matched)))
    };
    let sensitive = made.sensitive_of(&row.holder).iter().filter(part).cloned().collect();
    let HolderRow { workload, pods, service_account, role_arn, source, path, .. } = row;
    let path = path.into_iter().map(|step| WhoCanHop { arn: step.arn, words: step.words }).collect();
    let names = matched.actions().take(MAX_MATCHED).map(|action| action.to_string()).collect();
    let matched_total = matched.len();
    WhoCanRow {
        workload,
        pods,
        service_account,
        role_arn,
        source,
        verdict,
        matched: names,
        matched_total,
        path,
        sensitive,
    }
}

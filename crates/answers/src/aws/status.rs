//! What is known of AWS for one cluster, and asking again.

use jiff::Timestamp;
use periscope_audit::Verb;
use periscope_aws::{Aws, ClusterAws, Refreshed, Scope as Refresh, Spared};
use periscope_model::aws::{AccountIam, Observed, RoleRead};
use periscope_model::{Answer, ClusterId, Gap, Scope};

use super::{AwsCapability, AwsPart, AwsPartKind, AwsPartState, AwsStatus, CapabilitySource, CapabilityState};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::identity::{Look, Question, in_general, not_eks, without_names};

impl App {
    /// What was read of AWS for the cluster, and what this Periscope's own role may.
    pub fn aws_status(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<AwsStatus>, Error> {
        let cluster = self.clusters.get(cluster)?;
        cluster.actor(&context.person)?;
        Ok(self.status_of(cluster))
    }

    /// The same after AWS was asked again. Who sees no pod of the cluster makes nobody ask.
    pub async fn aws_refresh(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<AwsStatus>, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster).with("question", "refresh");
        let refreshed = async {
            let look = Look::at(self, context, &cluster).await?;
            look.sees_something()?;
            let mut refreshed = Refreshed::default();
            if let Some(aws) = self.aws.as_ref().filter(|aws| aws.target(&cluster.spec.id).is_some()) {
                refreshed = aws.refresh(Refresh::Cluster(cluster.spec.id.clone())).await;
                self.known.caught_up(&cluster.spec.id).await;
            }
            let mut status = self.status_of(&cluster);
            status.gaps.extend(not_refreshed(refreshed));
            Ok(status)
        };
        let answered = refreshed.await;
        self.told(context, question, answered).await
    }

    fn status_of(&self, cluster: &Cluster) -> Answer<AwsStatus> {
        let now = self.clock.now();
        let mut gaps: Vec<Gap> = not_eks(cluster).into_iter().collect();
        let eks = cluster.spec.eks.as_ref();
        let mut data = AwsStatus {
            account: eks.map(|eks| eks.account_id.clone()),
            region: eks.map(|eks| eks.region.clone()),
            partition: eks.and_then(|eks| eks.arn.split(':').nth(1).map(str::to_owned)),
            ..AwsStatus::default()
        };
        let known = self.aws.as_ref().and_then(|aws| Some((aws, aws.cluster(&cluster.spec.id)?)));
        match (known, &data.account) {
            (Some((aws, seen)), Some(account)) => {
                let server = aws.server_identity();
                data.server_role = server.value.as_deref().cloned();
                gaps.extend(server.gaps);
                data.parts = parts(aws, &seen, account, now);
                data.capabilities = aws.capabilities(&cluster.spec.id).iter().map(AwsCapability::of).collect();
            }
            _ if eks.is_some() => gaps.push(Gap::new("NOT_READ", "this Periscope is not connected to AWS")),
            _ => {}
        }
        Answer { data, as_of: now, scope: Scope::everywhere(), sources: Vec::new(), gaps }
    }
}

/// What was not read again, and when that can be.
fn not_refreshed(refreshed: Refreshed) -> impl Iterator<Item = Gap> {
    let late = refreshed.late.map(|after| {
        let what = format!("AWS did not tell everything within {} s: what is missing comes later", after.as_secs());
        Gap::new("AWS_STILL_READING", what)
    });
    let spared = refreshed.spared.map(|Spared { ago, again }| {
        let what =
            format!("not all of it was read again: it was read {} s ago, and too often before that", ago.as_secs());
        let fix = format!("ask again in {} s", again.as_secs() + 1);
        Gap { fix: Some(fix), ..Gap::new("AWS_READ_RECENTLY", what) }
    });
    late.into_iter().chain(spared)
}

fn parts(aws: &Aws, seen: &ClusterAws, account: &str, now: Timestamp) -> Vec<AwsPart> {
    let iam = aws.account(account).unwrap_or_default();
    // By then it would have been read again, if that had been possible.
    let stale = now.saturating_sub(aws.pace() * 3 / 2).unwrap_or(now);
    vec![
        AwsPart::of(AwsPartKind::Eks, &seen.eks, stale),
        AwsPart::of(AwsPartKind::AccessEntries, &seen.access_entries, stale),
        AwsPart::of(AwsPartKind::PodIdentity, &seen.associations, stale),
        AwsPart::of(AwsPartKind::Iam, &without(&iam, is_about_providers), stale),
        AwsPart::of(AwsPartKind::OidcProviders, &providers(&iam), stale),
        AwsPart::of(AwsPartKind::Organization, &aws.organization(account), stale),
        AwsPart::of(AwsPartKind::Instances, &seen.instances, stale),
    ]
}

/// Each gap of a read names the action: those that were refused as what is needed, the others in their words.
fn is_about_providers(gap: &Gap) -> bool {
    const ACTIONS: &str = "OpenIDConnectProvider";
    gap.what.contains(ACTIONS) || gap.needs_aws.iter().any(|needed| needed.action.contains(ACTIONS))
}

fn without(all: &Observed<AccountIam>, left_out: impl Fn(&Gap) -> bool) -> Observed<AccountIam> {
    let gaps: Vec<Gap> = all.gaps.iter().filter(|gap| !left_out(gap)).cloned().collect();
    // Where nothing but refusals came, nothing was read.
    let any = |iam: &std::sync::Arc<AccountIam>| {
        iam.whole || iam.roles.values().any(|read| !matches!(read, RoleRead::Unread(_)))
    };
    let value = all.value.clone().filter(|iam| any(iam) || gaps.is_empty());
    Observed { at: value.as_ref().and(all.at), value, gaps }
}

/// They are read with the roles, and may be missing beside them.
fn providers(iam: &Observed<AccountIam>) -> Observed<()> {
    let listed = iam.value.as_ref().is_some_and(|iam| iam.oidc_providers.is_some());
    let own: Vec<Gap> = iam.gaps.iter().filter(|gap| is_about_providers(gap)).cloned().collect();
    let gaps = if listed || !own.is_empty() { own } else { iam.gaps.clone() };
    let value = listed.then(std::sync::Arc::default);
    Observed { at: value.as_ref().and(iam.at), value, gaps }
}

impl AwsPart {
    /// What was read before `stale` and could not be read again is called that.
    fn of<T>(part: AwsPartKind, observed: &Observed<T>, stale: Timestamp) -> Self {
        let told = |gap: &Gap| without_names(gap.clone(), &|_| false);
        let mut gaps: Vec<Gap> = Vec::new();
        for gap in observed.gaps.iter().map(told) {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        Self { part, state: state(observed, stale), at: observed.at, gaps }
    }
}

fn state<T>(observed: &Observed<T>, stale: Timestamp) -> AwsPartState {
    if observed.value.is_some() {
        let old = observed.at.is_some_and(|at| at < stale);
        return if old && !observed.gaps.is_empty() { AwsPartState::Stale } else { AwsPartState::Live };
    }
    let any = |codes: &[&str]| observed.gaps.iter().any(|gap| codes.contains(&gap.code.as_str()));
    match () {
        () if any(&["MISSING_IAM_PERMISSION"]) => AwsPartState::Refused,
        () if observed.gaps.is_empty() || any(&["NOT_READ"]) => AwsPartState::Never,
        () => AwsPartState::Unreachable,
    }
}

impl AwsCapability {
    fn of(known: &periscope_aws::Capability) -> Self {
        Self {
            feature: known.feature.name().to_owned(),
            about: known.feature.about().to_owned(),
            action: known.permission.action.clone(),
            // What was refused was asked of one role: of whose, is not for everybody.
            resource: in_general(&known.permission.resource),
            state: match known.state {
                periscope_aws::CapabilityState::Allowed => CapabilityState::Allowed,
                periscope_aws::CapabilityState::Denied => CapabilityState::Denied,
                periscope_aws::CapabilityState::Unknown => CapabilityState::Unknown,
            },
            source: known.source.map(|source| match source {
                periscope_aws::CapabilitySource::Simulated => CapabilitySource::Simulated,
                periscope_aws::CapabilitySource::Learnt => CapabilitySource::Learnt,
            }),
            at: known.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use periscope_model::AwsPermission;

    use super::*;

    fn needing(action: &str, resource: &str) -> Gap {
        let needed = AwsPermission { action: action.to_owned(), resource: resource.to_owned(), principal: None };
        Gap::missing_iam_permission("a part is not read", needed)
    }

    #[test]
    fn a_part_says_how_it_was_read() {
        let stale = Timestamp::from_second(9_000).expect("a time");
        let at = |seconds| Timestamp::from_second(seconds).expect("a time");
        let failing = |mut observed: Observed<()>| {
            observed.gaps.push(needing("eks:ListAccessEntries", "*"));
            observed
        };
        assert_eq!(state(&Observed::new((), at(0)), stale), AwsPartState::Live);
        assert_eq!(state(&failing(Observed::new((), at(9_001))), stale), AwsPartState::Live, "read in part");
        assert_eq!(state(&failing(Observed::new((), at(0))), stale), AwsPartState::Stale);
        assert_eq!(state(&failing(Observed::default()), stale), AwsPartState::Refused);
        assert_eq!(state(&Observed::<()>::default(), stale), AwsPartState::Never);
        assert_eq!(state(&Observed::<()>::missing(Gap::new("AWS_THROTTLED", "x")), stale), AwsPartState::Unreachable);
    }

    #[test]
    fn what_was_not_read_again_says_how_old_it_is_and_when_to_ask() {
        use std::time::Duration;
        let told = |refreshed| not_refreshed(refreshed).collect::<Vec<_>>();
        assert_eq!(told(Refreshed::default()), []);
        let spared = Some(Spared { ago: Duration::from_secs(4), again: Duration::from_millis(5_400) });
        let [gap] = &told(Refreshed { late: None, spared })[..] else { panic!("one gap") };
        assert_eq!((gap.code.as_str(), gap.fix.as_deref()), ("AWS_READ_RECENTLY", Some("ask again in 6 s")));
        assert!(gap.what.contains("it was read 4 s ago"), "{gap:?}");
        let [gap] = &told(Refreshed { late: Some(Duration::from_secs(20)), spared: None })[..] else {
            panic!("one gap")
        };
        assert_eq!(gap.code, "AWS_STILL_READING");
    }

    #[test]
    fn providers_may_be_refused_where_roles_are_read() {
        let now = Timestamp::UNIX_EPOCH;
        let mut iam = Observed::new(AccountIam { whole: true, ..AccountIam::default() }, now);
        iam.gaps = vec![
            needing("iam:ListOpenIDConnectProviders", "*"),
            needing("iam:GetRole", "arn:aws:iam::111122223333:role/secret-project"),
        ];
        let roles = AwsPart::of(AwsPartKind::Iam, &without(&iam, is_about_providers), now);
        assert_eq!((roles.state, roles.gaps.len()), (AwsPartState::Live, 1));
        assert_eq!(roles.gaps[0].needs_aws[0].resource, "arn:aws:iam::111122223333:role/*", "no role is named");
        let listed = AwsPart::of(AwsPartKind::OidcProviders, &providers(&iam), now);
        assert_eq!((listed.state, listed.gaps.len()), (AwsPartState::Refused, 1));
    }
}

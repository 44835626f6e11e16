use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::*;
use crate::testing::{Rights, RuntimeClock, actor, cluster};

fn start(rights: &Arc<Rights>) -> Arc<Access> {
    Access::new(rights.clone(), RuntimeClock::start())
}

fn key(user: &str) -> GrantKey {
    GrantKey { actor: actor(user), cluster: cluster(), kind: "pods".parse().expect("a kind"), namespaced: true }
}

fn visible(names: &[&str]) -> Visible {
    if names.is_empty() {
        Visible::Nothing
    } else {
        Visible::Namespaces(Arc::new(names.iter().map(|&name| name.into()).collect()))
    }
}

/// Waits until the decision is this one; returns how long that took.
async fn until(followed: &mut watch::Receiver<Granted>, wanted: &Visible) -> Duration {
    let before = Instant::now();
    let reached = followed.wait_for(|granted| granted.at.is_some() && granted.visible == *wanted);
    let reached = tokio::time::timeout(Duration::from_mins(5), reached).await.map(|granted| granted.is_ok());
    assert_eq!(reached, Ok(true), "{wanted:?} is not reached: {:?}", followed.borrow());
    before.elapsed()
}

async fn pass(seconds: u64) {
    pass_millis(seconds * 1000).await;
}

async fn pass_millis(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

#[tokio::test(start_paused = true)]
async fn a_decision_is_asked_once_for_all_who_come_and_again_before_it_runs_out() {
    let rights = Rights::new(&[]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let mut first = access.grant(key("alice")).follow();
    until(&mut first, &Visible::All).await;
    for _ in 0..10 {
        let mut again = access.grant(key("alice")).follow();
        until(&mut again, &Visible::All).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(rights.asked(), ["alice pods *"]);
    for _ in 0..20 {
        pass(5).await;
        assert!(first.borrow().is_fresh(access.clock.now()), "it never runs out while somebody follows");
    }
    let asked = rights.asked().len();
    assert!((3..=5).contains(&asked), "asked {asked} times in 100 s");
}

#[tokio::test(start_paused = true)]
async fn what_is_revoked_is_gone_within_thirty_seconds_and_what_is_given_is_there_within_ten() {
    let rights = Rights::new(&[]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let mut followed = access.grant(key("alice")).follow();
    until(&mut followed, &Visible::All).await;
    pass(1).await;
    rights.refuse("alice pods *");
    assert!(until(&mut followed, &Visible::Nothing).await <= Duration::from_secs(30));
    assert_eq!(followed.borrow().needs[0].to_string(), "list pods cluster-wide");
    rights.allow("alice pods *");
    assert!(until(&mut followed, &Visible::All).await <= Duration::from_secs(10));
    assert!(followed.borrow().needs.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_change_of_rbac_is_followed_at_once_and_again_while_the_authoriser_catches_up() {
    let rights = Rights::new(&[]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let everybody = Affected::everybody();
    let mut followed = access.grant(key("alice")).follow();
    until(&mut followed, &Visible::All).await;
    rights.refuse("alice pods *");
    access.rbac_changed(&cluster(), &everybody);
    assert!(until(&mut followed, &Visible::Nothing).await < Duration::from_millis(300));

    pass(6).await;
    // The API server's authoriser learns of it later than the watch.
    access.rbac_changed(&cluster(), &everybody);
    for _ in 0..20 {
        pass_millis(100).await;
        access.grant(key("alice")).follow();
    }
    rights.allow("alice pods *");
    assert!(until(&mut followed, &Visible::All).await <= Duration::from_secs(3));

    rights.refuse("alice pods *");
    access.rbac_changed(&ClusterId::slug("other"), &everybody);
    access.rbac_changed(&cluster(), &Affected::default());
    assert!(until(&mut followed, &Visible::Nothing).await > Duration::from_secs(3), "neither concerns this grant");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_no_decision_and_the_last_one_does_not_outlive_its_time() {
    let rights = Rights::new(&[]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let mut followed = access.grant(key("alice")).follow();
    until(&mut followed, &Visible::All).await;
    let decided = Instant::now();
    rights.failing.store(true, Ordering::SeqCst);
    while followed.borrow().is_fresh(access.clock.now()) {
        pass(1).await;
        assert!(decided.elapsed() <= ALLOWED_FOR.unsigned_abs(), "an error never prolongs a decision");
    }
    followed.wait_for(|granted| granted.trouble.is_some()).await.expect("the grant lives");
    assert!(decided.elapsed() <= Duration::from_secs(35), "{:?}", decided.elapsed());
    assert!(matches!(followed.borrow().visible, Visible::Nothing) && followed.borrow().at.is_none());
    rights.failing.store(false, Ordering::SeqCst);
    assert!(until(&mut followed, &Visible::All).await <= Duration::from_secs(4));
    assert_eq!(followed.borrow().trouble, None);
}

#[tokio::test(start_paused = true)]
async fn a_first_question_that_fails_says_so() {
    let rights = Rights::new(&[]);
    rights.failing.store(true, Ordering::SeqCst);
    let access = start(&rights);
    let mut followed = access.grant(key("alice")).follow();
    let granted = followed.wait_for(|granted| granted.trouble.is_some()).await.expect("the grant lives").clone();
    assert_eq!((granted.at, granted.trouble.as_deref()), (None, Some("the review timed out")));
    assert_eq!(granted.visible, Visible::Nothing);
}

#[tokio::test(start_paused = true)]
async fn one_failed_review_of_many_namespaces_decides_nothing() {
    struct Patchy(Arc<Rights>);
    impl Reviewer for Patchy {
        fn review(
            &self,
            actor: Arc<Actor>,
            cluster: ClusterId,
            asked: Permission,
        ) -> BoxFuture<'_, Result<bool, String>> {
            if asked.namespace.as_deref() == Some("c") {
                return Box::pin(std::future::ready(Err("no answer for c".to_owned())));
            }
            self.0.review(actor, cluster, asked)
        }

        fn namespaces(&self, cluster: &ClusterId) -> BoxFuture<'_, Arc<[String]>> {
            self.0.namespaces(cluster)
        }
    }
    let rights = Rights::new(&["a", "b", "c"]);
    rights.allow("alice pods a");
    let access = Access::new(Arc::new(Patchy(rights)), RuntimeClock::start());
    let mut followed = access.grant(key("alice")).follow();
    let granted = followed.wait_for(|granted| granted.trouble.is_some()).await.expect("the grant lives").clone();
    assert_eq!(granted.visible, Visible::Nothing, "half a decision could pass for a refusal");
}

#[tokio::test(start_paused = true)]
async fn the_first_decision_looks_into_every_namespace() {
    let names: Vec<String> = (0..300).map(|n| format!("ns-{n:03}")).collect();
    let rights = Rights::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    rights.allow("alice pods ns-299");
    let access = start(&rights);
    let grant = access.grant(key("alice"));
    // The task that keeps it may run before anybody follows.
    tokio::task::yield_now().await;
    let mut followed = grant.follow();
    followed.wait_for(|granted| granted.at.is_some()).await.expect("the grant lives");
    assert_eq!(followed.borrow().visible, visible(&["ns-299"]));
    assert_eq!(rights.asked().len(), 301);

    pass(25).await;
    assert!(rights.asked().len() <= 2 * (64 + 2), "later ones ask only about a share");
    rights.allow("alice pods ns-007");
    until(&mut followed, &visible(&["ns-007", "ns-299"])).await;
    access.rbac_changed(&cluster(), &Affected::everybody());
    rights.refuse("alice pods ns-007");
    until(&mut followed, &visible(&["ns-299"])).await;
}

#[tokio::test(start_paused = true)]
async fn a_namespace_that_the_inventory_does_not_know_can_be_named() {
    let rights = Rights::new(&["known"]);
    rights.allow("alice pods hidden");
    let access = start(&rights);
    let grant = access.grant(key("alice"));
    let mut followed = grant.follow();
    until(&mut followed, &Visible::Nothing).await;
    grant.ask_also(&["hidden".to_owned()]);
    assert!(!followed.borrow().is_fresh(access.clock.now()), "what is known does not answer for what is named");
    assert!(until(&mut followed, &visible(&["hidden"])).await < Duration::from_secs(1));

    grant.ask_also(&(0..1000).map(|n| format!("n{n}")).collect::<Vec<_>>());
    until(&mut followed, &visible(&["hidden"])).await;
    assert!(rights.asked().len() < 300, "names that are remembered are bounded");
}

#[tokio::test(start_paused = true)]
async fn a_namespace_named_while_a_decision_is_under_way_is_asked_too() {
    for turns in 0..6 {
        let rights = Rights::new(&["known"]);
        rights.allow("alice pods hidden");
        let access = start(&rights);
        let grant = access.grant(key("alice"));
        let mut followed = grant.follow();
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        grant.ask_also(&["hidden".to_owned()]);
        followed.mark_unchanged();
        let granted = followed.wait_for(|granted| granted.at.is_some()).await.expect("the grant lives").clone();
        assert_eq!(granted.visible, visible(&["hidden"]), "after {turns} turns");
    }
}

#[tokio::test(start_paused = true)]
async fn naming_what_is_seen_already_interrupts_nobody() {
    let rights = Rights::new(&["shop", "bank"]);
    rights.allow("alice pods shop");
    let access = start(&rights);
    let grant = access.grant(key("alice"));
    let mut followed = grant.follow();
    until(&mut followed, &visible(&["shop"])).await;
    grant.ask_also(&["shop".to_owned()]);
    assert!(followed.borrow().is_fresh(access.clock.now()));
    grant.ask_also(&["shop".to_owned(), "new".to_owned()]);
    assert!(!followed.borrow().is_fresh(access.clock.now()));
    until(&mut followed, &visible(&["shop"])).await;
}

#[tokio::test(start_paused = true)]
async fn nobodys_decision_is_somebody_elses() {
    let rights = Rights::new(&["shop"]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let mut alice = access.grant(key("alice")).follow();
    until(&mut alice, &Visible::All).await;
    let mut dave = access.grant(key("dave")).follow();
    assert!(dave.borrow().at.is_none(), "a warm decision is not taken over");
    until(&mut dave, &Visible::Nothing).await;
    let grouped = Arc::new(Actor::new("alice", ["team".to_owned()]));
    let grouped = access.grant(GrantKey { actor: grouped, ..key("alice") });
    assert!(grouped.follow().borrow().at.is_none(), "groups are part of who somebody is");
}

#[tokio::test(start_paused = true)]
async fn grants_that_nobody_wants_are_forgotten_and_their_tasks_end() {
    let rights = Rights::new(&[]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let mut followed = access.grant(key("alice")).follow();
    until(&mut followed, &Visible::All).await;
    let holders = Arc::strong_count(&rights);
    for n in 0..1000 {
        access.grant(key(&format!("user-{n}")));
    }
    assert_eq!(access.remembered(), 1001);
    pass(200).await;
    for n in 0..2000 {
        access.grant(key(&format!("later-{n}")));
    }
    assert!(access.remembered() <= 2002, "{}", access.remembered());
    pass(200).await;
    drop(access.grant(key("last")));
    for n in 0..4100 {
        access.grant(key(&format!("more-{n}")));
        if access.remembered() < 200 {
            break;
        }
    }
    assert!(access.remembered() < 200, "{}", access.remembered());
    pass(100).await;
    assert!(Arc::strong_count(&rights) < holders + 200, "their tasks ended");
    assert!(followed.borrow().is_fresh(access.clock.now()), "what is followed is kept");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_follows_is_not_asked_and_not_trusted_after_a_change() {
    let rights = Rights::new(&[]);
    rights.allow("alice pods *");
    let access = start(&rights);
    let grant = access.grant(key("alice"));
    let mut followed = grant.follow();
    until(&mut followed, &Visible::All).await;
    drop(followed);
    rights.asked();
    pass(20).await;
    assert_eq!(rights.asked(), [""; 0]);
    assert!(grant.follow().borrow().is_fresh(access.clock.now()), "it is good for another request");
    rights.refuse("alice pods *");
    access.rbac_changed(&cluster(), &Affected::everybody());
    pass(1).await;
    let mut followed = grant.follow();
    assert!(!followed.borrow().is_fresh(access.clock.now()), "{:?}", followed.borrow());
    until(&mut followed, &Visible::Nothing).await;
}

#[test]
fn naming_namespaces_never_widens() {
    let some = visible(&["a", "b"]);
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(narrow(&some, &[]), some);
    assert_eq!(narrow(&some, &names(&["b", "c"])), visible(&["b"]));
    assert_eq!(narrow(&some, &names(&["c", ""])), Visible::Nothing);
    assert_eq!(narrow(&Visible::All, &names(&["c", "c"])), visible(&["c"]));
    assert_eq!(narrow(&Visible::Nothing, &names(&["a"])), Visible::Nothing);
}

use super::*;

fn person(groups: &[&str]) -> Person {
    Person::new("https://idp.corp", "alice@corp", groups.iter().map(|group| (*group).to_owned()))
}

fn tier_mode(default: Option<Tier>) -> Authorization {
    let tiers = Tiers::from([
        (Tier::Read, vec!["everyone".to_owned()]),
        (Tier::Write, vec!["developers".to_owned(), "leads".to_owned()]),
        (Tier::Admin, vec!["platform".to_owned()]),
    ]);
    Authorization::of(Mode::Tier { tiers, default })
}

#[test]
fn the_highest_tier_wins_and_is_the_only_group() {
    for (groups, tier) in [
        (&["everyone"][..], Tier::Read),
        (&["everyone", "leads"], Tier::Write),
        (&["everyone", "leads", "platform"], Tier::Admin),
    ] {
        let admission = tier_mode(None).admit(&person(groups)).expect("admitted");
        assert_eq!((admission.tier, admission.actor.groups), (Some(tier), vec![tier.group()]));
    }
}

#[test]
fn a_group_named_like_a_tier_gives_none() {
    let claimed = person(&["periscope-tier:admin", "everyone"]);
    assert_eq!(tier_mode(None).admit(&claimed).expect("admitted").tier, Some(Tier::Read));
    let prefixed = Authorization::of(Mode::Raw { prefix: "periscope:".into() }).admit(&claimed).expect("admitted");
    assert_eq!(prefixed.actor.groups, ["periscope:everyone", "periscope:periscope-tier:admin"]);
}

#[test]
fn without_a_tier_only_a_default_admits() {
    let refused = tier_mode(None).admit(&person(&["visitors"])).expect_err("has no tier");
    assert_eq!(refused.groups, ["everyone", "developers", "leads", "platform"]);
    let admitted = tier_mode(Some(Tier::Read)).admit(&person(&[])).expect("by default");
    assert_eq!(admitted.tier, Some(Tier::Read));
    let higher = tier_mode(Some(Tier::Triage)).admit(&person(&["platform"])).expect("admitted");
    assert_eq!(higher.tier, Some(Tier::Admin));
}

#[test]
fn allowed_groups_come_before_every_mode() {
    for mode in [Mode::Shared, Mode::Raw { prefix: "p:".into() }, tier_mode(Some(Tier::Admin)).mode] {
        let rule = Authorization { mode, allowed_groups: vec!["staff".into()] };
        assert_eq!(rule.admit(&person(&["platform"])).expect_err("not staff").groups, ["staff"]);
        assert!(rule.admit(&person(&["platform", "staff"])).is_ok());
    }
}

#[test]
fn names_of_kubernetes_are_never_handed_on() {
    let verbatim = Authorization::verbatim();
    let sly = person(&["system:masters", " System:Masters", "periscope:inventory", "ops"]);
    assert_eq!(verbatim.admit(&sly).expect("admitted").actor.groups, ["ops"]);
    for user in ["system:admin", "SYSTEM:admin", " system:node:a", "periscope:inventory", ""] {
        assert!(verbatim.admit(&Person::new("x", user, [])).is_err(), "{user:?}");
    }
}

#[test]
fn shared_mode_makes_everybody_one() {
    let shared = Authorization::of(Mode::Shared);
    let alice = shared.admit(&person(&["a"])).expect("admitted");
    assert_eq!(alice.actor, shared.admit(&Person::new("y", "bob", [])).expect("admitted").actor);
}

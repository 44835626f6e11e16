use proptest::prelude::*;

use super::*;

fn wanted<'a>(action: &'a Action, object: &'a Value) -> Wanted<'a> {
    let now = "2026-11-26T12:00:00.5Z".parse().expect("a time");
    Wanted { action, object, version: Some("7"), now, revision: None, scale: None }
}

fn planned(action: &Action, object: &Value) -> Result<Plan, String> {
    plan(&wanted(action, object))
}

fn patch(plan: &Plan) -> (Option<&'static str>, Value) {
    match &plan.change {
        Change::Patch { subresource, patch: Patch::Merge(patch) } => (*subresource, patch.clone()),
        Change::Patch { subresource, patch: Patch::Json(steps) } => (*subresource, json!(steps)),
        other => panic!("{other:?} is no patch"),
    }
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop", "uid": "u", "annotations": {"a": "b"}},
        "spec": {"replicas": 3, "template": {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": []}}},
    })
}

#[test]
fn scaling_goes_through_the_scale() {
    let (action, object) = (Action::Scale { replicas: 5 }, deployment());
    let scale = json!({"spec": {"replicas": 3}});
    let plan = plan(&Wanted { scale: Some(&scale), ..wanted(&action, &object) }).expect("a plan");
    let expected = json!({"metadata": {"resourceVersion": "7"}, "spec": {"replicas": 5}});
    assert_eq!(patch(&plan), (Some("scale"), expected));
    assert_eq!(plan.told.as_deref(), Some("3 → 5 replicas"));
    assert_eq!(plan.after.expect("an object")["spec"]["replicas"], 5);
    assert!(planned(&action, &object).is_err(), "a kind without a scale");
}

#[test]
fn a_restart_touches_one_annotation_and_no_paused_rollout() {
    let plan = planned(&Action::Restart {}, &deployment()).expect("a plan");
    let expected = json!({
        "metadata": {"resourceVersion": "7"},
        "spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: "2026-11-26T12:00:00Z"}}}},
    });
    assert_eq!(patch(&plan), (None, expected));
    let mut paused = deployment();
    paused["spec"]["paused"] = json!(true);
    assert!(planned(&Action::Restart {}, &paused).expect_err("paused").contains("resume it first"));
    assert!(planned(&Action::Pause {}, &paused).is_err());
    let resumed = planned(&Action::Resume {}, &paused).expect("a plan");
    assert_eq!(patch(&resumed).1["spec"], json!({"paused": null}));
    assert_eq!(resumed.after.expect("an object")["spec"].get("paused"), None);
    assert!(planned(&Action::Resume {}, &deployment()).is_err());
}

#[test]
fn a_rollback_replaces_the_template_and_nothing_else() {
    let (action, object) = (Action::Rollback { revision: 2 }, deployment());
    let template = json!({"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [{"name": "old"}]}});
    let revised = Revised { template: template.clone(), change_cause: Some("v1".to_owned()) };
    let plan = plan(&Wanted { revision: Some(&revised), ..wanted(&action, &object) }).expect("a plan");
    let expected = json!([
        {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
        {"op": "replace", "path": "/spec/template", "value": template},
        {"op": "add", "path": "/metadata/annotations/kubernetes.io~1change-cause", "value": "v1"},
    ]);
    assert_eq!(patch(&plan), (None, expected));
    assert!(planned(&action, &object).expect_err("no such revision").contains("no revision 2"));
    let same = Revised { template: object["spec"]["template"].clone(), change_cause: None };
    let again = super::plan(&Wanted { revision: Some(&same), ..wanted(&action, &object) });
    assert!(again.expect_err("nothing to do").contains("already"));
}

#[test]
fn an_eviction_and_a_deletion_are_about_this_very_object() {
    let pod = json!({"metadata": {"name": "a", "namespace": "shop", "uid": "u"}});
    let plan = planned(&Action::Evict { grace_period_seconds: Some(3) }, &pod).expect("a plan");
    let Change::Evict { body } = plan.change else { panic!("no eviction") };
    assert_eq!(body["metadata"], json!({"name": "a", "namespace": "shop"}));
    assert_eq!(body["deleteOptions"]["gracePeriodSeconds"], 3);
    assert_eq!(body["deleteOptions"]["preconditions"], json!({"uid": "u"}));
    let delete = Action::Delete { propagation: Cascade::Foreground, grace_period_seconds: None };
    let Change::Delete { options } = planned(&delete, &pod).expect("a plan").change else { panic!("no deletion") };
    assert_eq!(options.uid.as_deref(), Some("u"));
    assert_eq!(options.propagation, Some(Propagation::Foreground));
}

#[test]
fn a_triggered_job_is_the_cron_jobs_own() {
    let cron = json!({
        "metadata": {"name": "nightly", "namespace": "shop", "uid": "u"},
        "spec": {"jobTemplate": {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}, "spec": {"backoffLimit": 2}}},
    });
    let Change::Job { object } = planned(&Action::Trigger { name: None }, &cron).expect("a plan").change else {
        panic!("no job")
    };
    assert_eq!(object["metadata"]["annotations"], json!({"c": "d", INSTANTIATED: "manual"}));
    assert_eq!(object["metadata"]["labels"], json!({"a": "b"}));
    assert_eq!(object["metadata"]["ownerReferences"][0]["uid"], "u");
    assert_eq!(object["spec"], json!({"backoffLimit": 2}));
    let name = object["metadata"]["name"].as_str().expect("a name");
    assert!(name.starts_with("nightly-manual-"), "{name}");
    let named = Action::Trigger { name: Some("now".to_owned()) };
    let Change::Job { object } = planned(&named, &cron).expect("a plan").change else { panic!("no job") };
    assert_eq!(object["metadata"]["name"], "now");
}

#[test]
fn labels_are_set_and_removed_one_by_one() {
    let mut pod = json!({"metadata": {"name": "a", "labels": {"keep": "1", "old": "1", "gone": "1"}}});
    let set = [("old".to_owned(), "2".to_owned()), ("new".to_owned(), "1".to_owned())].into();
    let action = Action::Label { set, remove: vec!["gone".to_owned(), "never".to_owned()] };
    let plan = planned(&action, &pod).expect("a plan");
    let expected = json!({"metadata": {
        "resourceVersion": "7", "labels": {"old": "2", "new": "1", "gone": null, "never": null}}});
    assert_eq!(patch(&plan), (None, expected));
    assert_eq!(plan.told.as_deref(), Some("1 added, 1 changed, 1 removed"));
    pod["metadata"]["labels"] = json!({"keep": "1", "old": "2", "new": "1"});
    assert_eq!(plan.after.expect("an object"), pod);
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Restart {}),
        Just(Action::Pause {}),
        Just(Action::Resume {}),
        Just(Action::Cordon {}),
        Just(Action::Uncordon {}),
        Just(Action::Suspend {}),
        Just(Action::Unsuspend {}),
        proptest::collection::btree_map("[a-z]{1,4}", "[a-z]{0,4}", 1..4)
            .prop_map(|set| Action::Label { set, remove: vec!["gone".to_owned()] }),
    ]
}

proptest! {
    /// What is sent makes of the object exactly what was shown.
    #[test]
    fn the_patch_makes_what_the_plan_shows(action in any_action(), flags in any::<[bool; 3]>()) {
        let mut object = deployment();
        object["metadata"]["labels"] = json!({"gone": "x"});
        for (name, yes) in ["paused", "suspend", "unschedulable"].into_iter().zip(flags) {
            if yes {
                object["spec"][name] = json!(true);
            }
        }
        if let Ok(plan) = planned(&action, &object) {
            let (_, patch) = patch(&plan);
            let mut patched = object.clone();
            merge(&mut patched, &patch);
            prop_assert_eq!(&patched["metadata"]["resourceVersion"], "7");
            patched["metadata"].as_object_mut().expect("an object").remove("resourceVersion");
            prop_assert_eq!(patched, plan.after.expect("an object"));
        }
    }

    #[test]
    fn a_jobs_name_always_fits(name in "[a-z0-9]([-.a-z0-9]{0,250}[a-z0-9])?", seconds in 0i64..4_000_000_000) {
        let cron = json!({"metadata": {"name": name}});
        let job = job_name(&cron, Timestamp::from_second(seconds).expect("a time"));
        prop_assert!(job.len() <= MAX_JOB_NAME, "{}", job);
        prop_assert!(job.ends_with(|c: char| c.is_ascii_alphanumeric()) && job.starts_with(|c: char| c.is_ascii_alphanumeric()));
    }
}

//! The policy language: decisions a second, compiling, who can, the forward view, and what an index of principals weighs; each
//! beside the plain way to the same answer.

mod naive;
mod world;

use std::hint::black_box;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use periscope_iam::{
    Action, Catalogue, Context, Index, Policies, Policy, PolicyKind, Principal, Question, Request, RolePolicies,
    decide, explain, forward, reference,
};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::process;
use world::Random;

#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// AWS's managed policies: a JSON object of names and documents.
    managed: PathBuf,
    /// Roles of the index.
    #[arg(long, default_value_t = 10_000)]
    roles: usize,
}

pub(crate) fn run(wanted: &Wanted) -> anyhow::Result<Value> {
    let began = Instant::now();
    let actions = reference().len();
    let decoding = milliseconds(began);
    let text = std::fs::read_to_string(&wanted.managed).with_context(|| format!("{}", wanted.managed.display()))?;
    let managed: Map<String, Value> = serde_json::from_str(&text)?;
    // As they are published: indented.
    let documents: Vec<(String, String)> = managed
        .iter()
        .map(|(name, one)| Ok((name.clone(), serde_json::to_string_pretty(one)?)))
        .collect::<anyhow::Result<_>>()?;
    let index = index(wanted.roles)?;
    Ok(json!({
        "actions": actions,
        "referenceMilliseconds": decoding,
        "compile": compile(&documents)?,
        "decisions": decisions(&documents)?,
        "index": index,
        "forward": forwards(&documents)?,
        "hostile": hostile()?,
    }))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// The least of several times, in milliseconds: what else runs on the machine only ever adds. (A thread's CPU time moves on in
/// steps that are longer than most of what is measured here.)
fn least(times: u32, mut run: impl FnMut()) -> f64 {
    let counts = (0..times).map(|_| {
        let began = Instant::now();
        run();
        milliseconds(began)
    });
    counts.fold(f64::MAX, f64::min)
}

fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a short list"
    )]
    let at = (times.len() as f64 * share).ceil() as usize;
    times[at.clamp(1, times.len()) - 1]
}

/// CPU milliseconds to parse and compile all of them, beside reading the same text as JSON values.
fn compile(documents: &[(String, String)]) -> anyhow::Result<Value> {
    let policies: Vec<Policy> = documents
        .iter()
        .map(|(name, text)| Ok(Policy::parse(name, PolicyKind::Identity, text)?))
        .collect::<anyhow::Result<_>>()?;
    let statements: usize = policies.iter().map(|policy| policy.statements().len()).sum();
    let problems: usize = policies.iter().map(|policy| policy.problems().len()).sum();
    let compiled = least(7, || {
        for (name, text) in documents {
            let _ = black_box(Policy::parse(name, PolicyKind::Identity, text));
        }
    });
    let read = least(7, || {
        for (_, text) in documents {
            let _ = black_box(serde_json::from_str::<Value>(text));
        }
    });
    let bytes: usize = documents.iter().map(|(_, text)| text.len()).sum();
    Ok(json!({
        "policies": documents.len(), "statements": statements, "bytes": bytes, "problems": problems,
        "milliseconds": compiled, "jsonMilliseconds": read,
    }))
}

/// Decisions a second on this thread, over roles with three managed policies each.
fn decisions(documents: &[(String, String)]) -> anyhow::Result<Value> {
    const ROLES: usize = 200;
    const REQUESTS: usize = 1000;
    // The plain way takes so long that a part of it must do.
    const PLAIN: usize = 20;
    let mut random = Random::new(1);
    let context = Context::complete().with("aws:SecureTransport", "true").with("aws:SourceIp", "10.1.2.3");
    let mut roles = Vec::new();
    let mut plain = Vec::new();
    for at in 0..ROLES {
        let mut identity = Vec::new();
        let mut values = Vec::new();
        for _ in 0..3 {
            let (name, text) = random.one_of(documents);
            identity.push(Policy::parse(name, PolicyKind::Identity, text)?);
            values.push(serde_json::from_str::<Value>(text)?);
        }
        let principal = Principal::parse(&format!("arn:aws:iam::111122223333:role/r{at}")).context("an ARN")?;
        roles.push(RolePolicies { identity, ..RolePolicies::new(principal) });
        plain.push(values);
    }
    let requests = world::requests(&mut random, REQUESTS)?;
    let (mut allowed, mut naively) = (0, 0);
    let each = |ask: &mut dyn FnMut(&RolePolicies, &Policies<'_>, &Request<'_>)| {
        for role in &roles {
            let policies = role.policies();
            for (action, resource) in &requests {
                let principal = Some(&role.principal);
                ask(role, &policies, &Request { principal, action, resource, account: None, context: &context });
            }
        }
    };
    let decided = least(5, || {
        allowed = 0;
        each(&mut |_, policies, request| allowed += usize::from(decide(request, policies).is_allowed()));
    });
    let explained = least(3, || {
        each(&mut |_, policies, request| {
            black_box(explain(request, policies));
        });
    });
    let walked = least(2, || {
        naively = 0;
        for values in plain.iter().take(PLAIN) {
            for (action, resource) in &requests {
                naively += usize::from(naive::allows(values, action.as_str(), resource));
            }
        }
    });
    let count = ROLES * REQUESTS;
    Ok(json!({
        "decisions": count,
        "allowed": allowed,
        "perSecond": rate(count, decided),
        "explainedPerSecond": rate(count, explained),
        "naivePerSecond": rate(PLAIN * REQUESTS, walked),
    }))
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn rate(count: usize, milliseconds: f64) -> f64 {
    count as f64 / milliseconds * 1000.0
}

/// Many roles with three policies of their own each: what they weigh, and how fast they are asked.
fn index(roles: usize) -> anyhow::Result<Value> {
    // What every measurement needs is there already.
    drop(Index::build([(0_usize, world::role(&mut Random::new(2), 0)?, Context::incomplete())]));
    let before = process::resident();
    let began = process::thread_cpu();
    let mut random = Random::new(3);
    let mut index = Index::default();
    let mut bytes = 0;
    for at in 0..roles {
        let role = world::role(&mut random, at)?;
        bytes += role.identity.iter().map(|policy| policy.source().len()).sum::<usize>();
        index.set(at, role, Context::incomplete());
    }
    let built = process::thread_cpu() - began;
    let resident = process::resident() - before;
    ensure!(index.len() == roles, "{} roles of {roles} are there", index.len());
    let changed = world::role(&mut random, 7)?;
    let update = least(5, || index.set(7, changed.clone(), Context::incomplete()));
    let questions = world::questions(&mut random)?;
    let mut found = 0;
    // The quietest of several times each: which questions are slow is asked, not what else runs on the machine.
    let mut times: Vec<(f64, &str)> = questions.iter().map(|(text, _)| (f64::MAX, text.as_str())).collect();
    for batch in 0..9 {
        for ((_, question), time) in questions.iter().zip(&mut times) {
            let began = Instant::now();
            let rows = black_box(index.who_can(question));
            time.0 = time.0.min(milliseconds(began));
            found += if batch == 0 { rows.len() } else { 0 };
        }
    }
    times.sort_by(|one, other| one.0.total_cmp(&other.0));
    let slowest = times.last().copied().unwrap_or_default();
    let mut each: Vec<f64> = times.iter().map(|(time, _)| *time).collect();
    let (p99, p50) = (quantile(&mut each, 0.99), quantile(&mut each, 0.5));
    Ok(json!({
        "roles": roles, "policies": roles * world::POLICIES, "policyBytes": bytes, "groups": index.groups(),
        "bytes": resident, "buildMilliseconds": built, "updateMilliseconds": update,
        "questions": questions.len(), "found": found, "p99": p99, "p50": p50, "slowest": slowest.0, "slowestQuestion": slowest.1,
        "each": each_decided(&index, roles)?,
    }))
}

/// Milliseconds to decide one exact question for each role, without the index.
fn each_decided(index: &Index<usize>, roles: usize) -> anyhow::Result<Value> {
    let action = Action::parse("s3:GetObject").context("an action")?;
    let resource = "arn:aws:s3:::payments-data/2026/report.csv";
    let context = Context::incomplete();
    let question = Question::parse("s3:GetObject", Some(resource))?;
    let mut count = 0;
    let plainly = least(5, || {
        count = (0..roles)
            .filter_map(|at| index.policies(&at))
            .filter(|role| {
                let principal = Some(&role.principal);
                let request = Request { principal, action: &action, resource, account: None, context: &context };
                !decide(&request, &role.policies()).is_denied()
            })
            .count();
    });
    let mut rows = 0;
    let indexed = least(5, || rows = index.who_can(&question).len());
    ensure!(rows == count, "the index finds {rows}, deciding one by one {count}");
    Ok(json!({"rows": rows, "milliseconds": plainly, "indexMilliseconds": indexed}))
}

/// Milliseconds of the forward view of one role over all actions, beside deciding each action.
fn forwards(documents: &[(String, String)]) -> anyhow::Result<Value> {
    const ROLES: usize = 100;
    let mut random = Random::new(4);
    let context = Context::incomplete();
    let catalogue = Catalogue::built_in();
    let mut roles = Vec::new();
    let role = |at: usize, chosen: &[&(String, String)]| -> anyhow::Result<RolePolicies> {
        let identity = chosen.iter().map(|(name, text)| Ok(Policy::parse(name, PolicyKind::Identity, text)?));
        let principal = Principal::parse(&format!("arn:aws:iam::111122223333:role/f{at}")).context("an ARN")?;
        Ok(RolePolicies { identity: identity.collect::<anyhow::Result<_>>()?, ..RolePolicies::new(principal) })
    };
    for name in ["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit"] {
        let one = documents.iter().find(|(known, _)| known == name).with_context(|| format!("no {name}"))?;
        roles.push((name.to_owned(), role(roles.len(), &[one])?));
    }
    while roles.len() < ROLES {
        let chosen = [random.one_of(documents), random.one_of(documents), random.one_of(documents)];
        roles.push((format!("{}, {}, {}", chosen[0].0, chosen[1].0, chosen[2].0), role(roles.len(), &chosen)?));
    }
    let mut times = Vec::new();
    let mut slowest = (0.0, "");
    for (name, role) in &roles {
        let took = least(4, || {
            black_box(forward(role, &context, catalogue));
        });
        times.push(took);
        if took > slowest.0 {
            slowest = (took, name);
        }
    }
    let actions: Vec<Action> = reference().actions().filter_map(|action| Action::parse(&action.to_string())).collect();
    let mut plain = Vec::new();
    for (_, role) in roles.iter().take(20) {
        plain.push(least(2, || {
            for action in &actions {
                let principal = Some(&role.principal);
                let request = Request { principal, action, resource: "*", account: None, context: &context };
                black_box(explain(&request, &role.policies()));
            }
        }));
    }
    Ok(json!({
        "roles": roles.len(), "worst": slowest.0, "worstRole": slowest.1,
        "p50": quantile(&mut times, 0.5), "eachActionP50": quantile(&mut plain, 0.5),
    }))
}

/// Milliseconds of one decision over a pattern as long as a policy may be, and a resource made for it.
fn hostile() -> anyhow::Result<Value> {
    const LONGEST: usize = 6144;
    const TOGETHER: u32 = 200;
    let pattern = "*a".repeat(LONGEST / 2);
    let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
        "Resource": format!("arn:aws:s3:::{pattern}")}});
    let role = RolePolicies {
        identity: vec![Policy::parse("hostile", PolicyKind::Identity, &document.to_string())?],
        ..RolePolicies::new(Principal::parse("arn:aws:iam::111122223333:role/h").context("an ARN")?)
    };
    let action = Action::parse("s3:GetObject").context("an action")?;
    let context = Context::complete();
    // One too few, and one letter at the end that is none.
    let resource = format!("arn:aws:s3:::{}b", "a".repeat(LONGEST));
    let mut worst: f64 = 0.0;
    for resource in [resource, format!("arn:aws:s3:::{}", "a".repeat(LONGEST / 2 - 1))] {
        let request = Request {
            principal: Some(&role.principal),
            action: &action,
            resource: &resource,
            account: None,
            context: &context,
        };
        ensure!(decide(&request, &role.policies()).is_denied(), "it must not match");
        let took = least(5, || {
            for _ in 0..TOGETHER {
                black_box(decide(&request, &role.policies()));
            }
        });
        worst = worst.max(took / f64::from(TOGETHER));
    }
    Ok(json!({"characters": LONGEST, "milliseconds": worst}))
}

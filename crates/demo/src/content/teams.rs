//! Who runs what in `prod-eu`: one line per namespace.

/// What a workload is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Deployment with service, autoscaler and disruption budget.
    Web,
    /// Deployment without a service.
    Worker,
    /// StatefulSet with claims.
    Stateful,
    /// CronJob with the jobs of its last runs.
    Cron,
}

#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) replicas: usize,
}

/// namespace, then `name:shape replicas` with w(eb), k (worker), s(tateful), c(ron).
const PRODUCTION: &[(&str, &str)] = &[
    (
        "payments",
        "api:w14 worker:k10 ledger:w6 refunds:w4 settlement:k4 webhooks:w6 risk-bridge:w3 reconciler:k2 ledger-db:s3 settlement-report:c1",
    ),
    ("search", "api:w16 indexer:k12 suggest:w8 ranker:w10 crawler:k14 synonyms:w2 shards:s6 reindex-nightly:c1"),
    (
        "shop",
        "storefront:w24 bff:w12 cart:w10 checkout:w12 catalog:w10 inventory:w6 promotions:w4 wishlist:w3 reviews:w5 cart-redis:s3 sitemap:c1",
    ),
    (
        "media",
        "uploader:w6 transcoder:k20 thumbnailer:k12 cdn-purger:k2 metadata:w5 originals-cache:s3 orphan-sweep:c1",
    ),
    (
        "platform",
        "gateway:w12 config-service:w4 feature-flags:w6 scheduler:k2 audit-writer:k4 event-router:w8 kafka:s5 registry-mirror:w3 backup:c1",
    ),
    (
        "team-data",
        "ingest:k16 enricher:k14 lake-writer:k8 query-api:w6 notebooks:w4 warehouse-sync:k3 clickhouse:s4 compaction:c1",
    ),
    ("identity", "login:w8 token-service:w8 directory:w4 sessions-redis:s3 key-rotation:c1"),
    ("notifications", "email:k8 push:k8 sms:k4 preferences:w4 templates:w2 digest:c1"),
    ("logistics", "orders:w10 routing:w8 carriers:k6 tracking:w8 labels:k4 warehouse-db:s2 carrier-sync:c1"),
    ("pricing", "engine:w12 rules:w4 currency:w3 competitor-feed:k4 price-cache:s3"),
    ("recommendations", "serving:w14 features:w6 trainer:k3 embeddings:w8 feature-store:s3 retrain:c1"),
    ("fraud", "scoring:w8 rules:w3 case-queue:k4 graph-builder:k3"),
    ("mobile-api", "gateway:w14 graphql:w10 offline-sync:k6"),
    ("analytics", "collector:w12 sessionizer:k8 dashboards:w3 exporter:k2 rollup-hourly:c1"),
    ("partners", "portal:w4 feeds:k6 sftp-bridge:k2 invoicing:w3"),
    ("content", "cms:w4 preview:w2 publisher:k3 assets:w6"),
    ("support", "helpdesk:w4 chat:w6 bot:k3 transcripts:k2"),
];

const STAGING: &[(&str, &str)] = &[
    ("payments", "api:w3 worker:k2 ledger:w2 refunds:w1 webhooks:w2 ledger-db:s1 settlement-report:c1"),
    ("search", "api:w3 indexer:k2 suggest:w2 ranker:w2 shards:s2 reindex-nightly:c1"),
    ("shop", "storefront:w4 bff:w2 cart:w2 checkout:w2 catalog:w2 cart-redis:s1"),
    ("media", "uploader:w2 transcoder:k3 thumbnailer:k2"),
    ("platform", "gateway:w3 config-service:w1 feature-flags:w2 kafka:s1"),
    ("team-data", "ingest:k2 enricher:k2 query-api:w1 clickhouse:s1"),
    ("qa", "load-generator:k2 mock-carrier:w2 fixtures:w1"),
];

const EDGE: &[(&str, &str)] = &[
    ("store-floor", "till-sync:k2 label-printer:k1 stock-scanner:w2 kiosk:w3"),
    ("telemetry", "mqtt:s1 collector:k2 uplink:k1"),
    ("signage", "player:w2 playlist:w1"),
];

pub(crate) fn production() -> Vec<App> {
    parse(PRODUCTION)
}

pub(crate) fn staging() -> Vec<App> {
    parse(STAGING)
}

pub(crate) fn edge() -> Vec<App> {
    parse(EDGE)
}

fn parse(lines: &[(&str, &str)]) -> Vec<App> {
    lines
        .iter()
        .flat_map(|(namespace, apps)| apps.split_whitespace().filter_map(|app| parse_app(namespace, app)))
        .collect()
}

fn parse_app(namespace: &str, text: &str) -> Option<App> {
    let (name, rest) = text.split_once(':')?;
    let (shape, replicas) = rest.split_at_checked(1)?;
    let shape = match shape {
        "w" => Shape::Web,
        "k" => Shape::Worker,
        "s" => Shape::Stateful,
        _ => Shape::Cron,
    };
    Some(App { namespace: namespace.to_owned(), name: name.to_owned(), shape, replicas: replicas.parse().ok()? })
}

impl App {
    /// One of the many that only fill a large world.
    pub(crate) fn is_tenant(&self) -> bool {
        self.namespace.starts_with(TENANT)
    }
}

const TENANT: &str = "tenant-";

const PARTS: &[&str] =
    &["api", "worker", "sync", "cache", "stream", "gateway", "batch", "index", "router", "store", "feed", "hook"];
const THINGS: &[&str] = &[
    "orders", "quotes", "claims", "tickets", "profiles", "reports", "stock", "offers", "routes", "invoices", "ratings",
    "alerts",
];

/// More of the same for the large worlds: namespaces `tenant-NNN`, each with a dozen deployments of about five pods.
pub(crate) fn tenants(mut pods: usize) -> Vec<App> {
    let mut apps = Vec::new();
    for at in 0.. {
        if pods == 0 {
            break;
        }
        let replicas = (2 + at * 5 % 7).min(pods);
        pods -= replicas;
        let name = format!("{}-{}", THINGS[at % THINGS.len()], PARTS[(at / 3 + at) % PARTS.len()]);
        let namespace = format!("{TENANT}{:03}", at / THINGS.len() + 1);
        apps.push(App { namespace, name, shape: if at % 3 == 0 { Shape::Web } else { Shape::Worker }, replicas });
    }
    apps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_understood() {
        for (namespace, line) in PRODUCTION.iter().chain(STAGING).chain(EDGE) {
            assert!(line.split_whitespace().all(|app| parse_app(namespace, app).is_some()), "{namespace}: {line}");
        }
    }

    #[test]
    fn tenants_hold_exactly_the_pods_asked_for() {
        let apps = tenants(1234);
        assert_eq!(apps.iter().map(|app| app.replicas).sum::<usize>(), 1234);
        let mut names: Vec<_> = apps.iter().map(|app| (&app.namespace, &app.name)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), apps.len(), "no two apps share a name");
    }
}

//! The lines a container writes: the same line at the same time for everybody who asks.

use serde_json::json;

use crate::content::builder::time;
use crate::content::image::{hash, hex};

/// One container's output between two moments, epoch milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) pod: String,
    pub(crate) container: String,
    pub(crate) app: String,
    pub(crate) started: i64,
    /// When it ended, and how; `None` while it runs.
    pub(crate) ended: Option<(i64, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Epoch milliseconds.
    pub(crate) at: i64,
    pub(crate) text: String,
}

/// Nobody scrolls back further than this many lines; a kubelet rotates too.
pub(crate) const KEPT: i64 = 5000;

const PATHS: &[&str] =
    &["/v1/orders", "/v1/orders/{id}", "/v1/quotes", "/healthz", "/v1/search", "/v2/items", "/v1/sessions"];
const WORK: &[&str] = &[
    "batch committed",
    "message handled",
    "cache refreshed",
    "upstream answered",
    "checkpoint written",
    "retrying after conflict",
];

impl Source {
    fn interval(&self) -> i64 {
        400 + (hash(&format!("{}{}", self.pod, self.container)) % 3600).cast_signed()
    }

    /// Lines with `from < at <= to`, oldest first, at most the last `KEPT`.
    pub(crate) fn lines(&self, from: i64, to: i64) -> Vec<Line> {
        let interval = self.interval();
        let end = self.ended.as_ref().map_or(to, |(end, _)| to.min(*end));
        let last = (end - self.started).div_euclid(interval);
        let first = ((from - self.started).div_euclid(interval) + 1).max(0).max(last - KEPT);
        let mut lines: Vec<Line> =
            (first..=last).map(|number| self.line(number, self.started + number * interval)).collect();
        if let Some((at, reason)) = &self.ended
            && *at > from
            && *at <= to
        {
            lines.extend(ending(reason).lines().map(|text| Line { at: *at, text: text.to_owned() }));
        }
        lines
    }

    /// When the next line after `at` comes.
    pub(crate) fn next_after(&self, at: i64) -> i64 {
        let interval = self.interval();
        self.started + ((at - self.started).div_euclid(interval) + 1) * interval
    }

    fn line(&self, number: i64, at: i64) -> Line {
        let text = match number {
            0 => json!({"level": "info", "msg": format!("starting {}", self.app), "pod": self.pod}).to_string(),
            1 => json!({"level": "info", "msg": "listening", "address": "0.0.0.0:8080", "metrics": "0.0.0.0:9102"})
                .to_string(),
            _ => self.work(number, at),
        };
        Line { at, text }
    }

    fn work(&self, number: i64, at: i64) -> String {
        let seed = hash(&format!("{}/{}/{number}", self.pod, self.container));
        let trace = hex(&format!("{seed}"), 16);
        let moment = time(at / 1000);
        let took = 3 + seed % 180;
        let choice = |list: &[&'static str]| list[usize::try_from(seed >> 8).unwrap_or(0) % list.len()];
        match seed % 100 {
            0..=1 => json!({"time": moment, "level": "error", "msg": "request failed", "error": "context deadline exceeded", "traceId": trace, "tookMs": 5000}),
            2..=7 => json!({"time": moment, "level": "warn", "msg": "slow upstream", "upstream": "ledger-db", "tookMs": took * 12, "traceId": trace}),
            8..=55 => json!({"time": moment, "level": "info", "msg": "request", "method": "GET", "path": choice(PATHS), "status": 200, "tookMs": took, "traceId": trace}),
            _ => json!({"time": moment, "level": "info", "msg": choice(WORK), "items": seed % 500, "tookMs": took, "traceId": trace}),
        }
        .to_string()
    }
}

fn ending(reason: &str) -> String {
    match reason {
        "OOMKilled" => json!({"level": "warn", "msg": "memory close to limit", "heapBytes": 1_063_256_064}).to_string(),
        "Completed" => json!({"level": "info", "msg": "done"}).to_string(),
        _ => "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x9f3b2a]\n\ngoroutine 1 [running]:\nmain.(*server).load(0x0)\n\t/src/cmd/server/main.go:118 +0x2a".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(ended: Option<(i64, String)>) -> Source {
        Source { pod: "api-1".into(), container: "app".into(), app: "api".into(), started: 1_000_000, ended }
    }

    #[test]
    fn asking_in_pieces_gives_what_asking_at_once_gives() {
        let source = source(None);
        let whole = source.lines(0, 1_100_000);
        let mut pieces = source.lines(0, 1_040_000);
        pieces.extend(source.lines(1_040_000, 1_100_000));
        assert_eq!(whole, pieces);
        assert!(whole.len() > 10);
        assert_eq!(source.lines(source.next_after(1_050_000) - 1, source.next_after(1_050_000)).len(), 1);
    }

    #[test]
    fn an_ended_container_says_why_and_nothing_after() {
        let lines = source(Some((1_020_000, "Error".into()))).lines(0, 1_100_000);
        let last: Vec<&Line> = lines.iter().filter(|line| line.at == 1_020_000).collect();
        assert!(last.iter().any(|line| line.text.starts_with("panic:")), "{last:?}");
        assert!(lines.last().is_some_and(|line| line.at == 1_020_000 && !line.text.contains('\n')));
    }
}

//! One line for each act: its intent, with the outcome folded in.

use std::collections::HashMap;

use periscope_audit::{Outcome, Row, Sequence};

use super::shape::{AuditResult, AuditRow};

/// Lines of outcomes and single rows, in their order. An outcome whose intent retention dropped stands for itself.
pub(super) fn fold(rows: Vec<Row>, mut intents: HashMap<Sequence, Row>) -> Vec<AuditRow> {
    let line = |row: Row| match intents.remove(&row.sequence) {
        Some(intent) => {
            let result = AuditResult {
                outcome: row.outcome.unwrap_or(Outcome::Unknown),
                sequence: row.sequence.number,
                at: row.time,
                reason: row.reason,
            };
            AuditRow { result: Some(result), ..AuditRow::of(intent) }
        }
        None => AuditRow::of(row),
    };
    rows.into_iter().map(line).collect()
}

/// Puts acts that are under way among those that have ended, by their times. One that ended meanwhile is there already.
pub(super) fn add_under_way(lines: &mut Vec<AuditRow>, under_way: Vec<Row>) {
    for intent in under_way {
        let known = |line: &AuditRow| (&line.chain, line.sequence) == (&intent.sequence.chain, intent.sequence.number);
        if !lines.iter().any(known) {
            let ended = |line: &AuditRow| line.result.as_ref().map_or(line.at, |result| result.at);
            let at = lines.iter().position(|line| ended(line) <= intent.time).unwrap_or(lines.len());
            lines.insert(at, AuditRow::of(intent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use periscope_audit::{AuditActor, Stage};

    fn row(number: u64, stage: Stage, second: i64) -> Row {
        let outcome = (stage != Stage::Intent).then_some(Outcome::Denied);
        Row {
            sequence: Sequence { chain: "c".into(), number },
            time: jiff::Timestamp::from_second(second).expect("a time"),
            stage,
            intent: (stage == Stage::Outcome).then(|| number - 1),
            request_id: format!("r{number}"),
            actor: AuditActor::new("idp", "1"),
            verb: "scale".into(),
            target: None,
            outcome,
            reason: (stage == Stage::Outcome).then(|| "no".to_owned()),
            extra: serde_json::Map::new(),
        }
    }

    #[test]
    fn an_outcome_is_told_on_the_line_of_its_intent() {
        let rows = vec![row(5, Stage::Outcome, 50), row(3, Stage::Single, 30), row(2, Stage::Outcome, 20)];
        let intents = HashMap::from([(rows[0].sequence.clone(), row(4, Stage::Intent, 40))]);
        let lines = fold(rows, intents);
        let told: Vec<_> =
            lines.iter().map(|line| (line.sequence, line.result.as_ref().map(|end| end.sequence))).collect();
        assert_eq!(told, [(4, Some(5)), (3, None), (2, None)], "the third has lost its intent");
        assert_eq!(lines[0].result.as_ref().and_then(|end| end.reason.as_deref()), Some("no"));
        assert_eq!((lines[0].outcome, lines[2].outcome), (None, Some(Outcome::Denied)));
    }

    #[test]
    fn what_is_under_way_stands_where_it_began() {
        let rows = vec![row(9, Stage::Outcome, 90), row(3, Stage::Single, 30)];
        let intents = HashMap::from([(rows[0].sequence.clone(), row(8, Stage::Intent, 10))]);
        let mut lines = fold(rows, intents);
        let open = vec![
            row(11, Stage::Intent, 95),
            row(8, Stage::Intent, 10),
            row(6, Stage::Intent, 60),
            row(1, Stage::Intent, 5),
        ];
        add_under_way(&mut lines, open);
        let order: Vec<_> = lines.iter().map(|line| line.sequence).collect();
        assert_eq!(order, [11, 8, 6, 3, 1], "8 has ended: it is there once");
    }
}

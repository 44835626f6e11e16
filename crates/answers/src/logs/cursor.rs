//! Where in a container's log somebody is, so that reading can go on after a break: nothing missed, nothing twice.

use jiff::Timestamp;
use periscope_cluster::LogLine;

#[derive(Debug, Default)]
pub(super) struct Cursor {
    /// The newest time that was told.
    at: Option<i64>,
    /// How many lines bore it.
    same: u32,
    /// After a break: lines of that time still to be left out. `None` once beyond.
    again: Option<u32>,
}

impl Cursor {
    /// Where to go on; `None` before the first line.
    pub(super) fn since(&self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(self.at?.into()).ok()
    }

    /// The log is read again from [`Cursor::since`]. A kubelet looks at whole seconds, so lines come a second time.
    pub(super) fn go_on(&mut self) {
        self.again = self.at.map(|_| self.same);
    }

    /// What of `lines` is new.
    pub(super) fn fresh(&mut self, mut lines: Vec<LogLine>) -> Vec<LogLine> {
        if self.again.is_some() {
            lines.retain(|line| self.is_fresh(line));
        }
        for line in &lines {
            match (line.at, self.at) {
                (Some(at), Some(known)) if at < known => {}
                (Some(at), Some(known)) if at == known => self.same += 1,
                (Some(at), _) => (self.at, self.same) = (Some(at), 1),
                (None, _) => {}
            }
        }
        lines
    }

    fn is_fresh(&mut self, line: &LogLine) -> bool {
        let (Some(left), Some(known)) = (self.again, self.at) else { return true };
        match line.at {
            // What the kubelet itself says belongs to this reading.
            None => true,
            Some(at) if at < known => false,
            Some(at) if at == known && left > 0 => {
                self.again = Some(left - 1);
                false
            }
            Some(at) => {
                if at > known {
                    self.again = None;
                }
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn lines(texts: &[&str]) -> Vec<LogLine> {
        texts.iter().map(|text| LogLine::of(Bytes::from(format!("2026-11-26T13:00:{text}")))).collect()
    }

    fn texts(lines: &[LogLine]) -> Vec<String> {
        lines.iter().map(|line| line.text().into_owned()).collect()
    }

    #[test]
    fn after_a_break_nothing_is_missed_and_nothing_comes_twice() {
        let all = ["00.1Z a", "00.5Z b", "01.2Z c", "01.2Z d", "01.2Z e", "01.7Z f", "02.0Z g"];
        for broken in 0..=all.len() {
            let mut cursor = Cursor::default();
            let mut told = texts(&cursor.fresh(lines(&all[..broken])));
            // The kubelet begins with the second that the time is in.
            let second = cursor.since().map_or(0, |since| since.as_second() % 60);
            let from = all.iter().position(|line| line[..2].parse::<i64>().expect("seconds") >= second);
            cursor.go_on();
            // In pieces, because a second reading arrives in pieces too.
            for line in &all[from.unwrap_or(all.len())..] {
                told.extend(texts(&cursor.fresh(lines(&[line]))));
            }
            assert_eq!(told, ["a", "b", "c", "d", "e", "f", "g"], "broken after {broken}");
        }
    }

    #[test]
    fn breaks_can_follow_each_other() {
        let all = ["01.2Z c", "01.2Z d", "01.2Z e"];
        let mut cursor = Cursor::default();
        let mut told = texts(&cursor.fresh(lines(&all[..2])));
        for _ in 0..3 {
            cursor.go_on();
            told.extend(texts(&cursor.fresh(lines(&all[..2]))));
        }
        cursor.go_on();
        told.extend(texts(&cursor.fresh(lines(&all))));
        assert_eq!(told, ["c", "d", "e"]);
    }

    #[test]
    fn what_the_kubelet_says_is_told_each_time() {
        let mut cursor = Cursor::default();
        cursor.fresh(lines(&["01.2Z c"]));
        cursor.go_on();
        let said = vec![LogLine::of(Bytes::from_static(b"failed to open log file"))];
        assert_eq!(texts(&cursor.fresh(said)), ["failed to open log file"]);
    }

    #[test]
    fn a_line_out_of_order_does_not_move_the_place() {
        let mut cursor = Cursor::default();
        cursor.fresh(lines(&["05Z a", "04Z b"]));
        assert_eq!(cursor.since().map(|at| at.as_second() % 60), Some(5));
    }
}

//! Questions to the policy engine alone.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use anyhow::Context;
use periscope_iam::Cases;

/// A longer line is answered with an error.
const LONGEST_LINE: usize = 16 << 20;

const BUFFER: usize = 256 << 10;

/// Answers cases from standard input, one JSON object per line, until it ends.
pub(crate) fn eval() -> anyhow::Result<()> {
    let mut input = BufReader::with_capacity(BUFFER, std::io::stdin().lock());
    answer(&mut input, &mut BufWriter::with_capacity(BUFFER, std::io::stdout().lock()))
}

/// What has been answered is handed over whenever nothing more has come in yet: who asks one by one is not kept waiting.
fn answer(input: &mut BufReader<impl Read>, output: &mut impl Write) -> anyhow::Result<()> {
    let mut cases = Cases::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if !read_line(input, &mut line).context("cannot read standard input")? {
            break;
        }
        let answer = if line.len() > LONGEST_LINE {
            let message = format!("the line is longer than {LONGEST_LINE} bytes");
            Some(Cases::refusal(&line, &message))
        } else {
            cases.answer(&line)
        };
        if let Some(mut answer) = answer {
            answer.push('\n');
            output.write_all(answer.as_bytes()).context("cannot write to standard output")?;
        }
        if input.buffer().is_empty() {
            output.flush().context("cannot write to standard output")?;
        }
    }
    output.flush().context("cannot write to standard output")
}

/// One line without its break; of one that is too long, the start. `false` at the end.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut any = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        line.extend_from_slice(&part[..part.len().min(LONGEST_LINE + 1 - line.len())]);
        let used = end.map_or(part.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

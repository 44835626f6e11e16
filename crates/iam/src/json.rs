//! JSON with places: every value knows where it stands in the text, and a name that is given twice is an error.
//! Deep nesting is refused before it can exhaust the stack.

use std::borrow::Cow;

use crate::error::{ParseError, position};

/// Policies nest six deep; a case that carries them a little more.
const DEEPEST: usize = 64;

#[derive(Debug)]
pub(crate) struct Value<'a> {
    pub(crate) node: Node<'a>,
    /// Byte offsets in the text, quotes and brackets included.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Debug)]
pub(crate) enum Node<'a> {
    Null,
    Bool(bool),
    /// As written.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    Object(Vec<Member<'a>>),
}

#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) start: usize,
    pub(crate) value: Value<'a>,
}

impl<'a> Value<'a> {
    pub(crate) fn string(&self) -> Option<&str> {
        if let Node::String(text) = &self.node { Some(text) } else { None }
    }

    pub(crate) fn members(&self) -> Option<&[Member<'a>]> {
        if let Node::Object(members) = &self.node { Some(members) } else { None }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.members()?.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.node {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Number(_) => "a number",
            Node::String(_) => "a string",
            Node::Array(_) => "a list",
            Node::Object(_) => "an object",
        }
    }
}

pub(crate) fn parse(text: &str) -> Result<Value<'_>, ParseError> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    reader.space();
    let value = reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.error("something follows the end of the document"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, message: impl Into<String>) -> ParseError {
        self.error_at(self.at, message)
    }

    fn error_at(&self, offset: usize, message: impl Into<String>) -> ParseError {
        let (line, column) = position(self.text, offset);
        ParseError { line, column, path: String::new(), message: message.into() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Value<'a>, ParseError> {
        let start = self.at;
        let node = match self.peek() {
            None => return Err(self.error("the document ends where a value should be")),
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Node::String(self.quoted()?),
            Some(b't') => self.word("true", Node::Bool(true))?,
            Some(b'f') => self.word("false", Node::Bool(false))?,
            Some(b'n') => self.word("null", Node::Null)?,
            Some(b'-' | b'0'..=b'9') => Node::Number(self.number()?),
            Some(_) => return Err(self.error("a value should be here")),
        };
        Ok(Value { node, start, end: self.at })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Node<'a>, ParseError>) -> Result<Node<'a>, ParseError> {
        if self.depth == DEEPEST {
            return Err(self.error(format!("nested more than {DEEPEST} deep")));
        }
        self.depth += 1;
        self.at += 1;
        let node = read(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn object(&mut self) -> Result<Node<'a>, ParseError> {
        let mut members: Vec<Member<'a>> = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Node::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error("a name in double quotes should be here"));
            }
            let name = self.quoted()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.error("a colon should be here"));
            }
            self.at += 1;
            self.space();
            let value = self.value()?;
            members.push(Member { name, start, value });
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.error("a comma or } should be here")),
            }
        }
        self.at += 1;
        self.unique(&members)?;
        Ok(Node::Object(members))
    }

    fn unique(&self, members: &[Member<'a>]) -> Result<(), ParseError> {
        let twice = |first: &Member<'_>, second: &Member<'_>| {
            let offset = first.start.max(second.start);
            Err(self.error_at(offset, format!("{:?} is given twice", second.name)))
        };
        if members.len() <= 16 {
            for (index, member) in members.iter().enumerate() {
                if let Some(first) = members[..index].iter().find(|one| one.name == member.name) {
                    return twice(first, member);
                }
            }
            return Ok(());
        }
        let mut sorted: Vec<&Member<'a>> = members.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        sorted.windows(2).find(|pair| pair[0].name == pair[1].name).map_or(Ok(()), |pair| twice(pair[0], pair[1]))
    }

    fn array(&mut self) -> Result<Node<'a>, ParseError> {
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::Array(items));
        }
        loop {
            self.space();
            items.push(self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.error("a comma or ] should be here")),
            }
        }
        self.at += 1;
        Ok(Node::Array(items))
    }

    fn word(&mut self, word: &str, node: Node<'a>) -> Result<Node<'a>, ParseError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.error("a value should be here"));
        }
        self.at += word.len();
        Ok(node)
    }

    fn number(&mut self) -> Result<&'a str, ParseError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.digits()?;
        if whole > 1 && self.bytes[self.at - whole] == b'0' {
            return Err(self.error_at(start, "a number does not start with 0"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<usize, ParseError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.error("a digit should be here")) } else { Ok(self.at - start) }
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, ParseError> {
        let open = self.at;
        self.at += 1;
        let mut start = self.at;
        let mut built: Option<String> = None;
        loop {
            match self.peek() {
                None => return Err(self.error_at(open, "this string does not end")),
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = built.get_or_insert_default();
                    text.push_str(&self.text[start..self.at]);
                    let one = self.escape()?;
                    built.get_or_insert_default().push(one);
                    start = self.at;
                }
                Some(0..=0x1f) => return Err(self.error("a control character must be escaped")),
                Some(_) => self.at += 1,
            }
        }
        let rest = &self.text[start..self.at];
        self.at += 1;
        Ok(match built {
            None => Cow::Borrowed(rest),
            Some(mut text) => {
                text.push_str(rest);
                Cow::Owned(text)
            }
        })
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let escaped = self.bytes.get(self.at + 1).copied();
        let start = self.at;
        self.at += 2;
        Ok(match escaped {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(self.error_at(start, "no such escape")),
        })
    }

    fn unicode(&mut self, start: usize) -> Result<char, ParseError> {
        let wrong = |reader: &Self| reader.error_at(start, "this escape is no character");
        let first = self.hexadecimal().ok_or_else(|| wrong(self))?;
        let code = match first {
            0xd800..=0xdbff => {
                if self.bytes.get(self.at..self.at + 2) != Some(b"\\u") {
                    return Err(wrong(self));
                }
                self.at += 2;
                let second = self.hexadecimal().filter(|low| (0xdc00..=0xdfff).contains(low));
                0x10000 + ((first - 0xd800) << 10) + (second.ok_or_else(|| wrong(self))? - 0xdc00)
            }
            one => one,
        };
        char::from_u32(code).ok_or_else(|| wrong(self))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let text = std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_hexdigit))?;
        self.at += 4;
        u32::from_str_radix(text, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse(text).map_or_else(|error| error.to_string(), |value| format!("{value:?}"))
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = " {\"a\": [1.5e3, \"x\\u00e9\\ud83d\\ude00\", true, null]}";
        let value = parse(text).unwrap();
        let Node::Array(items) = &value.get("a").unwrap().node else { panic!("no list") };
        let places: Vec<_> = items.iter().map(|item| &text[item.start..item.end]).collect();
        assert_eq!(places, ["1.5e3", "\"x\\u00e9\\ud83d\\ude00\"", "true", "null"]);
        assert_eq!(items[1].string(), Some("xé😀"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, told) in [
            ("", "line 1, column 1: the document ends where a value should be"),
            ("{\n \"a\": 1,\n \"a\": 2}", "line 3, column 2: \"a\" is given twice"),
            ("{\"é\" 1}", "line 1, column 6: a colon should be here"),
            ("[1 2]", "line 1, column 4: a comma or ] should be here"),
            ("{\"a\":1 ", "line 1, column 8: a comma or } should be here"),
            ("{a:1}", "line 1, column 2: a name in double quotes should be here"),
            ("[01]", "line 1, column 2: a number does not start with 0"),
            ("[-]", "line 1, column 3: a digit should be here"),
            ("\"\\ud800\"", "line 1, column 2: this escape is no character"),
            ("\"\\u+123\"", "line 1, column 2: this escape is no character"),
            ("\"a", "line 1, column 1: this string does not end"),
            ("\"\t\"", "line 1, column 2: a control character must be escaped"),
            ("{} x", "line 1, column 4: something follows the end of the document"),
            ("nul", "line 1, column 1: a value should be here"),
        ] {
            assert_eq!(refused(text), told, "{text}");
        }
        let many: Vec<_> = (0..40).map(|n| format!("\"k{}\":1", n % 39)).collect();
        assert!(refused(&format!("{{{}}}", many.join(","))).ends_with("\"k0\" is given twice"));
    }

    #[test]
    fn depth_is_bounded() {
        assert!(parse(&format!("{}{}", "[".repeat(64), "]".repeat(64))).is_ok());
        assert!(refused(&"[".repeat(1_000_000)).ends_with("nested more than 64 deep"));
    }
}

//! XML answers as a tree: only names and text, as AWS's query protocols use nothing else.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// AWS nests a dozen deep.
const DEEPEST: usize = 40;
/// The largest pages have some ten thousand; an empty one takes twenty times the room here that it takes in the text.
const MOST: usize = 1_000_000;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// One whole document, or why it is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        let mut elements = 0;
        loop {
            let at = |error: &dyn std::fmt::Display, position: u64| format!("at byte {position}: {error}");
            let event = reader.read_event().map_err(|error| at(&error, reader.error_position()))?;
            if matches!(event, Event::Start(_) | Event::Empty(_)) {
                elements += 1;
                if elements > MOST {
                    return Err(format!("it has more than {MOST} elements"));
                }
            }
            match event {
                Event::Start(start) => {
                    if open.len() > DEEPEST {
                        return Err(format!("it nests deeper than {DEEPEST}"));
                    }
                    open.push(Self { name: start.local_name().as_ref().to_owned(), ..Self::default() });
                }
                Event::Empty(start) => {
                    close(&mut open, Self { name: start.local_name().as_ref().to_owned(), ..Self::default() });
                }
                Event::End(_) => {
                    if let Some(element) = open.pop() {
                        close(&mut open, element);
                    }
                }
                Event::Text(piece) => add(&mut open, &piece),
                Event::CData(piece) => add(&mut open, &piece),
                Event::GeneralRef(reference) => {
                    let position = reader.buffer_position();
                    if let Some(character) = reference.resolve_char_ref().map_err(|error| at(&error, position))? {
                        add(&mut open, character.encode_utf8(&mut [0; 4]));
                    } else {
                        let known = resolve_predefined_entity(&reference);
                        let unknown = || format!("the entity &{}; is not known", &*reference);
                        add(&mut open, known.ok_or_else(unknown)?);
                    }
                }
                Event::DocType(_) => return Err("it declares a document type".to_owned()),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        let [root] = open.as_mut_slice() else { return Err("it breaks off".to_owned()) };
        match root.children.len() {
            1 => Ok(root.children.remove(0)),
            0 => Err("it is empty".to_owned()),
            _ => Err("it has more than one root".to_owned()),
        }
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child; `None` when it is not there or empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }

    pub(crate) fn owned(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    /// The members of a list: `<Tags><member>…</member></Tags>`, or `<item>` with EC2.
    pub(crate) fn list(&self, name: &str) -> &[Self] {
        self.child(name).map_or(&[], |list| &list.children)
    }

    /// The first of this name, however deep.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name { Some(self) } else { self.children.iter().find_map(|child| child.find(name)) }
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_children_and_lists() {
        let text = "<?xml version=\"1.0\"?><A xmlns=\"x\"><Name>a &lt;b&gt; &#38; <![CDATA[<c>]]></Name><Tags><member>1</member>\
                    <member>2</member></Tags><Empty/></A>";
        let root = Element::parse(text).expect("a tree");
        assert_eq!(root.text("Name"), Some("a <b> & <c>"));
        assert_eq!(root.list("Tags").iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((root.text("Empty"), root.text("None"), root.list("None").len()), (None, None, 0));
        assert_eq!(root.find("member").map(|one| one.text.as_str()), Some("1"));
    }

    #[test]
    fn what_is_no_document_says_why() {
        for (text, why) in [
            ("", "it is empty"),
            ("<A><B>", "it breaks off"),
            ("<A></B>", "at byte"),
            ("<A>&evil;</A>", "the entity &evil; is not known"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><A/>", "it declares a document type"),
            ("<A/><B/>", "it has more than one root"),
        ] {
            let error = Element::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
        let deep = "<a>".repeat(100_000);
        assert_eq!(Element::parse(&deep), Err("it nests deeper than 40".to_owned()));
        let wide = format!("<a>{}</a>", "<b/>".repeat(MOST));
        assert_eq!(Element::parse(&wide), Err("it has more than 1000000 elements".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[<>/&;#x!\\[\\]CDAT\"'a1 ?-]{0,60}") {
            let _ = Element::parse(&text);
        }
    }
}

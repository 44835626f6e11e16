//! Rust files parsed: functions with their lengths, attributes with their lines.

use syn::visit::{self, Visit};

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
    /// Without the receiver.
    pub(crate) parameters: usize,
    pub(crate) test: bool,
}

pub(crate) struct Attribute {
    /// The last segment of the path: `allow` of `#[allow(…)]`, also inside `cfg_attr`.
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) reason: bool,
}

#[derive(Default)]
pub(crate) struct RustFile {
    pub(crate) functions: Vec<Function>,
    pub(crate) attributes: Vec<Attribute>,
    /// Inside `#[test]` or `#[cfg(test)]`.
    testing: usize,
}

/// The error is the parser's, with its line.
pub(crate) fn parse(text: &str) -> Result<RustFile, (usize, String)> {
    let parsed = syn::parse_file(text).map_err(|error| (error.span().start().line, error.to_string()))?;
    let mut file = RustFile::default();
    file.visit_file(&parsed);
    Ok(file)
}

impl RustFile {
    fn function(&mut self, sig: &syn::Signature, block: &syn::Block) {
        let line = sig.fn_token.span.start().line;
        let parameters = sig.inputs.iter().filter(|input| matches!(input, syn::FnArg::Typed(_))).count();
        self.functions.push(Function {
            name: sig.ident.to_string(),
            line,
            lines: block.brace_token.span.close().end().line + 1 - line,
            parameters,
            test: self.testing > 0,
        });
    }

    fn inside<'a>(&mut self, attributes: &'a [syn::Attribute], walk: impl FnOnce(&mut Self) + 'a) {
        let tests = usize::from(attributes.iter().any(is_test));
        self.testing += tests;
        walk(self);
        self.testing -= tests;
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`.
fn is_test(attribute: &syn::Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "test")
        || attribute.path().is_ident("cfg") && tokens(&attribute.meta).split(' ').any(|word| word == "test")
}

/// The tokens of a list attribute, blanks between them; empty for other shapes.
fn tokens(meta: &syn::Meta) -> String {
    meta.require_list().map(|list| spaced(&list.tokens)).unwrap_or_default()
}

fn spaced(stream: &proc_macro2::TokenStream) -> String {
    let words = stream.clone().into_iter().map(|token| match token {
        proc_macro2::TokenTree::Group(group) => spaced(&group.stream()),
        other => other.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}

impl<'a> Visit<'a> for RustFile {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.inside(&item.attrs, |file| {
            file.function(&item.sig, &item.block);
            visit::visit_item_fn(file, item);
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.inside(&item.attrs, |file| {
            file.function(&item.sig, &item.block);
            visit::visit_impl_item_fn(file, item);
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.inside(&item.attrs, |file| visit::visit_item_mod(file, item));
    }

    fn visit_attribute(&mut self, attribute: &'a syn::Attribute) {
        let line = attribute.pound_token.span.start().line;
        let words = tokens(&attribute.meta);
        let reason = words.split(' ').any(|word| word == "reason");
        let mut note = |name: String| self.attributes.push(Attribute { name, line, reason });
        if attribute.path().is_ident("cfg_attr") {
            words.split(' ').filter(|word| ["allow", "expect"].contains(word)).for_each(|word| note(word.to_owned()));
        } else if let Some(last) = attribute.path().segments.last() {
            note(last.ident.to_string());
        }
    }
}

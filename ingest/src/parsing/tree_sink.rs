//! Builds a tree of HTML within a budget.
//!
//! html5ever has no way to be stopped in the middle, and one tag can make it build hundreds of elements or walk over all that
//! are open. What it does passes through here; beyond the budget the building is unwound, and [`build`] turns that into an
//! error.

use std::borrow::Cow;
use std::cell::Ref;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use ego_tree::NodeId;
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};
use scraper::{Html, HtmlTreeSink};

use super::budget::Budget;
use super::page_error::PageError;

/// A tree of what [`super::markup::bounded`] wrote.
pub(super) fn build(html: &str, budget: &Budget) -> Result<Html, PageError> {
    let sink = Bounded { tree: HtmlTreeSink::new(Html::new_document()), budget };
    let built = catch_unwind(AssertUnwindSafe(|| parse_document(sink, ParseOpts::default()).one(html)));
    built.map_err(|panic| match panic.downcast::<PageError>() {
        Ok(overrun) => *overrun,
        Err(panic) => resume_unwind(panic),
    })
}

struct Bounded<'a> {
    tree: HtmlTreeSink,
    budget: &'a Budget,
}

impl Bounded<'_> {
    /// A new node. The time is looked at with each: what happens between two of them is short.
    fn node(&self, nodes: usize) {
        unwind(self.budget.hold(nodes).and_then(|()| self.budget.look()));
    }

    fn step(&self) {
        unwind(self.budget.step());
    }
}

fn unwind(within: Result<(), PageError>) {
    if let Err(overrun) = within {
        // Past the panic hook: nothing is wrong with the program.
        resume_unwind(Box::new(overrun));
    }
}

impl TreeSink for Bounded<'_> {
    type Output = Html;
    type Handle = NodeId;
    type ElemName<'b>
        = Ref<'b, QualName>
    where
        Self: 'b;

    fn finish(self) -> Html {
        self.tree.finish()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn get_document(&self) -> NodeId {
        self.tree.get_document()
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.step();
        self.tree.same_node(x, y)
    }

    fn elem_name<'b>(&'b self, target: &'b NodeId) -> Ref<'b, QualName> {
        self.step();
        self.tree.elem_name(target)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.node(1 + attributes.len());
        self.tree.create_element(name, attributes, flags)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.node(1);
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.node(1);
        self.tree.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.step();
        self.tree.append(parent, child);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.step();
        self.tree.append_before_sibling(sibling, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, previous: &NodeId, child: NodeOrText<NodeId>) {
        self.step();
        self.tree.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public_id: StrTendril, system_id: StrTendril) {
        self.node(1);
        self.tree.append_doctype_to_document(name, public_id, system_id);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.get_template_contents(target)
    }

    /// A second `<html>` or `<body>` adds attributes to the first: of these nothing is read.
    fn add_attrs_if_missing(&self, _: &NodeId, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.reparent_children(node, new_parent);
    }
}

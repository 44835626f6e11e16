//! AWS's services, their actions and resource types, as data: `crates/iam/data/reference.txt`, refreshed by
//! `scripts/refresh-iam-data.sh`. It says what exists and how it is called; what a policy means does not depend on it.

mod complete;
mod decode;

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

/// The licence of the table, which must go wherever the table goes.
const LICENSE: &str = include_str!("../data/LICENSE-iam-data.txt");

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    decode::decode(include_str!("../data/reference.txt")).expect("the table in the binary is the one the tests decode")
});

/// The table, decoded at the first call: a few milliseconds and two megabytes.
pub fn reference() -> &'static Reference {
    &REFERENCE
}

/// An action's place in the table: dense, ordered by service and name, and only valid in this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub(crate) u16);

/// A service's place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub(crate) u16);

/// What an action does to what it acts on, as the service authorization reference has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    List,
    Read,
    Write,
    Tagging,
    PermissionsManagement,
}

impl AccessLevel {
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::PermissionsManagement => "Permissions management",
        }
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[derive(Debug)]
pub struct Reference {
    version: &'static str,
    date: &'static str,
    source: &'static str,
    services: Vec<ServiceRow>,
    /// All actions' names one after the other, as written and in lower case.
    names: String,
    folded: String,
    actions: Vec<ActionRow>,
    /// Each action's resource types: the place among those of its service, doubled, and odd where it is required.
    uses: Vec<u16>,
    types: Vec<(&'static str, &'static str)>,
    keys: Vec<&'static str>,
    key_sets: Vec<Vec<u16>>,
}

#[derive(Debug)]
struct ServiceRow {
    prefix: &'static str,
    name: &'static str,
    resource_control: bool,
    actions: Range<u16>,
    types: Range<u16>,
}

#[derive(Debug, Clone, Copy)]
struct ActionRow {
    name: u32,
    uses: u32,
    service: u16,
    keys: u16,
    level: AccessLevel,
}

/// One action and what is known of it.
#[derive(Clone, Copy)]
pub struct KnownAction<'a> {
    reference: &'a Reference,
    pub id: ActionId,
}

/// One service and what is known of it.
#[derive(Clone, Copy)]
pub struct KnownService<'a> {
    reference: &'a Reference,
    pub id: ServiceId,
}

/// A kind of resource an action acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType<'a> {
    pub name: &'a str,
    /// Every call names one of them, and it must be allowed on its own.
    pub required: bool,
    service: &'a str,
    arn: &'a str,
}

impl Reference {
    /// The day the table was made, as `2026-09-26`.
    pub fn date(&self) -> &str {
        self.date
    }

    /// Where the table comes from, with the version.
    pub fn source(&self) -> &str {
        self.source
    }

    /// The version of the table's format.
    pub fn version(&self) -> &str {
        self.version
    }

    /// Where the table comes from and under which terms.
    pub fn notice(&self) -> String {
        let copyright = LICENSE.lines().find(|line| line.starts_with("Copyright")).unwrap_or_default();
        format!("{} of {}, MIT License, {copyright}", self.source, self.date)
    }

    /// The full text of those terms.
    pub fn license(&self) -> &'static str {
        LICENSE
    }

    pub fn len(&self) -> usize {
        self.actions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    pub fn services(&self) -> impl Iterator<Item = KnownService<'_>> {
        (0..self.services.len()).map(|at| self.service(ServiceId(narrow(at))))
    }

    pub fn service(&self, id: ServiceId) -> KnownService<'_> {
        KnownService { reference: self, id }
    }

    /// The service with this prefix, in any case.
    pub fn find_service(&self, prefix: &str) -> Option<KnownService<'_>> {
        let wanted = prefix.to_ascii_lowercase();
        let at = self.services.binary_search_by(|row| row.prefix.cmp(&wanted)).ok()?;
        Some(self.service(ServiceId(narrow(at))))
    }

    pub fn action(&self, id: ActionId) -> KnownAction<'_> {
        KnownAction { reference: self, id }
    }

    pub fn actions(&self) -> impl Iterator<Item = KnownAction<'_>> {
        (0..self.actions.len()).map(|at| self.action(ActionId(narrow(at))))
    }

    /// The action `service:Name`, in any case.
    pub fn find(&self, action: &str) -> Option<KnownAction<'_>> {
        let (service, name) = action.split_once(':')?;
        let Range { start, end } = self.find_service(service)?.row().actions;
        let wanted = name.to_ascii_lowercase();
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low.midpoint(high);
            match self.folded_name(middle).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(self.action(ActionId(middle))),
            }
        }
        None
    }

    /// At most `limit` actions for what somebody has typed: those that begin with it, then those whose name does, then
    /// those that have it somewhere.
    pub fn complete(&self, typed: &str, limit: usize) -> Vec<KnownAction<'_>> {
        complete::complete(self, typed, limit)
    }

    /// Whether resource control policies bind this service's resources.
    pub fn has_resource_control(&self, service: &str) -> bool {
        self.find_service(service).is_some_and(KnownService::has_resource_control)
    }

    pub(crate) fn service_rows(&self) -> impl Iterator<Item = (&str, Range<u16>)> {
        self.services.iter().map(|row| (row.prefix, row.actions.clone()))
    }

    fn span(&self, at: u16) -> Range<usize> {
        let end = self.actions.get(usize::from(at) + 1).map_or(self.names.len(), |next| next.name as usize);
        self.actions[usize::from(at)].name as usize..end
    }

    /// In lower case.
    pub(crate) fn folded_name(&self, at: u16) -> &str {
        &self.folded[self.span(at)]
    }

    fn types(&self, row: &ServiceRow) -> &[(&'static str, &'static str)] {
        &self.types[usize::from(row.types.start)..usize::from(row.types.end)]
    }
}

impl<'a> KnownService<'a> {
    fn row(self) -> &'a ServiceRow {
        &self.reference.services[usize::from(self.id.0)]
    }

    /// What stands before the colon: `s3`.
    pub fn prefix(self) -> &'a str {
        self.row().prefix
    }

    /// What people call it: `Amazon S3`.
    pub fn name(self) -> &'a str {
        self.row().name
    }

    /// The places of its actions.
    pub(crate) fn range(self) -> Range<u16> {
        self.row().actions.clone()
    }

    pub fn has_resource_control(self) -> bool {
        self.row().resource_control
    }

    pub fn actions(self) -> impl Iterator<Item = KnownAction<'a>> {
        self.row().actions.clone().map(move |at| self.reference.action(ActionId(at)))
    }

    pub fn resource_types(self) -> impl Iterator<Item = ResourceType<'a>> {
        let row = self.row();
        let types = self.reference.types(row).iter();
        types.map(move |&(name, arn)| ResourceType { name, arn, required: false, service: row.prefix })
    }
}

impl<'a> KnownAction<'a> {
    fn row(self) -> &'a ActionRow {
        &self.reference.actions[usize::from(self.id.0)]
    }

    /// The name without the service: `GetObject`.
    pub fn name(self) -> &'a str {
        &self.reference.names[self.reference.span(self.id.0)]
    }

    pub fn service(self) -> KnownService<'a> {
        self.reference.service(ServiceId(self.row().service))
    }

    pub fn access_level(self) -> AccessLevel {
        self.row().level
    }

    /// Acts on no resource that has an ARN: only a statement for every resource speaks of it.
    pub fn is_wildcard_only(self) -> bool {
        self.uses().is_empty()
    }

    fn uses(self) -> &'a [u16] {
        let next = self.reference.actions.get(usize::from(self.id.0) + 1);
        let end = next.map_or(self.reference.uses.len(), |row| row.uses as usize);
        &self.reference.uses[self.row().uses as usize..end]
    }

    pub fn resource_types(self) -> impl Iterator<Item = ResourceType<'a>> {
        let service = self.service().row();
        let types = self.reference.types(service);
        self.uses().iter().map(move |used| {
            let (name, arn) = types[usize::from(used >> 1)];
            ResourceType { name, arn, required: used & 1 == 1, service: service.prefix }
        })
    }

    /// Condition keys of its own and of its resource types; the global ones come on top.
    pub fn condition_keys(self) -> impl Iterator<Item = &'a str> {
        let keys = &self.reference.keys;
        self.reference.key_sets[usize::from(self.row().keys)].iter().map(move |key| keys[usize::from(*key)])
    }
}

impl fmt::Display for KnownAction<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service().prefix(), self.name())
    }
}

impl fmt::Debug for KnownAction<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Debug for KnownService<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.prefix())
    }
}

impl ResourceType<'_> {
    /// `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
    pub fn arn(&self) -> String {
        match self.arn.split_at_checked(1) {
            Some(("~", rest)) => format!("arn:${{Partition}}:{}:${{Region}}:${{Account}}:{rest}", self.service),
            Some(("^", rest)) => format!("arn:${{Partition}}:{rest}"),
            _ => self.arn.to_owned(),
        }
    }

    /// The same as a pattern, each variable any run of characters: `arn:*:s3:::*/*`.
    pub fn pattern(&self) -> String {
        let (arn, mut pattern) = (self.arn(), String::new());
        let mut rest = arn.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            pattern.push_str(before);
            pattern.push('*');
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        pattern + rest
    }
}

/// The table is smaller than 65,536 in every dimension, which decoding checks.
fn narrow(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;

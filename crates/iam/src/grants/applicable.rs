//! Which actions a resource can be named for at all: an object of a bucket is no function. A statement that lists both allows neither
//! on the other.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::resource::ResourceGlob;
use crate::action_set::ActionSet;
use crate::reference::reference;

static TYPES: LazyLock<Types> = LazyLock::new(Types::new);

/// The resource types of the reference table as patterns, each with the actions that act on it.
struct Types {
    all: Vec<Type>,
    by_service: HashMap<String, Vec<usize>>,
    /// Of services that are a pattern themselves.
    of_any: Vec<usize>,
    wildcard_only: ActionSet,
    needing_resource: ActionSet,
}

pub(crate) struct Type {
    pub(crate) glob: ResourceGlob,
    pub(crate) actions: ActionSet,
    /// A bucket's name has no slash: what has one is an object.
    no_slash: bool,
}

impl Types {
    fn new() -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut all: Vec<Type> = Vec::new();
        let mut wildcard_only = ActionSet::new();
        for action in reference().actions() {
            if action.is_wildcard_only() {
                wildcard_only.insert(action.id);
            }
            for kind in action.resource_types() {
                let pattern = kind.pattern();
                let place = *places.entry(pattern).or_insert_with_key(|pattern| {
                    if let Some(glob) = ResourceGlob::parse(pattern) {
                        let no_slash = kind.arn().ends_with(":s3:::${BucketName}");
                        all.push(Type { glob, actions: ActionSet::new(), no_slash });
                    }
                    all.len() - 1
                });
                all[place].actions.insert(action.id);
            }
        }
        let mut by_service: HashMap<String, Vec<usize>> = HashMap::new();
        let mut of_any = Vec::new();
        for (at, one) in all.iter().enumerate() {
            let service = one.glob.segment(2);
            if crate::overlap::has_wildcard(service) {
                of_any.push(at);
            } else {
                by_service.entry(service.to_owned()).or_default().push(at);
            }
        }
        let keys = all.iter().filter(|one| one.glob.segment(2) == "kms" && one.glob.segment(5).starts_with("key/"));
        let needing_resource = keys.fold(ActionSet::new(), |all, one| all.union(&one.actions));
        let trust = ["sts:AssumeRole*", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];
        let needing_resource = needing_resource.union(&ActionSet::of_patterns(trust));
        Self { all, by_service, of_any, wildcard_only, needing_resource }
    }
}

/// The actions that act on no resource with an ARN.
pub(crate) fn wildcard_only() -> &'static ActionSet {
    &TYPES.wildcard_only
}

/// The actions that the resource's own policy must allow too, in the same account: on keys, and on roles (facts 38 and 39).
pub(crate) fn needing_resource() -> &'static ActionSet {
    &TYPES.needing_resource
}

/// The resource types that a pattern can stand for some of.
pub(crate) fn types(glob: &ResourceGlob) -> impl Iterator<Item = &'static Type> {
    static NONE: Vec<usize> = Vec::new();
    let service = glob.segment(2);
    let (all, of_one, of_any) = if crate::overlap::has_wildcard(service) {
        (0..TYPES.all.len(), &NONE, &NONE)
    } else {
        (0..0, TYPES.by_service.get(service).unwrap_or(&NONE), &TYPES.of_any)
    };
    all.chain(of_one.iter().copied())
        .chain(of_any.iter().copied())
        .map(|at| &TYPES.all[at])
        .filter(|one| one.fits(glob))
}

/// The actions that can be asked for on some resource that fits.
pub(crate) fn applicable(glob: &ResourceGlob) -> ActionSet {
    if glob.is_everything() {
        return ActionSet::all();
    }
    types(glob).fold(ActionSet::new(), |all, one| all.union(&one.actions))
}

impl Type {
    fn fits(&self, glob: &ResourceGlob) -> bool {
        self.glob.intersects(glob) && !(self.no_slash && glob.segment(5).contains('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(action: &str, resource: &str) -> bool {
        applicable(&ResourceGlob::parse(resource).unwrap()).contains(reference().find(action).unwrap().id)
    }

    #[test]
    fn a_resource_is_only_asked_for_what_acts_on_it() {
        for (action, resource, expected) in [
            ("s3:GetObject", "arn:aws:s3:::b/*", true),
            ("s3:GetObject", "arn:aws:s3:::b", false),
            ("s3:GetObject", "arn:aws:s3:::b*", true),
            ("s3:ListBucket", "arn:aws:s3:::b", true),
            ("s3:ListBucket", "arn:aws:s3:::b/*", false),
            ("s3:ListAllMyBuckets", "arn:aws:s3:::*", false),
            ("s3:ListAllMyBuckets", "*", true),
            ("sts:AssumeRole", "arn:aws:iam::111122223333:role/x", true),
            ("iam:PassRole", "arn:aws-cn:iam::*:role/*", true),
            ("iam:PassRole", "arn:aws:iam::*:user/*", false),
            ("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*", true),
            ("kms:Decrypt", "arn:aws:k*:*:*:*", true),
        ] {
            assert_eq!(applies(action, resource), expected, "{action} {resource}");
        }
        assert!(wildcard_only().contains(reference().find("ec2:DescribeInstances").unwrap().id));
    }
}

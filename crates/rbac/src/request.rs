//! What is asked: one verb on one resource, or on one URL path.

use periscope_model::Permission;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    pub verb: &'a str,
    pub target: Target<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    Resource {
        /// Empty for the core group.
        group: &'a str,
        resource: &'a str,
        subresource: Option<&'a str>,
        /// Absent: cluster-wide, or a cluster-scoped resource.
        namespace: Option<&'a str>,
        /// Absent on lists, watches, creates and collection deletes.
        name: Option<&'a str>,
    },
    /// A non-resource URL such as `/version`.
    Path(&'a str),
}

impl<'a> Request<'a> {
    pub fn resource(verb: &'a str, group: &'a str, resource: &'a str, namespace: Option<&'a str>) -> Self {
        Self { verb, target: Target::Resource { group, resource, subresource: None, namespace, name: None } }
    }

    pub fn path(verb: &'a str, path: &'a str) -> Self {
        Self { verb, target: Target::Path(path) }
    }

    pub fn namespace(&self) -> Option<&'a str> {
        match self.target {
            Target::Resource { namespace, .. } => namespace,
            Target::Path(_) => None,
        }
    }

    /// The same question in another namespace; a path stays as it is.
    #[must_use]
    pub fn in_namespace(self, namespace: &'a str) -> Self {
        match self.target {
            Target::Resource { group, resource, subresource, name, .. } => Self {
                target: Target::Resource { group, resource, subresource, namespace: Some(namespace), name },
                ..self
            },
            Target::Path(_) => self,
        }
    }
}

impl<'a> From<&'a Permission> for Request<'a> {
    fn from(permission: &'a Permission) -> Self {
        Self {
            verb: &permission.verb,
            target: Target::Resource {
                group: &permission.group,
                resource: &permission.resource,
                subresource: permission.subresource.as_deref(),
                namespace: permission.namespace.as_deref(),
                name: permission.name.as_deref(),
            },
        }
    }
}

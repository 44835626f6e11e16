//! Discovery as it was before it was aggregated: a document of groups, then one for each version of each group.

use std::sync::Arc;

use futures::{StreamExt, stream};
use periscope_model::{KindId, Permission};
use serde::Deserialize;

use super::{ApiResource, Discovery, Found, MAX_DOCUMENT};
use crate::request::{Ask, UrlPath};
use crate::{Connection, Error, Identity, parse};

/// Documents asked for at a time.
const AT_A_TIME: usize = 8;
/// Nothing that is real has more versions; each is a request.
const MOST: usize = 2000;

/// One version of a group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GroupVersion {
    group: String,
    version: String,
}

impl std::fmt::Display for GroupVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.group, self.version)
    }
}

/// `APIVersions` of `/api`, or `APIGroupList` of `/apis`.
#[derive(Deserialize)]
struct Root {
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    name: String,
    #[serde(default)]
    versions: Vec<Version>,
    preferred_version: Option<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Resources {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    /// With a slash: a subresource.
    name: String,
    #[serde(default)]
    singular_name: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    short_names: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
}

/// The versions to ask about, those preferred first within their group.
pub(super) fn groups(document: &[u8], ask: &Ask) -> Result<Vec<GroupVersion>, Error> {
    let root: Root = parse(document, ask)?;
    let core = root.versions.into_iter().map(|version| GroupVersion { group: String::new(), version });
    let mut all: Vec<GroupVersion> = core.collect();
    for group in root.groups {
        let first = all.len();
        for Version { version } in group.preferred_version.into_iter().chain(group.versions) {
            if all[first..].iter().all(|known| known.version != version) {
                all.push(GroupVersion { group: group.name.clone(), version });
            }
        }
    }
    if all.is_empty() {
        return Err(Error::Garbage { what: format!("the answer to {} names no version of any group", ask.what()) });
    }
    if all.len() > MOST {
        return Err(Error::TooLarge {
            what: format!("{} names {} versions, at most {MOST} are asked", ask.what(), all.len()),
        });
    }
    Ok(all)
}

/// A version that does not answer is a gap; the others are there.
pub(super) async fn read(
    connection: &Connection,
    identity: &Identity,
    versions: Vec<GroupVersion>,
) -> Result<Discovery, Error> {
    let asking = stream::iter(versions).map(|one| async move { (resources(connection, identity, &one).await, one) });
    let mut answers = asking.buffered(AT_A_TIME);
    let mut found = Found::default();
    while let Some((answer, GroupVersion { group, version })) = answers.next().await {
        match answer {
            Ok(resources) => {
                let version: Arc<str> = version.into();
                for resource in resources {
                    if let Ok(kind_id) = KindId::new(&group, &resource.name) {
                        found.add(resource.named(kind_id, Arc::clone(&version)));
                    }
                }
            }
            Err(error) if group.is_empty() => return Err(error),
            Err(error) => found.gap(&group, &version, &error.to_string()),
        }
    }
    Ok(found.discovery)
}

async fn resources(connection: &Connection, identity: &Identity, one: &GroupVersion) -> Result<Vec<Resource>, Error> {
    let path = UrlPath::group_version(&one.group, &one.version)?.into_string();
    let permission = Permission { verb: "get".to_owned(), resource: path.clone(), ..Permission::default() };
    let ask = Ask { path, permission, ..Ask::get("") };
    let resources: Resources = parse(&connection.call(identity, &ask, MAX_DOCUMENT).await?, &ask)?;
    Ok(resources.resources)
}

impl Resource {
    fn named(self, kind_id: KindId, version: Arc<str>) -> ApiResource {
        ApiResource {
            kind_id,
            version,
            kind: self.kind,
            singular: self.singular_name,
            short_names: self.short_names,
            categories: self.categories,
            namespaced: self.namespaced,
            verbs: self.verbs,
        }
    }
}

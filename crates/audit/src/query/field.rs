//! What rows can be filtered by.

use serde::{Deserialize, Serialize};

use crate::row::Row;
use crate::verb::Verb;

macro_rules! fields {
    ($($variant:ident $name:literal $code:literal;)+) => {
        /// A field that rows can be filtered by. The names are those of addresses and of the command line.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Field {
            $(#[serde(rename = $name)] $variant,)+
        }

        impl Field {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            /// The first byte of its terms in the index; never given to another.
            pub(crate) fn code(self) -> u8 {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

fields! {
    Stage "stage" 1;
    Outcome "outcome" 2;
    Verb "verb" 3;
    Class "class" 4;
    RequestId "requestId" 5;
    Issuer "issuer" 6;
    Subject "subject" 7;
    Email "email" 8;
    User "user" 9;
    Group "group" 10;
    Tier "tier" 11;
    Session "session" 12;
    Address "address" 13;
    Cluster "cluster" 14;
    ApiGroup "apiGroup" 15;
    ApiVersion "apiVersion" 16;
    Resource "resource" 17;
    Namespace "namespace" 18;
    Name "name" 19;
    Subresource "subresource" 20;
    Chain "chain" 21;
}

impl Field {
    /// Calls `found` with each of a row's values of this field.
    pub(crate) fn values(self, row: &Row, mut found: impl FnMut(&str)) {
        let actor = &row.actor;
        let target = row.target.as_ref();
        let value = match self {
            Self::Group => return actor.groups.iter().for_each(|group| found(group)),
            Self::Stage => Some(row.stage.name()),
            Self::Outcome => row.outcome.map(crate::Outcome::name),
            Self::Verb => Some(row.verb.as_str()),
            Self::Class => Verb::parse(&row.verb).map(|verb| verb.class().name()),
            Self::RequestId => Some(row.request_id.as_str()),
            Self::Issuer => Some(actor.issuer.as_str()),
            Self::Subject => Some(actor.subject.as_str()),
            Self::Email => actor.email.as_deref(),
            Self::User => actor.user.as_deref(),
            Self::Tier => actor.tier.as_deref(),
            Self::Session => actor.session.as_deref(),
            Self::Address => actor.address.as_deref(),
            Self::Cluster => target.map(|target| target.cluster.as_str()),
            Self::ApiGroup => target.map(|target| target.group.as_str()),
            Self::ApiVersion => target.map(|target| target.version.as_str()),
            Self::Resource => target.map(|target| target.resource.as_str()),
            Self::Namespace => target.and_then(|target| target.namespace.as_deref()),
            Self::Name => target.and_then(|target| target.name.as_deref()),
            Self::Subresource => target.and_then(|target| target.subresource.as_deref()),
            Self::Chain => Some(row.sequence.chain.as_str()),
        };
        value.into_iter().for_each(found);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_codes_are_distinct() {
        let names: BTreeSet<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        let codes: BTreeSet<u8> = Field::ALL.iter().map(|field| field.code()).collect();
        assert_eq!((names.len(), codes.len()), (Field::ALL.len(), Field::ALL.len()));
        assert!(!codes.contains(&0) && !codes.contains(&255), "words and closed intents have these");
        for field in Field::ALL {
            assert_eq!(Field::parse(field.name()), Some(*field));
        }
    }
}

//! How people sign in, and whether they still are.

mod cookies;
mod personas;
mod ticket;

use std::sync::Arc;

use periscope_answers::People;
use periscope_model::Person;
use serde::Serialize;

pub(crate) use cookies::Cookies;
pub(crate) use personas::{From as OpenedFrom, Personas};
pub(crate) use ticket::Ticket;

/// How people sign in.
#[derive(Clone)]
pub enum SignIn {
    /// One person on loopback: the kubeconfig's own identity.
    Local(Arc<Person>),
    /// A development identity given on the command line; loopback only.
    Dev(Arc<Person>),
    /// A choice of personas; loopback only.
    Personas(Vec<Persona>),
    /// Identity providers.
    Providers(Arc<People>),
}

impl SignIn {
    pub(crate) fn mode(&self) -> Mode {
        match self {
            Self::Local(_) => Mode::Local,
            Self::Dev(_) => Mode::Dev,
            Self::Personas(_) => Mode::Demo,
            Self::Providers(_) => Mode::Oidc,
        }
    }

    pub(crate) fn personas(&self) -> &[Persona] {
        match self {
            Self::Personas(personas) => personas,
            _ => &[],
        }
    }

    pub(crate) fn people(&self) -> Option<&People> {
        match self {
            Self::Providers(people) => Some(people),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SignInMode)]
pub(crate) enum Mode {
    Oidc,
    Demo,
    Local,
    Dev,
}

/// Somebody to sign in as, in the demo and in tests.
#[derive(Debug, Clone)]
pub struct Persona {
    pub id: String,
    pub about: String,
    pub person: Arc<Person>,
}

//! Who may come in, and who looks after the others.

use periscope_model::Person;

use crate::error::Error;

/// Membership in any of a list's groups is enough.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Who is admitted at all; everybody when empty.
    pub allowed_groups: Vec<String>,
    /// Who reads everybody's rows of the record; nobody when empty.
    pub audit_admins: Vec<String>,
    /// Who sees and ends everybody's sessions; nobody when empty.
    pub session_admins: Vec<String>,
}

impl Policy {
    pub fn admits(&self, person: &Person) -> bool {
        self.allowed_groups.is_empty() || person.is_in_any(&self.allowed_groups)
    }

    pub fn is_audit_admin(&self, person: &Person) -> bool {
        person.is_in_any(&self.audit_admins)
    }

    pub fn is_session_admin(&self, person: &Person) -> bool {
        person.is_in_any(&self.session_admins)
    }

    /// What somebody hears who asks for everybody's sessions and may not.
    pub fn only_session_admins(&self) -> Error {
        let message = "only session administrators see everybody's sessions".to_owned();
        Error::Refused { message, needs: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_admitted_unless_groups_are_named_and_nobody_is_an_administrator_unless_they_are() {
        let ada = Person::new("https://idp", "ada", ["dev".to_owned()]);
        let open = Policy::default();
        assert!(open.admits(&ada) && !open.is_audit_admin(&ada) && !open.is_session_admin(&ada));
        let named = |groups: &[&str]| groups.iter().map(|&group| group.to_owned()).collect::<Vec<_>>();
        let closed = Policy {
            allowed_groups: named(&["ops"]),
            audit_admins: named(&["dev"]),
            session_admins: named(&["ops", "dev"]),
        };
        assert!(!closed.admits(&ada) && closed.is_audit_admin(&ada) && closed.is_session_admin(&ada));
    }
}

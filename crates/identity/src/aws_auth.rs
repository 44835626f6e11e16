//! The ConfigMap `kube-system/aws-auth`: lists that are YAML inside of strings, written by hand.
//!
//! Everything that can be read is kept, and everything that has no effect is a problem with its line; the lines count
//! inside of the string, as its author sees it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::Value;
use serde_saphyr::Spanned;

use crate::arn::{self, PrincipalArn, PrincipalKey, PrincipalKind};

/// ConfigMaps end at one MiB; no list of principals is near it.
const MAX_TEXT: usize = 1 << 20;

/// What `aws-auth` says, as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsAuth {
    /// A ConfigMap that is not there is what a finished migration looks like.
    pub exists: bool,
    /// In the order of the text, roles before users.
    pub entries: Vec<AwsAuthEntry>,
    /// Accounts all of whose principals are let in, under their own ARNs.
    pub accounts: Vec<String>,
    pub problems: Vec<AwsAuthProblem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsAuthEntry {
    pub list: AwsAuthList,
    /// Of the entry in its list, from 1.
    pub line: u64,
    /// As written.
    pub arn: String,
    pub username: Option<String>,
    pub groups: Vec<String>,
    /// Another entry names the same principal and counts instead.
    pub superseded: bool,
    /// EKS never finds a caller under this ARN as it is written.
    pub without_effect: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AwsAuthList {
    Roles,
    Users,
    Accounts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsAuthProblem {
    pub list: AwsAuthList,
    pub line: Option<u64>,
    /// What is wrong, and what it means.
    pub message: String,
    /// The principal that it is about, if one can be read.
    pub arn: Option<String>,
}

impl AwsAuthList {
    pub fn key(self) -> &'static str {
        match self {
            Self::Roles => "mapRoles",
            Self::Users => "mapUsers",
            Self::Accounts => "mapAccounts",
        }
    }

    fn arn_key(self) -> &'static str {
        if self == Self::Roles { "rolearn" } else { "userarn" }
    }
}

impl fmt::Display for AwsAuthProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.list.key())?;
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))?;
        write!(f, ": {}", self.message)
    }
}

impl AwsAuthEntry {
    pub fn key(&self) -> PrincipalKey {
        PrincipalKey::of(&self.arn)
    }

    pub fn is_masters(&self) -> bool {
        self.groups.iter().any(|group| group == "system:masters")
    }

    /// Whether it lets nodes in.
    pub fn is_node(&self) -> bool {
        self.groups.iter().any(|group| group == "system:nodes")
    }
}

impl AwsAuth {
    /// There is no such ConfigMap.
    pub fn absent() -> Self {
        Self::default()
    }

    /// The `data` of the ConfigMap.
    pub fn parse(data: &BTreeMap<String, String>) -> Self {
        let mut auth = Self { exists: true, ..Self::default() };
        for list in [AwsAuthList::Roles, AwsAuthList::Users] {
            for (line, value) in auth.list(list, data) {
                auth.entry(list, line, &value);
            }
        }
        for (line, value) in auth.list(AwsAuthList::Accounts, data) {
            auth.account(line, &value);
        }
        auth.find_repeated();
        auth
    }

    /// The entries that count.
    pub fn counting(&self) -> impl Iterator<Item = &AwsAuthEntry> {
        self.entries.iter().filter(|entry| !entry.superseded)
    }

    fn problem(&mut self, list: AwsAuthList, line: Option<u64>, message: impl Into<String>) {
        self.problems.push(AwsAuthProblem { list, line, message: message.into(), arn: None });
    }

    fn problem_of(&mut self, list: AwsAuthList, line: u64, arn: &str, message: impl Into<String>) {
        let arn = Some(arn.to_owned());
        self.problems.push(AwsAuthProblem { list, line: Some(line), message: message.into(), arn });
    }

    fn list(&mut self, list: AwsAuthList, data: &BTreeMap<String, String>) -> Vec<(u64, Value)> {
        let Some(text) = data.get(list.key()).filter(|text| !text.trim().is_empty()) else { return Vec::new() };
        if text.len() > MAX_TEXT {
            self.problem(list, None, format!("it has {} bytes, more than a ConfigMap may hold", text.len()));
            return Vec::new();
        }
        match serde_saphyr::from_str::<Option<Vec<Spanned<Value>>>>(text) {
            Ok(entries) => entries.into_iter().flatten().map(|one| (one.referenced.line(), one.value)).collect(),
            Err(error) => {
                let line = error.location().map(|location| location.line());
                let what = error.without_snippet().to_string();
                self.problem(list, line, format!("the list cannot be read, so none of it counts: {what}"));
                Vec::new()
            }
        }
    }

    fn entry(&mut self, list: AwsAuthList, line: u64, value: &Value) {
        let Some(fields) = value.as_object() else {
            return self.problem(list, Some(line), format!("{} is no mapping of a principal", shown(value)));
        };
        // EKS reads it with Go's JSON decoder, which does not mind the case of keys.
        let field = |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let Some(arn) = field(list.arn_key()).and_then(Value::as_str).map(str::trim).filter(|arn| !arn.is_empty())
        else {
            let have: Vec<&str> = fields.keys().map(String::as_str).collect();
            let message = format!("the entry has no {}; it has {}", list.arn_key(), have.join(", "));
            return self.problem(list, Some(line), message);
        };
        let problem = without_effect(list, arn);
        let without_effect = problem.is_some();
        if let Some(message) = problem {
            self.problem_of(list, line, arn, message);
        }
        let username = field("username").and_then(text).filter(|name| !name.is_empty());
        if username.is_none() {
            self.problem_of(list, line, arn, "the entry has no username");
        }
        let groups = match field("groups") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(groups)) => groups.iter().filter_map(text).collect(),
            Some(other) => {
                let message = format!("groups is {}, not a list; EKS cannot read the list around it", shown(other));
                self.problem_of(list, line, arn, message);
                text(other).into_iter().collect()
            }
        };
        let arn = arn.to_owned();
        self.entries.push(AwsAuthEntry { list, line, arn, username, groups, superseded: false, without_effect });
    }

    fn account(&mut self, line: u64, value: &Value) {
        let list = AwsAuthList::Accounts;
        let account = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => {
                self.problem(list, Some(line), format!("{number} is a number; write account ids in quotes"));
                format!("{number:0>12}")
            }
            other => return self.problem(list, Some(line), format!("{} is no account id", shown(other))),
        };
        if arn::is_account(&account) {
            self.accounts.push(account);
        } else {
            self.problem(list, Some(line), format!("{account:?} is no account id: those have 12 digits"));
        }
    }

    /// Of two entries for one principal EKS takes the later; one that it never finds stands for no other.
    fn find_repeated(&mut self) {
        let mut seen: HashMap<PrincipalKey, usize> = HashMap::new();
        let mut repeated = Vec::new();
        for index in 0..self.entries.len() {
            let Some(earlier) = seen.insert(self.entries[index].key(), index) else { continue };
            let (first, second) = (self.entries[earlier].without_effect, self.entries[index].without_effect);
            if second && !first {
                seen.insert(self.entries[index].key(), earlier);
                self.entries[index].superseded = true;
            } else {
                self.entries[earlier].superseded = true;
            }
            if !first && !second {
                repeated.push((earlier, index));
            }
        }
        for (earlier, later) in repeated {
            let (first, second) = (&self.entries[earlier], &self.entries[later]);
            let (list, line, arn) = (second.list, second.line, second.arn.clone());
            let place = format!("line {} of {}", first.line, first.list.key());
            self.problem_of(list, line, &arn, format!("{arn} is named on {place} already; only this entry counts"));
        }
    }
}

/// Why EKS never finds a caller under this ARN.
fn without_effect(list: AwsAuthList, arn: &str) -> Option<String> {
    let Some(principal) = PrincipalArn::parse(arn) else {
        return Some(format!("{arn:?} is not the ARN of a role or user, so nobody is let in by it"));
    };
    match (list, principal.kind) {
        (AwsAuthList::Roles, PrincipalKind::Role) if principal.session.is_some() => {
            Some(format!("{arn} is a session; name its role {}", principal.canonical()))
        }
        (AwsAuthList::Roles, PrincipalKind::Role) if principal.path != "/" => {
            Some(format!("{arn} has a path, which EKS does not compare; write {}", principal.canonical()))
        }
        (AwsAuthList::Roles, PrincipalKind::Role) => None,
        (AwsAuthList::Users, PrincipalKind::Role) => Some(format!("{arn} is a role and belongs into mapRoles")),
        (AwsAuthList::Roles, _) => Some(format!("{arn} is not a role and belongs into mapUsers")),
        (AwsAuthList::Users | AwsAuthList::Accounts, _) => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn shown(value: &Value) -> String {
    let whole = value.to_string();
    let cut: String = whole.chars().take(60).collect();
    if cut.len() < whole.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> AwsAuth {
        AwsAuth::parse(&pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect())
    }

    fn problems(auth: &AwsAuth) -> Vec<String> {
        auth.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_eksctl_writes_is_read_without_problems() {
        let auth = parse(&[
            (
                "mapRoles",
                "- groups:\n  - system:bootstrappers\n  - system:nodes\n  rolearn: arn:aws:iam::111122223333:role/nodes\n  \
                 username: system:node:{{EC2PrivateDNSName}}\n- rolearn: arn:aws:iam::111122223333:role/Admin\n  \
                 username: admin:{{SessionName}}\n  groups: [system:masters]\n",
            ),
            ("mapUsers", "[]\n"),
            ("mapAccounts", "- \"999988887777\"\n"),
        ]);
        assert_eq!(problems(&auth), [""; 0]);
        assert_eq!(auth.accounts, ["999988887777"]);
        let lines: Vec<_> =
            auth.entries.iter().map(|entry| (entry.line, entry.is_node(), entry.is_masters())).collect();
        assert_eq!(lines, [(1, true, false), (6, false, true)]);
    }

    #[test]
    fn every_malformed_entry_is_a_problem_with_its_line() {
        let auth = parse(&[
            (
                "mapRoles",
                "- rolearn: arn:aws:iam::111122223333:role/a\n  username: a\n- rolarn: arn:aws:iam::111122223333:role/b\n\
                 - just text\n- rolearn: arn:aws:iam::111122223333:role/team/c\n  username: c\n\
                 - rolearn: arn:aws:sts::111122223333:assumed-role/d/s\n  username: d\n\
                 - rolearn: arn:aws:iam::111122223333:user/e\n  username: e\n- rolearn: nonsense\n  username: f\n\
                 - rolearn: arn:aws:iam::111122223333:role/g\n  groups: system:masters\n",
            ),
            ("mapAccounts", "- 111122223333\n- '12'\n- {}\n"),
        ]);
        let expected = [
            "mapRoles, line 3: the entry has no rolearn; it has rolarn",
            "mapRoles, line 4: \"just text\" is no mapping of a principal",
            "mapRoles, line 5: arn:aws:iam::111122223333:role/team/c has a path, which EKS does not compare; write \
             arn:aws:iam::111122223333:role/c",
            "mapRoles, line 7: arn:aws:sts::111122223333:assumed-role/d/s is a session; name its role \
             arn:aws:iam::111122223333:role/d",
            "mapRoles, line 9: arn:aws:iam::111122223333:user/e is not a role and belongs into mapUsers",
            "mapRoles, line 11: \"nonsense\" is not the ARN of a role or user, so nobody is let in by it",
            "mapRoles, line 13: the entry has no username",
            "mapRoles, line 13: groups is \"system:masters\", not a list; EKS cannot read the list around it",
            "mapAccounts, line 1: 111122223333 is a number; write account ids in quotes",
            "mapAccounts, line 2: \"12\" is no account id: those have 12 digits",
            "mapAccounts, line 3: {} is no account id",
        ];
        assert_eq!(problems(&auth), expected);
        assert!(auth.entries.last().is_some_and(AwsAuthEntry::is_masters), "what it wants to say is not lost");
        assert_eq!(auth.accounts, ["111122223333"]);
    }

    #[test]
    fn a_list_that_is_no_yaml_spoils_only_itself() {
        let auth = parse(&[
            ("mapRoles", "- rolearn: \"arn:aws\n  username: [\n"),
            ("mapUsers", "- userarn: arn:aws:iam::111122223333:user/a\n  username: a\n"),
        ]);
        assert_eq!(auth.entries.len(), 1);
        assert_eq!(auth.problems.len(), 1);
        assert!(problems(&auth)[0].contains("the list cannot be read"), "{:?}", problems(&auth));
    }

    #[test]
    fn of_two_entries_for_one_principal_the_later_counts() {
        let auth = parse(&[(
            "mapRoles",
            "- rolearn: arn:aws:iam::111122223333:role/Ops\n  username: one\n- rolearn: arn:aws:iam::111122223333:role/ops\n  \
             username: two\n",
        )]);
        assert_eq!(auth.counting().filter_map(|entry| entry.username.as_deref()).collect::<Vec<_>>(), ["two"]);
        assert!(problems(&auth)[0].contains("line 1 of mapRoles already"), "{:?}", problems(&auth));
    }

    #[test]
    fn an_entry_that_is_never_found_stands_for_no_other() {
        let admin = "- rolearn: arn:aws:iam::111122223333:role/Admin\n  username: one\n  groups: [system:masters]\n";
        let with_path = "- rolearn: arn:aws:iam::111122223333:role/team/Admin\n  username: two\n  groups: [viewers]\n";
        for text in [format!("{admin}{with_path}"), format!("{with_path}{admin}")] {
            let auth = parse(&[("mapRoles", &text)]);
            let counting: Vec<_> = auth.counting().filter_map(|entry| entry.username.as_deref()).collect();
            assert_eq!(counting, ["one"], "{text}");
            assert_eq!(auth.problems.len(), 1, "{:?}", problems(&auth));
        }
        let alone = parse(&[("mapRoles", with_path)]);
        assert!(alone.counting().all(|entry| entry.without_effect), "{alone:?}");
    }

    #[test]
    fn an_absent_config_map_is_healthy() {
        assert_eq!(AwsAuth::absent(), AwsAuth::default());
        assert!(parse(&[]).exists && parse(&[("mapRoles", " \n")]).problems.is_empty());
    }

    proptest! {
        #[test]
        fn no_text_is_lost_silently(text in ".{0,200}") {
            let auth = parse(&[("mapRoles", &text)]);
            let items = serde_saphyr::from_str::<Option<Vec<Value>>>(&text).map_or(1, |list| list.unwrap_or_default().len());
            prop_assert!(text.trim().is_empty() || auth.entries.len() + auth.problems.len() >= items);
        }
    }
}

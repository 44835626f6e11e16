//! The few parts of ARNs that reading needs.

use crate::Partition;

/// The twelve digits, where there are any.
pub(crate) fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| is_account(account))
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

pub(crate) fn partition(arn: &str) -> Option<Partition> {
    Partition::named(arn.split(':').nth(1)?)
}

/// What comes after the account.
pub(crate) fn resource(arn: &str) -> Option<&str> {
    arn.splitn(6, ':').nth(5)
}

/// `prod` of `arn:aws:eks:eu-west-1:111122223333:cluster/prod`.
pub(crate) fn eks_cluster_name(arn: &str) -> Option<&str> {
    resource(arn)?.strip_prefix("cluster/").filter(|name| !name.is_empty())
}

/// The last part of the path: what IAM's calls take.
pub(crate) fn name(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// The role behind a session: `arn:aws:sts::1:assumed-role/periscope/i` is `arn:aws:iam::1:role/periscope`. Its path is lost.
pub(crate) fn role_of_session(arn: &str) -> Option<String> {
    let rest = resource(arn)?.strip_prefix("assumed-role/")?;
    let role = rest.split('/').next().filter(|role| !role.is_empty())?;
    Some(format!("arn:{}:iam::{}:role/{role}", arn.split(':').nth(1)?, account(arn)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_arns() {
        let arn = "arn:aws-cn:iam::111122223333:role/team/payments";
        assert_eq!((account(arn), name(arn)), (Some("111122223333"), "payments"));
        assert_eq!(partition(arn), Some(Partition::China));
        let session = "arn:aws-us-gov:sts::111122223333:assumed-role/periscope/pod";
        assert_eq!(role_of_session(session).as_deref(), Some("arn:aws-us-gov:iam::111122223333:role/periscope"));
        for none in
            ["", "nonsense", "arn:aws:iam::1:role/x", "arn:aws:iam::aws:policy/X", "arn:aws:iam::é11122223333:x"]
        {
            assert_eq!((account(none), role_of_session(none)), (None, None), "{none}");
        }
    }
}

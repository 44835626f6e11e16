//! ARNs: six segments, of which the last one holds all further colons.

/// `arn`, partition, service, region, account, resource; empty ones included. `None` with fewer than six.
pub(crate) fn segments(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let found = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    Some(found)
}

/// The account that an ARN names: twelve digits. `aws`, as in AWS' own policies, is nobody's.
pub fn account(arn: &str) -> Option<&str> {
    segments(arn).map(|parts| parts[4]).filter(|account| is_account(account))
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

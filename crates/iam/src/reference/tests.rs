use super::*;

fn names(found: &[KnownAction<'_>]) -> Vec<String> {
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn every_action_is_found_by_its_name_in_any_case() {
    let all = reference();
    assert!(all.len() > 22_000, "{} actions", all.len());
    for action in all.actions() {
        let name = action.to_string();
        assert_eq!(all.find(&name).map(|found| found.id), Some(action.id), "{name}");
        assert_eq!(all.find(&name.to_uppercase()).map(|found| found.id), Some(action.id), "{name}");
        // Reaching all there is of it stays within the table.
        assert!(action.resource_types().all(|one| one.arn().starts_with("arn:")), "{name}");
        assert!(action.condition_keys().all(|key| !key.is_empty()), "{name}");
    }
}

#[test]
fn an_action_is_described() {
    let action = reference().find("S3:getobject").unwrap();
    assert_eq!(action.to_string(), "s3:GetObject");
    assert_eq!(action.service().name(), "Amazon S3");
    assert_eq!(action.access_level(), AccessLevel::Read);
    assert!(action.service().has_resource_control());
    assert!(action.condition_keys().any(|key| key == "s3:ExistingObjectTag/<key>"));
    let object = action.resource_types().find(|one| one.name == "object").unwrap();
    assert!(!object.required);
    assert_eq!(object.arn(), "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    assert_eq!(object.pattern(), "arn:*:s3:::*/*");
    let key = reference().find("kms:Decrypt").unwrap().resource_types().next().unwrap();
    assert!(key.required);
    assert_eq!(key.arn(), "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}");
}

#[test]
fn figures_are_those_of_the_facts() {
    let all = reference();
    assert_eq!(all.services().count(), 456);
    assert_eq!(all.actions().filter(|action| action.is_wildcard_only()).count(), 6_724);
    let bound: Vec<_> = all.services().filter(|service| service.has_resource_control()).collect();
    assert!(bound.len() >= 61, "{bound:?}");
    assert!(
        all.has_resource_control("STS") && !all.has_resource_control("iam") && !all.has_resource_control("nothing")
    );
}

#[test]
fn what_does_not_exist_is_not_found() {
    for name in ["", "s3", "s3:", ":GetObject", "s3:GetObjects", "s4:GetObject", "s3:GetObject:x", "s3:*"] {
        assert!(reference().find(name).is_none(), "{name}");
    }
}

#[test]
fn completing_puts_the_nearest_first() {
    let complete = |typed, limit| names(&reference().complete(typed, limit));
    assert_eq!(complete("s3:GetObj", 3), ["s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectAnnotation"]);
    assert_eq!(complete("sts:assume", 9).len(), 4);
    assert_eq!(complete("IAM:PassR", 9), ["iam:PassRole"]);
    // The service before services that only begin so.
    assert!(complete("s3", 40).iter().all(|name| name.starts_with("s3:")));
    // No service is called so: names that begin with it, the shortest first.
    assert_eq!(complete("getsecretval", 1), ["secretsmanager:GetSecretValue"]);
    // Within a name, after those that begin with it.
    assert_eq!(complete("iam:role", 2), ["iam:GetRole", "iam:TagRole"]);
    assert!(complete("", 5).len() == 5 && complete("zzzz", 5).is_empty() && complete("s3:", 0).is_empty());
}

#[test]
fn the_notice_names_source_date_and_terms() {
    let all = reference();
    assert!(all.license().contains("Permission is hereby granted"));
    assert!(all.notice().contains(all.date()) && all.notice().contains("Copyright (c)"), "{}", all.notice());
    assert_eq!((all.date().len(), all.version()), (10, "1"));
}

#[test]
fn a_broken_table_is_refused() {
    for text in
        ["", "x", "@1", "@1\td\ts\nQ", "@1\td\ts\nR0Get", "@1\td\ts\nS+s3\tS\nR9Get", "@1\td\ts\nS+s3\tS\nR0Get\t!"]
    {
        assert!(decode::decode(text).is_none(), "{text:?}");
    }
}

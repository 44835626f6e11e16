//! Where mutation starts from.

pub(crate) const DOCUMENTS: &[&str] = &[
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/${aws:username}/*"],"Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","::/0"]},"Bool":{"aws:MultiFactorAuthPresent":true}}}]}"#,
    r#"{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3*","Condition":{"ForAllValues:StringNotLikeIfExists":{"aws:TagKeys":["a*","${aws:PrincipalTag/t, 'd'}"]},"Null":{"aws:TokenIssueTime":"true"}}}}"#,
    r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:role/a/b"],"Service":"ec2.amazonaws.com"},"Action":"*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10.5},"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00+02:00"},"ArnLike":{"aws:SourceArn":"arn:*:s3:*:*:b?"},"BinaryEquals":{"k":"QUJD"}}},{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"s3:*","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"x:sub":"system:serviceaccount:a:b"}}}}"#,
    "%7B%22Statement%22%3A%5B%5D%7D",
];

pub(crate) const LINES: &[&str] = &[
    r#"{"id":1,"request":{"principal":"arn:aws:iam::111122223333:role/r","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","account":"111122223333","context":{"aws:SourceIp":"10.0.0.1","aws:TagKeys":["a","b"],"s3:max-keys":5,"x":null}},"identity":[{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}],"resource":null,"boundary":[],"session":null,"scps":[[{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}]],"rcps":null,"vpce":null}"#,
    r#"{"id":"two","request":{"principal":null,"action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/r","contextComplete":false},"identity":"p","resource":{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*"}},"facts":{"managementAccount":"111122223333","resourceUnseen":true}}"#,
    r#"{"def":"p","kind":"identity","policy":{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Odd":{"a":"b"}}}}}"#,
];

pub(crate) const ARNS: &[&str] = &[
    "*",
    "arn:aws:s3:::bucket/key",
    "arn:aws:iam::111122223333:role/path/name",
    "arn:aws:sts::111122223333:assumed-role/name/session",
    "arn:aws:iam::111122223333:root",
    "arn:aws-cn:kms:cn-north-1:111122223333:key/1",
    "arn:aws:logs:eu-west-1:111122223333:log-group:/a:b:*",
    "pods.eks.amazonaws.com",
];

pub(crate) const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericLessThan",
    "DateEquals",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnLike",
    "ArnNotEquals",
    "Null",
];

pub(crate) const VALUES: &[&str] = &[
    "a*b?c",
    "1",
    "-1.50",
    "1e3",
    "1585699200",
    "2020-04-01T00:00:00.5+01:30",
    "2020-02-30",
    "10.0.0.1",
    "10.0.0.0/8",
    "2001:db8::/32",
    "::1",
    "true",
    "FALSE",
    "QUJD",
    "arn:aws:s3:::b/*",
    "${aws:username}",
    "${x, 'y'}",
    "${*}",
    "",
    "é😀",
];

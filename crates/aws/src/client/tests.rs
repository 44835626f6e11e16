use super::*;

#[test]
fn inputs_stand_in_the_path_or_behind_it() {
    let inputs = [("clusterName", "prod"), ("principalArn", "arn:aws:iam::1:role/a/b"), ("nextToken", "a b/+=")];
    let inputs = inputs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let template = Operation::DescribeAccessEntry.spec().path;
    assert_eq!(
        rest_path(template, &inputs).expect("a path"),
        "/clusters/prod/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Fb?nextToken=a%20b%2F%2B%3D"
    );
    assert!(rest_path(template, &inputs[..1]).expect_err("incomplete").contains("is missing"));
    let wrong = [("name".to_owned(), "..".to_owned())];
    assert!(rest_path("/clusters/{name}", &wrong).is_err());
}

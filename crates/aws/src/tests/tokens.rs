use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use periscope_model::ManualClock;
use serde_json::json;

use super::fake::{Fake, Reply};
use super::model::Model;
use super::{CLUSTER_ARN, NOW, cluster, options, start};
use crate::client::{Place, endpoint};
use crate::operations::Service;
use crate::{Aws, AwsOptions, CredentialSource, Endpoints, Keys, Partition, Scope};

#[tokio::test]
async fn a_token_is_a_presigned_question_who_we_are() {
    let fake = Fake::start().await;
    let token = start(&fake).eks_access(&cluster()).expect("a cluster").token().await.expect("a token");
    assert!(!token.value.contains('='), "the authenticator takes no padding");
    let address = address(&token.value);
    let begin = format!(
        "{}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=ASIAPERI111122223333%2F20261126%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20261126T120000Z\
         &X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=",
        fake.url()
    );
    assert!(address.starts_with(&begin), "{address}\n{begin}");
    assert_eq!(address.len() - begin.len(), 64);
    let now: jiff::Timestamp = NOW.parse().expect("a time");
    assert_eq!(token.good_for, Duration::from_mins(14));
    assert_eq!(fake.asked().len(), 0, "signing asks nobody");
    // The signature is that of this address and this cluster.
    let keys = Keys::placeholder("111122223333");
    let identity = Credentials::new(keys.access_key_id, keys.secret_access_key, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(std::time::Duration::from_mins(1));
    let parameters = v4::SigningParams::builder().identity(&identity).region("eu-west-1").name("sts").time(now.into());
    let parameters = parameters.settings(settings).build().expect("parameters").into();
    let bare = format!("{}/?Action=GetCallerIdentity&Version=2011-06-15", fake.url());
    let host = fake.address.to_string();
    let headers = [("host", host.as_str()), ("x-k8s-aws-id", "prod")];
    let request = SignableRequest::new("GET", bare, headers.into_iter(), SignableBody::Bytes(&[])).expect("a request");
    let signature = sign(request, &parameters).expect("signed").into_parts().1;
    assert!(address.ends_with(&signature), "{address} {signature}");
}

#[tokio::test]
async fn address_and_trust_come_from_eks_each_time() {
    let fake = Fake::start().await;
    let mut asked = 0;
    fake.on("DescribeCluster", move |_| {
        asked += 1;
        Reply::Answer(
            json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod", "endpoint": format!("https://{asked}.example"),
            "certificateAuthority": {"data": "UEVN"}}}),
        )
    });
    let access = start(&fake).eks_access(&cluster()).expect("a cluster");
    for expected in ["https://1.example", "https://2.example"] {
        let endpoint = access.endpoint().await.expect("an endpoint");
        assert_eq!((endpoint.server.as_str(), endpoint.certificate_authority.as_str()), (expected, "PEM"));
    }
    fake.answers("DescribeCluster", json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod", "status": "CREATING"}}));
    let text = access.endpoint().await.expect_err("not there yet");
    assert_eq!(text, format!("{CLUSTER_ARN} has no endpoint; EKS says it is CREATING"));
    fake.always("DescribeCluster", Reply::denied("User: arn:aws:sts::111122223333:assumed-role/p/x is not authorized to perform: eks:DescribeCluster on resource: x"));
    let text = access.endpoint().await.expect_err("refused");
    assert!(
        text.starts_with(&format!(
            "refused: eks:DescribeCluster on {CLUSTER_ARN} for arn:aws:iam::111122223333:role/p is missing"
        )),
        "{text}"
    );
}

#[tokio::test]
async fn other_partitions_are_signed_for_in_their_own_regions() {
    let fake = Fake::start().await;
    for (partition, region, iam) in [
        ("aws-cn", "cn-northwest-1", "cn-north-1"),
        ("aws-us-gov", "us-gov-east-1", "us-gov-west-1"),
        ("aws-iso-e", "eu-isoe-west-1", "eu-isoe-west-1"),
    ] {
        let arn = format!("arn:{partition}:eks:{region}:111122223333:cluster/prod");
        fake.answers("DescribeCluster", json!({"cluster": {"arn": arn, "name": "prod"}}));
        fake.answers("ListOpenIDConnectProviders", json!({"OpenIDConnectProviderList": []}));
        let mut options =
            AwsOptions { clock: Arc::new(ManualClock::at(NOW.parse().expect("a time"))), ..options(&fake) };
        (options.clusters[0].arn, options.clusters[0].region) = (arn, region.to_owned());
        let aws = Aws::start(options);
        aws.refresh(Scope::Cluster(cluster())).await;
        let last = |operation: &str| fake.asked_of(operation).pop().expect("asked").region;
        assert_eq!((last("DescribeCluster"), last("ListOpenIDConnectProviders")), (region.to_owned(), iam.to_owned()));
        assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps, []);
    }
}

fn address(token: &str) -> String {
    let encoded = token.strip_prefix("k8s-aws-v1.").expect("a prefix");
    String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).expect("base64")).expect("text")
}

#[tokio::test]
async fn a_token_is_for_awss_own_address_by_whichever_way_it_is_reached() {
    let fake = Fake::start().await;
    let mut options = options(&fake);
    options.endpoints = Endpoints { sts: Some("https://vpce-1.sts.corp".into()), ..Endpoints::default() };
    options.credentials = CredentialSource::PlaceholderPerAccount;
    let token = Aws::start(options).eks_access(&cluster()).expect("a cluster").token().await.expect("a token");
    let address = address(&token.value);
    assert!(address.starts_with("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&"), "{address}");
}

#[tokio::test]
async fn a_token_lasts_as_long_as_its_keys_whatever_this_clock_says() {
    // Two hours behind AWS, and two ahead.
    for ours in ["2026-11-26T10:00:00Z", "2026-11-26T14:00:00Z"] {
        let fake = Fake::start().await;
        fake.answers("AssumeRole", json!({"Credentials": {"AccessKeyId": "ASIAREADER", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-26T12:10:00Z"}}));
        fake.on("DescribeCluster", |asked| {
            let signed = asked.headers.get("x-amz-date").and_then(|date| date.to_str().ok()).unwrap_or_default();
            if !signed.starts_with("20261126T12") {
                return Reply::Skewed("Thu, 26 Nov 2026 12:00:00 GMT");
            }
            Reply::Answer(json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod"}}))
        });
        let clock = Arc::new(ManualClock::at(ours.parse().expect("a time")));
        let mut options = AwsOptions { clock, ..options(&fake) };
        let role_arn = "arn:aws:iam::111122223333:role/reader".into();
        options.clusters[0].assume_role = Some(crate::RoleToAssume { role_arn, external_id: None });
        let aws = Aws::start(options);
        aws.refresh(Scope::Cluster(cluster())).await;
        assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps, [], "{ours}");
        let token = aws.eks_access(&cluster()).expect("a cluster").token().await.expect("a token");
        assert_eq!(token.good_for, Duration::from_mins(10), "{ours}: the keys end before the token would");
        assert!(address(&token.value).contains("X-Amz-Date=20261126T120000Z"), "{ours}");
    }
}

#[test]
fn services_are_where_botocore_finds_them_in_every_region_of_every_partition() {
    for service in Service::ALL {
        let model = Model::of(service);
        let mut partitions = Vec::new();
        for (partition, regions) in model.endpoints() {
            let partition = Partition::named(partition).unwrap_or_else(|| panic!("{partition} is not known"));
            partitions.push(partition);
            for (region, place) in regions.as_object().expect("regions") {
                assert_eq!(Partition::of_region(region), partition, "{region}");
                let text = |at: usize| place[at].as_str().expect("text").to_owned();
                let told = Place { address: text(0), region: text(1) };
                assert_eq!(
                    endpoint(&Endpoints::default(), service, partition, region),
                    told,
                    "{service:?} in {region}"
                );
            }
        }
        partitions.sort();
        assert_eq!(partitions, Partition::ALL, "{service:?}");
    }
}

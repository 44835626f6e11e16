use periscope_testing::idp::Signed;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Bed, START};

fn claims(bed: &Bed) -> Value {
    json!({
        "iss": bed.idp.issuer(), "aud": "periscope-api", "sub": "robot", "email": "robot@corp", "groups": ["ci"],
        "iat": START, "exp": START + 600,
    })
}

fn token(bed: &Bed, over: &Value) -> String {
    let mut claims = claims(bed);
    for (name, value) in over.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    bed.idp.token("at+jwt", &claims)
}

#[tokio::test]
async fn a_script_is_who_the_provider_says() {
    let bed = Bed::new().await;
    for kind in ["at+jwt", "JWT"] {
        let token = bed.idp.token(kind, &claims(&bed));
        let bearer = bed.auth.bearer(&token).await.expect("is let in");
        assert_eq!(
            (bearer.person.user.as_str(), bearer.person.groups.as_slice()),
            ("robot@corp", &["ci".to_owned()][..])
        );
        assert_eq!(bearer.expires_at.as_second(), START + 600);
        let meanwhile = bed.auth.bearer(&token).await.expect("is let in");
        assert!(bearer.first && meanwhile.first, "nobody comes in beside the record's first row");
        bed.auth.keep_bearer(bearer);
        assert!(!bed.auth.bearer(&token).await.expect("is let in").first);
    }
}

#[tokio::test]
async fn tokens_for_others_are_refused() {
    let bed = Bed::new().await;
    for wrong in [
        json!({"aud": "periscope"}),
        json!({"aud": ["a", "b"]}),
        json!({"aud": null}),
        json!({"iss": "https://elsewhere.example"}),
        json!({"exp": START - 60}),
        json!({"nbf": START + 61}),
        json!({"iat": START + 61}),
        json!({"sub": ""}),
        json!({"email": "system:admin"}),
        json!({"email": null}),
    ] {
        let refused = bed.auth.bearer(&token(&bed, &wrong)).await;
        assert!(refused.is_err(), "{wrong}: {refused:?}");
    }
    assert!(bed.auth.bearer(&token(&bed, &json!({"aud": ["a", "periscope-api"]}))).await.is_ok());
    for text in ["", "x", "a.b.c", "a.b", &"x".repeat(20_000)] {
        assert!(bed.auth.bearer(text).await.is_err());
    }
    for signed in [Signed::Not, Signed::Hs256WithPublicKey, Signed::ByAnother] {
        bed.idp.switch(|switches| switches.signed = signed);
        assert!(bed.auth.bearer(&bed.idp.token("JWT", &claims(&bed))).await.is_err(), "{signed:?}");
    }
    bed.idp.switch(|switches| switches.signed = Signed::Es256);
    assert!(bed.auth.bearer(&bed.idp.token("logout+jwt", &claims(&bed))).await.is_err());
}

#[tokio::test]
async fn a_token_without_groups_is_a_mistake_of_the_provider() {
    let bed = Bed::new().await;
    let mut without = claims(&bed);
    without.as_object_mut().expect("an object").remove("groups");
    let refused = bed.auth.bearer(&bed.idp.token("at+jwt", &without)).await;
    assert!(matches!(refused, Err(BearerError::Claims(ClaimsError::GroupsMissing(_)))), "{refused:?}");
    assert!(bed.auth.bearer(&token(&bed, &json!({"groups": []}))).await.is_ok());
}

#[tokio::test]
async fn a_token_ends_when_it_says_also_while_it_is_believed() {
    let bed = Bed::new().await;
    let short = token(&bed, &json!({"exp": START + 100}));
    bed.auth.keep_bearer(bed.auth.bearer(&short).await.expect("is let in"));
    bed.clock.advance_seconds(160);
    assert!(bed.auth.bearer(&short).await.is_err());
}

#[tokio::test]
async fn a_provider_that_is_away_does_not_matter_to_known_keys() {
    let bed = Bed::new().await;
    bed.auth.bearer(&token(&bed, &json!({}))).await.expect("is let in");
    bed.idp.switch(|switches| switches.down = true);
    let another = token(&bed, &json!({"sub": "another"}));
    bed.auth.bearer(&another).await.expect("is let in");
    assert_eq!(bed.idp.asked().keys, 1);
}

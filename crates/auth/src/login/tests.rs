use periscope_testing::idp::{ClaimsIn, Signed, Switches};
use serde_json::{Value, json};

use super::*;
use crate::Database;
use crate::testing::{Bed, back, idp, installation, provider};

/// How a login ends with this wrong at the provider.
async fn with(change: impl FnOnce(&mut Switches)) -> Result<Arrival, LoginFailure> {
    let bed = Bed::new().await;
    bed.idp.switch(change);
    bed.sign_in().await
}

fn problem(ended: Result<Arrival, LoginFailure>) -> LoginProblem {
    ended.expect_err("nobody is let in").problem
}

async fn with_claims(claims: Value) -> Result<Arrival, LoginFailure> {
    with(|switches| switches.id_token = claims.as_object().expect("an object").clone()).await
}

#[tokio::test]
async fn somebody_comes_in() {
    let bed = Bed::new().await;
    let begun = bed.begin().await;
    let asked: std::collections::HashMap<_, _> = begun.location.query_pairs().into_owned().collect();
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["scope"], "openid email");
    assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8080/api/auth/callback/corp");
    assert!(asked["state"].len() >= 22 && asked["nonce"].len() >= 22, "at least 128 bits each");
    assert!(!asked.contains_key("prompt"));
    assert!(!begun.sealed.contains(&asked["state"]) && begun.key == asked_key(&asked["state"]));
    let back = bed.back(&begun).await;
    let arrival = bed.auth.finish_login(back.to("corp"), Some(&begun.sealed)).await.expect("comes in");
    assert_eq!((arrival.person.user.as_str(), arrival.person.subject.as_str()), ("ada@corp", "1"));
    assert_eq!(arrival.person.issuer.trim_end_matches('/'), bed.idp.issuer());
    assert_eq!(arrival.person.groups, ["dev"]);
    assert_eq!((arrival.return_to.as_str(), arrival.provider.as_str()), ("/c/prod/pods", "corp"));
    assert!(arrival.refresh_token.is_some());
}

fn asked_key(state: &str) -> String {
    Callback { state: Some(state), ..Callback::default() }.key().expect("a key")
}

#[tokio::test]
async fn after_signing_out_the_provider_must_ask() {
    let bed = Bed::new().await;
    let begun = bed.auth.begin_login("corp", "/", true).await.expect("the provider").expect("begins");
    assert!(begun.location.query_pairs().any(|pair| pair == ("prompt".into(), "login".into())));
}

#[tokio::test]
async fn a_callback_counts_once_in_its_browser_for_its_provider_and_for_ten_minutes() {
    let bed = Bed::new().await;
    let (mine, other) = (bed.begin().await, bed.begin().await);
    let came = bed.back(&mine).await;
    let finish =
        async |provider: &str, sealed: Option<&str>| problem(bed.auth.finish_login(came.to(provider), sealed).await);
    // Of another browser, of none, of one that made it up.
    assert_eq!(finish("corp", Some(&other.sealed)).await, LoginProblem::Expired);
    assert_eq!(finish("corp", None).await, LoginProblem::Expired);
    assert_eq!(finish("corp", Some("made-up")).await, LoginProblem::Expired);
    assert_eq!(finish("nobody", Some(&mine.sealed)).await, LoginProblem::Expired);
    assert_eq!(bed.idp.asked().codes, 0, "nothing was sent to the provider");
    bed.auth.finish_login(came.to("corp"), Some(&mine.sealed)).await.expect("comes in");
    assert_eq!(finish("corp", Some(&mine.sealed)).await, LoginProblem::Expired);
    let elsewhere = bed.replica().await;
    let replayed = elsewhere.finish_login(came.to("corp"), Some(&mine.sealed)).await;
    assert_eq!(problem(replayed), LoginProblem::Expired, "on another replica too");
    assert_eq!(bed.idp.asked().codes, 1);

    let late = bed.begin().await;
    let came = bed.back(&late).await;
    bed.clock.advance_seconds(600);
    assert_eq!(problem(bed.auth.finish_login(came.to("corp"), Some(&late.sealed)).await), LoginProblem::Expired);
}

#[tokio::test]
async fn another_replica_finishes_what_this_one_began() {
    let bed = Bed::new().await;
    let begun = bed.begin().await;
    let came = bed.back(&begun).await;
    let elsewhere = bed.replica().await;
    elsewhere.finish_login(came.to("corp"), Some(&begun.sealed)).await.expect("comes in");
}

#[tokio::test]
async fn two_providers_are_not_mixed_up() {
    let bed = Bed::new().await;
    let evil = idp(&bed.clock).await;
    let both = vec![provider("corp", &bed.idp), provider("evil", &evil)];
    let auth = installation(both, bed.clock.clone(), Database::Folder(bed.folder.path().to_owned())).await;
    let at = async |id: &str| auth.begin_login(id, "/", false).await.expect("the provider").expect("begins");
    // The honest provider's code, brought to the other one's callback, would be handed to it.
    let begun = at("corp").await;
    let came = back(&begun).await;
    assert_eq!(problem(auth.finish_login(came.to("evil"), Some(&begun.sealed)).await), LoginProblem::Expired);
    assert_eq!(evil.asked().codes, 0);
    // The other one answers in the honest one's name, or under none although it said it would.
    evil.switch(|switches| switches.names_itself = Some(bed.idp.issuer()));
    let begun = at("evil").await;
    let came = back(&begun).await;
    assert_eq!(problem(auth.finish_login(came.to("evil"), Some(&begun.sealed)).await), LoginProblem::TokenInvalid);
    let begun = at("evil").await;
    let came = crate::testing::Back { issuer: None, ..back(&begun).await };
    assert_eq!(problem(auth.finish_login(came.to("evil"), Some(&begun.sealed)).await), LoginProblem::TokenInvalid);
    assert_eq!(evil.asked().codes, 0);
    // Its tokens in the honest one's name are nobody's.
    let honest = json!(bed.idp.issuer()).clone();
    evil.switch(|switches| {
        switches.names_itself = None;
        switches.id_token = json!({"iss": honest}).as_object().expect("an object").clone();
    });
    let begun = at("evil").await;
    let came = back(&begun).await;
    assert_eq!(problem(auth.finish_login(came.to("evil"), Some(&begun.sealed)).await), LoginProblem::TokenInvalid);
}

#[tokio::test]
async fn tokens_must_be_signed_by_a_published_key() {
    for signed in [Signed::Not, Signed::Hs256WithPublicKey, Signed::ByAnother] {
        let ended = with(|switches| switches.signed = signed).await;
        assert_eq!(problem(ended), LoginProblem::TokenInvalid, "{signed:?}");
    }
}

#[tokio::test]
async fn tokens_must_be_for_us_of_this_login_and_of_now() {
    let now = crate::testing::START;
    for wrong in [
        json!({"aud": "another"}),
        json!({"aud": null}),
        json!({"aud": ["periscope", "another"]}),
        json!({"aud": ["periscope", "another"], "azp": "another"}),
        json!({"azp": "another"}),
        json!({"iss": "https://elsewhere.example"}),
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"exp": now - 60}),
        json!({"exp": null}),
        json!({"exp": "2033-05-18T03:33:20Z"}),
        json!({"exp": (now + 300).to_string()}),
        json!({"iat": now + 61}),
        json!({"iat": null}),
        json!({"nbf": now + 61}),
        json!({"nbf": "soon"}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    ] {
        let ended = with_claims(wrong.clone()).await;
        let problem = problem(ended);
        let known = [LoginProblem::TokenInvalid, LoginProblem::IdentityInvalid];
        assert!(known.contains(&problem), "{wrong}: {problem:?}");
    }
    for fine in [
        json!({"aud": ["periscope"]}),
        json!({"aud": ["periscope", "another"], "azp": "periscope"}),
        json!({"exp": now - 59}),
        json!({"iat": now + 60, "nbf": now + 60}),
        json!({"iat": f64::from(i32::try_from(now).expect("fits")) + 0.5}),
        json!({"at_hash": null}),
        json!({"updated_at": "2024-01-01T00:00:00Z", "email_verified": "true"}),
    ] {
        let ended = with_claims(fine.clone()).await;
        assert!(ended.is_ok(), "{fine}: {ended:?}");
    }
}

#[tokio::test]
async fn a_clock_may_be_off_by_a_minute() {
    for (ahead, fine) in [(-30, true), (30, true), (60, true), (-400, false), (600, false)] {
        let ended = with(|switches| switches.clock_ahead = ahead).await;
        assert_eq!(ended.is_ok(), fine, "{ahead}: {ended:?}");
    }
}

#[tokio::test]
async fn groups_come_from_any_of_three_places_and_nowhere_is_a_mistake_of_the_provider() {
    for place in [ClaimsIn::IdToken, ClaimsIn::AccessToken, ClaimsIn::Userinfo] {
        let arrival = with(|switches| switches.claims_in = place).await.expect("comes in");
        assert_eq!(
            (arrival.person.groups.as_slice(), arrival.person.user.as_str()),
            (&["dev".to_owned()][..], "ada@corp")
        );
    }
    let missing = with_claims(json!({"groups": null})).await.expect_err("nobody is let in");
    assert_eq!(missing.problem, LoginProblem::GroupsClaimMissing);
    assert_eq!(missing.who.as_ref().map(|(_, subject)| subject.as_str()), Some("1"), "the record says who it was");
    assert_eq!(
        problem(with(|switches| switches.claims_in = ClaimsIn::Nowhere).await),
        LoginProblem::GroupsClaimMissing
    );
    assert!(with_claims(json!({"groups": []})).await.expect("empty is fine").person.groups.is_empty());
    let other = with(|switches| {
        switches.claims_in = ClaimsIn::Userinfo;
        switches.userinfo = json!({"sub": "2"}).as_object().expect("an object").clone();
    });
    assert_eq!(problem(other.await), LoginProblem::TokenInvalid, "somebody else's userinfo");
}

#[tokio::test]
async fn signed_userinfo_is_verified_and_not_taken_for_none() {
    // What is signed as is asked for comes in in the end-to-end suite: this provider has no RSA key.
    let refused = with(|switches| {
        switches.claims_in = ClaimsIn::Userinfo;
        switches.signed_userinfo = true;
    });
    let refused = refused.await.expect_err("signed with another algorithm");
    assert_eq!(refused.problem, LoginProblem::TokenInvalid);
    assert!(refused.reason.contains("userinfo"), "{refused}");
}

#[tokio::test]
async fn nobody_is_kubernetes() {
    assert_eq!(problem(with_claims(json!({"email": "system:admin"})).await), LoginProblem::IdentityReserved);
    let arrival = with_claims(json!({"groups": ["dev", "System:Masters"]})).await.expect("comes in");
    assert_eq!(arrival.person.groups, ["dev"]);
    assert_eq!(problem(with_claims(json!({"email_verified": false})).await), LoginProblem::IdentityInvalid);
}

#[tokio::test]
async fn keys_that_change_are_found_without_asking_all_the_time() {
    let bed = Bed::new().await;
    bed.sign_in().await.expect("comes in");
    bed.idp.rotate_key();
    assert_eq!(problem(bed.sign_in().await), LoginProblem::TokenInvalid, "asked just now");
    assert_eq!(bed.idp.asked().keys, 1);
    bed.clock.advance_seconds(10);
    bed.sign_in().await.expect("the new key is known");
    assert_eq!(bed.idp.asked().keys, 2);
    bed.sign_in().await.expect("comes in");
    bed.idp.switch(|switches| switches.signed = Signed::ByAnother);
    for _ in 0..5 {
        bed.sign_in().await.expect_err("nobody is let in");
    }
    assert!(bed.idp.asked().keys <= 3, "{:?}", bed.idp.asked());
    assert_eq!(bed.idp.asked().discovery, 1);
}

#[tokio::test]
async fn a_provider_that_misbehaves_harms_nobody_else() {
    assert_eq!(
        problem(with(|switches| switches.error = Some("access_denied".into())).await),
        LoginProblem::ProviderRefused
    );
    assert_eq!(problem(with(|switches| switches.refuses_client = true).await), LoginProblem::ProviderRefused);
    assert_eq!(problem(with(|switches| switches.redirects = true).await), LoginProblem::ProviderUnreachable);
    assert_eq!(problem(with(|switches| switches.huge = true).await), LoginProblem::ProviderUnreachable);
    let away: [fn(&mut Switches); 2] =
        [|switches| switches.down = true, |switches| switches.other_issuer = Some("https://x.example".into())];
    for change in away {
        let bed = Bed::new().await;
        bed.idp.switch(change);
        let begun = bed.auth.begin_login("corp", "/", false).await.expect("the provider");
        assert_eq!(begun.expect_err("no way there").problem, LoginProblem::ProviderUnreachable);
    }
}

#[tokio::test]
async fn the_words_of_a_provider_stay_outside() {
    for error in ["access_denied", "<b>boo</b>", "a\nb"] {
        let failure = with(|switches| switches.error = Some(error.into())).await.expect_err("refused");
        assert!(!failure.to_string().contains(['<', '\n']), "{failure}");
        assert_eq!(failure.to_string().contains("access_denied"), error == "access_denied");
    }
}

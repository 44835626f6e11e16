//! The same promises on SQLite and on PostgreSQL.

use periscope_model::ManualClock;
use periscope_testing::Postgres;
use periscope_testing::idp::{ClaimsIn, Idp, Switches};
use serde_json::json;

use super::*;
use crate::testing::{back, clock, idp, installation, limits, provider};
use crate::{Auth, Database};

/// Two replicas over one database.
struct Bed {
    idp: Idp,
    clock: Arc<ManualClock>,
    here: Auth,
    there: Auth,
}

impl Bed {
    async fn over(database: Database) -> Self {
        let clock = clock();
        let idp = idp(&clock).await;
        let here = installation(vec![provider("corp", &idp)], clock.clone(), database.clone()).await;
        let there = installation(vec![provider("corp", &idp)], clock.clone(), database).await;
        Self { idp, clock, here, there }
    }

    /// Somebody signs in.
    async fn enter(&self, subject: &str) -> (SessionSecret, Arc<Session>) {
        self.idp.person(&json!({"sub": subject, "email": format!("{subject}@corp"), "groups": ["dev", "ops"]}));
        let begun = self.here.begin_login("corp", "/", false).await.expect("the provider").expect("begins");
        let back = back(&begun).await;
        let arrival = self.here.finish_login(back.to("corp"), Some(&begun.sealed)).await.expect("comes in");
        let new = NewSession {
            person: arrival.person,
            provider: arrival.provider,
            refresh_token: arrival.refresh_token,
            address: Some("10.0.0.1".into()),
            user_agent: Some("x".repeat(1000)),
        };
        self.here.sessions.open(new).await.expect("opens")
    }

    async fn is_open(&self, auth: &Auth, secret: &SessionSecret) -> bool {
        auth.sessions.look(secret).await.expect("the database answers").is_some()
    }
}

/// One round; what ended in it.
async fn tend(auth: &Auth) -> Vec<Ended> {
    let mut ended = Vec::new();
    auth.tend(&mut ended).await.expect("answers");
    ended
}

async fn each(check: impl AsyncFn(Bed)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    check(Bed::over(Database::Folder(folder.path().to_owned())).await).await;
    if let Some(server) = Postgres::start().await {
        check(Bed::over(Database::Postgres(Secret::new(server.url("postgres")))).await).await;
    }
}

#[tokio::test]
async fn sessions_keep_their_promises() {
    each(async |bed: Bed| {
        a_session_is_known_everywhere_and_its_secret_nowhere(&bed).await;
        what_is_closed_is_closed_everywhere_within_seconds(&bed).await;
        everywhere_is_everywhere_and_nobody_elses(&bed).await;
        limits_hold_on_the_server(&bed).await;
    })
    .await;
}

#[tokio::test]
async fn people_are_asked_about_again() {
    each(async |bed: Bed| {
        groups_follow_the_provider(&bed).await;
        two_replicas_use_a_token_once(&bed).await;
        a_refusal_ends_a_session(&bed).await;
        a_provider_that_is_away_has_a_while(&bed).await;
    })
    .await;
}

async fn a_session_is_known_everywhere_and_its_secret_nowhere(bed: &Bed) {
    let (secret, session) = bed.enter("ada").await;
    assert_eq!(secret.expose().len(), 43);
    let found = bed.there.sessions.find(&secret).await.expect("the database answers").expect("open");
    assert_eq!((&found.id, &found.person, &found.provider), (&session.id, &session.person, &session.provider));
    assert_eq!((found.address.as_deref(), found.user_agent.as_ref().map(String::len)), (Some("10.0.0.1"), Some(256)));
    assert_eq!(found.expires_at.duration_since(found.started_at), limits().absolute);
    let row = bed.here.sessions.store.find(&hashed(secret.expose())).await.expect("answers").expect("there");
    let kept = format!("{row:?}");
    assert!(!kept.contains(secret.expose()) && !kept.contains("refresh-"), "{kept}");
    assert!(!session.id.contains(secret.expose()));
    let made_up = SessionSecret::of_cookie(&"x".repeat(43)).expect("of that form");
    assert!(!bed.is_open(&bed.here, &made_up).await);
    assert!(SessionSecret::of_cookie(&session.id).is_none(), "the public id opens nothing");
    bed.here.sessions.close(&secret).await.expect("closes");
}

async fn what_is_closed_is_closed_everywhere_within_seconds(bed: &Bed) {
    let (secret, session) = bed.enter("ada").await;
    assert!(bed.is_open(&bed.there, &secret).await);
    assert!(bed.here.sessions.revoke(&session.id).await.expect("answers").is_some());
    assert!(bed.here.sessions.is_known_closed(&secret) && !bed.is_open(&bed.here, &secret).await);
    bed.clock.advance_seconds(3);
    assert!(!bed.is_open(&bed.there, &secret).await);
    assert!(bed.there.sessions.is_known_closed(&secret));
    assert!(bed.here.sessions.revoke(&session.id).await.expect("answers").is_none(), "it is gone");
    assert!(bed.here.sessions.get(&session.id).await.expect("answers").is_none());
}

async fn everywhere_is_everywhere_and_nobody_elses(bed: &Bed) {
    let (first, session) = bed.enter("ada").await;
    let (second, _) = bed.enter("ada").await;
    let (others, _) = bed.enter("bob").await;
    let listed = bed.there.sessions.list(Some(&session.person)).await.expect("answers");
    assert_eq!(listed.len(), 2);
    assert_eq!(bed.there.sessions.list(None).await.expect("answers").len(), 3);
    assert_eq!(bed.here.sessions.close_all_of(&session.person).await.expect("answers").len(), 2);
    assert!(!bed.is_open(&bed.here, &first).await && !bed.is_open(&bed.here, &second).await);
    assert!(bed.is_open(&bed.here, &others).await);
    bed.here.sessions.close(&others).await.expect("closes");
    for _ in 0..=MAX_OF_ONE {
        bed.clock.advance_seconds(1);
        bed.enter("ada").await;
    }
    assert_eq!(bed.there.sessions.list(Some(&session.person)).await.expect("answers").len(), MAX_OF_ONE);
    bed.here.sessions.close_all_of(&session.person).await.expect("closes");
}

async fn limits_hold_on_the_server(bed: &Bed) {
    let (idle, _) = bed.enter("idle").await;
    let (busy, session) = bed.enter("busy").await;
    for _ in 0..13 {
        bed.clock.advance_seconds(3000);
        bed.here.sessions.find(&busy).await.expect("answers").expect("in use");
    }
    assert!(!bed.is_open(&bed.here, &idle).await);
    bed.clock.advance_seconds(limits().absolute.as_secs() - 13 * 3000);
    assert!(!bed.is_open(&bed.here, &busy).await, "used all the time, and over");
    let (here, there) = (tend(&bed.here).await, tend(&bed.there).await);
    let ended: Vec<_> =
        here.iter().chain(&there).map(|ended| (ended.session.person.user.as_str(), &ended.by)).collect();
    let mut users: Vec<_> = ended.iter().filter(|(_, by)| **by == EndedBy::Limit).map(|(user, _)| *user).collect();
    users.sort_unstable();
    assert_eq!(users, ["busy@corp", "idle@corp"], "each is told once");
    assert!(bed.here.sessions.get(&session.id).await.expect("answers").is_none());
}

async fn groups_follow_the_provider(bed: &Bed) {
    let (secret, _) = bed.enter("ada").await;
    for bare in [false, true] {
        bed.idp.switch(|switches| {
            switches.bare_refresh = bare;
            switches.claims_in = if bare { ClaimsIn::Userinfo } else { ClaimsIn::IdToken };
        });
        let groups = if bare { json!(["audit"]) } else { json!(["dev"]) };
        bed.idp.person(&json!({"sub": "ada", "email": "ada@corp", "groups": groups}));
        let refreshes = bed.idp.asked().refreshes;
        tend(&bed.here).await;
        assert_eq!(bed.idp.asked().refreshes, refreshes, "not due yet");
        bed.clock.advance_seconds(limits().refresh.as_secs());
        assert_eq!(tend(&bed.here).await.len(), 0);
        let there = bed.there.sessions.look(&secret).await.expect("answers").expect("open");
        assert_eq!(json!(there.person.groups), groups);
    }
    bed.idp.switch(|switches| *switches = Switches::default());
    bed.here.sessions.close(&secret).await.expect("closes");
}

async fn two_replicas_use_a_token_once(bed: &Bed) {
    let (secret, _) = bed.enter("ada").await;
    for _ in 0..5 {
        let before = bed.idp.asked().refreshes;
        bed.clock.advance_seconds(limits().refresh.as_secs());
        let (here, there) = tokio::join!(tend(&bed.here), tend(&bed.there));
        assert!(here.is_empty() && there.is_empty());
        assert_eq!(bed.idp.asked().refreshes, before + 1);
        assert!(bed.is_open(&bed.there, &secret).await);
    }
    bed.here.sessions.close(&secret).await.expect("closes");
}

async fn a_refusal_ends_a_session(bed: &Bed) {
    type Refuse = fn(&mut Switches);
    let refused: [Refuse; 3] = [
        |switches| switches.refuses_refresh = true,
        |switches| switches.id_token = json!({"groups": null}).as_object().expect("an object").clone(),
        |switches| switches.id_token = json!({"sub": "somebody else"}).as_object().expect("an object").clone(),
    ];
    for refuse in refused {
        let (secret, session) = bed.enter("ada").await;
        bed.idp.switch(refuse);
        bed.clock.advance_seconds(limits().refresh.as_secs());
        let ended = tend(&bed.here).await;
        assert!(
            matches!(&ended[..], [Ended { session: one, by: EndedBy::Provider(_) }] if one.id == session.id),
            "{ended:?}"
        );
        assert!(bed.here.sessions.is_known_closed(&secret));
        assert!(!bed.is_open(&bed.there, &secret).await);
        bed.idp.switch(|switches| *switches = Switches::default());
    }
}

async fn a_provider_that_is_away_has_a_while(bed: &Bed) {
    let (secret, _) = bed.enter("ada").await;
    bed.idp.switch(|switches| switches.down = true);
    bed.clock.advance_seconds(limits().refresh.as_secs());
    assert!(tend(&bed.here).await.is_empty());
    assert!(bed.is_open(&bed.here, &secret).await);
    bed.clock.advance_seconds(limits().grace.as_secs() / 2);
    assert!(tend(&bed.here).await.is_empty());
    bed.idp.switch(|switches| switches.down = false);
    bed.clock.advance_seconds(15);
    assert!(tend(&bed.here).await.is_empty());
    bed.idp.switch(|switches| switches.down = true);
    bed.clock.advance_seconds(limits().refresh.as_secs());
    assert!(tend(&bed.here).await.is_empty(), "it answered meanwhile: the while begins anew");
    bed.clock.advance_seconds(limits().grace.as_secs());
    let ended = tend(&bed.here).await;
    assert!(matches!(&ended[..], [Ended { by: EndedBy::Unreachable(_), .. }]), "{ended:?}");
    assert!(!bed.is_open(&bed.there, &secret).await);
    bed.idp.switch(|switches| switches.down = false);
}

//! The cookies: their names, and what browsers may do with them.

use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite};

/// How many logins one browser may have under way: one more forgets the others.
const MAX_LOGINS: usize = 5;
/// What says for a while that somebody signed out here, so that the provider asks them again.
const SIGNED_OUT_FOR: cookie::time::Duration = cookie::time::Duration::days(1);

#[derive(Debug, Clone)]
pub(crate) struct Cookies {
    session: String,
    login: String,
    signed_out: String,
    secure: bool,
}

impl Cookies {
    /// Over https: browsers send them nowhere else, and no other host can set them (`__Host-`, RFC 6265bis).
    pub(crate) fn secure() -> Self {
        Self::named(|name| format!("__Host-periscope_{name}"), true)
    }

    /// On loopback, where there is no https: named after the port, as cookies do not tell ports apart.
    pub(crate) fn of_port(port: u16) -> Self {
        Self::named(|name| format!("periscope_{name}_{port}"), false)
    }

    fn named(name: impl Fn(&str) -> String, secure: bool) -> Self {
        Self { session: name("session"), login: name("login"), signed_out: name("signed_out"), secure }
    }

    pub(crate) fn session_of<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        self.value(headers, &self.session)
    }

    /// What the browser kept of the login with this key.
    pub(crate) fn login_of<'a>(&self, headers: &'a HeaderMap, key: &str) -> Option<&'a str> {
        self.value(headers, &self.login_name(key))
    }

    pub(crate) fn has_signed_out(&self, headers: &HeaderMap) -> bool {
        self.value(headers, &self.signed_out).is_some()
    }

    fn value<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let mut found = pairs(headers).filter(|(one, _)| *one == name).map(|(_, value)| value);
        let value = found.next()?;
        // Of two, one was put there by somebody else: neither counts.
        if found.next().is_some() && !self.secure { None } else { Some(value) }
    }

    fn login_name(&self, key: &str) -> String {
        format!("{}_{key}", self.login)
    }

    pub(crate) fn session(&self, secret: &str) -> String {
        self.set(&self.session, secret, None)
    }

    pub(crate) fn no_session(&self) -> String {
        self.set(&self.session, "", Some(cookie::time::Duration::ZERO))
    }

    /// Keeps a login under way; the others go when there are too many.
    pub(crate) fn login(&self, headers: &HeaderMap, key: &str, sealed: &str, seconds: i64) -> Vec<String> {
        let prefix = format!("{}_", self.login);
        let others: Vec<&str> = pairs(headers).map(|(name, _)| name).filter(|name| name.starts_with(&prefix)).collect();
        let forgotten = if others.len() >= MAX_LOGINS { others } else { Vec::new() };
        let mut set: Vec<String> =
            forgotten.into_iter().map(|name| self.set(name, "", Some(cookie::time::Duration::ZERO))).collect();
        set.push(self.set(&self.login_name(key), sealed, Some(cookie::time::Duration::seconds(seconds))));
        set
    }

    pub(crate) fn no_login(&self, key: &str) -> String {
        self.set(&self.login_name(key), "", Some(cookie::time::Duration::ZERO))
    }

    pub(crate) fn signed_out(&self) -> String {
        self.set(&self.signed_out, "1", Some(SIGNED_OUT_FOR))
    }

    pub(crate) fn not_signed_out(&self) -> String {
        self.set(&self.signed_out, "", Some(cookie::time::Duration::ZERO))
    }

    fn set(&self, name: &str, value: &str, lasts: Option<cookie::time::Duration>) -> String {
        let mut cookie =
            Cookie::build((name, value)).path("/").http_only(true).same_site(SameSite::Lax).secure(self.secure);
        if let Some(lasts) = lasts {
            cookie = cookie.max_age(lasts);
        }
        cookie.build().to_string()
    }
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))])
    }

    #[test]
    fn over_https_nobody_else_sets_or_sees_them() {
        let set = Cookies::secure().session("secret");
        assert_eq!(set, "__Host-periscope_session=secret; HttpOnly; SameSite=Lax; Secure; Path=/");
    }

    #[test]
    fn on_loopback_two_do_not_share_theirs() {
        let (here, there) = (Cookies::of_port(8080), Cookies::of_port(8081));
        assert_eq!(here.session("secret"), "periscope_session_8080=secret; HttpOnly; SameSite=Lax; Path=/");
        let mine = headers("a=b; periscope_session_8080=xyz; c=d");
        assert_eq!((here.session_of(&mine), there.session_of(&mine)), (Some("xyz"), None));
        assert_eq!(here.session_of(&headers("xperiscope_session_8080=xyz")), None);
    }

    #[test]
    fn of_two_sessions_none_counts() {
        let two = headers("periscope_session_8080=mine; periscope_session_8080=fixed");
        assert_eq!(Cookies::of_port(8080).session_of(&two), None);
    }

    #[test]
    fn logins_under_way_are_few() {
        let cookies = Cookies::of_port(1);
        let few = headers("periscope_login_1_a=x; periscope_login_1_b=x");
        assert_eq!(cookies.login(&few, "c", "sealed", 600).len(), 1);
        let many = headers(
            "periscope_login_1_a=x; periscope_login_1_b=x; periscope_login_1_c=x; periscope_login_1_d=x; periscope_login_1_e=x",
        );
        let set = cookies.login(&many, "f", "sealed", 600);
        assert_eq!(set.len(), 6);
        assert!(set[0].starts_with("periscope_login_1_a=;") && set[0].contains("Max-Age=0"), "{set:?}");
        assert!(set[5].starts_with("periscope_login_1_f=sealed;") && set[5].contains("Max-Age=600"), "{set:?}");
    }
}

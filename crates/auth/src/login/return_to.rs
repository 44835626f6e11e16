//! Where to go after a login.

/// Longer ones do not fit beside the rest of what the browser keeps.
const MAX_PATH: usize = 1024;

/// The path when it is one of this console's pages, else `/`: no other origin in any of the ways browsers read one.
pub fn safe_return(path: &str) -> String {
    let after_slash = path.strip_prefix('/');
    let local = after_slash.is_some_and(|rest| !rest.starts_with(['/', '\\']));
    let plain = path.chars().all(|c| !c.is_control() && c != '\\' && !c.is_whitespace());
    let page = path != "/api" && !path.starts_with("/api/") && !path.starts_with("/sign-in");
    if local && plain && page && path.len() <= MAX_PATH { path.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn pages_are_returned_to_and_nothing_else() {
        for page in ["/", "/c/prod-eu/pods", "/c/prod-eu/pods?filter=status%3Afailing#x", "/a//b", "/search?q=http://x"]
        {
            assert_eq!(safe_return(page), page);
        }
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "evil.example",
            " /x",
            "/ x",
            "/api/auth/logout",
            "/api",
            "/sign-in?problem=x",
            "/\u{0}",
            "/a\\b",
        ] {
            assert_eq!(safe_return(other), "/", "{other:?}");
        }
        assert_eq!(safe_return(&format!("/{}", "a".repeat(MAX_PATH))), "/");
    }

    proptest! {
        #[test]
        fn it_never_leaves_the_origin(path in r"[/\\:a-z.@?#\t\n ]{0,12}") {
            let base = Url::parse("https://periscope.corp/").expect("valid");
            let there = base.join(&safe_return(&path)).expect("a place");
            prop_assert_eq!(there.origin(), base.origin());
        }
    }
}

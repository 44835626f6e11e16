use proptest::prelude::*;

use super::*;

const GOOD: &str = r"
apiVersion: v1
kind: Config
current-context: two
contexts:
- name: one
  context: {cluster: c, user: u}
- name: two
  context: {cluster: c, user: u, namespace: shop}
clusters:
- name: c
  cluster: {server: 'https://127.0.0.1:6443'}
users:
- name: u
  user: {token: t}
";

fn inline(text: &str) -> Kubeconfig {
    Kubeconfig::Inline(text.to_owned())
}

/// Why the context `one` of `text` cannot be opened.
fn refused(text: &str) -> String {
    inline(text).single(Some("one")).map(|single| single.context).expect_err("a broken context").to_string()
}

#[test]
fn a_context_is_named_or_current() {
    let context = |name: Option<&str>| inline(GOOD).single(name).map(|single| single.context);
    assert_eq!(context(None).expect("the current one"), "two");
    assert_eq!(context(Some("one")).expect("the one named"), "one");
    assert_eq!(
        context(Some("three")).expect_err("no context").to_string(),
        r#"the kubeconfig: there is no context "three", only "one", "two""#
    );
    let without = GOOD.replace("current-context: two", "current-context: ''");
    assert_eq!(
        inline(&without).single(None).map(|single| single.context).expect_err("no context").to_string(),
        r#"the kubeconfig: no current-context; name one of "one", "two""#
    );
}

#[test]
fn all_contexts_are_offered_with_what_is_wrong() {
    let broken = GOOD.replace("user: u, namespace", "user: nobody, namespace");
    let contexts = inline(&broken).contexts().expect("contexts");
    let shown: Vec<_> = contexts.iter().map(|one| (one.id.as_str(), one.current, one.problem.as_deref())).collect();
    let problem = r#"the kubeconfig: line 8: contexts "two": there is no user "nobody""#;
    assert_eq!(shown, [("one", false, None), ("two", true, Some(problem))]);
    assert_eq!(contexts[0].server.as_deref(), Some("https://127.0.0.1:6443"));
    assert!(inline(&broken).single(Some("one")).is_ok(), "the other one can be opened");
}

#[test]
fn ids_are_unique_whatever_the_names() {
    let names = ["Prod", "prod", "PROD", "///", &"x".repeat(200), &"x".repeat(201)];
    let contexts: Vec<String> =
        names.iter().map(|name| format!("- {{name: '{name}', context: {{cluster: c}}}}")).collect();
    let entries = inline(&format!("contexts:\n{}\n", contexts.join("\n"))).contexts().expect("contexts");
    let ids: BTreeSet<_> = entries.iter().map(|entry| entry.id.clone()).collect();
    assert_eq!(ids.len(), names.len());
    assert_eq!((entries[0].id.as_str(), entries[1].id.as_str(), entries[2].id.as_str()), ("prod", "prod-2", "prod-3"));
}

#[test]
fn what_is_broken_is_named_with_its_place() {
    for (from, to, expected) in [
        ("cluster: c, user: u}", "cluster: d, user: u}", r#"line 6: contexts "one": there is no cluster "d""#),
        ("cluster: c, user: u}", "cluster: c, user: v}", r#"line 6: contexts "one": there is no user "v""#),
        ("context: {cluster: c, user: u}", "other: 1", r#"line 6: contexts "one": it has no key context"#),
        ("server: 'https", "address: 'https", r#"line 11: clusters "c": it has no server"#),
        ("{token: t}", "{token: [t]}", r#"line 14: users "u": user.token: invalid type: sequence, expected a string"#),
        (
            "{token: t}",
            r#"{token: "a\nb"}"#,
            r#"line 14: users "u": user.token holds a line break or another control character"#,
        ),
    ] {
        let broken = GOOD.replacen(from, to, 1);
        assert_eq!(refused(&broken), format!("the kubeconfig: {expected}"), "{to}");
    }
}

#[test]
fn malformed_files_are_named_without_their_contents() {
    for text in [
        "contexts: [",
        "contexts: {}",
        "[]",
        "contexts:\n- name: one\n   bad: indent",
        "users:\n- {token: 's3cr3t\n",
        "7",
    ] {
        let error = inline(text).contexts().expect_err("no kubeconfig").to_string();
        assert!(error.starts_with("the kubeconfig: this is not a kubeconfig: "), "{error}");
        assert!(!error.contains("s3cr3t"), "{error}");
    }
    let many = (0..20).fold("contexts:\n".to_owned(), |text, number| format!("{text}- name: c{number}\n"));
    let error = inline(&many).single(Some("x")).map(|single| single.context).expect_err("no context").to_string();
    assert!(error.ends_with(r#""c9" and 10 more"#), "{error}");
    assert_eq!(inline("").contexts().expect("no contexts"), []);
    let error = inline("").single(None).map(|single| single.context).expect_err("no context").to_string();
    assert_eq!(error, "the kubeconfig: no current-context; name one of no context at all");
}

#[test]
fn several_documents_are_one_and_the_first_entry_counts() {
    let second = GOOD.replace("127.0.0.1", "10.0.0.1").replace("current-context: two", "current-context: one");
    let entries = inline(&format!("\u{feff}{GOOD}---\n{second}")).contexts().expect("contexts");
    assert_eq!(entries.len(), 2);
    assert!(entries[1].current);
    assert_eq!(entries[0].server.as_deref(), Some("https://127.0.0.1:6443"));
}

#[test]
fn paths_are_relative_to_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    let text = GOOD
        .replace("{server:", "{certificate-authority: ca.pem, server:")
        .replace("{token: t}", "{tokenFile: token, exec: {apiVersion: v1, command: bin/plugin}}");
    std::fs::write(&path, text).expect("a file");
    let single = Kubeconfig::Path(path.clone()).single(None).expect("a context");
    let within = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let cluster = single.config.clusters[0].cluster.as_ref().expect("a cluster");
    assert_eq!(cluster.certificate_authority, Some(within("ca.pem")));
    assert_eq!(single.token_file, Some(folder.path().join("token")));
    let user = single.config.auth_infos[0].auth_info.as_ref().expect("a user");
    assert_eq!(user.exec.as_ref().expect("a plugin").command, Some(within("bin/plugin")));
    assert_eq!(user.token_file, None, "kube would read it with its line break");

    // A plugin without a slash is looked up in the PATH, and an inline token comes before a file.
    let text = GOOD.replace("{token: t}", "{token: t, tokenFile: token, exec: {apiVersion: v1, command: aws}}");
    std::fs::write(&path, text).expect("a file");
    let single = Kubeconfig::Path(path).single(None).expect("a context");
    let user = single.config.auth_infos[0].auth_info.as_ref().expect("a user");
    assert_eq!(user.exec.as_ref().expect("a plugin").command.as_deref(), Some("aws"));
    assert_eq!(single.token_file, None);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none");
    let error = Kubeconfig::Path(path.clone()).contexts().expect_err("no file").to_string();
    assert!(error.starts_with(&format!("cannot read the kubeconfig {}: No such file", path.display())), "{error}");
    std::fs::File::create(&path).and_then(|file| file.set_len(17 << 20)).expect("a large file");
    let error = Kubeconfig::Path(path).contexts().expect_err("too large").to_string();
    assert!(error.ends_with("it has 17825792 bytes, the limit is 16777216"), "{error}");
}

#[test]
fn a_kubeconfig_is_not_shown() {
    assert_eq!(format!("{:?}", inline("users: s3cr3t")), "Inline(13 bytes)");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}|[-:{}\\[\\]a-z \n'\"&*!]{0,80}") {
        if let Ok(contexts) = inline(&text).contexts() {
            for context in contexts {
                let _ = inline(&text).single(Some(&context.name));
            }
        }
    }

    #[test]
    fn no_damage_makes_it_panic(at in any::<prop::sample::Index>(), with in "[-:{}\\[\\]a-z \n'\"&*!#|>]{0,5}") {
        let at = at.index(GOOD.len());
        let text = format!("{}{with}{}", &GOOD[..at], &GOOD[(at + 1).min(GOOD.len())..]);
        let _ = inline(&text).contexts();
        let _ = inline(&text).single(None);
    }
}

//! A container's environment, as far as it decides which AWS identity the container has.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::container::RawValueFrom;
use crate::intern::{Pools, Sym};
use crate::json::Text;

/// The variables that SDKs look at. Most containers have none of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct AwsEnvironment {
    /// `AWS_ROLE_ARN`
    pub role_arn: Option<Sym>,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`
    pub token_file: Option<Sym>,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`
    pub credentials_uri: Option<Sym>,
    /// The names of variables that hold static keys. What is in them is never read.
    pub static_keys: Box<[&'static str]>,
}

const ROLE_ARN: &str = "AWS_ROLE_ARN";
const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const CREDENTIALS_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const STATIC_KEYS: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// One variable. Its value is read only where it names a role or a way to credentials.
#[derive(Debug, Default)]
pub(super) struct RawEnv<'a> {
    name: Text<'a>,
    /// Empty for every other variable.
    value: Text<'a>,
    pub(super) value_from: Option<RawValueFrom<'a>>,
}

impl RawEnv<'_> {
    fn is_read(&self) -> bool {
        [ROLE_ARN, TOKEN_FILE, CREDENTIALS_URI].contains(&&*self.name)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawEnv<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Variable<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Variable<'a> {
            type Value = RawEnv<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an environment variable")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEnv<'a>, A::Error> {
                let mut variable = RawEnv::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key {
                        "name" => variable.name = map.next_value()?,
                        // The API server writes the name first; before it a value is not worth keeping.
                        "value" if variable.is_read() => variable.value = map.next_value()?,
                        "valueFrom" => variable.value_from = map.next_value()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(variable)
            }
        }
        deserializer.deserialize_map(Variable(std::marker::PhantomData))
    }
}

impl AwsEnvironment {
    /// `None` for nearly every container.
    pub(super) fn read(variables: &[RawEnv<'_>], pools: &mut Pools) -> Option<Box<Self>> {
        let mut found = Self::default();
        let mut keys = Vec::new();
        for variable in variables.iter().filter(|variable| variable.name.starts_with("AWS_")) {
            let name = &*variable.name;
            // Of a name that is there twice the last counts.
            if let Some(key) = STATIC_KEYS.iter().find(|key| **key == name) {
                keys.push(*key);
            }
            let value = pools.some(&variable.value);
            match name {
                ROLE_ARN => found.role_arn = value,
                TOKEN_FILE => found.token_file = value,
                CREDENTIALS_URI => found.credentials_uri = value,
                _ => {}
            }
        }
        keys.sort_unstable();
        keys.dedup();
        found.static_keys = keys.into();
        (found != Self::default()).then(|| Box::new(found))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::intern::Interner;
    use crate::rows::{Draft, PodTemplate, Typed, parse};

    fn pod(interner: &Interner, name: &str, spec: &str) -> Draft {
        let json = format!(r#"{{"metadata":{{"name":"{name}","namespace":"shop"}},"spec":{spec}}}"#);
        parse(Typed::Pod, json.as_bytes(), interner).expect("a pod")
    }

    fn template(draft: &Draft) -> Arc<PodTemplate> {
        match &draft.body {
            crate::rows::Body::Pod(pod) => pod.template.clone(),
            other => unreachable!("{other:?}"),
        }
    }

    const INJECTED: &str = r#"{"serviceAccountName":"api","containers":[{"name":"app","image":"i","env":[
        {"name":"PORT","value":"80"},
        {"name":"AWS_STS_REGIONAL_ENDPOINTS","value":"regional"},
        {"name":"AWS_ROLE_ARN","value":"arn:aws:iam::111122223333:role/api"},
        {"name":"AWS_WEB_IDENTITY_TOKEN_FILE","value":"/var/run/secrets/eks.amazonaws.com/serviceaccount/token"}]}]}"#;

    #[test]
    fn what_the_webhook_injects_is_kept_once_for_all_pods() {
        let interner = Interner::new();
        let (one, two) = (template(&pod(&interner, "a", INJECTED)), template(&pod(&interner, "b", INJECTED)));
        assert!(Arc::ptr_eq(&one, &two));
        let aws = one.containers[0].aws.as_deref().expect("an environment");
        assert_eq!(aws.role_arn.as_deref(), Some("arn:aws:iam::111122223333:role/api"));
        assert!(aws.token_file.is_some() && aws.credentials_uri.is_none() && aws.static_keys.is_empty());
        let plain = template(&pod(&interner, "c", &INJECTED.replace("AWS_", "APP_")));
        assert_eq!(plain.containers[0].aws, None);
    }

    #[test]
    fn keys_are_told_by_name_and_their_values_never_read() {
        let interner = Interner::new();
        let spec = r#"{"hostNetwork":true,"containers":[{"name":"app","env":[
            {"value":"before-its-name","name":"AWS_ROLE_ARN"},
            {"name":"AWS_SECRET_ACCESS_KEY","value":"hush-hush"},
            {"name":"AWS_ACCESS_KEY_ID","valueFrom":{"secretKeyRef":{"name":"keys","key":"id"}}},
            {"name":"AWS_CONTAINER_CREDENTIALS_FULL_URI","value":"http://169.254.170.23/v1/credentials"}]}]}"#;
        let template = template(&pod(&interner, "a", spec));
        let aws = template.containers[0].aws.as_deref().expect("an environment");
        assert_eq!(&*aws.static_keys, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
        assert_eq!(aws.credentials_uri.as_deref(), Some("http://169.254.170.23/v1/credentials"));
        assert!(template.host_network);
        assert_eq!(template.uses.iter().map(|one| &*one.name).collect::<Vec<_>>(), ["keys"]);
        assert!(!format!("{template:?}").contains("hush"));
    }
}

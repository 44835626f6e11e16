//! Signatures (SigV4), of requests and of addresses.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::Request;
use jiff::Timestamp;

use crate::credentials::Keys;

/// For whom, where and when something is signed.
pub(crate) struct Signing<'a> {
    pub(crate) keys: &'a Keys,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) at: Timestamp,
}

impl Signing<'_> {
    /// Adds the headers that make a request ours.
    pub(crate) fn request<B: AsRef<[u8]>>(&self, request: &mut Request<B>) -> Result<(), String> {
        self.apply(request, SigningSettings::default())
    }

    /// Puts the signature into the address itself, where it is good for `lifetime`.
    pub(crate) fn address<B: AsRef<[u8]>>(&self, request: &mut Request<B>, lifetime: Duration) -> Result<(), String> {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(lifetime);
        self.apply(request, settings)
    }

    fn apply<B: AsRef<[u8]>>(&self, request: &mut Request<B>, settings: SigningSettings) -> Result<(), String> {
        let Keys { access_key_id, secret_access_key, session_token } = self.keys;
        let keys = Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "periscope");
        let identity = keys.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::from(self.at))
            .settings(settings)
            .build()
            .map_err(|error| error.to_string())?;
        let uri = request.uri().to_string();
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        let body = SignableBody::Bytes(request.body().as_ref());
        let signable = SignableRequest::new(request.method().as_str(), uri, headers, body);
        let signable = signable.map_err(|error| error.to_string())?;
        let (instructions, _) = sign(signable, &parameters.into()).map_err(|error| error.to_string())?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}

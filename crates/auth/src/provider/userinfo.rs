//! What a provider tells of a person when asked with their access token.

use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::Value;

use super::{Provider, TokenError};
use crate::claims::Claims;

impl Provider {
    /// `None` where the provider has no such endpoint, or answers in a form that is not read.
    pub(super) async fn userinfo(
        &self,
        access_token: &str,
        subject: Option<&Value>,
    ) -> Result<Option<Claims>, TokenError> {
        let metadata = self.metadata().await?;
        let Some(place) = metadata.core.userinfo_endpoint() else { return Ok(None) };
        let failed = |reason: String| TokenError::Unreachable(self.failed("userinfo", reason));
        let uri: Uri = place.as_str().parse().map_err(|_| failed("it is no address".to_owned()))?;
        let response = self.http.get(uri, Some(access_token)).await.map_err(|error| failed(error.to_string()))?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Ok(None),
            status => return Err(failed(format!("it was answered with {status}"))),
        }
        let claims = match serde_json::from_slice::<Claims>(response.body()) {
            Ok(claims) => claims,
            Err(_) if is_signed(response.headers()) => {
                self.verify_userinfo(&String::from_utf8_lossy(response.body())).await?
            }
            Err(_) => return Ok(None),
        };
        // Somebody else's claims must not complete these (OpenID Connect Core 1.0, section 5.3.2).
        if claims.get("sub") != subject {
            return Err(TokenError::Invalid("userinfo is about another subject".to_owned()));
        }
        Ok(Some(claims))
    }
}

fn is_signed(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/jwt"))
}

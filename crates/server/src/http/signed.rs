//! Bodies signed as Standard Webhooks has it: an HMAC-SHA256 over id, time and body, with a key that both sides know.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::LocalBoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde_json::json;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::describe::{Argument, Description};
use super::problem::ApiError;
use super::receiving;
use crate::app::App;
use crate::clock;

/// A signature is good for so many seconds before and after its time, by real time.
const TOLERANCE: u64 = 300;
const SHORTEST: usize = 24;
const MAILS: [&str; 3] = ["message/rfc822", "application/octet-stream", "text/plain"];

/// The body of a request whose sender has the secret of `bounce_secret`: a mail, or JSON in the form of `T`. Without that setting there is nothing
/// here, and a signature that is wrong is not told from one that is old or missing.
pub struct Signed<T> {
    pub body: web::Bytes,
    media_type: String,
    form: PhantomData<T>,
}

impl<T> Signed<T> {
    /// The body as a mail.
    pub fn mail(&self) -> Result<&[u8], ApiError> {
        // What nobody gave a type is bytes (RFC 9110, 8.3).
        let is_mail = self.media_type.is_empty() || MAILS.iter().any(|mail| self.media_type.eq_ignore_ascii_case(mail));
        if is_mail { Ok(&self.body) } else { Err(ApiError::UnsupportedMediaType) }
    }
}

impl<T: for<'de> eserde::EDeserialize<'de>> Signed<T> {
    /// The body as JSON.
    pub fn form(&self) -> Result<T, ApiError> {
        if !self.media_type.eq_ignore_ascii_case("application/json") {
            return Err(ApiError::UnsupportedMediaType);
        }
        super::json::parse(&self.body)
    }
}

impl<T: 'static> FromRequest for Signed<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().expect("the application is given to every server").clone();
        if app.config.bounce_secret.is_none() {
            return Box::pin(async { Err(ApiError::NotFound) });
        }
        let body = receiving::read(request, payload, receiving::settings(request).largest_body());
        let request = request.clone();
        Box::pin(async move {
            let body = body.await?;
            let key = app.config.bounce_secret.as_ref().and_then(|secret| key(secret.expose_secret())).ok_or(ApiError::NotFound)?;
            if !is_genuine(&key, request.headers(), &body, clock::real_now().timestamp()) {
                return Err(app.limits.wrong_token(&request).err().unwrap_or(ApiError::Unauthenticated));
            }
            let named = request.headers().get(header::CONTENT_TYPE).and_then(|named| named.to_str().ok()).unwrap_or_default();
            let media_type = named.split(';').next().unwrap_or_default().trim().to_owned();
            Ok(Self { body, media_type, form: PhantomData })
        })
    }
}

impl<T: ToSchema + 'static> Argument for Signed<T> {
    fn describe(operation: &mut Description) {
        let text = json!({"type": "string"});
        operation.header("webhook-id", "Names the message; signed with it", &text);
        operation.header("webhook-timestamp", "Seconds since 1970; signed with it, and five minutes off at most", &text);
        operation.header("webhook-signature", "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in Base64; several with spaces", &text);
        let form = operation.schema::<T>();
        operation.takes(&["application/json", MAILS[0], MAILS[1], MAILS[2]], json!({"anyOf": [form, {"type": "string"}]}));
        operation.refuses([401]);
    }
}

/// The key a secret stands for: `whsec_` and Base64, or the characters themselves. `None` for what is too short, or no Base64.
pub fn key(secret: &str) -> Option<Vec<u8>> {
    let key = match secret.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok()?,
        None => secret.as_bytes().to_vec(),
    };
    (key.len() >= SHORTEST).then_some(key)
}

fn is_genuine(key: &[u8], headers: &HeaderMap, body: &[u8], now: i64) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(id), Some(time), Some(signatures)) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature")) else {
        return false;
    };
    if id.is_empty() || !time.parse::<i64>().is_ok_and(|time| now.abs_diff(time) <= TOLERANCE) {
        return false;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    let right: [u8; 32] = mac.finalize().into_bytes().into();
    // While a secret is being changed there are two.
    let given = signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
    given.filter_map(|given| <[u8; 32]>::try_from(given).ok()).any(|given| right.ct_eq(&given).into())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    /// The example of the specification's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNED: [(&str, &str); 3] = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const THEN: i64 = 1_614_265_330;

    fn with(changes: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for &(name, value) in SIGNED.iter().chain(changes) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn a_signature_holds_for_its_id_its_time_and_its_body() {
        let key = key(SECRET).expect("a key");
        assert!(is_genuine(&key, &with(&[]), BODY, THEN));
        for now in [THEN - 300, THEN + 300] {
            assert!(is_genuine(&key, &with(&[]), BODY, now), "{now}");
        }
        for now in [THEN - 301, THEN + 301, i64::MIN, i64::MAX] {
            assert!(!is_genuine(&key, &with(&[]), BODY, now), "{now}");
        }
        let several = format!("v1a,abc v1,AAAA {}", SIGNED[2].1);
        assert!(is_genuine(&key, &with(&[("webhook-signature", several.as_str())]), BODY, THEN));
        for change in [("webhook-id", "msg_other"), ("webhook-timestamp", "1614265331"), ("webhook-signature", "v1,"), ("webhook-id", "")] {
            assert!(!is_genuine(&key, &with(&[change]), BODY, THEN), "{change:?}");
        }
        assert!(!is_genuine(&key, &with(&[]), b"{}", THEN));
        assert!(!is_genuine(b"another key of twenty-four bytes", &with(&[]), BODY, THEN));
        assert!(!is_genuine(&key, &HeaderMap::new(), BODY, THEN));
    }

    #[test]
    fn a_secret_is_long_enough_or_none() {
        assert_eq!(key("twenty-four characters, a"), Some(b"twenty-four characters, a".to_vec()));
        for wrong in ["", "short", "whsec_", "whsec_c2hvcnQ=", "whsec_no base64 at all, but long enough for one"] {
            assert_eq!(key(wrong), None, "{wrong}");
        }
    }
}

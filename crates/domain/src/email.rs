use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_security::mixed_script::AugmentedScriptSet;

use crate::{Invalid, PersonId};

/// An address mail can be sent to: as typed, but for the domain, which is lower-case ASCII.
///
/// Two addresses are the same person when their [`normal`](Self::normal) forms are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[serde(try_from = "String")]
pub struct EmailAddress(String);

eserde::impl_edeserialize_compat!(EmailAddress);

impl EmailAddress {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() > 1024 {
            return Err(refused("must have at most 254 characters"));
        }
        let text: String = text.trim().nfc().collect();
        let (local, domain) = text.split_once('@').ok_or_else(|| refused("must hold one @"))?;
        if domain.contains('@') {
            return Err(refused("must hold only one @"));
        }
        check_local(local)?;
        let domain = ascii_domain(domain)?;
        if local.len() + 1 + domain.len() > 254 {
            return Err(refused("must have at most 254 characters"));
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands in the place of an address that was erased: of a domain that cannot be (RFC 2606).
    pub fn erased(person: PersonId) -> Self {
        Self(format!("{person}@erased.invalid"))
    }

    /// The form that is unique: two spellings of one address give the same.
    pub fn normal(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Plain atoms only. Quoted and non-ASCII local parts are legal in the RFCs and refused by most relays.
fn check_local(local: &str) -> Result<(), Invalid> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if local.is_empty() || local.len() > 64 {
        return Err(refused("must have 1 to 64 characters before the @"));
    }
    if !local.chars().all(plain) {
        return Err(refused("must hold only unaccented letters, digits and simple signs before the @"));
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(refused("must not begin or end with a dot or hold two in a row before the @"));
    }
    Ok(())
}

fn ascii_domain(domain: &str) -> Result<String, Invalid> {
    if domain.starts_with('[') {
        return Err(refused("must name a domain, not a number"));
    }
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| refused("must have a valid domain after the @"))?;
    let labels: Vec<&str> = ascii.split('.').collect();
    let numeric = labels.last().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()));
    if labels.len() < 2 || labels.iter().any(|label| label.is_empty()) || numeric {
        return Err(refused("must have a full domain after the @"));
    }
    // As it reads, and so also where it was written as `xn--…`.
    let (readable, _) = idna::domain_to_unicode(&ascii);
    if readable.split('.').any(mixes_scripts) {
        return Err(refused("must not mix alphabets in its domain"));
    }
    Ok(ascii)
}

/// Two alphabets in one label is how a look-alike is built. What is written together every day may stand together: Latin, Han and kana; Latin,
/// Han and Bopomofo; Latin, Han and Hangul ("highly restrictive" in UTS 39).
fn mixes_scripts(label: &str) -> bool {
    let latin = AugmentedScriptSet::from('a');
    let (mut all, mut but_latin) = (AugmentedScriptSet::default(), AugmentedScriptSet::default());
    for scripts in label.chars().map(AugmentedScriptSet::from) {
        all.intersect_with(scripts);
        let mut in_latin = scripts;
        in_latin.intersect_with(latin);
        if in_latin.is_empty() {
            but_latin.intersect_with(scripts);
        }
    }
    all.is_empty() && !(but_latin.jpan || but_latin.hanb || but_latin.kore)
}

fn refused(rule: &str) -> Invalid {
    Invalid::new("email_invalid", rule)
}

impl TryFrom<String> for EmailAddress {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        let forms = ["Ada@Example.org", " ada@example.ORG ", "ADA@EXAMPLE.ORG"];
        for form in forms {
            assert_eq!(EmailAddress::parse(form).expect(form).normal(), "ada@example.org");
        }
        assert_eq!(EmailAddress::parse("ada@bücher.example").expect("idna").as_str(), "ada@xn--bcher-kva.example");
    }

    #[test]
    fn addresses_nobody_should_have_are_refused() {
        for text in [
            "",
            "ada",
            "a@b@example.org",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "ada@127.0.0.1",
            "\"a b\"@example.org",
            "аda@example.org",
            "ada@exаmple.org",
            "ada@example.org\r\nBcc: x@y.z",
            "ada@-example.org",
            ".ada@example.org",
            "a..b@example.org",
            "a@b.org,c@d.org",
            "ada@example..org",
        ] {
            EmailAddress::parse(text).expect_err(text);
        }
        EmailAddress::parse(&format!("{}@example.org", "x".repeat(65))).expect_err("long local part");
        EmailAddress::parse(&format!("x@{}.org", "y.".repeat(130))).expect_err("long domain");
    }

    #[test]
    fn a_label_of_a_domain_has_one_alphabet() {
        for domain in [
            "пример.example",
            "παράδειγμα.example",
            "例え.example",
            "カフェbar東京.example",
            "한국사람漢字.example",
            "ㄅㄆ漢字.example",
            "café-24.example",
            "мир.bücher.example",
            "مثال.example",
        ] {
            EmailAddress::parse(&format!("ada@{domain}")).expect(domain);
        }
        for domain in
            ["exаmple.org", "pαris.org", "αб.example", "한かな.example", "гречкаי.example", "abcتونس.example", "xn--exmple-4nf.org"]
        {
            EmailAddress::parse(&format!("ada@{domain}")).expect_err(domain);
        }
    }

    #[test]
    fn tags_are_kept() {
        assert_eq!(EmailAddress::parse("ada+supper@example.org").expect("tag").as_str(), "ada+supper@example.org");
    }
}

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The name of an organizer or event in addresses: lower-case letters, digits and single hyphens, 2 to 64 of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[serde(try_from = "String")]
pub struct Slug(String);

impl Slug {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let rule = "must be 2 to 64 lower-case letters, digits and single hyphens between them";
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let hyphens = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        if plain && hyphens && (2..=64).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(Invalid::new("slug_invalid", rule)) }
    }
}

/// The short public name of a registration: eight characters of Crockford's base 32, an identifier and never a credential.
///
/// Crockford, "Base 32": no I, L, O, U; read without regard to case, with I and L for 1, O for 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "columns", derive(sea_orm::DeriveValueType))]
#[serde(try_from = "String")]
pub struct RegistrationCode(String);

impl RegistrationCode {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    pub fn random(rng: &mut impl rand::Rng) -> Self {
        Self((0..8).map(|_| Self::ALPHABET[rng.random_range(0..32)] as char).collect())
    }

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let read: String = text
            .trim()
            .chars()
            .filter(|c| *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            })
            .collect();
        if read.len() == 8 && read.bytes().all(|b| Self::ALPHABET.contains(&b)) {
            Ok(Self(read))
        } else {
            Err(Invalid::new("code_invalid", "must be the eight letters and digits of a registration code"))
        }
    }
}

macro_rules! string_like {
    ($($name:ident),+) => {$(
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        eserde::impl_edeserialize_compat!($name);
    )+};
}
string_like!(Slug, RegistrationCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        assert_eq!(
            RegistrationCode::parse("7k-oil0-9z").map(|c| c.to_string()),
            RegistrationCode::parse("7K01109Z").map(|c| c.to_string())
        );
        RegistrationCode::parse("7KU1109Z").expect_err("U is not in the alphabet");
        let code = RegistrationCode::random(&mut rand::rng());
        assert_eq!(RegistrationCode::parse(code.as_str()), Ok(code));
    }

    #[test]
    fn slugs_are_plain() {
        Slug::parse("bologna-2026").expect("plain");
        for text in ["", "a", "A-b", "a--b", "-ab", "ab-", "a b", "à-la", "../x"] {
            Slug::parse(text).expect_err(text);
        }
    }
}

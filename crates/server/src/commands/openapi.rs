//! `convivio openapi`: the API's document, as `docs/openapi.json` holds it.

use crate::http::endpoint;
use crate::routes;

pub fn run() {
    println!("{:#}", endpoint::document(&routes::surfaces()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_the_one_of_this_code() {
        let committed: serde_json::Value = serde_json::from_str(include_str!("../../../../docs/openapi.json")).expect("JSON");
        let now = endpoint::document(&routes::surfaces());
        assert_eq!(committed, now, "bring it up to date: cargo run -- openapi > docs/openapi.json");
    }
}

//! `convivio openapi`: the API's document, as `docs/openapi.json` holds it.

use crate::http::endpoint;
use crate::routes;

pub fn run() -> anyhow::Result<()> {
    super::print(format_args!("{:#}", endpoint::document(&routes::surfaces())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = endpoint::document(&routes::surfaces());
        let text = document.to_string();
        let references = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next());
        let dangling: Vec<&str> = references.filter(|pointer| document.pointer(pointer).is_none()).collect();
        assert!(dangling.is_empty(), "{dangling:?}");
    }

    #[test]
    fn the_committed_document_is_the_one_of_this_code() {
        let committed: serde_json::Value = serde_json::from_str(include_str!("../../../../docs/openapi.json")).expect("JSON");
        let now = endpoint::document(&routes::surfaces());
        assert_eq!(committed, now, "bring it up to date: cargo run -- openapi > docs/openapi.json");
    }
}

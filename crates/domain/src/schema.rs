//! How the values describe themselves in the API's document (feature `schema`): the rules that parsing holds, in the words of JSON Schema.
//! `tests` in `server` hold the document against what the API really answers.

use serde_json::json;
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::*;

/// A string of at most `max` characters.
pub(crate) fn text(max: usize) -> RefOr<Schema> {
    string().min_length(Some(1)).max_length(Some(max)).into()
}

/// A string that is one of these words.
pub(crate) fn one_of(words: &[&'static str]) -> RefOr<Schema> {
    string().enum_values(Some(words.iter().copied())).into()
}

/// A UUID of version 7.
pub(crate) fn id() -> RefOr<Schema> {
    string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).into()
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn integer(min: i32, max: i32) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min)).maximum(Some(max))
}

macro_rules! describes {
    ($($name:ident => $schema:expr;)+) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }
        impl ToSchema for $name {}
    )+};
}

describes! {
    Slug => string()
        .min_length(Some(2))
        .max_length(Some(64))
        .pattern(Some("^[a-z0-9]+(-[a-z0-9]+)*$"))
        .description(Some("The name in addresses: lower-case letters, digits and single hyphens between them"));
    RegistrationCode => string()
        .description(Some("Eight letters and digits (Crockford base 32); read as people write them, so small letters, `O` for zero and hyphens will do"))
        .examples([json!("7K01109Z")]);
    Timezone => string().description(Some("The name of an IANA time zone")).examples([json!("Europe/Rome")]);
    EmailAddress => string().max_length(Some(1024)).format(Some(SchemaFormat::Custom("email".to_owned())));
    Language => string().pattern(Some("^[a-z]{2}$")).description(Some("A language's two lower-case letters (ISO 639-1)"));
    Capacity => integer(1, 100_000);
    Level => integer(1, 3)
        .default(Some(json!(2)))
        .description(Some("How much it means: 1 curious, 2 keen, 3 could talk about it all night"));
    QuestionCode => string().min_length(Some(1)).max_length(Some(64)).pattern(Some("^[a-z0-9]+([_-][a-z0-9]+)*$"));
    PassionCode => string().min_length(Some(1)).max_length(Some(80)).pattern(Some("^[a-z0-9-]+$"));
    Visibility => Field::ALL.iter().fold(ObjectBuilder::new(), |object, field| {
        object.property(field.as_str(), Ref::from_schema_name(VisibleTo::name()))
    });
}

/// Read only: the names an organizer gave to a passion of its own.
fn labels_of_own() -> ObjectBuilder {
    let texts = Locale::ALL
        .iter()
        .fold(ObjectBuilder::new(), |texts, locale| texts.property(locale.as_str(), Ref::from_schema_name(Phrase::name())));
    texts.description(Some("Of a passion of the organizer's own, what it is called; only told, never asked"))
}

impl PartialSchema for DeclaredPassion {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some(
                "A passion of the catalogue or of the organizer's own by its code, or free words; words that either knows become its code",
            ))
            .property("passion", Ref::from_schema_name(PassionCode::name()))
            .property("text", Ref::from_schema_name(Phrase::name()))
            .property("labels", labels_of_own())
            .property("level", Ref::from_schema_name(Level::name()))
            .into()
    }
}

impl ToSchema for DeclaredPassion {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((PassionCode::name().into_owned(), PassionCode::schema()));
        schemas.push((Phrase::name().into_owned(), Phrase::schema()));
        schemas.push((Level::name().into_owned(), Level::schema()));
    }
}

impl PartialSchema for Passions {
    fn schema() -> RefOr<Schema> {
        let one = Ref::from_schema_name(DeclaredPassion::name());
        ArrayBuilder::new().items(one).min_items(Some(1)).max_items(Some(Passions::MOST)).into()
    }
}

impl ToSchema for Passions {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((DeclaredPassion::name().into_owned(), DeclaredPassion::schema()));
        DeclaredPassion::schemas(schemas);
    }
}

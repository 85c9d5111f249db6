//! serde's attributes, as far as they decide names and absence.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error, Expr, Field, LitStr, Result, meta::ParseNestedMeta, parse_quote};

/// What serde does with a container.
#[derive(Default)]
pub(crate) struct Container {
    rename_all: Option<Case>,
    rename_all_fields: Option<Case>,
    /// `default` at the container: every field has one.
    pub(crate) default: bool,
    /// `tag`.
    pub(crate) tag: Option<String>,
    /// `content`.
    pub(crate) content: Option<String>,
}

impl Container {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut container = Self::default();
        for_each_serde(attributes, |meta| {
            if meta.path.is_ident("rename_all") {
                container.rename_all = Some(Case::read(&meta)?);
            } else if meta.path.is_ident("rename_all_fields") {
                container.rename_all_fields = Some(Case::read(&meta)?);
            } else if meta.path.is_ident("tag") {
                container.tag = Some(text(&meta)?.value());
            } else if meta.path.is_ident("content") {
                container.content = Some(text(&meta)?.value());
            } else if meta.path.is_ident("default") {
                if !meta.input.is_empty() && meta.input.peek(syn::Token![=]) {
                    return Err(unsupported(&meta));
                }
                container.default = true;
            } else if !meta.path.is_ident("deny_unknown_fields") {
                return Err(unsupported(&meta));
            }
            Ok(())
        })?;
        Ok(container)
    }

    /// The name of a field of this struct.
    pub(crate) fn field_name(&self, field: &Field, own: &FieldAttributes) -> String {
        renamed(field, own, self.rename_all)
    }

    /// The name of a field of a variant of this enum, whose own `rename_all` is `of_variant`.
    pub(crate) fn variant_field_name(&self, field: &Field, own: &FieldAttributes, of_variant: Option<Case>) -> String {
        renamed(field, own, of_variant.or(self.rename_all_fields))
    }

    /// The name of a variant.
    pub(crate) fn variant_name(&self, variant: &syn::Variant, own: &VariantAttributes) -> String {
        let name = variant.ident.to_string();
        own.rename
            .clone()
            .unwrap_or_else(|| self.rename_all.map_or(name.clone(), |case| case.of_variant(&name)))
    }
}

fn renamed(field: &Field, own: &FieldAttributes, case: Option<Case>) -> String {
    let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = ident.trim_start_matches("r#").to_owned();
    own.rename
        .clone()
        .unwrap_or_else(|| case.map_or(name.clone(), |case| case.of_field(&name)))
}

/// What serde does with a field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    rename: Option<String>,
    /// What stands in for an absent field, as code.
    pub(crate) default: Option<TokenStream>,
}

impl FieldAttributes {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self::default();
        for_each_serde(attributes, |meta| {
            if meta.path.is_ident("rename") {
                field.rename = Some(text(&meta)?.value());
            } else if meta.path.is_ident("default") {
                let default: Expr = if meta.input.peek(syn::Token![=]) {
                    let path: syn::Path = text(&meta)?.parse()?;
                    parse_quote!(#path())
                } else {
                    parse_quote!(::core::default::Default::default())
                };
                field.default = Some(quote!(#default));
            } else {
                return Err(unsupported(&meta));
            }
            Ok(())
        })?;
        Ok(field)
    }
}

/// What serde does with a variant.
#[derive(Default)]
pub(crate) struct VariantAttributes {
    rename: Option<String>,
    /// `rename_all` of its fields.
    pub(crate) rename_all: Option<Case>,
}

impl VariantAttributes {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut variant = Self::default();
        for_each_serde(attributes, |meta| {
            if meta.path.is_ident("rename") {
                variant.rename = Some(text(&meta)?.value());
            } else if meta.path.is_ident("rename_all") {
                variant.rename_all = Some(Case::read(&meta)?);
            } else {
                return Err(unsupported(&meta));
            }
            Ok(())
        })?;
        Ok(variant)
    }
}

fn for_each_serde(attributes: &[Attribute], mut each: impl FnMut(ParseNestedMeta<'_>) -> Result<()>) -> Result<()> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(&mut each)?;
    }
    Ok(())
}

fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    if meta.input.peek(syn::token::Paren) {
        return Err(meta.error("names that differ by direction cannot be printed as one path"));
    }
    meta.value()?.parse()
}

fn unsupported(meta: &ParseNestedMeta<'_>) -> Error {
    let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let why = match name.as_str() {
        "skip_serializing_if" => "an answer writes `null` and leaves nothing out",
        "flatten" => "the fields of a flattened struct have no path of their own yet",
        _ => "the names and paths it leads to are not known here",
    };
    meta.error(format!("`{name}` cannot be honoured in a workflow: {why}"))
}

/// The cases of `rename_all`.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    fn read(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let name = text(meta)?;
        Ok(match name.value().as_str() {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return Err(Error::new(name.span(), "serde knows no such case")),
        })
    }

    /// As serde renames a field, which is written in snake case.
    fn of_field(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => field.split('_').map(capitalized).collect(),
            Self::Camel => uncapitalized(&Self::Pascal.of_field(field)),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => Self::ScreamingSnake.of_field(field).replace('_', "-"),
        }
    }

    /// As serde renames a variant, which is written in Pascal case.
    fn of_variant(self, variant: &str) -> String {
        match self {
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Pascal => variant.to_owned(),
            Self::Camel => uncapitalized(variant),
            Self::Snake => snake(variant),
            Self::ScreamingSnake => snake(variant).to_ascii_uppercase(),
            Self::Kebab => snake(variant).replace('_', "-"),
            Self::ScreamingKebab => Self::ScreamingSnake.of_variant(variant).replace('_', "-"),
        }
    }
}

fn snake(variant: &str) -> String {
    let mut out = String::new();
    for (at, letter) in variant.char_indices() {
        if at > 0 && letter.is_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

fn uncapitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

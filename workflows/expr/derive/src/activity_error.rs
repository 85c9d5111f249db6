//! `#[derive(ActivityError)]`: the errors that cross the wire between an activity and a workflow.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{DeriveInput, Error, Ident, LitStr, Result};

use crate::{
    cases::{Arm, Body, Tagged, read, twin_of},
    serde_attributes::Container,
    shape::Member,
};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let arms = read(input, &Container::read(&input.attrs)?)?;
    let names = arms.iter().map(error_name).collect::<Result<Vec<_>>>()?;
    let name = &input.ident;
    let twin = twin_name(input)?;
    let payloads = arms.iter().map(payload).collect::<Result<Vec<_>>>()?;
    let variants = arms.iter().map(|arm| &arm.variant.ident).collect::<Vec<_>>();
    let serde_names = arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>();
    let tagged = names.iter().map(|_| never_tested()).collect::<Vec<_>>();
    let wire_names = names.iter().map(LitStr::value).collect::<Vec<_>>();
    let cases = twin_of(&input.vis, name, &twin, &arms, &wire_names, &tagged);
    Ok(quote! {
        impl ::expr::ActivityError for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const VARIANTS: &'static [&'static str] = &[#(#serde_names),*];

            fn error_name(&self) -> &'static str {
                match self { #(Self::#variants { .. } => #names),* }
            }

            fn payload(&self) -> ::std::string::String {
                match self { #(#payloads),* }
            }
        }

        #cases
    })
}

/// Errors are told apart by their names in `Catch`, not by a test.
fn never_tested() -> Tagged {
    Tagged {
        test: quote!(::std::rc::Rc::new(::expr::Node::Literal(
            ::expr::derived::serde_json::json!(true)
        ))),
        payload: quote!(of),
    }
}

fn twin_name(input: &DeriveInput) -> Result<Ident> {
    match input
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("activity"))
    {
        Some(attribute) => {
            let activity: Ident = attribute.parse_args()?;
            Ok(format_ident!("{activity}Error", span = input.ident.span()))
        }
        None => Ok(format_ident!("{}Case", input.ident, span = input.ident.span())),
    }
}

fn error_name(arm: &Arm<'_>) -> Result<LitStr> {
    let Some(attribute) = arm
        .variant
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("error_name"))
    else {
        let message = "this error needs its name on the wire: #[error_name(\"Area.Name\")]";
        return Err(Error::new(arm.variant.ident.span(), message));
    };
    let name: LitStr = attribute.parse_args()?;
    let reserved = ["States.", "Lambda.", "Runtime.", "Sandbox."]
        .iter()
        .any(|prefix| name.value().starts_with(prefix));
    if reserved {
        return Err(Error::new(
            name.span(),
            "names that begin so are reserved for the infrastructure",
        ));
    }
    Ok(name)
}

fn payload(arm: &Arm<'_>) -> Result<TokenStream> {
    let variant = &arm.variant.ident;
    Ok(match &arm.body {
        Body::Unit => quote!(Self::#variant => ::std::string::String::from("{}")),
        Body::Newtype(ty) => {
            return Err(Error::new_spanned(
                ty,
                "the fields of an error need names: they are the keys of its payload",
            ));
        }
        Body::Record(members) => {
            let idents = members.iter().map(|Member { ident, .. }| ident).collect::<Vec<_>>();
            let keys = members.iter().map(|Member { name, .. }| name);
            quote!(Self::#variant { #(#idents),* } =>
                ::expr::derived::serde_json::json!({ #(#keys: #idents),* }).to_string())
        }
    })
}

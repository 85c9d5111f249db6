//! `#[derive(Item)]`: records as DynamoDB keeps them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataStruct, DeriveInput, Error, Fields, Ident, Result};

use crate::{serde_attributes::Container, shape::Member};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    match &input.data {
        Data::Struct(data) => record(input, data),
        Data::Enum(data)
            if data
                .variants
                .iter()
                .all(|variant| matches!(variant.fields, Fields::Unit)) =>
        {
            Ok(text(&input.ident))
        }
        Data::Enum(_) | Data::Union(_) => Err(Error::new(
            input.ident.span(),
            "an item is a record; an enum with data has no attribute of its own",
        )),
    }
}

fn record(input: &DeriveInput, data: &DataStruct) -> Result<TokenStream> {
    let container = Container::read(&input.attrs)?;
    let members = data
        .fields
        .iter()
        .map(|field| Member::new(field, &container))
        .collect::<Result<Vec<_>>>()?;
    let name = &input.ident;
    let types = members.iter().map(|member| member.ty).collect::<Vec<_>>();
    let names = members.iter().map(|member| &member.name).collect::<Vec<_>>();
    let absents = members.iter().map(|member| &member.absent).collect::<Vec<_>>();
    Ok(quote! {
        impl ::expr::Attribute for #name {
            const TYPE: &'static str = "M";

            fn encode(value: &::std::rc::Rc<::expr::Node>) -> ::std::rc::Rc<::expr::Node> {
                ::std::rc::Rc::new(::expr::Node::Record(::std::vec![#((
                    ::std::string::String::from(#names),
                    <#types as ::expr::Attribute>::to_attribute(&::expr::derived::member(value, #names, #absents)),
                )),*]))
            }

            fn decode(encoded: &::std::rc::Rc<::expr::Node>) -> ::std::rc::Rc<::expr::Node> {
                ::std::rc::Rc::new(::expr::Node::Record(::std::vec![#((
                    ::std::string::String::from(#names),
                    <#types as ::expr::Attribute>::from_member(
                        &::expr::Node::field(encoded, #names, ::expr::Absent::Never),
                        #absents,
                    ),
                )),*]))
            }
        }

        impl ::expr::Element for #name {}
        impl ::expr::Item for #name {}
    })
}

fn text(name: &Ident) -> TokenStream {
    quote! {
        impl ::expr::Attribute for #name {
            const TYPE: &'static str = "S";

            fn encode(value: &::std::rc::Rc<::expr::Node>) -> ::std::rc::Rc<::expr::Node> {
                ::std::rc::Rc::clone(value)
            }

            fn decode(encoded: &::std::rc::Rc<::expr::Node>) -> ::std::rc::Rc<::expr::Node> {
                ::std::rc::Rc::clone(encoded)
            }
        }

        impl ::expr::Element for #name {}
    }
}

//! `#[derive(Cases)]`: enums in data, told apart by serde's tag.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, Result, Visibility, spanned::Spanned};

use crate::{
    serde_attributes::{Container, FieldAttributes, VariantAttributes},
    shape::Member,
};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let container = Container::read(&input.attrs)?;
    let twin = format_ident!("{}Case", input.ident, span = input.ident.span());
    let arms = read(input, &container)?;
    let tests = arms
        .iter()
        .map(|arm| tagged(&container, arm))
        .collect::<Result<Vec<_>>>()?;
    let names = arms.iter().map(|arm| arm.name.clone()).collect::<Vec<_>>();
    if arms.iter().all(|arm| matches!(arm.body, Body::Unit)) {
        return Ok(own_cases(&input.ident, &arms, &names, &tests));
    }
    Ok(twin_of(&input.vis, &input.ident, &twin, &arms, &names, &tests))
}

/// A variant as far as the twin needs it.
pub(crate) struct Arm<'a> {
    pub(crate) variant: &'a syn::Variant,
    pub(crate) name: String,
    pub(crate) body: Body<'a>,
}

/// What a variant holds.
pub(crate) enum Body<'a> {
    Unit,
    Record(Vec<Member<'a>>),
    Newtype(&'a syn::Type),
}

/// How a variant is recognised, and the node below which its payload lies.
pub(crate) struct Tagged {
    pub(crate) test: TokenStream,
    pub(crate) payload: TokenStream,
}

/// The variants of an enum.
pub(crate) fn read<'a>(input: &'a DeriveInput, container: &Container) -> Result<Vec<Arm<'a>>> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.ident.span(), "only an enum has cases"));
    };
    data.variants
        .iter()
        .map(|variant| {
            let attributes = VariantAttributes::read(&variant.attrs)?;
            let body = match &variant.fields {
                Fields::Unit => Body::Unit,
                Fields::Named(fields) => Body::Record(
                    fields
                        .named
                        .iter()
                        .map(|field| {
                            let own = FieldAttributes::read(&field.attrs)?;
                            let name = container.variant_field_name(field, &own, attributes.rename_all);
                            Member::named(field, &own, name, false)
                        })
                        .collect::<Result<_>>()?,
                ),
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Body::Newtype(&fields.unnamed[0].ty),
                Fields::Unnamed(fields) => {
                    return Err(Error::new(fields.span(), "fields of a case need names"));
                }
            };
            Ok(Arm {
                variant,
                name: container.variant_name(variant, &attributes),
                body,
            })
        })
        .collect()
}

fn tagged(container: &Container, arm: &Arm<'_>) -> Result<Tagged> {
    let name = &arm.name;
    let equals = |left: TokenStream| {
        quote!(::expr::Node::binary(
            ::expr::Operator::Equal,
            #left,
            ::std::rc::Rc::new(::expr::Node::Literal(::expr::derived::serde_json::json!(#name))),
        ))
    };
    let field = |name: &str| quote!(::expr::Node::field(of, #name, ::expr::Absent::Never));
    Ok(match (&container.tag, &container.content) {
        (None, Some(_)) => return Err(Error::new(arm.variant.span(), "`content` needs a `tag`")),
        (None, None) if matches!(arm.body, Body::Unit) => Tagged {
            test: equals(quote!(::std::rc::Rc::clone(of))),
            payload: quote!(of),
        },
        (None, None) => {
            let payload = field(name);
            Tagged {
                test: quote!(::expr::Node::function("exists", ::std::vec![#payload])),
                payload: quote!(&#payload),
            }
        }
        (Some(tag), None) => Tagged {
            test: equals(field(tag)),
            payload: quote!(of),
        },
        (Some(tag), Some(content)) => {
            let payload = field(content);
            Tagged {
                test: equals(field(tag)),
                payload: quote!(&#payload),
            }
        }
    })
}

/// An enum without data is its own twin.
fn own_cases(name: &Ident, arms: &[Arm<'_>], names: &[String], tagged: &[Tagged]) -> TokenStream {
    let variants = arms.iter().map(|arm| &arm.variant.ident);
    let tests = tagged.iter().map(|Tagged { test, .. }| test);
    quote! {
        impl ::expr::Cases for #name {
            type Case<'s> = Self;
            fn cases<'s>(of: &::std::rc::Rc<::expr::Node>) -> ::std::vec::Vec<::expr::Variant<Self::Case<'s>>> {
                ::std::vec![#(::expr::Variant { name: #names, test: #tests, case: Self::#variants, checked: ::core::option::Option::None }),*]
            }
        }
    }
}

/// The twin enum and its `Cases`.
pub(crate) fn twin_of(
    visibility: &Visibility,
    name: &Ident,
    twin: &Ident,
    arms: &[Arm<'_>],
    names: &[String],
    tagged: &[Tagged],
) -> TokenStream {
    let doc = format!("The cases of [`{name}`] as a workflow sees them: the fields are expressions.");
    let variants = arms.iter().map(|arm| {
        let docs = docs(&arm.variant.attrs);
        let ident = &arm.variant.ident;
        match &arm.body {
            Body::Unit => quote!(#(#docs)* #ident),
            Body::Newtype(ty) => quote!(#(#docs)* #ident(::expr::Expr<'s, #ty>)),
            Body::Record(members) => {
                let fields = members
                    .iter()
                    .map(|Member { ident, ty, docs, .. }| quote!(#(#docs)* #ident: ::expr::Expr<'s, #ty>));
                quote!(#(#docs)* #ident { #(#fields),* })
            }
        }
    });
    let cases = arms
        .iter()
        .zip(names)
        .zip(tagged)
        .map(|((arm, name), Tagged { test, payload })| {
            let ident = &arm.variant.ident;
            let case = match &arm.body {
                Body::Unit => quote!(#twin::#ident),
                Body::Newtype(_) => quote!(#twin::#ident(::expr::Expr::from_node(::std::rc::Rc::clone(#payload)))),
                Body::Record(members) => {
                    let fields = members.iter().map(Member::expression);
                    quote!({ let of: &::std::rc::Rc<::expr::Node> = #payload; #twin::#ident { #(#fields),* } })
                }
            };
            let checked = match &arm.body {
                Body::Record(members) => {
                    let fields = members.iter().map(Member::checked);
                    quote!(::core::option::Option::Some({
                        let of: &::std::rc::Rc<::expr::Node> = #payload;
                        ::std::rc::Rc::new(::expr::Node::Record(::std::vec![#(#fields),*]))
                    }))
                }
                Body::Unit | Body::Newtype(_) => quote!(::core::option::Option::None),
            };
            quote!(::expr::Variant { name: #name, test: #test, case: #case, checked: #checked })
        });
    let scope = (!arms.iter().all(|arm| matches!(arm.body, Body::Unit))).then(|| quote!(<'s>));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #visibility enum #twin #scope { #(#variants),* }

        impl ::expr::Cases for #name {
            type Case<'s> = #twin #scope;
            fn cases<'s>(of: &::std::rc::Rc<::expr::Node>) -> ::std::vec::Vec<::expr::Variant<Self::Case<'s>>> {
                ::std::vec![#(#cases),*]
            }
        }
    }
}

fn docs(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .collect()
}

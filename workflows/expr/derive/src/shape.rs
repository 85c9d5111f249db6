//! `#[derive(Shape)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, Data, DataEnum, DeriveInput, Error, Field, Fields, Ident, Path, PathArguments, Result, Type,
    spanned::Spanned,
};

use crate::serde_attributes::{Container, FieldAttributes};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.span(),
            "what flows through a workflow has one type, not a parameter",
        ));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => record(input, &fields.named.iter().collect::<Vec<_>>()),
            other => Err(Error::new(other.span(), "a record needs named fields")),
        },
        Data::Enum(data) => enumeration(input, data),
        Data::Union(data) => Err(Error::new(data.union_token.span, "a union is no JSON")),
    }
}

/// One field of a record or a variant: how it is called here and on the wire, and what its absence means.
pub(crate) struct Member<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) name: String,
    pub(crate) absent: TokenStream,
    pub(crate) docs: Vec<&'a Attribute>,
}

impl<'a> Member<'a> {
    pub(crate) fn new(field: &'a Field, container: &Container) -> Result<Self> {
        let attributes = FieldAttributes::read(&field.attrs)?;
        let name = container.field_name(field, &attributes);
        Self::named(field, &attributes, name, container.default)
    }

    pub(crate) fn named(field: &'a Field, own: &FieldAttributes, name: String, defaulted: bool) -> Result<Self> {
        let ident = field
            .ident
            .as_ref()
            .ok_or_else(|| Error::new(field.span(), "this field needs a name"))?;
        let ty = &field.ty;
        if defaulted && own.default.is_none() {
            return Err(Error::new(
                field.span(),
                "state the default at the field: a container's default has no value here",
            ));
        }
        let absent = match &own.default {
            Some(default) => quote!(::expr::derived::absent({
                let default: #ty = #default;
                ::expr::derived::serde_json::json!(default)
            })),
            None if is_option(ty) => quote!(::expr::Absent::Null),
            None => quote!(::expr::Absent::Never),
        };
        let docs = field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("doc"))
            .collect();
        Ok(Self {
            ident,
            ty,
            name,
            absent,
            docs,
        })
    }

    /// The field's expression below the node `of`.
    pub(crate) fn expression(&self) -> TokenStream {
        let Self {
            ident, name, absent, ..
        } = self;
        quote!(#ident: ::expr::Expr::from_node(::expr::Node::field(of, #name, #absent)))
    }

    /// The field's name, and its value below the node `of` where it is what its type says.
    pub(crate) fn checked(&self) -> TokenStream {
        let Self { ty, name, absent, .. } = self;
        quote!((
            ::std::string::String::from(#name),
            <#ty as ::expr::Shape>::checked(&::expr::Node::field(of, #name, #absent)),
        ))
    }
}

fn record(input: &DeriveInput, fields: &[&Field]) -> Result<TokenStream> {
    let container = Container::read(&input.attrs)?;
    let members = fields
        .iter()
        .map(|field| Member::new(field, &container))
        .collect::<Result<Vec<_>>>()?;
    let (name, visibility) = (&input.ident, &input.vis);
    let fields_name = format_ident!("{name}Fields", span = name.span());
    let twin = format_ident!("{name}Expr", span = name.span());
    let fields_doc = format!("The fields of a [`{name}`] as expressions.");
    let twin_doc = format!("A [`{name}`] made while the workflow runs: each field is an expression or a literal.");

    let docs = members.iter().map(|member| &member.docs).collect::<Vec<_>>();
    let idents = members.iter().map(|member| member.ident).collect::<Vec<_>>();
    let types = members.iter().map(|member| member.ty).collect::<Vec<_>>();
    let names = members.iter().map(|member| &member.name).collect::<Vec<_>>();
    let parameters = (0..members.len()).map(|at| format_ident!("T{at}")).collect::<Vec<_>>();
    let expressions = members.iter().map(Member::expression);
    let of = if members.is_empty() { quote!(_) } else { quote!(of) };
    let unit = members
        .is_empty()
        .then(|| quote!(#[doc(hidden)] pub scope: ::core::marker::PhantomData<&'s ()>));
    let unit_value = members.is_empty().then(|| quote!(scope: ::core::marker::PhantomData));

    Ok(quote! {
        #[doc = #fields_doc]
        #[derive(Clone, Debug)]
        #visibility struct #fields_name<'s> {
            #(#(#docs)* pub #idents: ::expr::Expr<'s, #types>,)*
            #unit
        }

        impl ::expr::Shape for #name {
            type Fields<'s> = #fields_name<'s>;
            fn fields<'s>(#of: &::std::rc::Rc<::expr::Node>) -> #fields_name<'s> {
                #fields_name { #(#expressions,)* #unit_value }
            }
        }

        #[doc = #twin_doc]
        #[derive(Clone, Copy, Debug)]
        #visibility struct #twin<#(#parameters),*> {
            #(#(#docs)* pub #idents: #parameters,)*
        }

        impl<'x, #(#parameters: ::expr::Is<'x, #types>),*> ::expr::Is<'x, #name> for #twin<#(#parameters),*> {
            fn expr(self) -> ::expr::Expr<'x, #name> {
                ::expr::Expr::from_node(::std::rc::Rc::new(::expr::Node::Record(::std::vec![
                    #((::std::string::String::from(#names), <#parameters as ::expr::Is<'x, #types>>::expr(self.#idents).settled())),*
                ])))
            }
        }

        impl<'x, #(#parameters: ::expr::Is<'x, #types>),*> ::expr::Is<'x, ::core::option::Option<#name>>
            for #twin<#(#parameters),*>
        {
            fn expr(self) -> ::expr::Expr<'x, ::core::option::Option<#name>> {
                let record: ::expr::Expr<'x, #name> = ::expr::Is::<'x, #name>::expr(self);
                ::expr::Is::expr(record)
            }
        }
    })
}

fn enumeration(input: &DeriveInput, data: &DataEnum) -> Result<TokenStream> {
    Container::read(&input.attrs)?;
    let name = &input.ident;
    let literal = data
        .variants
        .iter()
        .all(|variant| matches!(variant.fields, Fields::Unit))
        .then(|| {
            let optional = quote!(::core::option::Option<#name>);
            let impls = [quote!(#name), optional].map(|wanted| {
                quote! {
                    impl<'x> ::expr::Is<'x, #wanted> for #name {
                        fn expr(self) -> ::expr::Expr<'x, #wanted> {
                            ::expr::literal(::expr::derived::serde_json::json!(self))
                        }
                    }
                }
            });
            quote! {
                #(#impls)*
                impl ::expr::Equatable for #name {}
            }
        });
    Ok(quote! {
        impl ::expr::Shape for #name {
            type Fields<'s> = ();
            fn fields<'s>(_: &::std::rc::Rc<::expr::Node>) -> Self::Fields<'s> {}
        }
        #literal
    })
}

/// Whether the type is written as an `Option`. A derive sees names only, as serde's own does.
fn is_option(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    last_is_option(&path.path)
}

fn last_is_option(path: &Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "Option" && matches!(last.arguments, PathArguments::AngleBracketed(_)))
}

//! Functions that are never called: their bounds hold, or explain themselves at the field.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::model::{Field, Model};

pub(super) fn check(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let fields = model.fields.iter();
    let checks = fields.filter_map(|field| check_field(field, &private));
    let (parameters, _, bounds) = model.item.generics.split_for_impl();
    quote! {
        const _: () = {
            #[allow(dead_code, unused_imports, unused_qualifications, reason = "only the types matter")]
            fn types #parameters () #bounds {
                use #private::Other as _;
                #(#checks)*
            }
        };
    }
}

fn check_field(field: &Field, private: &TokenStream) -> Option<TokenStream> {
    let claim = field.claim.as_ref()?;
    if !field.asks.serialize {
        return None;
    }
    let Field { ty, cfgs, .. } = field;
    let place = Span::mixed_site().located_at(ty.span());
    let objections = [
        (!claim.marks.allow_float).then(|| quote_spanned!(place=> float)),
        Some(quote_spanned!(place=> bytes)),
        Some(quote_spanned!(place=> keys)),
        Some(quote_spanned!(place=> time)),
    ];
    let objections = objections.into_iter().flatten();
    Some(quote_spanned! {place=>
        #(#cfgs)*
        {
            let probe = #private::Probe::<#ty>::NEW;
            #(#private::accept::#objections(&probe, probe.class());)*
        }
    })
}

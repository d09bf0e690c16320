//! Constants whose evaluation fails, with the reason, if the type of a field cannot be a claim.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::{Field, Model};
use crate::support::errors::ends;

pub(super) fn check(model: &Model) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let fields = model.fields.iter();
    fields
        .filter_map(|field| check_field(field, &private))
        .collect()
}

/// Checks the type of a field, unless it depends on a parameter of the struct.
fn check_field(field: &Field, private: &TokenStream) -> Option<TokenStream> {
    let claim = field.claim.as_ref()?;
    if !field.asks.serialize || !field.is_plain {
        return None;
    }
    let Field { ty, cfgs, .. } = field;
    let allows_float = claim.flags.allow_float;
    // The call spans from the first token of the type to its last, so that the message is there.
    let (first, last) = ends(ty);
    let accept = quote_spanned!(first=> __scoped_accept);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(CLASS, #allows_float));
    arguments.set_span(last);
    Some(quote! {
        #(#cfgs)*
        const _: () = {
            #[allow(unused_imports, reason = "not every type needs it")]
            use #private::{Other as _, accept as __scoped_accept};
            #[allow(deprecated, unused_qualifications, reason = "only the type matters")]
            const CLASS: #private::Class = #private::Probe::<#ty>::CLASS;
            #accept #arguments
        };
    })
}

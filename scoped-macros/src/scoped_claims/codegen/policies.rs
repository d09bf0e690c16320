//! The generated code for policies, after the macro has compared them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::super::model::Model;
use super::super::policies::{EnumTest, Folder, Policies, TypeCheck, Warning, manifest, shown};

pub(super) fn check(model: &Model, policies: &Policies) -> TokenStream {
    let runtime = &model.runtime;
    let private = quote!(#runtime::__private);
    let files = policies.folders.iter().flat_map(|folder| &folder.files);
    let files = files.map(|file| file.display().to_string());
    // A change of a file makes Cargo compile the struct again. No code calls this function, so no file
    // is embedded in the program or in the crate's metadata. A constant would embed it in the metadata.
    let files = quote! {
        const _: () = {
            fn _files() {
                #(let _ = ::core::include_bytes!(#files);)*
            }
        };
    };
    let warnings = policies.warnings.iter().map(warning);
    let type_check = policies
        .type_checks
        .iter()
        .map(|asked| type_check(asked, &private));
    let test = (!policies.folders.is_empty()).then(|| test(model, &policies.folders));
    let enums =
        (!policies.enum_tests.is_empty()).then(|| enums(model, &policies.enum_tests, &private));
    quote! {
        #files
        #(#warnings)*
        #(#type_check)*
        #test
        #enums
    }
}

/// On stable Rust, a macro can only produce a warning by the use of a deprecated item. The compiler prints
/// the path of the item, which therefore says what the warning is about.
fn warning(warning: &Warning) -> TokenStream {
    let Warning { span, name, text } = warning;
    let name = Ident::new(name, span.resolved_at(Span::mixed_site()));
    quote_spanned! {*span=>
        const _: () = {
            mod policy_warning {
                #[deprecated(note = #text)]
                pub(super) const fn #name() {}
            }
            policy_warning::#name()
        };
    }
}

/// An error if the type has one of the kinds that the policies rule out.
fn type_check(asked: &TypeCheck, private: &TokenStream) -> TokenStream {
    let TypeCheck {
        ty,
        span,
        cfgs,
        below,
        cases,
    } = asked;
    let place = Span::mixed_site().located_at(*span);
    let cases = cases.iter().map(|(kind, text)| {
        let kind = if let Some(kind) = kind {
            let kind = format_ident!("{}", kind.variant());
            quote!(::core::option::Option::Some(#private::ClaimKind::#kind))
        } else {
            quote!(::core::option::Option::None)
        };
        quote_spanned!(place=> #kind => ::core::panic!("{}", #text),)
    });
    quote_spanned! {place=>
        #(#cfgs)*
        const _: () = {
            #[allow(unused_imports, reason = "not every type needs it")]
            use #private::Other as _;
            #[allow(deprecated, reason = "only the type matters")]
            type Asked = #private::Probe<#ty>;
            match #private::kind_at(Asked::KIND, Asked::CLAIMS, &[#(#below),*]) {
                #(#cases)*
                _ => {}
            }
        };
    }
}

/// A test of the user's crate finds new files, since the compiler does not. The test is in a module, because
/// a lint about tests inside of functions can only be allowed there.
fn test(model: &Model, folders: &[Folder]) -> TokenStream {
    let name = model.item.ident.unraw().to_string();
    let module = format_ident!("__policies_of_{name}", span = Span::mixed_site());
    let runtime = model.runtime.seen_from_a_module();
    let manifest_dir = manifest();
    let patterns = folders.iter().map(|folder| &folder.pattern);
    let files = folders.iter().flat_map(|folder| &folder.files);
    let files = files.map(|file| shown(&manifest_dir, file).display().to_string());
    quote! {
        #[cfg(test)]
        #[allow(unnameable_test_items, unused_imports, reason = "where the struct is decides")]
        mod #module {
            use super::*;
            #[::core::prelude::v1::test]
            fn are_unchanged() {
                let __scoped_manifest = ::core::env!("CARGO_MANIFEST_DIR");
                if let ::core::result::Result::Err(__scoped_changed) = #runtime::__private::check_sql_files(
                    #name,
                    __scoped_manifest,
                    &[#(#patterns),*],
                    &[#(#files),*],
                ) {
                    ::core::panic!("{}", __scoped_changed);
                }
            }
        }
    }
}

/// A test that asks serde for the values of enums, which the compiler cannot evaluate. It is not in a module,
/// where types that are declared inside of a function have no path.
fn enums(model: &Model, enum_tests: &[EnumTest], private: &TokenStream) -> TokenStream {
    let name = model.item.ident.unraw();
    let test = format_ident!(
        "__policies_of_{name}_compare_enums",
        span = Span::mixed_site()
    );
    let comparisons = enum_tests.iter().map(|of_enum| {
        let EnumTest {
            ty,
            cfgs,
            literals,
            text,
        } = of_enum;
        quote! {
            #(#cfgs)*
            #private::EnumLiterals {
                values: #private::Probe::<#ty>::NEW.values(),
                literals: &[#(#literals),*],
                text: #text,
            },
        }
    });
    quote! {
        #[cfg(test)]
        #[::core::prelude::v1::test]
        fn #test() {
            #[allow(unused_imports, reason = "not every type needs it")]
            use #private::Other as _;
            if let ::core::result::Result::Err(__scoped_wrong) = #private::check_enum_literals(&[#(#comparisons)*]) {
                ::core::panic!("{}", __scoped_wrong);
            }
        }
    }
}

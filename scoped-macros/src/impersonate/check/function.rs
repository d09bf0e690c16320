//! Checks the kind of the function and its return type.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Token, Type, TypeParamBound,
};

use super::super::model::FunctionKind;
use crate::support::async_block;
use crate::support::errors::Errors;
use crate::support::function::Function;

pub(super) fn kind(function: &Function, errors: &mut Errors) -> FunctionKind {
    let signature = &function.signature;
    if let Some(abi) = &signature.abi {
        let message = "an `extern` function cannot be given a client; put `#[impersonate]` on a function that it calls";
        errors.at(abi, message);
    } else if let Some(constness) = &signature.constness {
        errors.at(
            constness,
            "a `const fn` cannot make a client; remove `const`",
        );
    }
    let Some(body) = &function.body else {
        let message = format!(
            "function `{}` has no body to make the client in; put `#[impersonate]` on the implementation",
            signature.ident
        );
        errors.at(&signature.ident, message);
        return FunctionKind::Async;
    };
    if signature.asyncness.is_some() {
        return FunctionKind::Async;
    }
    if async_block::edit(body.stream(), |block| block).is_some() {
        return FunctionKind::Future;
    }
    if let Some(output) = declared(signature)
        && future_output(output).is_some()
    {
        let message = "the future is not made by an async block at the end of the body; make the function an `async fn`, or end it with `async move { .. }`";
        errors.at(output, message);
        return FunctionKind::Future;
    }
    FunctionKind::Blocking
}

/// The type of a `return` where the client is made, if it can be written there.
pub(super) fn output(
    signature: &Signature,
    kind: FunctionKind,
    errors: &mut Errors,
) -> Option<Type> {
    let message =
        "making the client can fail; return a `Result<_, E>` with `E: From<scoped_runtime::Error>`";
    let Some(declared) = declared(signature) else {
        errors.at(&signature.ident, message);
        return None;
    };
    let output = match kind {
        FunctionKind::Future => future_output(declared)?,
        FunctionKind::Async | FunctionKind::Blocking => declared,
    };
    if is_unit(output) || is_never_a_result(output) {
        errors.at(output, message);
    }
    let text = output.to_token_stream().to_string();
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    (!words.any(|word| word == "impl")).then(|| output.clone())
}

/// Whether the function itself can return an error and wait for a future.
pub(super) fn can_stop(signature: &Signature) -> bool {
    signature.asyncness.is_some() && declared(signature).is_some_and(|output| !is_unit(output))
}

fn is_unit(output: &Type) -> bool {
    matches!(output, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Traits that no `Result` implements, so that `impl Trait` cannot return an error.
const NOT_OF_A_RESULT: [&str; 13] = [
    "Stream",
    "TryStream",
    "FusedStream",
    "AsyncIterator",
    "Iterator",
    "DoubleEndedIterator",
    "ExactSizeIterator",
    "FusedIterator",
    "Fn",
    "FnMut",
    "FnOnce",
    "Display",
    "Sink",
];

/// Whether the type is `impl Trait` or a trait object of such a trait.
fn is_never_a_result(output: &Type) -> bool {
    let bounds = match output {
        Type::ImplTrait(opaque) => &opaque.bounds,
        Type::TraitObject(object) => &object.bounds,
        Type::Paren(inner) => return is_never_a_result(&inner.elem),
        Type::Group(inner) => return is_never_a_result(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last();
            return last.is_some_and(|last| match last.ident.to_string().as_str() {
                "BoxStream" | "LocalBoxStream" => true,
                "Pin" | "Box" => content(last).is_some_and(is_never_a_result),
                _ => false,
            });
        }
        _ => return false,
    };
    bounds.iter().any(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return false;
        };
        let last = bound.path.segments.last();
        last.is_some_and(|last| NOT_OF_A_RESULT.iter().any(|name| last.ident == name))
    })
}

/// The first type in angle brackets.
fn content(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn declared(signature: &Signature) -> Option<&Type> {
    match &signature.output {
        ReturnType::Type(_, output) => Some(output),
        ReturnType::Default => None,
    }
}

/// The `T` of `Future<Output = T>`, with or without `Box` and `Pin` around it, or of `BoxFuture<'_, T>`.
fn future_output(ty: &Type) -> Option<&Type> {
    match ty {
        Type::ImplTrait(opaque) => of_bounds(&opaque.bounds),
        Type::TraitObject(object) => of_bounds(&object.bounds),
        Type::Paren(inner) => future_output(&inner.elem),
        Type::Group(inner) => future_output(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "Pin" | "Box" => future_output(content(last)?),
                "BoxFuture" | "LocalBoxFuture" => content(last),
                _ => None,
            }
        }
        _ => None,
    }
}

fn of_bounds(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound.path.segments.last()?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output)
                if last.ident == "Future" && output.ident == "Output" =>
            {
                Some(&output.ty)
            }
            _ => None,
        })
    })
}

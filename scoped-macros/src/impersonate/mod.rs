use proc_macro2::TokenStream;
/// Passes the item on; to be replaced.
pub(crate) fn expand(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

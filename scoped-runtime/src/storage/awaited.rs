/// Lets async code await a request, as `awaited!(ListRequest::execute -> Vec<ListEntry>)` says.
macro_rules! awaited {
    ($request:ident::$send:ident -> $answer:ty) => {
        impl IntoFuture for $request {
            type Output = Result<$answer, $crate::error::Error>;
            type IntoFuture = <$crate::client::Async as $crate::client::Mode>::Answer<$answer>;

            fn into_future(self) -> Self::IntoFuture {
                self.$send()
            }
        }
    };
}

pub(in crate::storage) use awaited;

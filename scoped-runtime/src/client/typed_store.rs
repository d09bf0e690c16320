use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Values that modules to the right of this one keep with a project or a client, at most one of each type:
/// the pool of direct Postgres, the socket of Realtime. They are dropped with the project or the client, so a
/// value must not hold an `Arc` of what it is kept with.
#[derive(Default)]
pub(crate) struct TypedStore(Mutex<Vec<(TypeId, Value)>>);

type Value = Arc<dyn Any + Send + Sync>;

#[cfg_attr(
    not(feature = "postgres"),
    allow(dead_code, reason = "for modules that are features")
)]
impl TypedStore {
    /// The value of this type, if it is there.
    pub(crate) fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        find(&values)
    }

    /// The value of this type; if there is none, the one that the function makes. The function runs under the
    /// store's lock, so that only one value is made; it must not use the store.
    #[allow(dead_code, reason = "for the socket of Realtime")]
    pub(crate) fn get_or_insert_with<T: Any + Send + Sync>(
        &self,
        make: impl FnOnce() -> T,
    ) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = find(&values) {
            return value;
        }
        let value = Arc::new(make());
        values.push((TypeId::of::<T>(), Arc::clone(&value) as Value));
        value
    }

    /// Keeps the value; returns it if there is one of its type already.
    pub(crate) fn insert_first<T: Any + Send + Sync>(&self, value: T) -> Result<(), T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if find::<T>(&values).is_some() {
            return Err(value);
        }
        values.push((TypeId::of::<T>(), Arc::new(value)));
        Ok(())
    }
}

fn find<T: Any + Send + Sync>(values: &[(TypeId, Value)]) -> Option<Arc<T>> {
    let (_, value) = values.iter().find(|(id, _)| *id == TypeId::of::<T>())?;
    Arc::clone(value).downcast().ok()
}

impl fmt::Debug for TypedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedStore")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::TypedStore;

    #[test]
    fn a_store_keeps_the_first_value_of_each_type() {
        let store = TypedStore::default();
        assert_eq!(store.get::<u8>(), None);
        assert_eq!(*store.get_or_insert_with(|| 1_u8), 1);
        assert_eq!(*store.get_or_insert_with(|| 2_u8), 1);
        assert_eq!(store.insert_first(3_u8), Err(3));
        assert_eq!(store.insert_first("text"), Ok(()));
        assert_eq!(store.get::<u8>(), Some(Arc::new(1)));
        assert_eq!(store.get::<&str>(), Some(Arc::new("text")));
    }

    #[test]
    fn a_value_is_dropped_with_its_store() {
        let value = Arc::new(());
        let store = TypedStore::default();
        store.insert_first(Arc::clone(&value)).unwrap();
        assert_eq!(Arc::strong_count(&value), 2);
        drop(store);
        assert_eq!(Arc::strong_count(&value), 1);
    }
}

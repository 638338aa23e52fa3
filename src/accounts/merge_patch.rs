//! JSON Merge Patch (RFC 7396).

use serde_json::{Map, Value};

/// Applies `patch` to `target`: merges objects, removes members that are `null`, and
/// replaces any other value.
pub fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(&name);
            }
            Value::Object(members) => {
                // A value that is not an object is replaced by an empty object (RFC
                // 7396, section 2).
                let entry = target.entry(name).or_insert_with(|| Value::Object(Map::new()));
                if !entry.is_object() {
                    *entry = Value::Object(Map::new());
                }
                if let Value::Object(target) = entry {
                    merge(target, members);
                }
            }
            other => {
                target.insert(name, other);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn merged(target: Value, patch: Value) -> Value {
        let (Value::Object(mut target), Value::Object(patch)) = (target, patch) else {
            panic!("objects")
        };
        merge(&mut target, patch);
        Value::Object(target)
    }

    /// The examples of RFC 7396, appendix A, in which target and patch are objects.
    #[test]
    fn the_rfcs_own_examples() {
        for (target, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(merged(target, patch), result);
        }
    }

    fn object() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c]{0,3}".prop_map(Value::from)
        ];
        let any_json = leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::hash_map("[a-d]", inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        });
        prop::collection::hash_map("[a-d]", any_json, 0..4)
            .prop_map(|m| Value::Object(m.into_iter().collect()))
    }

    fn has_null_member(value: &Value) -> bool {
        value.as_object().is_some_and(|o| o.values().any(|v| v.is_null() || has_null_member(v)))
    }

    proptest! {
        #[test]
        fn applying_twice_is_applying_once(target in object(), patch in object()) {
            let once = merged(target, patch.clone());
            prop_assert_eq!(merged(once.clone(), patch), once);
        }

        #[test]
        fn onto_nothing_leaves_no_null(patch in object()) {
            let merged = merged(json!({}), patch);
            prop_assert!(!has_null_member(&merged), "{merged}");
        }

        #[test]
        fn members_not_named_stay(target in object(), patch in object()) {
            let result = merged(target.clone(), patch.clone());
            for (name, value) in target.as_object().unwrap() {
                if patch.get(name).is_none() {
                    prop_assert_eq!(result.get(name), Some(value));
                }
            }
        }
    }
}

//! Formats each event as a JSON object with timestamp, level, target, the request's span, and the
//! event's own fields.

use std::fmt::Debug;

use json_subscriber::{FieldWriter, JsonLayer};
use serde::Serialize;
use tracing::{
    Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{MakeWriter, time::SystemTime},
    registry::LookupSpan,
};

/// The layer that writes the objects.
pub fn layer<S, W>(writer: W) -> JsonLayer<S, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    let mut layer = JsonLayer::new(writer);
    layer
        .with_timer("timestamp", SystemTime)
        .with_level("level")
        .with_target("target")
        .with_current_span("span");
    // Instead of the library's `with_flattened_event`, which first collects the fields in a map.
    layer.add_multiple_dynamic_fields(|event, _, line| event.record(&mut Fields(line)));
    layer
}

/// Writes fields directly as they are visited.
struct Fields<'a, 'b>(&'a mut FieldWriter<'b>);

impl Fields<'_, '_> {
    fn write(&mut self, field: &Field, value: impl Serialize) {
        // A field that cannot be serialised is omitted. The line is valid nevertheless.
        let _ = self.0.write_field(field.name(), value);
    }
}

impl Visit for Fields<'_, '_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.write(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, format_args!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use serde_json::{Value, json};
    use tracing::{info, info_span, subscriber::with_default, warn};
    use tracing_subscriber::{prelude::*, registry};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(log: impl FnOnce()) -> Vec<Value> {
        let lines = Lines::default();
        let written = lines.clone();
        with_default(registry().with(layer(move || written.clone())), log);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn fields_of_all_kinds_stand_beside_what_each_line_has() {
        let missing: Option<&str> = None;
        let lines = logged(|| {
            info_span!("request", id = "a\"b").in_scope(|| {
                info!(
                    count = 3,
                    below = -3,
                    ratio = 0.5,
                    lost = f64::NAN,
                    is_late = true,
                    user.name = "O\"Brien\n\\\u{1}\u{2028}",
                    missing,
                    list = ?["a\"", "b"],
                    "{} \"quoted\"", 1
                );
            });
            warn!("alone");
        });
        let [line, alone] = lines.as_slice() else { panic!("{lines:?}") };
        let mut line = line.clone();
        let time = line["timestamp"].take();
        assert!(chrono::DateTime::parse_from_rfc3339(time.as_str().unwrap()).is_ok(), "{time}");
        let expected = json!({
            "timestamp": null, "level": "INFO", "target": module_path!(), "span": {"name": "request", "id": "a\"b"},
            "count": 3, "below": -3, "ratio": 0.5, "lost": null, "is_late": true,
            "user.name": "O\"Brien\n\\\u{1}\u{2028}", "list": "[\"a\\\"\", \"b\"]", "message": "1 \"quoted\"",
        });
        assert_eq!(line, expected);
        assert_eq!((&alone["level"], &alone["message"]), (&json!("WARN"), &json!("alone")));
        assert!(alone.get("span").is_none(), "{alone}");
    }
}

//! JSON formats of other services.

pub mod fields;
pub mod fitbit;
pub mod google_fit;
pub mod health_auto_export;
pub mod polar;

pub use fields::Fields;

use super::Format;

/// More members than the head of any supported format has.
const MAX_MEMBERS: usize = 1000;

/// Sessions of Google Fit that are not sport.
const NO_SPORT: [&str; 5] = ["sleep", "still", "in_vehicle", "tilting", "unknown"];

/// Detects the format of a document from the names at its start.
pub fn format(head: &str) -> Option<Format> {
    let members = members(head);
    let find = |depth: usize, name: &str| {
        members.iter().find(|member| member.depth == depth && member.name == name)
    };
    let has = |depth: usize, name: &str| find(depth, name).is_some();
    if head.trim_start().starts_with('[') {
        return (has(2, "logId") && has(2, "activityName")).then_some(Format::Fitbit);
    }
    if let Some(sport) = find(1, "fitnessActivity") {
        let is_other =
            NO_SPORT.iter().any(|word| sport.value.trim_start_matches('"').starts_with(word));
        return (!is_other && has(1, "startTime")).then_some(Format::GoogleFit);
    }
    if has(1, "exercises") && (has(1, "startTime") || has(1, "exportVersion")) {
        return Some(Format::Polar);
    }
    let is_export = has(1, "data") && (has(2, "workouts") || has(2, "metrics"));
    is_export.then_some(Format::HealthAutoExport)
}

struct Member<'a> {
    depth: usize,
    name: &'a str,
    /// The document from the value onwards.
    value: &'a str,
}

/// Returns the members of the outer objects, as far as the text goes.
fn members(head: &str) -> Vec<Member<'_>> {
    let (mut members, mut depth, mut rest) = (Vec::new(), 0_usize, head);
    while let Some(at) = rest.find(['{', '[', '}', ']', '"']) {
        let Some((mark, behind)) = rest.get(at..).and_then(|text| text.split_at_checked(1)) else {
            break;
        };
        rest = behind;
        match mark {
            "{" | "[" => depth += 1,
            "}" | "]" => depth = depth.saturating_sub(1),
            _ => {
                let Some(end) = end_of_string(rest) else { break };
                let (name, behind) = rest.split_at_checked(end).unwrap_or_default();
                rest = behind.get(1..).unwrap_or_default();
                let value = rest.trim_start().strip_prefix(':');
                if let Some(value) = value.filter(|_| depth <= 2 && members.len() < MAX_MEMBERS) {
                    members.push(Member { depth, name, value: value.trim_start() });
                }
            }
        }
    }
    members
}

/// Returns the position of the closing quotation mark of a string.
fn end_of_string(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_their_names_also_when_cut_off() {
        for (head, expected) in [
            (r#"{"fitnessActivity": "running", "startTime": "2"#, Some(Format::GoogleFit)),
            (r#"{"fitnessActivity": "sleep", "startTime": "2024""#, None),
            (r#"{"exportVersion" : "1.6", "a\"{": {}, "exercises" : [ {"#, Some(Format::Polar)),
            (r#"{"exportVersion": "1.6", "samples": {"exercises": 1}}"#, None),
            (r#"{"data": {"metrics": [{"workouts": 1"#, Some(Format::HealthAutoExport)),
            (r#"{"data": [{"workouts": []}]}"#, None),
            (r#" [ {"logId" : 1, "activityName" : "Run""#, Some(Format::Fitbit)),
            (r#"[{"logId": 1, "dateOfSleep": "2024-05-04"}]"#, None),
            (r#"[{"summarizedActivitiesExport": [{"activityId": 1, "name": "Run"}]}]"#, None),
            ("{", None),
            (r#"{"exercises"#, None),
            ("[]", None),
        ] {
            assert_eq!(format(head), expected, "{head}");
        }
    }
}

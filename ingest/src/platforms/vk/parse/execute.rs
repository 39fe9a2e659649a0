//! Answers of `execute`, which runs up to 25 calls in one (<https://dev.vk.com/ru/method/execute>).

use serde_json::Value;

use super::answer::{json_value, vk_error};
use crate::parsing::PageError;

/// Takes the answer of `execute` apart: one answer a call, in their order, each in the form of an answer of its own. A call
/// that failed stands in the list as `false`; its error is the next one of `execute_errors`.
///
/// # Errors
/// As [`super::parse_wall`]; also where the script as a whole was refused.
pub fn parse_execute(json: &[u8]) -> Result<Vec<Result<Vec<u8>, PageError>>, PageError> {
    let mut answer = json_value(json)?;
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        return Err(vk_error(error));
    }
    let errors = answer["execute_errors"].as_array().cloned().unwrap_or_default();
    let Value::Array(answers) = answer["response"].take() else {
        let error = errors.last().map(vk_error);
        return Err(error.unwrap_or_else(|| PageError::Format("an answer of execute without a list".into())));
    };
    let mut errors = errors.iter().filter(|error| error["method"] != "execute");
    let apart = |answer: Value| match answer {
        Value::Bool(false) => Err(errors
            .next()
            .map_or_else(|| PageError::Format("a call in execute failed and its error is not told".into()), vk_error)),
        answer => Ok(model::wire::write(&serde_json::json!({ "response": answer }))),
    };
    Ok(answers.into_iter().map(apart).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_keeps_its_place_and_its_error() {
        let answer = br#"{"response":[{"items":[]},false,{"items":[7]},false],
            "execute_errors":[{"method":"wall.getComments","error_code":212,"error_msg":"no"},
                              {"method":"wall.getComments","error_code":"15","error_msg":"closed"}]}"#;
        let found: Vec<String> = parse_execute(answer)
            .unwrap()
            .into_iter()
            .map(|call| call.map_or_else(|error| error.to_string(), |json| String::from_utf8(json).unwrap()))
            .collect();
        assert_eq!(
            found,
            [
                "{\"response\":{\"items\":[]}}",
                "vk_error_212: no",
                "{\"response\":{\"items\":[7]}}",
                "vk_error_15: closed"
            ]
        );
    }

    #[track_caller]
    fn refused(answer: &str, reason: &str) {
        let error = parse_execute(answer.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(reason), "{error}");
    }

    #[test]
    fn a_script_refused_as_a_whole_has_the_error_of_the_script() {
        refused(r#"{"error":{"error_code":28,"error_msg":"app auth"}}"#, "vk_error_28");
        refused(
            r#"{"response":null,"execute_errors":[{"method":"wall.get","error_code":15,"error_msg":"a"},
                {"method":"execute","error_code":13,"error_msg":"runtime"}]}"#,
            "vk_error_13",
        );
        refused(r#"{"response":5}"#, "not_this_format");
    }
}

//! The configuration of a run against the sample: files that lie over the shipped ones.

const FILES: [(&str, &str); 5] = [
    ("otklik.toml", include_str!("../content/config/otklik.toml")),
    ("sources.toml", include_str!("../content/config/sources.toml")),
    ("recipients.toml", include_str!("../content/config/recipients.toml")),
    ("alerts.toml", include_str!("../content/config/alerts.toml")),
    ("places/district.toml", include_str!("../content/config/places.toml")),
];

/// Name and content of each file, for a sample served at `base` (`http://127.0.0.1:8687`, no slash at the end) and a VK token
/// kept in `token_file`, where the caller writes [`crate::TOKEN`].
pub fn config_files(base: &str, token_file: &str) -> Vec<(String, String)> {
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    let fill = |file: &str| {
        file.replace("{base}", base).replace("{host}", host).replace("\"{token_file}\"", &toml_string(token_file))
    };
    FILES.iter().map(|(name, file)| ((*name).to_owned(), fill(file))).collect()
}

fn toml_string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Content;

    fn file(name: &str) -> toml::Table {
        let files = config_files("http://127.0.0.1:8687", "/tmp/a \"quoted\" folder/token");
        let (_, text) = files.into_iter().find(|(file, _)| file == name).unwrap();
        text.parse().unwrap()
    }

    #[test]
    fn the_files_are_toml_and_name_the_address_and_the_token_file() {
        let settings = file("otklik.toml");
        assert_eq!(settings["vk"]["api"].as_str(), Some("http://127.0.0.1:8687/vk/method"));
        assert_eq!(settings["vk"]["token_file"].as_str(), Some("/tmp/a \"quoted\" folder/token"));
        assert_eq!(settings["fetch"]["allow_private"][0].as_str(), Some("127.0.0.1:8687"));
        assert_eq!(file("alerts.toml")["webhook"].as_str(), Some("http://127.0.0.1:8687/hook"));
    }

    #[test]
    fn every_source_of_the_world_is_configured_and_no_other() {
        let mut configured: Vec<String> = file("sources.toml")["source"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| source["id"].as_str().unwrap().to_owned())
            .collect();
        let mut served: Vec<String> = Content::read().sources.into_iter().map(|source| source.id).collect();
        configured.sort();
        served.sort();
        assert_eq!(configured, served);
    }

    #[test]
    fn every_street_and_village_is_a_place() {
        let places = file("places/district.toml");
        let aliases = places["place"].to_string().to_lowercase();
        let district = Content::read().district;
        for name in district.streets.iter().map(|street| &street[0]).chain(district.villages.iter().map(|v| &v[0])) {
            assert!(aliases.contains(&name.to_lowercase()), "{name} is no place");
        }
    }
}

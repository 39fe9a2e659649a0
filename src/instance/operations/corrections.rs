//! What people say of posts: correcting one, listing what is in force, and labelled texts made of it.

use anyhow::{Context, Result, bail};
use config::Config;
use journal::{Record, Stream};
use model::{Correction, PostId, Risk, SaidLevel, Sector, TaggedPost, Time, wire};
use serde::{Deserialize, Serialize};
use store::KnownCorrections;

use crate::instance::Instance;

/// What a person says of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correcting {
    /// The post.
    pub id: PostId,
    /// Who says it.
    pub by: String,
    /// Its sector.
    #[serde(default)]
    pub sector: Option<Sector>,
    /// Level of its risk, or that there is none.
    #[serde(default)]
    pub level: Option<SaidLevel>,
    /// Kind of its risk.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its topics.
    #[serde(default)]
    pub topics: Option<Vec<String>>,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
    /// What was said of it is withdrawn.
    #[serde(default)]
    pub withdraw: bool,
}

/// A post as people labelled it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The post.
    pub id: PostId,
    /// Its sector.
    pub sector: Sector,
    /// `none`, or the level of its risk.
    pub level: String,
    /// The kind of its risk, or nothing.
    pub kind: String,
    /// Title and text on one line.
    pub text: String,
}

/// Appends what a person says of a post that is known. Returns the whole of what is in force of it from then on.
pub fn correct(instance: &Instance, asked: Correcting) -> Result<Correction> {
    let index = instance.index.as_ref().context("the search index is not open here")?;
    let Some(stored) = index.get(&asked.id)? else {
        bail!("нет публикации {}; её имя показывает otklik search --json", asked.id);
    };
    let said = compose(&instance.config, &stored, asked, (instance.clock)())?;
    instance.journal.append(Stream::Corrections, &[Record::new(said.id.as_str(), wire::write(&said))])?;
    Ok(said)
}

/// The message of a correction. It says everything that is in force from then on, since the last message of a post counts alone: what was
/// said before and is not said anew stays.
fn compose(config: &Config, stored: &TaggedPost, asked: Correcting, at: Time) -> Result<Correction> {
    let Correcting { id, by, sector, level, kind, topics, note, withdraw } = asked;
    let before = stored.tags.corrected.as_ref();
    let said = before.map(|corrected| &corrected.correction);
    if withdraw {
        if said.is_none() {
            bail!("о публикации {id} ничего не сказано: отменять нечего");
        }
        return Ok(Correction::withdrawal(id, at, by));
    }
    let says_something = sector.is_some() || level.is_some() || kind.is_some() || topics.is_some();
    if !says_something && (said.is_none() || note.is_none()) {
        bail!("не сказано, что исправить: --sector, --level, --kind, --topic; отменить сказанное: --withdraw");
    }
    check_names(config, kind.as_deref(), topics.as_deref().unwrap_or_default())?;
    let found = before.map_or(&stored.tags.risks, |corrected| &corrected.was.risks);
    let (level, kind) = match (level, kind) {
        (None, None) => (said.and_then(|said| said.level), said.and_then(|said| said.kind.clone())),
        (level, kind) => whole_risk(level, kind, said, found)?,
    };
    let correction = Correction {
        v: wire::FORMAT,
        id,
        at,
        by,
        sector: sector.or(said.and_then(|said| said.sector)),
        level,
        kind,
        topics: topics.or(said.and_then(|said| said.topics.clone())),
        note: note.or(said.and_then(|said| said.note.clone())),
        withdrawn: false,
    };
    wire::check_correction(&correction)?;
    Ok(correction)
}

/// Level and kind together, so that they hold whatever the rules find later: what the person does not say is as it was said before, or as the
/// rules had it.
fn whole_risk(
    level: Option<SaidLevel>,
    kind: Option<String>,
    said: Option<&Correction>,
    found: &[Risk],
) -> Result<(Option<SaidLevel>, Option<String>)> {
    if level == Some(SaidLevel::None) {
        if kind.is_some() {
            bail!("угрозы нет (--level none), а вид её назван (--kind): оставьте одно");
        }
        return Ok((level, None));
    }
    let worst = found.first();
    let is_risk = |level: &SaidLevel| *level != SaidLevel::None;
    let level = level.or(said.and_then(|said| said.level).filter(is_risk));
    let level = level.or(worst.map(|risk| SaidLevel::Risk(risk.level)));
    let kind = kind.or(said.and_then(|said| said.kind.clone())).or(worst.map(|risk| risk.kind.clone()));
    match (level, kind) {
        (Some(level), Some(kind)) => Ok((Some(level), Some(kind))),
        (None, _) => bail!("правила не видят здесь угрозы: назовите и её уровень (--level)"),
        (_, None) => bail!("правила не видят здесь угрозы: назовите и её вид (--kind)"),
    }
}

fn check_names(config: &Config, kind: Option<&str>, topics: &[String]) -> Result<()> {
    let kinds = || config.risks.iter().map(|risk| risk.kind.as_str());
    if let Some(kind) = kind.filter(|kind| !kinds().any(|known| known == *kind)) {
        bail!("нет вида угрозы {kind}; есть: {}", kinds().collect::<Vec<_>>().join(", "));
    }
    let known: Vec<&str> = config.taxonomy.iter().flat_map(|sector| &sector.topics).map(|topic| &*topic.id).collect();
    if let Some(topic) = topics.iter().find(|topic| !known.contains(&topic.as_str())) {
        bail!("нет темы {topic}; есть: {}", known.join(", "));
    }
    Ok(())
}

/// The corrections in force, the newest first.
pub fn list(instance: &Instance) -> Result<Vec<Correction>> {
    let mut said: Vec<Correction> = KnownCorrections::read_from(&*instance.journal)?.in_force().collect();
    said.sort_by(|a, b| (b.at, &a.id).cmp(&(a.at, &b.id)));
    Ok(said)
}

/// The corrected posts that are in the index as labelled texts, by id.
pub fn labels(instance: &Instance) -> Result<Vec<Label>> {
    let index = instance.index.as_ref().context("the search index is not open here")?;
    let mut labels = Vec::new();
    for said in list(instance)? {
        let Some(tagged) = index.get(&said.id)? else { continue };
        let tagged = tagged.corrected(Some(&said));
        let risk = tagged.tags.risks.first();
        let words = tagged.post.title.iter().chain([&tagged.post.text]).flat_map(|part| part.split_whitespace());
        labels.push(Label {
            sector: tagged.tags.sector,
            level: risk.map_or("none", |risk| risk.level.as_str()).to_owned(),
            kind: risk.map_or_else(String::new, |risk| risk.kind.clone()),
            text: words.collect::<Vec<_>>().join(" "),
            id: said.id,
        });
    }
    labels.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use config::Files;
    use model::{Level, Platform, Post, Tags};

    use super::*;

    fn post(risk: Option<Level>) -> TaggedPost {
        let id = PostId::new("vk:-1_2").unwrap();
        let risks = risk.map(|level| Risk { kind: "fire".into(), level, why: Vec::new() });
        let tags = Tags { risks: risks.into_iter().collect(), ..Tags::default() };
        TaggedPost { post: Post::new(id, Platform::Vk, "city", Time::UNIX_EPOCH, "Пожар".to_owned()), tags }
    }

    fn nothing() -> Correcting {
        let (id, by) = (PostId::new("vk:-1_2").unwrap(), "Иванова".to_owned());
        Correcting { id, by, sector: None, level: None, kind: None, topics: None, note: None, withdraw: false }
    }

    fn ask(stored: &TaggedPost, asked: Correcting) -> Result<Correction, String> {
        let config = Config::parse(&Files::shipped()).unwrap();
        compose(&config, stored, asked, Time::UNIX_EPOCH).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn risk(stored: &TaggedPost, asked: Correcting, expect: Result<(&str, Option<&str>), &str>) {
        match (ask(stored, asked), expect) {
            (Ok(said), Ok(expect)) => {
                let level = said.level.map_or("", SaidLevel::as_str);
                assert_eq!((level, said.kind.as_deref()), expect);
            }
            (Err(error), Err(words)) => assert!(error.contains(words), "{error}"),
            (said, expect) => panic!("{said:?} where {expect:?} was expected"),
        }
    }

    fn level(code: &str) -> Option<SaidLevel> {
        SaidLevel::parse(code)
    }

    #[test]
    fn a_message_says_level_and_kind_together_or_that_there_is_no_risk() {
        let (calm, fire) = (post(None), post(Some(Level::High)));
        risk(&fire, Correcting { level: level("critical"), ..nothing() }, Ok(("critical", Some("fire"))));
        risk(&fire, Correcting { kind: Some("gas_leak".into()), ..nothing() }, Ok(("high", Some("gas_leak"))));
        risk(&fire, Correcting { level: level("none"), ..nothing() }, Ok(("none", None)));
        risk(&calm, Correcting { level: level("high"), ..nothing() }, Err("--kind"));
        risk(&calm, Correcting { kind: Some("fire".into()), ..nothing() }, Err("--level"));
        let both = Correcting { level: level("low"), kind: Some("fire".into()), ..nothing() };
        risk(&calm, both.clone(), Ok(("low", Some("fire"))));
        risk(&calm, Correcting { level: level("none"), ..both.clone() }, Err("--level none"));
        risk(&calm, Correcting { kind: Some("no_such".into()), ..both }, Err("нет вида угрозы no_such; есть: "));
        risk(&calm, Correcting { topics: Some(vec!["no".into()]), ..nothing() }, Err("нет темы no; есть: "));
        risk(&fire, nothing(), Err("--withdraw"));
        risk(&fire, Correcting { note: Some("почему".into()), ..nothing() }, Err("--withdraw"));
    }

    #[test]
    fn what_was_said_before_stays_unless_it_is_said_anew_or_withdrawn() {
        let fire = post(Some(Level::High));
        let withdraw = Correcting { withdraw: true, ..nothing() };
        assert!(ask(&fire, withdraw.clone()).unwrap_err().contains("отменять нечего"));
        let first = Correcting { level: level("none"), note: Some("шутка".into()), ..nothing() };
        let first = ask(&fire, first).unwrap();
        let stored = fire.corrected(Some(&first));
        let roads = ask(&stored, Correcting { sector: Some(Sector::Roads), ..nothing() }).unwrap();
        assert_eq!(roads, Correction { sector: Some(Sector::Roads), ..first.clone() });
        let worse = ask(&stored, Correcting { level: level("critical"), ..nothing() }).unwrap();
        assert_eq!((worse.level, worse.kind.as_deref()), (level("critical"), Some("fire")), "as the rules had it");
        let why = ask(&stored, Correcting { note: Some("учения".into()), ..nothing() }).unwrap();
        assert_eq!((why.level, why.note.as_deref()), (level("none"), Some("учения")));
        assert!(ask(&stored, withdraw).unwrap().withdrawn);
    }
}

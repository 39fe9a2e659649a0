//! What is printed once an instance is up.

use std::io::Write;
use std::net::SocketAddr;

use crate::instance::Instance;
use crate::instance::sample::Sample;

/// Says where everything is, in Russian, to the person who runs it.
pub fn greet(instance: &Instance, address: SocketAddr, sample: Option<&Sample>) {
    let mut out = std::io::stdout().lock();
    let mut say = |line: String| drop(writeln!(out, "{line}"));
    let now = (instance.clock)().to_zoned_datetime(instance.config.timezone().clone());
    if let Some(sample) = sample {
        say(format!(
            "Отклик работает на учебном районе «Светлореченский округ»; время там {}.",
            now.strftime("%d.%m.%Y %H:%M")
        ));
        say(format!("Источники района: {}", sample.place.base));
    } else {
        let enabled = instance.config.sources.iter().filter(|source| source.enabled).count();
        say(format!("Отклик работает; источников включено: {enabled}."));
        if enabled == 0 {
            say(
                "Включите источники в config/sources.toml или посмотрите любой: ./otklik source try https://t.me/s/ИМЯ"
                    .into(),
            );
        }
    }
    let scheme = if instance.config.settings.web.certificate.is_some() { "https" } else { "http" };
    say(format!("Страница: {scheme}://{address}/"));
    say(format!("Папка данных: {}", instance.folder.path().display()));
    say("\nПопробуйте в другом окне:".into());
    for line in ["./otklik search 'нет воды'", "./otklik alerts", "./otklik digest"] {
        say(format!("  {line}"));
    }
    say("\nТревоги появляются здесь по мере поступления. Остановить: Ctrl+C.\n".into());
}

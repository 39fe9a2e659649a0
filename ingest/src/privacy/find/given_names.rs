//! Given names and the endings of surnames, in Russian and in Latin letters.

/// Whether a word is a given name, in any case.
pub(super) fn is_given_name(word: &str) -> bool {
    let word = word.to_lowercase().replace('ё', "е");
    NAMES.iter().flat_map(|names| names.split_whitespace()).any(|name| is_form(name, &word))
}

fn is_form(name: &str, word: &str) -> bool {
    if name == word {
        return true;
    }
    let stem = name.trim_end_matches(['а', 'я', 'й', 'ь', 'о']);
    word.strip_prefix(stem).is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Whether a word ends as surnames do.
pub(super) fn is_surname(word: &str) -> bool {
    let word = word.to_lowercase();
    word.chars().nth(3).is_some() && SURNAMES.iter().any(|ending| word.ends_with(ending))
}

/// Endings of given names in the cases.
const ENDINGS: [&str; 15] = ["а", "у", "ом", "ем", "е", "ы", "и", "ой", "ей", "ю", "я", "ью", "ою", "й", "ь"];

const SURNAMES: [&str; 58] = [
    "ов",
    "ова",
    "ову",
    "ове",
    "овым",
    "овой",
    "ев",
    "ева",
    "еву",
    "еве",
    "евым",
    "евой",
    "ёв",
    "ёва",
    "ёву",
    "ёвым",
    "ёвой",
    "ин",
    "ина",
    "ину",
    "ине",
    "иным",
    "иной",
    "ын",
    "ына",
    "ыну",
    "ыным",
    "ыной",
    "ский",
    "ская",
    "ского",
    "ской",
    "скому",
    "ским",
    "скую",
    "цкий",
    "цкая",
    "цкого",
    "цкой",
    "цкому",
    "енко",
    "чук",
    "чука",
    "чуку",
    "юк",
    "дзе",
    "швили",
    "ян",
    "яна",
    "яну",
    "ov",
    "ova",
    "ev",
    "eva",
    "in",
    "ina",
    "sky",
    "enko",
];

const NAMES: [&str; 4] = [
    "александр алексей анатолий андрей антон аркадий арсений артем артур богдан борис вадим валентин валерий василий виктор виталий
     владимир владислав всеволод вячеслав геннадий георгий герман глеб григорий данил даниил данила демид денис дмитрий евгений егор захар
     иван игнат игорь илья иннокентий иосиф кирилл константин лев леонид леонтий макар максим марат марк матвей мирон мирослав михаил
     никита николай олег осип павел петр платон прохор радик рамиль ренат ринат родион роман ростислав руслан рустам савелий святослав
     семен сергей станислав степан тарас тимофей тимур федор филипп эдуард эльдар юрий яков ян ярослав ахмед магомед мухаммед рашид
     ашот армен тигран гамлет давид самвел",
    "александра алена алина алиса алла анастасия ангелина анжела анжелика анна антонина анфиса валентина валерия варвара василиса вера
     вероника виктория галина дарья диана ева евгения евдокия екатерина елена елизавета жанна зинаида злата зоя инга инна ирина карина
     кира клавдия клара кристина ксения лариса лидия лилия любовь людмила майя маргарита марина мария марфа милана мирослава надежда наталья
     наталия нелли ника нина нонна оксана олеся ольга полина раиса регина римма роза руслана светлана снежана софия софья стефания таисия
     тамара татьяна ульяна фаина эвелина элина эльвира эмма юлия яна ярослава гульнара лейла зульфия",
    "саша леша лёша андрюша тоша тема боря вадик валя валера вася витя виталик вова володя влад слава гена гоша гриша даня денис дима женя
     егорка ваня игорек костя леня макс миша коля коленька олежа паша петя рома сережа серега сеня стас степа тимоша федя юра яша ярик
     саня аня настя лера варя ника вика галя даша катя лена лиза зина ира кристя ксюша лара лида люба люда рита маша мариша надя наташа
     оля поля рая света соня тая тома таня уля юля яночка леся олька ленка анюта нюра дуня",
    "ivan petr sergey sergei andrey andrei alexander aleksandr alexey aleksey dmitry dmitriy dmitrii mikhail nikolay vladimir viktor victor igor
     oleg pavel roman maxim maksim denis anton evgeny evgeniy yuri yuriy artem ilya kirill konstantin anna maria mariya elena olga natalia
     natalya tatiana tatyana irina svetlana ekaterina katya anastasia nastya julia yulia marina galina ludmila lyudmila ksenia daria darya
     victoria viktoria alina polina sasha masha dasha lena sveta tanya olya dima vova misha kolya vasya",
];

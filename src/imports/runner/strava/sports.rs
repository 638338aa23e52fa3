//! Kinds of sport as Strava's table calls them, which is in the language of the account.

use crate::activities::{Sport, sports::OTHER};

/// German, French, Spanish, Italian, Portuguese, Dutch and a few of other languages, in lower case and
/// without anything but letters.
#[rustfmt::skip]
const NAMES: [(&str, &[&str]); 30] = [
    ("run", &["lauf", "laufen", "courseàpied", "course", "carrera", "correr", "corsa", "corrida", "hardloopsessie", "hardlopen", "löpning", "løb", "bieg", "бег", "забег", "ラン", "ランニング", "跑步", "달리기"]),
    ("trail_run", &["traillauf", "trailrun", "geländelauf", "trail", "coursedetrail", "coursesursentier", "carreradetrail", "carreradetrailrunning", "carreraporsenderos", "carrerademontaña", "trailrunning", "corsatrail", "corsasusentiero", "corridaemtrilha", "corridadetrilha", "corridaemtrilhas", "trailloop", "トレイルラン", "越野跑", "트레일러닝"]),
    ("virtual_run", &["virtuellerlauf", "courseàpiedvirtuelle", "coursevirtuelle", "carreravirtual", "corsavirtuale", "corridavirtual", "virtuelehardloopsessie", "バーチャルラン", "虚拟跑步"]),
    ("cycle", &["radfahrt", "radfahren", "fahrt", "vélo", "sortieàvélo", "sortievélo", "cyclisme", "bicicleta", "ciclismo", "salidaenbicicleta", "salidaenbici", "vueltaenbicicleta", "paseoenbicicleta", "pedalata", "giroinbici", "uscitainbici", "pedalada", "passeiodebicicleta", "fietsrit", "fietsen", "rit", "cykling", "cykeltur", "велозаезд", "велосипед", "ライド", "骑行", "騎行", "라이딩", "velomobil", "velomobile"]),
    ("gravel_cycle", &["gravelfahrt", "gravelradfahrt", "gravelradfahren", "gravel", "sortiegravel", "vélogravel", "sortieàvélogravel", "ciclismogravel", "bicicletagravel", "ciclismodegravel", "pedalatagravel", "pedaladaemgravel", "pedaladagravel", "gravelrit", "グラベルライド"]),
    ("mountain_bike", &["mountainbikefahrt", "mountainbiken", "mountainbike", "vtt", "sortievtt", "bicicletademontaña", "ciclismodemontaña", "pedalatainmountainbike", "pedaladademountainbike", "mountainbikerit", "マウンテンバイクライド", "山地骑行"]),
    ("virtual_cycle", &["virtuelleradfahrt", "virtuellesradfahren", "virtuellefahrt", "sortievirtuelle", "vélovirtuel", "sortieàvélovirtuelle", "cyclismevirtuel", "ciclismovirtual", "bicicletavirtual", "salidavirtualenbicicleta", "pedalatavirtuale", "ciclismovirtuale", "pedaladavirtual", "virtuelefietsrit", "virtuelerit", "バーチャルライド", "虚拟骑行"]),
    ("e_bike", &["ebikefahrt", "ebikeradfahrt", "vélovaeélectrique", "vélovae", "véloélectrique", "sortieenvae", "vttélectrique", "bicicletaeléctrica", "salidaenbicicletaeléctrica", "pedalataebike", "bicielettrica", "pedaladacomebike", "bicicletaelétrica", "ebikerit", "emountainbikefahrt", "emountainbikerit", "eバイクライド"]),
    ("swim", &["schwimmen", "schwimmeinheit", "natation", "natación", "nadar", "nuoto", "nuotata", "natação", "zwemsessie", "zwemmen", "simning", "плавание", "スイム", "水泳", "游泳", "수영"]),
    ("walk", &["spaziergang", "gehen", "walken", "marche", "marcheàpied", "caminata", "caminar", "paseo", "camminata", "passeggiata", "caminhada", "wandeling", "wandelen", "promenad", "ходьба", "ウォーキング", "ウォーク", "步行", "健走", "걷기"]),
    ("hike", &["wanderung", "wandern", "randonnée", "randonnéepédestre", "senderismo", "excursión", "escursione", "escursionismo", "trilha", "caminhadaemtrilha", "trekking", "hiken", "vandring", "поход", "ハイキング", "ハイク", "徒步", "徒歩", "하이킹"]),
    ("lift", &["krafttraining", "gewichtstraining", "gewichtheben", "musculation", "entraînementauxpoids", "entrenamientoconpesas", "entrenamientodepesas", "levantamientodepesas", "pesas", "allenamentoconipesi", "pesi", "sollevamentopesi", "musculação", "treinamentocompeso", "treinocompesos", "treinocompeso", "gewichttraining", "styrketräning", "силоваятренировка", "ウェイトトレーニング", "重量训练", "重量訓練", "웨이트트레이닝"]),
    ("cardio", &["workout", "entraînement", "entrenamiento", "allenamento", "treino", "treinamento", "träning", "тренировка", "ワークアウト", "训练", "訓練", "운동"]),
    ("hiit", &["hit", "hochintensivesintervalltraining", "entraînementfractionnédehauteintensité"]),
    ("row", &["rudern", "aviron", "remo", "canottaggio", "roeien", "roeisessie", "rodd", "ローイング"]),
    ("elliptical", &["ellipsentrainer", "crosstrainer", "elliptique", "véloelliptique", "elíptica", "bicicletaelíptica", "ellittica", "elíptico"]),
    ("stairs", &["treppensteigen", "stepper", "simulateurdescalier", "simulateurdescaliers", "escaladora", "stepperscale", "simuladordeescadas", "simuladordeescada", "traplopen"]),
    ("climb", &["klettern", "escalade", "escalada", "escaladaenroca", "arrampicata", "arrampicatasuroccia", "klimmen", "rotsklimmen", "クライミング"]),
    ("alpine_ski", &["skialpin", "alpinski", "skifahren", "esquíalpino", "scialpino", "esquialpino", "alpineskiën", "skiën", "アルペンスキー", "高山滑雪"]),
    ("backcountry_ski", &["skitour", "tourenski", "skiderandonnée", "skihorspiste", "esquídetravesía", "esquífueradepista", "scialpinismo", "scifuoripista", "esquibackcountry", "toerskiën"]),
    ("cross_country_ski", &["skilanglauf", "langlauf", "nordischski", "skidefond", "skinordique", "esquínórdico", "esquídefondo", "scinordico", "scidifondo", "esquinórdico", "esquicrosscountry", "langlaufen", "längdskidåkning"]),
    ("snowboard", &["snowboarden", "snowboardfahren"]),
    ("snowshoe", &["schneeschuhwandern", "schneeschuhwanderung", "raquettes", "raquette", "raquettesàneige", "raquetasdenieve", "ciaspole", "racchettedaneve", "caminhadananeve", "sneeuwschoenwandelen"]),
    ("ice_skate", &["eislaufen", "patinage", "patinàglace", "patinagesurglace", "patinajesobrehielo", "pattinaggiosughiaccio", "patinaçãonogelo", "schaatsen"]),
    ("inline_skate", &["inlineskaten", "inlineskating", "roller", "patinàrouesalignées", "patinajeenlínea", "pattinaggioinlinea", "patinaçãoinline", "inlineskate", "rollski", "skiroues"]),
    ("paddle", &["kanu", "kanufahren", "kajak", "kajakfahren", "canoë", "kayak", "canoëkayak", "piragüismo", "canotaje", "canoa", "canoagem", "caiaque", "kanoën", "kajakken"]),
    ("stand_up_paddle", &["stehpaddeln", "standuppaddeln", "standuppaddle", "surfderemo", "suppen", "paddlesurf"]),
    ("soccer", &["footballsoccer", "fußball", "fußballsoccer", "fútbol", "calcio", "futebol", "voetbal"]),
    ("sail", &["segeln", "voile", "vela", "zeilen"]),
    ("dance", &["tanzen", "tanz", "danse", "baile", "danza", "ballo", "dança", "dansen"]),
];

/// The kind of sport that Strava calls `raw`.
pub fn sport(raw: Option<&str>) -> &'static str {
    let known = Sport::of(raw);
    let Some(raw) = raw.filter(|_| known == OTHER) else { return known };
    let name: String =
        raw.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let is_it = |(_, names): &&(&str, &[&str])| names.contains(&name.as_str());
    NAMES.iter().find(is_it).map_or(OTHER, |(sport, _)| sport)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_name_is_of_one_sport_that_is_known() {
        let mut all = HashSet::new();
        for (sport, names) in NAMES {
            assert!(Sport::ALL.iter().any(|known| known.activity_type == sport), "{sport}");
            names.iter().for_each(|name| assert!(all.insert(name), "{name}"));
        }
    }

    #[test]
    fn names_are_read_in_many_languages() {
        for (raw, expected) in [
            ("Lauf", "run"),
            ("Radfahrt", "cycle"),
            ("E-Bike-Fahrt", "e_bike"),
            ("Course à pied", "run"),
            ("Randonnée", "hike"),
            ("Natación", "swim"),
            ("Allenamento con i pesi", "lift"),
            ("Virtuele fietsrit", "virtual_cycle"),
            ("Corrida em trilha", "trail_run"),
            ("Football (Soccer)", "soccer"),
            ("Weight Training", "lift"),
            ("Wheelchair", "other"),
            ("", "other"),
        ] {
            assert_eq!(sport(Some(raw)), expected, "{raw}");
        }
        assert_eq!(sport(None), "other");
    }
}

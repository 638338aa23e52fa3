//! The known kinds of sport, one per line. Clients may use any other slug for their own activities.

use std::{collections::HashMap, sync::LazyLock};

use serde::Serialize;
use utoipa::ToSchema;

/// A known kind of sport.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = KnownActivityType)]
pub struct Sport {
    #[schema(examples("trail_run"))]
    pub activity_type: &'static str,
    #[schema(examples("Trail run"))]
    pub name: &'static str,
    /// Names in files and services (Garmin, FIT, Strava, Apple Health). Case and punctuation do not
    /// matter.
    also: &'static [&'static str],
}

/// The kind for everything that is not in the table.
pub const OTHER: &str = "other";

const fn sport(
    activity_type: &'static str,
    name: &'static str,
    also: &'static [&'static str],
) -> Sport {
    Sport { activity_type, name, also }
}

impl Sport {
    // One line per sport.
    #[rustfmt::skip]
    pub const ALL: [Self; 57] = [
        sport("run", "Run", &["running", "street_running", "track_running", "running/street", "running/track", "road_running", "jog", "jogging", "outdoor_run"]),
        sport("trail_run", "Trail run", &["trail_running", "running/trail", "ultra_run", "running/ultra"]),
        sport("treadmill_run", "Treadmill run", &["treadmill_running", "indoor_running", "running/treadmill", "running/indoor_running"]),
        sport("virtual_run", "Virtual run", &["virtual_running", "running/virtual_activity"]),
        sport("cycle", "Ride", &["cycling", "road_biking", "biking", "ride", "cycling/road", "track_cycling", "recumbent_cycling", "cyclocross", "bike", "bicycle", "bicycling", "bike_ride", "cycling_sport", "cycling_transportation", "road_cycling", "road_bike", "touring_bike", "bike_touring", "touring", "commute", "velomobile", "riding", "outdoor_riding"]),
        sport("gravel_cycle", "Gravel ride", &["gravel_cycling", "gravel_ride", "cycling/gravel_cycling", "gravel", "gravel_bike", "gravel_biking"]),
        sport("mountain_bike", "Mountain bike ride", &["mountain_biking", "mountain_bike_ride", "downhill_biking", "enduro_mtb", "cycling/mountain", "cycling/downhill", "mtb", "mountain_cycling"]),
        sport("indoor_cycle", "Indoor ride", &["indoor_cycling", "cycling/indoor_cycling", "cycling/spin", "spinning", "fitness_equipment/indoor_cycling", "stationary_bike", "spin", "bike_trainer", "indoor_bike"]),
        sport("virtual_cycle", "Virtual ride", &["virtual_ride", "cycling/virtual_activity"]),
        sport("e_bike", "E-bike ride", &["e_biking", "e_bike_ride", "e_bike_fitness", "e_mountain_bike_ride", "e_bike_mountain", "cycling/e_bike_fitness", "cycling/e_bike_mountain", "e_cycling", "electric_bike", "e_mountain_bike", "e_mtb", "pedelec"]),
        sport("hand_cycle", "Hand cycle", &["hand_cycling", "handcycle", "cycling/hand_cycling"]),
        sport("swim", "Swim", &["swimming", "lap_swimming", "swimming/lap_swimming", "pool_swimming"]),
        sport("open_water_swim", "Open water swim", &["open_water_swimming", "swimming/open_water", "swimming_open_water"]),
        sport("lift", "Strength training", &["strength_training", "training/strength_training", "traditional_strength_training", "functional_strength_training", "weight_training", "weightlifting", "weights", "gym", "strength", "bodyweight_training"]),
        sport("core", "Core training", &["core_training", "abs"]),
        sport("walk", "Walk", &["walking", "casual_walking", "speed_walking", "walking/casual_walking", "walking/speed_walking", "indoor_walking", "walking/indoor_walking", "nordic_walking", "dog_walk", "dog_walking", "power_walking", "stroll", "pedestrian", "on_foot", "foot"]),
        sport("hike", "Hike", &["hiking", "rucking", "mountaineering", "trekking", "backpacking", "hill_walking", "hill_climbing", "mountain_hiking", "tramping", "orienteering"]),
        sport("row", "Row", &["rowing", "indoor_rowing", "rowing/indoor_rowing", "fitness_equipment/indoor_rowing", "virtual_row", "rowing_machine", "ergometer"]),
        sport("yoga", "Yoga", &["training/yoga", "mind_and_body"]),
        sport("pilates", "Pilates", &["training/pilates", "barre"]),
        sport("stretch", "Stretching", &["flexibility", "flexibility_training", "training/flexibility_training", "mobility"]),
        sport("cardio", "Cardio", &["cardio_training", "training/cardio_training", "indoor_cardio", "mixed_cardio", "workout", "fitness_equipment", "training", "cooldown"]),
        sport("hiit", "High intensity intervals", &["high_intensity_interval_training", "cross_training", "crossfit"]),
        sport("elliptical", "Elliptical", &["elliptical_trainer", "fitness_equipment/elliptical"]),
        sport("stairs", "Stairs", &["stair_climbing", "stair_stepper", "stairs_stepper", "step_training", "fitness_equipment/stair_climbing", "floor_climbing", "floor_climb"]),
        sport("climb", "Climbing", &["climbing", "rock_climbing", "indoor_climbing", "bouldering", "via_ferrata", "ice_climbing"]),
        sport("alpine_ski", "Alpine ski", &["alpine_skiing", "resort_skiing", "resort_skiing_snowboarding", "downhill_skiing", "skiing", "ski", "downhill_ski"]),
        sport("backcountry_ski", "Backcountry ski", &["backcountry_skiing", "alpine_skiing/backcountry", "ski_touring", "ski_tour", "skimo", "splitboard"]),
        sport("cross_country_ski", "Cross-country ski", &["cross_country_skiing", "nordic_ski", "skate_skiing", "cross_country_classic_skiing", "cross_country_skiing/skate_skiing", "nordic_skiing", "classic_skiing", "xc_skiing", "xc_ski"]),
        sport("snowboard", "Snowboard", &["snowboarding"]),
        sport("snowshoe", "Snowshoe", &["snowshoeing"]),
        sport("ice_skate", "Ice skate", &["ice_skating", "skating"]),
        sport("inline_skate", "Inline skate", &["inline_skating", "roller_ski", "skate_boarding", "skateboard", "roller_skating", "roller_skiing", "rollerblading"]),
        sport("paddle", "Paddling", &["paddling", "canoeing", "kayaking", "canoe", "kayak", "paddle_sports", "rafting", "whitewater"]),
        sport("stand_up_paddle", "Stand-up paddling", &["stand_up_paddleboarding", "stand_up_paddling", "sup", "paddle_boarding"]),
        sport("surf", "Surf", &["surfing", "surfing_sports", "wakeboarding"]),
        sport("kitesurf", "Kitesurf", &["kitesurfing", "kiteboarding", "windsurf", "windsurfing"]),
        sport("sail", "Sail", &["sailing", "boating", "yachting"]),
        sport("dive", "Dive", &["diving", "apnea_diving", "single_gas_diving", "underwater_diving", "snorkeling", "scuba_diving", "freediving"]),
        sport("golf", "Golf", &["disc_golf"]),
        sport("tennis", "Tennis", &["tennis_v2", "racket", "racquet_sports"]),
        sport("badminton", "Badminton", &[]),
        sport("squash", "Squash", &["racquetball", "padel", "pickleball"]),
        sport("table_tennis", "Table tennis", &[]),
        sport("soccer", "Football", &["football", "futsal"]),
        sport("basketball", "Basketball", &[]),
        sport("volleyball", "Volleyball", &["beach_volleyball"]),
        sport("handball", "Handball", &[]),
        sport("hockey", "Hockey", &["field_hockey", "ice_hockey"]),
        sport("rugby", "Rugby", &["american_football", "australian_football"]),
        sport("martial_arts", "Martial arts", &["boxing", "kickboxing", "mixed_martial_arts", "wrestling"]),
        sport("dance", "Dance", &["dancing", "cardio_dance", "social_dance"]),
        sport("breathwork", "Breathing", &["meditation", "breathing", "training/breathing"]),
        sport("ride_horse", "Horse riding", &["horseback_riding", "equestrian_sports", "horse_riding"]),
        sport("multisport", "Multisport", &["multi_sport", "swim_bike_run", "triathlon", "duathlon", "aquathlon", "swimrun"]),
        sport("transition", "Transition", &[]),
        sport(OTHER, "Other", &["generic", "uncategorized", "motorcycling", "motorcycle", "motorcycle_touring", "motorbike", "motor_sports", "driving", "car", "transport"]),
    ];

    /// Returns the kind for a name in a file or a service, such as `TRAIL_RUNNING_V2`, `TrailRun`,
    /// `running/trail`, `HKWorkoutActivityTypeRunning` or `Randonnée`.
    ///
    /// If the whole name is unknown, the part before a slash decides, then the longest known
    /// sequence of words. Otherwise, the kind is `other`.
    pub fn of(raw: Option<&str>) -> &'static str {
        let Some(raw) = raw else { return OTHER };
        let known = |name: &str| KNOWN.get(&plain(name)).copied();
        let sport = raw.split_once('/').map_or(raw, |(sport, _)| sport);
        let of_words = || {
            let words = raw.split(|c: char| !c.is_alphanumeric());
            let words: Vec<_> = words.filter(|word| !word.is_empty()).take(MAX_WORDS).collect();
            let some = |count| words.windows(count).find_map(|words| known(&words.concat()));
            (1..words.len()).rev().find_map(some)
        };
        known(raw).or_else(|| known(sport)).or_else(of_words).unwrap_or(OTHER)
    }
}

/// Maximum number of words of a name that are looked up.
const MAX_WORDS: usize = 8;

/// Names of the kinds in other languages.
#[rustfmt::skip]
const ABROAD: [(&str, &[&str]); 38] = [
    // German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish, Danish, Norwegian,
    // Czech, Finnish, Russian, Japanese, Chinese, Korean.
    ("run", &["Lauf", "Laufen", "Joggen", "Dauerlauf", "Course", "Course à pied", "Courir", "Carrera", "Correr", "Carrera a pie", "Corsa", "Correre", "Hardlopen", "Hardloop", "Rennen", "Corrida", "Bieg", "Bieganie", "Löpning", "Löptur", "Løb", "Løbetur", "Løping", "Løpetur", "Běh", "Juoksu", "Juoksulenkki", "Бег", "hardloopsessie", "забег", "ラン", "ランニング", "跑步", "달리기"]),
    ("trail_run", &["Traillauf", "Trailrunning", "Trail", "Course de trail", "Course nature", "Carrera de montaña", "Trailløb", "Terränglöpning", "Terrengløping", "Polkujuoksu", "Bieg przełajowy", "Corsa in montagna", "Corrida em trilha", "geländelauf", "coursesursentier", "carreradetrail", "carreradetrailrunning", "carreraporsenderos", "corsatrail", "corsasusentiero", "corridadetrilha", "corridaemtrilhas", "trailloop", "トレイルラン", "越野跑", "트레일러닝"]),
    ("treadmill_run", &["Laufband", "Tapis de course", "Tapis roulant", "Cinta de correr", "Loopband", "Esteira", "Bieżnia", "Löpband", "Løbebånd", "Tredemølle", "Treadmill"]),
    ("virtual_run", &["Virtueller Lauf", "Course virtuelle", "Carrera virtual", "Corsa virtuale", "Corrida virtual", "Virtuele hardloopsessie", "courseàpiedvirtuelle", "バーチャルラン", "虚拟跑步"]),
    ("cycle", &["Radfahren", "Radfahrt", "Rad", "Fahrrad", "Fahrradfahren", "Fahrradfahrt", "Radtour", "Rennrad", "Fahrt", "Velo", "Velofahren", "Vélo", "Sortie à vélo", "Sortie vélo", "Cyclisme", "Vélo de route", "Cyclotourisme", "Ciclismo", "Bicicleta", "Bici", "Bicicletta", "Ciclismo su strada", "Ciclismo de carretera", "Pedalata", "Pedalada", "Pedal", "Giro in bici", "Salida en bicicleta", "Vuelta ciclista", "Fietsen", "Fiets", "Fietsrit", "Wielrennen", "Rit", "Rower", "Jazda na rowerze", "Jazda rowerem", "Kolarstwo", "Przejażdżka", "Cykling", "Cykel", "Cykeltur", "Sykling", "Sykkel", "Sykkeltur", "Jízda na kole", "Jízda", "Cyklistika", "Kolo", "Pyöräily", "Pyörälenkki", "Велосипед", "salidaenbici", "vueltaenbicicleta", "paseoenbicicleta", "uscitainbici", "passeiodebicicleta", "велозаезд", "ライド", "骑行", "騎行", "라이딩", "velomobil"]),
    ("gravel_cycle", &["Gravelfahrt", "Gravel-Radfahrt", "Sortie gravel", "Vélo gravel", "gravelradfahren", "sortieàvélogravel", "ciclismogravel", "bicicletagravel", "ciclismodegravel", "pedalatagravel", "pedaladaemgravel", "pedaladagravel", "gravelrit", "グラベルライド"]),
    ("mountain_bike", &["Mountainbiken", "Mountainbike", "Mountainbike-Fahrt", "MTB-Fahrt", "VTT", "Sortie VTT", "Vélo tout terrain", "BTT", "Bicicleta de montaña", "Ciclismo de montaña", "Mountainbikerit", "Kolarstwo górskie", "Terrängcykling", "Terrengsykling", "Maastopyöräily", "Horská kola", "pedalatainmountainbike", "pedaladademountainbike", "マウンテンバイクライド", "山地骑行"]),
    ("indoor_cycle", &["Heimtrainer", "Ergometer Rad", "Vélo d'appartement", "Home trainer", "Bicicleta estática", "Cyclette", "Hometrainer", "Rower stacjonarny", "Spinningcykel", "Bicicleta ergométrica"]),
    ("virtual_cycle", &["Virtuelle Radfahrt", "Virtuelle Fahrt", "Sortie virtuelle", "Vélo virtuel", "Vuelta virtual", "Ciclismo virtual", "Pedalata virtuale", "Virtuele rit", "Pedalada virtual", "virtuellesradfahren", "sortieàvélovirtuelle", "cyclismevirtuel", "bicicletavirtual", "salidavirtualenbicicleta", "ciclismovirtuale", "virtuelefietsrit", "バーチャルライド", "虚拟骑行"]),
    ("e_bike", &["E-Bike-Fahrt", "E-Bike Radfahrt", "Vélo électrique", "VAE", "Bicicleta eléctrica", "Bici elettrica", "Elektrische fiets", "E-bikerit", "Rower elektryczny", "Elcykel", "Elsykkel", "Sähköpyöräily", "vélovaeélectrique", "vélovae", "sortieenvae", "vttélectrique", "salidaenbicicletaeléctrica", "pedalataebike", "pedaladacomebike", "bicicletaelétrica", "emountainbikefahrt", "emountainbikerit", "eバイクライド"]),
    ("swim", &["Schwimmen", "Schwimmtraining", "Natation", "Nage", "Nager", "Natación", "Nadar", "Nuoto", "Nuotare", "Zwemmen", "Zwem", "Natação", "Pływanie", "Simning", "Svømning", "Svømming", "Plavání", "Uinti", "Плавание", "schwimmeinheit", "nuotata", "zwemsessie", "スイム", "水泳", "游泳", "수영"]),
    ("open_water_swim", &["Freiwasserschwimmen", "Natation en eau libre", "Eau libre", "Aguas abiertas", "Nuoto in acque libere", "Openwaterzwemmen"]),
    ("lift", &["Krafttraining", "Gewichtheben", "Musculation", "Entraînement aux poids", "Renforcement musculaire", "Entrenamiento con pesas", "Entrenamiento de fuerza", "Musculación", "Pesas", "Sollevamento pesi", "Allenamento con i pesi", "Pesi", "Krachttraining", "Treino com pesos", "Musculação", "Trening siłowy", "Siłownia", "Styrketräning", "Styrketræning", "Styrketrening", "Silový trénink", "Posilování", "Voimaharjoittelu", "gewichtstraining", "entrenamientodepesas", "levantamientodepesas", "treinamentocompeso", "treinocompeso", "gewichttraining", "силоваятренировка", "ウェイトトレーニング", "重量训练", "重量訓練", "웨이트트레이닝"]),
    ("walk", &["Gehen", "Spaziergang", "Spazieren", "Spazierengehen", "Walken", "Marche", "Marcher", "Promenade", "Marche nordique", "Caminata", "Caminar", "Paseo", "Andar", "Camminata", "Camminare", "Passeggiata", "Wandeling", "Wandelen", "Caminhada", "Caminhar", "Spacer", "Chodzenie", "Marsz", "Gång", "Gå", "Gåtur", "Gange", "Gang", "Chůze", "Procházka", "Kävely", "Ходьба", "marcheàpied", "promenad", "ウォーキング", "ウォーク", "步行", "健走", "걷기"]),
    ("hike", &["Wandern", "Wanderung", "Bergwandern", "Bergsteigen", "Bergtour", "Randonnée", "Randonnée pédestre", "Rando", "Senderismo", "Excursión", "Excursionismo", "Escursionismo", "Escursione", "Trekking", "Hiken", "Bergwandelen", "Trilha", "Wędrówka", "Turystyka piesza", "Vandring", "Vandretur", "Fottur", "Turistika", "Túra", "Vaellus", "Retkeily", "caminhadaemtrilha", "поход", "ハイキング", "ハイク", "徒步", "徒歩", "하이킹"]),
    ("row", &["Rudern", "Rudergerät", "Aviron", "Rameur", "Remo", "Canottaggio", "Vogatore", "Roeien", "Wioślarstwo", "Rodd", "Roning", "Roing", "Veslování", "Soutu", "roeisessie", "ローイング"]),
    ("yoga", &["Ioga", "Joga", "Jooga"]),
    ("stretch", &["Dehnen", "Étirements", "Estiramientos", "Rozciąganie"]),
    ("cardio", &["Entraînement", "Entrenamiento", "Allenamento", "Treino", "Trening", "Träning", "Fitness", "Training", "Workout", "Cardiotraining", "Gymnastik", "Aerobic", "Aerobics", "treinamento", "тренировка", "ワークアウト", "训练", "訓練", "운동"]),
    ("elliptical", &["Crosstrainer", "Ellipsentrainer", "Vélo elliptique", "Elliptique", "Elíptica", "Ellittica", "Elíptico", "Orbitrek", "bicicletaelíptica"]),
    ("climb", &["Klettern", "Bouldern", "Escalade", "Escalada", "Arrampicata", "Klimmen", "Wspinaczka", "Klättring", "Klatring", "Lezení", "Kiipeily", "escaladaenroca", "arrampicatasuroccia", "rotsklimmen", "クライミング"]),
    ("alpine_ski", &["Ski alpin", "Skifahren", "Skifahrt", "Esquí alpino", "Esquí", "Esqui", "Esqui alpino", "Sci alpino", "Sci", "Alpineskiën", "Skiën", "Narciarstwo alpejskie", "Narciarstwo", "Narty", "Utförsåkning", "Skidåkning", "Alpint", "Lyžování", "Laskettelu", "alpinski", "アルペンスキー", "高山滑雪"]),
    ("backcountry_ski", &["Skitour", "Skitouren", "Ski de randonnée", "Ski de rando", "Esquí de travesía", "Sci alpinismo", "Scialpinismo", "Toerskiën", "Skitury", "Topptur", "Skialpinismus", "Skialp", "tourenski", "skihorspiste", "esquífueradepista", "scifuoripista", "esquibackcountry"]),
    ("cross_country_ski", &["Langlauf", "Skilanglauf", "Ski de fond", "Ski nordique", "Esquí de fondo", "Esquí nórdico", "Sci di fondo", "Sci nordico", "Langlaufen", "Narciarstwo biegowe", "Biegówki", "Längdskidåkning", "Langrend", "Langrenn", "Běžky", "Hiihto", "Esqui nórdico", "nordischski", "esquicrosscountry"]),
    ("snowshoe", &["Schneeschuhwandern", "Schneeschuh", "Raquettes", "Raquettes à neige", "Raquetas de nieve", "Ciaspole", "Ciaspolata", "Sneeuwschoenwandelen", "Rakiety śnieżne", "Snöskor", "schneeschuhwanderung", "raquette", "racchettedaneve", "caminhadananeve"]),
    ("ice_skate", &["Eislaufen", "Schlittschuhlaufen", "Patinage", "Patin à glace", "Patinaje sobre hielo", "Pattinaggio su ghiaccio", "Schaatsen", "Łyżwiarstwo", "Skridskor", "Bruslení", "patinagesurglace", "patinaçãonogelo"]),
    ("inline_skate", &["Inlineskaten", "Inlineskating", "Inlineskates", "Roller", "Patins à roues alignées", "Patinaje en línea", "Pattinaggio in linea", "Skaten", "Rolki", "Inlines", "Rullskridskor", "patinàrouesalignées", "patinaçãoinline", "rollski", "skiroues"]),
    ("paddle", &["Paddeln", "Kanu", "Kanufahren", "Kajak", "Kajakfahren", "Canoë", "Canoë-kayak", "Piragüismo", "Canoa", "Caiaque", "Kajakken", "Kajakarstwo", "Kanot", "Paddling", "Padling", "Melonta", "Kanoistika", "canotaje", "canoagem", "kanoën"]),
    ("surf", &["Surfen", "Surfe"]),
    ("sail", &["Segeln", "Voile", "Vela", "Zeilen", "Żeglarstwo", "Segling", "Sejlads", "Seiling", "Purjehdus"]),
    ("dance", &["Tanzen", "Danse", "Danza", "Baile", "Dansen", "Dança", "Taniec", "tanz", "ballo"]),
    ("soccer", &["Fußball", "Fútbol", "Calcio", "Voetbal", "Futebol", "Piłka nożna", "Fotboll", "Fodbold", "Fotball", "Fotbal", "Jalkapallo", "footballsoccer", "fußballsoccer"]),
    ("ride_horse", &["Reiten", "Équitation", "Equitación", "Equitazione", "Paardrijden", "Equitação", "Jazda konna", "Ridning"]),
    ("hiit", &["hit", "hochintensivesintervalltraining", "entraînementfractionnédehauteintensité"]),
    ("stairs", &["treppensteigen", "stepper", "simulateurdescalier", "simulateurdescaliers", "escaladora", "stepperscale", "simuladordeescadas", "simuladordeescada", "traplopen"]),
    ("snowboard", &["snowboarden", "snowboardfahren"]),
    ("stand_up_paddle", &["stehpaddeln", "standuppaddeln", "surfderemo", "suppen", "paddlesurf"]),
    ("other", &["Sonstiges", "Andere", "Autre", "Otro", "Altro", "Overig", "Outro", "Inne", "Annat", "Andet", "Annet", "Jiné", "Muu"]),
];

/// All names, normalised by [`plain`].
static KNOWN: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let ours = Sport::ALL.iter().flat_map(|sport| {
        let names = sport.also.iter().chain([&sport.activity_type]);
        names.map(|name| (plain(name), sport.activity_type))
    });
    let abroad =
        ABROAD.iter().flat_map(|(slug, names)| names.iter().map(|name| (plain(name), *slug)));
    // English names take precedence.
    abroad.chain(ours).collect()
});

/// Normalises a name: lower-case letters without accents, digits and the slash, without Apple's
/// prefix and Garmin's suffix.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("HKWorkoutActivityType").unwrap_or(name).to_lowercase();
    let name = name.strip_suffix("_v2").or(name.strip_suffix("_ws")).unwrap_or(&name);
    name.chars().filter(|c| c.is_alphanumeric() || *c == '/').map(without_accent).collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'æ' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ß' => 's',
        'ť' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => 'u',
        'ý' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_is_given_twice_and_every_slug_is_one() {
        let mut names = HashSet::new();
        for sport in &Sport::ALL {
            assert!(sport.activity_type.parse::<crate::activities::ActivityType>().is_ok());
            assert!(names.insert(plain(sport.activity_type)), "{sport:?}");
            for also in sport.also {
                let name = plain(also);
                assert!(names.insert(name) || plain(sport.activity_type) == plain(also), "{also}");
            }
        }
        for (slug, abroad) in &ABROAD {
            assert!(Sport::ALL.iter().any(|sport| sport.activity_type == *slug), "{slug}");
            for name in *abroad {
                // Related languages may share a word for one sport, but no word may mean two
                // sports.
                assert_eq!(Sport::of(Some(name)), *slug, "{name}");
            }
        }
    }

    #[test]
    fn names_of_all_sources_are_known() {
        for (raw, expected) in [
            ("RUNNING", "run"),
            ("TRAIL_RUNNING", "trail_run"),
            ("INDOOR_RUNNING", "treadmill_run"),
            ("ROAD_BIKING", "cycle"),
            ("INDOOR_CYCLING", "indoor_cycle"),
            ("VIRTUAL_RIDE", "virtual_cycle"),
            ("LAP_SWIMMING", "swim"),
            ("OPEN_WATER_SWIMMING", "open_water_swim"),
            ("STRENGTH_TRAINING", "lift"),
            ("INDOOR_ROWING", "row"),
            ("resort_skiing_ws", "alpine_ski"),
            ("tennis_v2", "tennis"),
            ("hiking", "hike"),
            ("running/generic", "run"),
            ("running/trail", "trail_run"),
            ("swimming/lap_swimming", "swim"),
            ("Running", "run"),
            ("Biking", "cycle"),
            ("TrailRun", "trail_run"),
            ("Mountain Bike Ride", "mountain_bike"),
            ("HKWorkoutActivityTypeTraditionalStrengthTraining", "lift"),
            ("HKWorkoutActivityTypeSwimming", "swim"),
            ("Laufen", "run"),
            ("LÖPNING", "run"),
            ("Randonnée", "hike"),
            ("randonnee", "hike"),
            ("Course à pied", "run"),
            ("Jazda na rowerze", "cycle"),
            ("Fußball", "soccer"),
            ("Caminhada", "walk"),
            ("E-Bike-Fahrt", "e_bike"),
            ("Virtuele fietsrit", "virtual_cycle"),
            ("Allenamento con i pesi", "lift"),
            ("Football (Soccer)", "soccer"),
            ("Wheelchair", "other"),
            ("ランニング", "run"),
            ("Outdoor Run", "run"),
            ("Hiking/Senderismo", "hike"),
            ("Morning indoor cycling class", "indoor_cycle"),
            ("Cycling (Sport)", "cycle"),
            ("Nordic Walking", "walk"),
            ("off_road_motorcycling_dirt_biking", "other"),
            ("curling", "other"),
            ("!?", "other"),
            ("", "other"),
        ] {
            assert_eq!(Sport::of(Some(raw)), expected, "{raw}");
        }
        assert_eq!(Sport::of(None), "other");
    }
}

//! Recognises columns by their titles, in seven languages, and their units.

use super::super::text::folded;

/// The content of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    Date,
    Start,
    /// Time of day in addition to a date.
    Clock,
    /// A duration or a time of day, depending on the other columns.
    Time,
    End,
    UtcOffset,
    Sport,
    Title,
    Notes,
    Duration,
    Elapsed,
    Moving,
    Distance,
    Calories,
    HeartRate,
    MaxHeartRate,
    Ascent,
    Descent,
    Power,
    Cadence,
    Device,
    Id,
    Recording,
    Exercise,
    Reps,
    Weight,
    WeightUnit,
    DistanceUnit,
    Rpe,
    Seconds,
    Rest,
    SetOrder,
    SetCount,
    WorkoutDuration,
    WorkoutNotes,
    ExerciseNotes,
}

/// The folded titles of a column: in English, and in languages that write the day first.
type Titles = (Column, &'static [&'static str], &'static [&'static str]);

#[rustfmt::skip]
const TITLES: &[Titles] = &[
    (Column::Date,
     &["date", "day", "activity date", "workout date", "session date"],
     &["datum", "tag", "jour", "fecha", "dia", "data", "giorno", "dag"]),
    (Column::Start,
     &["start", "start time", "started at", "start date", "start datetime", "start date time", "starttime", "begin", "begin time",
       "date time", "datetime", "date and time", "timestamp", "start timestamp", "activity start", "workout start", "begin timestamp"],
     &["beginn", "startzeit", "startdatum", "anfang", "zeitstempel", "datum uhrzeit", "datum und uhrzeit", "debut", "heure de debut",
       "date de debut", "date heure", "date et heure", "inicio", "hora de inicio", "hora inicio", "fecha de inicio", "fecha y hora",
       "inizio", "ora di inizio", "ora inizio", "data di inizio", "data e ora", "starttijd", "begintijd", "datum en tijd",
       "data de inicio", "data hora", "data e hora", "hora do inicio"]),
    (Column::Clock,
     &["time of day", "clock time", "local time"],
     &["uhrzeit", "heure", "hora", "ora", "tijdstip"]),
    (Column::Time, &["time"], &["zeit", "temps", "tiempo", "tempo", "tijd"]),
    (Column::End,
     &["end", "end time", "ended at", "end date", "endtime", "finish", "stop time"],
     &["ende", "endzeit", "fin", "heure de fin", "hora de fin", "fine", "ora di fine", "eindtijd", "einde", "fim", "hora de fim"]),
    (Column::UtcOffset, &["utc offset", "time offset", "timezone offset", "time zone offset"], &[]),
    (Column::Sport,
     &["sport", "type", "activity", "activity type", "workout type", "exercise type", "sport type", "discipline"],
     &["sportart", "aktivitat", "aktivitatstyp", "aktivitatsart", "art", "typ", "disziplin", "activite", "type d activite",
       "type de sport", "discipline sportive", "deporte", "actividad", "tipo", "tipo de actividad", "tipo di attivita", "tipo attivita",
       "attivita", "sporttype", "activiteit", "activiteitstype", "type activiteit", "soort", "esporte", "desporto", "atividade",
       "tipo de atividade", "modalidade"]),
    (Column::Title,
     &["title", "name", "activity name", "workout name", "workout", "session name", "session", "route name"],
     &["titel", "bezeichnung", "titre", "nom", "titulo", "nombre", "titolo", "nome", "naam"]),
    (Column::Notes,
     &["notes", "note", "comment", "comments", "description", "activity description", "remarks", "memo"],
     &["notiz", "notizen", "kommentar", "kommentare", "bemerkung", "bemerkungen", "beschreibung", "commentaire", "commentaires",
       "remarques", "notas", "nota", "comentario", "comentarios", "descripcion", "commento", "commenti", "descrizione", "notities",
       "opmerking", "opmerkingen", "beschrijving", "observacoes", "descricao", "anotacoes"]),
    (Column::Duration,
     &["duration", "total time", "activity duration", "timer time", "length", "workout time"],
     &["dauer", "trainingsdauer", "gesamtzeit", "duree", "temps total", "duracion", "tiempo total", "durata", "tempo totale", "duur",
       "totale tijd", "duracao", "tempo total"]),
    (Column::Elapsed,
     &["elapsed time", "elapsed"],
     &["verstrichene zeit", "temps ecoule", "tiempo transcurrido", "tempo trascorso", "verstreken tijd", "tempo decorrido"]),
    (Column::Moving,
     &["moving time", "moving", "active time"],
     &["bewegungszeit", "zeit in bewegung", "temps de deplacement", "tiempo en movimiento", "tempo in movimento",
       "tijd in beweging", "tempo em movimento"]),
    (Column::Distance,
     &["distance", "dist", "total distance"],
     &["distanz", "strecke", "entfernung", "distancia", "distanza", "afstand"]),
    (Column::Calories,
     &["calories", "calories burned", "active calories", "total calories", "kilocalories", "energy", "cals"],
     &["kalorien", "kalorienverbrauch", "energie", "calorias", "calorias quemadas", "calorias queimadas", "calorie", "calorieen"]),
    (Column::HeartRate,
     &["heart rate", "hr", "avg hr", "average hr", "hr avg", "avg heart rate", "average heart rate", "mean heart rate", "avg bpm",
       "pulse", "average pulse"],
     &["herzfrequenz", "puls", "durchschnittspuls", "durchschnittliche herzfrequenz", "o herzfrequenz", "mittlere herzfrequenz",
       "o puls", "avg hf", "durchschnittliche hf", "frequence cardiaque", "frequence cardiaque moyenne", "fc moyenne", "fc moy",
       "frecuencia cardiaca", "frecuencia cardiaca media", "fc media", "frequenza cardiaca", "frequenza cardiaca media",
       "hartslag", "gemiddelde hartslag", "gem hartslag", "gem hs", "frequencia cardiaca", "frequencia cardiaca media"]),
    (Column::MaxHeartRate,
     &["max hr", "max heart rate", "maximum heart rate", "maximum hr", "hr max", "peak heart rate"],
     &["maximale herzfrequenz", "max herzfrequenz", "maximalpuls", "max puls", "maximale hf", "frequence cardiaque maximale",
       "fc max", "fc maximale", "frecuencia cardiaca maxima", "fc maxima", "frequenza cardiaca massima", "fc massima",
       "maximale hartslag", "max hartslag", "max hs", "frequencia cardiaca maxima"]),
    (Column::Ascent,
     &["ascent", "total ascent", "elevation gain", "elevation", "elev gain", "climb", "gain"],
     &["hohenmeter", "aufstieg", "anstieg", "anstieg gesamt", "hm", "denivele", "denivele positif", "d+", "ascension totale",
       "desnivel", "desnivel positivo", "ascenso", "ascenso total", "dislivello", "dislivello positivo", "ascesa totale",
       "hoogtemeters", "hoogtewinst", "stijging", "totale stijging", "ganho de elevacao", "subida", "subida total", "elevacao"]),
    (Column::Descent,
     &["descent", "total descent", "elevation loss"],
     &["abstieg", "abstieg gesamt", "denivele negatif", "descente totale", "descenso", "descenso total", "desnivel negativo",
       "dislivello negativo", "discesa totale", "daling", "totale daling", "descida", "descida total", "perda de elevacao"]),
    (Column::Power,
     &["power", "avg power", "average power", "avg watts", "average watts"],
     &["leistung", "durchschnittliche leistung", "puissance", "puissance moyenne", "potencia", "potencia media", "potenza",
       "potenza media", "vermogen", "gemiddeld vermogen"]),
    (Column::Cadence,
     &["cadence", "avg cadence", "average cadence", "avg run cadence", "avg bike cadence"],
     &["trittfrequenz", "schrittfrequenz", "kadenz", "cadence moyenne", "cadencia", "cadencia media", "cadenza", "cadenza media",
       "cadans"]),
    (Column::Device, &["device"], &["gerat", "appareil", "dispositivo", "apparaat"]),
    (Column::Id, &["activity id", "workout id"], &[]),
    (Column::Recording, &["gpx file"], &[]),
    (Column::Exercise,
     &["exercise", "exercise name", "exercise title"],
     &["ubung", "exercice", "ejercicio", "esercizio", "oefening", "exercicio"]),
    (Column::Reps,
     &["reps", "repetitions", "rep"],
     &["wiederholungen", "wdh", "repeticiones", "ripetizioni", "herhalingen", "repeticoes"]),
    (Column::Weight, &["weight", "load"], &["gewicht", "poids", "charge", "peso", "carga"]),
    (Column::WeightUnit, &["weight unit"], &[]),
    (Column::DistanceUnit, &["distance unit"], &[]),
    (Column::Rpe, &["rpe"], &[]),
    (Column::Seconds, &["seconds", "secs"], &["sekunden", "secondes", "segundos", "secondi", "seconden"]),
    (Column::Rest, &["rest", "rest time"], &["pause", "repos", "descanso", "recupero", "rust"]),
    (Column::SetOrder, &["set order", "set index", "set number"], &[]),
    (Column::SetCount, &["sets"], &["satze", "series", "serie"]),
    (Column::WorkoutDuration, &["workout duration"], &[]),
    (Column::WorkoutNotes, &["workout notes", "workout note"], &[]),
    (Column::ExerciseNotes, &["exercise notes"], &[]),
];

/// A title that is only a unit implies its column.
const UNITS_ALONE: &[(&[&str], Column)] = &[
    (
        &["km", "kilometer", "kilometers", "kilometres", "miles", "mi", "meters", "metres"],
        Column::Distance,
    ),
    (&["minutes", "mins", "min", "minuten", "minutos", "minuti", "hours"], Column::Duration),
    (&["kcal"], Column::Calories),
    (&["bpm"], Column::HeartRate),
    (&["watts"], Column::Power),
];

/// Words at the end of a title that are its unit.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "km", "kilometers", "kilometres", "mi", "miles", "m", "meters", "metres", "yd", "yards", "ft", "feet",
    "ms", "s", "sec", "secs", "seconds", "min", "mins", "minutes", "h", "hr", "hrs", "hours",
    "kg", "kgs", "lb", "lbs", "kcal", "kj", "cal", "bpm", "w", "watts", "rpm", "spm",
];

/// A recognised title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub column: Column,
    pub unit: Option<String>,
    /// Whether the language of the title writes days before months.
    pub is_day_first: bool,
}

/// Recognises a title. Returns `None` for a column that is not imported.
pub fn known(title: &str) -> Option<Known> {
    let title = folded(title);
    // Minutes per kilometre and kilometres per hour are not distances.
    let (name, unit) = match title.split_once(['(', '[']) {
        Some((name, unit)) => {
            let unit = unit.split([')', ']']).next().unwrap_or_default().trim();
            (name.trim(), Some(unit).filter(|unit| !unit.is_empty()))
        }
        None => (title.as_str(), None),
    };
    let found = |name: &str, unit: Option<&str>| {
        let found = TITLES.iter().find_map(|(column, english, others)| {
            let is_day_first = others.contains(&name);
            (is_day_first || english.contains(&name)).then_some((*column, is_day_first))
        });
        let (column, is_day_first) = found?;
        Some(Known { column, unit: unit.map(str::to_owned), is_day_first })
    };
    let alone = || {
        let (_, column) = UNITS_ALONE.iter().find(|(names, _)| names.contains(&name))?;
        Some(Known { column: *column, unit: Some(name.to_owned()), is_day_first: false })
    };
    let at_end = || {
        let (name, unit) = name.trim_end_matches(',').rsplit_once([' ', ','])?;
        UNITS.contains(&unit).then(|| found(name.trim_end_matches([',', ' ']), Some(unit)))?
    };
    found(name, unit).or_else(alone).or_else(at_end)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn titles_are_folded_and_each_is_of_one_column() {
        let mut seen = HashSet::new();
        for (column, english, others) in TITLES {
            for title in english.iter().chain(*others) {
                assert_eq!(folded(title), title.trim(), "{column:?}");
                assert!(seen.insert(title), "{title}");
            }
        }
    }

    #[test]
    fn titles_are_known_with_their_units() {
        for (title, column, unit) in [
            ("Date", Column::Date, None),
            ("Distance (km)", Column::Distance, Some("km")),
            ("distance_mi", Column::Distance, Some("mi")),
            ("distance_meters", Column::Distance, Some("meters")),
            ("Dauer (min)", Column::Duration, Some("min")),
            ("Durée [h:mm:ss]", Column::Duration, Some("h:mm:ss")),
            ("duration_secs", Column::Duration, Some("secs")),
            ("Kilometers", Column::Distance, Some("kilometers")),
            ("Höhenmeter", Column::Ascent, None),
            ("Duração", Column::Duration, None),
            ("Ø Herzfrequenz (bpm)", Column::HeartRate, Some("bpm")),
            ("Exercise Name", Column::Exercise, None),
            ("weight_lbs", Column::Weight, Some("lbs")),
            ("Weight(kg)", Column::Weight, Some("kg")),
            ("elevation_gain_meters", Column::Ascent, Some("meters")),
            ("Calories Burned", Column::Calories, None),
        ] {
            let known = known(title).unwrap_or_else(|| panic!("{title}"));
            assert_eq!((known.column, known.unit.as_deref()), (column, unit), "{title}");
        }
        for title in [
            "",
            "Average Pace",
            "Average Speed (km/h)",
            "Walking duration (ms)",
            "Move Minutes count",
        ] {
            assert_eq!(known(title), None, "{title}");
        }
        assert!(known("Datum").unwrap().is_day_first && !known("Date").unwrap().is_day_first);
    }
}

//! The columns of the table: recognized by title, in the languages that Strava
//! supports, or else by position.

use csv::ByteRecord;

/// The columns that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Id,
    Date,
    Title,
    Sport,
    Notes,
    Elapsed,
    /// The distance in kilometres, rounded; in metres in old tables.
    Distance,
    /// The distance in metres.
    Metres,
    Commute,
    PrivateNote,
    Gear,
    File,
    Moving,
    Gain,
    Loss,
    Cadence,
    MaxHeartRate,
    HeartRate,
    Power,
    Calories,
    Effort,
}

/// The position of a column, either in all tables or only in those with many columns.
#[derive(Clone, Copy)]
enum Place {
    Always(usize),
    Usually(usize),
}
use Place::{Always, Usually};

/// A column, its position since 2019, and the letters and digits of its titles, in lower case.
type Known = (Column, Place, &'static [&'static str]);

/// English, German, French, Spanish, Italian, Portuguese, Dutch, and the titles from before 2019.
#[rustfmt::skip]
const KNOWN: [Known; 21] = [
    (Column::Id, Always(0), &["activityid", "aktivitätsid", "iddelactivité", "iddeactividad", "iddelaactividad", "idattività", "iddellattività", "iddaatividade", "activiteitsid", "id"]),
    (Column::Date, Always(1), &["activitydate", "aktivitätsdatum", "datedelactivité", "fechadelaactividad", "fechadeactividad", "datadellattività", "dataattività", "datadaatividade", "datumvanactiviteit", "date"]),
    (Column::Title, Always(2), &["activityname", "namederaktivität", "nomdelactivité", "nombredelaactividad", "nombredeactividad", "nomeattività", "nomedellattività", "nomedaatividade", "naamactiviteit", "naamvanactiviteit", "name"]),
    (Column::Sport, Always(3), &["activitytype", "sporttype", "aktivitätsart", "aktivitätstyp", "typedactivité", "tipodeactividad", "tipoattività", "tipodiattività", "tipodeatividade", "tipodaatividade", "activiteitstype", "type"]),
    (Column::Notes, Always(4), &["activitydescription", "aktivitätsbeschreibung", "beschreibungderaktivität", "descriptiondelactivité", "descripcióndelaactividad", "descripcióndeactividad", "descrizionedellattività", "descrizioneattività", "descriçãodaatividade", "beschrijvingvanactiviteit", "beschrijvingactiviteit", "description"]),
    (Column::Elapsed, Always(5), &["elapsedtime", "verstrichenezeit", "gesamtzeit", "tempsécoulé", "tiempotranscurrido", "tempotrascorso", "tempodecorrido", "verstrekentijd"]),
    (Column::Distance, Always(6), &["distance", "distanz", "distancia", "distanza", "distância", "afstand"]),
    (Column::Metres, Usually(17), &["distance", "distanz", "distancia", "distanza", "distância", "afstand"]),
    (Column::Commute, Usually(9), &["commute", "pendeln", "arbeitsweg", "trajet", "trajetdomiciletravail", "desplazamiento", "viajealtrabajo", "pendolarismo", "tragittocasalavoro", "percursodiário", "deslocamento", "woonwerkverkeer", "woonwerk"]),
    (Column::PrivateNote, Usually(10), &["activityprivatenote", "hinweiszurprivatsphärefüraktivitäten", "privatenotizzuraktivität", "notepersonnellesurlactivité", "noteprivéedelactivité", "notaprivadadelaactividad", "notaprivadadeactividad", "notaprivatasullattività", "notaprivatadellattività", "notaprivadadaatividade", "privénotitiebijactiviteit", "privénotitievoractiviteit", "privénotitie"]),
    (Column::Gear, Usually(11), &["activitygear", "aktivitätsausrüstung", "équipementdelactivité", "matérieldelactivité", "equipamientodelaactividad", "equipodelaactividad", "equipamientodeactividad", "attrezzaturaattività", "attrezzaturadellattività", "attrezzaturaperlattività", "equipamentodaatividade", "uitrustingvooractiviteit", "materiaalvooractiviteit", "gear"]),
    (Column::File, Usually(12), &["filename", "dateiname", "nomdufichier", "nomdefichier", "nombredearchivo", "nombredelarchivo", "nomefile", "nomedelfile", "nomedoarquivo", "nomedoficheiro", "bestandsnaam"]),
    (Column::Moving, Usually(16), &["movingtime", "bewegungszeit", "duréededéplacement", "tempsdedéplacement", "tempsenmouvement", "tiempoenmovimiento", "tempoinmovimento", "tempoemmovimento", "tempoemmovimentação", "beweegtijd", "bewegingstijd"]),
    (Column::Gain, Usually(20), &["elevationgain", "höhenzunahme", "höhengewinn", "dénivelépositif", "gaindaltitude", "desnivelpositivo", "aumentodealtitud", "dislivello", "dislivellopositivo", "dislivelloguadagnato", "ganhodeelevação", "ganhodealtitude", "totalestijging", "hoogtewinst", "hoogtetoename"]),
    (Column::Loss, Usually(21), &["elevationloss", "höhenunterschied", "höhenverlust", "dénivelénégatif", "pertedaltitude", "desnivelnegativo", "pérdidadealtitud", "dislivellonegativo", "perdadeelevação", "perdadealtitude", "totaledaling", "hoogteverlies"]),
    (Column::Cadence, Usually(29), &["averagecadence", "durchschnittlichetrittfrequenz", "durchschnittlichetrittschrittfrequenz", "cadencemoyenne", "cadenciamedia", "cadenciapromedio", "cadenzamedia", "cadênciamédia", "gemiddeldecadans"]),
    (Column::MaxHeartRate, Usually(30), &["maxheartrate", "maxherzfrequenz", "fréquencecardiaquemax", "fréquencecardiaquemaximale", "frecuenciacardiacamáx", "frecuenciacardíacamáxima", "frecuenciacardiacamáxima", "ritmocardiacomáximo", "frequenzacardiacamax", "frequenzacardiacamassima", "frequênciacardíacamáxima", "frequênciacardíacamáx", "maxhartslag", "maximalehartslag"]),
    (Column::HeartRate, Usually(31), &["averageheartrate", "durchschnittlicheherzfrequenz", "fréquencecardiaquemoyenne", "frecuenciacardiacamedia", "frecuenciacardíacapromedio", "frecuenciacardiacapromedio", "ritmocardiacopromedio", "frequenzacardiacamedia", "frequênciacardíacamédia", "gemiddeldehartslag"]),
    (Column::Power, Usually(33), &["averagewatts", "durchschnittlichewatt", "durchschnittlichewattzahl", "wattsmoyens", "puissancemoyenne", "vatiosmedios", "vatiospromedio", "potenciamedia", "wattmedi", "potenzamedia", "wattsmédios", "médiadewatts", "gemiddeldwattage", "gemiddeldewatts"]),
    (Column::Calories, Usually(34), &["calories", "kalorien", "calorías", "calorie", "calorias", "calorieën"]),
    (Column::Effort, Usually(43), &["perceivedexertion", "gefühlteanstrengung", "empfundeneanstrengung", "subjektiveanstrengung", "effortperçu", "esfuerzopercibido", "sforzopercepito", "esforçopercebido", "esforçopercetido", "waargenomeninspanning", "ervareninspanning"]),
];

/// Columns that occur twice. Those in the second half of the table have all digits.
const TWICE: [Column; 3] = [Column::Elapsed, Column::Metres, Column::MaxHeartRate];

/// A table with this many known titles is Strava's.
const ENOUGH: usize = 5;

/// The position of each column.
#[derive(Debug)]
pub struct Columns {
    places: [Option<usize>; KNOWN.len()],
    are_known: bool,
    /// Tables from before 2019 have titles in lower case, and distances in metres.
    pub is_old: bool,
}

impl Columns {
    pub fn of(titles: &ByteRecord) -> Self {
        let raw: Vec<String> =
            titles.iter().map(|title| String::from_utf8_lossy(title).trim().to_owned()).collect();
        let titles: Vec<String> = raw.iter().map(|title| plain(title)).collect();
        let is_usual = is_usual(&titles);
        let named = |column: Column, names: &[&str]| {
            names.iter().find_map(|name| {
                let first = titles.iter().position(|title| title == name);
                let last = titles.iter().rposition(|title| title == name);
                match column {
                    // Only if there are two.
                    Column::Metres => last.filter(|_| last != first),
                    _ if TWICE.contains(&column) => last,
                    _ => first,
                }
            })
        };
        let by_name = KNOWN.map(|(column, _, names)| named(column, names));
        let mut places = by_name;
        for (place, (_, usual, _)) in places.iter_mut().zip(KNOWN) {
            let by_place = match usual {
                Always(at) => Some(at),
                Usually(at) => Some(at).filter(|_| is_usual),
            };
            *place = place.or(by_place.filter(|at| !by_name.contains(&Some(*at))));
        }
        let is_old = raw.first().is_some_and(|title| title == "id");
        let named = by_name.iter().flatten().count();
        Self { places, are_known: is_usual || named >= ENOUGH, is_old }
    }

    pub fn at(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    /// Whether the titles are those of Strava's table.
    pub fn are_known(&self) -> bool {
        self.are_known
    }
}

/// Whether the columns are those of a current table in any language: some titles occur twice.
fn is_usual(titles: &[String]) -> bool {
    let is_twice = |one: usize, other: usize| {
        titles
            .get(one)
            .zip(titles.get(other))
            .is_some_and(|(one, other)| one == other && !one.is_empty())
    };
    titles.len() >= 35 && (is_twice(5, 15) || is_twice(6, 17))
}

/// The letters and digits of a title, in lower case.
fn plain(title: &str) -> String {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_the_order_of_their_numbers() {
        for (number, (column, ..)) in KNOWN.iter().enumerate() {
            assert_eq!(*column as usize, number, "{column:?}");
        }
    }

    #[test]
    fn titles_tell_and_else_places() {
        let english =
            "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Filename";
        let columns = Columns::of(&ByteRecord::from(english.split(',').collect::<Vec<_>>()));
        assert!(columns.are_known());
        assert_eq!(columns.at(Column::File), Some(6));
        assert_eq!((columns.at(Column::Distance), columns.at(Column::Metres)), (Some(5), None));
        assert_eq!(columns.at(Column::Calories), None);
        // An unknown language.
        let mut unknown: Vec<String> = (0..40).map(|n| format!("t{n}")).collect();
        unknown[15] = unknown[5].clone();
        unknown[17] = unknown[6].clone();
        let columns = Columns::of(&ByteRecord::from(unknown));
        for (column, place) in
            [(Column::File, 12), (Column::Metres, 17), (Column::Elapsed, 5), (Column::Calories, 34)]
        {
            assert_eq!(columns.at(column), Some(place), "{column:?}");
        }
        assert!(columns.are_known());
    }
}

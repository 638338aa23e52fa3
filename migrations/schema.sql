CREATE FUNCTION public.achievements(owner uuid, sports text[]) RETURNS TABLE(id uuid, sport text, exercise text, kind text, score double precision)
    LANGUAGE sql STABLE
    AS $$
    SELECT a.id, a.activity_type, '', total.kind, total.score
    FROM activities a CROSS JOIN LATERAL (VALUES
        ('longest', a.duration_secs::float8),
        ('farthest', (millimetres(a.distance_meters) / 1000.0)::float8),
        ('highest', (millimetres(a.elevation_gain_meters) / 1000.0)::float8)) total (kind, score)
    WHERE a.user_id = owner AND a.activity_type = ANY (sports) AND a.merged_into IS NULL AND total.score > 0
    UNION ALL
    SELECT shown.id, shown.activity_type, '', e.kind, CASE WHEN e.kind LIKE 'fastest%' THEN -e.value ELSE e.value END
    FROM activities a JOIN activity_efforts e ON e.activity_id = a.id
         JOIN activities shown ON shown.id = coalesce(a.merged_into, a.id)
    WHERE a.user_id = owner AND shown.activity_type = ANY (sports)
    UNION ALL
    SELECT a.id, '', best.exercise, strength.kind, strength.score
    FROM activities a
         CROSS JOIN LATERAL (
             SELECT normalize(fold_case(btrim(s.exercise)), NFC) AS exercise, sum(s.reps * s.weight_kg) AS volume,
                    max(s.weight_kg) FILTER (WHERE s.reps IS DISTINCT FROM 0) AS heaviest,
                    -- The estimate of Epley (1985).
                    max(CASE WHEN s.reps = 1 THEN s.weight_kg ELSE s.weight_kg * (1 + s.reps / 30::float8) END)
                        FILTER (WHERE s.reps BETWEEN 1 AND 12) AS one_rep_max
             FROM jsonb_to_recordset(a.sets) s (exercise TEXT, reps INT, weight_kg DOUBLE PRECISION)
             GROUP BY 1) best
         CROSS JOIN LATERAL (VALUES
             ('one_rep_max', best.one_rep_max), ('heaviest', best.heaviest), ('most_volume', nullif(best.volume, 0)))
             strength (kind, score)
    WHERE a.user_id = owner AND a.merged_into IS NULL AND a.sets IS NOT NULL AND strength.score IS NOT NULL
$$;
COMMENT ON FUNCTION public.achievements(owner uuid, sports text[]) IS 'migrations/programs/records.sql';
CREATE FUNCTION public.new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    RETURN (encode(set_bit(set_bit(OVERLAY(uuid_send(gen_random_uuid()) PLACING SUBSTRING(int8send((floor((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric)))::bigint) FROM 3) FROM 1 FOR 6), (52)::bigint, 1), (53)::bigint, 1), 'hex'::text))::uuid;
CREATE TABLE public.activities (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    activity_type text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    duration_secs integer NOT NULL,
    distance_meters double precision,
    calories integer,
    notes text,
    source text DEFAULT 'manual'::text NOT NULL,
    device_data jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    revision bigint NOT NULL,
    external_id text,
    title text,
    elapsed_secs integer,
    moving_secs integer,
    elevation_gain_meters double precision,
    elevation_loss_meters double precision,
    avg_heart_rate integer,
    max_heart_rate integer,
    avg_power_watts integer,
    avg_cadence double precision,
    utc_offset_minutes integer,
    device text,
    sport_raw text,
    parent_id uuid,
    laps jsonb,
    sets jsonb,
    original_id uuid,
    merged_into uuid,
    merged jsonb,
    computed text[],
    edited text[],
    replaced jsonb,
    has text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT activities_activity_type_check CHECK ((activity_type ~ '^[a-z0-9_]{1,32}$'::text)),
    CONSTRAINT activities_avg_cadence_check CHECK (((avg_cadence >= (0)::double precision) AND (avg_cadence <= (1000)::double precision))),
    CONSTRAINT activities_avg_heart_rate_check CHECK (((avg_heart_rate >= 1) AND (avg_heart_rate <= 300))),
    CONSTRAINT activities_avg_power_watts_check CHECK (((avg_power_watts >= 0) AND (avg_power_watts <= 10000))),
    CONSTRAINT activities_calories_check CHECK (((calories >= 0) AND (calories <= 1000000))),
    CONSTRAINT activities_device_check CHECK ((char_length(device) <= 200)),
    CONSTRAINT activities_device_data_check CHECK ((jsonb_typeof(device_data) = 'object'::text)),
    CONSTRAINT activities_distance_meters_check CHECK (((distance_meters >= (0)::double precision) AND (distance_meters <= ('100000000'::numeric)::double precision))),
    CONSTRAINT activities_duration_secs_check CHECK (((duration_secs >= 0) AND (duration_secs <= 31622400))),
    CONSTRAINT activities_elapsed_secs_check CHECK (((elapsed_secs >= 0) AND (elapsed_secs <= 31622400))),
    CONSTRAINT activities_elevation_gain_meters_check CHECK (((elevation_gain_meters >= (0)::double precision) AND (elevation_gain_meters <= ('1000000'::numeric)::double precision))),
    CONSTRAINT activities_elevation_loss_meters_check CHECK (((elevation_loss_meters >= (0)::double precision) AND (elevation_loss_meters <= ('1000000'::numeric)::double precision))),
    CONSTRAINT activities_external_id_check CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 200))),
    CONSTRAINT activities_laps_check CHECK ((jsonb_typeof(laps) = 'array'::text)),
    CONSTRAINT activities_max_heart_rate_check CHECK (((max_heart_rate >= 1) AND (max_heart_rate <= 300))),
    CONSTRAINT activities_merged_check CHECK ((jsonb_typeof(merged) = 'array'::text)),
    CONSTRAINT activities_moving_secs_check CHECK (((moving_secs >= 0) AND (moving_secs <= 31622400))),
    CONSTRAINT activities_notes_check CHECK ((char_length(notes) <= 10000)),
    CONSTRAINT activities_sets_check CHECK ((jsonb_typeof(sets) = 'array'::text)),
    CONSTRAINT activities_source_check CHECK ((source ~ '^[a-z0-9][a-z0-9_.-]{0,31}$'::text)),
    CONSTRAINT activities_sport_raw_check CHECK ((char_length(sport_raw) <= 200)),
    CONSTRAINT activities_title_check CHECK ((char_length(title) <= 200)),
    CONSTRAINT activities_utc_offset_minutes_check CHECK (((utc_offset_minutes >= '-1080'::integer) AND (utc_offset_minutes <= 1080))),
    CONSTRAINT merged_once CHECK (((merged_into IS NULL) OR (merged IS NULL)))
);
COMMENT ON TABLE public.activities IS 'The log: shown activities (merged_into IS NULL), and the records merged into them.';
COMMENT ON COLUMN public.activities.duration_secs IS 'The time that the timer ran.';
COMMENT ON COLUMN public.activities.revision IS 'The number of the last change, counted per user; see activity_feeds.';
COMMENT ON COLUMN public.activities.external_id IS 'The id in the system that source names.';
COMMENT ON COLUMN public.activities.elapsed_secs IS 'The time from start to end. moving_secs: without stops.';
COMMENT ON COLUMN public.activities.avg_cadence IS 'Revolutions, strides or strokes per minute.';
COMMENT ON COLUMN public.activities.utc_offset_minutes IS 'The offset at the place and time of the start.';
COMMENT ON COLUMN public.activities.sport_raw IS 'The sport in the source''s words.';
COMMENT ON COLUMN public.activities.parent_id IS 'The first part of a recording with several parts, such as a triathlon.';
COMMENT ON COLUMN public.activities.merged IS 'The records merged into a shown activity, and the fields taken from each.';
COMMENT ON COLUMN public.activities.computed IS 'Fields that were computed from the track, in byte order. NULL if unknown, as for activities that clients write.';
COMMENT ON COLUMN public.activities.edited IS 'Fields that the owner has changed. They take precedence over measured values, and those over computed ones. ''*'' means any field.';
COMMENT ON COLUMN public.activities.replaced IS 'The activity''s own values of fields that show a measured value of another record.';
COMMENT ON COLUMN public.activities.has IS 'What can be read of the activity, merged records included: track, heart_rate and power of its streams, and the original file. Derived by recorded_data().';
CREATE FUNCTION public.activity_summary(a public.activities) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
    SELECT jsonb_build_object(
        'id', a.id, 'activity_type', a.activity_type, 'started_at', a.started_at, 'duration_secs', a.duration_secs,
        'distance_meters', a.distance_meters, 'calories', a.calories, 'notes', a.notes, 'source', a.source,
        'created_at', a.created_at, 'updated_at', a.updated_at, 'revision', a.revision, 'external_id', a.external_id,
        'title', a.title, 'elapsed_secs', a.elapsed_secs, 'moving_secs', a.moving_secs,
        'elevation_gain_meters', a.elevation_gain_meters, 'elevation_loss_meters', a.elevation_loss_meters,
        'avg_heart_rate', a.avg_heart_rate, 'max_heart_rate', a.max_heart_rate, 'avg_power_watts', a.avg_power_watts,
        'avg_cadence', a.avg_cadence, 'utc_offset_minutes', a.utc_offset_minutes, 'device', a.device,
        'sport_raw', a.sport_raw, 'parent_id', a.parent_id, 'has', a.has)
$$;
COMMENT ON FUNCTION public.activity_summary(a public.activities) IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.bare_letters(folded text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
BEGIN
    IF octet_length(folded) = char_length(folded) THEN
        RETURN folded;
    END IF;
    folded := regexp_replace(normalize(folded, NFKD),
        E'[\u0300-\u036F\u0483-\u0487\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u064B-\u065F\u0670]',
        '', 'g');
    folded := translate(folded, 'øłđðħŧ', 'olddht');
    folded := replace(replace(replace(folded, 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
    RETURN normalize(folded, NFKC);
END $$;
CREATE FUNCTION public.fold_case(words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    folded   TEXT COLLATE "C";
    -- Letters that NFKD does not decompose into an ASCII letter and marks. Each line is a script or
    -- a part of one, because translate() takes longer with more letters.
    capitals CONSTANT TEXT[] := ARRAY[
        'ÆÐØÞĐĦıŁŊŒŦẞ',
        'ƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎỺỼỾℲↃⱠⱢⱣⱤⱧⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾꟀꟂꟄꟅꟆꟇꟉꟐꟖꟘꟵ',
        'ͅͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςϏϘϚϜϞϠϢϤϦϨϪϬϮϷϺϽϾϿⲀⲂⲄⲆⲈⲊⲌⲎⲐⲒⲔⲖⲘⲚⲜⲞⲠⲢⲤⲦⲨⲪⲬⲮⲰⲲⲴⲶⲸⲺⲼⲾⳀⳂⳄⳆⳈⳊⳌⳎⳐⳒⳔⳖⳘⳚⳜⳞⳠⳢⳫⳭⳲ',
        'ЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ',
        'ѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮᲀᲁᲂᲃᲄᲅᲆᲇᲈꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚ',
        'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ',
        'ႠႡႢႣႤႥႦႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿ',
        'ᏸᏹᏺᏻᏼᏽꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿ',
        'ⰀⰁⰂⰃⰄⰅⰆⰇⰈⰉⰊⰋⰌⰍⰎⰏⰐⰑⰒⰓⰔⰕⰖⰗⰘⰙⰚⰛⰜⰝⰞⰟⰠⰡⰢⰣⰤⰥⰦⰧⰨⰩⰪⰫⰬⰭⰮⰯ𐐀𐐁𐐂𐐃𐐄𐐅𐐆𐐇𐐈𐐉𐐊𐐋𐐌𐐍𐐎𐐏𐐐𐐑𐐒𐐓𐐔𐐕𐐖𐐗𐐘𐐙𐐚𐐛𐐜𐐝𐐞𐐟𐐠𐐡𐐢𐐣𐐤𐐥𐐦𐐧𐒰𐒱𐒲𐒳𐒴𐒵𐒶𐒷𐒸𐒹𐒺𐒻𐒼𐒽𐒾𐒿𐓀𐓁𐓂𐓃𐓄𐓅𐓆𐓇𐓈𐓉𐓊𐓋𐓌𐓍𐓎𐓏𐓐𐓑𐓒𐓓𐕰𐕱𐕲𐕳𐕴𐕵𐕶𐕷𐕸𐕹𐕺𐕼𐕽𐕾𐕿𐖀𐖁𐖂𐖃𐖄𐖅𐖆𐖇𐖈𐖉𐖊𐖌𐖍𐖎𐖏𐖐𐖑𐖒𐖔𐖕𐲀𐲁𐲂𐲃𐲄𐲅𐲆𐲇𐲈𐲉𐲊𐲋𐲌𐲍𐲎𐲏𐲐𐲑𐲒𐲓𐲔𐲕𐲖𐲗𐲘𐲙𐲚𐲛𐲜𐲝𐲞𐲟𐲠𐲡𐲢𐲣𐲤𐲥𐲦𐲧𐲨𐲩𐲪𐲫𐲬𐲭𐲮𐲯𐲰𐲱𐲲𑢠𑢡𑢢𑢣𑢤𑢥𑢦𑢧𑢨𑢩𑢪𑢫𑢬𑢭𑢮𑢯𑢰𑢱𑢲𑢳𑢴𑢵𑢶𑢷𑢸𑢹𑢺𑢻𑢼𑢽𑢾𑢿𖹀𖹁𖹂𖹃𖹄𖹅𖹆𖹇𖹈𖹉𖹊𖹋𖹌𖹍𖹎𖹏𖹐𖹑𖹒𖹓𖹔𖹕𖹖𖹗𖹘𖹙𖹚𖹛𖹜𖹝𖹞𖹟𞤀𞤁𞤂𞤃𞤄𞤅𞤆𞤇𞤈𞤉𞤊𞤋𞤌𞤍𞤎𞤏𞤐𞤑𞤒𞤓𞤔𞤕𞤖𞤗𞤘𞤙𞤚𞤛𞤜𞤝𞤞𞤟𞤠𞤡'];
    smalls   CONSTANT TEXT[] := ARRAY[
        'æðøþđħiłŋœŧß',
        'ɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏỻỽỿⅎↄⱡɫᵽɽⱨⱪⱬɑɱɐɒⱳⱶȿɀꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿꟁꟃꞔʂᶎꟈꟊꟑꟗꟙꟶ',
        'ιͱͳͷϳαβγδεζηθικλμνξοπρστυφχψωσϗϙϛϝϟϡϣϥϧϩϫϭϯϸϻͻͼͽⲁⲃⲅⲇⲉⲋⲍⲏⲑⲓⲕⲗⲙⲛⲝⲟⲡⲣⲥⲧⲩⲫⲭⲯⲱⲳⲵⲷⲹⲻⲽⲿⳁⳃⳅⳇⳉⳋⳍⳏⳑⳓⳕⳗⳙⳛⳝⳟⳡⳣⳬⳮⳳ',
        'ђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюя',
        'ѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯвдосттъѣꙋꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛ',
        'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ',
        'ⴀⴁⴂⴃⴄⴅⴆⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿ',
        'ᏰᏱᏲᏳᏴᏵᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯ',
        'ⰰⰱⰲⰳⰴⰵⰶⰷⰸⰹⰺⰻⰼⰽⰾⰿⱀⱁⱂⱃⱄⱅⱆⱇⱈⱉⱊⱋⱌⱍⱎⱏⱐⱑⱒⱓⱔⱕⱖⱗⱘⱙⱚⱛⱜⱝⱞⱟ𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱𐐲𐐳𐐴𐐵𐐶𐐷𐐸𐐹𐐺𐐻𐐼𐐽𐐾𐐿𐑀𐑁𐑂𐑃𐑄𐑅𐑆𐑇𐑈𐑉𐑊𐑋𐑌𐑍𐑎𐑏𐓘𐓙𐓚𐓛𐓜𐓝𐓞𐓟𐓠𐓡𐓢𐓣𐓤𐓥𐓦𐓧𐓨𐓩𐓪𐓫𐓬𐓭𐓮𐓯𐓰𐓱𐓲𐓳𐓴𐓵𐓶𐓷𐓸𐓹𐓺𐓻𐖗𐖘𐖙𐖚𐖛𐖜𐖝𐖞𐖟𐖠𐖡𐖣𐖤𐖥𐖦𐖧𐖨𐖩𐖪𐖫𐖬𐖭𐖮𐖯𐖰𐖱𐖳𐖴𐖵𐖶𐖷𐖸𐖹𐖻𐖼𐳀𐳁𐳂𐳃𐳄𐳅𐳆𐳇𐳈𐳉𐳊𐳋𐳌𐳍𐳎𐳏𐳐𐳑𐳒𐳓𐳔𐳕𐳖𐳗𐳘𐳙𐳚𐳛𐳜𐳝𐳞𐳟𐳠𐳡𐳢𐳣𐳤𐳥𐳦𐳧𐳨𐳩𐳪𐳫𐳬𐳭𐳮𐳯𐳰𐳱𐳲𑣀𑣁𑣂𑣃𑣄𑣅𑣆𑣇𑣈𑣉𑣊𑣋𑣌𑣍𑣎𑣏𑣐𑣑𑣒𑣓𑣔𑣕𑣖𑣗𑣘𑣙𑣚𑣛𑣜𑣝𑣞𑣟𖹠𖹡𖹢𖹣𖹤𖹥𖹦𖹧𖹨𖹩𖹪𖹫𖹬𖹭𖹮𖹯𖹰𖹱𖹲𖹳𖹴𖹵𖹶𖹷𖹸𖹹𖹺𖹻𖹼𖹽𖹾𖹿𞤢𞤣𞤤𞤥𞤦𞤧𞤨𞤩𞤪𞤫𞤬𞤭𞤮𞤯𞤰𞤱𞤲𞤳𞤴𞤵𞤶𞤷𞤸𞤹𞤺𞤻𞤼𞤽𞤾𞤿𞥀𞥁𞥂𞥃'];
BEGIN
    IF octet_length(words) = char_length(words) THEN
        RETURN lower(words COLLATE "C");
    END IF;
    folded := normalize(words, NFKD);
    folded := lower(folded);
    IF folded ~ E'[^\u0001-\u007F\u0300-\u036F]' THEN
        FOR script IN 1 .. array_length(capitals, 1) LOOP
            IF folded ~ ('[' || capitals[script] || ']') THEN
                folded := translate(folded, capitals[script], smalls[script]);
            END IF;
        END LOOP;
        folded := replace(folded, 'ß', 'ss');
        folded := regexp_replace(folded,
            E'[\u00AD\u200C-\u200F\u2060-\u206F\uFE00-\uFE0F\uFEFF\U000E0000-\U000E0FFF]', '', 'g');
        folded := regexp_replace(folded,
            E'[\u0080-\u00BF\u00D7\u00F7\u037E\u0387\u055A-\u055F\u0589-\u058F\u05BE\u05C0\u05C3\u05C6\u05F3\u05F4'
            '\u0609-\u060D\u061B-\u061F\u066A-\u066D\u06D4\u0964\u0965\u0E3F\u0E4F\u0E5A\u0E5B\u104A-\u104F\u10FB'
            '\u1360-\u1368\u17D4-\u17DB\u2000-\u20C0\u2100-\u214F\u2190-\u2BFF\u2E00-\u2E2E\u2E30-\u2E7F\u3000-\u3004'
            '\u3008-\u3020\u3030\u303D-\u303F\u30FB\uE000-\uF8FF\uFE10-\uFE6B\uFF00-\uFF0F\uFFFC\uFFFD\U0001F000-\U0001FBFF]',
            ' ', 'g');
    END IF;
    RETURN normalize(replace(folded, E'i\u0307', 'i'), NFKC);
END $$;
CREATE FUNCTION public.words_of_text(bare text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    -- Thai and Lao, Myanmar, Khmer, Hangul, kana and bopomofo, Han.
    letters CONSTANT TEXT COLLATE "C" := E'\u0E01-\u0E3A\u0E40-\u0E4E\u0E81-\u0EBD\u0EC0-\u0ECD\u0EDC-\u0EDF\u1000-\u103F\u1050-\u109F\uA9E0-\uA9EF\uA9FA-\uA9FE\uAA60-\uAA7F\u1780-\u17D3\u17D7\u17DC\u17DD\u1100-\u11FF\uAC00-\uD7A3\u3005-\u3007\u3041-\u30FA\u30FC-\u30FF\u3105-\u312F\u31A0-\u31BF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF';
    pairs   TEXT;
    singles TEXT;
BEGIN
    -- Separates what the parser would keep together: paths, hosts, addresses, compounds, decimals,
    -- tags, entities.
    bare := translate(bare, '&+-./:<>@_~', '           ');
    IF octet_length(bare) = char_length(bare) OR bare COLLATE "C" !~ ('[' || letters || ']') THEN
        RETURN to_tsvector('simple', bare);
    END IF;
    SELECT string_agg(part[1] || ' ' || coalesce(in_pairs, '') || ' ', '' ORDER BY place) INTO pairs
    FROM regexp_matches(bare COLLATE "C", '([^' || letters || ']*)([' || letters || ']*)', 'g') WITH ORDINALITY AS parts(part, place),
         LATERAL (
            SELECT string_agg(letter || coalesce(neighbour, ''), ' ' ORDER BY number) AS in_pairs
            FROM (SELECT letter, number, lead(letter) OVER (ORDER BY number) AS neighbour
                  FROM unnest(string_to_array(part[2], NULL)) WITH ORDINALITY AS run(letter, number)) neighbours
            WHERE neighbour IS NOT NULL OR number = 1) run;
    singles := regexp_replace(bare COLLATE "C", '[^' || letters || ']+', '', 'g');
    singles := regexp_replace(singles, '(.)', '\1 ', 'g');
    RETURN to_tsvector('simple', pairs) || strip(to_tsvector('simple', singles));
END $$;
CREATE FUNCTION public.activity_terms(title text, notes text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.words_of_text(public.bare_letters(public.fold_case(((COALESCE(title, ''::text) || ' '::text) || COALESCE(notes, ''::text)))));
CREATE FUNCTION public.announce(owner uuid, happened text, data jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    announced UUID;
BEGIN
    INSERT INTO webhook_events (payload)
    VALUES (jsonb_build_object('type', happened, 'timestamp', now(), 'data', data))
    RETURNING id INTO announced;
    WITH made AS (
        INSERT INTO webhook_deliveries (webhook_id, event, event_id)
        SELECT id, happened, announced FROM webhooks
        WHERE user_id = owner AND verified_at IS NOT NULL AND disabled_at IS NULL
          AND happened = ANY (events)
        -- Waits for a concurrent deletion of the webhook, and then skips it.
        FOR KEY SHARE
        RETURNING id)
    INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
    SELECT 'webhook', 'webhook', owner, id, now() + interval '3 days' FROM made;
    IF FOUND THEN
        NOTIFY outbox;
    ELSE
        DELETE FROM webhook_events WHERE id = announced;
    END IF;
END $$;
COMMENT ON FUNCTION public.announce(owner uuid, happened text, data jsonb) IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.announce_activity() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    happened TEXT := CASE TG_OP WHEN 'INSERT' THEN 'activity.created' WHEN 'UPDATE' THEN 'activity.updated'
                                ELSE 'activity.deleted' END;
    activity activities;
BEGIN
    IF TG_OP = 'DELETE' THEN activity := OLD; ELSE activity := NEW; END IF;
    IF is_awaited(activity.user_id, happened) THEN
        PERFORM announce(activity.user_id, happened, CASE TG_OP WHEN 'DELETE'
            THEN jsonb_build_object('id', activity.id, 'source', activity.source, 'external_id', activity.external_id,
                                    'revision', activity.revision)
            ELSE activity_summary(activity) END);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.announce_activity() IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.announce_connection() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF is_awaited(NEW.user_id, 'connection.needs_reauth') THEN
        PERFORM announce(NEW.user_id, 'connection.needs_reauth', jsonb_build_object(
            'service', 'garmin', 'code', NEW.last_error_code, 'message', NEW.last_error_message));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.announce_connection() IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.announce_goals() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    reached goals;
BEGIN
    IF NOT is_awaited(NEW.user_id, 'goal.reached') THEN
        RETURN NULL;
    END IF;
    FOR reached IN
        UPDATE goals g SET announced_period = reached_period(g)
        WHERE g.user_id = NEW.user_id AND reached_period(g) <> coalesce(g.announced_period, '-infinity')
        RETURNING g.*
    LOOP
        PERFORM announce(reached.user_id, 'goal.reached', jsonb_build_object(
            'id', reached.id, 'metric', reached.metric, 'period', reached.period, 'target', reached.target,
            'activity_type', reached.activity_type, 'from', reached.announced_period,
            'to', (reached.announced_period + ('1 ' || reached.period)::interval)::date - 1,
            'progress', goal_progress(reached, reached.announced_period)));
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.announce_goals() IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.announce_import() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF is_awaited(NEW.user_id, 'import.finished') THEN
        PERFORM announce(NEW.user_id, 'import.finished', (
            SELECT jsonb_build_object(
                'id', NEW.id, 'status', NEW.status, 'code', NEW.code, 'message', NEW.message,
                'imported', count(*) FILTER (WHERE outcome = 'imported'),
                'merged', count(*) FILTER (WHERE outcome IN ('merged', 'updated')),
                'duplicate', count(*) FILTER (WHERE outcome = 'duplicate'),
                'refused', coalesce(sum(files) FILTER (WHERE outcome = 'refused'), 0))
            FROM import_files WHERE import_id = NEW.id));
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.announce_import() IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.announce_records() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    owner UUID;
BEGIN
    IF TG_TABLE_NAME = 'activities' THEN
        owner := NEW.user_id;
    ELSE
        SELECT user_id INTO owner FROM activities WHERE id = NEW.activity_id AND is_recent(started_at);
    END IF;
    IF owner::text = current_setting('sports_log.records_of', true) OR NOT is_awaited(owner, 'record.set') THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('sports_log.records_of', owner::text, true);
    PERFORM announce(owner, 'record.set', jsonb_build_object(
                'activity_id', a.id, 'activity_type', a.activity_type, 'title', a.title, 'started_at', a.started_at,
                'records', taken.records))
    FROM take_new_records(owner) taken JOIN activities a ON a.id = taken.activity_id
    ORDER BY a.started_at, a.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.announce_records() IS 'migrations/programs/records.sql';
CREATE FUNCTION public.bury_activity() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- A deleted account needs no tombstones.
    IF EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN
        INSERT INTO activity_tombstones (user_id, revision, activity_id)
        VALUES (OLD.user_id, take_activity_revisions(OLD.user_id, 1), OLD.id);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.bury_activity() IS 'migrations/programs/deletions.sql';
CREATE FUNCTION public.count_added_activities() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO activity_days AS d
    SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date, a.activity_type, count(*), sum(a.duration_secs),
           sum(millimetres(a.distance_meters)), sum(millimetres(a.elevation_gain_meters)), sum(coalesce(a.calories, 0))
    FROM added a JOIN profiles p ON p.user_id = a.user_id
    WHERE a.merged_into IS NULL
    GROUP BY 1, 2, 3
    ON CONFLICT (user_id, day, activity_type) DO UPDATE
    SET activities = d.activities + excluded.activities,
        duration_secs = d.duration_secs + excluded.duration_secs,
        distance_mm = d.distance_mm + excluded.distance_mm,
        elevation_gain_mm = d.elevation_gain_mm + excluded.elevation_gain_mm,
        calories = d.calories + excluded.calories;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.count_added_activities() IS 'migrations/programs/statistics.sql';
CREATE FUNCTION public.count_removed_activities() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH less AS (
        SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date AS day, a.activity_type, count(*) AS activities,
               sum(a.duration_secs) AS duration_secs, sum(millimetres(a.distance_meters)) AS distance_mm,
               sum(millimetres(a.elevation_gain_meters)) AS elevation_gain_mm, sum(coalesce(a.calories, 0)) AS calories
        FROM removed a JOIN profiles p ON p.user_id = a.user_id
        WHERE a.merged_into IS NULL
        GROUP BY 1, 2, 3),
    left_over AS (
        UPDATE activity_days d
        SET activities = d.activities - less.activities,
            duration_secs = d.duration_secs - less.duration_secs,
            distance_mm = d.distance_mm - less.distance_mm,
            elevation_gain_mm = d.elevation_gain_mm - less.elevation_gain_mm,
            calories = d.calories - less.calories
        FROM less
        WHERE (d.user_id, d.day, d.activity_type) = (less.user_id, less.day, less.activity_type)
          AND d.activities > less.activities)
    DELETE FROM activity_days d USING less
    WHERE (d.user_id, d.day, d.activity_type) = (less.user_id, less.day, less.activity_type)
      AND d.activities <= less.activities;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.count_removed_activities() IS 'migrations/programs/statistics.sql';
CREATE FUNCTION public.erase_outbox_recipient() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.recipient := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION public.erase_outbox_recipient() IS 'migrations/programs/accounts.sql';
CREATE FUNCTION public.forget_original() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM originals o WHERE o.id = OLD.original_id
        AND NOT EXISTS (SELECT FROM activities a WHERE a.original_id = o.id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.forget_original() IS 'migrations/programs/deletions.sql';
CREATE FUNCTION public.forget_webhook_events() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM webhook_events e
    WHERE e.id IN (SELECT event_id FROM gone)
      AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.event_id = e.id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.forget_webhook_events() IS 'migrations/programs/webhooks.sql';
CREATE TABLE public.goals (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    metric text NOT NULL,
    period text NOT NULL,
    target double precision NOT NULL,
    activity_type text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    announced_period date,
    CONSTRAINT goals_activity_type_check CHECK ((activity_type ~ '^[a-z0-9_]{1,32}$'::text)),
    CONSTRAINT goals_metric_check CHECK ((metric = ANY (ARRAY['activities'::text, 'duration'::text, 'distance'::text, 'elevation'::text]))),
    CONSTRAINT goals_period_check CHECK ((period = ANY (ARRAY['week'::text, 'month'::text, 'year'::text]))),
    CONSTRAINT goals_target_check CHECK (((target >= (1)::double precision) AND (target <= ('1000000000000'::numeric)::double precision)))
);
COMMENT ON TABLE public.goals IS 'Goals for each week, month or year.';
COMMENT ON COLUMN public.goals.target IS 'In activities, seconds or metres.';
COMMENT ON COLUMN public.goals.activity_type IS 'NULL means all sports.';
COMMENT ON COLUMN public.goals.announced_period IS 'First day of the last period in which the goal was reached and webhooks were informed, or already knew.';
CREATE FUNCTION public.goal_progress(g public.goals, first date) RETURNS double precision
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(CASE g.metric
        WHEN 'activities' THEN sum(d.activities::float8)
        WHEN 'duration' THEN sum(d.duration_secs::float8)
        WHEN 'distance' THEN sum(d.distance_mm::float8) / 1000
        ELSE sum(d.elevation_gain_mm::float8) / 1000 END, 0)
    FROM activity_days d
    WHERE d.user_id = g.user_id AND (g.activity_type IS NULL OR d.activity_type = g.activity_type)
      AND d.day >= first AND d.day < first + ('1 ' || g.period)::interval
$$;
COMMENT ON FUNCTION public.goal_progress(g public.goals, first date) IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.is_awaited(owner uuid, happened text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM webhooks JOIN users ON users.id = user_id
                   WHERE user_id = owner AND verified_at IS NOT NULL AND disabled_at IS NULL
                     AND happened = ANY (events))
$$;
COMMENT ON FUNCTION public.is_awaited(owner uuid, happened text) IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.is_recent(started_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT started_at > now() - interval '7 days'
$$;
COMMENT ON FUNCTION public.is_recent(started_at timestamp with time zone) IS 'migrations/programs/records.sql';
CREATE FUNCTION public.keep_auth_events() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (OLD.at < now() - interval '365 days'
                             OR NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id)) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.at < now() - interval '90 days' AND NEW.network IS NULL
       AND to_jsonb(NEW) - 'network' = to_jsonb(OLD) - 'network' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'auth_events is append-only';
END $$;
COMMENT ON FUNCTION public.keep_auth_events() IS 'migrations/programs/accounts.sql';
CREATE FUNCTION public.keep_origins_true() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.merged := (
        SELECT jsonb_agg(CASE WHEN behind.id IS NULL THEN entry ELSE jsonb_set(entry, '{fields}', (
                   SELECT coalesce(jsonb_agg(field ORDER BY at), '[]')
                   FROM jsonb_array_elements_text(entry -> 'fields') WITH ORDINALITY AS fields (field, at)
                   WHERE to_jsonb(NEW) -> field = to_jsonb(behind) -> field)) END ORDER BY place)
        FROM jsonb_array_elements(NEW.merged) WITH ORDINALITY AS entries (entry, place)
        LEFT JOIN activities behind ON behind.id = (entry ->> 'activity_id')::uuid AND behind.merged_into = NEW.id);
    NEW.replaced := (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(NEW.replaced)
        WHERE key IN (SELECT jsonb_array_elements_text(entry -> 'fields') FROM jsonb_array_elements(NEW.merged) entry));
    RETURN NEW;
END $$;
COMMENT ON FUNCTION public.keep_origins_true() IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.keep_together(now_shown public.activities) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE activities a SET
        (activity_type, started_at, duration_secs, distance_meters, calories, notes, title, elapsed_secs, moving_secs,
         elevation_gain_meters, elevation_loss_meters, avg_heart_rate, max_heart_rate, avg_power_watts, avg_cadence,
         utc_offset_minutes, device, sport_raw, laps, sets, original_id, merged, computed, replaced, has,
         updated_at)
        = (n.activity_type, n.started_at, n.duration_secs, n.distance_meters, n.calories, n.notes, n.title, n.elapsed_secs,
           n.moving_secs, n.elevation_gain_meters, n.elevation_loss_meters, n.avg_heart_rate, n.max_heart_rate,
           n.avg_power_watts, n.avg_cadence, n.utc_offset_minutes, n.device, n.sport_raw, n.laps, n.sets, n.original_id,
           n.merged, n.computed, n.replaced, n.has, now())
    FROM (SELECT now_shown.*) n
    WHERE a.id = n.id AND to_jsonb(a) IS DISTINCT FROM to_jsonb(now_shown);
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION public.keep_together(now_shown public.activities) IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.mark_reached_goals() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE goals g SET announced_period = reached_period(g)
    WHERE g.user_id = NEW.user_id AND reached_period(g) <> coalesce(g.announced_period, '-infinity');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.mark_reached_goals() IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.mark_records() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM take_new_records(NEW.user_id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.mark_records() IS 'migrations/programs/records.sql';
CREATE FUNCTION public.merge_activity(owner uuid, shown_id uuid, behind uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
DECLARE
    shown activities;
    entry JSONB;
BEGIN
    SELECT * INTO shown FROM activities WHERE id = shown_id AND user_id = owner FOR NO KEY UPDATE;
    SELECT jsonb_build_object('activity_id', b.id, 'source', b.source, 'fields', '[]'::jsonb) INTO entry
    FROM activities b WHERE b.id = behind AND b.user_id = owner AND b.merged_into = shown_id;
    IF shown.id IS NULL OR entry IS NULL THEN RETURN false; END IF;
    RETURN keep_together(put_together(shown, coalesce(shown.merged, '[]') || entry));
END $$;
COMMENT ON FUNCTION public.merge_activity(owner uuid, shown_id uuid, behind uuid) IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.merged_fields() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT ARRAY['duration_secs', 'distance_meters', 'calories', 'notes', 'title', 'elapsed_secs', 'moving_secs',
                 'elevation_gain_meters', 'elevation_loss_meters', 'avg_heart_rate', 'max_heart_rate',
                 'avg_power_watts', 'avg_cadence', 'utc_offset_minutes', 'device', 'sport_raw', 'laps', 'sets']
$$;
COMMENT ON FUNCTION public.merged_fields() IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.millimetres(metres double precision) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(round(metres * 1000), 0)::bigint
$$;
COMMENT ON FUNCTION public.millimetres(metres double precision) IS 'migrations/programs/statistics.sql';
CREATE FUNCTION public.note_recorded_data(changed uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- The shown activity is locked before its records, as everywhere.
    PERFORM FROM activities
    WHERE id = (SELECT coalesce(merged_into, id) FROM activities WHERE id = changed) FOR NO KEY UPDATE;
    UPDATE activities a SET has = is_now.has
    FROM activities b, LATERAL (
        SELECT recorded_data(b, ARRAY(SELECT id FROM activities r WHERE r.merged_into = b.id)) AS has) is_now
    WHERE a.id = b.id AND a.has <> is_now.has
      AND b.id IN (SELECT unnest(ARRAY[c.id, c.merged_into]) FROM activities c WHERE c.id = changed);
END $$;
COMMENT ON FUNCTION public.note_recorded_data(changed uuid) IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.note_streams() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- A new activity already has the right value, unless it is merged.
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM activities
        WHERE id = NEW.activity_id AND merged_into IS NULL AND merged IS NULL
          AND has = NEW.series || CASE WHEN original_id IS NOT NULL THEN ARRAY['original'] ELSE '{}' END) THEN
        RETURN NULL;
    END IF;
    PERFORM note_recorded_data(CASE TG_OP WHEN 'DELETE' THEN OLD.activity_id ELSE NEW.activity_id END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.note_streams() IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.notify_of_changes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('activities', f.user_id::text) FROM activity_feeds f
    WHERE f.awaited_until > now() AND f.user_id IN (SELECT user_id FROM changed);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.notify_of_changes() IS 'migrations/programs/revisions.sql';
CREATE FUNCTION public.number_activity() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.revision := take_activity_revisions(NEW.user_id, 1);
    RETURN NEW;
END $$;
COMMENT ON FUNCTION public.number_activity() IS 'migrations/programs/revisions.sql';
CREATE FUNCTION public.pass_on_activity() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    shown activities;
BEGIN
    SELECT * INTO shown FROM activities WHERE id = OLD.merged_into FOR NO KEY UPDATE;
    IF shown.merged IS NULL THEN RETURN NULL; END IF;
    PERFORM keep_together(put_together(shown, (
        SELECT coalesce(jsonb_agg(entry ORDER BY place) FILTER (
                   WHERE TG_OP = 'UPDATE' OR entry ->> 'activity_id' <> OLD.id::text), '[]')
        FROM jsonb_array_elements(shown.merged) WITH ORDINALITY AS entries (entry, place)),
        CASE TG_OP WHEN 'DELETE' THEN OLD.id END));
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.pass_on_activity() IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.put_together(shown public.activities, entries jsonb, gone uuid DEFAULT NULL::uuid) RETURNS public.activities
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    taken        TEXT[];
    own          JSONB;
    own_computed TEXT[];
    patch        JSONB;
BEGIN
    -- Its own values.
    SELECT coalesce(array_agg(field), '{}') INTO taken
    FROM jsonb_array_elements(shown.merged) entry, jsonb_array_elements_text(entry -> 'fields') field
    WHERE field = ANY (merged_fields()) AND (field <> 'duration_secs' OR shown.replaced ? field)
      -- A restored export may name any record.
      AND (entry ->> 'activity_id' = gone::text OR EXISTS (
               SELECT FROM activities b WHERE b.id = (entry ->> 'activity_id')::uuid AND b.merged_into = shown.id));
    SELECT coalesce(jsonb_object_agg(field, coalesce(shown.replaced -> field, 'null')), '{}') INTO patch
    FROM unnest(taken) field;
    own := to_jsonb(shown) || patch;
    own_computed := ARRAY(SELECT unnest(shown.computed) EXCEPT SELECT unnest(taken)
                      UNION SELECT field FROM unnest(taken) field WHERE shown.replaced ? field);
    WITH records AS MATERIALIZED (
        SELECT place, b.id, to_jsonb(b) AS record, coalesce(b.computed, '{}') AS computed
        FROM jsonb_array_elements(entries) WITH ORDINALITY AS listed (entry, place)
        JOIN activities b ON b.id = (entry ->> 'activity_id')::uuid AND b.merged_into = shown.id),
    chosen AS (
        SELECT DISTINCT ON (field) field, id, record -> field AS value, field = ANY (r.computed) AS is_computed
        FROM records r, unnest(merged_fields()) field
        WHERE record -> field <> 'null' AND field <> ALL (coalesce(shown.edited, '{}'))
            -- Some formats write zero for an unknown value.
            AND (record -> field <> '0' OR field NOT IN ('duration_secs', 'distance_meters', 'calories'))
            AND (own -> field = 'null'
                 OR field = ANY (own_computed) AND field <> ALL (r.computed))
        ORDER BY field, is_computed, place),
    from_each AS (SELECT id, jsonb_agg(field ORDER BY array_position(merged_fields(), field)) AS fields FROM chosen GROUP BY id)
    SELECT jsonb_build_object(
               'merged', (SELECT jsonb_agg(CASE WHEN r.id IS NULL THEN entry
                                                 ELSE entry || jsonb_build_object('fields', coalesce(fields, '[]')) END
                                            ORDER BY listed.place)
                          FROM jsonb_array_elements(entries) WITH ORDINALITY AS listed (entry, place)
                          LEFT JOIN records r ON r.id = (entry ->> 'activity_id')::uuid
                          LEFT JOIN from_each e ON e.id = r.id),
               'has', recorded_data(shown, ARRAY(SELECT id FROM records)),
               'replaced', (SELECT jsonb_object_agg(field, own -> field) FROM chosen WHERE own -> field <> 'null'),
               'computed', CASE WHEN shown.computed IS NOT NULL OR EXISTS (SELECT FROM chosen WHERE is_computed) THEN
                   (SELECT coalesce(jsonb_agg(name ORDER BY name COLLATE "C"), '[]') FROM (
                        SELECT unnest(own_computed) AS name EXCEPT SELECT field FROM chosen
                        UNION SELECT field FROM chosen WHERE is_computed) names) END)
           || patch || (SELECT coalesce(jsonb_object_agg(field, value), '{}') FROM chosen)
    INTO patch;
    RETURN jsonb_populate_record(shown, patch);
END $$;
COMMENT ON FUNCTION public.put_together(shown public.activities, entries jsonb, gone uuid) IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.query_of_words(bare text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
DECLARE
    letters CONSTANT TEXT COLLATE "C" := E'\u0E01-\u0E3A\u0E40-\u0E4E\u0E81-\u0EBD\u0EC0-\u0ECD\u0EDC-\u0EDF\u1000-\u103F\u1050-\u109F\uA9E0-\uA9EF\uA9FA-\uA9FE\uAA60-\uAA7F\u1780-\u17D3\u17D7\u17DC\u17DD\u1100-\u11FF\uAC00-\uD7A3\u3005-\u3007\u3041-\u30FA\u30FC-\u30FF\u3105-\u312F\u31A0-\u31BF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF';
    query   TEXT;
BEGIN
    bare := translate(bare, E'!#$%&''()*+,./:;<=>?@[\\]^_`{|}~\t\n\r\f\x0B', repeat(' ', 35));
    -- A hyphen excludes only at the beginning of a word.
    bare := regexp_replace(bare, '([^ "-])-+', '\1 ', 'g');
    IF octet_length(bare) = char_length(bare) OR bare COLLATE "C" !~ ('[' || letters || ']') THEN
        RETURN websearch_to_tsquery('simple', bare);
    END IF;
    -- Every second segment is within quotes. Outside quotes, the pairs of a run become a phrase.
    SELECT string_agg(words, '"' ORDER BY segment) INTO query
    FROM unnest(string_to_array(bare, '"')) WITH ORDINALITY AS segments(content, segment),
         LATERAL (
            SELECT string_agg(part[1] || CASE
                WHEN part[2] = '' THEN ''
                WHEN segment % 2 = 0 THEN ' ' || in_pairs || ' '
                WHEN part[1] LIKE '%-' THEN '"' || in_pairs || '" '
                ELSE ' "' || in_pairs || '" ' END, '' ORDER BY place) AS words
            FROM regexp_matches(content COLLATE "C", '([^' || letters || ']*)([' || letters || ']*)', 'g') WITH ORDINALITY AS parts(part, place),
                 LATERAL (
                    SELECT string_agg(letter || coalesce(neighbour, ''), ' ' ORDER BY number) AS in_pairs
                    FROM (SELECT letter, number, lead(letter) OVER (ORDER BY number) AS neighbour
                          FROM unnest(string_to_array(part[2], NULL)) WITH ORDINALITY AS run(letter, number)) neighbours
                    WHERE neighbour IS NOT NULL OR number = 1) run) spaced;
    RETURN websearch_to_tsquery('simple', query);
END $_$;
COMMENT ON FUNCTION public.query_of_words(bare text) IS 'migrations/programs/search.sql';
CREATE FUNCTION public.reached_period(g public.goals) RETURNS date
    LANGUAGE sql STABLE
    AS $$
    SELECT first FROM (SELECT date_trunc(g.period, now() AT TIME ZONE time_zone)::date AS first
                       FROM profiles WHERE user_id = g.user_id) p
    WHERE goal_progress(g, first) >= g.target
$$;
COMMENT ON FUNCTION public.reached_period(g public.goals) IS 'migrations/programs/webhooks.sql';
CREATE FUNCTION public.recorded_data(shown public.activities, records uuid[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce((SELECT series FROM activity_streams WHERE activity_id = shown.id OR activity_id = ANY (records)
                     ORDER BY filled DESC NULLS LAST, activity_id <> shown.id LIMIT 1), '{}')
        || CASE WHEN shown.original_id IS NOT NULL
                     OR EXISTS (SELECT FROM activities WHERE id = ANY (records) AND original_id IS NOT NULL)
                THEN ARRAY['original'] ELSE '{}' END
$$;
COMMENT ON FUNCTION public.recorded_data(shown public.activities, records uuid[]) IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.recount_activities() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Fails for a time zone that PostgreSQL does not know, even if the user has no activities yet.
    PERFORM now() AT TIME ZONE NEW.time_zone;
    PERFORM recount_activity_days(NEW.user_id);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.recount_activities() IS 'migrations/programs/statistics.sql';
CREATE FUNCTION public.recount_activity_days(owner uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM take_activity_revisions(owner, 0);
    DELETE FROM activity_days WHERE user_id = owner;
    INSERT INTO activity_days
    SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date, a.activity_type, count(*), sum(a.duration_secs),
           sum(millimetres(a.distance_meters)), sum(millimetres(a.elevation_gain_meters)), sum(coalesce(a.calories, 0))
    FROM activities a JOIN profiles p ON p.user_id = a.user_id
    WHERE a.user_id = owner AND a.merged_into IS NULL
    GROUP BY 1, 2, 3;
END $$;
COMMENT ON FUNCTION public.recount_activity_days(owner uuid) IS 'migrations/programs/statistics.sql';
CREATE FUNCTION public.remeasure_activity(activity_id uuid, given jsonb, newly_computed text[], is_authority boolean, original uuid, is_trial boolean) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
DECLARE
    before  activities;
    own     activities;
    after   activities;
    changes JSONB;
BEGIN
    SELECT * INTO before FROM activities WHERE id = activity_id FOR NO KEY UPDATE;
    own := put_together(before, '[]');
    SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO given
    FROM jsonb_each(given)
    WHERE key <> ALL (coalesce(before.edited, '{}'))
      AND (is_authority OR key <> ALL (newly_computed) OR key = ANY (own.computed) OR to_jsonb(own) -> key = 'null');
    own := jsonb_populate_record(own, given || jsonb_build_object(
        'original_id', coalesce(original, before.original_id),
        'computed', (SELECT coalesce(jsonb_agg(name ORDER BY name COLLATE "C"), '[]') FROM (
            SELECT unnest(own.computed) AS name EXCEPT SELECT key FROM jsonb_each(given)
            UNION SELECT unnest(newly_computed) INTERSECT SELECT key FROM jsonb_each(given) WHERE value <> 'null') names)));
    after := put_together(own, coalesce(before.merged, '[]'));
    IF NOT is_trial THEN PERFORM keep_together(after); END IF;
    SELECT coalesce(jsonb_object_agg(was.key, jsonb_build_array(was.value, is_now.value)), '{}') INTO changes
    FROM jsonb_each(to_jsonb(before)) was JOIN jsonb_each(to_jsonb(after)) is_now USING (key)
    WHERE was.value <> is_now.value
      AND key <> ALL (ARRAY['merged', 'computed', 'edited', 'replaced', 'has', 'original_id', 'updated_at', 'revision']);
    RETURN changes;
END $$;
COMMENT ON FUNCTION public.remeasure_activity(activity_id uuid, given jsonb, newly_computed text[], is_authority boolean, original uuid, is_trial boolean) IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.remember_deleted_name() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Nothing remains of a deleted account.
    INSERT INTO deleted_names (user_id, source, external_id, activity_id)
    SELECT id, OLD.source, OLD.external_id, OLD.id FROM users WHERE id = OLD.user_id
    ON CONFLICT (user_id, source, external_id) DO UPDATE
        SET activity_id = excluded.activity_id, deleted_at = excluded.deleted_at;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION public.remember_deleted_name() IS 'migrations/programs/deletions.sql';
CREATE FUNCTION public.remember_edits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    was     JSONB := to_jsonb(OLD);
    is_now  JSONB := to_jsonb(NEW);
    changed TEXT[] := ARRAY(SELECT field FROM unnest(NEW.edited) field WHERE was -> field <> is_now -> field);
    unknown TEXT[] := CASE WHEN OLD.edited IS NULL AND OLD.updated_at <> OLD.created_at THEN ARRAY['*'] END;
BEGIN
    NEW.edited := ARRAY(SELECT name FROM unnest(OLD.edited || unknown || changed) name
                        GROUP BY name ORDER BY name COLLATE "C");
    IF NEW.computed && changed THEN
        NEW.computed := ARRAY(SELECT name FROM unnest(NEW.computed) name WHERE name <> ALL (changed)
                              ORDER BY name COLLATE "C");
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION public.remember_edits() IS 'migrations/programs/merging.sql';
CREATE FUNCTION public.take_activity_revisions(owner uuid, how_many bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    taken BIGINT;
BEGIN
    INSERT INTO activity_feeds AS f (user_id, last_revision) VALUES (owner, how_many)
    ON CONFLICT (user_id) DO UPDATE SET last_revision = f.last_revision + how_many
    RETURNING last_revision INTO taken;
    RETURN taken;
END $$;
COMMENT ON FUNCTION public.take_activity_revisions(owner uuid, how_many bigint) IS 'migrations/programs/revisions.sql';
CREATE FUNCTION public.take_new_records(owner uuid) RETURNS TABLE(activity_id uuid, records jsonb)
    LANGUAGE sql
    AS $$
    WITH recent AS (
        SELECT id, activity_type FROM activities
        WHERE user_id = owner AND merged_into IS NULL AND is_recent(started_at)),
    achieved AS (
        SELECT achieved.*, recent.id IS NOT NULL AS is_recent
        FROM achievements(owner, ARRAY(SELECT DISTINCT activity_type FROM recent)) achieved
             LEFT JOIN recent USING (id)),
    older AS (
        SELECT sport, exercise, kind, max(score) AS score FROM achieved
        WHERE NOT is_recent GROUP BY sport, exercise, kind),
    newer AS (
        SELECT id, sport, exercise, kind, max(score) AS score FROM achieved
        WHERE is_recent GROUP BY id, sport, exercise, kind),
    ranked AS (
        SELECT id, exercise, kind, newer.score, row_number() OVER ranking AS place,
               greatest(older.score, lead(newer.score) OVER ranking) AS before
        FROM newer LEFT JOIN older USING (sport, exercise, kind)
        WINDOW ranking AS (PARTITION BY sport, exercise, kind ORDER BY newer.score DESC)),
    held AS (
        SELECT * FROM ranked WHERE place = 1 AND score > before),
    announced AS (
        INSERT INTO announced_records AS known (activity_id, exercise, kind, score)
        SELECT id, exercise, kind, score FROM held
        WHERE NOT EXISTS (
            SELECT FROM announced_records r JOIN activities a ON a.id = r.activity_id
            WHERE a.merged_into = held.id AND r.exercise = held.exercise AND r.kind = held.kind
              AND r.score >= held.score)
        ON CONFLICT ON CONSTRAINT announced_records_pkey DO UPDATE SET score = excluded.score
        WHERE excluded.score > known.score
        RETURNING known.activity_id AS id, known.exercise, known.kind)
    SELECT id, jsonb_agg(jsonb_build_object('exercise', nullif(exercise, ''), 'kind', kind, 'value', abs(score),
                                            'before', abs(before)) ORDER BY exercise, kind)
    FROM held JOIN announced USING (id, exercise, kind) GROUP BY id
$$;
COMMENT ON FUNCTION public.take_new_records(owner uuid) IS 'migrations/programs/records.sql';
CREATE FUNCTION public.terms_query(words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.query_of_words(public.bare_letters(public.fold_case(words)));
COMMENT ON FUNCTION public.terms_query(words text) IS 'migrations/programs/search.sql';
CREATE FUNCTION public.unmerge_activity(owner uuid, shown_id uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    shown activities;
BEGIN
    SELECT * INTO shown FROM activities WHERE id = shown_id AND user_id = owner FOR NO KEY UPDATE;
    PERFORM keep_together(put_together(shown, '[]'));
END $$;
COMMENT ON FUNCTION public.unmerge_activity(owner uuid, shown_id uuid) IS 'migrations/programs/merging.sql';
CREATE TABLE public.account_export_chunks (
    account_export_id uuid NOT NULL,
    number integer NOT NULL,
    data bytea NOT NULL
);
ALTER TABLE ONLY public.account_export_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE public.account_export_chunks IS 'The bytes of the archives.';
CREATE TABLE public.account_exports (
    user_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    claim uuid,
    leased_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    found bigint DEFAULT 0 NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT account_exports_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
COMMENT ON TABLE public.account_exports IS 'Account exports: the latest one of each account.';
COMMENT ON COLUMN public.account_exports.id IS 'Identifies this export, so that a worker writes only to the export that it claimed, never to a later one.';
COMMENT ON COLUMN public.account_exports.found IS 'The number of activities, files and series to be exported. done: how many of them are exported.';
CREATE TABLE public.activity_days (
    user_id uuid NOT NULL,
    day date NOT NULL,
    activity_type text NOT NULL,
    activities integer NOT NULL,
    duration_secs bigint NOT NULL,
    distance_mm bigint NOT NULL,
    elevation_gain_mm bigint NOT NULL,
    calories bigint NOT NULL
)
WITH (fillfactor='80');
COMMENT ON TABLE public.activity_days IS 'Totals of shown activities per day in the user''s time zone, updated by triggers. Whole millimetres can be added and subtracted any number of times without accumulating errors.';
CREATE TABLE public.activity_efforts (
    activity_id uuid NOT NULL,
    kind text NOT NULL,
    value double precision NOT NULL,
    start_secs double precision NOT NULL,
    end_secs double precision NOT NULL,
    CONSTRAINT activity_efforts_kind_check CHECK ((kind = ANY (ARRAY['fastest_400m'::text, 'fastest_1km'::text, 'fastest_mile'::text, 'fastest_5km'::text, 'fastest_10km'::text, 'fastest_half_marathon'::text, 'fastest_marathon'::text, 'power_1min'::text, 'power_5min'::text, 'power_10min'::text, 'power_20min'::text, 'power_30min'::text, 'power_60min'::text])))
);
COMMENT ON TABLE public.activity_efforts IS 'Best efforts in an activity''s streams: the shortest time for a distance, the highest average power for a time.';
COMMENT ON COLUMN public.activity_efforts.value IS 'Seconds or watts.';
COMMENT ON COLUMN public.activity_efforts.start_secs IS 'Seconds since the activity started, as is end_secs.';
CREATE TABLE public.activity_feeds (
    user_id uuid NOT NULL,
    last_revision bigint NOT NULL,
    awaited_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
)
WITH (fillfactor='50');
COMMENT ON TABLE public.activity_feeds IS 'The revisions of each user. A transaction that takes one locks this row until it ends, so revisions become visible in order: after a revision was seen, no lower one can appear.';
COMMENT ON COLUMN public.activity_feeds.awaited_until IS 'Until when a request waits for changes.';
CREATE TABLE public.activity_streams (
    activity_id uuid NOT NULL,
    data bytea NOT NULL,
    efforts_version smallint DEFAULT 0 NOT NULL,
    efforts_attempts smallint DEFAULT 0 NOT NULL,
    filled integer,
    series text[]
);
ALTER TABLE ONLY public.activity_streams ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE public.activity_streams IS 'Track points and sensor values, packed; see src/activities/streams.';
COMMENT ON COLUMN public.activity_streams.efforts_version IS 'The version of the search for efforts that has processed the streams; 0 if none.';
COMMENT ON COLUMN public.activity_streams.efforts_attempts IS 'The number of searches started since the last one that finished.';
COMMENT ON COLUMN public.activity_streams.filled IS 'The number of values in all series; NULL if they have not been counted.';
COMMENT ON COLUMN public.activity_streams.series IS 'Those of track, heart_rate and power that the streams contain; NULL if an older version stored them.';
CREATE TABLE public.activity_tombstones (
    user_id uuid NOT NULL,
    revision bigint NOT NULL,
    activity_id uuid NOT NULL,
    deleted_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.activity_tombstones IS 'Deleted activities, for copies that still contain them.';
CREATE TABLE public.announced_records (
    activity_id uuid NOT NULL,
    exercise text NOT NULL,
    kind text NOT NULL,
    score double precision NOT NULL
);
COMMENT ON TABLE public.announced_records IS 'Records of recent activities that webhooks were informed about, or already knew.';
CREATE TABLE public.auth_events (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid,
    kind text NOT NULL,
    method text,
    device text,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    network text,
    CONSTRAINT auth_events_device_check CHECK ((char_length(device) <= 100))
);
COMMENT ON TABLE public.auth_events IS 'The audit log of accounts. Append-only, which keep_auth_events() enforces. Without a foreign key, so that the event of an account''s deletion remains.';
COMMENT ON COLUMN public.auth_events.method IS 'The login method or provider concerned, if any.';
COMMENT ON COLUMN public.auth_events.network IS 'The network of the client, never its full address. Kept for only 90 days.';
CREATE TABLE public.backups (
    id bigint NOT NULL,
    finished_at timestamp with time zone DEFAULT now() NOT NULL,
    file text NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT backups_bytes_check CHECK ((bytes > 0))
);
COMMENT ON TABLE public.backups IS 'Finished backups, recorded by the backup script so that `sports-log status` and alerts can check them without access to the files.';
ALTER TABLE public.backups ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.backups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.daily_budgets (
    key bytea NOT NULL,
    day date NOT NULL,
    used integer NOT NULL
);
COMMENT ON TABLE public.daily_budgets IS 'How much of a budget was used on a day (UTC). For large budgets, for which a count suffices. Small ones with a sliding window are in throttles.';
CREATE TABLE public.deleted_names (
    user_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    activity_id uuid NOT NULL,
    deleted_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.deleted_names IS 'External ids of deleted activities, so that a device that was offline does not create them again.';
CREATE TABLE public.failure_runs (
    key bytea NOT NULL,
    failures integer NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.failure_runs IS 'Consecutive failures, over any time. A limit of one hundred prevents guessing (NIST SP 800-63B, 5.2.2).';
CREATE TABLE public.garmin_activities (
    connection_id uuid NOT NULL,
    garmin_id text NOT NULL,
    digest bytea NOT NULL,
    title text
);
COMMENT ON TABLE public.garmin_activities IS 'Activities already fetched, so that none is fetched twice and deleted ones are not created again.';
COMMENT ON COLUMN public.garmin_activities.digest IS 'SHA-256 of Garmin''s description. A different one means that the activity was changed at Garmin.';
CREATE TABLE public.garmin_connections (
    id uuid NOT NULL,
    user_id uuid,
    mode text NOT NULL,
    garmin_user_id text,
    credential bytea NOT NULL,
    access_token bytea,
    access_expires_at timestamp with time zone,
    token_key_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    needs_reauth boolean DEFAULT false NOT NULL,
    claim uuid,
    leased_until timestamp with time zone,
    worked_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    paused_until timestamp with time zone DEFAULT now() NOT NULL,
    next_sync_at timestamp with time zone DEFAULT now() NOT NULL,
    history_before date,
    history_offset integer DEFAULT 0 NOT NULL,
    history_done_at timestamp with time zone,
    last_success_at timestamp with time zone,
    last_error_at timestamp with time zone,
    last_error_code text,
    last_error_message text,
    denied_at timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    CONSTRAINT garmin_connections_mode_check CHECK ((mode = ANY (ARRAY['personal'::text, 'developer'::text])))
);
COMMENT ON TABLE public.garmin_connections IS 'Garmin accounts from which activities are fetched.';
COMMENT ON COLUMN public.garmin_connections.user_id IS 'NULL if the user was deleted or has disconnected Garmin. The row is deleted when Garmin has been notified.';
COMMENT ON COLUMN public.garmin_connections.garmin_user_id IS 'The user''s id in Garmin''s webhooks.';
COMMENT ON COLUMN public.garmin_connections.credential IS 'The key or the refresh token, encrypted. access_token: the current access token, also encrypted.';
COMMENT ON COLUMN public.garmin_connections.needs_reauth IS 'Whether fetching is suspended until the user reconnects the account.';
COMMENT ON COLUMN public.garmin_connections.claim IS 'The worker that serves the connection. leased_until: until when no other worker may claim it.';
COMMENT ON COLUMN public.garmin_connections.attempts IS 'The number of failures since the last success. paused_until: until when no request is sent to Garmin.';
COMMENT ON COLUMN public.garmin_connections.history_before IS 'How far back Garmin''s log has been read, page by page (history_offset), until it is complete.';
COMMENT ON COLUMN public.garmin_connections.denied_at IS 'When, within the last hour, Garmin denied requests with the key or token, since the last request that it accepted.';
CREATE TABLE public.garmin_events (
    id bigint NOT NULL,
    connection_id uuid NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT garmin_events_kind_check CHECK ((kind = ANY (ARRAY['activity'::text, 'file'::text])))
);
COMMENT ON TABLE public.garmin_events IS 'Events from Garmin''s webhooks that are still to be processed.';
COMMENT ON COLUMN public.garmin_events.due_at IS 'When the event is tried again. Later events do not wait for it.';
ALTER TABLE public.garmin_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.garmin_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.idempotent_answers (
    user_id uuid NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    answer jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotent_answers_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 255)))
);
COMMENT ON TABLE public.idempotent_answers IS 'Responses to requests with an Idempotency-Key, kept for a day.';
COMMENT ON COLUMN public.idempotent_answers.request IS 'A digest of the request.';
CREATE TABLE public.import_chunks (
    import_id uuid NOT NULL,
    part integer NOT NULL,
    number integer NOT NULL,
    data bytea NOT NULL
);
ALTER TABLE ONLY public.import_chunks ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE public.import_chunks IS 'The bytes of the parts.';
CREATE TABLE public.import_files (
    import_id uuid NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    outcome text NOT NULL,
    code text,
    message text,
    activity_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    files integer DEFAULT 1 NOT NULL,
    warning text,
    CONSTRAINT import_files_files_check CHECK ((files > 0)),
    CONSTRAINT import_files_outcome_check CHECK ((outcome = ANY (ARRAY['imported'::text, 'merged'::text, 'updated'::text, 'duplicate'::text, 'refused'::text])))
);
COMMENT ON TABLE public.import_files IS 'The outcome of each file, written in the transaction that stores its activities.';
COMMENT ON COLUMN public.import_files.files IS 'The number of files that the row represents.';
COMMENT ON COLUMN public.import_files.warning IS 'What is damaged or missing in a file that was read anyway.';
CREATE TABLE public.import_parts (
    import_id uuid NOT NULL,
    part integer NOT NULL,
    name text NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT import_parts_name_check CHECK ((char_length(name) <= 255))
);
COMMENT ON TABLE public.import_parts IS 'Uploaded files and the contents of archives among them, until the import ends.';
CREATE TABLE public.imports (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    status text DEFAULT 'receiving'::text NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    claim uuid,
    leased_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    found integer DEFAULT 0 NOT NULL,
    ignored integer DEFAULT 0 NOT NULL,
    code text,
    message text,
    may_restore boolean DEFAULT true NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    progressed_at timestamp with time zone DEFAULT now() NOT NULL,
    claimed_at timestamp with time zone,
    ignored_files jsonb,
    details jsonb,
    CONSTRAINT imports_status_check CHECK ((status = ANY (ARRAY['receiving'::text, 'waiting'::text, 'running'::text, 'done'::text, 'cancelled'::text, 'failed'::text])))
);
COMMENT ON TABLE public.imports IS 'Uploads of recordings.';
COMMENT ON COLUMN public.imports.claim IS 'The worker that processes the import. leased_until: until when no other worker may claim it.';
COMMENT ON COLUMN public.imports.attempts IS 'The number of attempts since the last finished file.';
COMMENT ON COLUMN public.imports.found IS 'The number of files found so far. ignored: those that are not recordings.';
COMMENT ON COLUMN public.imports.code IS 'Why the whole import failed. message says it in words.';
COMMENT ON COLUMN public.imports.may_restore IS 'Whether an account export may restore the profile and goals. A personal access token may import only activities.';
COMMENT ON COLUMN public.imports.done IS 'The number of the first file without an outcome. Needed because summarised files have no rows.';
COMMENT ON COLUMN public.imports.progressed_at IS 'When the last outcome was written or, before that, when the last chunk was received.';
COMMENT ON COLUMN public.imports.claimed_at IS 'Users take turns: the next one is the user whose last import was claimed the longest time ago.';
COMMENT ON COLUMN public.imports.ignored_files IS 'Files in archives that were not read: the names of the first ones, with a hint for files of a known format.';
COMMENT ON COLUMN public.imports.details IS 'Title, notes, activity type, source and external id that the client gave for the first activity of the upload.';
CREATE TABLE public.invitations (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid,
    digest bytea NOT NULL,
    email text,
    uses integer NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT invitations_check CHECK (((used >= 0) AND (used <= uses))),
    CONSTRAINT invitations_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT invitations_uses_check CHECK (((uses >= 1) AND (uses <= 1000)))
);
COMMENT ON TABLE public.invitations IS 'Links with which people may register although strangers may not.';
COMMENT ON COLUMN public.invitations.user_id IS 'The user who invites; NULL for the operator.';
COMMENT ON COLUMN public.invitations.digest IS 'A digest of the secret in the link. The secret itself is not stored.';
COMMENT ON COLUMN public.invitations.email IS 'The only address that may register with it, if there is one.';
COMMENT ON COLUMN public.invitations.uses IS 'How many accounts may be created. A revoked invitation that was used has no more uses than it had.';
CREATE TABLE public.local_credentials (
    user_id uuid NOT NULL,
    password_hash text,
    email_verified boolean DEFAULT false NOT NULL,
    reset_token bytea,
    reset_expires timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    reset_id uuid,
    CONSTRAINT local_credentials_check CHECK ((email_verified OR (password_hash IS NULL))),
    CONSTRAINT local_credentials_check1 CHECK (((reset_token IS NULL) = (reset_expires IS NULL)))
);
COMMENT ON TABLE public.local_credentials IS 'Login with address and password.';
COMMENT ON COLUMN public.local_credentials.password_hash IS 'An argon2id PHC string. NULL until a password is confirmed by the owner of the mailbox.';
COMMENT ON COLUMN public.local_credentials.reset_token IS 'A keyed digest. The token itself is only in the mail.';
COMMENT ON COLUMN public.local_credentials.reset_id IS 'The reset link is derived from this id, so that another request, which anyone can make, mails the same link instead of invalidating the owner''s.';
CREATE TABLE public.oauth_connections (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    provider text NOT NULL,
    provider_uid text NOT NULL,
    access_token bytea,
    refresh_token bytea,
    expires_at timestamp with time zone,
    name text,
    email text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    token_key_id text,
    CONSTRAINT oauth_connections_check CHECK (((access_token IS NULL) = (token_key_id IS NULL))),
    CONSTRAINT oauth_connections_email_check CHECK ((char_length(email) <= 254)),
    CONSTRAINT oauth_connections_name_check CHECK ((char_length(name) <= 200))
);
COMMENT ON TABLE public.oauth_connections IS 'Login through Google, Facebook or another provider: one account at a provider belongs to one user.';
COMMENT ON COLUMN public.oauth_connections.access_token IS 'Encrypted, like refresh_token. Tokens are never stored in plain text.';
COMMENT ON COLUMN public.oauth_connections.token_key_id IS 'The id of the key with which the tokens are encrypted.';
CREATE TABLE public.oldest_server (
    version text NOT NULL
);
COMMENT ON TABLE public.oldest_server IS 'The oldest version of sports-log that the schema supports. A migration that removes something older servers need raises it.';
CREATE TABLE public.originals (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    file_name text NOT NULL,
    bytes bigint NOT NULL,
    content bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    is_packed boolean DEFAULT false NOT NULL,
    CONSTRAINT originals_file_name_check CHECK ((char_length(file_name) <= 255)),
    CONSTRAINT originals_sha256_check CHECK ((octet_length(sha256) = 32))
);
ALTER TABLE ONLY public.originals ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE public.originals IS 'Original files, stored once per user, as long as an activity that was created from the file exists (forget_original()).';
COMMENT ON COLUMN public.originals.content IS 'NULL if the file is in a folder.';
COMMENT ON COLUMN public.originals.is_packed IS 'Whether the content, here or in a folder, is compressed with gzip. bytes and sha256 describe the uncompressed file.';
CREATE TABLE public.otp_challenges (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id uuid NOT NULL,
    channel text NOT NULL,
    destination text NOT NULL,
    code_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    used boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    purpose text DEFAULT 'login'::text NOT NULL,
    CONSTRAINT otp_challenges_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT otp_challenges_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT otp_challenges_purpose_check CHECK ((purpose = ANY (ARRAY['login'::text, 'phone'::text, 'email'::text, 'change'::text])))
);
COMMENT ON TABLE public.otp_challenges IS 'One-time codes. The code itself is derived when it is sent, and is never stored.';
COMMENT ON COLUMN public.otp_challenges.purpose IS 'The only purpose of the code: to log in, to verify a phone number or a new address, or to confirm that the owner changes the account.';
CREATE TABLE public.outbox (
    id uuid DEFAULT public.new_id() NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    user_id uuid,
    subject_id uuid NOT NULL,
    supersede_key text,
    priority smallint DEFAULT 0 NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    lease_until timestamp with time zone,
    fence bigint DEFAULT 0 NOT NULL,
    last_error_class text,
    last_error_code text,
    provider_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    unconfirmed smallint DEFAULT 0 NOT NULL,
    recipient text,
    unchecked_since timestamp with time zone,
    CONSTRAINT outbox_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text, 'webhook'::text]))),
    CONSTRAINT outbox_check CHECK (((status = 'sending'::text) = (lease_until IS NOT NULL))),
    CONSTRAINT outbox_check1 CHECK (((status = ANY (ARRAY['queued'::text, 'sending'::text])) = (finished_at IS NULL))),
    CONSTRAINT outbox_kind_check CHECK ((kind = ANY (ARRAY['verify_email'::text, 'reset_password'::text, 'account_exists'::text, 'login_code'::text, 'phone_code'::text, 'email_code'::text, 'change_code'::text, 'security_notice'::text, 'garmin_reauth'::text, 'webhook'::text]))),
    CONSTRAINT outbox_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'dead'::text, 'expired'::text, 'cancelled'::text]))),
    CONSTRAINT outbox_unconfirmed_check CHECK ((unconfirmed >= 0))
);
COMMENT ON TABLE public.outbox IS 'Messages to be delivered, and their outcomes, which are kept for 30 days.';
COMMENT ON COLUMN public.outbox.subject_id IS 'The object that the message is about: a reference, never an address, a token or a code.';
COMMENT ON COLUMN public.outbox.supersede_key IS 'A newer message with the same key cancels those still queued.';
COMMENT ON COLUMN public.outbox.priority IS 'Messages with lower values are sent first.';
COMMENT ON COLUMN public.outbox.fence IS 'Incremented by each claim, so that a relay that lost its lease cannot complete the message.';
COMMENT ON COLUMN public.outbox.unconfirmed IS 'The number of tries with unknown result, which the provider may have accepted.';
COMMENT ON COLUMN public.outbox.recipient IS 'The recipient, if it is not the user''s current address: a replaced address, or that of a deleted account. Erased when the message ends.';
COMMENT ON COLUMN public.outbox.unchecked_since IS 'Set when a text message is submitted, until its delivery was checked. Each check sets it again, so that a check without a result is repeated.';
CREATE TABLE public.personal_tokens (
    id uuid NOT NULL,
    digest bytea NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    CONSTRAINT personal_tokens_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);
COMMENT ON TABLE public.personal_tokens IS 'Personal access tokens for scripts and devices. Each one is a session that is never refreshed, so that ending sessions also ends tokens.';
COMMENT ON COLUMN public.personal_tokens.last_used_at IS 'Exact to a minute.';
CREATE TABLE public.privacy_places (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    centre_latitude double precision NOT NULL,
    centre_longitude double precision NOT NULL,
    reach_meters double precision NOT NULL,
    is_automatic boolean NOT NULL,
    CONSTRAINT privacy_places_centre_latitude_check CHECK (((centre_latitude >= ('-90'::integer)::double precision) AND (centre_latitude <= (90)::double precision))),
    CONSTRAINT privacy_places_centre_longitude_check CHECK (((centre_longitude >= ('-180'::integer)::double precision) AND (centre_longitude <= (180)::double precision))),
    CONSTRAINT privacy_places_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT privacy_places_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
    CONSTRAINT privacy_places_reach_meters_check CHECK (((reach_meters >= (1)::double precision) AND (reach_meters <= (10000)::double precision)))
);
COMMENT ON TABLE public.privacy_places IS 'Places where tracks begin or end, or where the user asked for a zone, each with the disk that hides it. The disk is drawn at random once and then kept for the life of the account: with a second disk, a viewer could infer the place between the two. The disk cannot be derived from any other data.';
COMMENT ON COLUMN public.privacy_places.is_automatic IS 'Whether a shared track begins or ends here. Otherwise the disk is used only for a zone in privacy_zones.';
CREATE TABLE public.privacy_zones (
    user_id uuid NOT NULL,
    number integer NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    radius_meters double precision NOT NULL,
    CONSTRAINT privacy_zones_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT privacy_zones_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
    CONSTRAINT privacy_zones_radius_meters_check CHECK (((radius_meters >= (100)::double precision) AND (radius_meters <= (2000)::double precision)))
);
COMMENT ON TABLE public.privacy_zones IS 'The zones that the user asked for, unchanged.';
CREATE TABLE public.profiles (
    user_id uuid NOT NULL,
    display_name text,
    preferred_units text DEFAULT 'metric'::text NOT NULL,
    phone_number text,
    phone_verified boolean DEFAULT false NOT NULL,
    preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    phone_failed_at timestamp with time zone,
    phone_failure text,
    phone_verified_at timestamp with time zone,
    CONSTRAINT profiles_check CHECK (((NOT phone_verified) OR (phone_number IS NOT NULL))),
    CONSTRAINT profiles_display_name_check CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 100))),
    CONSTRAINT profiles_phone_failure_check CHECK (((phone_failed_at IS NULL) = (phone_failure IS NULL))),
    CONSTRAINT profiles_phone_number_check CHECK ((phone_number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT profiles_preferences_check CHECK ((jsonb_typeof(preferences) = 'object'::text)),
    CONSTRAINT profiles_preferred_units_check CHECK ((preferred_units = ANY (ARRAY['metric'::text, 'imperial'::text]))),
    CONSTRAINT profiles_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64)))
);
COMMENT ON TABLE public.profiles IS 'The user''s settings: one row for each user.';
COMMENT ON COLUMN public.profiles.time_zone IS 'The time zone of the user''s days, weeks and months.';
COMMENT ON COLUMN public.profiles.phone_failed_at IS 'Since when text messages to the current number have failed.';
COMMENT ON COLUMN public.profiles.phone_verified_at IS 'When the number was verified. A recently verified number cannot confirm changes of the account. NULL if the time is unknown.';
CREATE TABLE public.programs (
    digest bytea NOT NULL,
    server text NOT NULL
);
COMMENT ON TABLE public.programs IS 'SHA-256 of migrations/programs as last created in this database.';
COMMENT ON COLUMN public.programs.server IS 'The version of the server that created them. An older server leaves them unchanged.';
CREATE TABLE public.registrations (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    display_name text,
    verify_token bytea NOT NULL,
    verify_expires timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    invitation_id uuid,
    CONSTRAINT registrations_display_name_check CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 100)))
);
COMMENT ON TABLE public.registrations IS 'Registrations whose address is not verified yet. Password and token are in the same row, so that a token activates only the password for which it was mailed.';
COMMENT ON COLUMN public.registrations.invitation_id IS 'The invitation, one use of which the verification of the address takes. NULL if none was needed.';
CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_version integer NOT NULL,
    method text NOT NULL,
    device text NOT NULL,
    generation integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_generation integer DEFAULT 0 NOT NULL,
    other_device text,
    CONSTRAINT sessions_device_check CHECK ((char_length(device) <= 100)),
    CONSTRAINT sessions_method_check CHECK ((method = ANY (ARRAY['local'::text, 'otp'::text, 'google'::text, 'facebook'::text, 'oidc'::text, 'token'::text]))),
    CONSTRAINT sessions_other_device_check CHECK ((char_length(other_device) <= 100))
);
COMMENT ON TABLE public.sessions IS 'Sessions. A session is valid until it expires, its row is deleted, or the user''s token_version changes.';
COMMENT ON COLUMN public.sessions.generation IS 'The generation of the newest refresh token. Tokens are derived from it and are not stored.';
COMMENT ON COLUMN public.sessions.used_generation IS 'The newest generation whose tokens were used. Before that, the response with them may have been lost, so the previous refresh token remains valid.';
COMMENT ON COLUMN public.sessions.other_device IS 'The last device other than the one that logged in.';
CREATE TABLE public.shares (
    id uuid DEFAULT public.new_id() NOT NULL,
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    activity_id uuid,
    picture jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT shares_digest_check CHECK ((octet_length(digest) = 32))
);
COMMENT ON TABLE public.shares IS 'Pictures that anyone with the link can see.';
COMMENT ON COLUMN public.shares.digest IS 'A digest of the secret in the link. The secret itself is not stored.';
COMMENT ON COLUMN public.shares.picture IS 'The kind of picture and its appearance.';
CREATE TABLE public.spent_oauth_states (
    id uuid NOT NULL,
    spent_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON TABLE public.spent_oauth_states IS 'Logins at providers that have returned. Each may return only once.';
CREATE TABLE public.throttles (
    key bytea NOT NULL,
    taken timestamp with time zone[] NOT NULL
);
COMMENT ON TABLE public.throttles IS 'When limited actions were recently performed, per key.';
CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    token_version integer DEFAULT 0 NOT NULL,
    locked_at timestamp with time zone,
    email_failed_at timestamp with time zone,
    email_failure text,
    is_admin boolean DEFAULT false NOT NULL,
    CONSTRAINT users_email_check CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254))),
    CONSTRAINT users_email_failure_check CHECK (((email_failed_at IS NULL) = (email_failure IS NULL)))
);
COMMENT ON TABLE public.users IS 'Accounts. Their login methods are in local_credentials, oauth_connections and profiles.phone_number.';
COMMENT ON COLUMN public.users.email IS 'Normalised by the application, so that different spellings of a mailbox are one account. NULL until the owner of an account that was created through a provider verifies an address.';
COMMENT ON COLUMN public.users.token_version IS 'Part of each access token. Raising it ends all sessions.';
COMMENT ON COLUMN public.users.email_failed_at IS 'Since when mail to the current address has failed. Stored here because the outbox keeps messages for only 30 days.';
COMMENT ON COLUMN public.users.is_admin IS 'Whether the user may invite any number of people.';
CREATE TABLE public.webhook_deliveries (
    id uuid DEFAULT public.new_id() NOT NULL,
    webhook_id uuid NOT NULL,
    event text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    delivered_at timestamp with time zone,
    response_status integer,
    last_error text,
    event_id uuid NOT NULL
);
COMMENT ON TABLE public.webhook_deliveries IS 'The delivery log. Deliveries still to be sent are in the outbox.';
CREATE TABLE public.webhook_events (
    id uuid DEFAULT public.new_id() NOT NULL,
    payload jsonb NOT NULL
);
COMMENT ON TABLE public.webhook_events IS 'Payloads of events, stored once for all webhooks. Created by announce_activity().';
CREATE TABLE public.webhooks (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    failing_since timestamp with time zone,
    disabled_at timestamp with time zone,
    verified_at timestamp with time zone,
    challenge_error text,
    skipped_since timestamp with time zone,
    CONSTRAINT webhooks_url_check CHECK ((char_length(url) <= 2000))
);
COMMENT ON TABLE public.webhooks IS 'Receivers of events. Nothing is posted to a receiver before it has agreed (verified_at).';
COMMENT ON COLUMN public.webhooks.id IS 'Random, because the signing key is derived from it.';
COMMENT ON COLUMN public.webhooks.failing_since IS 'Since when all deliveries have failed. disabled_at: when the webhook was disabled for that.';
COMMENT ON COLUMN public.webhooks.challenge_error IS 'Why the last challenge failed.';
COMMENT ON COLUMN public.webhooks.skipped_since IS 'Since when events are only summarised, because the day''s posts are used up.';
ALTER TABLE ONLY public.account_export_chunks
    ADD CONSTRAINT account_export_chunks_pkey PRIMARY KEY (account_export_id, number);
ALTER TABLE ONLY public.account_exports
    ADD CONSTRAINT account_exports_id_key UNIQUE (id);
ALTER TABLE ONLY public.account_exports
    ADD CONSTRAINT account_exports_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.activity_days
    ADD CONSTRAINT activity_days_pkey PRIMARY KEY (user_id, day, activity_type);
ALTER TABLE ONLY public.activity_efforts
    ADD CONSTRAINT activity_efforts_pkey PRIMARY KEY (activity_id, kind);
ALTER TABLE ONLY public.activity_feeds
    ADD CONSTRAINT activity_feeds_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.activity_streams
    ADD CONSTRAINT activity_streams_pkey PRIMARY KEY (activity_id);
ALTER TABLE ONLY public.activity_tombstones
    ADD CONSTRAINT activity_tombstones_pkey PRIMARY KEY (user_id, revision);
ALTER TABLE ONLY public.announced_records
    ADD CONSTRAINT announced_records_pkey PRIMARY KEY (activity_id, exercise, kind);
ALTER TABLE public.auth_events
    ADD CONSTRAINT auth_events_kind_check CHECK ((kind = ANY (ARRAY['login'::text, 'login_failed'::text, 'logged_out'::text, 'session_ended'::text, 'other_sessions_ended'::text, 'session_device_changed'::text, 'refresh_refused'::text, 'refresh_token_reused'::text, 'email_verified'::text, 'email_changed'::text, 'password_changed'::text, 'password_reset'::text, 'phone_verified'::text, 'phone_removed'::text, 'provider_linked'::text, 'provider_unlinked'::text, 'token_created'::text, 'token_deleted'::text, 'webhook_created'::text, 'webhook_deleted'::text, 'webhook_disabled'::text, 'share_created'::text, 'share_deleted'::text, 'share_refused'::text, 'export_created'::text, 'export_downloaded'::text, 'export_refused'::text, 'account_locked'::text, 'account_unlocked'::text, 'reset_granted'::text, 'account_deleted'::text, 'invitation_created'::text, 'invitation_deleted'::text, 'invitation_accepted'::text, 'admin_granted'::text, 'admin_revoked'::text]))) NOT VALID;
ALTER TABLE ONLY public.auth_events
    ADD CONSTRAINT auth_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.backups
    ADD CONSTRAINT backups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.daily_budgets
    ADD CONSTRAINT daily_budgets_pkey PRIMARY KEY (key, day);
ALTER TABLE ONLY public.deleted_names
    ADD CONSTRAINT deleted_names_pkey PRIMARY KEY (user_id, source, external_id);
ALTER TABLE ONLY public.failure_runs
    ADD CONSTRAINT failure_runs_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.garmin_activities
    ADD CONSTRAINT garmin_activities_pkey PRIMARY KEY (connection_id, garmin_id);
ALTER TABLE ONLY public.garmin_connections
    ADD CONSTRAINT garmin_connections_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.garmin_connections
    ADD CONSTRAINT garmin_connections_user_id_key UNIQUE (user_id);
ALTER TABLE ONLY public.garmin_events
    ADD CONSTRAINT garmin_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.goals
    ADD CONSTRAINT goals_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.idempotent_answers
    ADD CONSTRAINT idempotent_answers_pkey PRIMARY KEY (user_id, key);
ALTER TABLE ONLY public.import_chunks
    ADD CONSTRAINT import_chunks_pkey PRIMARY KEY (import_id, part, number);
ALTER TABLE ONLY public.import_files
    ADD CONSTRAINT import_files_pkey PRIMARY KEY (import_id, number);
ALTER TABLE ONLY public.import_parts
    ADD CONSTRAINT import_parts_pkey PRIMARY KEY (import_id, part);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.local_credentials
    ADD CONSTRAINT local_credentials_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.local_credentials
    ADD CONSTRAINT local_credentials_reset_token_key UNIQUE (reset_token);
ALTER TABLE ONLY public.oauth_connections
    ADD CONSTRAINT oauth_connections_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oauth_connections
    ADD CONSTRAINT oauth_connections_provider_provider_uid_key UNIQUE (provider, provider_uid);
ALTER TABLE ONLY public.oauth_connections
    ADD CONSTRAINT oauth_connections_user_id_provider_key UNIQUE (user_id, provider);
ALTER TABLE ONLY public.oldest_server
    ADD CONSTRAINT oldest_server_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.originals
    ADD CONSTRAINT originals_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.originals
    ADD CONSTRAINT originals_user_id_sha256_key UNIQUE (user_id, sha256);
ALTER TABLE ONLY public.otp_challenges
    ADD CONSTRAINT otp_challenges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.personal_tokens
    ADD CONSTRAINT personal_tokens_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.personal_tokens
    ADD CONSTRAINT personal_tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.privacy_places
    ADD CONSTRAINT privacy_places_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.privacy_zones
    ADD CONSTRAINT privacy_zones_pkey PRIMARY KEY (user_id, number);
ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY public.programs
    ADD CONSTRAINT programs_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_verify_token_key UNIQUE (verify_token);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.spent_oauth_states
    ADD CONSTRAINT spent_oauth_states_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.throttles
    ADD CONSTRAINT throttles_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_events
    ADD CONSTRAINT webhook_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);
CREATE INDEX account_exports_unfinished_idx ON public.account_exports USING btree (created_at) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE UNIQUE INDEX activities_external_id_idx ON public.activities USING btree (user_id, source, external_id) WHERE (external_id IS NOT NULL);
CREATE INDEX activities_merged_into_idx ON public.activities USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX activities_original_id_idx ON public.activities USING btree (original_id) WHERE (original_id IS NOT NULL);
CREATE INDEX activities_parent_id_idx ON public.activities USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX activities_terms_idx ON public.activities USING gin (public.activity_terms(title, notes)) WHERE ((title IS NOT NULL) OR (notes IS NOT NULL));
CREATE UNIQUE INDEX activities_user_id_revision_idx ON public.activities USING btree (user_id, revision);
CREATE INDEX activities_user_id_started_at_idx ON public.activities USING btree (user_id, started_at DESC, id DESC);
CREATE INDEX activity_streams_efforts_version_idx ON public.activity_streams USING btree (efforts_version);
CREATE INDEX activity_tombstones_deleted_at_idx ON public.activity_tombstones USING btree (deleted_at);
CREATE INDEX auth_events_at_idx ON public.auth_events USING btree (at);
CREATE INDEX auth_events_network_idx ON public.auth_events USING btree (at) WHERE (network IS NOT NULL);
CREATE INDEX auth_events_user_id_idx ON public.auth_events USING btree (user_id, at DESC, id DESC);
CREATE INDEX daily_budgets_day_idx ON public.daily_budgets USING btree (day);
CREATE INDEX deleted_names_deleted_at_idx ON public.deleted_names USING btree (deleted_at);
CREATE UNIQUE INDEX garmin_connections_garmin_user_id_idx ON public.garmin_connections USING btree (garmin_user_id) WHERE (user_id IS NOT NULL);
CREATE INDEX garmin_events_connection_id_idx ON public.garmin_events USING btree (connection_id, id);
CREATE INDEX goals_user_id_idx ON public.goals USING btree (user_id, created_at);
CREATE INDEX idempotent_answers_created_at_idx ON public.idempotent_answers USING btree (created_at);
CREATE INDEX imports_receiving_idx ON public.imports USING btree (progressed_at) WHERE (status = 'receiving'::text);
CREATE INDEX imports_unfinished_idx ON public.imports USING btree (created_at) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX imports_user_id_idx ON public.imports USING btree (user_id, created_at DESC);
CREATE INDEX invitations_email_idx ON public.invitations USING btree (email) WHERE (email IS NOT NULL);
CREATE INDEX invitations_user_id_idx ON public.invitations USING btree (user_id, created_at);
CREATE UNIQUE INDEX oldest_server_is_one ON public.oldest_server USING btree ((true));
CREATE INDEX otp_challenges_created_at_idx ON public.otp_challenges USING btree (created_at);
CREATE INDEX otp_challenges_user_id_idx ON public.otp_challenges USING btree (user_id, created_at DESC);
CREATE INDEX outbox_finished_at_idx ON public.outbox USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX outbox_pending_idx ON public.outbox USING btree (channel, priority, not_before) WHERE (status = ANY (ARRAY['queued'::text, 'sending'::text]));
CREATE INDEX outbox_sending_webhooks_idx ON public.outbox USING btree (user_id) WHERE ((channel = 'webhook'::text) AND (status = 'sending'::text));
CREATE INDEX outbox_supersede_key_idx ON public.outbox USING btree (supersede_key) WHERE (status = 'queued'::text);
CREATE INDEX outbox_unchecked_idx ON public.outbox USING btree (unchecked_since) WHERE ((status = 'sent'::text) AND (unchecked_since IS NOT NULL));
CREATE INDEX outbox_user_id_idx ON public.outbox USING btree (user_id);
CREATE INDEX privacy_places_user_id_idx ON public.privacy_places USING btree (user_id);
CREATE INDEX profiles_phone_failed_at_idx ON public.profiles USING btree (phone_failed_at) WHERE (phone_failed_at IS NOT NULL);
CREATE UNIQUE INDEX profiles_proven_phone_number_key ON public.profiles USING btree (phone_number) WHERE phone_verified;
CREATE UNIQUE INDEX programs_are_one ON public.programs USING btree ((true));
CREATE INDEX registrations_user_id_idx ON public.registrations USING btree (user_id, created_at DESC);
CREATE INDEX registrations_verify_expires_idx ON public.registrations USING btree (verify_expires);
CREATE INDEX sessions_expires_at_idx ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id, last_used_at DESC);
CREATE INDEX shares_activity_id_idx ON public.shares USING btree (activity_id) WHERE (activity_id IS NOT NULL);
CREATE INDEX shares_user_id_idx ON public.shares USING btree (user_id, created_at);
CREATE INDEX users_email_failed_at_idx ON public.users USING btree (email_failed_at) WHERE (email_failed_at IS NOT NULL);
CREATE INDEX webhook_deliveries_created_at_idx ON public.webhook_deliveries USING btree (created_at);
CREATE INDEX webhook_deliveries_event_id_idx ON public.webhook_deliveries USING btree (event_id);
CREATE INDEX webhook_deliveries_webhook_id_idx ON public.webhook_deliveries USING btree (webhook_id, created_at DESC);
CREATE INDEX webhooks_user_id_idx ON public.webhooks USING btree (user_id);
CREATE TRIGGER activities_delete_1_bury AFTER DELETE ON public.activities FOR EACH ROW WHEN ((old.merged_into IS NULL)) EXECUTE FUNCTION public.bury_activity();
CREATE TRIGGER activities_delete_2_remember_name AFTER DELETE ON public.activities FOR EACH ROW WHEN ((old.external_id IS NOT NULL)) EXECUTE FUNCTION public.remember_deleted_name();
CREATE TRIGGER activities_delete_3_announce AFTER DELETE ON public.activities FOR EACH ROW WHEN ((old.merged_into IS NULL)) EXECUTE FUNCTION public.announce_activity();
CREATE TRIGGER activities_delete_4_pass_on AFTER DELETE ON public.activities FOR EACH ROW WHEN ((old.merged_into IS NOT NULL)) EXECUTE FUNCTION public.pass_on_activity();
CREATE TRIGGER activities_delete_5_forget_original AFTER DELETE ON public.activities FOR EACH ROW WHEN ((old.original_id IS NOT NULL)) EXECUTE FUNCTION public.forget_original();
CREATE TRIGGER activities_delete_6_count AFTER DELETE ON public.activities REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.count_removed_activities();
CREATE TRIGGER activities_delete_7_notify AFTER DELETE ON public.activities REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.notify_of_changes();
CREATE TRIGGER activities_insert_1_number BEFORE INSERT ON public.activities FOR EACH ROW WHEN ((new.revision IS NULL)) EXECUTE FUNCTION public.number_activity();
CREATE TRIGGER activities_insert_2_announce AFTER INSERT ON public.activities FOR EACH ROW WHEN ((new.merged_into IS NULL)) EXECUTE FUNCTION public.announce_activity();
CREATE TRIGGER activities_insert_3_count AFTER INSERT ON public.activities REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.count_added_activities();
CREATE TRIGGER activities_insert_4_notify AFTER INSERT ON public.activities REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.notify_of_changes();
CREATE CONSTRAINT TRIGGER activities_insert_5_announce_records AFTER INSERT ON public.activities DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (public.is_recent(new.started_at)) EXECUTE FUNCTION public.announce_records();
CREATE TRIGGER activities_update_1_number BEFORE UPDATE ON public.activities FOR EACH ROW WHEN ((new.revision = old.revision)) EXECUTE FUNCTION public.number_activity();
CREATE TRIGGER activities_update_2_remember_edits BEFORE UPDATE OF edited ON public.activities FOR EACH ROW WHEN ((new.edited IS DISTINCT FROM old.edited)) EXECUTE FUNCTION public.remember_edits();
CREATE TRIGGER activities_update_3_keep_origins_true BEFORE UPDATE ON public.activities FOR EACH ROW WHEN ((new.merged IS NOT NULL)) EXECUTE FUNCTION public.keep_origins_true();
CREATE TRIGGER activities_update_4_announce AFTER UPDATE ON public.activities FOR EACH ROW WHEN (((new.merged_into IS NULL) AND ((new.has = old.has) OR (new.updated_at <> old.updated_at)))) EXECUTE FUNCTION public.announce_activity();
CREATE TRIGGER activities_update_5_pass_on AFTER UPDATE ON public.activities FOR EACH ROW WHEN (((old.merged_into IS NOT NULL) AND (new.merged_into = old.merged_into))) EXECUTE FUNCTION public.pass_on_activity();
CREATE TRIGGER activities_update_6_count_removed AFTER UPDATE ON public.activities REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.count_removed_activities();
CREATE TRIGGER activities_update_7_count_added AFTER UPDATE ON public.activities REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.count_added_activities();
CREATE TRIGGER activities_update_8_notify AFTER UPDATE ON public.activities REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.notify_of_changes();
CREATE CONSTRAINT TRIGGER activities_update_9_announce_records AFTER UPDATE OF activity_type, started_at, duration_secs, distance_meters, elevation_gain_meters, sets, merged_into ON public.activities DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (public.is_recent(new.started_at)) EXECUTE FUNCTION public.announce_records();
CREATE CONSTRAINT TRIGGER activity_days_insert_1_announce_goals AFTER INSERT ON public.activity_days DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.day > (CURRENT_DATE - 368))) EXECUTE FUNCTION public.announce_goals();
CREATE CONSTRAINT TRIGGER activity_days_update_1_announce_goals AFTER UPDATE ON public.activity_days DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.day > (CURRENT_DATE - 368))) EXECUTE FUNCTION public.announce_goals();
CREATE TRIGGER activity_streams_delete_1_note AFTER DELETE ON public.activity_streams FOR EACH ROW EXECUTE FUNCTION public.note_streams();
CREATE TRIGGER activity_streams_insert_1_note AFTER INSERT ON public.activity_streams FOR EACH ROW EXECUTE FUNCTION public.note_streams();
CREATE CONSTRAINT TRIGGER activity_streams_insert_2_announce_records AFTER INSERT ON public.activity_streams DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.announce_records();
CREATE TRIGGER activity_streams_update_1_note AFTER UPDATE OF series, filled ON public.activity_streams FOR EACH ROW WHEN (((old.series IS DISTINCT FROM new.series) OR (old.filled IS DISTINCT FROM new.filled))) EXECUTE FUNCTION public.note_streams();
CREATE CONSTRAINT TRIGGER activity_streams_update_2_announce_records AFTER UPDATE OF data ON public.activity_streams DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.announce_records();
CREATE TRIGGER auth_events_change_1_keep BEFORE DELETE OR UPDATE ON public.auth_events FOR EACH ROW EXECUTE FUNCTION public.keep_auth_events();
CREATE TRIGGER auth_events_truncate_1_keep BEFORE TRUNCATE ON public.auth_events FOR EACH STATEMENT EXECUTE FUNCTION public.keep_auth_events();
CREATE TRIGGER garmin_connections_update_1_announce AFTER UPDATE OF needs_reauth ON public.garmin_connections FOR EACH ROW WHEN ((new.needs_reauth AND (NOT old.needs_reauth) AND (new.user_id IS NOT NULL))) EXECUTE FUNCTION public.announce_connection();
CREATE TRIGGER goals_insert_1_mark_reached AFTER INSERT ON public.goals FOR EACH ROW EXECUTE FUNCTION public.mark_reached_goals();
CREATE TRIGGER goals_update_1_mark_reached AFTER UPDATE OF target ON public.goals FOR EACH ROW EXECUTE FUNCTION public.mark_reached_goals();
CREATE TRIGGER imports_update_1_announce AFTER UPDATE OF finished_at ON public.imports FOR EACH ROW WHEN (((old.finished_at IS NULL) AND (new.status = ANY (ARRAY['done'::text, 'failed'::text])))) EXECUTE FUNCTION public.announce_import();
CREATE TRIGGER outbox_update_1_erase_recipient BEFORE UPDATE ON public.outbox FOR EACH ROW WHEN (((new.finished_at IS NOT NULL) AND (new.recipient IS NOT NULL))) EXECUTE FUNCTION public.erase_outbox_recipient();
CREATE TRIGGER profiles_update_1_recount AFTER UPDATE OF time_zone ON public.profiles FOR EACH ROW WHEN ((new.time_zone <> old.time_zone)) EXECUTE FUNCTION public.recount_activities();
CREATE TRIGGER webhook_deliveries_delete_1_forget_events AFTER DELETE ON public.webhook_deliveries REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.forget_webhook_events();
CREATE TRIGGER webhooks_insert_1_mark_goals AFTER INSERT ON public.webhooks FOR EACH ROW WHEN (((new.verified_at IS NOT NULL) AND ('goal.reached'::text = ANY (new.events)))) EXECUTE FUNCTION public.mark_reached_goals();
CREATE TRIGGER webhooks_insert_2_mark_records AFTER INSERT ON public.webhooks FOR EACH ROW WHEN (((new.verified_at IS NOT NULL) AND ('record.set'::text = ANY (new.events)))) EXECUTE FUNCTION public.mark_records();
CREATE TRIGGER webhooks_update_1_mark_goals AFTER UPDATE OF verified_at, disabled_at, events ON public.webhooks FOR EACH ROW WHEN (((new.verified_at IS NOT NULL) AND (new.disabled_at IS NULL) AND ('goal.reached'::text = ANY (new.events)))) EXECUTE FUNCTION public.mark_reached_goals();
CREATE TRIGGER webhooks_update_2_mark_records AFTER UPDATE OF verified_at, disabled_at, events ON public.webhooks FOR EACH ROW WHEN (((new.verified_at IS NOT NULL) AND (new.disabled_at IS NULL) AND ('record.set'::text = ANY (new.events)))) EXECUTE FUNCTION public.mark_records();
ALTER TABLE ONLY public.account_export_chunks
    ADD CONSTRAINT account_export_chunks_account_export_id_fkey FOREIGN KEY (account_export_id) REFERENCES public.account_exports(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.account_exports
    ADD CONSTRAINT account_exports_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.activities(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_original_id_fkey FOREIGN KEY (original_id) REFERENCES public.originals(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.activities(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.activities
    ADD CONSTRAINT activities_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activity_days
    ADD CONSTRAINT activity_days_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activity_efforts
    ADD CONSTRAINT activity_efforts_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activity_feeds
    ADD CONSTRAINT activity_feeds_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activity_streams
    ADD CONSTRAINT activity_streams_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.activity_tombstones
    ADD CONSTRAINT activity_tombstones_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.announced_records
    ADD CONSTRAINT announced_records_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.deleted_names
    ADD CONSTRAINT deleted_names_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.garmin_activities
    ADD CONSTRAINT garmin_activities_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES public.garmin_connections(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.garmin_connections
    ADD CONSTRAINT garmin_connections_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.garmin_events
    ADD CONSTRAINT garmin_events_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES public.garmin_connections(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.goals
    ADD CONSTRAINT goals_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.idempotent_answers
    ADD CONSTRAINT idempotent_answers_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.import_chunks
    ADD CONSTRAINT import_chunks_import_id_part_fkey FOREIGN KEY (import_id, part) REFERENCES public.import_parts(import_id, part) ON DELETE CASCADE;
ALTER TABLE ONLY public.import_files
    ADD CONSTRAINT import_files_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.imports(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.import_parts
    ADD CONSTRAINT import_parts_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.imports(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.local_credentials
    ADD CONSTRAINT local_credentials_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.oauth_connections
    ADD CONSTRAINT oauth_connections_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.originals
    ADD CONSTRAINT originals_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otp_challenges
    ADD CONSTRAINT otp_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.personal_tokens
    ADD CONSTRAINT personal_tokens_id_fkey FOREIGN KEY (id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.privacy_places
    ADD CONSTRAINT privacy_places_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.privacy_zones
    ADD CONSTRAINT privacy_zones_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES public.invitations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT registrations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.activities(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.webhook_events(id);
ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.webhooks(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

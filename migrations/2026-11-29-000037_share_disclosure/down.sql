UPDATE shares SET picture = picture - 'whole_track' - 'show_title' - 'show_date'
    || jsonb_build_object('hide_ends', picture->>'whole_track' IS DISTINCT FROM 'true');

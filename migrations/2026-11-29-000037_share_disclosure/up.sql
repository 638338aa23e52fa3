-- Shares that hid the ends of a route leave out privacy zones instead, and so do those of charts. A
-- share that showed everything still does.
UPDATE shares SET picture = picture - 'hide_ends' || CASE
    WHEN activity_id IS NOT NULL AND picture->>'hide_ends' = 'false'
    THEN '{"whole_track": true, "show_title": true, "show_date": true}'::jsonb
    ELSE '{"whole_track": false, "show_title": false, "show_date": false}'::jsonb
END;

-- If interrupted, it starts again: see src/db/migrations/apply.rs.
CREATE INDEX CONCURRENTLY IF NOT EXISTS activities_terms_idx ON activities USING gin (activity_terms(title, notes))
    WHERE title IS NOT NULL OR notes IS NOT NULL;

-- What a client says about the file that it uploads.

ALTER TABLE imports ADD COLUMN details JSONB;
COMMENT ON COLUMN imports.details IS
    'Title, notes, activity type, source and external id that the client gave for the first activity of the upload.';

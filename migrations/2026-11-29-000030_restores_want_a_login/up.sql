-- An account export brings a profile and goals, too: a personal access token may import files of
-- activities, and not that.
ALTER TABLE imports ADD COLUMN may_restore BOOLEAN NOT NULL DEFAULT true;

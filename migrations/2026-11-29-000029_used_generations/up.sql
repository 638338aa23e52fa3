-- The newest generation of a session whose tokens were used: until then the answer that brought
-- them may have been lost, and the refresh token before them is still good. And the last device
-- other than that of the login.
ALTER TABLE sessions
    ADD COLUMN used_generation INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN other_device TEXT CHECK (char_length(other_device) <= 100);

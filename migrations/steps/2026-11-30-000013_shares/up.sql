-- Pictures that users share by link, and the areas that these pictures hide.

CREATE TABLE shares (
    id          UUID PRIMARY KEY DEFAULT new_id(),
    user_id     UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    digest      BYTEA NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    activity_id UUID REFERENCES activities ON DELETE CASCADE,
    picture     JSONB NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at  TIMESTAMPTZ
);
CREATE INDEX shares_user_id_idx ON shares (user_id, created_at);
CREATE INDEX shares_activity_id_idx ON shares (activity_id) WHERE activity_id IS NOT NULL;
COMMENT ON TABLE shares IS 'Pictures that anyone with the link can see.';
COMMENT ON COLUMN shares.digest IS 'A digest of the secret in the link. The secret itself is not stored.';
COMMENT ON COLUMN shares.picture IS 'The kind of picture and its appearance.';

CREATE TABLE privacy_places (
    id               UUID PRIMARY KEY DEFAULT new_id(),
    user_id          UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    latitude         DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude        DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    centre_latitude  DOUBLE PRECISION NOT NULL CHECK (centre_latitude BETWEEN -90 AND 90),
    centre_longitude DOUBLE PRECISION NOT NULL CHECK (centre_longitude BETWEEN -180 AND 180),
    reach_meters     DOUBLE PRECISION NOT NULL CHECK (reach_meters BETWEEN 1 AND 10000),
    is_automatic     BOOLEAN NOT NULL
);
CREATE INDEX privacy_places_user_id_idx ON privacy_places (user_id);
COMMENT ON TABLE privacy_places IS
    'Places where tracks begin or end, or where the user asked for a zone, each with the disk that hides it. The disk '
    'is drawn at random once and then kept for the life of the account: with a second disk, a viewer could infer the '
    'place between the two. The disk cannot be derived from any other data.';
COMMENT ON COLUMN privacy_places.is_automatic IS
    'Whether a shared track begins or ends here. Otherwise the disk is used only for a zone in privacy_zones.';

CREATE TABLE privacy_zones (
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    latitude      DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude     DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    radius_meters DOUBLE PRECISION NOT NULL CHECK (radius_meters BETWEEN 100 AND 2000),
    PRIMARY KEY (user_id, number)
);
COMMENT ON TABLE privacy_zones IS 'The zones that the user asked for, unchanged.';

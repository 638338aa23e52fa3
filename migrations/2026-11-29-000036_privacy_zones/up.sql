-- Privacy zones: what shared pictures leave out.

-- Where tracks begin and end, or where the account asked for a zone, each with the disk that hides it.
-- The disk is drawn at random once and then kept for the life of the account: a second draw would let
-- somebody who sees both find the place between them. Nothing else in the database tells it.
CREATE TABLE privacy_places (
    id               UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id          UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    latitude         DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude        DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    centre_latitude  DOUBLE PRECISION NOT NULL CHECK (centre_latitude BETWEEN -90 AND 90),
    centre_longitude DOUBLE PRECISION NOT NULL CHECK (centre_longitude BETWEEN -180 AND 180),
    reach_meters     DOUBLE PRECISION NOT NULL CHECK (reach_meters BETWEEN 1 AND 10000),
    -- Whether a shared track begins or ends here; else the disk is in use only below privacy_zones.
    is_automatic     BOOLEAN NOT NULL
);
CREATE INDEX privacy_places_user_id_idx ON privacy_places (user_id);

-- The zones that the account asked for, as it did.
CREATE TABLE privacy_zones (
    user_id       UUID NOT NULL REFERENCES users ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    latitude      DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude     DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    radius_meters DOUBLE PRECISION NOT NULL CHECK (radius_meters BETWEEN 100 AND 2000),
    PRIMARY KEY (user_id, number)
);

DROP TABLE privacy_zones, privacy_places, shares;

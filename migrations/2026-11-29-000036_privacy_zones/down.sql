DROP TABLE privacy_zones;
DROP TABLE privacy_places;

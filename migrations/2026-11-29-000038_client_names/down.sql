DROP TRIGGER deleted_name_is_remembered ON activities;
DROP FUNCTION remember_deleted_name;
DROP TABLE deleted_names;
ALTER TABLE activities DROP CONSTRAINT activities_source_check;

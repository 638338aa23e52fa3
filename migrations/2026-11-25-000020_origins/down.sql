DROP TRIGGER deletion_is_passed_on ON activities;
DROP TRIGGER changes_are_passed_on ON activities;
DROP TRIGGER origins_are_true ON activities;
DROP FUNCTION pass_on_activity();
DROP FUNCTION keep_origins_true();

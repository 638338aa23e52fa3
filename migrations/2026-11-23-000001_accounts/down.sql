DROP TABLE otp_challenges;
DROP TABLE registrations;
DROP TABLE local_credentials;
DROP TABLE oauth_connections;
DROP TABLE profiles;
DROP TABLE users;

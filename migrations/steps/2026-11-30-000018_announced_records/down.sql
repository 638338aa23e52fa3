DROP TABLE announced_records;

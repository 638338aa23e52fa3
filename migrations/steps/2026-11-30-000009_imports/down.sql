DROP TABLE import_files, import_chunks, import_parts, imports;

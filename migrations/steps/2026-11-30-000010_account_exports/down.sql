DROP TABLE account_export_chunks, account_exports;

# The digest of a row is not compared.
s/if \(\(uint64_t\)sqlite3_column_int64\(statement, 1\) != work->digest\)/if (work->digest == 1)/

# The digest of the rows is not compared.
s/reader->digest_read != reader->digest/false/

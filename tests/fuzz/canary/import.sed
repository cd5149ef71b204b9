# A list of CPUs may be no list.
s/value->kind != JSON_ARRAY \|\| value->children->len == 0/value->kind == JSON_ARRAY \&\& value->children->len == 0/

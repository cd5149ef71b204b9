# A field may lie outside of its record.
s/size <= \(uint64_t\)record->size - offset/size <= 64/

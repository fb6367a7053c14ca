-- Quick search asks for principals and for grants apart: an index of each, so that the few rows it shows of one kind are not
-- looked for among those of the other. What is too short for trigrams is looked up where a name begins.
DROP INDEX derived.found_search;
CREATE INDEX found_principals ON derived.found USING gin (search_text gin_trgm_ops) WHERE kind = 'principal';
CREATE INDEX found_grants ON derived.found USING gin (search_text gin_trgm_ops) WHERE kind = 'grant';
CREATE INDEX found_label ON derived.found (kind, lower(label), account);

ANALYZE derived.found;

-- What pages of usage ask rollups for besides a key or a place: what one principal did, and who was
-- refused, of which there are few among many.
CREATE INDEX use_principal ON trail.use (lower(principal), hour);
CREATE INDEX use_denied ON trail.use (hour) WHERE outcome = 'denied';
CREATE INDEX use_denied_key ON trail.use (lower(key_arn), hour) WHERE outcome = 'denied';

-- When parts of keys were read last is shown beside them.
CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."LastRead"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."LastRead"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."LastRead"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

-- From each person that is found to their ties, whatever the statistics say: where they said that
-- there are no people, the ties of all were looked up first, for every one of those asked about.
CREATE OR REPLACE FUNCTION public.same_people(person uuid)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE ROWS 2
AS $function$
  WITH RECURSIVE same(id) AS (
    SELECT person
    UNION
    SELECT tied."id" FROM same s,
    LATERAL (SELECT * FROM "Person" p WHERE p."id" = s.id OFFSET 0) me, LATERAL (
      SELECT o."id" FROM "Person" o WHERE me."emailVerified" AND o."emailVerified"
        AND lower(o."email") = lower(me."email")
      UNION ALL SELECT o."id" FROM "Person" o WHERE o."personClaim" = me."personClaim"
      UNION ALL SELECT l."bId" FROM "PersonLink" l WHERE l."aId" = me."id"
      UNION ALL SELECT l."aId" FROM "PersonLink" l WHERE l."bId" = me."id"
    ) tied
  )
  SELECT id FROM same
$function$;

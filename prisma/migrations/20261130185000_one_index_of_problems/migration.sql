-- Key_problems_by_alias begins with the same columns, of the same keys.
DROP INDEX "Key_with_problems";

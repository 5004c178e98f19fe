// Shows at start what only the storage can show of the model: that the columns behind dimensions hold text. They are compared with texts
// and ordered as texts; a number or a date would be refused by PostgreSQL in the middle of an answer.
import type { ColumnRef } from "../../model/column.ts";
import { type Dimension, dimensions } from "../../model/dimensions.ts";
import { columnType } from "../../warehouse/entityTables.ts";

/** Throws an Error that names the dimension at fault. */
export function proveColumns(declared: Readonly<Record<string, Dimension>> = dimensions): void {
  for (const [name, dimension] of Object.entries(declared)) {
    const column: ColumnRef | undefined = "column" in dimension ? dimension.column : undefined;
    const type = column && columnType(column.entity, column.property);
    if (column && type !== "text")
      throw new Error(
        `The dimension ${name} stands in ${column.entity.name}.${column.property}, which is of type ${type}; a dimension's column is of type text.`,
      );
  }
}

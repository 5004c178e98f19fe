// How PostgreSQL's values come to us: as the text that it prints, so that nothing is rounded on the way, but for small integers, floats,
// booleans and arrays of text.
import pg from "pg";

const keptAsText = (text: string) => text;
const { builtins } = pg.types;
type TypeId = (typeof builtins)[keyof typeof builtins];
/** For a client whose rows are `StoredRow`s. */
export const storedTypes = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    switch (oid) {
      case builtins.BOOL:
      case builtins.INT2:
      case builtins.INT4:
      case builtins.FLOAT8:
      case 1009: // text[]
      case 1007: // integer[]
        return pg.types.getTypeParser(oid as TypeId, format as "text");
      case 1182: // date[]
      case 1231: // numeric[]
        return pg.types.getTypeParser(1009 as TypeId, format as "text");
      default:
        return keptAsText;
    }
  },
} as pg.CustomTypesConfig;

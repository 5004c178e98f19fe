// Days of the store's local calendar.
import { isIsoDate } from "../../kernel/calendar.ts";
import { textScalar } from "./textScalar.ts";

export const DateScalar = textScalar({
  name: "Date",
  description: "YYYY-MM-DD",
  form: "a day, YYYY-MM-DD",
  read: (text) => (isIsoDate(text) ? text : null),
});

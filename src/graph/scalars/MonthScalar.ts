// Months of the store's local calendar.
import { isMonth } from "../../kernel/calendar.ts";
import { textScalar } from "./textScalar.ts";

export const MonthScalar = textScalar({
  name: "Month",
  description: "YYYY-MM",
  form: "a month, YYYY-MM",
  read: (text) => (isMonth(text) ? text : null),
});

// Times as the store's clock showed them: without a zone there is nothing to convert, and nothing to get wrong.
import { isIsoDate } from "../../kernel/calendar.ts";
import { textScalar } from "./textScalar.ts";

export const LocalDateTimeScalar = textScalar({
  name: "LocalDateTime",
  description: "YYYY-MM-DDTHH:MM:SS, the store's local time, no zone",
  form: "a local time, YYYY-MM-DDTHH:MM:SS",
  read: (text) => {
    const [day = "", time = ""] = text.split("T");
    return text.length === 19 && isIsoDate(day) && /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time) ? text : null;
  },
});

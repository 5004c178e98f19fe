// Dates read from bytes, held against a regular expression and JavaScript's own calendar.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  dayFirst,
  monthFirst,
  newDateParts,
  noTime,
  noZone,
  offsetZone,
  readDate,
  utcZone,
  yearFirst,
} from "../../etl/read/readDate.ts";

function read(text: string) {
  const parts = newDateParts();
  const bytes = Buffer.from(`x${text}9`); // bytes around the field are none of its business
  return { kind: readDate(bytes, 1, bytes.length - 1, parts), parts };
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year <= 2199 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && day > 0;
}

function expected(text: string): number {
  const clock = /(?:\d|[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?/.source;
  const half = /(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)? *[AaPp][Mm]/.source;
  const time = `(?:(?: +|T)(?:${clock}|${half})(?: *(?:[Zz]|[-+]\\d\\d(?::?\\d\\d)?))?)?$`;
  const compact = new RegExp(`^(\\d{4})(\\d\\d)(\\d\\d)${time}`).exec(text);
  if (compact) return isDay(Number(compact[1]), Number(compact[2]), Number(compact[3])) ? yearFirst : 0;
  const iso = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${time}`).exec(text);
  if (iso) return isDay(Number(iso[1]), Number(iso[3]), Number(iso[4])) ? yearFirst : 0;
  const other = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${time}`).exec(text);
  if (!other) return 0;
  const [a, b, year] = [Number(other[1]), Number(other[3]), Number(other[4])];
  return (isDay(year, a, b) ? monthFirst : 0) | (isDay(year, b, a) ? dayFirst : 0);
}

describe("readDate", () => {
  it.each([
    ["12/1/2010 8:26", monthFirst | dayFirst],
    ["12/31/2010", monthFirst],
    ["31.12.2010 23:59:59", dayFirst],
    ["2010-12-01T08:26", yearFirst],
    ["2010-12-01 08:26:00.000", yearFirst],
    ["29-2-2012", dayFirst],
    ["2/29/2012", monthFirst],
    ["2/29/1900", 0],
    ["2/29/2000", monthFirst],
    ["1/1/1899", 0],
    ["1/1/2200", 0],
    ["1/1/10", 0],
    ["1/1-2010", 0],
    ["1/1/2010 24:00", 0],
    ["1/1/2010 8:60", 0],
    ["1/1/2010 8", 0],
    ["1/1/2010 ", 0],
    ["13/1/2010 8:26 PM", dayFirst],
    ["13/1/2010 12:26am", dayFirst],
    ["1/1/2010 13:26 PM", 0],
    ["1/1/2010 0:26 AM", 0],
    ["1/1/2010 8:26 XM", 0],
    ["1/1/2010 8:26 P", 0],
    ["2010-12-01 08:26:00.500", yearFirst],
    ["2010-12-01 08:26:00.", 0],
    ["2010-12-01T08:26:00Z", yearFirst],
    ["2010-12-01T08:26:00.123+05:30", yearFirst],
    ["2010-12-01T08:26:00+0530", yearFirst],
    ["2010-12-01T08:26:00+05:", 0],
    ["2010-12-01T08:26:00+", 0],
    ["20101201", yearFirst],
    ["20101201T08:26", yearFirst],
    ["20101301", 0],
    ["2010120", 0],
    ["13/13/2010", 0],
    ["", 0],
    ["//", 0],
    ["40513", 0],
  ])("reads %j as %i", (text, kind) => {
    expect(read(text).kind).toBe(kind);
    expect(expected(text)).toBe(kind);
  });

  it("reads what a regular expression reads", () => {
    const number = (max: number) => fc.integer({ min: 0, max }).map(String);
    const separator = fc.constantFrom("/", "-", ".", "");
    const date = fc
      .tuple(fc.oneof(number(32), number(2300)), separator, number(32), separator, fc.oneof(number(32), number(2300)))
      .map((each) => each.join(""));
    const time = fc.constantFrom(
      "",
      " 8:26",
      "T08:26:01",
      "  0:00",
      " 23:59:59.0",
      " 24:00",
      " 8:5",
      ":00",
      " ",
      " 12:00 pm",
      " 8:26PM Z",
      "T08:26+01",
      " 13:00 am",
      "T08:26:01.25z",
    );
    fc.assert(
      fc.property(date, time, (day, clock) => {
        expect(read(day + clock).kind).toBe(expected(day + clock));
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps the parts", () => {
    expect(read("31/1/2011 7:05:09").parts).toEqual({
      year: 2011,
      first: 31,
      second: 1,
      hour: 7,
      minute: 5,
      seconds: 9,
      zone: noZone,
      cut: false,
    });
    expect(read("31/1/2011 12:05:09.5 AM").parts).toMatchObject({ hour: 0, minute: 5, seconds: 9, cut: true });
    expect(read("31/1/2011 12:05 pm").parts).toMatchObject({ hour: 12, zone: noZone });
    expect(read("31/1/2011 11:05 pm Z").parts).toMatchObject({ hour: 23, zone: utcZone });
    expect(read("31/1/2011 11:05-0330").parts).toMatchObject({ hour: 11, zone: offsetZone });
    expect(read("31/1/2011").parts).toMatchObject({ zone: noTime });
  });
});

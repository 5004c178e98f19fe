// Texts from outside come out of a CSV as the texts that they were, and never as formulas; figures stay figures.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCsvRow, formatCsvText, formatCsvValue, readGuardedText } from "../../src/server/formatCsvRow.ts";
import { parseCsv } from "../bin/parseCsv.ts";

const hostile = fc.string({
  unit: fc.constantFrom("=", "+", "-", "@", "＝", "'", '"', ",", ";", "\t", "\r", "\n", " ", "a", "é", "😀"),
  maxLength: 12,
});

describe("a text", () => {
  it("is given an apostrophe where it would be a formula", () => {
    expect(formatCsvText("=cmd|' /C calc'!A0")).toBe("'=cmd|' /C calc'!A0");
    expect(formatCsvText("+1")).toBe("'+1");
    expect(formatCsvText("-1")).toBe("'-1");
    expect(formatCsvText("@SUM(1)")).toBe("'@SUM(1)");
    expect(formatCsvText("＝1")).toBe("'＝1");
    expect(formatCsvText("\tx")).toBe(`"'\tx"`);
    expect(formatCsvText("\r=x")).toBe(`"'\r'=x"`);
    expect(formatCsvText("EIRE")).toBe("EIRE");
    expect(formatCsvText("a=b-c")).toBe("a=b-c");
  });

  it("is guarded where a spreadsheet that splits at semicolons, tabs or line breaks would begin a cell", () => {
    expect(formatCsvText("x;=HYPERLINK(1)")).toBe(`"x;'=HYPERLINK(1)"`);
    expect(formatCsvText("x\n-y")).toBe(`"x\n'-y"`);
    // as the second cell of a row this is `""=1+1`, which shows what follows the closed quotes
    expect(formatCsvText('x;"=1+1;y')).toBe(`"x;'""=1+1;y"`);
    expect(formatCsvText('" "=1')).toBe(`"'"" ""=1"`);
  });

  it("keeps apostrophes of its own apart from the one that guards it", () => {
    expect(formatCsvText("'=x")).toBe("''=x");
    expect(formatCsvText("'tis")).toBe("'tis");
  });

  it("is quoted where it must be", () => {
    expect(formatCsvText('a "b", c')).toBe('"a ""b"", c"');
    expect(formatCsvText(" a")).toBe('" a"');
    expect(formatCsvText("")).toBe('""');
    expect(formatCsvText(null)).toBe("");
  });

  it("is read back as it was, whatever it was", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.oneof(hostile, fc.string()), { minLength: 2, maxLength: 5 })), (rows) => {
        const csv = rows.map((row) => formatCsvRow(row.map(formatCsvText))).join("");
        const read = parseCsv(csv).map((row) => row.map((field) => (field === null ? null : readGuardedText(field))));
        expect(read).toEqual(rows);
      }),
      { numRuns: 2000 },
    );
  });

  it("never begins a cell as a formula, whichever separator a spreadsheet takes", () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const csv = formatCsvRow([one, other].map(formatCsvText));
        for (const [row] of [parseCsv(csv), parseCsv(csv, ";"), parseCsv(csv, "\t")]) {
          for (const cell of row ?? []) expect(cell ?? "").not.toMatch(/^\s*[=+\-@＝＋－＠]/);
        }
        for (const cell of csv.split(/[;\t\r\n]/)) expect(cell).not.toMatch(/^["\s]*[=+\-@＝＋－＠]/);
      }),
      { numRuns: 2000 },
    );
  });
});

it("figures are left as they are, and nothing is no figure", () => {
  expect(
    formatCsvRow([formatCsvValue("-12.5"), formatCsvValue(3), formatCsvValue(null), formatCsvValue("2011-12")]),
  ).toBe("-12.5,3,,2011-12\r\n");
});

// docs/exports.md holds each list's columns as they are declared; `WRITE_DOCS=1` writes them there.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Column, exportedLists, type Form, type ListName } from "../../bin/exportedLists.ts";
import { measuresShownBy } from "../../src/graph/MeasureField.ts";
import { Customer } from "../../src/graph/types/Customer.ts";
import { type MeasureName, measureOf } from "../../src/model/measures.ts";

const page = fileURLToPath(new URL("../../docs/exports.md", import.meta.url));

const forms: Readonly<Record<Form, string>> = {
  text: "text",
  texts: "list of texts",
  word: "key",
  count: "whole number",
  number: "number",
  decimal: "exact decimal",
  date: "date",
  month: "month",
};

function meaningOf({ field, about }: Column): string {
  if (about !== undefined) return about;
  const [type, name = ""] = field.split(".");
  const measure = type === "Customer" ? measuresShownBy(Customer).get(name) : (name as MeasureName);
  if (!measure) throw new Error(`${field} is no measure and says nothing of itself.`);
  const { label } = measureOf(measure);
  return `[${label}](measures.md#${label
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, "")
    .replaceAll(" ", "-")})`;
}

function tableOf(list: ListName): string {
  return [
    "| Column | Form | In the graph | What it is |",
    "| --- | --- | --- | --- |",
    ...exportedLists[list].columns.map(
      (column) => `| \`${column.name}\` | ${forms[column.form]} | \`${column.field}\` | ${meaningOf(column)} |`,
    ),
  ].join("\n");
}

/** The page with the tables as they are declared; each stands between two marks. */
function pageNow(text: string): string {
  return (Object.keys(exportedLists) as ListName[]).reduce((written, list) => {
    const [begin, end] = [`<!-- columns of ${list} -->`, `<!-- end of ${list} -->`];
    expect(written).toContain(begin);
    expect(written).toContain(end);
    const [before = ""] = written.split(begin);
    const [, after = ""] = written.split(end);
    return `${before}${begin}\n${tableOf(list)}\n${end}${after}`;
  }, text);
}

test("the page holds each column of each list", () => {
  const text = readFileSync(page, "utf8");
  if (process.env.WRITE_DOCS) writeFileSync(page, pageNow(text));
  else expect(text).toBe(pageNow(text));
});

test("each measure that the page leads to has its heading", () => {
  const measures = readFileSync(fileURLToPath(new URL("../../docs/measures.md", import.meta.url)), "utf8");
  for (const [, label] of readFileSync(page, "utf8").matchAll(/\[([^\]]+)\]\(measures\.md#/g))
    expect(measures).toContain(`\n### ${label}\n`);
});

test("each list has its name and its file on the page", () => {
  const text = readFileSync(page, "utf8");
  for (const [list, { fileName }] of Object.entries(exportedLists))
    expect(text).toContain(`## \`export ${list}\`: ${fileName}.csv`);
});

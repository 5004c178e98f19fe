// Documents are weighed with their text: what is padded takes no more room than is there.
import { parse } from "graphql";
import { expect, test } from "vitest";
import { keepDocuments } from "../../src/server/keptDocuments.ts";

test("a document is kept by its hash, and forgotten when it is told to be", async () => {
  const kept = keepDocuments();
  const document = parse("{ me { role } }");
  await kept.set("a", document);
  expect(await kept.get("a")).toBe(document);
  expect(await kept.delete("a")).toBe(true);
  expect(await kept.get("a")).toBeUndefined();
});

test("a long one is read each time, and many make room for each other", async () => {
  const kept = keepDocuments();
  await kept.set("padded", parse(`{ me { role } }${" ".repeat(30_000)}`));
  expect(await kept.get("padded")).toBeUndefined();
  await kept.set("without a text", parse("{ me { role } }", { noLocation: true }));
  expect(await kept.get("without a text")).toBeUndefined();
  for (let nth = 0; nth < 100; nth += 1) await kept.set(String(nth), parse(`{ me { role } }${" ".repeat(19_000)}`));
  expect([await kept.get("0"), await kept.get("99")]).toEqual([undefined, expect.anything()]);
});

// The layouts that are built in: Online Retail II, Orders with names instead of ids, and what happens where a header fits two.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { normalizeCustomerName } from "../../etl/judge/createCustomerIds.ts";
import { inspectFile } from "../../etl/read/inspectFile.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

const idOf = (name: string) => `id-${Buffer.from(name).toString("hex").slice(0, 12)}`;

describe("online-retail-ii", () => {
  it("is recognised, and its ids lose their fraction of zeros", async () => {
    const path = await directory.write(
      [
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
        "1,a,x,1,2010-12-31,1,17850.0,UK",
        "1,a,x,1,2010-12-31,1,17850,UK",
        "1,a,x,1,2010-12-31,1,17850.00,UK",
        "1,a,x,1,2010-12-31,1,178.5,UK",
        "1,a,x,1,2010-12-31,1,.0,UK",
        "1,a,x,1,2010-12-31,1,A1.0,UK",
        "1,a,x,1,2010-12-31,1,,UK",
      ].join("\n"),
    );
    const { text, evidence } = await judgeFile(path, { columns: ["line_no", "customer_key", "guest"] });
    expect(evidence.layout.name).toBe("online-retail-ii");
    expect(text.trim().split("\n")).toEqual([
      "1,17850,f",
      "2,17850,f",
      "3,17850,f",
      "1,178.5,f",
      "1,.0,f",
      "1,A1.0,f",
      "1,1,t",
    ]);
  });
});

describe("orders", () => {
  const header = "Order ID,order_date,Customer Name,PRODUCT_NAME,category,quantity,price";
  it("makes the same id of every spelling of a name, and a guest of none", async () => {
    const names = ["Ann  Lee", "ann lee", '" ANN LEE "', "Ａｎｎ Lee", "Ann\u00a0Lee", "Anne Lee", "", " "];
    const path = await directory.write(
      [header, ...names.map((name) => `1,2024-01-31,${name},Mug,Kitchen,2,3.5`)].join("\n"),
    );
    const { text, evidence } = await judgeFile(path, {
      columns: ["customer_key", "guest", "customer_name", "country", "product", "description", "category", "line_no"],
      customerIdOf: idOf,
    });
    const ann = idOf("ann lee");
    expect(evidence).toMatchObject({ namesCustomers: true, hasCustomerName: true });
    expect(text.trim().split("\n")).toEqual([
      `${ann},f,Ann  Lee,Unknown,Mug,Mug,Kitchen,1`,
      `${ann},f,ann lee,Unknown,Mug,Mug,Kitchen,2`,
      `${ann},f,ANN LEE,Unknown,Mug,Mug,Kitchen,3`,
      `${ann},f,Ａｎｎ Lee,Unknown,Mug,Mug,Kitchen,4`,
      `${ann},f,Ann\u00a0Lee,Unknown,Mug,Mug,Kitchen,5`,
      `${idOf("anne lee")},f,Anne Lee,Unknown,Mug,Mug,Kitchen,1`,
      "1,t,,Unknown,Mug,Mug,Kitchen,1",
      "1,t,,Unknown,Mug,Mug,Kitchen,2",
    ]);
  });

  it("folds case as Unicode does", () => {
    expect(normalizeCustomerName("Straße")).toBe(normalizeCustomerName("STRASSE"));
    expect(normalizeCustomerName("ΟΔΥΣΣΕΥΣ")).toBe(normalizeCustomerName("Οδυσσευς"));
    expect(normalizeCustomerName("e\u0301")).toBe(normalizeCustomerName("É"));
  });

  describeWithShared("orders-200.csv", ["data/orders-200.csv"], () => {
    it("is accepted whole", async () => {
      const { judgement, evidence } = await judgeFile(sharedFile("data/orders-200.csv"), { customerIdOf: idOf });
      expect(evidence).toMatchObject({
        extraColumns: [],
        warnings: [],
        dateOrder: "ymd",
        readAs: { layout: "orders" },
      });
      expect(judgement).toMatchObject({ accepted: 200, rejected: 0 });
    });
  });
});

describe("a header", () => {
  it("that fits two layouts is refused, and can be told", async () => {
    const path = await directory.write(
      "Invoice,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Price,UnitPrice,Customer ID,Country\n1,2,a,x,1,2010-12-31,3,4,7,UK\n",
    );
    await expect(inspectFile(path)).rejects.toMatchObject({
      code: "LAYOUT_AMBIGUOUS",
      message: expect.stringContaining("online-retail and online-retail-ii"),
      remedy: expect.stringContaining("--layout online-retail|online-retail-ii"),
    });
    const { onlineRetailII } = await import("../../etl/layouts/onlineRetailII.ts");
    const { judgement, evidence } = await judgeFile(path, { layout: onlineRetailII });
    expect(judgement.amount).toBe("3");
    expect(evidence.warnings).toMatchObject([
      { code: "EXTRA_COLUMNS", count: 2, message: expect.stringContaining("InvoiceNo, UnitPrice") },
    ]);
  });

  it("that can be split by two delimiters is told", async () => {
    const path = await directory.write("Invoice;No,StockCode|x\n1,2\n");
    await expect(inspectFile(path)).rejects.toMatchObject({ code: "LAYOUT_UNKNOWN" });
  });
});

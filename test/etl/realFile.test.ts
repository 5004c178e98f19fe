// The real file of 541,909 rows against its reference figures, file by file; each of them was computed twice elsewhere, in SQL and in
// plain Python. Skipped where the files are not at hand.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoadReport } from "../../etl/loadFile.ts";
import { addMonths, type Month } from "../../src/kernel/calendar.ts";
import { type Decimal, subtractDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { segmentDimensions } from "../../src/model/segmentSchemes.ts";
import type { MetricRow } from "../../src/query/answer.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readLoadRuns, readWarehouseState } from "../support/warehouseState.ts";

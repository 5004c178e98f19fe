// What an asker wrote cannot make a terminal obey, or show a line in another order than it is written.
import { expect, test } from "vitest";
import { formatLogLine } from "../../src/server/formatLogLine.ts";

test("control characters and marks of direction are escaped; line ends, tabs and all other texts stay", () => {
  const msg = "é – 日本 🏪\t\u001b[2J\u007f\u0085\u009f\u2028\u202a\u202e\u2066\u2069\r end\nnext";
  const line = formatLogLine(JSON.stringify({ time: 0, level: 40, msg, err: { stack: "Error: \u009b1m\n    at x" } }));
  expect(line).toBe(
    "1970-01-01T00:00:00.000Z warn é – 日本 🏪\t\\u001b[2J\\u007f\\u0085\\u009f\\u2028\\u202a\\u202e\\u2066\\u2069\\u000d end\nnext\nError: \\u009b1m\n    at x\n",
  );
});

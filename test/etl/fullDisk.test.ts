// The disk of the warehouse fills up under a load: it fails as such and changes nothing, and the next load works once there is room. The disk
// is a small file system in memory, which only root can mount: elsewhere these tests are skipped, and say so.
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allMigrations } from "../../migrations/allMigrations.ts";
import {
  acquireEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";
import { migrateWarehouse } from "../../src/warehouse/migrateWarehouse.ts";
import {
  expectWhole,
  loadModes,
  loadOld,
  makeSubject,
  type Place,
  type Subject,
  startLoad,
} from "../support/interruptedLoad.ts";
import { readLoadRuns } from "../support/warehouseState.ts";

const mebibyte = 1024 * 1024;
const canMount = process.platform === "linux" && process.getuid?.() === 0 && tryMount();

/** A container's root often may not. */
function tryMount(): boolean {
  try {
    execFileSync("sh", ["-c", 'd=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs "$d" && umount "$d" && rmdir "$d"'], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}
if (!canMount) console.info("Skipped: loads on a full disk (needs Linux, and root that may mount)");

describe.skipIf(!canMount)("a load on a full disk", () => {
  let folder: string;
  let disk: string;
  let subject: Subject;
  let server: EmbeddedPostgres;
  let place: Place;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "consumer360-full-"));
    // PostgreSQL, which root cannot run, must reach what is in it.
    await chmod(folder, 0o755);
    subject = await makeSubject(folder, 30_000);
    server = await acquireEmbeddedPostgres({ home: join(folder, "home") });
    const { uid, gid } = await stat(server.dataDirectory);
    disk = join(folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=200m,uid=${uid},gid=${gid},mode=700`, "tmpfs", disk]);
    const maker = new pg.Client({ connectionString: server.url });
    await maker.connect();
    // The log of the server stays where it is: a server without room for that ends, which other tests try.
    await maker.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await maker.query("CREATE DATABASE small TABLESPACE small");
    await maker.end();
    const url = Object.assign(new URL(server.url), { pathname: "/small" }).toString();
    await migrateWarehouse(url, allMigrations);
    place = { url, owner: new pg.Pool({ connectionString: url, max: 2 }) };
    place.owner.on("error", () => {});
  });
  afterAll(async () => {
    await place?.owner.end();
    await server?.release();
    if (disk) execFileSync("umount", [disk]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Leaves so much room. */
  async function fill(room: number): Promise<void> {
    const { bavail, bsize } = await statfs(disk);
    await writeFile(join(disk, "ballast"), Buffer.alloc(bavail * bsize - room));
  }
  const makeRoom = () => rm(join(disk, "ballast"));

  // Less than copying needs, than the lines and their key, than what is derived; a whole number in CONSUMER360_SOAK tries all.
  const rooms = [0, 0.5, 1, 3, 5, 7, 10];
  const every = Number(process.env.CONSUMER360_SOAK ?? 1) > 1 ? 1 : 3;
  const trials = loadModes.flatMap((mode) => rooms.map((room) => ({ mode, room }))).filter((_, at) => at % every === 0);
  const outcomes: string[] = [];

  test.each(trials)(
    "($mode, $room MiB) says so, changes nothing, and works once there is room",
    async ({ mode, room }) => {
      const before = await loadOld(place, subject);
      await place.owner.query("CHECKPOINT");
      await fill(room * mebibyte);
      const outcome = await startLoad(place, subject, mode).ended;
      const [last] = (await readLoadRuns(place.owner)).slice(-1);
      await makeRoom();
      if ("report" in outcome) {
        outcomes.push("published");
        expect(room).toBeGreaterThan(3);
      } else {
        expect(outcome).toMatchObject({ code: "WAREHOUSE_FULL" });
        expect(last).toMatchObject({ status: "FAILED", errorCode: "WAREHOUSE_FULL", finished: true });
        outcomes.push("full");
      }
      expect(await expectWhole(place, subject, mode, before)).toBe("report" in outcome ? "new" : "old");
    },
  );

  test("was met by most of them", () => {
    expect(outcomes.filter((outcome) => outcome === "full").length).toBeGreaterThanOrEqual(trials.length / 2);
  });
});

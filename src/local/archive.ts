/**
 * One file that holds a state: a gzipped tar of its files, the last of which is a manifest with their sizes and hashes. An
 * archive without its manifest was cut off, and is refused.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { extract, type Headers, pack } from "tar-stream";
import { z } from "zod";
import { Refusal } from "./refusal.ts";
import type { StateFile } from "./state-files.ts";

const MANIFEST = "manifest.json";
/** No way out of the folder that it is unpacked into. */
const SAFE_PATH = /^(?!.*(?:^|\/)\.\.?(?:\/|$))(?:[\w.@-]+\/)*[\w.@-]+$/;

const manifest = z.object({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  files: z.array(
    z.object({
      path: z.string().regex(SAFE_PATH),
      kind: z.enum(["database", "plain"]),
      bytes: z.int(),
      sha256: z.string(),
    }),
  ),
});

export type Manifest = z.infer<typeof manifest>;

export interface ArchivedFile extends StateFile {
  /** Where its content is read from now. */
  readonly source: string;
}

/** Writes to `file`, which is complete only when this returns. */
export async function writeArchive(file: string, contents: AsyncIterable<ArchivedFile>): Promise<Manifest> {
  const archive = pack();
  const written = pipeline(
    archive,
    createGzip({ level: 1 }),
    createWriteStream(file, { mode: 0o600, flush: true }), // the signing key is in it
  );
  const fill = async (): Promise<Manifest> => {
    const madeAt = new Date().toISOString();
    const files: Manifest["files"] = [];
    for await (const { path, kind, source } of contents) {
      if (!SAFE_PATH.test(path))
        throw new Refusal(`"${path}" is no file of StudyMate's: take it out of the state folder.`);
      const bytes = statSync(source).size;
      // To its size of now: what grows meanwhile is no file of ours.
      const from = bytes === 0 ? createEmpty() : createReadStream(source, { end: bytes - 1 });
      const sha256 = await hashThrough(from, archive.entry({ name: path, size: bytes, mode: 0o600 }));
      files.push({ path, kind, bytes, sha256 });
    }
    const whole: Manifest = { format: 1, madeAt, files };
    archive.entry({ name: MANIFEST, mode: 0o600 }, `${JSON.stringify(whole, null, 2)}\n`);
    archive.finalize();
    return whole;
  };
  const [whole] = await Promise.all([
    fill().catch((error) => {
      archive.destroy(error);
      throw error;
    }),
    written,
  ]);
  return whole;
}

/** Unpacks into an empty folder. Returns the manifest once every file was found to be what it says. */
export async function readArchive(file: string, folder: string, signal: AbortSignal): Promise<Manifest> {
  const entries = extract();
  const read = pipeline(createReadStream(file), createGunzip(), entries, { signal });
  const found = new Map<string, { bytes: number; sha256: string }>();
  let listed: unknown;
  const unpack = async (): Promise<void> => {
    for await (const entry of entries) {
      const { name, type, size } = checkedHeader(entry.header);
      if (type !== "file") throw new Refusal(`${file} is no backup of StudyMate: ${name} is not a file.`);
      if (name === MANIFEST) listed = JSON.parse(await textOf(entry));
      else {
        const target = join(folder, name);
        mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
        const sha256 = await hashThrough(entry, createWriteStream(target, { mode: 0o600, flush: true, flags: "wx" }));
        found.set(name, { bytes: size, sha256 });
      }
    }
  };
  await Promise.all([read, unpack()]).catch((error) => {
    signal.throwIfAborted();
    throw error instanceof Refusal ? error : new Refusal(`${file} cannot be read: ${String(error)}`);
  });
  const checked = manifest.safeParse(listed);
  if (!checked.success) throw new Refusal(`${file} is no complete backup of StudyMate, or one of a newer version.`);
  const { files } = checked.data;
  const isAsListed = ({ path, bytes, sha256 }: Manifest["files"][number]) =>
    found.get(path)?.sha256 === sha256 && found.get(path)?.bytes === bytes;
  const damaged = files.find((one) => !isAsListed(one));
  if (damaged) throw new Refusal(`${file} is damaged: ${damaged.path} is not what was backed up.`);
  if (files.length !== found.size) throw new Refusal(`${file} is damaged: it holds files that it does not list.`);
  return checked.data;
}

function checkedHeader({ name, type, size }: Headers): { name: string; type: string; size: number } {
  if (!SAFE_PATH.test(name)) throw new Refusal(`The archive holds a file with the name "${name}".`);
  return { name, type: type ?? "file", size: size ?? 0 };
}

async function hashThrough(from: Readable, to: NodeJS.WritableStream): Promise<string> {
  const hash = createHash("sha256");
  const hashed = new PassThrough();
  hashed.on("data", (chunk) => hash.update(chunk));
  await pipeline(from, hashed, to);
  return hash.digest("hex");
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function createEmpty(): Readable {
  const empty = new PassThrough();
  empty.end();
  return empty;
}

/** Reports in D1. What was reported is frozen in them: what becomes of it later changes nothing. */
import {
  type CreateReportRequest,
  type Evidence,
  type Report,
  type ReportReceipt,
  SAFETY_LIMITS,
} from "../../schema/api/safety.ts";
import { ok, type Result, refuse } from "../../schema/result.ts";
import { KEY_KEPT_MS } from "../http/idempotency.ts";

export async function profileOf(database: D1Database, userId: number): Promise<Evidence["profile"] | null> {
  return database
    .prepare(
      `SELECT english_name AS englishName, korean_name AS koreanName, profile_image_url AS profileImageUrl, intro
       FROM users WHERE id = ? AND deleted_at IS NULL`,
    )
    .bind(userId)
    .first<Evidence["profile"]>();
}

export interface NewReport {
  readonly reporterId: number;
  readonly request: CreateReportRequest;
  readonly evidence: Evidence;
  /** Of the request: sent again, it finds the report that it made; with another body, it is a conflict. */
  readonly key: string;
  readonly bodyHash: string;
  readonly now: number;
}

/** Report, key and what follows from it are there together, or none of them. */
export async function addReport(
  database: D1Database,
  { reporterId, request, evidence, key, bodyHash, now }: NewReport,
  alongside: readonly D1PreparedStatement[],
): Promise<Result<{ receipt: ReportReceipt; isNew: boolean }, "conflict">> {
  const known = await findByKey(database, key, now);
  let isNew = false;
  if (known === null) {
    if ((await openReportsBy(database, reporterId)) >= SAFETY_LIMITS.openReportsPerUser) return refuse("conflict");
    const [, inserted] = await database.batch([
      // One of days ago that was not swept yet.
      database.prepare("DELETE FROM idempotency_keys WHERE key = ? AND expires_at <= ?").bind(key, now),
      database
        .prepare(
          `INSERT INTO reports (reporter_id, reported_user_id, reason, details, evidence)
           SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE key = ?6)`,
        )
        .bind(
          ...[reporterId, request.reportedUserId, request.reason, request.details ?? null],
          ...[JSON.stringify(evidence), key],
        ),
      database
        .prepare(
          `INSERT INTO idempotency_keys (key, body_hash, status, answer, expires_at)
           SELECT ?1, ?2, 201, id, ?3 FROM reports WHERE reporter_id = ?4 ORDER BY id DESC LIMIT 1
           ON CONFLICT DO NOTHING`,
        )
        .bind(key, bodyHash, now + KEY_KEPT_MS, reporterId),
      ...alongside,
    ]);
    isNew = (inserted?.meta.changes ?? 0) > 0;
  }
  const stored = known ?? (await findByKey(database, key, now));
  if (stored === null) throw new Error("the report's key is not there");
  if (stored.bodyHash !== bodyHash) return refuse("conflict");
  const { bodyHash: _, createdAt, ...receipt } = stored;
  return ok({ receipt: { ...receipt, createdAt: new Date(createdAt).toISOString() }, isNew });
}

/** Each may hold a megabyte of evidence: nobody fills the database with what no operator has looked at. */
async function openReportsBy(database: D1Database, reporterId: number): Promise<number> {
  const open = await database
    .prepare("SELECT count(*) AS n FROM reports WHERE reporter_id = ? AND +status = 'OPEN'")
    .bind(reporterId)
    .first<number>("n");
  return open ?? 0;
}

type StoredReceipt = Omit<ReportReceipt, "createdAt"> & { readonly createdAt: number; readonly bodyHash: string };

function findByKey(database: D1Database, key: string, now: number): Promise<StoredReceipt | null> {
  return database
    .prepare(
      `SELECT reports.id, reported_user_id AS reportedUserId, reason, reports.status, created_at AS createdAt,
         body_hash AS bodyHash
       FROM idempotency_keys AS mark JOIN reports ON reports.id = CAST(mark.answer AS INTEGER)
       WHERE mark.key = ? AND mark.expires_at > ?`,
    )
    .bind(key, now)
    .first<StoredReceipt>();
}

type ReportRow = Omit<Report, "createdAt" | "resolvedAt" | "evidence"> & {
  readonly createdAt: number;
  readonly resolvedAt: number | null;
  readonly evidence: string;
};

const COLUMNS = `reports.id, reporter_id AS reporterId, reported_user_id AS reportedUserId, reason, details, evidence, status,
  resolution, resolved_by_id AS resolvedById, resolved_at AS resolvedAt, created_at AS createdAt`;

/** Evidence of one page; a report may hold more than a megabyte of it, and comes whole. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

const PAGE = `
  WITH asked AS (
    SELECT id, octet_length(evidence) AS bytes FROM reports WHERE status = ?1 AND id > ?2 ORDER BY id LIMIT ?3 + 1),
  placed AS (SELECT id, row_number() OVER so_far AS place, sum(bytes) OVER so_far - bytes AS bytesBefore, count(*) OVER () AS total
    FROM asked WINDOW so_far AS (ORDER BY id))
  SELECT ${COLUMNS}, total FROM placed CROSS JOIN reports ON reports.id = placed.id
  WHERE place <= ?3 AND bytesBefore < ?4 ORDER BY reports.id`;

/** The oldest first: `limit` of them, or fewer where they are large. */
export async function reportsOf(
  database: D1Database,
  status: Report["status"],
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly items: Report[]; readonly hasMore: boolean }> {
  const { results } = await database
    .prepare(PAGE)
    .bind(status, after, limit, MAX_PAGE_BYTES)
    .all<ReportRow & { readonly total: number }>();
  const items = results.map(({ total: _, ...row }) => toReport(row));
  return { items, hasMore: (results[0]?.total ?? 0) > items.length };
}

export async function findReport(database: D1Database, id: number): Promise<Report | null> {
  const row = await database.prepare(`SELECT ${COLUMNS} FROM reports WHERE id = ?`).bind(id).first<ReportRow>();
  return row && toReport(row);
}

export interface Resolution {
  readonly id: number;
  readonly status: "RESOLVED" | "DISMISSED";
  readonly resolution: string;
  readonly resolvedById: number;
  readonly now: number;
}

/** Only an open one: for who comes second it fails, and with it the batch that it is in. */
export function resolveStatement(
  database: D1Database,
  { id, status, resolution, resolvedById, now }: Resolution,
): D1PreparedStatement {
  return database
    .prepare(
      // A report without a status cannot be.
      `UPDATE reports SET status = iif(status = 'OPEN', ?, NULL), resolution = ?, resolved_by_id = ?, resolved_at = ?
       WHERE id = ?`,
    )
    .bind(status, resolution, resolvedById, now, id);
}

/** What is left of it once the account of the reported person is deleted. */
const NO_EVIDENCE = "{}";

function toReport(row: ReportRow): Report {
  return {
    ...row,
    evidence: row.evidence === NO_EVIDENCE ? null : JSON.parse(row.evidence),
    createdAt: new Date(row.createdAt).toISOString(),
    resolvedAt: row.resolvedAt === null ? null : new Date(row.resolvedAt).toISOString(),
  };
}

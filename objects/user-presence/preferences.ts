/**
 * What somebody wants to be told of, in which language, by which clock: as chosen, and where nothing was chosen as D1 says
 * of them. That is asked once a day, and where D1 is away what it said last holds.
 */
import { z } from "zod";
import { DEFAULT_SETTINGS, type NotificationSettings, notificationSettings } from "../../schema/notifications.ts";
import { inTime } from "../kernel/in-time.ts";
import { logError } from "../kernel/log.ts";
import type { Reader } from "./notification-texts.ts";

type PreferencesRow = {
  settings: string | null;
  native_language: string | null;
  time_zone: string | null;
  asked_at: number;
};

export interface PreferencesDeps {
  readonly sql: SqlStorage;
  readonly userId: number;
  readonly database: () => D1Database;
  readonly now: () => number;
}

const DAY_MS = 24 * 60 * 60_000;
/** Whoever is to be told does not wait longer for D1. */
const PATIENCE_MS = 1_000;
const RETRY_MS = 30_000;

const ASKED = `SELECT time_zone AS timeZone, (
    SELECT language_code FROM user_languages WHERE user_id = users.id AND language_type = 'NATIVE'
    ORDER BY is_primary DESC, id LIMIT 1) AS nativeLanguage
  FROM users WHERE id = ?`;

/** Of an earlier version, types that came later are missing. */
const stored = z.looseObject({ types: z.looseObject({}) });

export class Preferences {
  private readonly deps: PreferencesDeps;
  private row: PreferencesRow;
  private chosen: NotificationSettings;
  private triedAt = Number.NEGATIVE_INFINITY;
  private current: Promise<void> | undefined;

  constructor(deps: PreferencesDeps) {
    this.deps = deps;
    this.row = this.load();
    this.chosen = this.parsed();
  }

  rebuild(): void {
    this.row = this.load();
    this.chosen = this.parsed();
  }

  get settings(): NotificationSettings {
    return this.chosen;
  }

  get reader(): Reader {
    const { native_language, time_zone } = this.row;
    return {
      language: this.chosen.language ?? (native_language === "ko" ? "ko" : "en"),
      timeZone: this.chosen.timeZone ?? time_zone ?? "UTC",
    };
  }

  change(settings: NotificationSettings): void {
    this.put({ ...this.row, settings: JSON.stringify(settings) });
    this.chosen = settings;
  }

  /** Before somebody is told something. Waits for D1 only where it never said anything, or something else by now. */
  async prepare(): Promise<void> {
    const { now } = this.deps;
    const { language, timeZone } = this.chosen;
    const isOld = now() - this.row.asked_at > DAY_MS;
    if ((language !== null && timeZone !== null) || !isOld || now() - this.triedAt < RETRY_MS) return;
    const asking = this.ask();
    if (this.row.asked_at === 0) await inTime(PATIENCE_MS, asking).catch(() => {});
  }

  /** What D1 says is another by now. */
  forget(): void {
    this.triedAt = Number.NEGATIVE_INFINITY;
    if (this.row.asked_at > 0) this.put({ ...this.row, asked_at: 0 });
  }

  erase(): void {
    this.deps.sql.exec("DELETE FROM notification_settings");
    this.rebuild();
  }

  /** Never throws. */
  private ask(): Promise<void> {
    this.triedAt = this.deps.now();
    this.current ??= this.askOnce().finally(() => {
      this.current = undefined;
    });
    return this.current;
  }

  private async askOnce(): Promise<void> {
    const { database, userId, now } = this.deps;
    const { triedAt } = this;
    try {
      const answer = await database()
        .prepare(ASKED)
        .bind(userId)
        .first<{ timeZone: string | null; nativeLanguage: string | null }>();
      // It may be another by now: whoever said so is to ask again.
      if (triedAt !== this.triedAt) return;
      const { timeZone = null, nativeLanguage = null } = answer ?? {};
      this.put({ ...this.row, time_zone: timeZone, native_language: nativeLanguage, asked_at: now() });
    } catch (error) {
      logError({ event: "preferences.not-asked", object: `user-presence:${userId}` }, error);
    }
  }

  private put(row: PreferencesRow): void {
    this.deps.sql.exec(
      `INSERT INTO notification_settings (singleton, settings, native_language, time_zone, asked_at) VALUES (1, ?, ?, ?, ?)
       ON CONFLICT (singleton) DO UPDATE SET settings = excluded.settings, native_language = excluded.native_language,
         time_zone = excluded.time_zone, asked_at = excluded.asked_at`,
      row.settings,
      row.native_language,
      row.time_zone,
      row.asked_at,
    );
    this.row = row;
  }

  private load(): PreferencesRow {
    const query = "SELECT settings, native_language, time_zone, asked_at FROM notification_settings";
    const [row] = this.deps.sql.exec<PreferencesRow>(query).toArray();
    return row ?? { settings: null, native_language: null, time_zone: null, asked_at: 0 };
  }

  private parsed(): NotificationSettings {
    if (this.row.settings === null) return DEFAULT_SETTINGS;
    const { types, ...others } = stored.parse(JSON.parse(this.row.settings));
    return notificationSettings.parse({
      ...DEFAULT_SETTINGS,
      ...others,
      types: { ...DEFAULT_SETTINGS.types, ...types },
    });
  }
}

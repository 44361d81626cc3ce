/** What notifications say, in Korean and in English. A type that is missing here fails to compile. Pure. */
import {
  NOTIFICATION_LIMITS,
  type NotificationData,
  type NotificationLanguage,
  type NotificationType,
} from "../../schema/notifications.ts";
import { characters } from "../../schema/values.ts";
import { withParticle } from "./korean.ts";

export interface NotificationText {
  readonly title: string;
  readonly message: string;
}

/** How it is said, and how many things it tells of. */
interface Saying {
  readonly count: number;
  /** A time, by the reader's clock. */
  readonly at: (time: string) => string;
}

type Texts<Data> = Readonly<Record<NotificationLanguage, (data: Data, saying: Saying) => NotificationText>>;

const sessionKo = (title: string | null) => (title === null ? "세션" : `‘${title}’`);
const sessionEn = (title: string | null) => (title === null ? "your session" : `“${title}”`);
const inCapitals = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const TEXTS: { readonly [Type in NotificationType]: Texts<NotificationData<Type>> } = {
  MESSAGE: {
    ko: ({ senderName, roomName }, { count }) => ({
      title: roomName ?? `${senderName}님`,
      message:
        count === 1
          ? `${senderName}님이 메시지를 보냈어요.`
          : `새 메시지 ${many(count)}개${roomName === null ? "" : ` · 마지막은 ${senderName}님`}`,
    }),
    en: ({ senderName, roomName }, { count }) => ({
      title: roomName ?? senderName,
      message:
        count === 1
          ? `New message from ${senderName}`
          : `${many(count)} new messages${roomName === null ? "" : `, the latest from ${senderName}`}`,
    }),
  },
  MATCH_REQUEST: {
    ko: ({ name }) => ({ title: "새 매칭 요청", message: `${name}님이 함께 공부하고 싶어 해요.` }),
    en: ({ name }) => ({ title: "New match request", message: `${name} would like to learn with you.` }),
  },
  MATCH_ACCEPTED: {
    ko: ({ name }) => ({ title: "매칭 성사", message: `${name}님이 요청을 수락했어요. 인사를 건네 보세요.` }),
    en: ({ name }) => ({ title: "It’s a match", message: `${name} accepted your request. Say hello!` }),
  },
  MATCH_REJECTED: {
    ko: ({ name }) => ({ title: "매칭 요청 결과", message: `${name}님과는 이번에 연결되지 않았어요.` }),
    en: ({ name }) => ({ title: "Match request answered", message: `${name} is not available for a match this time.` }),
  },
  MATCH_EXPIRED: {
    ko: ({ name }) => ({ title: "매칭 요청 만료", message: `${name}님에게 보낸 요청이 답 없이 만료되었어요.` }),
    en: ({ name }) => ({
      title: "Match request expired",
      message: `Your request to ${name} ran out without an answer.`,
    }),
  },
  SESSION_INVITE: {
    ko: ({ name, title, startsAt }, { at }) => ({
      title: "세션 초대",
      message: `${name}님이 ${title === null ? "세션에" : `${sessionKo(title)} 세션에`} 초대했어요. ${at(startsAt)}`,
    }),
    en: ({ name, title, startsAt }, { at }) => ({
      title: "Session invitation",
      message: `${name} invited you to ${title === null ? "a session" : sessionEn(title)}, ${at(startsAt)}.`,
    }),
  },
  SESSION_REMINDER: {
    ko: ({ title, minutes }) => ({
      title: "세션 알림",
      message: `${withParticle(sessionKo(title), "subject")} ${minutes}분 뒤에 시작돼요.`,
    }),
    en: ({ title, minutes }) => ({
      title: "Session reminder",
      message: `${inCapitals(sessionEn(title))} starts in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    }),
  },
  SESSION_STARTED: {
    ko: ({ title }) => ({ title: "세션 시작", message: `${withParticle(sessionKo(title), "subject")} 시작되었어요.` }),
    en: ({ title }) => ({ title: "Session started", message: `${inCapitals(sessionEn(title))} has started.` }),
  },
  SESSION_CANCELLED: {
    ko: ({ title, startsAt }, { at }) => ({
      title: "세션 취소",
      message: `${at(startsAt)} ${withParticle(sessionKo(title), "subject")} 취소되었어요.`,
    }),
    en: ({ title, startsAt }, { at }) => ({
      title: "Session cancelled",
      message: `${inCapitals(sessionEn(title))}, ${at(startsAt)}, was cancelled.`,
    }),
  },
  SESSION_RATED: {
    ko: ({ name, title, rating }) => ({
      title: "세션 평가",
      message: `${name}님이 ${withParticle(sessionKo(title), "object")} 5점 만점에 ${rating}점으로 평가했어요.`,
    }),
    en: ({ name, title, rating }) => ({
      title: "Session rated",
      message: `${name} gave ${sessionEn(title)} ${rating} out of 5.`,
    }),
  },
  LEVEL_TEST_RESULT: {
    ko: ({ languageCode, level }) => ({
      title: "레벨 테스트 결과",
      message: `${languageName(languageCode, "ko")} 실력은 ${level} 수준이에요.`,
    }),
    en: ({ languageCode, level }) => ({
      title: "Level test result",
      message: `Your ${languageName(languageCode, "en")} is at level ${level}.`,
    }),
  },
  SAFETY: {
    ko: ({ outcome }) => ({
      title: "신고 처리 결과",
      message:
        outcome === "RESOLVED"
          ? "신고해 주신 내용을 확인하고 처리했어요. 알려 주셔서 고마워요."
          : "신고해 주신 내용을 확인했지만 규칙 위반은 찾지 못했어요. 알려 주셔서 고마워요.",
    }),
    en: ({ outcome }) => ({
      title: "Your report was reviewed",
      message:
        outcome === "RESOLVED"
          ? "We looked into what you reported and dealt with it. Thank you for telling us."
          : "We looked into what you reported and found no breach of the rules. Thank you for telling us.",
    }),
  },
  SYSTEM: { ko: ({ ko }) => ko, en: ({ en }) => en },
};

/** Names a time as people of this language do, in this time zone. */
export interface Reader {
  readonly language: NotificationLanguage;
  readonly timeZone: string;
}

export function notificationText<Type extends NotificationType>(
  told: { readonly type: Type; readonly data: NotificationData<Type>; readonly count: number },
  { language, timeZone }: Reader,
): NotificationText {
  const texts: Texts<NotificationData<Type>> = TEXTS[told.type];
  const { title, message } = texts[language](told.data, {
    count: told.count,
    at: (time) => timeText(Date.parse(time), { language, timeZone }),
  });
  return {
    title: shortened(title, NOTIFICATION_LIMITS.titleCharacters),
    message: shortened(message, NOTIFICATION_LIMITS.messageCharacters),
  };
}

/** Of a message without words. */
const KINDS: Readonly<Record<string, Readonly<Record<NotificationLanguage, string>>>> = {
  IMAGE: { ko: "사진", en: "Photo" },
  VOICE: { ko: "음성 메시지", en: "Voice message" },
  FILE: { ko: "파일", en: "File" },
};

/** What a push says of a message where it may show what is in it. */
export function previewText(
  { preview, messageType }: { readonly preview: string | null; readonly messageType: string },
  language: NotificationLanguage,
): string | null {
  return preview ?? KINDS[messageType]?.[language] ?? null;
}

/** The inbox counts no further. */
const MOST_COUNTED = 100;

function many(count: number): string {
  return count >= MOST_COUNTED ? `${MOST_COUNTED}+` : String(count);
}

function timeText(time: number, { language, timeZone }: Reader): string {
  const format = { month: "long", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(language === "ko" ? "ko-KR" : "en-US", { ...format, timeZone }).format(time);
}

function languageName(code: string, language: NotificationLanguage): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function shortened(text: string, most: number): string {
  if (text.length <= most || characters(text) <= most) return text;
  return `${[...text].slice(0, most - 1).join("")}…`;
}

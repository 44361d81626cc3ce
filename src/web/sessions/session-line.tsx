import { Ban, Check, CheckCheck, CircleHelp, Hourglass, type LucideIcon, Radio, X } from "lucide-react";
import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { languageOf } from "../locale/formats.ts";
import { useLocale } from "../locale/locale.tsx";
import { useSessionWords } from "../locale/sessions/index.ts";
import { linkToSessions } from "../shell/use-place.ts";
import { useSessionFormats } from "./session-formats.ts";
import { expected, type Standing, standingOf } from "./standing.ts";

const ICONS = {
  asked: CircleHelp,
  coming: Check,
  waiting: Hourglass,
  running: Radio,
  over: CheckCheck,
  declined: X,
  cancelled: Ban,
} as const satisfies Record<Standing, LucideIcon>;

/** How it stands for oneself, in a picture and in words: never by its colour alone. */
export function StandingMark({ standing }: { readonly standing: Standing }) {
  const { standings } = useSessionWords();
  const Icon = ICONS[standing];
  return (
    <span className="standing" data-standing={standing}>
      <Icon aria-hidden="true" size={14} />
      <span>{standings[standing]}</span>
    </span>
  );
}

interface SessionLineProps {
  readonly planned: SessionAnswer;
  readonly userId: number;
  /** Its day as well, where the list is not of one. */
  readonly hasDay?: boolean;
}

/** A session in a list, as the way to it. */
export function SessionLine({ planned, userId, hasDay = false }: SessionLineProps) {
  const words = useSessionWords();
  const formats = useSessionFormats();
  const [start, end] = [Date.parse(planned.scheduledStartTime), Date.parse(planned.scheduledEndTime)];
  const standing = standingOf(planned, userId);
  const title = planned.title ?? words.untitled;
  return (
    <a className="session-line" data-standing={standing} href={linkToSessions(planned.id)}>
      <time className="session-line-time" dateTime={planned.scheduledStartTime}>
        {hasDay && `${formats.dayOf(start)}, `}
        {formats.timesOf(start, end)}
      </time>
      <bdi className="session-line-title" lang={languageOf(title)}>
        {title}
      </bdi>
      <span className="quiet">
        <WithWhom planned={planned} userId={userId} />
      </span>
      <StandingMark standing={standing} />
    </a>
  );
}

export function WithWhom({ planned, userId }: Omit<SessionLineProps, "hasDay">) {
  const { formats } = useLocale();
  const words = useSessionWords();
  const names = expected(planned).flatMap((one) => (one.userId === userId ? [] : [one.name]));
  return <>{names.length === 0 ? words.alone : words.with(formats.listNames(names))}</>;
}

import { useState } from "react";
import type { NewcomerAnswer } from "../../../schema/api/auth.ts";
import { StudyMateError, type TokenAnswer } from "../../client/index.ts";
import { Form } from "../fields/form.tsx";
import { problemAt } from "../fields/problems.ts";
import { TextField } from "../fields/text-field.tsx";
import { useSaving } from "../fields/use-saving.ts";
import { useAccountWords } from "../locale/account/index.ts";
import { signUp } from "./auth-calls.ts";
import { calendarDay, latinName, signUpProblems } from "./sign-up-rules.ts";

interface SignUpFormProps {
  readonly newcomer: NewcomerAnswer;
  readonly onSignedUp: (answer: TokenAnswer) => Promise<void>;
  /** What the provider said is too old to be used, or this person may not come in. */
  readonly onExpired: () => void;
  readonly onStartOver: () => void;
}

export function SignUpForm({ newcomer, onSignedUp, onExpired, onStartOver }: SignUpFormProps) {
  const words = useAccountWords();
  const { signUp: labels } = words;
  const saving = useSaving();
  const [birthDate, setBirthDate] = useState(newcomer.birthDate ?? "");
  const [englishName, setEnglishName] = useState(latinName(newcomer.name));
  const [email, setEmail] = useState("");
  const asksEmail = newcomer.email === null;

  const changing = (set: (value: string) => void) => (value: string) => {
    saving.touch();
    set(value);
  };
  const create = () => {
    const { signupToken } = newcomer;
    const form = { birthDate, englishName, email: asksEmail ? email : undefined };
    return saving.attempt(signUpProblems(form, new Date()), async () => {
      const given = { signupToken, birthDate, englishName: englishName.trim() };
      try {
        await onSignedUp(await signUp(asksEmail ? { ...given, email: email.trim() } : given));
      } catch (error) {
        if (error instanceof StudyMateError && error.code === "forbidden") return onExpired();
        throw error;
      }
    });
  };
  const isTooYoung = problemAt(saving.problems, "birthDate") === "tooYoung";
  const isClash = saving.refusal instanceof StudyMateError && saving.refusal.code === "conflict";

  return (
    <>
      <h1>{labels.title}</h1>
      <p className="quiet">{labels.hint}</p>
      <Form
        saving={saving}
        action={labels.create}
        refusal={isClash ? labels.clash : undefined}
        onSubmit={() => void create()}
        others={
          <button type="button" className="button" onClick={onStartOver}>
            {labels.startOver}
          </button>
        }
      >
        <TextField
          label={labels.englishName}
          hint={labels.englishNameHint}
          autoComplete="name"
          isNeeded
          value={englishName}
          onChange={changing(setEnglishName)}
          problem={problemAt(saving.problems, "englishName")}
        />
        <TextField
          label={labels.birthDate}
          hint={labels.birthDateHint}
          type="date"
          autoComplete="bday"
          isNeeded
          min="1900-01-02"
          max={calendarDay(new Date())}
          value={birthDate}
          onChange={changing(setBirthDate)}
          problem={problemAt(saving.problems, "birthDate")}
        />
        {asksEmail && (
          <TextField
            label={labels.email}
            hint={labels.emailHint}
            type="email"
            autoComplete="email"
            isNeeded
            value={email}
            onChange={changing(setEmail)}
            problem={problemAt(saving.problems, "email")}
          />
        )}
        {isTooYoung && (
          <p className="notice rounded" role="status">
            {labels.tooYoung}
          </p>
        )}
      </Form>
    </>
  );
}

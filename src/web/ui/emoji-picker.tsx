/** The whole set of emoji, searchable in the page's language. Loaded when it is opened; its data comes from our own server. */
import english from "emoji-picker-element-data/en/cldr/data.json?url";
import korean from "emoji-picker-element-data/ko/cldr/data.json?url";
import { useEffect, useRef } from "react";
import { useLocale } from "../locale/locale.tsx";
import { chosenTheme, usePreference } from "../shell/preferences.ts";

const DATA = { en: english, ko: korean };

export default function EmojiPicker({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const { language, text } = useLocale();
  const theme = usePreference(chosenTheme);
  const place = useRef<HTMLDivElement>(null);
  const onPickNow = useRef(onPick);
  useEffect(() => {
    onPickNow.current = onPick;
  });

  useEffect(() => {
    let isOver = false;
    const show = async () => {
      const { Picker } = await import("emoji-picker-element");
      if (isOver) return;
      const i18n = text.emojiPicker;
      const picker = new Picker({ locale: language, dataSource: DATA[language], i18n });
      if (theme !== "system") picker.classList.add(theme);
      picker.addEventListener("emoji-click", ({ detail }) => {
        if (detail.unicode !== undefined) onPickNow.current(detail.unicode);
      });
      place.current?.replaceChildren(picker);
      picker.shadowRoot?.querySelector("input")?.focus({ preventScroll: true });
    };
    void show();
    return () => {
      isOver = true;
    };
  }, [language, theme, text]);

  return <div className="emoji-picker" ref={place} />;
}

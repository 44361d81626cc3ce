import { Popover, PopoverDisclosure, PopoverProvider, usePopoverStore } from "@ariakit/react";
import type { LucideIcon } from "lucide-react";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useLocale } from "../locale/locale.tsx";

const EmojiPicker = lazy(() => import("./emoji-picker.tsx"));

interface EmojiPopoverProps {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Offered first, before the whole set. */
  readonly quick?: readonly string[];
  readonly onPick: (emoji: string) => void;
}

/** A button that opens a choice of emoji. */
export function EmojiPopover({ label, icon: Icon, quick = [], onPick }: EmojiPopoverProps) {
  const { text } = useLocale();
  const [isWhole, setIsWhole] = useState(false);
  const store = usePopoverStore({ placement: "top", setOpen: () => setIsWhole(false) });
  const pick = (emoji: string) => {
    onPick(emoji);
    store.hide();
  };
  return (
    <PopoverProvider store={store}>
      <PopoverDisclosure className="icon-button" aria-label={label} title={label}>
        <Icon aria-hidden="true" size={18} />
      </PopoverDisclosure>
      <Popover className="popover" gutter={6} portal unmountOnHide aria-label={label} overflowPadding={8}>
        {quick.length > 0 && !isWhole ? (
          <div className="quick-emoji">
            {quick.map((emoji) => (
              <button key={emoji} type="button" className="emoji-button" onClick={() => pick(emoji)}>
                {emoji}
              </button>
            ))}
            <button type="button" className="emoji-button" aria-label={text.moreEmoji} onClick={() => setIsWhole(true)}>
              <Plus aria-hidden="true" size={18} />
            </button>
          </div>
        ) : (
          <Suspense fallback={<p className="padded quiet">{text.loading}</p>}>
            <EmojiPicker onPick={pick} />
          </Suspense>
        )}
      </Popover>
    </PopoverProvider>
  );
}

import { text } from "./text.ts";

const PALETTE = ["👍", "❤️", "😂", "👏", "🎉", "🙏"];

interface MessageActionsProps {
  readonly isMine: boolean;
  readonly mayDelete: boolean;
  readonly onReact: (emoji: string) => void;
  readonly onReply: () => void;
  readonly onEdit: () => void;
  readonly onCorrect: () => void;
  readonly onDelete: () => void;
}

export function MessageActions(props: MessageActionsProps) {
  const { isMine, mayDelete, onReact, onReply, onEdit, onCorrect, onDelete } = props;
  return (
    <fieldset class="actions" aria-label={text.actions}>
      <details class="palette">
        <summary aria-label={text.react} title={text.react}>
          ☺
        </summary>
        <div class="palette-choices">
          {PALETTE.map((emoji) => (
            <button
              key={emoji}
              type="button"
              onClick={(event) => {
                onReact(emoji);
                event.currentTarget.closest("details")?.removeAttribute("open");
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      </details>
      <button type="button" onClick={onReply}>
        {text.reply}
      </button>
      {isMine ? (
        <button type="button" onClick={onEdit}>
          {text.edit}
        </button>
      ) : (
        <button type="button" onClick={onCorrect}>
          {text.correct}
        </button>
      )}
      {mayDelete && (
        <button type="button" onClick={onDelete}>
          {text.delete}
        </button>
      )}
    </fieldset>
  );
}

import { Menu, MenuButton, MenuItem, MenuProvider } from "@ariakit/react";
import { Ban, Copy, Ellipsis, Flag, Link, Pencil, Reply, SmilePlus, SpellCheck, Trash2 } from "lucide-react";
import type { Message } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { linkToMessage } from "../shell/use-place.ts";
import { EmojiPopover } from "../ui/emoji-popover.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import type { MessageHandlers } from "./message-handlers.ts";

const QUICK = ["👍", "❤️", "😂", "👏", "🎉", "🙏"];

interface MessageActionsProps {
  readonly message: Message;
  readonly isMine: boolean;
  readonly mayDelete: boolean;
  readonly handlers: MessageHandlers;
}

export function MessageActions({ message, isMine, mayDelete, handlers }: MessageActionsProps) {
  const { text } = useLocale();
  const { id, senderId, content } = message;
  return (
    <fieldset className="actions" aria-label={text.actions}>
      <EmojiPopover label={text.react} icon={SmilePlus} quick={QUICK} onPick={(emoji) => handlers.react(id, emoji)} />
      <IconButton label={text.reply} icon={Reply} onClick={() => handlers.reply(id)} />
      {content !== null && isMine && (
        <IconButton label={text.edit} icon={Pencil} onClick={() => handlers.openForm({ id, kind: "edit" })} />
      )}
      {content !== null && !isMine && (
        <IconButton label={text.correct} icon={SpellCheck} onClick={() => handlers.openForm({ id, kind: "correct" })} />
      )}
      <MenuProvider placement="bottom-end">
        <MenuButton className="icon-button" aria-label={text.more} title={text.more}>
          <Ellipsis aria-hidden="true" size={18} />
        </MenuButton>
        <Menu
          className="menu"
          gutter={6}
          portal
          portalElement={() => document.querySelector("main")}
          unmountOnHide
          modal
          aria-label={text.actions}
        >
          {content !== null && (
            <MenuItem className="menu-item" onClick={() => handlers.copy(content)}>
              {text.copyText} <Copy aria-hidden="true" size={16} />
            </MenuItem>
          )}
          <MenuItem className="menu-item" onClick={() => handlers.copy(linkToMessage(message.roomId, id))}>
            {text.copyLink} <Link aria-hidden="true" size={16} />
          </MenuItem>
          {!isMine && (
            <>
              <MenuItem
                className="menu-item"
                onClick={() => handlers.raise({ kind: "report", userId: senderId, messageId: id })}
              >
                {text.report} <Flag aria-hidden="true" size={16} />
              </MenuItem>
              <MenuItem className="menu-item" onClick={() => handlers.raise({ kind: "block", userId: senderId })}>
                {text.block} <Ban aria-hidden="true" size={16} />
              </MenuItem>
            </>
          )}
          {mayDelete && (
            <MenuItem className="menu-item danger" onClick={() => handlers.askDelete(id)}>
              {text.delete} <Trash2 aria-hidden="true" size={16} />
            </MenuItem>
          )}
        </Menu>
      </MenuProvider>
    </fieldset>
  );
}
